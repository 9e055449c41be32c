package contacts

import (
	"context"
	"slices"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/trouble"
)

// notDeleted counts a contact whose person has said "stop": if it came back, it
// would be free to be contacted.
var notDeleted = trouble.Note{Field: "contact", Rule: "not deleted: do not disturb; it loses the stream's tags instead", Warns: true}

// tighten writes to a contact the "stop" that the records of a delete have said:
// it is said, whatever else becomes of them.
func (r *run) tighten(ctx context.Context, f *finder, p *person, c *crm.Contact) error {
	want := p.want.OnlyStops()
	change := crm.Diff(f.target.Table(), want, crm.Defaults{}, c)
	if len(change.Unknown) > 0 {
		now, reject, err := r.read(ctx, f, c)
		switch {
		case err != nil:
			return err
		case reject != nil:
			p.reject = reject
			return nil
		case now == nil:
			r.goneNow(f, c.ID)
			p.forget(c.ID)
			p.ghost = true
			return nil
		}
		c, change = now, crm.Diff(f.target.Table(), want, crm.Defaults{}, now)
	}
	if len(change.Set) == 0 {
		return nil
	}
	result, err := f.target.Update(ctx, gateway.Write{Of: p.origin(), Want: want, Have: c, Change: change})
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p.notes = append(p.notes, result.Notes...)
	switch {
	case result.Gone:
		f.gone(c.ID)
		p.forget(c.ID)
		p.ghost = true
	case result.Reject != nil:
		p.reject = result.Reject
	default:
		p.status, p.before, p.set = result.Status, c, change.Set
		f.wrote(result.Contact)
		p.now(result.Contact)
	}
	return nil
}

// now replaces what is known of one of the contacts of a delete.
func (p *person) now(c *crm.Contact) {
	for i, old := range p.matches {
		if old.ID == c.ID {
			p.matches[i] = c
		}
	}
}

// unclear reports whether a person would be created although nobody can say
// whether it may be contacted.
func (p *person) unclear() bool {
	return p.have == nil && p.want.UnclearConsent != nil && !p.deletes()
}

// decidesFirst reports whether what a person says of being contacted has to be
// decided without a later record: whether an unclear one makes a contact, and
// whether one that says no "stop" is deleted.
func (p *person) decidesFirst(later *record) bool {
	deletes := later.want.Deleted && later.want.Stops() && !slices.ContainsFunc(p.records, func(r record) bool { return r.want.Stops() })
	return deletes || p.first().want.UnclearConsent != nil
}
