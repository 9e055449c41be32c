package storage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// checkPattern names the file of a check; the star is a number.
const checkPattern = "destination-gohighlevel-write-check-*.txt"

// Folder is the path of a folder of this computer.
type Folder string

// File is a file of lines below a folder that nobody else writes. Only whoever runs
// the program can read it. It is not safe for concurrent use.
type File struct {
	in   Folder
	path string
	size int64 // of what is durable
}

// File is one below the folder, which is made with the folders on the way when
// something is appended.
func (d Folder) File(name string) *File {
	return &File{in: d, path: filepath.Join(string(d), filepath.FromSlash(name))}
}

// Path is where the file is.
func (f *File) Path() string { return f.path }

// Append makes lines durable behind those that are. What an attempt that failed
// has left there is overwritten, so that no line is torn or there twice.
func (f *File) Append(ctx context.Context, lines []byte) error {
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	return f.in.explain(f.append(lines))
}

func (f *File) append(lines []byte) error {
	made, err := makeAll(filepath.Dir(f.path))
	if err != nil {
		return err
	}
	out, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	size, err := f.write(out, lines)
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err == nil && f.size == 0 {
		err = syncFolders(append(made, f.path))
	}
	if err == nil {
		f.size = size
	}
	return err
}

func (f *File) write(out *os.File, lines []byte) (size int64, err error) {
	now, err := out.Stat()
	if err != nil {
		return 0, err
	}
	start := min(f.size, now.Size()) // less if somebody has taken it away
	size = start + int64(len(lines))
	if _, err := out.WriteAt(lines, start); err != nil {
		return 0, err
	}
	if err := out.Truncate(size); err != nil {
		return 0, err
	}
	return size, out.Sync()
}

// Check writes a small file and removes it, and the folders that it had to make.
func (d Folder) Check() error {
	made, err := makeAll(string(d))
	defer func() {
		for _, m := range made {
			_ = os.Remove(m)
		}
	}()
	if err != nil {
		return d.explain(err)
	}
	return d.explain(probe(string(d)))
}

// probe writes a small file into a folder, and removes it.
func probe(path string) error {
	out, err := os.CreateTemp(path, checkPattern)
	if err != nil {
		return err
	}
	_, err = out.WriteString(checkText)
	for _, then := range []func() error{out.Sync, out.Close, func() error { return os.Remove(out.Name()) }} {
		if failed := then(); err == nil {
			err = failed
		}
	}
	return err
}

// makeAll makes a folder and those above it, and returns the ones that were not
// there, the deepest first.
func makeAll(path string) (made []string, err error) {
	for at := path; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, at)
	}
	for _, m := range slices.Backward(made) {
		if err := os.Mkdir(m, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return made, err
		}
	}
	if now, err := os.Stat(path); err == nil && !now.IsDir() {
		return made, &fs.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
	}
	return made, nil
}

// syncFolders makes the names of new files and folders durable, which are kept in
// the folders above them. Some file systems cannot do that, and some folders may
// not be read: the lines are durable all the same.
func syncFolders(entries []string) error {
	for _, path := range entries {
		d, err := os.Open(filepath.Dir(path))
		if errors.Is(err, fs.ErrPermission) {
			continue
		}
		if err != nil {
			return err
		}
		err = d.Sync()
		_ = d.Close()
		if err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
			return err
		}
	}
	return nil
}

// explain turns an error of the file system into one of this package.
func (d Folder) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return &Error{Kind: Denied, Folder: string(d), Err: err}
	case errors.Is(err, syscall.ENOTDIR):
		return &Error{Kind: NoFolder, Folder: string(d), Err: err}
	}
	return &Error{Kind: Other, Folder: string(d), Err: err}
}
