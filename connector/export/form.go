package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
)

// Format is how rows are written; it is also how the file's name ends.
type Format string

// The formats.
const (
	JSONL Format = "jsonl"
	CSV   Format = "csv"
)

// Column is a column of CSV.
type Column struct {
	Property string // of a row
	Heading  string
	// Spelt makes lists JSON in any case: what may be in them has a comma itself.
	Spelt bool
}

// byteOrderMark is that by which spreadsheets know UTF-8.
const byteOrderMark = "\ufeff"

// encoder writes rows in a format.
type encoder struct {
	out     io.Writer
	csv     *csv.Writer // nil: JSONL
	columns []Column
	cells   []string
	// formulas counts cells that a spreadsheet would compute.
	formulas int64
}

func newEncoder(out io.Writer, format Format, columns []Column) *encoder {
	e := &encoder{out: out}
	if format == CSV {
		e.csv, e.columns, e.cells = csv.NewWriter(out), columns, make([]string, len(columns))
	}
	return e
}

// header begins a file.
func (e *encoder) header() error {
	if e.csv == nil {
		return nil
	}
	if _, err := io.WriteString(e.out, byteOrderMark); err != nil {
		return err
	}
	for i, c := range e.columns {
		e.cells[i] = c.Heading
	}
	return e.write()
}

// row writes a row, a valid JSON object.
func (e *encoder) row(data json.RawMessage) error {
	if e.csv == nil {
		var line bytes.Buffer
		if err := json.Compact(&line, data); err != nil {
			return err
		}
		line.WriteByte('\n')
		_, err := e.out.Write(line.Bytes())
		return err
	}
	values := jsonscan.Map(data)
	for i, c := range e.columns {
		e.cells[i] = cell(values[c.Property], c.Spelt)
		if isFormula(e.cells[i]) {
			e.formulas++
		}
	}
	return e.write()
}

func (e *encoder) write() error {
	if err := e.csv.Write(e.cells); err != nil {
		return err
	}
	e.csv.Flush()
	return e.csv.Error()
}

// cell is a value as the text of a cell, such that it is read as the same value again.
func cell(value json.RawMessage, spelt bool) string {
	switch jsonscan.First(value) {
	case 0, 'n':
		return ""
	case '"':
		return string(jsonscan.Unquote(value))
	case '[':
		return list(value, spelt)
	}
	return string(value)
}

// list is a list as HighLevel's own files have it, "vip, spring"; as JSON where that could
// be read as something else.
func list(value json.RawMessage, spelt bool) string {
	var entries []string
	for entry := range jsonscan.Elements(value) {
		text, ok := jsonscan.Text(entry)
		spelt = spelt || !ok || !isPlain(text)
		entries = append(entries, text)
	}
	switch {
	case len(entries) == 0:
		return ""
	case spelt:
		return string(value)
	}
	return strings.Join(entries, ", ")
}

// isPlain reports whether a text is the same as an entry of a list that is cut at commas.
func isPlain(text string) bool {
	word := strings.ToLower(text)
	return text != "" && strings.TrimSpace(text) == text && !Separates(text) && word != "true" && word != "false"
}

// Separates reports whether a text has a sign by which lists are cut, or enclosed.
func Separates(text string) bool {
	return strings.ContainsAny(text, ",;|\r\n[]{}()'\"^") || strings.Contains(text, ":::")
}

// isFormula reports whether a spreadsheet computes a cell when it opens the file. A
// phone number and a negative number come to no harm by that.
func isFormula(text string) bool {
	if text == "" || !strings.Contains("=+-@\t\r", text[:1]) {
		return false
	}
	return strings.Trim(text[1:], "0123456789. ") != "" || text[0] == '='
}

// Properties are the names of the properties of a JSON schema, in its order.
func Properties(schema json.RawMessage) (names []string) {
	for name := range jsonscan.Members(jsonscan.Member(schema, "properties")) {
		if !slices.Contains(names, string(name)) {
			names = append(names, string(name))
		}
	}
	return names
}
