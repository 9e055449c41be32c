package crm

import (
	"strings"

	"destination-gohighlevel/connector/jsonscan"
)

// deletedColumn is what CDC sources fill when they saw the row go.
const deletedColumn = "_ab_cdc_deleted_at"

// deletion is where a record may say that its source has deleted the row.
type deletion struct {
	from string // a column, or a path
	// cdc: any value says so; else only what is true, or a date.
	cdc  bool
	seen bool // the stream declares the column, or has delivered it
}

// deletionsOf are the column of CDC sources and those that a user names.
func deletionsOf(columns []string) []*deletion {
	all := []*deletion{{from: deletedColumn, cdc: true, seen: true}}
	for _, from := range columns {
		all = append(all, &deletion{from: from})
	}
	return all
}

// tells reports whether a column says that the row is gone.
func (r *reader) tells(d *deletion, within string, raw []byte) bool {
	value, found := follow(raw, within)
	switch {
	case !found:
		return false
	case d.cdc:
		return r.tellsDeletion(value)
	}
	return r.saysYes(value)
}

// saysYes reports whether a value is true, or a date: the time of a deletion.
func (r *reader) saysYes(raw []byte) bool {
	if isBlank(raw) || raw[0] == '{' || raw[0] == '[' {
		return false
	}
	text := plainText(raw)
	if yes, ok := normaliseBool(text); ok || r.nothing[text] {
		return yes
	}
	return dateReading{order: r.notation.DateOrder}.read(text).fault == ""
}

// tellsDeletion reports whether the value of the CDC column says that the row
// is gone. Any value does but null, and what null became on its way through a
// file: a blank text, or a word for nothing.
func (r *reader) tellsDeletion(raw []byte) bool {
	if raw[0] != '"' {
		return raw[0] != 'n'
	}
	text := strings.TrimSpace(string(jsonscan.Unquote(raw)))
	return text != "" && !r.nothing[text]
}
