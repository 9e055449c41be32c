package contacts

import (
	"context"
	"slices"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/trouble"
)

// compare works out what differs. Fields that are not told are read first,
// since what is not told cannot be called unchanged.
func (r *run) compare(ctx context.Context, f *finder, people []*person) error {
	var unknown []gateway.Incomplete
	for _, p := range people {
		if !p.compares() {
			continue
		}
		if p.diff(); len(p.change.Unknown) > 0 {
			unknown = append(unknown, gateway.Incomplete{Have: p.have, Want: p.want, Fields: p.change.Unknown})
		}
	}
	if err := r.complete(ctx, f, people, unknown); err != nil {
		return err
	}
	for _, p := range people {
		for _, name := range p.change.Unknown {
			p.notes = append(p.notes, trouble.Note{Field: f.target.Table().Display(name), Rule: "not compared: the API takes it only when a contact is created"})
		}
	}
	if err := f.leaveFallbacks(ctx, people); err != nil {
		return err
	}
	if err := f.findTaken(ctx, people); err != nil {
		return err
	}
	return r.checkAlone(ctx, f, people)
}

// complete reads what was not told of contacts, and compares anew.
func (r *run) complete(ctx context.Context, f *finder, people []*person, unknown []gateway.Incomplete) error {
	if len(unknown) == 0 {
		return nil
	}
	completed, err := f.target.Complete(ctx, unknown)
	if err != nil {
		return err
	}
	for _, p := range people {
		if !p.compares() {
			continue
		}
		now, told := completed[p.have.ID]
		switch {
		case !told:
		case now == nil:
			f.gone(p.have.ID)
			p.startOver()
		case !f.certainOf(p.have) && !p.isThe(now):
			f.found(now)
			p.loses()
		default:
			p.have = f.shown(now)
			p.diff()
		}
	}
	return nil
}

// diff works out what differs between the person's contact and what is wanted.
func (p *person) diff() {
	s := p.stream()
	p.change = crm.Diff(s.target.Table(), p.want, s.Plan.Defaults(), p.have)
}

// compares reports whether there is something to compare with.
func (p *person) compares() bool {
	return p.planned && p.stage == waiting && p.have != nil && p.reject == nil && !p.deletes()
}

// checkAlone finds out whether a contact to be written by its own email and
// phone is the only one with them. A location that forbids duplicates may hold
// some from before it did.
func (r *run) checkAlone(ctx context.Context, f *finder, people []*person) error {
	var keys []crm.Key
	for _, p := range people {
		if _, ok := p.change.Set["companyName"]; ok && p.have != nil {
			keys = append(keys, p.ownKeys()...)
		}
	}
	if err := f.ask(ctx, keys); err != nil {
		return err
	}
	for _, p := range people {
		if _, ok := p.change.Set["companyName"]; ok && p.have != nil {
			p.alone = !slices.ContainsFunc(p.ownKeys(), func(key crm.Key) bool {
				return slices.ContainsFunc(f.with(key), func(c *crm.Contact) bool { return c.ID != p.have.ID })
			})
		}
	}
	return nil
}

// ownKeys are the identifiers that the person's contact carries now, and, where
// the location would let it share one, those that it will.
func (p *person) ownKeys() []crm.Key {
	holders := []*crm.Contact{p.have}
	if p.stream().target.Facts().AllowsDuplicates {
		holders = append(holders, crm.Apply(p.have, p.change))
	}
	var keys []crm.Key
	for _, c := range holders {
		for _, name := range crm.Identifiers() {
			if v, ok := c.Values[name].(string); ok && v != "" {
				keys = append(keys, crm.KeyOf(name, v))
			}
		}
	}
	return keys
}
