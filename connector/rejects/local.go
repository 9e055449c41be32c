package rejects

import (
	"context"
	"sync"

	"destination-gohighlevel/connector/storage"
)

// NewLocal returns a store that appends JSON lines to files, one for each
// stream, below <path>/<syncID>/<namespace>/<stream>/, as [NewS3] does. The folder is
// made when something is stored. Each store has files of its own, so that several may
// share a path. Only whoever runs the program can read them.
func NewLocal(path, syncID string) Store {
	return buffered(&folder{Folder: storage.Folder(path), root: syncFolder(syncID), files: map[string]*storage.File{}})
}

// folder is a folder of this computer.
type folder struct {
	storage.Folder
	root string // of the sync, below Folder

	mu    sync.Mutex
	files map[string]*storage.File // by the folder of their batches
}

func (d *folder) put(ctx context.Context, b *batch) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[b.folder]
	if f == nil {
		f = d.File(storage.Join(d.root, b.folder, b.name))
		d.files[b.folder] = f
	}
	return f.Append(ctx, b.lines)
}

func (d *folder) check(context.Context) error { return d.Check() }
