package schema

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
)

// Schema is a stream's JSON schema. It is not safe for concurrent use.
type Schema struct {
	columns  map[string]*rule // of the declared columns; nil: anything
	required []string
	present  []bool // which of these the record has that is checked
	others   *rule  // of all other columns
	record   *rule  // of the record as a whole
	empty    bool
	say      func(column, reason string)
}

// Violation is what a record breaks in one column; Column is "" where it is the record as a whole. Reason never holds a value.
type Violation struct{ Column, Reason string }

// mostViolations bounds what is told of one record.
const mostViolations = 20

// Compile reads a JSON schema; raw may be empty. What cannot be used of it validates nothing, and say is told which column that is, ""
// for the whole, and why; now, or when a record first shows it.
func Compile(raw json.RawMessage, say func(column, reason string)) *Schema {
	s := &Schema{say: say, empty: true}
	if len(bytes.TrimSpace(raw)) == 0 {
		return s
	}
	doc, err := decode(raw)
	if err != nil {
		say("", "the schema cannot be read")
		return s
	}
	s.fill(newCompiler(doc))
	s.empty = s.asksNothing()
	return s
}

// onRecord are the keywords that say something of a record as a whole.
var onRecord = []string{"anyOf", "oneOf", "allOf", "not", "enum", "const"}

// fill takes the root of a schema apart: what it says of columns becomes a rule for each of them, the rest one for the record.
func (s *Schema) fill(c *compiler) {
	root := c.root()
	s.required = texts(root["required"])
	s.present = make([]bool, len(s.required))
	whole := onRecord
	if _, ok := root["patternProperties"]; ok { // which rule holds for a column takes all of them to say
		whole = append([]string{"properties", "patternProperties", "additionalProperties"}, whole...)
	} else {
		columns, _ := root["properties"].(map[string]any)
		s.columns = make(map[string]*rule, len(columns))
		for _, name := range slices.Sorted(maps.Keys(columns)) {
			s.columns[name] = s.rule(c, name, columns[name])
		}
		s.others = s.rule(c, "", root["additionalProperties"])
	}
	rest := map[string]any{}
	for _, keyword := range whole {
		if v, ok := root[keyword]; ok {
			rest[keyword] = v
		}
	}
	s.record = s.rule(c, "", rest)
}

// rule compiles what the schema says of a column; nil allows anything.
func (s *Schema) rule(c *compiler, column string, doc any) *rule {
	r, err := c.compile(doc)
	if err != nil {
		s.say(column, err.Error())
	}
	return r
}

// Empty reports whether the schema asks for nothing, so that no record can break it.
func (s *Schema) Empty() bool { return s.empty }

func (s *Schema) asksNothing() bool {
	for _, r := range s.columns {
		if r != nil {
			return false
		}
	}
	return len(s.required) == 0 && s.others == nil && s.record == nil
}

// Column is a column of records, with what a schema says of it.
type Column struct {
	Name     string
	rule     *rule // nil: anything
	required int   // its place among those that must be there, from 1 on; 0: it need not
	internal bool
}

// Column is what the schema says of a column, by its declared name.
func (s *Schema) Column(name string) *Column {
	c := &Column{Name: name, required: slices.Index(s.required, name) + 1, internal: isInternal(name)}
	if c.internal {
		return c
	}
	var declared bool
	if c.rule, declared = s.columns[name]; !declared {
		c.rule = s.others
	}
	return c
}

// Value is what a record has in a column.
type Value struct {
	*Column
	JSON json.RawMessage
}

// Check holds a record against the schema, of which its columns must be, and returns what it breaks, sorted by column.
// A null counts as absent, because some platforms spell out every column; where a required column may be null, it is a value like
// others. Nothing is held against a column of which unknown is true: its real value did not arrive.
func (s *Schema) Check(record []Value, unknown func(column string) bool) []Violation {
	var found []Violation
	clear(s.present)
	for _, v := range record {
		isNull := jsonscan.IsNull(v.JSON)
		if v.required > 0 {
			s.present[v.required-1] = !isNull || s.mayBeNull(v.Name)
		}
		if v.rule == nil || isNull {
			continue
		}
		if broken := s.hold(v.rule, v.Name, v.JSON); broken != nil && !unknown(v.Name) {
			found = append(found, Violation{v.Name, broken[0].Reason})
		}
	}
	for i, name := range s.required {
		if !s.present[i] && !unknown(name) {
			found = append(found, Violation{name, "is required and missing"})
		}
	}
	if s.record != nil {
		found = append(found, s.checkWhole(record, unknown)...)
	}
	slices.SortFunc(found, func(a, b Violation) int {
		return strings.Compare(a.Column+"\x00"+a.Reason, b.Column+"\x00"+b.Reason)
	})
	return found[:min(len(found), mostViolations)]
}

// mayBeNull reports whether a null is a value of a column as others are.
func (s *Schema) mayBeNull(column string) bool {
	r := s.columns[column]
	return r == nil || r.nullable
}

// checkWhole holds a record against what the schema says of it as a whole. Nobody knows the answer where a column is unknown.
func (s *Schema) checkWhole(record []Value, unknown func(column string) bool) []Violation {
	known := map[string]json.RawMessage{}
	for _, v := range record {
		if unknown(v.Name) {
			return nil
		}
		if !jsonscan.IsNull(v.JSON) && !v.internal {
			known[v.Name] = v.JSON
		}
	}
	whole, err := json.Marshal(known)
	if err != nil {
		return nil
	}
	return s.hold(s.record, "", whole)
}

// hold holds a value against a rule, and says so if that takes too long; the rule is given up then.
func (s *Schema) hold(r *rule, column string, value json.RawMessage) []Violation {
	broken, err := r.check(value)
	if err != nil {
		r.off = true
		s.say(column, err.Error())
	}
	return broken
}

// isInternal tells the columns that platforms add, of which a source's schema says nothing.
func isInternal(column string) bool {
	return strings.HasPrefix(column, "_airbyte_") || strings.HasPrefix(column, "_ab_")
}
