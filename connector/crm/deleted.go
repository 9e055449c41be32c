package crm

import (
	"bytes"
	"strings"
)

// deletedColumn is what CDC sources fill when they saw the row go.
const deletedColumn = "_ab_cdc_deleted_at"

// Deleted reports whether a record says that its source has deleted the row,
// without mapping it: such a record may lack columns that its schema requires.
// data is as for [Plan.Map]. Several goroutines may call it at once.
func (p *Plan) Deleted(data []byte) (deleted bool) {
	data = bytes.TrimLeft(data, " \n\r\t")
	if len(data) == 0 || data[0] != '{' {
		return false
	}
	if bytes.Contains(data, []byte("deleted_at")) || bytes.Contains(data, []byte("DELETED_AT")) { // else no spelling of the column is there
		eachMember(data, func(key, raw []byte) {
			deleted = deleted || p.declared.same(deletedColumn, string(key)) && p.reader.tellsDeletion(raw)
		})
	}
	for _, from := range p.deletedWhen {
		deleted = deleted || p.isTrue(data, from)
	}
	return deleted
}

// isTrue reports whether a column, or a path, of a record holds something true
// or a date.
func (p *Plan) isTrue(data []byte, from string) (yes bool) {
	column, within, dotted := p.declared.cutPath(from)
	eachMember(data, func(key, raw []byte) {
		value, found := raw, p.declared.same(from, string(key))
		if !found && dotted && p.declared.same(column, string(key)) {
			value, found = follow(raw, within)
		}
		yes = yes || found && p.reader.saysYes(value)
	})
	return yes
}

// saysYes reports whether a value is true, or a date: the time of a deletion. A
// number is a date if it is not 0 or 1.
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
	text := strings.TrimSpace(unquote(raw))
	return text != "" && !r.nothing[text]
}
