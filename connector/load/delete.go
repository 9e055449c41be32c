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
	for todo := slices.Clone(p.matches); ; {
		if p.stream().OnDelete == DeleteContacts {
			if err := r.deleteContacts(ctx, f, p, todo); err != nil {
				return err
			}
		}
		behind := p.behind || len(p.matches) == 0 || p.stream().OnDelete == RemoveTags && p.taggedNowhere()
		if p.late || !behind {
			break
		}
		p.late = true
		have, reject, err := r.lookup(ctx, f, p)
		if err != nil {
			return err
		}
		p.reject = cmp.Or(p.reject, reject)
		if have == nil {
			break
		}
		known := len(p.matches)
		p.matches = slices.DeleteFunc(p.matches, func(c *crm.Contact) bool { return c.ID == have.ID })
		todo = nil
		if len(p.matches) == known {
			todo = []*crm.Contact{have}
		}
		p.matches = append(p.matches, have)
	}
	p.done = true
	return nil
}

// deleteContacts deletes contacts of a person, as far as they still are what
// search has shown.
func (r *run) deleteContacts(ctx context.Context, f *finder, p *person, contacts []*crm.Contact) error {
	for _, c := range contacts {
		there := false
		gone, reject, err := f.target.Delete(ctx, c.ID, func(now *crm.Contact) bool {
			there = true
			return p.means(now)
		})
		if err != nil {
			return err
		}
		p.reject = cmp.Or(p.reject, reject)
		p.behind = p.behind || reject == nil && (!gone || !there) && !f.target.Facts().DryRun
		if !gone && reject == nil {
			p.notes = append(p.notes, crm.Note{Field: "contact", Rule: "was not deleted: it is not the record's any more"})
		}
		if gone {
			r.mu.Lock()
			f.gone(c.ID)
			r.mu.Unlock()
			p.removed = true
		}
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
