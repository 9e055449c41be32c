package load

import (
	"cmp"
	"maps"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// person is what a window wants of one contact: one or several records that
// were found to mean the same one, merged in order. It is planned, written,
// perhaps tagged, and settled; a contact that has vanished sends it back to the
// plan.
type person struct {
	want crm.Desired
	// pieces are its records, the newest last; want is the sum of what they
	// ask for. The newest counts as the write, the others as unchanged.
	pieces []piece
	pasts  map[*Stream]*past // of the pieces, where there are several
	// void says that newer records have said all that these say.
	void bool

	have    *crm.Contact
	byRow   bool           // have was found by the primary key of a record
	matches []*crm.Contact // all that a delete is about
	change  crm.Change
	alone   bool      // the contact with its email and phone, see object.Write
	taken   []crm.Key // that change would set, although others have them
	notes   []crm.Note
	reject  *crm.Reject

	progress
	result
}

// progress is how far a person has come.
type progress struct {
	// done says that all its writes have been made, or that none was needed.
	done    bool
	settled bool
	open    int  // changes of tags that have not been made
	late    bool // the primary store was asked for its contact
	read    bool // have was read from the primary store
	moved   bool // have turned out to be somebody else's; the records are decided anew
	behind  bool // of a delete: search has shown a contact that is not there, and may not show one that is
	// vanished counts how often its contact turned out not to exist.
	vanished int
}

// result is what was written for a person.
type result struct {
	status    object.Status
	before    *crm.Contact // before it was written
	set       map[string]any
	addedTags []string
	takenTags map[string][]string // by contact
	removed   bool
	deleted   []string // contacts
	kept      []string // contacts that a delete leaves, for their people have said "stop"
}

// piece is one record of a person, and its place among those of the window:
// the greater, the newer.
type piece struct {
	entry
	at int
	// dated says that it was held against the cursors of those before it, void
	// that they have made it meaningless.
	dated, void bool
}

// absorb merges another person into p, as if all records of both had been
// written one after another, those of a stream by cursor.
func (p *person) absorb(q *person) {
	for _, c := range q.matches {
		if !slices.ContainsFunc(p.matches, func(has *crm.Contact) bool { return has.ID == c.ID }) {
			p.matches = append(p.matches, c)
		}
	}
	inOrder := q.pieces[0].at > p.pieces[len(p.pieces)-1].at
	if inOrder && len(q.pieces) == 1 {
		for i := range p.pieces {
			p.date(&p.pieces[i])
		}
		p.pieces = append(p.pieces, q.pieces[0])
		if added := &p.pieces[len(p.pieces)-1]; p.date(added) {
			p.want = crm.Merge(p.want, added.want)
		}
		return
	}
	p.pieces = append(p.pieces, q.pieces...)
	slices.SortFunc(p.pieces, func(a, b piece) int { return cmp.Compare(a.at, b.at) })
	p.pasts = nil
	for i := range p.pieces {
		p.pieces[i].dated = false
		p.date(&p.pieces[i])
	}
	p.merge()
}

// date takes out of a record what records of the same stream that came before
// it have said with a greater cursor. It reports whether anything is left.
func (p *person) date(r *piece) bool {
	if r.dated || !r.stream.dated() {
		return true
	}
	r.dated = true
	known := p.pasts[r.stream]
	if known == nil {
		known = &past{}
		if p.pasts == nil {
			p.pasts = map[*Stream]*past{}
		}
		p.pasts[r.stream] = known
	}
	known.outdate(r)
	if !r.void {
		known.add(version{r.cursor, slices.Sorted(maps.Keys(r.want.Values)), r.want.Deleted})
	}
	return !r.void
}

// merge works out anew what all pieces that are not void together ask for.
func (p *person) merge() {
	p.void = !slices.ContainsFunc(p.pieces, func(r piece) bool { return !r.void })
	first := true
	for _, next := range p.pieces {
		switch {
		case next.void && !p.void:
		case first:
			p.want, first = next.want, false
		default:
			p.want = crm.Merge(p.want, next.want)
		}
	}
}

// drop takes a field out of what is wanted.
func (p *person) drop(field string) {
	delete(p.want.Values, field)
	for _, piece := range p.pieces {
		delete(piece.want.Values, field)
	}
}

// disown takes a key away by which somebody else is found.
func (p *person) disown(key crm.Key) {
	without := func(keys []crm.Key) []crm.Key {
		return slices.DeleteFunc(slices.Clone(keys), func(k crm.Key) bool { return k == key })
	}
	p.want.Keys = without(p.want.Keys)
	for i := range p.pieces {
		p.pieces[i].want.Keys = without(p.pieces[i].want.Keys)
	}
}

// streams lists the streams its records came from.
func (p *person) streams() []*Stream {
	var out []*Stream
	for _, piece := range p.pieces {
		if !slices.Contains(out, piece.stream) {
			out = append(out, piece.stream)
		}
	}
	return out
}

// stream is where the record comes from that has the last word.
func (p *person) stream() *Stream { return p.pieces[p.last()].stream }

// last is the newest record that is not void, if there is one.
func (p *person) last() int {
	for i, r := range slices.Backward(p.pieces) {
		if !r.void {
			return i
		}
	}
	return len(p.pieces) - 1
}

// alone makes a person of one record.
func alone(at int, e entry) *person {
	return &person{want: e.want, pieces: []piece{{entry: e, at: at}}}
}

// separate makes one person of each record.
func separate(entries []entry) []*person {
	people := make([]*person, 0, len(entries))
	for at, e := range entries {
		people = append(people, alone(at, e))
	}
	return people
}
