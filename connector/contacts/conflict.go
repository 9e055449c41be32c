package contacts

import (
	"context"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/trouble"
)

// conflicts leaves out of a person, or rejects it for, emails and phones of its
// keys that are known to be somebody else's; those of which that depends on the
// location are noted as taken. Whether somebody new may share what only search
// shows elsewhere, which may be a minute old, is left to the API.
func (f *finder) conflicts(p *person) {
	for _, key := range p.identifiers() {
		switch holder := f.holder(p, key); {
		case holder == nil || slices.Contains(p.want.Fallbacks, key):
		case p.have == nil && f.certainOf(holder):
			p.taken = append(p.taken, key)
		case p.have != nil && slices.Contains(p.want.Keys, key):
			f.conflict(p, key)
		}
	}
}

// identifiers are the emails and phones that a person asks for and that its
// contact does not carry.
func (p *person) identifiers() []crm.Key {
	var keys []crm.Key
	for _, name := range crm.Identifiers() {
		v, _ := p.want.Values[name].Data.(string)
		if key := crm.KeyOf(name, v); v != "" && (p.have == nil || !p.have.Carries(key)) {
			keys = append(keys, key)
		}
	}
	return keys
}

// holder is a contact other than the person's that carries an email or phone.
func (f *finder) holder(p *person, key crm.Key) (holder *crm.Contact) {
	f.each(key, func(c *crm.Contact) bool {
		if p.have == nil || c.ID != p.have.ID {
			holder = c
		}
		return holder == nil
	})
	return holder
}

// conflict handles an email or phone of a person that another contact carries.
func (f *finder) conflict(p *person, key crm.Key) {
	if p.stream().RejectConflicts {
		p.reject = &trouble.Reject{Code: trouble.IdentityConflict, Field: key.Field,
			Reason: "the record's identifiers belong to two contacts"}
		return
	}
	p.disown(key)
	if !f.target.Facts().AllowsDuplicates {
		p.drop(key.Field)
		delete(p.change.Set, key.Field)
		p.notes = append(p.notes, trouble.Note{Field: key.Field, Rule: "belongs to another contact", Dropped: true})
	}
}

// findTaken notes which emails and phones, by which nobody is matched, a change
// would give to a contact although another has them.
func (f *finder) findTaken(ctx context.Context, people []*person) error {
	if f.target.Facts().AllowsDuplicates {
		return nil
	}
	var keys []crm.Key
	asked := map[crm.Key]bool{}
	for _, p := range people {
		for _, key := range p.unmatched() {
			if !asked[key] && !f.searched[key] && len(f.with(key)) == 0 {
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
		for _, key := range p.unmatched() {
			holder := f.holder(p, key)
			if holder != nil && crm.KeyOf(key.Field, holder.KeyText(key.Field)) == key { // an additional one is for the API to judge
				p.taken = append(p.taken, key)
			}
		}
	}
	return nil
}

// leaveFallbacks takes the emails and phones of second choice out of what people
// want that others have: a home phone is no reason to share one, and whoever
// wrote it would be refused, or would write it again in every sync.
func (f *finder) leaveFallbacks(ctx context.Context, people []*person) error {
	var keys []crm.Key
	for _, p := range people {
		for _, key := range p.fallbacks() {
			if !slices.Contains(keys, key) && !f.searched[key] && len(f.with(key)) == 0 {
				keys = append(keys, key)
			}
		}
	}
	if err := f.ask(ctx, keys); err != nil {
		return err
	}
	for _, p := range people {
		for _, key := range p.fallbacks() {
			if f.holder(p, key) == nil {
				continue
			}
			p.drop(key.Field)
			delete(p.change.Set, key.Field)
			p.notes = append(p.notes, trouble.Note{Field: key.Field, Rule: "belongs to another contact", Dropped: true})
		}
	}
	return nil
}

// fallbacks are the emails and phones of second choice that would be written.
func (p *person) fallbacks() []crm.Key {
	var keys []crm.Key
	for _, key := range p.want.Fallbacks {
		_, changes := p.change.Set[key.Field]
		wanted := p.want.Values[key.Field].Data == key.Value
		if wanted && (changes && p.compares() || p.creates()) {
			keys = append(keys, key)
		}
	}
	return keys
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

// decide leaves what others have out of people, where the location is one that
// would refuse it. Whether it is can be found out by one question for each field.
// A record is not rejected for what search shows of others.
func (f *finder) decide(ctx context.Context, people []*person) error {
	for _, p := range people {
		for _, key := range p.taken {
			if f.target.Facts().AllowsDuplicates {
				p.disown(key) // it leads to somebody else
				continue
			}
			recognises, known := f.recognises[key.Field]
			if !known {
				var err error
				if recognises, err = f.target.Recognise(ctx, key); err != nil {
					return err
				}
				f.recognises[key.Field] = recognises
			}
			recognises = recognises || f.target.Recognises(key.Field)
			if recognises && (p.have == nil || !p.stream().RejectConflicts) {
				f.conflict(p, key)
			}
		}
	}
	return nil
}

// decided reports whether it is known if the location minds that two contacts
// have the same value of a field.
func (f *finder) decided(field string) bool {
	_, known := f.recognises[field]
	return known || f.target.Facts().AllowsDuplicates || !slices.Contains(crm.Identifiers(), field) || f.target.Recognises(field)
}

// apart leaves out who has turned out to be the contact of somebody before it.
func apart(turn []*person) []*person {
	contacts, ready := make(map[string]bool, len(turn)), make([]*person, 0, len(turn))
	for _, p := range turn {
		if !p.planned || p.stage == waiting && p.have != nil && contacts[p.have.ID] {
			continue
		}
		if p.have != nil {
			contacts[p.have.ID] = true
		}
		ready = append(ready, p)
	}
	return ready
}
