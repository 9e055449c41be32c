package object

import (
	"encoding/json"
	"slices"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/trouble"
)

// Nested is a column of a stream of contacts whose entries are records of another
// object, such as notes, that belong to the record's contact.
type Nested struct {
	Column string // or a dotted path
	Object string // "notes"
	Text   string // the field that an entry is which is a plain text
	// Streams are those that the entries are records of: of those without a key of
	// their own, and of those with the key "id".
	Streams [2]*Stream
}

// Child is an entry of a nested column.
type Child struct {
	of   *Nested
	data map[string]json.RawMessage
}

// Record is the record that the entry is, of a contact.
func (c Child) Record(contact string) *load.Record {
	id, _ := json.Marshal(contact)
	c.data["contactId"] = id
	data, _ := json.Marshal(c.data)
	stream := c.of.Streams[1]
	if jsonscan.IsNull(c.data["id"]) {
		stream = c.of.Streams[0]
		delete(c.data, "id")
	}
	return &load.Record{Stream: &stream.Stream, Data: data}
}

// children are the entries of a record's nested columns.
func (s *Stream) children() (children []Child, notes []trouble.Note) {
	for _, n := range s.Nested {
		value := s.columns.path([]string{s.columns.of(n.Column)})
		if value == nil {
			path := strings.Split(n.Column, ".")
			path[0] = s.columns.of(path[0])
			value = s.columns.path(path)
		}
		entries, ok := n.entries(value)
		if children = append(children, entries...); !ok {
			notes = append(notes, trouble.Note{Field: n.Object, Column: n.Column, Rule: "neither a text nor an object, nor a list of them", Dropped: true})
		}
	}
	return children, notes
}

// entries are those of a value: a text, an object, a list of either, or JSON text of
// an object or list. ok is false if any of it is something else.
func (n *Nested) entries(value json.RawMessage) (children []Child, ok bool) {
	if jsonscan.IsNull(value) {
		return nil, true
	}
	switch value[0] {
	case '"':
		var text string
		_ = json.Unmarshal(value, &text)
		if text = strings.TrimSpace(text); text == "" {
			return nil, true
		}
		if inner := json.RawMessage(text); strings.ContainsAny(text[:1], "[{") && json.Valid(inner) {
			return n.entries(inner)
		}
		return []Child{{n, map[string]json.RawMessage{n.Text: value}}}, true
	case '{':
		return []Child{{n, jsonscan.Map(value)}}, true
	case '[':
		var list []json.RawMessage
		_ = json.Unmarshal(value, &list)
		ok = true
		for _, entry := range list {
			more, fine := n.entries(entry)
			children, ok = append(children, more...), ok && fine
		}
		return children, ok
	}
	return nil, false
}

// WithNested are a stream and all that its nested columns are records of.
func (s *Stream) WithNested() []*Stream {
	all := []*Stream{s}
	for _, n := range s.Nested {
		all = append(all, n.Streams[:]...)
	}
	return slices.Clip(all)
}
