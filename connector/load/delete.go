package load

import (
	"cmp"
	"context"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// remove takes the contacts of a record that the source has deleted out of the
// stream, in the way the user chose. Tags are taken off later, with those of
// others.
func (r *run) remove(ctx context.Context, f *finder, p *person) error {
	p.status = object.Unchanged
	if len(p.matches) == 0 || p.stream().OnDelete == RemoveTags && p.taggedNowhere() {
		have, err := r.lookup(ctx, f, p)
		if err != nil {
			return err
		}
		if have != nil {
			p.matches = append(slices.DeleteFunc(p.matches, func(c *crm.Contact) bool { return c.ID == have.ID }), have)
		}
	}
	if p.stream().OnDelete == DeleteContacts {
		for _, c := range p.matches {
			gone, reject, err := f.target.Delete(ctx, c.ID, p.means)
			if err != nil {
				return err
			}
			if !gone && reject == nil {
				p.notes = append(p.notes, crm.Note{Field: "contact", Rule: "was not deleted: it is not the record's any more"})
			}
			if !gone {
				p.reject = cmp.Or(p.reject, reject)
				continue
			}
			r.mu.Lock()
			f.gone(c.ID)
			r.mu.Unlock()
			p.removed = true
		}
	}
	p.done = true
	return nil
}

// taggedNowhere reports whether no contact of a delete has a tag to remove, as
// far as search knows.
func (p *person) taggedNowhere() bool {
	return !slices.ContainsFunc(p.matches, func(c *crm.Contact) bool { return len(p.lacks(c)) > 0 })
}

// means reports whether a contact is still found by the person's keys.
func (p *person) means(now *crm.Contact) bool {
	return slices.ContainsFunc(p.want.Keys, now.Carries) && !now.IsSomebodyElse(p.want.Keys)
}

// spare keeps deletes away from contacts that a later record asks for.
func spare(people []*person) {
	latest := map[string]int{}
	for _, p := range people {
		if p.have != nil && !p.want.Deleted {
			latest[p.have.ID] = p.at()
		}
	}
	for _, p := range people {
		if p.want.Deleted {
			p.matches = slices.DeleteFunc(p.matches, func(c *crm.Contact) bool { return latest[c.ID] > p.at() })
		}
	}
}
