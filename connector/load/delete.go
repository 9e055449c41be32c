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
		if err := r.matchLate(ctx, f, p); err != nil {
			return err
		}
	}
	if p.stream().OnDelete == DeleteContacts {
		if err := r.deleteMatches(ctx, f, p); err != nil {
			return err
		}
	}
	p.done = true
	return nil
}

// matchLate asks the primary store, once, for a contact that search may not
// know yet.
func (r *run) matchLate(ctx context.Context, f *finder, p *person) error {
	if p.late {
		return nil
	}
	p.late = true
	have, reject, err := r.lookup(ctx, f, p)
	if err != nil {
		return err
	}
	p.reject = reject
	if have != nil {
		p.matches = append(slices.DeleteFunc(p.matches, func(c *crm.Contact) bool { return c.ID == have.ID }), have)
	}
	return nil
}

// deleteMatches deletes the contacts of a person. If search was behind, the
// person may have another one.
func (r *run) deleteMatches(ctx context.Context, f *finder, p *person) error {
	for i := 0; i < len(p.matches); i++ {
		id, there := p.matches[i].ID, false
		gone, reject, err := f.target.Delete(ctx, id, func(now *crm.Contact) bool {
			there = true
			return p.means(now)
		})
		if err != nil {
			return err
		}
		if !gone && reject == nil {
			p.notes = append(p.notes, crm.Note{Field: "contact", Rule: "was not deleted: it is not the record's any more"})
		}
		if gone {
			r.mu.Lock()
			f.gone(id)
			r.mu.Unlock()
			p.removed = true
		}
		if behind := !gone || !there; behind && reject == nil {
			if err := r.matchLate(ctx, f, p); err != nil {
				return err
			}
		}
		p.reject = cmp.Or(p.reject, reject)
	}
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

// spare decides between deletes of several contacts and the records that ask
// for one of these: the later word counts.
func spare(people []*person) {
	asking := map[string]*person{}
	for _, p := range people {
		if p.have != nil && !p.want.Deleted {
			asking[p.have.ID] = p
		}
	}
	for _, p := range people {
		if !p.want.Deleted {
			continue
		}
		p.matches = slices.DeleteFunc(p.matches, func(c *crm.Contact) bool {
			q := asking[c.ID]
			switch {
			case q == nil:
				return false
			case q.after(p):
				return true
			}
			q.annul()
			return false
		})
	}
}

// after reports whether p's last word is later than q's: by cursor within a
// stream, else by place.
func (p *person) after(q *person) bool {
	a, b := p.pieces[p.last()], q.pieces[q.last()]
	if a.stream == b.stream && a.stream.dated() {
		if order := compareCursors(a.cursor, b.cursor); order != 0 {
			return order > 0
		}
	}
	return a.at > b.at
}

// annul takes back all that the person's records say.
func (p *person) annul() {
	p.void = true
	for i := range p.pieces {
		p.pieces[i].void = true
	}
}
