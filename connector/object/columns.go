package object

import (
	"encoding/json"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/jsonscan"
)

// columns are a record's values by column. The record is taken apart once, and
// only if anything is asked for.
type columns struct {
	data  json.RawMessage
	names *spellings
	top   map[string]json.RawMessage
}

// all are the values by the declared names of their columns; none if the record
// is no JSON object. Of several spellings of one column the declared one counts,
// then the first in the order of the alphabet, and none with a null before one
// with a value.
func (c *columns) all() map[string]json.RawMessage {
	if c.top != nil {
		return c.top
	}
	if c.top = jsonscan.Map(c.data); c.top == nil {
		c.top = map[string]json.RawMessage{}
	}
	var others []string
	for name := range c.top {
		if c.names.of(name) != name {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	for _, name := range others {
		declared := c.names.of(name)
		if jsonscan.IsNull(c.top[declared]) {
			c.top[declared] = c.top[name]
		}
		delete(c.top, name)
	}
	return c.top
}

// at reads the value at a path of nested objects; nil if it is absent or null.
func (c *columns) at(path []string) json.RawMessage {
	if len(path) == 0 {
		return nil
	}
	value := c.all()[path[0]]
	for _, name := range path[1:] {
		value = jsonscan.Member(value, name)
	}
	if jsonscan.IsNull(value) {
		return nil
	}
	return value
}

// spellings are the declared names of the columns that arrive.
type spellings struct {
	columns *crm.Columns
	known   map[string]string
}

func newSpellings(c *crm.Columns) *spellings { return &spellings{c, map[string]string{}} }

// mostSpellings bounds what is remembered, for the names come from records.
const mostSpellings = 1000

// of is the declared name of a column, or its own if none is declared.
func (s *spellings) of(arrived string) string {
	if name, ok := s.known[arrived]; ok {
		return name
	}
	name, ok := s.columns.Declared(arrived)
	if !ok {
		name = arrived
	}
	if len(s.known) < mostSpellings {
		s.known[arrived] = name
	}
	return name
}
