package records

import (
	"encoding/json"
	"maps"
	"slices"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// dated reports whether the greatest cursor has the last word about a field, not
// the latest record.
func (s *stream) dated() bool { return s.Mode != airbyte.Append && len(s.CursorField) > 0 }

// mostSaid bounds of how many things it is remembered what had the last word: records
// of one thing that are far apart come in order.
const mostSaid = 50_000

// cursors are by field those of the records that had the last word.
type cursors map[string]json.RawMessage

// without is what a record asks for without what a greater cursor has said.
func (c cursors) without(e *entry) crm.Desired {
	want := e.want.Clone()
	maps.DeleteFunc(want.Values, func(name string, _ crm.Value) bool {
		said, known := c[name]
		return known && object.CompareCursors(e.cursor, said) < 0
	})
	return want
}

// add enters that a record was written.
func (c cursors) add(e *entry) {
	for name := range e.want.Values {
		if said, known := c[name]; !known || object.CompareCursors(e.cursor, said) > 0 {
			c[name] = slices.Clone(e.cursor)
		}
	}
}

// merged is what the records of an item ask for together, as if one after the other
// had been written. A value that is required stays where a record would clear it.
func (it *item) merged(required []string) (want crm.Desired) {
	said := it.stream.saidOf(it.have)
	for i, e := range it.records {
		next := e.want.Clone()
		if it.stream.dated() {
			next = said.without(e)
			said.add(e)
		}
		for _, name := range required {
			if v, given := next.Values[name]; given && v.Data == nil {
				delete(next.Values, name)
				it.notes = append(it.notes, trouble.Note{Field: name, Rule: "cannot be cleared", Dropped: true})
			}
		}
		if i == 0 {
			want = next
		} else {
			want = crm.Merge(want, next)
		}
	}
	return want
}

// isLate reports whether a record with a greater cursor has had a say before.
func (it *item) isLate() bool {
	last := it.records[len(it.records)-1]
	for _, said := range it.stream.saidOf(it.have) {
		if object.CompareCursors(last.cursor, said) < 0 {
			return true
		}
	}
	return false
}

// saidOf is a copy of what is remembered of a thing.
func (s *stream) saidOf(have *crm.Contact) cursors {
	said := cursors{}
	if have != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		maps.Copy(said, s.said[have.ID])
	}
	return said
}

// remember keeps what the records of an item have said of what they mean.
func (s *stream) remember(it *item) {
	if !s.dated() || it.have == nil || it.reject != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.said) == mostSaid {
		clear(s.said)
	}
	if s.said[it.have.ID] == nil {
		s.said[it.have.ID] = cursors{}
	}
	for _, e := range it.records {
		s.said[it.have.ID].add(e)
	}
}
