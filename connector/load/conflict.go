package load

import (
	"context"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// conflicts leaves out of a person, or rejects it for, emails and phones that
// are known to be somebody else's and that the location would refuse. Whether
// somebody new may share what only search shows elsewhere, which may be a minute
// old, is left to the API.
func (f *finder) conflicts(p *person) {
	for _, key := range p.identifiers() {
		holder := f.holder(p, key)
		switch {
		case holder == nil || slices.Contains(p.want.Fallbacks, key):
		case p.have != nil:
			if slices.Contains(p.want.Keys, key) {
				f.conflict(p, key)
			}
		case !f.certainOf(holder):
		case f.target.Recognises(key.Field):
			f.conflict(p, key)
		default:
			p.taken = append(p.taken, key)
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
func (f *finder) holder(p *person, key crm.Key) *crm.Contact {
	for _, c := range f.with(key) {
		if p.have == nil || c.ID != p.have.ID {
			return c
		}
	}
	return nil
}

// conflict handles an email or phone of a person that another contact carries.
func (f *finder) conflict(p *person, key crm.Key) {
	if p.stream().RejectConflicts {
		p.reject = &crm.Reject{Code: object.CodeIdentityConflict, Field: key.Field,
			Reason: "the record's identifiers belong to two contacts"}
		return
	}
	p.disown(key)
	if !f.target.Facts().AllowsDuplicates {
		p.drop(key.Field)
		delete(p.change.Set, key.Field)
		p.notes = append(p.notes, crm.Note{Field: key.Field, Rule: "belongs to another contact", Dropped: true})
	}
}

// findTaken looks at the changes that would give a contact an email or phone by
// which nobody is matched and which another contact has. They are left out where
// the location is known to refuse that.
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
		for _, key := range p.unmatched() {
			holder := f.holder(p, key)
			switch {
			case holder == nil || crm.KeyOf(key.Field, holder.KeyText(key.Field)) != key: // an additional one is for the API to judge
			case !p.stream().RejectConflicts && f.target.Recognises(key.Field):
				f.conflict(p, key)
			default:
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
			if !slices.Contains(keys, key) && len(f.with(key)) == 0 {
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
			p.notes = append(p.notes, crm.Note{Field: key.Field, Rule: "belongs to another contact", Dropped: true})
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

// attitude is what the run has learnt of whether a location minds that two
// contacts have the same email or phone, beside [object.Target.Recognises].
type attitude struct {
	allows map[string]bool // by field: a contact got what another has
	asked  map[string]int  // by field: people who went ahead to find out
}

// decided reports whether it is known, or cannot be found out, if the location
// minds that two contacts have the same value of a field.
func (f *finder) decided(field string) bool {
	facts := f.target.Facts()
	return facts.AllowsDuplicates || facts.DryRun || !slices.Contains(crm.Identifiers(), field) ||
		f.target.Recognises(field) || f.attitude.allows[field] || f.attitude.asked[field] >= fewTurns
}

// learn enters that a person's contact has got what others have.
func (f *finder) learn(p *person) {
	for _, key := range p.taken {
		if p.have.Carries(key) {
			f.attitude.allows[key.Field] = true
		}
	}
}

// apart leaves out who has to wait for the answer that another of the turn will
// get: two people turned out to be one contact, or the first of those who ask
// for what others have will show whether the location minds. Who shows that goes
// first: a turn can be over before all have been written.
func (f *finder) apart(turn []*person) []*person {
	contacts, ahead := map[string]bool{}, map[string]bool{}
	var first, ready []*person
	for _, p := range turn {
		waits := !p.planned || p.stage == waiting && p.have != nil && contacts[p.have.ID]
		for _, key := range p.taken {
			waits = waits || !f.decided(key.Field) && ahead[key.Field]
		}
		if waits {
			continue
		}
		if p.have != nil {
			contacts[p.have.ID] = true
		}
		shows := false
		for _, key := range p.taken {
			if !f.decided(key.Field) {
				ahead[key.Field], shows = true, true
			}
		}
		if shows {
			first = append(first, p)
		} else {
			ready = append(ready, p)
		}
	}
	for field := range ahead {
		f.attitude.asked[field]++
	}
	return append(first, ready...)
}
