package gateway

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
// then has it confirm time zones, both about many contacts at a time, and reads
// one by one only what is still not told. A contact that has gone meanwhile is
// nil in the answer.
func (c *contacts) Complete(ctx context.Context, wanted []Incomplete) (map[string]*crm.Contact, error) {
	out := make(map[string]*crm.Contact, len(wanted))
	rest, err := c.completeByID(ctx, wanted, out)
	if err != nil {
		return nil, err
	}
	if rest, err = c.completeChannels(ctx, rest, out); err != nil {
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
	if err := c.confirmZones(ctx, zones, out); err != nil {
		return nil, fmt.Errorf("confirm time zones: %w", err)
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
		if slices.ContainsFunc(w.Fields, func(f string) bool { _, printed := w.Have.Prints.Of(f); return printed }) {
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
		w.Fields = slices.DeleteFunc(slices.Clone(w.Fields), func(name string) bool {
			_, told := w.Have.Held(name)
			return told || !c.table.Field(name).Told(crm.Read|crm.Search)
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
				out[w.Have.ID] = c.decode(&a)
			}
			return nil
		})
	}
	return group.Wait()
}

// readers is how many reads are under way at a time; the API's limit sets the
// pace.
const readers = 16

// confirmZones asks search which of the contacts already have the time zone
// wanted for them: about those of all zones together, with as many leaves as a
// lookup has, or, where search does not take such a question, zone by zone.
func (c *contacts) confirmZones(ctx context.Context, wanted []Incomplete, out map[string]*crm.Contact) error {
	zones := byZone(wanted)
	room := int(c.leaves.Load()) - len(zones)
	if room > 0 && !c.zonesApart.Load() {
		err := c.confirmTogether(ctx, slices.Concat(zones...), room, out)
		if !isKind(err, ghl.Rejected) {
			return err
		}
		c.zonesApart.Store(true)
	}
	for _, same := range zones {
		err := batches[Incomplete]{
			size:  &c.leaves,
			call:  func(batch []Incomplete) error { return c.confirm(ctx, batch, out, inZone(batch), oneOf(batch)) },
			alone: func(Incomplete, error) error { return nil }, // it will be read
		}.send(same)
		if err != nil {
			return err
		}
	}
	return nil
}

// confirmTogether asks about several time zones, those of so many contacts at a
// time.
func (c *contacts) confirmTogether(ctx context.Context, wanted []Incomplete, size int, out map[string]*crm.Contact) error {
	for batch := range slices.Chunk(wanted, size) {
		var groups []ghl.Filter
		for _, same := range byZone(batch) {
			groups = append(groups, ghl.And(inZone(same), oneOf(same)))
		}
		if err := c.confirm(ctx, batch, out, ghl.Or(groups...)); err != nil {
			return err
		}
	}
	return nil
}

// byZone groups by the time zone wanted.
func byZone(wanted []Incomplete) [][]Incomplete {
	groups := map[string][]Incomplete{}
	for _, w := range wanted {
		zone := w.Want.Values[fieldTimezone].Data.(string)
		groups[zone] = append(groups[zone], w)
	}
	var out [][]Incomplete
	for _, zone := range slices.Sorted(maps.Keys(groups)) {
		out = append(out, groups[zone])
	}
	return out
}

// inZone matches contacts with the time zone that is wanted for the batch.
func inZone(batch []Incomplete) ghl.Filter {
	return ghl.Eq(fieldTimezone, batch[0].Want.Values[fieldTimezone].Data.(string))
}

// oneOf matches these contacts.
func oneOf(batch []Incomplete) ghl.Filter {
	ids := make([]ghl.Filter, 0, len(batch))
	for _, w := range batch {
		ids = append(ids, ghl.Eq("id", w.Have.ID))
	}
	return ghl.Or(ids...)
}

// confirm enters the time zone wanted for those contacts that the filters match.
func (c *contacts) confirm(ctx context.Context, asked []Incomplete, out map[string]*crm.Contact, filters ...ghl.Filter) error {
	return c.searchAll(ctx, filters, func(a *crm.Contact) {
		i := slices.IndexFunc(asked, func(w Incomplete) bool { return w.Have.ID == a.ID })
		if i < 0 {
			return
		}
		have := *asked[i].Have
		have.Values = maps.Clone(have.Values)
		have.Values[fieldTimezone] = asked[i].Want.Values[fieldTimezone].Data
		out[a.ID] = &have
	})
}
