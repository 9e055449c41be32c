package records

import (
	"context"
	"fmt"
	"slices"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
)

// find finds the contacts of entries, the pipelines that they name, and the
// opportunities that they can mean.
func (d *deals) find(ctx context.Context, w *load.Window, entries []*entry) ([]*entry, error) {
	if err := findParents(ctx, d.Contacts, entries, w.Last); err != nil {
		return nil, err
	}
	entries = withoutEarly(w, entries)
	if err := d.readPlaces(ctx, entries); err != nil {
		return nil, err
	}
	d.keyed = map[crm.Key][]string{}
	for _, e := range entries {
		e.Reject = d.places.enter(e)
		for _, k := range e.want.Keys {
			d.keyed[k] = append(d.keyed[k], e.parent.ID)
		}
	}
	return entries, d.look(ctx, entries)
}

// readPlaces reads the pipelines, and the lost reasons once a record has one.
func (d *deals) readPlaces(ctx context.Context, entries []*entry) error {
	if d.places == nil {
		all, err := d.api.Pipelines(ctx)
		if err != nil {
			return fmt.Errorf("read the pipelines: %w", err)
		}
		d.places = placesOf(all)
	}
	gives := func(e *entry) bool { return e.want.Values[crm.FieldLostReason].Data != nil }
	if d.places.reasons != nil || !slices.ContainsFunc(entries, gives) {
		return nil
	}
	all, err := d.api.LostReasons(ctx)
	if err != nil {
		return fmt.Errorf("read the lost reasons: %w", err)
	}
	d.places.reasons = append(names{}, all...)
	for _, c := range d.memory.list() {
		d.places.labelReason(c)
	}
	return nil
}

// renew reads the opportunities of the contacts of items anew, once search knows
// them. One that stood in the way of a create may be known already.
func (d *deals) renew(ctx context.Context, items []*item) error {
	var contacts []string
	lacks, lost := false, false
	for _, it := range items {
		contacts = append(contacts, it.records[0].parent.ID)
		id := rival(it.doubt)
		lost = lost || id == ""
		lacks = lacks || d.memory.get(id) == nil
	}
	if !lacks {
		return nil
	}
	if lost {
		if err := d.settle(ctx, time.Now()); err != nil {
			return err
		}
	}
	if err := d.readEach(ctx, distinct(contacts)); err != nil {
		return err
	}
	return d.findOthers(ctx, items)
}

// findOthers finds for items that were refused because their contact does not exist who
// else has its keys: of two that were merged one is left.
func (d *deals) findOthers(ctx context.Context, items []*item) error {
	var orphans []*entry
	var contacts []string
	for _, it := range items {
		e := it.records[0]
		if !isKind(it.doubt, ghl.Rejected) || rival(it.doubt) != "" {
			continue
		}
		_, err := d.api.GetContact(ctx, e.parent.ID)
		switch {
		case isKind(err, ghl.Gone):
			d.Contacts.Gone(e.parent.ID)
			orphans = append(orphans, it.records...)
			it.gone, it.doubt = true, nil
		case err != nil:
			return fmt.Errorf("read the contact of an opportunity: %w", err)
		}
	}
	if len(orphans) == 0 {
		return nil
	}
	if err := findParents(ctx, d.Contacts, orphans, true); err != nil {
		return err
	}
	for _, e := range orphans {
		if e.parent.ID != "" {
			contacts = append(contacts, e.parent.ID)
		}
	}
	return d.readEach(ctx, distinct(contacts))
}
