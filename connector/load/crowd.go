package load

import (
	"cmp"
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
	byKey     map[crm.Key]*person // the first to bring a key
	byRow     map[uint64]*person
}

// gather merges records, of which each comes as a person of its own, into
// people. It leaves out, or rejects for, an identifier that belongs to somebody
// else.
func (k *known) gather(singles []*person) []*person {
	c := crowd{known: k, byContact: map[string]*person{}, byKey: map[crm.Key]*person{}, byRow: map[uint64]*person{}}
	k.claimed = c.byContact
	for _, single := range singles {
		c.add(single)
	}
	for _, p := range c.people {
		k.judge(p)
	}
	return c.people
}

// add finds out who is meant by a record, and merges it with what others have
// said of that person.
func (c *crowd) add(single *person) {
	e := single.pieces[0]
	p, found := c.byRow[e.row], c.whom(single)
	switch {
	case p == nil:
		p = found
	case found == single && p.have == nil:
		p.have, p.matches = single.have, single.matches
	}
	if p == single {
		c.people = append(c.people, p)
	} else {
		p.absorb(single)
		p.notes = append(p.notes, single.notes...)
	}
	c.enter(p, e)
	for i, k := range e.want.Keys {
		if q := c.byKey[k]; q != p && agrees(e.want.Keys[:i], q.want.Keys) && agrees(beside(p.want.Keys, k.Field), q.want.Keys) {
			c.unite(p, q)
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
		if q := c.byKey[key]; q != nil && !q.isSomebodyElse(keys) {
			switch {
			case q.have == nil && len(contacts) == 0:
				return q
			case q.have != nil && !slices.ContainsFunc(contacts, func(x *crm.Contact) bool { return x.ID == q.have.ID }): // it will have the key
				contacts = append(contacts, q.have)
			}
		}
		if len(contacts) == 0 {
			continue
		}
		single.matches = contacts
		single.have = slices.MinFunc(contacts, func(a, b *crm.Contact) int {
			return cmp.Or(cmp.Compare(a.Added, b.Added), cmp.Compare(a.ID, b.ID))
		})
		if single.want.Deleted && len(contacts) > 1 {
			return single
		}
		if len(contacts) > 1 {
			single.notes = append(single.notes, crm.Note{Field: key.Field, Rule: "found on several contacts, the oldest was taken"})
		}
		if p := c.byContact[single.have.ID]; p != nil {
			return p
		}
		return single
	}
	return single
}

// isSomebodyElse reports whether the person cannot be the one with these keys,
// now or once it is written.
func (p *person) isSomebodyElse(keys []crm.Key) bool {
	switch {
	case p.have == nil:
		return (&crm.Contact{}).IsSomebodyElse(keys, p.want.Keys...)
	case p.want.Deleted:
		return p.have.IsSomebodyElse(keys)
	}
	return p.have.IsSomebodyElse(keys, p.want.Keys...)
}

// enter makes p be found by what a record says of it, and by its contact.
func (c *crowd) enter(p *person, e piece) {
	if e.row != 0 {
		c.byRow[e.row] = p
	}
	for _, k := range e.want.Keys {
		if c.byKey[k] == nil {
			c.byKey[k] = p
		}
	}
	if p.have != nil && (!p.want.Deleted || len(p.matches) == 1) && c.byContact[p.have.ID] == nil {
		c.byContact[p.have.ID] = p
	}
}

// unite merges q into p: a record has brought the two together. It cannot where
// both have contacts, or the contact of one cannot be the other.
func (c *crowd) unite(p, q *person) {
	if p.have != nil && (q.have != nil || p.isSomebodyElse(q.want.Keys)) || q.have != nil && q.isSomebodyElse(p.want.Keys) {
		return
	}
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
			if c.byKey[k] == q {
				c.byKey[k] = p
			}
		}
	}
	if p.have != nil && c.byContact[p.have.ID] == q {
		c.byContact[p.have.ID] = p
	}
}

// judge looks at what speaks against writing a person as it is wanted.
func (k *known) judge(p *person) {
	if p.have == nil {
		k.doubt(p)
	}
	if p.have == nil || p.want.Deleted {
		return
	}
	for _, key := range p.want.Keys {
		wanted, _ := p.want.Values[key.Field].Data.(string)
		if key.Identifies() && crm.KeyOf(key.Field, wanted) == key && !p.have.Carries(key) && len(k.with(key)) > 0 {
			k.conflict(p, key)
		}
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

// conflict handles an identifier of a person that another contact carries.
func (k *known) conflict(p *person, key crm.Key) {
	if p.stream().RejectConflicts {
		p.reject = &crm.Reject{Code: object.CodeIdentityConflict, Field: key.Field,
			Reason: "the record's identifiers belong to two contacts"}
		return
	}
	if !p.stream().Target.Facts().AllowsDuplicates {
		p.drop(key.Field)
		p.notes = append(p.notes, crm.Note{Field: key.Field, Rule: "belongs to another contact, left out", Dropped: true})
	}
}

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
