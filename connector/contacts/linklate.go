package contacts

import (
	"context"
	"slices"
	"time"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
)

// lateLink is the link of a record to a business that is not there, but may come
// later in the sync. The contact is written without it, and the record held: at the
// end it is linked, unless a later record has said otherwise.
type lateLink struct {
	business crm.Value
	contact  string           // its id, once it is written
	was      any              // the id of the business that it has by then, nil for none
	from     any              // the name of that business
	changed  *time.Time       // see [crm.Contact]
	outcome  load.Outcome     // of all but the link
	told     []object.Outcome // the same for who observes
	nested   []*load.Record
}

// late is the record of a person that has the last word about its business and names
// one that is not there yet; -1 if there is none, or it yields to what others have
// changed since, which is noted.
func (p *person) late() int {
	if p.reject != nil || p.have == nil || p.deletes() {
		return -1
	}
	for i, rec := range slices.Backward(p.records) {
		_, given := rec.want.Links[gateway.LinkField]
		switch {
		case rec.void:
		case given:
			return -1
		case rec.late != nil:
			business := rec.late.business
			if held, _ := p.business(); held != "" && business.When == crm.IfEmpty {
				return -1
			}
			if business.Yields(p.have) {
				p.notes = append(p.notes, crm.OlderNote(gateway.LinkField, business))
				return -1
			}
			return i
		}
	}
	return -1
}

// await holds the record of a person that waits for its business. Where no more are
// held it is done without the link.
func (r *run) await(p *person, rec *record, o load.Outcome, told []object.Outcome) error {
	held, _ := p.business()
	*rec.late = lateLink{rec.late.business, p.have.ID, gateway.Linked(held), r.nameOf(held), p.have.Changed, o, told, p.nested(rec)}
	if !r.window.TryHold(rec.Record) {
		return r.doneLate(rec.entry, "no business has this name yet, and too many records wait for theirs")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.awaits[p.have.ID] = rec.late
	return nil
}

// doneLate settles a record that has waited for its business; why says why it is not
// linked, "" if it is or need not be.
func (r *run) doneLate(e *entry, why string) error {
	if e.late.outcome.Reject = e.Reject; why != "" {
		e.late.outcome.Notes = append(e.late.outcome.Notes, noLink(e.stream, why))
	}
	r.outcomes.Add(e.late.told...)
	return r.window.Follow(e.Record, e.late.outcome, e.late.nested)
}

// linkLate links the contacts of records that have waited for their businesses.
func (r *run) linkLate(ctx context.Context, records []*load.Record) error {
	open := map[string][]*entry{} // by business
	for _, record := range records {
		e := record.Item.(*entry)
		if e.Reject != nil || r.awaits[e.late.contact] != e.late { // a later record has said otherwise
			if err := r.doneLate(e, ""); err != nil {
				return err
			}
			continue
		}
		name, _ := e.late.business.Data.(string)
		found, err := r.Businesses.Find(ctx, name)
		if err == nil && found.ID == "" {
			err = r.doneLate(e, found.Why)
		} else if err == nil {
			open[found.ID] = append(open[found.ID], e)
		}
		if err != nil {
			return err
		}
	}
	group, grouped := bug.NewGroup(ctx, r.Workers())
	for business, entries := range open {
		for part := range slices.Chunk(entries, gateway.MaxLink) {
			group.Go(func() error { return r.linkAll(grouped, business, part) })
		}
	}
	return group.Wait()
}

// linkAll links contacts to their business, and settles their records.
func (r *run) linkAll(ctx context.Context, business string, entries []*entry) error {
	var contacts []gateway.Subject
	for _, e := range entries {
		known := &crm.Contact{Changed: e.late.changed, Values: map[string]any{gateway.LinkField: e.late.was}}
		contacts = append(contacts, gateway.Subject{ID: e.late.contact, Have: known, Of: object.OriginOf(e.stream.ID, e.want.Keys, e.Line)})
		if e.late.outcome.Status == load.Unchanged { // else the brake has counted it
			if err := r.Brake.Write(load.Updated, func() (load.Status, error) { return load.Updated, nil }); err != nil {
				return err
			}
		}
	}
	gone, reject, err := r.finder.target.Link(ctx, business, contacts)
	if err != nil {
		return err
	}
	for _, e := range entries {
		why := ""
		switch {
		case reject != nil:
			why = "not linked: " + reject.Reason
		case slices.Contains(gone, e.late.contact):
			why = "not linked: the contact was deleted meanwhile"
		default:
			e.late.linked(r.nameOf(business))
		}
		if err := r.doneLate(e, why); err != nil {
			return err
		}
	}
	return nil
}

// linked enters that the contact was linked to a business of this name.
func (l *lateLink) linked(business any) {
	if l.outcome.Status == load.Unchanged && !l.outcome.Again {
		l.outcome.Status = load.Updated
	}
	for i := range l.told {
		o := &l.told[i]
		if o.Status == load.Unchanged {
			o.Status = load.Updated
		}
		o.Set, o.Before = with(o.Set, gateway.LinkField, business), with(o.Before, gateway.LinkField, l.from)
	}
}
