package export

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// part is a file that is being written beside its place, under a name of its own.
type part struct {
	path string // its place
	file *os.File
	out  *bufio.Writer
	size int64 // what was written, and what is still in out
}

// partSuffix ends the name of a part.
const partSuffix = ".part"

// openPart goes on behind the first size bytes of a part.
func openPart(path string, size int64) (*part, error) {
	file, err := os.OpenFile(path+partSuffix, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = errors.Join(file.Chmod(0o600), file.Truncate(size))
	if _, seek := file.Seek(size, io.SeekStart); err != nil || seek != nil {
		return nil, errors.Join(err, seek, file.Close())
	}
	return &part{path: path, file: file, out: bufio.NewWriterSize(file, 1<<16), size: size}, nil
}

// isThere reports whether a part has at least so many bytes.
func isThere(path string, size int64) bool {
	info, err := os.Stat(path + partSuffix)
	return err == nil && info.Mode().IsRegular() && info.Size() >= size
}

// Write implements [io.Writer].
func (p *part) Write(data []byte) (int, error) {
	n, err := p.out.Write(data)
	p.size += int64(n)
	return n, err
}

// keep makes what was written survive the end of the program, and of the machine.
func (p *part) keep() error { return errors.Join(p.out.Flush(), p.file.Sync()) }

// commit puts the part in its place.
func (p *part) commit() error {
	if err := errors.Join(p.keep(), p.file.Close()); err != nil {
		return err
	}
	return os.Rename(p.path+partSuffix, p.path)
}
