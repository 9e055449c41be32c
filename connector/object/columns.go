package object

import (
	"cmp"
	"encoding/json"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/jsonscan"
)

// columns are a record's values by the declared names of its columns; none if it is
// no JSON object. The record is taken apart once, and only if anything is asked for:
// again, if another one of the stream was since.
type columns struct {
	data  json.RawMessage
	names *spellings
	taken uint64 // the number that names has given the record; 0: none yet
}

// take takes the record apart.
func (c *columns) take() {
	n := c.names
	if c.taken == n.record && c.taken > 0 {
		return
	}
	n.begin()
	c.taken = n.record
	for name, value := range jsonscan.Members(c.data) {
		s := n.spelling(name)
		switch col := s.column; {
		case col.record != n.record:
			n.enter(col, s.name, value)
		case col.spelled == s.name: // the last of several counts
			col.value = value
		default:
			c.choose()
			return
		}
	}
}

// choose takes apart a record with a column in several spellings: the declared one
// counts, then the first in the order of the alphabet, and none with a null before
// one with a value.
func (c *columns) choose() {
	n := c.names
	n.begin()
	c.taken = n.record
	all := jsonscan.Map(c.data)
	var others []string
	for name := range all {
		if n.of(name) != name {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	for _, name := range others {
		declared := n.of(name)
		if jsonscan.IsNull(all[declared]) {
			all[declared] = all[name]
		}
		delete(all, name)
	}
	for name, value := range all {
		n.enter(n.column(name), name, value)
	}
}

// All implements [schema.Record].
func (c *columns) All(yield func(column string, value json.RawMessage) bool) {
	c.take()
	for _, col := range c.names.here {
		if !yield(col.name, col.value) {
			return
		}
	}
}

// Value implements [schema.Record].
func (c *columns) Value(column string) (value json.RawMessage, ok bool) {
	c.take()
	col := cmp.Or(c.names.columns[column], c.names.passing[column])
	if col == nil || col.record != c.taken {
		return nil, false
	}
	return col.value, true
}

// at reads the value at a path of nested objects; nil if it is absent or null.
func (c *columns) at(path []string) json.RawMessage {
	if len(path) == 0 {
		return nil
	}
	value, _ := c.Value(path[0])
	for _, name := range path[1:] {
		value = jsonscan.Member(value, name)
	}
	if jsonscan.IsNull(value) {
		return nil
	}
	return value
}

// spellings are the columns of a stream's records, by every name in which they arrive,
// and what one record at a time has in them.
type spellings struct {
	declared *crm.Columns
	known    map[string]*spelling
	columns  map[string]*column
	passing  map[string]*column // of one record, of more columns than are remembered
	record   uint64             // counts the records
	here     []*column          // that it has
}

// spelling is a name in which a column arrives.
type spelling struct {
	name   string
	column *column
}

// column is a column, and what the latest record that has it holds there.
type column struct {
	name    string // as it is declared, or its own
	record  uint64
	spelled string
	value   json.RawMessage
}

func newSpellings(c *crm.Columns) *spellings {
	return &spellings{declared: c, known: map[string]*spelling{}, columns: map[string]*column{}}
}

// mostSpellings bounds what is remembered, for the names come from records.
const mostSpellings = 1000

// begin begins the next record.
func (n *spellings) begin() {
	for _, col := range n.here {
		col.value = nil
	}
	n.here, n.passing = n.here[:0], nil
	n.record++
}

// enter gives the record a value.
func (n *spellings) enter(col *column, spelled string, value json.RawMessage) {
	col.record, col.spelled, col.value = n.record, spelled, value
	n.here = append(n.here, col)
}

func (n *spellings) spelling(arrived []byte) *spelling {
	if s := n.known[string(arrived)]; s != nil {
		return s
	}
	name := string(arrived)
	declared, ok := n.declared.Declared(name)
	if !ok {
		declared = name
	}
	s := &spelling{name, n.column(declared)}
	if len(n.known) < mostSpellings {
		n.known[name] = s
	}
	return s
}

func (n *spellings) column(name string) *column {
	col := cmp.Or(n.columns[name], n.passing[name])
	switch {
	case col != nil:
		return col
	case len(n.columns) < mostSpellings:
		col = &column{name: name}
		n.columns[name] = col
	default:
		if n.passing == nil {
			n.passing = map[string]*column{}
		}
		col = &column{name: name}
		n.passing[name] = col
	}
	return col
}

// of is the declared name of a column, or its own if none is declared.
func (n *spellings) of(arrived string) string { return n.spelling([]byte(arrived)).column.name }
