package sheet

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"destination-gohighlevel/connector/jsonscan"
)

// accountColumns say in a file of rejected rows what is wrong with them. They stand
// first, since a broken row may have any number of values, and no reader of rows
// sees them.
var accountColumns = []string{"import_line", "import_code", "import_reason", "import_next_step"}

// accountText is the text of a row of JSONL that could not be read.
const accountText = "import_text"

// Rejection is why a row was rejected.
type Rejection struct {
	Line                   int64
	Code, Reason, NextStep string
}

// Rejected writes rows that were rejected in the form of their file, so that they can
// be corrected there and read again. It is always UTF-8.
type Rejected struct {
	form *Form
	out  io.Writer
	csv  *csv.Writer
}

// NewRejected begins a file of rejected rows.
func (f *Form) NewRejected(out io.Writer) (*Rejected, error) {
	r := &Rejected{form: f, out: out}
	if f.delimiter == "" {
		return r, nil
	}
	if _, err := io.WriteString(out, "\ufeff"); err != nil { // by which spreadsheets know UTF-8
		return nil, err
	}
	r.csv = csv.NewWriter(out)
	r.csv.Comma = rune(f.delimiter[0])
	return r, r.write(accountColumns, f.original(f.header))
}

// IsRejected reports whether a file is one of rejected rows, or has nothing in it.
func IsRejected(file io.Reader) (bool, error) {
	start := make([]byte, 64)
	n, err := io.ReadFull(file, start)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n == 0 || bytes.Contains(start[:n], []byte(accountColumns[0])), err
}

// original is a row without what an earlier file of rejected rows said of it.
func (f *Form) original(cells []string) (out []string) {
	for i, cell := range cells {
		if i >= len(f.columns) || f.columns[i] != "" {
			out = append(out, cell)
		}
	}
	return out
}

// Add writes a row, of which data is what [Row] holds.
func (r *Rejected) Add(why Rejection, data json.RawMessage) error {
	account := []string{strconv.FormatInt(why.Line, 10), why.Code, why.Reason, why.NextStep}
	if r.csv != nil {
		return r.write(account, r.cells(data))
	}
	line := []byte{'{'}
	for i, name := range accountColumns {
		line = fmt.Appendf(line, "%s:%s,", jsonscan.Quote(name), jsonscan.Quote(account[i]))
	}
	if jsonscan.First(data) != '{' {
		data = fmt.Appendf(nil, "{%s:%s}", jsonscan.Quote(accountText), data)
	}
	if data = bytes.TrimSpace(data[1:]); data[0] == '}' {
		line = bytes.TrimSuffix(line, []byte(","))
	}
	_, err := r.out.Write(append(append(line, data...), '\n'))
	return err
}

// cells are the values of a row as they came.
func (r *Rejected) cells(data json.RawMessage) []string {
	var (
		row  map[string]string
		list []string
		text string
	)
	switch {
	case json.Unmarshal(data, &row) == nil:
		for _, name := range r.form.Columns() {
			list = append(list, row[name])
		}
		return list
	case json.Unmarshal(data, &list) == nil:
		return r.form.original(list)
	}
	_ = json.Unmarshal(data, &text) // it is nothing else
	return []string{text}
}

func (r *Rejected) write(account, cells []string) error {
	if err := r.csv.Write(slices.Concat(account, cells)); err != nil {
		return err
	}
	r.csv.Flush()
	return r.csv.Error()
}

// withoutAccount is an object without what a file of rejected rows says of it.
func withoutAccount(object []byte) []byte {
	if !bytes.Contains(object, jsonscan.Quote(accountColumns[0])) {
		return object
	}
	out := []byte{'{'}
	for key, value := range jsonscan.Members(object) {
		if name := string(key); name != accountText && !slices.Contains(accountColumns, name) {
			out = append(append(append(out, jsonscan.Quote(name)...), ':'), value...)
			out = append(out, ',')
		}
	}
	return append(bytes.TrimSuffix(out, []byte(",")), '}')
}
