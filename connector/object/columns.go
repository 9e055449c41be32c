package object

import (
	"cmp"
	"encoding/json"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/schema"
)

// columns are the columns of a stream's records, by every name in which they arrive,
// and what one record at a time has in them. The record is taken apart once, and its
// values are sorted by column only if they are asked for.
type columns struct {
	declared *crm.Columns
	schema   *schema.Schema
	known    jsonscan.Names[spelling]
	columns  map[string]*column
	passing  map[string]*column // of one record, of more columns than are remembered

	members []jsonscan.Pair // of the record
	record  uint64          // counts the records
	taken   bool            // values are those of the record
	values  []schema.Value
}

// spelling is a name in which a column arrives.
type spelling struct {
	name   string
	column *column
}

// column is a column, and where the latest record that has it has its value.
type column struct {
	*schema.Column        // its name is as it is declared, or its own
	record         uint64 // the latest that has it
	spelled        string
	at             int // among the values of that record
}

func newColumns(declared *crm.Columns, s *schema.Schema) *columns {
	return &columns{declared: declared, schema: s, columns: map[string]*column{}}
}

// mostSpellings bounds what is remembered, for the names come from records.
const mostSpellings = 1000

// begin begins the next record; one that is no JSON object has no columns.
func (c *columns) begin(data json.RawMessage) {
	clear(c.members) // what is not used again would hold on to another record
	c.members, c.taken = jsonscan.AppendMembers(c.members[:0], data), false
}

// take sorts the record's members by column.
func (c *columns) take() {
	if c.taken {
		return
	}
	c.clear()
	c.known.Begin()
	for _, m := range c.members {
		s := c.spelling(m.Name)
		switch col := s.column; {
		case col.record != c.record:
			c.enter(col, s.name, m.Value)
		case col.spelled == s.name: // the last of several counts
			c.values[col.at].JSON = m.Value
		default:
			c.choose()
			return
		}
	}
}

func (c *columns) clear() {
	clear(c.values)
	c.values, c.passing, c.taken = c.values[:0], nil, true
	c.record++
}

// enter gives the record a value.
func (c *columns) enter(col *column, spelled string, value json.RawMessage) {
	col.record, col.spelled, col.at = c.record, spelled, len(c.values)
	c.values = append(c.values, schema.Value{Column: col.Column, JSON: value})
}

// choose takes a record with a column in several spellings: the declared one counts,
// then the first in the order of the alphabet, and none with a null before one with a
// value.
func (c *columns) choose() {
	c.clear()
	all := make(map[string]json.RawMessage, len(c.members))
	var others []string
	for _, m := range c.members {
		all[string(m.Name)] = m.Value
	}
	for name := range all {
		if c.of(name) != name {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	for _, name := range others {
		declared := c.of(name)
		if jsonscan.IsNull(all[declared]) {
			all[declared] = all[name]
		}
		delete(all, name)
	}
	for name, value := range all {
		c.enter(c.column(name), name, value)
	}
}

// all are the record's values, one of each column.
func (c *columns) all() []schema.Value {
	c.take()
	return c.values
}

// value is what the record has in a column.
func (c *columns) value(name string) (value json.RawMessage, ok bool) {
	c.take()
	col := cmp.Or(c.columns[name], c.passing[name])
	if col == nil || col.record != c.record {
		return nil, false
	}
	return c.values[col.at].JSON, true
}

// path reads the value at a path of nested objects; nil if it is absent or null.
func (c *columns) path(steps []string) json.RawMessage {
	if len(steps) == 0 {
		return nil
	}
	value, _ := c.value(steps[0])
	for _, name := range steps[1:] {
		value = jsonscan.Member(value, name)
	}
	if jsonscan.IsNull(value) {
		return nil
	}
	return value
}

func (c *columns) spelling(arrived []byte) *spelling {
	if s := c.known.Of(arrived); s != nil {
		return s
	}
	name := string(arrived)
	declared, ok := c.declared.Declared(name)
	if !ok {
		declared = name
	}
	s := spelling{name, c.column(declared)}
	if c.known.Len() == mostSpellings {
		return &s
	}
	return c.known.Know(name, s)
}

func (c *columns) column(name string) *column {
	col := cmp.Or(c.columns[name], c.passing[name])
	switch {
	case col != nil:
		return col
	case len(c.columns) < mostSpellings:
		col = &column{Column: c.schema.Column(name)}
		c.columns[name] = col
	default:
		if c.passing == nil {
			c.passing = map[string]*column{}
		}
		col = &column{Column: c.schema.Column(name)}
		c.passing[name] = col
	}
	return col
}

// of is the declared name of a column, or its own if none is declared.
func (c *columns) of(arrived string) string { return c.spelling([]byte(arrived)).column.Name }
