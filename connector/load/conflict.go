package load

import (
	"context"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// conflicts looks for identifiers of a record about p that somebody else has.
// Whether somebody new may share one is left to the API, which will be asked
// anyway.
func (c *crowd) conflicts(single, p *person) {
	if p == single && p.have == nil {
		return
	}
	for _, key := range slices.Clone(single.want.Keys) {
		if !key.Identifies() || p.have != nil && p.have.Carries(key) {
			continue
		}
		taken := slices.ContainsFunc(c.byKey[key], func(q *person) bool {
			return q != p && !q.want.Deleted && q.lives() && q.then().Carries(key)
		}) || slices.ContainsFunc(c.with(key), func(x *crm.Contact) bool { return (p.have == nil || x.ID != p.have.ID) && !c.gaveUp(x, key) })
		if taken && !slices.ContainsFunc(p.want.Keys, func(k crm.Key) bool { return p != single && k == key }) {
			c.conflict(single, key)
		}
	}
}

// lives reports whether the person has a contact, or is to get one.
func (p *person) lives() bool { return p.have != nil || p.stream().creates() }

// gaveUp reports whether a contact is about to lose a key: to another value, or
// because it is to be deleted.
func (k *known) gaveUp(x *crm.Contact, key crm.Key) bool {
	q := k.claimed[x.ID]
	return k.doomed[x.ID] || q != nil && !q.then().Carries(key)
}

// conflict handles an identifier of a person that another contact carries.
func (k *known) conflict(p *person, key crm.Key) {
	if p.stream().RejectConflicts {
		p.reject = &crm.Reject{Code: object.CodeIdentityConflict, Field: key.Field,
			Reason: "the record's identifiers belong to two contacts"}
		return
	}
	p.disown(key)
	if !p.stream().Target.Facts().AllowsDuplicates {
		p.drop(key.Field)
		p.notes = append(p.notes, crm.Note{Field: key.Field, Rule: "belongs to another contact", Dropped: true})
	}
}

// findTaken finds the changes that would give a contact an email or phone by
// which nobody is matched and which another contact has. Whether the location
// refuses that is known only once it has refused one.
func (f *finder) findTaken(ctx context.Context, people []*person) error {
	if facts := f.target.Facts(); facts.AllowsDuplicates || facts.DryRun {
		return nil
	}
	var keys []crm.Key
	asked := map[crm.Key]bool{}
	for _, p := range people {
		for _, key := range p.unmatched() {
			if !asked[key] && len(f.with(key)) == 0 {
				asked[key] = true
				keys = append(keys, key)
			}
		}
	}
	ask := f.ask
	if f.index == nil {
		ask = f.askSecond
	}
	if err := ask(ctx, keys); err != nil {
		return err
	}
	for _, p := range people {
		p.taken = slices.DeleteFunc(p.unmatched(), func(key crm.Key) bool { return !f.others(p, key) })
	}
	return nil
}

// unmatched are the emails and phones that a person's change sets and by which
// it is not matched.
func (p *person) unmatched() []crm.Key {
	var keys []crm.Key
	for _, name := range crm.Identifiers() {
		v, _ := p.change.Set[name].(string)
		if v != "" && p.compares() && !slices.ContainsFunc(p.want.Keys, func(k crm.Key) bool { return k.Field == name }) {
			keys = append(keys, crm.KeyOf(name, v))
		}
	}
	return keys
}

// others reports whether somebody else has a key, and is to keep it.
func (f *finder) others(p *person, key crm.Key) bool {
	return slices.ContainsFunc(f.with(key), func(x *crm.Contact) bool { return x.ID != p.have.ID && f.keeps(x, key) })
}

// keeps reports whether a contact has a key as its own, and is to keep it. That
// an additional one stands in the way of others is for the API to say.
func (f *finder) keeps(x *crm.Contact, key crm.Key) bool {
	return crm.KeyOf(key.Field, x.KeyText(key.Field)) == key && !f.gaveUp(x, key)
}

// probe picks a person, of those nobody is written before, whose change will
// tell whether the location refuses what others have, if that is not known yet;
// the rest can wait for the answer.
func (f *finder) probe(chains [][]*person) *person {
	for _, chain := range chains {
		if len(chain) == 0 {
			continue
		}
		for _, key := range chain[0].taken {
			if !f.probed[key.Field] && !f.target.Recognises(key.Field) {
				f.probed[key.Field] = true
				return chain[0]
			}
		}
	}
	return nil
}

// foresee leaves out of people what the location is known to refuse: what
// somebody else has; for those who are to be created, only what the run has
// seen of others by other means than search. It reports whether there was any.
func (f *finder) foresee(people []*person) (changed bool) {
	if f.target.Facts().AllowsDuplicates {
		return false
	}
	for _, p := range people {
		if p.reject != nil || p.done || p.want.Deleted {
			continue
		}
		for _, key := range f.refusedTo(p) {
			f.conflict(p, key)
			delete(p.change.Set, key.Field)
			changed = true
		}
	}
	return changed
}

// refusedTo are the emails and phones of a person that the location is known to
// refuse. That search shows them elsewhere, which may be a minute old, is enough
// to leave them out, but not to reject a record.
func (f *finder) refusedTo(p *person) []crm.Key {
	var keys []crm.Key
	if p.have != nil {
		for _, key := range p.taken {
			if !p.stream().RejectConflicts && p.change.Set[key.Field] != nil && f.target.Recognises(key.Field) && f.others(p, key) {
				keys = append(keys, key)
			}
		}
		return keys
	}
	for _, name := range crm.Identifiers() {
		v, _ := p.want.Values[name].Data.(string)
		key := crm.KeyOf(name, v)
		if v != "" && f.target.Recognises(name) && slices.ContainsFunc(f.own.with(key, nil), func(x *crm.Contact) bool {
			return f.told[x.ID] && f.keeps(x, key) && crm.Judge(x, p.want.Keys) != crm.Same
		}) {
			keys = append(keys, key)
		}
	}
	return keys
}
