package sheet

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/words"
)

const (
	longestLine = 1 << 20
	mostLines   = 100 // of one row: a quote that is open for longer was never meant to be
)

// Row is one row of a file.
type Row struct {
	Line  int64           // in which it begins, from 1
	Bytes int             // of its text
	Data  json.RawMessage // an object by column; of a broken row its values, or its text
	Fault string          // what is wrong with it; "" if it can be read
}

// Reader reads the rows of a file. It is not safe for concurrent use, but for Bytes.
type Reader struct {
	form  *Form
	in    *bufio.Scanner
	ahead []string // lines that were read and belong to the next rows
	line  int64    // of the last line that was taken
	read  *counter
}

// counter counts what was read of a file.
type counter struct {
	io.Reader
	bytes atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

// Rows begins to read the rows of the file that the form was found in.
func (f *Form) Rows(file io.ReadSeeker) (*Reader, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r := &Reader{form: f, read: &counter{Reader: file}}
	r.in = bufio.NewScanner(transform.NewReader(r.read, f.encoding.decoder()))
	r.in.Buffer(nil, longestLine)
	r.in.Split(scanLine)
	for r.line < f.begin {
		if _, err := r.next(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Bytes is how much of the file was read.
func (r *Reader) Bytes() int64 { return r.read.bytes.Load() }

// Next returns the next row that is not blank. An error ends the file: io.EOF, or worse.
func (r *Reader) Next() (Row, error) {
	if r.form.delimiter == "" {
		return r.nextObject()
	}
	for {
		at := r.line + 1
		cells, text, fault, err := r.cells()
		if err != nil {
			return Row{}, err
		}
		row := Row{Line: at, Bytes: len(text) + 1, Fault: fault}
		switch {
		case fault != "":
			row.Data = jsonscan.Quote(text)
			return row, nil
		case isBlank(cells):
			continue
		}
		row.Data, row.Fault = r.form.object(cells)
		return row, nil
	}
}

// object is a row by columns, or what is wrong with it.
func (f *Form) object(cells []string) (data json.RawMessage, fault string) {
	most := len(f.columns)
	if len(cells) > most && isBlank(cells[most:]) {
		cells = cells[:most]
	}
	if len(cells) < f.least || len(cells) > most {
		data, _ = json.Marshal(cells) // texts can be
		return data, fmt.Sprintf("the row has %s, and the header %s", words.Count(len(f.original(cells)), "value"), words.Count(len(f.Columns()), "column"))
	}
	data = append(data, '{')
	for i, cell := range cells {
		if name := f.columns[i]; name != "" {
			data = append(append(append(data, jsonscan.Quote(name)...), ':'), jsonscan.Quote(cell)...)
			data = append(data, ',')
		}
	}
	return append(bytes.TrimSuffix(data, []byte(",")), '}'), ""
}

// nextObject is Next for JSONL.
func (r *Reader) nextObject() (Row, error) {
	text, err := r.skipBlank()
	if err != nil {
		return Row{}, err
	}
	row := Row{Line: r.line, Bytes: len(text) + 1, Data: jsonscan.Trim([]byte(text))}
	if jsonscan.First(row.Data) != '{' || !json.Valid(row.Data) || !utf8.ValidString(text) {
		row.Data, row.Fault = jsonscan.Quote(text), "the line is no JSON object"
		return row, nil
	}
	row.Data = withoutAccount(row.Data)
	return row, nil
}

// cells returns the values of the next row and its text. Where a quote is not closed
// the line that opens it is broken, and the next row begins behind it: what
// encoding/csv does there, to read on to the end, would cost all rows that follow.
func (r *Reader) cells() (cells []string, text, fault string, err error) {
	first, err := r.next()
	if err != nil {
		return nil, "", "", err
	}
	text = first
	var more []string
	for {
		cells, open := split(text, r.form.delimiter)
		if !utf8.ValidString(text) {
			return nil, text, "it holds bytes that are no text in UTF-8, which the rest of the file is in", nil
		}
		if !open {
			return cells, text, "", nil
		}
		line, err := r.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, "", "", err
		}
		if err == nil {
			more = append(more, line)
		}
		if err != nil || len(more) == mostLines {
			r.unread(more...)
			return nil, first, "a quote is opened and not closed", nil
		}
		text += "\n" + line
	}
}

// next returns the next line without its end.
func (r *Reader) next() (string, error) {
	switch {
	case len(r.ahead) > 0:
		line := r.ahead[0]
		r.ahead = r.ahead[1:]
		r.line++
		return line, nil
	case r.in.Scan():
		r.line++
		if r.line == 1 {
			return string(words.WithoutByteOrderMark(r.in.Bytes())), nil
		}
		return r.in.Text(), nil
	case errors.Is(r.in.Err(), bufio.ErrTooLong):
		return "", fmt.Errorf("line %d has more than %d MB, so this is no file of rows", r.line+1, longestLine>>20)
	case r.in.Err() != nil:
		return "", r.in.Err()
	}
	return "", io.EOF
}

// unread gives back the last lines.
func (r *Reader) unread(lines ...string) {
	r.ahead = slices.Concat(lines, r.ahead)
	r.line -= int64(len(lines))
}

// skipBlank is next, but for lines that are blank.
func (r *Reader) skipBlank() (string, error) {
	for {
		line, err := r.next()
		if err != nil || strings.TrimSpace(line) != "" {
			return line, err
		}
	}
}

// delimiter is the sign by which most of the first lines have as many values as the first.
func (r *Reader) delimiter() string {
	var lines []string
	for len(lines) < sampled {
		line, err := r.next()
		if err != nil {
			break
		}
		lines = append(lines, line)
	}
	r.unread(lines...)
	best, most, widest := delimiters[0].sign, 0, 1
	for _, d := range delimiters {
		sample := &Reader{form: &Form{delimiter: d.sign}, in: bufio.NewScanner(strings.NewReader("")), ahead: lines}
		width, alike := 0, 0
		for {
			cells, _, _, err := sample.cells()
			if err != nil {
				break
			}
			if width == 0 {
				width = len(cells)
			}
			if len(cells) == width {
				alike++
			}
		}
		if width > 1 && (alike > most || alike == most && width > widest) {
			best, most, widest = d.sign, alike, width
		}
	}
	return best
}
