package crm

import (
	"bytes"
	"strings"
)

// deletedColumn is what CDC sources fill when they saw the row go.
const deletedColumn = "_ab_cdc_deleted_at"

// Deleted reports whether a record says that its source has deleted the row,
// without mapping it: such a record may lack columns that its schema requires.
// data is as for [Plan.Map].
func (p *Plan) Deleted(data []byte) (deleted bool) {
	data = bytes.TrimLeft(data, " \n\r\t")
	if len(data) == 0 || data[0] != '{' || !bytes.Contains(data, []byte(deletedColumn)) {
		return false
	}
	eachMember(data, func(key, raw []byte) {
		deleted = deleted || string(key) == deletedColumn && tellsDeletion(raw)
	})
	return deleted
}

// tellsDeletion reports whether the value of the CDC column says that the row
// is gone. Any value does but null and a blank text, which is what null became
// on its way through a CSV file.
func tellsDeletion(raw []byte) bool {
	if raw[0] != '"' {
		return raw[0] != 'n'
	}
	return strings.TrimSpace(unquote(raw)) != ""
}
