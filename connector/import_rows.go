package connector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/sheet"
)

// rowFile is a file of rows, which can be read more than once.
type rowFile struct {
	name string // for people
	file *os.File
	form *sheet.Form
}

// openRows opens a file of rows; - is stdin. What can be read only once is copied.
func openRows(ctx context.Context, path string, stdin io.Reader) (*rowFile, error) {
	r := &rowFile{name: path}
	if path == "-" {
		r.name = "standard input"
	} else {
		file, err := os.Open(path)
		if err != nil {
			return nil, &fileError{what: "file", err: err}
		}
		r.file, stdin = file, file
	}
	if r.file == nil || size(r.file) == 0 {
		if err := r.copy(ctx, stdin); err != nil {
			return nil, cmp.Or(ctx.Err(), error(&fileError{what: "file", err: err}))
		}
	}
	form, err := sheet.Find(r.file)
	if err != nil {
		r.close()
		return nil, &rowsError{r.name, err}
	}
	r.form = form
	return r, nil
}

// copy keeps what comes through a pipe in a file without a name, so that nothing of it
// stays behind.
func (r *rowFile) copy(ctx context.Context, from io.Reader) error {
	into, err := os.CreateTemp("", "gohighlevel-import-")
	if err != nil {
		return err
	}
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(into, from)
		copied <- err
	}()
	select {
	case err = <-copied:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if r.file != nil {
		err = errors.Join(err, r.file.Close())
	}
	r.file = into
	return errors.Join(err, os.Remove(into.Name()))
}

// rejectedFault says why rejected rows must not be kept at a path: something that
// nobody wants to lose is there.
func (r *rowFile) rejectedFault(path string) error {
	there, err := os.Stat(path)
	if err != nil || !there.Mode().IsRegular() {
		return nil //nolint:nilerr // if nothing can be there, the writing will tell
	}
	if own, err := r.file.Stat(); err != nil || os.SameFile(there, own) {
		return cmp.Or(err, errors.New("--rejected names the file that is imported; give another one"))
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	ours, err := sheet.IsRejected(file)
	if err == nil && !ours {
		err = fmt.Errorf("--rejected names %s, which is there and holds something else than rejected rows; give another one", path)
	}
	return err
}

func (r *rowFile) close() { _ = r.file.Close() } // it was only read

// rowsError is a file that holds no rows.
type rowsError struct {
	name string
	err  error
}

func (e *rowsError) Error() string { return e.name + ": " + e.err.Error() }
func (e *rowsError) Unwrap() error { return e.err }

// rowInput gives the rows of a file as records of a stream.
type rowInput struct {
	*sheet.Reader
	stream airbyte.StreamID
}

func (r *rowInput) Next() (airbyte.Message, error) {
	row, err := r.Reader.Next()
	if err != nil {
		return airbyte.Message{}, err
	}
	return airbyte.Message{Line: row.Line, Bytes: row.Bytes, Record: &airbyte.Record{Stream: r.stream, Data: row.Data, Fault: row.Fault}}, nil
}

// Spoken, Skipped and FirstSkipped are about lines that are no messages: each row is
// one.
func (r *rowInput) Spoken() bool        { return true }
func (r *rowInput) Skipped() int64      { return 0 }
func (r *rowInput) FirstSkipped() int64 { return 0 }
