// Package sheet reads files of rows as people have them: CSV in the forms that
// spreadsheets write, and JSONL. What is wrong with a row costs that row alone. It
// knows nothing of what the rows are about.
package sheet

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/words"
)

// Form is how a file is written, as [Find] has found out.
type Form struct {
	encoding  encoding
	delimiter string // "" is JSONL
	header    []string
	columns   []string // the header with each name once; "" is none to be read
	least     int      // values that a row must have
	begin     int64    // lines before the first row
}

// delimiters are those of the files that spreadsheets write, and their names.
var delimiters = []struct{ sign, name string }{{",", "comma"}, {";", "semicolon"}, {"\t", "tab"}, {"|", "pipe"}}

const sampled = 20 // lines, or rows, that show the delimiter

// Find looks how a file is written. It may read all of it.
func Find(f io.ReadSeeker) (*Form, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	code, err := encodingOf(bufio.NewReader(f))
	if err != nil {
		return nil, err
	}
	form := &Form{encoding: code}
	r, err := form.Rows(f)
	if err != nil {
		return nil, err
	}
	first, err := r.skipBlank()
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the file is empty")
	case err != nil:
		return nil, err
	case strings.HasPrefix(strings.TrimSpace(first), "{"):
		r.unread(first)
		return form, form.readNames(r)
	case strings.HasPrefix(strings.TrimSpace(first), "["):
		return nil, errors.New("the file is a JSON list; give CSV, or JSONL: one object a line")
	}
	return form, form.readHeader(r, first)
}

// readNames takes the names of columns from the first objects.
func (f *Form) readNames(r *Reader) error {
	for range sampled {
		row, err := r.nextObject()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		for name := range jsonscan.Members(row.Data) {
			if !slices.Contains(f.columns, string(name)) {
				f.columns = append(f.columns, string(name))
			}
		}
	}
	return nil
}

// readHeader finds the delimiter and the names of the columns.
func (f *Form) readHeader(r *Reader, first string) error {
	if sign, ok := strings.CutPrefix(strings.ToLower(first), "sep="); ok && len(sign) == 1 { // as Excel writes it
		if strings.Contains("\"\r\x00", sign) {
			return fmt.Errorf("the first line names %q as what stands between values, which nothing can be told apart by; take that line out", sign)
		}
		f.delimiter = sign
	} else {
		r.unread(first)
		f.delimiter = r.delimiter()
	}
	cells, _, broken, err := r.cells()
	if err != nil || broken != "" {
		return errors.New("the file has no header")
	}
	f.begin = r.line
	for _, name := range cells {
		if at := strings.Index(name, "@"); at > 0 && at < len(name)-1 {
			return errors.New("the first line holds an email address, so it is no header; put the names of the columns there")
		}
	}
	f.name(cells)
	return nil
}

// name names the columns: one without a name by its place, one whose name is taken
// with a number behind it.
func (f *Form) name(header []string) {
	f.header = header
	taken := map[string]bool{}
	for i, name := range header {
		name = strings.TrimSpace(name)
		if slices.Contains(accountColumns, name) {
			f.columns = append(f.columns, "")
			continue
		}
		if name == "" {
			name = fmt.Sprintf("column %d", i+1)
		} else {
			f.least = i + 1
		}
		free := name
		for n := 2; taken[free] || n > 2 && slices.Contains(header, free); n++ {
			free = fmt.Sprintf("%s %d", name, n)
		}
		taken[free] = true
		f.columns = append(f.columns, free)
	}
}

// Columns are the names of the columns, in their order; of JSONL those of the first
// rows.
func (f *Form) Columns() []string {
	return slices.DeleteFunc(slices.Clone(f.columns), func(name string) bool { return name == "" })
}

// String says in words how the file is written.
func (f *Form) String() string {
	if f.delimiter == "" {
		return "JSONL, " + f.encoding.name
	}
	name := fmt.Sprintf("%q", f.delimiter)
	for _, d := range delimiters {
		if d.sign == f.delimiter {
			name = d.name
		}
	}
	return fmt.Sprintf("%s, delimited by %s, %s", words.Count(len(f.Columns()), "column"), name, f.encoding.name)
}
