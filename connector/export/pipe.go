package export

import (
	"bufio"
	"encoding/json"
	"io"
)

// Pipe writes rows to where nothing can be gone on with.
type Pipe struct {
	out    *bufio.Writer
	encode *encoder
	rows   int64
}

// NewPipe begins with the header, if the format has one.
func NewPipe(out io.Writer, p Plan) (*Pipe, error) {
	b := bufio.NewWriter(out)
	w := &Pipe{out: b, encode: newEncoder(b, p.Format, p.Columns)}
	return w, w.encode.header()
}

// From is nil: a pipe begins at the beginning.
func (w *Pipe) From() json.RawMessage { return nil }

// Rows is how many rows were written.
func (w *Pipe) Rows() int64 { return w.rows }

// Formulas is how many cells a spreadsheet would compute.
func (w *Pipe) Formulas() int64 { return w.encode.formulas }

// Row writes a row.
func (w *Pipe) Row(data json.RawMessage) error {
	w.rows++
	return w.encode.row(data)
}

// Seen keeps nothing.
func (w *Pipe) Seen(string) error { return nil }

// State lets rows go that were written before it.
func (w *Pipe) State(json.RawMessage) error { return w.out.Flush() }

// Commit lets the last rows go.
func (w *Pipe) Commit() error { return w.out.Flush() }

// Close does nothing: the stream is not the pipe's own.
func (w *Pipe) Close() error { return nil }
