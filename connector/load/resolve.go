package load

import (
	"cmp"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// settles reports whether a contact is known, by one of the keys, that carries
// the key in question too: then nobody else needs to be asked for it.
func (k *known) settles(keys []crm.Key, key crm.Key) bool {
	for _, by := range keys {
		for _, c := range k.with(by) {
			if c.Carries(key) {
				return true
			}
		}
	}
	return false
}

// resolve decides which contact a person is: the first key, in order of trust,
// that finds somebody whom no key trusted more speaks against, nor that of a
// person before; of many the one added first. It leaves out, or rejects for, an identifier that belongs to
// somebody else.
func (k *known) resolve(p *person) {
	chosen := -1
	for i, key := range p.want.Keys {
		candidates := slices.DeleteFunc(k.with(key), func(c *crm.Contact) bool {
			return !k.mayBe(c, p)
		})
		if len(candidates) == 0 {
			continue
		}
		p.matches = candidates
		p.have = slices.MinFunc(candidates, func(a, b *crm.Contact) int {
			return cmp.Or(cmp.Compare(a.Added, b.Added), cmp.Compare(a.ID, b.ID))
		})
		if len(candidates) > 1 && !p.want.Deleted {
			p.notes = append(p.notes, crm.Note{Field: key.Field, Rule: "found on several contacts, the oldest was taken"})
		}
		chosen = i
		break
	}
	if chosen < 0 {
		k.doubt(p)
	}
	if chosen < 0 || p.want.Deleted {
		return
	}
	for _, key := range p.want.Keys[chosen+1:] {
		if !key.Identifies() || p.have.Carries(key) || len(k.with(key)) == 0 {
			continue
		}
		k.conflict(p, key)
	}
	if p.reject == nil {
		k.claim(p)
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

// join merges people who turned out to be the same contact.
func join(people []*person) []*person {
	byID := map[string]*person{}
	out := people[:0]
	for _, p := range people {
		if p.have == nil || p.reject != nil || p.want.Deleted && len(p.matches) > 1 {
			out = append(out, p)
			continue
		}
		first := byID[p.have.ID]
		if first == nil {
			byID[p.have.ID] = p
			out = append(out, p)
			continue
		}
		first.absorb(p)
		first.notes = append(first.notes, p.notes...)
	}
	return out
}

// meets lists where a person may meet another in the CRM: its keys and the
// contacts found for it.
func (p *person) meets() []crm.Key {
	keys := slices.Clone(p.want.Keys)
	for _, c := range append(slices.Clip(p.matches), p.have) {
		if c != nil {
			keys = append(keys, crm.IDKey(c.ID))
		}
	}
	return keys
}

// chains orders people so that those who share a key, and so may meet in the
// CRM, are written one after another; different chains may run side by side.
func chains(people []*person) [][]*person {
	chainOf := map[crm.Key]int{}
	var out [][]*person
	for _, p := range people {
		at := -1
		keys := p.meets()
		for _, key := range keys {
			i, ok := chainOf[key]
			switch {
			case !ok || i == at:
			case at < 0:
				at = i
			default: // p brings two chains together
				for _, q := range out[i] {
					for _, k := range q.meets() {
						chainOf[k] = at
					}
				}
				out[at], out[i] = append(out[at], out[i]...), nil
			}
		}
		if at < 0 {
			at = len(out)
			out = append(out, nil)
		}
		out[at] = append(out[at], p)
		for _, key := range keys {
			if _, ok := chainOf[key]; !ok {
				chainOf[key] = at
			}
		}
	}
	return out
}
