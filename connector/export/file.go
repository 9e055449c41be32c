package export

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"destination-gohighlevel/connector/jsonscan"
)

// Plan is what a file shall hold.
type Plan struct {
	Object  string
	Format  Format
	Columns []Column
	// Selection says which rows are wanted, for whoever goes on with an interrupted
	// file; "" is all that there are, whose ids are kept.
	Selection string
	// Deleted asks for the rows that were there in the last pass over all, and are no
	// longer.
	Deleted bool
}

// whole reports whether all rows are looked at.
func (p Plan) whole() bool { return p.Selection == "" || p.Deleted }

// File is a file of rows. It takes them as the sink of a stream, and is in its place only
// once [File.Commit] has put it there. It is not safe for concurrent use.
type File struct {
	Plan
	rows    *part
	ids     *part // of all that was seen
	encode  *encoder
	reached progress
	// KeepsLast lets the ids of the last pass stand, as if this one had not been.
	KeepsLast bool
}

// progress is how far an interrupted file was.
type progress struct {
	Plan     Plan            `json:"plan"`
	Location string          `json:"location_id"`
	State    json.RawMessage `json:"state"`
	Rows     int64           `json:"rows"`
	Formulas int64           `json:"formulas"`
	Size     int64           `json:"size"`
	IDs      int64           `json:"ids_size"`
}

// DeletedColumn marks rows of what is gone.
const DeletedColumn = "_ab_cdc_deleted_at"

// Create begins a file, or goes on with one that was interrupted, if it was to hold the
// same.
func (d *Folder) Create(p Plan) (*File, error) {
	path := filepath.Join(d.path, p.Object+"."+string(p.Format))
	if err := d.claim(path); err != nil {
		return nil, err
	}
	f := &File{Plan: p, reached: progress{Plan: p, Location: d.owner.Location}}
	var before progress
	err := readJSON(path+progressSuffix, &before)
	if err == nil && before.continues(f.reached) && isThere(path, before.Size) && isThere(d.idsPath(p), before.IDs) {
		f.reached = before
	}
	if f.rows, err = openPart(path, f.reached.Size); err != nil {
		return nil, err
	}
	if f.ids, err = openPart(d.idsPath(p), f.reached.IDs); err != nil {
		return nil, errors.Join(err, f.rows.file.Close())
	}
	f.encode = newEncoder(f.rows, p.Format, p.Columns)
	f.encode.formulas = f.reached.Formulas
	if f.rows.size == 0 {
		err = f.encode.header()
	}
	return f, err
}

const progressSuffix = ".progress"

func (d *Folder) idsPath(p Plan) string { return filepath.Join(d.path, p.Object+".ids") }

// continues reports whether an interrupted file was to hold the same as another.
func (p progress) continues(other progress) bool {
	return p.State != nil && p.Location == other.Location && p.Plan.Object == other.Plan.Object && p.Plan.Format == other.Plan.Format &&
		p.Plan.Selection == other.Plan.Selection && p.Plan.Deleted == other.Plan.Deleted && slices.Equal(p.Plan.Columns, other.Plan.Columns)
}

// From is the state of the stream behind the rows that the file has; nil at the beginning.
func (f *File) From() json.RawMessage { return f.reached.State }

// Rows is how many rows there are.
func (f *File) Rows() int64 { return f.reached.Rows }

// Formulas is how many cells a spreadsheet would compute.
func (f *File) Formulas() int64 { return f.encode.formulas }

// Row writes a row.
func (f *File) Row(data json.RawMessage) error {
	f.reached.Rows++
	return f.encode.row(data)
}

// Seen keeps the id of a row that is there, wanted or not.
func (f *File) Seen(id string) error {
	_, err := fmt.Fprintln(f.ids, id)
	return err
}

// State keeps how far the file is: the state is that of the stream behind its rows.
func (f *File) State(state json.RawMessage) error {
	if err := errors.Join(f.rows.keep(), f.ids.keep()); err != nil {
		return err
	}
	f.reached.State, f.reached.Size, f.reached.IDs, f.reached.Formulas = slices.Clone(state), f.rows.size, f.ids.size, f.encode.formulas
	return writeJSON(f.rows.path+progressSuffix, f.reached)
}

// Commit puts the file in its place, and keeps the ids if all rows were looked at.
func (f *File) Commit() error {
	err := f.rows.commit()
	if f.whole() && !f.KeepsLast && err == nil {
		err = f.ids.commit()
	} else {
		err = errors.Join(err, f.ids.file.Close(), os.Remove(f.ids.path+partSuffix))
	}
	return errors.Join(err, withoutNotThere(os.Remove(f.rows.path+progressSuffix)))
}

// Close leaves an interrupted file behind, to be gone on with.
func (f *File) Close() error { return errors.Join(f.rows.file.Close(), f.ids.file.Close()) }

func withoutNotThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Gone are the ids of the last pass over all rows that this one has not seen, and how many
// that pass had; ok is false if there was none.
func (f *File) Gone() (gone []string, before int, ok bool, err error) {
	there := map[string]struct{}{}
	last, err := os.Open(f.ids.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, false, nil
	} else if err != nil {
		return nil, 0, false, err
	}
	defer func() { _ = last.Close() }() // it was only read
	if err := eachLine(last, func(id string) { there[id] = struct{}{} }); err != nil {
		return nil, 0, false, err
	}
	before = len(there)
	if err := f.ids.out.Flush(); err != nil {
		return nil, 0, false, err
	}
	if err := eachLine(io.NewSectionReader(f.ids.file, 0, f.ids.size), func(id string) { delete(there, id) }); err != nil {
		return nil, 0, false, err
	}
	return slices.Sorted(maps.Keys(there)), before, true, nil
}

// Delete writes rows of what is gone.
func (f *File) Delete(ids []string, at time.Time) error {
	for _, id := range ids {
		if err := f.Row(fmt.Appendf(nil, `{"id":%s,%q:%q}`, jsonscan.Quote(id), DeletedColumn, at.UTC().Format(time.RFC3339))); err != nil {
			return err
		}
	}
	return nil
}

func eachLine(in io.Reader, do func(string)) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		do(lines.Text())
	}
	return lines.Err()
}
