package rejects

import (
	"context"
	"strings"

	"destination-gohighlevel/connector/storage"
)

// S3Config says where objects go and who writes them. It holds a secret.
type S3Config struct {
	storage.S3
	// Path is where in the bucket objects are put; "" is its root.
	Path string
	// SyncID names the sync, and with it the folder below Path; "" gives a
	// folder named "no-sync-id-" and the time of NewS3 in UTC.
	SyncID string
}

// NewS3 returns a store that puts objects of JSON lines into a bucket, below
// <Path>/<SyncID>/<namespace>/<stream>/; an empty namespace is left out, and
// what a name may not hold in a path is written as %XX. The names of objects
// sort by the time of their first record. It sends nothing, and takes the settings as
// they are: whether they can be used is for the configuration to say.
func NewS3(c S3Config) Store {
	root := storage.Join(strings.Split(c.Path, "/")...)
	return buffered(&objects{bucket: storage.NewBucket(c.S3), path: root, root: storage.Join(root, syncFolder(c.SyncID))})
}

// objects is a path of a bucket. Each batch becomes an object.
type objects struct {
	bucket *storage.Bucket
	path   string // the user's
	root   string // of the sync
}

func (o *objects) put(ctx context.Context, b *batch) error {
	return o.bucket.Put(ctx, storage.Join(o.root, b.folder, b.name), storage.JSONLines, b.lines)
}

func (o *objects) check(ctx context.Context) error { return o.bucket.Check(ctx, o.path) }
