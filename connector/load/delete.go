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
		if err := r.takeOut(ctx, f, p, todo); err != nil {
			return err
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
		p.forget(have.ID)
		todo = nil
		if len(p.matches) == known {
			todo = []*crm.Contact{have}
		}
		p.matches = append(p.matches, have)
	}
	p.done = true
	return nil
}

// takeOut deletes contacts of a person if the user has asked for that, and else
// only sees to it that a "stop" is written.
func (r *run) takeOut(ctx context.Context, f *finder, p *person, contacts []*crm.Contact) error {
	if p.stream().OnDelete == DeleteContacts {
		return r.deleteContacts(ctx, f, p, contacts)
	}
	for _, c := range contacts {
		if err := r.tighten(ctx, f, p, c); err != nil {
			return err
		}
	}
	return nil
}

// deleteContacts deletes contacts of a person, as far as they still are what
// search has shown. Who has said "stop", or does so in the record itself, is kept,
// and loses the stream's tags.
func (r *run) deleteContacts(ctx context.Context, f *finder, p *person, contacts []*crm.Contact) error {
	for _, c := range contacts {
		end, now, reject, err := r.deleteContact(ctx, f, c, p.means, p.want.Stops())
		if err != nil {
			return err
		}
		p.reject = cmp.Or(p.reject, reject)
		switch {
		case reject != nil:
		case end == wasDeleted:
			p.deleted = append(p.deleted, c.ID)
			p.removed = true
		case end == wasStopped:
			p.notes = append(p.notes, notDeleted)
			p.kept = append(p.kept, c.ID)
			p.now(now)
			if err := r.tighten(ctx, f, p, now); err != nil {
				return err
			}
		case end == wasSpared:
			p.notes = append(p.notes, crm.Note{Field: "contact", Rule: "was not deleted: it is not the record's any more"})
			p.forget(c.ID)
			fallthrough
		default:
			p.behind = true
		}
	}
	return nil
}

// deletion is how the deletion of a contact has ended.
type deletion int

const (
	wasDeleted deletion = iota
	wasGone             // before
	wasSpared           // it was not meant
	wasStopped          // its person has said "stop"
)

// deleteContact deletes a contact if the primary store still holds it, meant
// says so of what it holds and nobody has said "stop" there or, as stop tells,
// elsewhere: what is deleted cannot be put back. now is what the primary store
// holds of one that is left; reject says that the API refused.
func (r *run) deleteContact(ctx context.Context, f *finder, c *crm.Contact, meant func(now *crm.Contact) bool, stop bool) (end deletion, now *crm.Contact, reject *crm.Reject, err error) {
	now, reject, err = r.fresh(ctx, f, c)
	switch {
	case err != nil || reject != nil:
		return wasSpared, nil, reject, err
	case now == nil:
		r.goneNow(f, c.ID)
		return wasGone, nil, nil, nil
	case !meant(now):
		return wasSpared, now, nil, nil
	case stop || now.Stopped():
		return wasStopped, now, nil, nil
	}
	if reject, err = f.target.Delete(ctx, c.ID); err != nil || reject != nil {
		return wasSpared, now, reject, err
	}
	r.goneNow(f, c.ID)
	return wasDeleted, nil, nil, nil
}

// goneNow is [finder.gone] while others write.
func (r *run) goneNow(f *finder, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f.gone(id)
}

// forget takes a contact out of those that a delete is about.
func (p *person) forget(id string) {
	p.matches = slices.DeleteFunc(p.matches, func(c *crm.Contact) bool { return c.ID == id })
	if p.have != nil && p.have.ID == id {
		p.have = nil
	}
}

// taggedNowhere reports whether no contact of a delete has a tag to remove, as
// far as search knows.
func (p *person) taggedNowhere() bool {
	return !slices.ContainsFunc(p.matches, func(c *crm.Contact) bool { return len(p.stream().ownTags(c)) > 0 })
}

// named are the keys by which a delete means contacts: those of the field that
// its record trusts most, and what other versions of it have said there. One
// that has the primary key alone means what these were found by, or the contact
// that its row was written to.
func (p *person) named() []crm.Key {
	last := p.pieces[p.last()]
	keys := last.want.Keys
	if len(keys) == 0 {
		keys = p.want.Keys
	}
	if len(keys) == 0 && last.formerly != "" {
		return []crm.Key{crm.IDKey(last.formerly)}
	}
	return slices.DeleteFunc(slices.Clone(p.want.Keys), func(k crm.Key) bool { return k.Field != keys[0].Field })
}

// means reports whether a delete is about a contact, as it is now: it carries a
// key that the delete names, or would by a record that came before the delete in
// the window and was merged with it.
func (p *person) means(now *crm.Contact) bool {
	named := p.named()
	return crm.Judge(now, named) == crm.Same || slices.ContainsFunc(p.pieces, func(r piece) bool {
		brings := slices.ContainsFunc(r.want.Keys, func(k crm.Key) bool { return slices.Contains(named, k) })
		return brings && !r.void && !r.want.Deleted && crm.Judge(now, r.want.Keys) == crm.Same
	})
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

// annul takes back all that the person's records say, but for a "stop" to a
// contact that is there.
func (p *person) annul() {
	for i := range p.pieces {
		if r := &p.pieces[i]; p.have != nil {
			r.annul(r.want.Deleted)
		} else {
			r.void = true
		}
	}
	p.merge()
}
