package records

import (
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// merged is what the records of an item ask for together. Where the stream has a
// cursor, the greatest one has the last word about a field, in whatever order they
// come, also from window to window.
func (it *item) merged() crm.Desired {
	records := it.records
	if it.stream.dated() {
		records = slices.SortedStableFunc(slices.Values(records), func(a, b *entry) int { return object.CompareCursors(a.cursor, b.cursor) })
	}
	want := it.outdated(records[0])
	for _, e := range records[1:] {
		want = crm.Merge(want, it.outdated(e))
	}
	return want
}

// outdated is what a record asks for without what newer ones have said.
func (it *item) outdated(e *entry) crm.Desired {
	want := e.want.Clone()
	if it.have == nil || !it.stream.dated() {
		return want
	}
	it.stream.mu.Lock()
	defer it.stream.mu.Unlock()
	for name, cursor := range it.stream.said[it.have.ID] {
		if object.CompareCursors(e.cursor, cursor) < 0 {
			delete(want.Values, name)
		}
	}
	return want
}

// remember keeps who had the last word about a business.
func (s *stream) remember(it *item) {
	if !s.dated() || it.have == nil || it.reject != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	said := s.said[it.have.ID]
	if said == nil {
		said = cursors{}
		s.said[it.have.ID] = said
	}
	for _, e := range it.records {
		for name := range e.want.Values {
			if known, ok := said[name]; !ok || object.CompareCursors(e.cursor, known) > 0 {
				said[name] = slices.Clone(e.cursor)
			}
		}
	}
}
