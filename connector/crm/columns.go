package crm

import (
	"strings"
)

// Columns are the declared columns of a stream, known by every spelling in
// which they may arrive: caches and warehouses rename "First Name" to
// "first_name" and "Téléphone" to "t_l_phone", and leave the schema as it was.
// It does not change once built, and is safe for concurrent use.
type Columns struct {
	declared map[string]bool
	folded   map[string]string // by letters and digits
	renamed  map[string]string // by the name that a cache gives it
}

// NewColumns knows the columns that a stream declares, in the order of its
// schema: of two that fold to the same, the first answers to other spellings.
func NewColumns(declared []string) *Columns {
	c := &Columns{declared: make(map[string]bool), folded: make(map[string]string), renamed: make(map[string]string)}
	for _, name := range declared {
		c.declared[name] = true
		addFirst(c.folded, fold(name), name)
		addFirst(c.renamed, renamed(name), name)
	}
	return c
}

// addFirst adds an entry, unless the name is empty or taken.
func addFirst[V any](entries map[string]V, name string, entry V) {
	if _, taken := entries[name]; !taken && name != "" {
		entries[name] = entry
	}
}

// Declared returns the declared column that a column of a record is, itself or in
// another spelling; ok is false if there is none. A record may hold one column in
// several spellings: see [Columns.Find].
func (c *Columns) Declared(arrived string) (declared string, ok bool) {
	if c.declared[arrived] {
		return arrived, true
	}
	if declared, ok = c.folded[fold(arrived)]; ok {
		return declared, true
	}
	declared, ok = c.renamed[arrived]
	return declared, ok
}

// Find returns the value that a record, a valid JSON object, holds in a
// declared column, in whichever spelling it arrives; nil if in none. Of several
// spellings the declared one wins, then the first in the order of the alphabet.
func (c *Columns) Find(record []byte, column string) (value []byte) {
	return spelledMember(record, column, func(key string) bool {
		name, ok := c.Declared(key)
		return ok && name == column
	})
}

// renamed is the name that a cache of columns gives a column: small letters and
// digits of ASCII, "_" for everything else and before a leading digit.
func renamed(name string) string {
	if name != "" && '0' <= name[0] && name[0] <= '9' {
		name = "_" + name
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		}
		return '_'
	}, name)
}
