package contacts

import (
	"cmp"
	"context"
	"slices"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// remove takes the contacts of a record that the source has deleted out of the
// stream, in the way the user chose. Tags are taken off later, with those of
// others. Where search may not show whom the record means, the primary store is
// asked.
func (r *run) remove(ctx context.Context, f *finder, p *person) error {
	p.status = load.Unchanged
	if err := r.takeOut(ctx, f, p, slices.Clone(p.matches)); err != nil {
		return err
	}
	if !p.planned {
		return nil
	}
	p.stage = written
	behind := p.ghost || len(p.matches) == 0 || p.stream().OnDelete == object.RemoveTags && p.taggedNowhere()
	if p.asked || !behind {
		return nil
	}
	p.asked = true
	have, reject, err := r.lookup(ctx, f, p.want)
	if err != nil {
		return err
	}
	p.reject = cmp.Or(p.reject, reject)
	if have == nil {
		return nil
	}
	known := slices.ContainsFunc(p.matches, func(c *crm.Contact) bool { return c.ID == have.ID })
	p.forget(have.ID)
	p.matches = append(p.matches, have)
	if known {
		return nil
	}
	return r.takeOut(ctx, f, p, []*crm.Contact{have})
}

// takeOut deletes contacts of a person if the user has asked for that, and else
// only sees to it that a "stop" is written.
func (r *run) takeOut(ctx context.Context, f *finder, p *person, contacts []*crm.Contact) error {
	if p.stream().OnDelete == object.Delete {
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
		end, now, reject, err := r.deleteContact(ctx, f, gateway.Subject{ID: c.ID, Have: c, Of: p.origin()}, p.means, p.want.Stops())
		if err != nil {
			return err
		}
		p.reject = cmp.Or(p.reject, reject)
		switch {
		case reject != nil:
		case end == wasDeleted:
			p.deleted = append(p.deleted, c.ID)
			p.removed = true
		case end == wasStopped && !p.first().want.Deleted: // what the insert before has said is written
			p.keptByStop, p.planned = true, false
		case end == wasStopped:
			p.notes = append(p.notes, notDeleted)
			p.kept = append(p.kept, c.ID)
			p.now(now)
			if err := r.tighten(ctx, f, p, now); err != nil {
				return err
			}
		case end == wasSpared:
			p.notes = append(p.notes, trouble.Note{Field: "contact", Rule: "was not deleted: it is not the record's any more"})
			p.forget(c.ID)
			fallthrough
		default:
			p.ghost = true
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
func (r *run) deleteContact(ctx context.Context, f *finder, of gateway.Subject, meant func(now *crm.Contact) bool, stop bool) (end deletion, now *crm.Contact, reject *trouble.Reject, err error) {
	now, reject, err = r.read(ctx, f, of.Have)
	switch {
	case err != nil || reject != nil:
		return wasSpared, nil, reject, err
	case now == nil:
		r.goneNow(f, of.ID)
		return wasGone, nil, nil, nil
	case !meant(now):
		return wasSpared, now, nil, nil
	case stop || now.Stopped():
		return wasStopped, now, nil, nil
	}
	of.Have = now
	if reject, err = f.target.Delete(ctx, of); err != nil || reject != nil {
		return wasSpared, now, reject, err
	}
	r.goneNow(f, of.ID)
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

// means reports whether a delete is about a contact, as it is now.
func (p *person) means(now *crm.Contact) bool {
	keys := p.first().want.Keys
	if len(keys) == 0 { // the row alone
		return now.ID == p.formerly()
	}
	return crm.Judge(now, keys) == crm.Same
}
