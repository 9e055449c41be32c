package load

import (
	"cmp"
	"encoding/json"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// person is what a window wants of one contact: one or several records that
// were found to mean the same one, merged in order.
type person struct {
	stream *Stream
	want   crm.Desired
	// pieces are what its records ask for, the newest last; want is their sum.
	pieces []piece
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

// piece is what one record asks for, and its place among those of the stream
// in the window: the greater, the newer.
type piece struct {
	at   int
	want crm.Desired
}

// absorb merges another person into p, as if all records of both had been
// written one after another.
func (p *person) absorb(q *person) {
	p.tickets = append(p.tickets, q.tickets...)
	newer := q.pieces[0].at > p.pieces[len(p.pieces)-1].at
	p.pieces = append(p.pieces, q.pieces...)
	if newer {
		p.want = crm.Merge(p.want, q.want)
		return
	}
	slices.SortFunc(p.pieces, func(a, b piece) int { return cmp.Compare(a.at, b.at) })
	p.want = p.pieces[0].want
	for _, next := range p.pieces[1:] {
		p.want = crm.Merge(p.want, next.want)
	}
}

// coalesce gathers records that mean the same person, by their keys in order
// of trust. A key that is trusted less does not join two people of whom a key
// trusted more says that they differ. Records are taken by cursor, and by
// arrival where cursors are equal: the last one is the newest.
func coalesce(entries []entry) []*person {
	datedDeletes(entries)
	slices.SortStableFunc(entries, func(a, b entry) int { return compareCursors(a.cursor, b.cursor) })
	var people []*person
	byKey := map[crm.Key]*person{}
	for at, e := range entries {
		single := &person{stream: e.stream, want: e.want, pieces: []piece{{at, e.want}}, tickets: []Ticket{e.ticket}}
		p := samePerson(byKey, e.want.Keys)
		if p == nil {
			p = single
			people = append(people, p)
		} else {
			p.absorb(single)
		}
		for i, k := range e.want.Keys {
			q := byKey[k]
			switch {
			case q == nil:
				byKey[k] = p
			case q != p && agrees(e.want.Keys[:i], q.want.Keys) && agrees(beside(p.want.Keys, k.Field), q.want.Keys):
				p.absorb(q) // the record brings two people together
				people = slices.DeleteFunc(people, func(o *person) bool { return o == q })
				for _, k := range q.want.Keys {
					byKey[k] = p
				}
			}
		}
	}
	return people
}

// datedDeletes gives deletes without a cursor the greatest one seen before
// them: what was deleted after it was inserted must end deleted.
func datedDeletes(entries []entry) {
	var greatest json.RawMessage
	for i, e := range entries {
		if e.want.Deleted && e.cursor == nil {
			entries[i].cursor = greatest
		} else if compareCursors(e.cursor, greatest) > 0 {
			greatest = e.cursor
		}
	}
}

// beside leaves out the keys of one field.
func beside(keys []crm.Key, field string) []crm.Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k crm.Key) bool { return k.Field == field })
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
