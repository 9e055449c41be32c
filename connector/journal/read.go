package journal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"destination-gohighlevel/connector/storage"
)

// Recorded is one change of a run, with all that the journal tells of it.
type Recorded struct {
	Run *Run
	Seq int64
	At  time.Time // of the intent
	Change
	Result  Result
	Outcome Outcome // if it was Carried out, or Failed
}

// Result is whether a change was carried out.
type Result int

// The results.
const (
	// Unknown: the journal does not tell. Whoever needs to know looks at the CRM.
	Unknown Result = iota
	// Carried out.
	Carried
	// Failed: it was refused.
	Failed
	// Unsent: it was announced, and its request never sent.
	Unsent
)

// File is the journal of one run, to be read.
type File struct {
	Name  string
	parts []part
}

// part opens the lines of a part.
type part func(context.Context) (io.ReadCloser, error)

// FilesIn finds the journals in a folder of this computer, or below it one level, as a
// copy of a bucket has them, or the one that the path names. They come in the order of
// their runs.
func FilesIn(path string) ([]File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if !info.IsDir() {
		return []File{{path, []part{fileAt(path)}}}, nil
	}
	files, err := partsIn(path)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	for _, e := range entries { // sorted
		at := filepath.Join(path, e.Name())
		switch {
		case e.IsDir():
			below, err := partsIn(at)
			if err != nil {
				return nil, err
			}
			files = append(files, below...)
		case strings.HasSuffix(e.Name(), suffix) && !isPart(e.Name()):
			files = append(files, File{at, []part{fileAt(at)}})
		}
	}
	return files, nil
}

// partsIn is the journal whose parts are in a folder; none if it has none.
func partsIn(path string) ([]File, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	f := File{Name: path}
	for _, e := range entries {
		if isPart(e.Name()) {
			f.parts = append(f.parts, fileAt(filepath.Join(path, e.Name())))
		}
	}
	if len(f.parts) == 0 {
		return nil, nil
	}
	return []File{f}, nil
}

// isPart tells the name of a numbered part.
func isPart(name string) bool {
	number, ok := strings.CutSuffix(name, suffix)
	return ok && len(number) == partDigits && strings.Trim(number, "0123456789") == ""
}

func fileAt(path string) part {
	return func(context.Context) (io.ReadCloser, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, unreadable(path, err)
		}
		return file, nil
	}
}

// ReadError is a journal that cannot be read. It holds nothing of what is in it.
type ReadError struct {
	Name string
	Line int // 0: it cannot be opened
	Err  error
}

func (e *ReadError) Error() string {
	at := ""
	if e.Line > 0 {
		at = fmt.Sprintf("line %d: ", e.Line)
	}
	return fmt.Sprintf("%q: %s%v", e.Name, at, e.Err)
}

// Unwrap returns the cause.
func (e *ReadError) Unwrap() error { return e.Err }

func unreadable(path string, err error) error {
	if file := (*fs.PathError)(nil); errors.As(err, &file) {
		err = file.Err
	}
	return &ReadError{Name: path, Err: err}
}

// FilesBelow finds the journals below a path of a bucket.
func FilesBelow(ctx context.Context, bucket *storage.Bucket, path string) ([]File, error) {
	if path = strings.Trim(path, "/"); path != "" {
		path += "/" // else that of another name which begins so
	}
	keys, err := bucket.Keys(ctx, path)
	if err != nil {
		return nil, failed(err)
	}
	var files []File
	for _, key := range keys { // sorted
		run, name := "", key
		if i := strings.LastIndex(key, "/"); i >= 0 {
			run, name = key[:i], key[i+1:]
		}
		if !isPart(name) {
			continue
		}
		if at := bucket.URL(run); len(files) == 0 || files[len(files)-1].Name != at {
			files = append(files, File{Name: at})
		}
		last := &files[len(files)-1]
		last.parts = append(last.parts, func(ctx context.Context) (io.ReadCloser, error) {
			data, err := bucket.Get(ctx, key)
			return io.NopCloser(bytes.NewReader(data)), failed(err)
		})
	}
	return files, nil
}

// Read reads the changes of a run, in the order in which they were begun. A last line
// that is broken, since the run was killed while it wrote it, is no error. The run is nil
// if the file holds none.
func (f File) Read(ctx context.Context) (run *Run, changes []Recorded, err error) {
	r := reading{at: map[int64]int{}}
	if err := f.each(ctx, r.line); err != nil {
		return nil, nil, err
	}
	return r.run, r.changes, nil
}

// each hands out the lines of a journal. A last one that cannot be taken was torn.
func (f File) each(ctx context.Context, take func(text []byte) error) error {
	for i, open := range f.parts {
		part, err := open(ctx)
		if err != nil {
			return err
		}
		err = f.eachOf(part, i == len(f.parts)-1, take)
		_ = part.Close() // nothing was written
		if err != nil {
			return err
		}
	}
	return nil
}

func (f File) eachOf(part io.Reader, last bool, take func(text []byte) error) error {
	lines := bufio.NewReader(part)
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return unreadable(f.Name, err)
		}
		if len(text) == 0 {
			return nil
		}
		why := take(bytes.TrimSuffix(text, []byte("\n")))
		if _, end := lines.Peek(1); why != nil && (!last || end == nil) {
			return &ReadError{f.Name, n, why}
		}
	}
}

// reading is a journal that is being read.
type reading struct {
	run     *Run
	changes []Recorded
	at      map[int64]int // by seq
}

var (
	errNoLine = errors.New("it is no line of a journal")
	errNewer  = errors.New("it was written by a newer version of this program")
)

// line takes in a line.
func (r *reading) line(text []byte) error {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return errNoLine // the cause could hold a value
	}
	var err error
	switch l.Type {
	case typeRun:
		r.run = &Run{Started: l.At}
		if err = json.Unmarshal(text, r.run); l.Format > format {
			return errNewer
		}
	case typeIntent:
		c := Recorded{Run: r.run, Seq: l.Seq, At: l.At}
		err = json.Unmarshal(text, &c.Change)
		r.at[l.Seq] = len(r.changes)
		r.changes = append(r.changes, c)
	case typeDone:
		var o Outcome
		err = json.Unmarshal(text, &o)
		r.outcome(l.Seq, Carried, o)
	case typeFail:
		var f Failure
		err = json.Unmarshal(text, &f)
		result := Failed
		switch {
		case f.Unknown:
			result = Unknown
		case f.Unsent:
			result = Unsent
		}
		r.outcome(l.Seq, result, Outcome{Failure: &f})
	case typeEnd:
	default:
		return errNoLine
	}
	if err != nil || r.run == nil {
		return errNoLine
	}
	r.run.Ended = r.run.Ended || l.Type == typeEnd
	return nil
}

// outcome enters what became of a change; what is said last counts.
func (r *reading) outcome(seq int64, result Result, o Outcome) {
	if i, ok := r.at[seq]; ok {
		r.changes[i].Result, r.changes[i].Outcome = result, o
	}
}
