package load

import (
	"encoding/json"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// person is what a window wants of one contact: one or several records that
// were found to mean the same one, merged in order.
type person struct {
	stream *Stream
	want   crm.Desired
	cursor json.RawMessage
	// tickets are the records behind it; the first counts as the write, the
	// others as unchanged.
	tickets []Ticket

	have   *crm.Contact
	change crm.Change
	alone  bool
	notes  []crm.Note
	reject *crm.Reject

	// done says that all its writes have been made, or that none was needed.
	done    bool
	status  object.Status
	removed bool
}

// absorb merges a later record or person into p. Values of the greater cursor
// win, and of the later arrival where cursors are equal.
func (p *person) absorb(want crm.Desired, cursor json.RawMessage, tickets []Ticket) {
	if compareCursors(cursor, p.cursor) >= 0 {
		p.want, p.cursor = crm.Merge(p.want, want), cursor
	} else {
		p.want = crm.Merge(want, p.want)
	}
	p.tickets = append(p.tickets, tickets...)
}

// coalesce gathers records that mean the same person, by their keys in order
// of trust. A key that is trusted less does not join two people of whom a key
// trusted more says that they differ.
func coalesce(entries []entry) []*person {
	var people []*person
	byKey := map[crm.Key]*person{}
	for _, e := range entries {
		p := samePerson(byKey, e.want.Keys)
		if p == nil {
			p = &person{stream: e.stream, want: e.want, cursor: e.cursor, tickets: []Ticket{e.ticket}}
			people = append(people, p)
		} else {
			p.absorb(e.want, e.cursor, []Ticket{e.ticket})
		}
		for _, k := range e.want.Keys {
			if byKey[k] == nil {
				byKey[k] = p
			}
		}
	}
	return people
}

func samePerson(byKey map[crm.Key]*person, keys []crm.Key) *person {
	for i, k := range keys {
		p := byKey[k]
		if p == nil {
			continue
		}
		if agrees(keys[:i], p.want.Keys) {
			return p
		}
	}
	return nil
}

// agrees reports whether none of the trusted keys has another value in known.
func agrees(trusted, known []crm.Key) bool {
	for _, k := range trusted {
		for _, other := range known {
			if other.Field == k.Field && other.Value != k.Value {
				return false
			}
		}
	}
	return true
}
