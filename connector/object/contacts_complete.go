package object

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// Complete asks search for the contacts that are known by fingerprints only,
// then has it confirm time zones, both a hundred contacts at a time, and reads
// one by one only what is still not told. A contact that has gone meanwhile is
// nil in the answer.
func (c *contacts) Complete(ctx context.Context, wanted []Incomplete) (map[string]*crm.Contact, error) {
	out := make(map[string]*crm.Contact, len(wanted))
	rest, err := c.completeByID(ctx, wanted, out)
	if err != nil {
		return nil, err
	}
	var zones, single []Incomplete
	for _, w := range rest {
		zone, _ := w.Want.Values[fieldTimezone].Data.(string)
		if len(w.Fields) == 1 && w.Fields[0] == fieldTimezone && zone != "" && len(zone) <= MaxKey {
			zones = append(zones, w)
		} else {
			single = append(single, w)
		}
	}
	for batch := range slices.Chunk(zones, startLeaves) {
		if err := c.confirmZones(ctx, batch, out); err != nil {
			return nil, err
		}
	}
	single = append(single, slices.DeleteFunc(zones, func(w Incomplete) bool { return confirmed(out, w) })...)
	return out, c.readEach(ctx, single, out)
}

const fieldTimezone = "timezone"

func confirmed(out map[string]*crm.Contact, w Incomplete) bool {
	c := out[w.Have.ID]
	if c == nil {
		return false
	}
	_, told := c.Values[fieldTimezone]
	return told
}

// completeByID asks search for contacts of which only fingerprints are known.
// It returns those that still lack a field, with what they lack.
func (c *contacts) completeByID(ctx context.Context, wanted []Incomplete, out map[string]*crm.Contact) ([]Incomplete, error) {
	var keys []crm.Key
	for _, w := range wanted {
		if slices.ContainsFunc(w.Fields, func(f string) bool { _, printed := w.Have.Prints[f]; return printed }) {
			keys = append(keys, crm.Key{Field: "id", Value: w.Have.ID})
		}
	}
	found, _, err := c.Find(ctx, keys)
	if err != nil {
		return nil, err
	}
	for _, now := range found {
		out[now.ID] = now
	}
	var rest []Incomplete
	for _, w := range wanted {
		if now := out[w.Have.ID]; now != nil {
			w.Have = now
		}
		w.Fields = slices.DeleteFunc(slices.Clone(w.Fields), func(f string) bool {
			_, told := w.Have.Values[f]
			return told || f == "gender" // which no endpoint tells
		})
		if len(w.Fields) > 0 {
			rest = append(rest, w)
		}
	}
	return rest, nil
}

// readEach reads contacts from the primary store, a few at a time.
func (c *contacts) readEach(ctx context.Context, wanted []Incomplete, out map[string]*crm.Contact) error {
	var mu sync.Mutex // guards out
	group, ctx := bug.NewGroup(ctx, readers)
	for _, w := range wanted {
		group.Go(func() error {
			a, err := c.api.GetContact(ctx, w.Have.ID)
			if isKind(err, ghl.Rejected) {
				return nil
			}
			if err != nil && !isKind(err, ghl.Gone) {
				return fmt.Errorf("read a contact: %w", err)
			}
			mu.Lock()
			defer mu.Unlock()
			out[w.Have.ID] = nil
			if err == nil {
				out[w.Have.ID] = c.decode(a)
			}
			return nil
		})
	}
	return group.Wait()
}

// readers is how many reads are under way at a time; the API's limit sets the
// pace.
const readers = 16

// confirmZones asks which of the contacts already have the time zone wanted
// for them. A search that refuses the question confirms nothing.
func (c *contacts) confirmZones(ctx context.Context, batch []Incomplete, out map[string]*crm.Contact) error {
	ids := map[string][]ghl.Filter{}
	wanted := map[string]Incomplete{}
	for _, w := range batch {
		zone := w.Want.Values[fieldTimezone].Data.(string)
		ids[zone] = append(ids[zone], ghl.Eq("id", w.Have.ID))
		wanted[w.Have.ID] = w
	}
	var groups []ghl.Filter
	for _, zone := range slices.Sorted(maps.Keys(ids)) {
		groups = append(groups, ghl.And(ghl.Eq(fieldTimezone, zone), ghl.Or(ids[zone]...)))
	}
	err := c.searchAll(ctx, []ghl.Filter{ghl.Or(groups...)}, func(a *crm.Contact) {
		w, ok := wanted[a.ID]
		if !ok {
			return
		}
		have := *w.Have
		have.Values = maps.Clone(have.Values)
		have.Values[fieldTimezone] = w.Want.Values[fieldTimezone].Data
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
