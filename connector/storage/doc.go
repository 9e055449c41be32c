// Package storage is where files are kept that outlive a run: a bucket of an S3 store,
// or a folder of this computer. It promises what is durable, and must not know what
// the files are. No error of it holds a key or anything of a file.
package storage
