package journal

import (
	"context"
	"errors"
	"fmt"

	"destination-gohighlevel/connector/storage"
)

const (
	suffix     = ".jsonl" // ends the names of a journal's files
	partDigits = 8        // of the number of a part, so that names sort
)

// InFolder is the journal of a run in a folder of this computer. It touches nothing yet.
func InFolder(path string, r Run) *Journal {
	folder := storage.Folder(path)
	return begin(r, func(run string) place { return &inFolder{folder, folder.File(run + suffix)} })
}

// InBucket is the journal of a run below a path of a bucket. It sends nothing yet.
func InBucket(bucket *storage.Bucket, path string, r Run) *Journal {
	return begin(r, func(run string) place { return &inBucket{bucket, path, run} })
}

// Name is where the journal is, for people and for whoever reads it.
func (j *Journal) Name() string { return j.place.String() }

// inFolder keeps a run in one file.
type inFolder struct {
	folder storage.Folder
	file   *storage.File
}

func (p *inFolder) put(ctx context.Context, _ int, lines []byte) error {
	return p.file.Append(ctx, lines)
}
func (p *inFolder) check(context.Context) error { return p.folder.Check() }
func (p *inFolder) slow() bool                  { return false }
func (p *inFolder) String() string              { return p.file.Path() }

// inBucket keeps each batch of a run as an object.
type inBucket struct {
	bucket    *storage.Bucket
	path, run string
}

func (p *inBucket) put(ctx context.Context, number int, lines []byte) error {
	name := fmt.Sprintf("%0*d%s", partDigits, number, suffix)
	return p.bucket.Put(ctx, storage.Join(p.path, p.run, name), storage.JSONLines, lines)
}
func (p *inBucket) check(ctx context.Context) error { return p.bucket.Check(ctx, p.path) }
func (p *inBucket) slow() bool                      { return true }
func (p *inBucket) String() string                  { return p.bucket.URL(storage.Join(p.path, p.run)) }

// Error is a failure of the place where a journal is kept.
type Error struct{ Err *storage.Error }

func (e *Error) Error() string { return "the journal: " + e.Err.Error() }

// Unwrap returns the failure.
func (e *Error) Unwrap() error { return e.Err }

// failed marks a failure of the place as one of the journal.
func failed(err error) error {
	var of *storage.Error
	if errors.As(err, &of) {
		return &Error{of}
	}
	return err
}
