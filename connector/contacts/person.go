package contacts

import (
	"hash/maphash"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// person is one or several records of a window that plainly mean one person:
// they have the same keys, emails and phones, and no record between them has to do
// with them. When its turn comes it is planned, written, perhaps tagged, and
// settled.
type person struct {
	records []record // in order of arrival; the newest that counts is the write
	marks   []mark
	stage   stage
	reject  *trouble.Reject

	plan
	result

	open       int  // changes of tags that are under way
	asked      bool // the primary store was asked for its contact
	keptByStop bool // it was to be deleted after an insert, but has said "stop"
	ghost      bool // search has shown a contact of a delete that is not there, and may not show one that is
	vanished   int  // how often its contact turned out not to exist
	met        int  // how often its create met a contact that nobody knew
	lost       int  // how often its contact turned out to be somebody else's
}

// stage is how far a person has come.
type stage int

const (
	waiting stage = iota // nothing was written
	written              // but perhaps for tags
	settled              // accounted for
)

// record is one record of a person. One that is void says nothing that newer
// records have not said.
type record struct {
	*entry
	marks []mark
	void  bool
}

// plan is what is decided about a person on what is known when its turn comes.
// Nothing of it outlives the turn if the person was not written.
type plan struct {
	planned bool
	want    crm.Desired    // what its records ask for together
	have    *crm.Contact   // nil: there is none yet
	matches []*crm.Contact // all that a delete is about
	change  crm.Change     // of have
	fresh   bool           // have is what the primary store has told just now
	untag   bool           // the stream's own tags come off in the end
	alone   bool           // the contact with its email and phone, see gateway.Write
	taken   []crm.Key      // emails and phones that others have
	link    *link          // nil: the link to a business stays
	notes   []trouble.Note
}

// result is what was written for a person.
type result struct {
	status    load.Status
	before    *crm.Contact // before it was written
	set       map[string]any
	addedTags []string
	takenTags map[string][]string // by contact
	// given are the tags that contacts had been given when they were named, see
	// [suppressed].
	given map[string][]string
	// The names of the businesses that it was linked to before and is now; nil is
	// none.
	linkedFrom, linkedTo any
	removed              bool
	deleted              []string // contacts
	kept                 []string // contacts that a delete leaves, for their people have said "stop"
}

// line is where the person comes first in the input.
func (p *person) line() int64 { return p.records[0].Line }

// origin is for what the person is written, in a journal.
func (p *person) origin() journal.Origin {
	lines := make([]int64, len(p.records))
	for i, r := range p.records {
		lines[i] = r.Line
	}
	return object.OriginOf(p.stream().ID, p.first().want.Keys, lines...)
}

// first is the record that says what all of the person have in common: the
// keys, the mode, and whether they are deletes.
func (p *person) first() *record { return &p.records[0] }

// stream is where the record comes from that has the last word.
func (p *person) stream() *stream { return p.records[p.last()].stream }

// last is the newest record that is not void, if there is one.
func (p *person) last() int {
	for i, r := range slices.Backward(p.records) {
		if !r.void {
			return i
		}
	}
	return len(p.records) - 1
}

// formerly is the contact that an earlier version of the newest record's row was
// written to in this sync; "" if there is none that is known.
func (p *person) formerly() string {
	r := p.records[len(p.records)-1]
	return r.stream.rows.contact(r.row)
}

// void reports that newer records have said all that the person's records say.
func (p *person) void() bool {
	return !slices.ContainsFunc(p.records, func(r record) bool { return !r.void })
}

// deletes reports whether the person is to be removed: as its records say, or,
// once it is planned, what is left of them.
func (p *person) deletes() bool {
	if p.planned {
		return p.want.Deleted
	}
	return p.first().want.Deleted
}

// looks reports whether contacts are looked for at all: append into a location
// that allows duplicates creates one for each record.
func (p *person) looks() bool { return p.first().looks() }

// streams lists the streams its records came from.
func (p *person) streams() []*stream {
	var out []*stream
	for _, r := range p.records {
		if !slices.Contains(out, r.stream) {
			out = append(out, r.stream)
		}
	}
	return out
}

// drop takes a field out of what is wanted.
func (p *plan) drop(field string) {
	p.want = p.want.Clone() // what a record asks for is not changed
	delete(p.want.Values, field)
}

// disown takes a key away by which somebody else is found.
func (p *plan) disown(key crm.Key) {
	p.want.Keys = slices.DeleteFunc(slices.Clone(p.want.Keys), func(k crm.Key) bool { return k == key })
}

// startOver puts a person back in line whose contact turned out not to exist.
func (p *person) startOver() {
	p.plan, p.result, p.stage = plan{}, result{}, waiting
	p.asked = false
	if p.vanished++; p.vanished > 1 {
		p.reject = &trouble.Reject{Code: trouble.Refused, Reason: "its contact was deleted several times while it was written"}
	}
}

// mark is by what a record may meet others.
type mark struct {
	crm.Key        // of a row its field alone
	hash    uint64 // of the key, or of the row
	number  int32  // in the window
}

// appendMarks appends by what a record may meet others: the keys it is matched by, the
// emails and phones it brings, and the row of its source.
func (q *queue) appendMarks(marks []mark, e *entry) []mark {
	add := func(k crm.Key, hash uint64) { marks = append(marks, mark{k, hash, q.number(hash)}) }
	for _, k := range e.want.Keys {
		add(k, hashKey(k))
	}
	for _, name := range crm.Identifiers() {
		v, _ := e.want.Values[name].Data.(string)
		if k := crm.KeyOf(name, v); v != "" && !slices.Contains(e.want.Keys, k) {
			add(k, hashKey(k))
		}
	}
	if e.row != 0 {
		add(crm.Key{Field: rowMark}, hashRow(e.row))
	}
	return marks
}

func hashRow(row uint64) uint64 { return maphash.Comparable(keySeed, row) }

// rowMark is the field of a mark that stands for a row.
const rowMark = "row"
