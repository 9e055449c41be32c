package object

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// Complete asks search to confirm time zones, a hundred contacts at a time,
// and reads one by one only what is not confirmed. A contact that has gone
// meanwhile is left out: writing to it finds out.
func (c *contacts) Complete(ctx context.Context, wanted []Incomplete) (map[string]*crm.Contact, error) {
	out := make(map[string]*crm.Contact, len(wanted))
	var zones, rest []Incomplete
	for _, w := range wanted {
		fields := slices.DeleteFunc(slices.Clone(w.Fields), func(f string) bool { return f == "gender" }) // told by no endpoint
		zone, _ := w.Want.Values["timezone"].Data.(string)
		switch {
		case len(fields) == 0:
		case len(fields) == 1 && fields[0] == "timezone" && zone != "" && len(zone) <= MaxKey:
			zones = append(zones, w)
		default:
			rest = append(rest, w)
		}
	}
	for batch := range slices.Chunk(zones, startLeaves) {
		if err := c.confirmZones(ctx, batch, out); err != nil {
			return nil, err
		}
	}
	for _, w := range append(zones, rest...) {
		if out[w.Have.ID] != nil {
			continue
		}
		a, err := c.api.GetContact(ctx, w.Have.ID)
		if isKind(err, ghl.Gone, ghl.Rejected) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read a contact: %w", err)
		}
		out[w.Have.ID] = c.decode(a)
	}
	return out, nil
}

// confirmZones asks which of the contacts already have the time zone wanted
// for them. A search that refuses the question confirms nothing.
func (c *contacts) confirmZones(ctx context.Context, batch []Incomplete, out map[string]*crm.Contact) error {
	ids := map[string][]ghl.Filter{}
	wanted := map[string]Incomplete{}
	for _, w := range batch {
		zone := w.Want.Values["timezone"].Data.(string)
		ids[zone] = append(ids[zone], ghl.Eq("id", w.Have.ID))
		wanted[w.Have.ID] = w
	}
	var groups []ghl.Filter
	for _, zone := range slices.Sorted(maps.Keys(ids)) {
		groups = append(groups, ghl.And(ghl.Eq("timezone", zone), ghl.Or(ids[zone]...)))
	}
	err := c.searchAll(ctx, []ghl.Filter{ghl.Or(groups...)}, func(a ghl.Contact) {
		w, ok := wanted[a.ID]
		if !ok {
			return
		}
		have := *w.Have
		have.Values = maps.Clone(have.Values)
		have.Values["timezone"] = w.Want.Values["timezone"].Data
		out[a.ID] = &have
	})
	if isKind(err, ghl.Rejected) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("confirm time zones: %w", err)
	}
	return nil
}
