package load

import (
	"cmp"
	"maps"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// crowd is the people of a lane. Who is meant by a record is decided record by
// record, against the contacts that were found and against what the records
// before it will make of them, as if each had been written before the next was
// looked at. So it does not depend on where a window ends.
type crowd struct {
	*known
	people    []*person
	byContact map[string]*person
	byKey     map[crm.Key][]*person // who has brought a key
	byRow     map[uint64]*person
}

// gather merges records, of which each comes as a person of its own, into
// people. It leaves out, or rejects for, an identifier that belongs to somebody
// else.
func (k *known) gather(singles []*person) []*person {
	c := crowd{known: k, byContact: map[string]*person{}, byKey: map[crm.Key][]*person{}, byRow: map[uint64]*person{}}
	k.claimed = c.byContact
	for _, single := range singles {
		c.add(single)
	}
	return c.people
}

// add finds out who is meant by a record, and merges it with what others have
// said of that person.
func (c *crowd) add(single *person) {
	e := single.pieces[0]
	p := c.whom(single)
	if p == single && single.have == nil {
		p = c.bySameRow(single)
		p.byRow = p.byRow || p.have != nil
	}
	if p == single {
		c.people = append(c.people, p)
		if p.have == nil {
			c.doubt(p)
		}
	}
	if q := c.byRow[e.row]; q != nil && q != p && c.replaces(q, p, single) {
		return
	}
	c.bring(p, single.want.Keys)
	if !single.want.Deleted {
		c.conflicts(single, p)
	}
	switch {
	case p == single && (p.reject != nil || p.unclear()):
		return // nobody follows it
	case p == single:
	case single.reject != nil:
		c.people = append(c.people, single)
		return
	default:
		p.absorb(single)
		p.notes = append(p.notes, single.notes...)
	}
	c.enter(p, e)
}

// replaces decides between two versions of a row that are about different
// people, q and p: the older one writes nothing. It reports whether that is the
// record at hand.
func (c *crowd) replaces(q, p, single *person) (older bool) {
	e := single.pieces[0]
	newer := func(other piece) bool {
		return other.row == e.row && !other.void && compareCursors(other.cursor, e.cursor) > 0
	}
	if e.stream.dated() && slices.ContainsFunc(q.pieces, newer) {
		if single.annul(); p != single {
			c.people = append(c.people, single)
		}
		return true
	}
	if slices.ContainsFunc(q.pieces, func(other piece) bool { return other.stream != e.stream || other.row != e.row }) {
		return false
	}
	if q.annul(); q.have != nil && c.byContact[q.have.ID] == q {
		delete(c.byContact, q.have.ID)
	}
	return false
}

// bring unites p with all whom the keys of a record about p mean too: others of
// the window, and, if p has no contact yet, one that nobody has claimed.
func (c *crowd) bring(p *person, keys []crm.Key) {
	for i, k := range keys {
		rest := append(beside(keys, k.Field), beside(p.want.Keys, k.Field)...)
		for _, q := range slices.Clone(c.byKey[k]) {
			switch {
			case q == p || p.have != nil && q.have != nil || !q.then().Carries(k): // who had the key has another now
			case !agrees(keys[:i], q.want.Keys) || !agrees(rest, q.want.Keys):
			case isOther(p.have, beside(q.want.Keys, k.Field)), isOther(q.have, rest):
			default:
				c.unite(p, q)
			}
		}
		if p.have != nil {
			continue
		}
		contacts := slices.DeleteFunc(c.with(k), func(x *crm.Contact) bool { return c.byContact[x.ID] != nil || isOther(x, rest) })
		if len(contacts) > 0 {
			c.as(p, contacts)
		}
	}
}

// whom finds the person that a record is about: the first key, in order of
// trust, that leads to a contact or to somebody of the window whom no key
// trusted more speaks against; of many contacts the one added first. Failing
// that it is single itself, somebody new.
func (c *crowd) whom(single *person) *person {
	keys := single.want.Keys
	for _, key := range keys {
		contacts := slices.DeleteFunc(c.with(key), func(x *crm.Contact) bool { return !c.mayBe(x, single) })
		var fresh *person
		for _, q := range c.byKey[key] {
			switch then := q.then(); {
			case !then.Carries(key) || isOther(then, keys):
			case q.have == nil:
				fresh = cmp.Or(fresh, q)
			case !slices.ContainsFunc(contacts, func(x *crm.Contact) bool { return x.ID == q.have.ID }): // it will have the key
				contacts = append(contacts, q.have)
			}
		}
		switch {
		case len(contacts) == 0 && fresh != nil:
			return fresh
		case len(contacts) == 0:
			continue
		}
		if len(contacts) > 1 && !single.want.Deleted {
			single.notes = append(single.notes, crm.Note{Field: key.Field, Rule: "found on several contacts, the oldest was taken"})
		}
		if p := c.as(single, contacts); p != single || len(contacts) == 1 || !single.want.Deleted {
			return p
		}
		for _, q := range c.byKey[key] { // the same delete again
			if q.want.Deleted && q.have != nil && q.have.ID == single.have.ID {
				return q
			}
		}
		return single
	}
	return single
}

// as makes a record be about the oldest of these contacts, or, if it is a
// delete, about all of them.
func (c *crowd) as(single *person, contacts []*crm.Contact) *person {
	single.matches = contacts
	single.have = slices.MinFunc(contacts, func(a, b *crm.Contact) int {
		return cmp.Or(cmp.Compare(a.Added, b.Added), cmp.Compare(a.ID, b.ID))
	})
	if p := c.byContact[single.have.ID]; p != nil && (!single.want.Deleted || len(contacts) == 1) {
		return p
	}
	return single
}

// bySameRow finds the person of earlier versions of a record's row, of whom
// the record says otherwise by its keys, unless other rows are that person too.
func (c *crowd) bySameRow(single *person) *person {
	e := single.pieces[0]
	p := c.byRow[e.row]
	if p == nil && e.formerly != "" {
		contacts := c.with(crm.IDKey(e.formerly))
		if len(contacts) == 0 {
			return single
		}
		p = c.as(single, contacts)
	}
	if p == nil || p != single && !p.isRow(e) {
		single.have, single.matches = nil, nil
		return single
	}
	return p
}

// isRow reports whether all records of the person, of the stream of this one,
// are versions of its row.
func (p *person) isRow(e piece) bool {
	return !slices.ContainsFunc(p.pieces, func(other piece) bool { return other.stream == e.stream && other.row != e.row })
}

// then is the person's contact as it will be, as far as keys go, once the
// records gathered so far are written.
func (p *person) then() *crm.Contact {
	c := crm.Contact{}
	if p.have != nil {
		c = *p.have
	}
	if p.void || p.have != nil && p.want.Deleted {
		return &c
	}
	if c.Values = maps.Clone(c.Values); c.Values == nil {
		c.Values = map[string]any{}
	}
	set := func(field string) {
		v, ok := p.want.Values[field]
		switch text, _ := v.Data.(string); {
		case !ok || v.Data == nil || v.When == crm.IfEmpty && c.KeyText(field) != "":
		case c.Carries(crm.KeyOf(field, text)): // perhaps as an additional one
		default:
			c.Values[field] = v.Data
		}
	}
	for _, field := range crm.Identifiers() {
		set(field)
	}
	for _, k := range p.want.Keys {
		set(k.Field)
	}
	return &c
}

// enter makes p be found by what a record says of it, and by its contact.
func (c *crowd) enter(p *person, e piece) {
	if e.row != 0 {
		c.byRow[e.row] = p
	}
	for _, k := range e.want.Keys {
		if !slices.Contains(c.byKey[k], p) {
			c.byKey[k] = append(c.byKey[k], p)
		}
	}
	if p.want.Deleted && p.stream().OnDelete == DeleteContacts {
		for _, x := range p.matches {
			c.doomed[x.ID] = true
		}
	}
	if p.have != nil && (!p.want.Deleted || len(p.matches) == 1) && c.byContact[p.have.ID] == nil {
		c.byContact[p.have.ID] = p
	}
}

// unite merges q into p: a record has brought the two together.
func (c *crowd) unite(p, q *person) {
	if p.have == nil {
		p.have = q.have
	}
	p.absorb(q)
	p.notes = append(p.notes, q.notes...)
	c.people = slices.DeleteFunc(c.people, func(o *person) bool { return o == q })
	for _, piece := range q.pieces { // also those that are void by now
		if piece.row != 0 {
			c.byRow[piece.row] = p
		}
		for _, k := range piece.want.Keys {
			c.byKey[k] = slices.DeleteFunc(c.byKey[k], func(o *person) bool { return o == q })
			if !slices.Contains(c.byKey[k], p) {
				c.byKey[k] = append(c.byKey[k], p)
			}
		}
	}
	if p.have != nil && c.byContact[p.have.ID] == q {
		c.byContact[p.have.ID] = p
	}
}

// doubt rejects a person nobody was found for if a key could not be looked up:
// the contact may exist all the same. An email or phone the create finds out.
func (k *known) doubt(p *person) {
	for _, key := range p.want.Keys {
		if k.mute[key] && !key.Identifies() {
			p.reject = &crm.Reject{Code: object.CodeRefused, Field: p.stream().Target.Table().Display(key.Field),
				Reason: "the API does not look for contacts by this value"}
		}
	}
}

// isOther reports whether a contact, if there is one, is somebody else than who
// has these keys.
func isOther(c *crm.Contact, keys []crm.Key) bool { return c != nil && crm.Judge(c, keys) == crm.Other }

// beside leaves out the keys of one field.
func beside(keys []crm.Key, field string) []crm.Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k crm.Key) bool { return k.Field == field })
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
