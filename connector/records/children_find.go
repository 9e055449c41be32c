package records

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// find finds the contacts of entries, and what belongs to these: of each once, and
// nothing of those that this sync has created.
func (c *children) find(ctx context.Context, w *load.Window, entries []*entry) (rest []*entry, err error) {
	if err := c.findParents(ctx, entries, w.Last); err != nil {
		return nil, err
	}
	rest = withoutEarly(w, entries)
	c.window++
	if err := c.makeKnown(ctx, rest); err != nil {
		return nil, err
	}
	return rest, c.findOthers(ctx, rest)
}

// findParents finds the contacts of entries.
func findParents(ctx context.Context, contacts object.Contacts, entries []*entry, last bool) error {
	var keys [][]crm.Key
	for _, e := range entries {
		if len(e.want.Parent) > 0 {
			keys = append(keys, e.want.Parent)
		}
	}
	found, err := contacts.Find(ctx, keys, last)
	if err != nil {
		return err
	}
	for _, e := range entries {
		e.parent = object.Parent{Reject: &trouble.Reject{Code: trouble.NoContact, Reason: "the record names no contact"}}
		if len(e.want.Parent) > 0 {
			e.parent, found = found[0], found[1:]
		}
	}
	return nil
}

// withoutEarly holds the entries whose contact may still come, and all behind one of
// them of its row, so that the last word stays the last. It returns the others.
func withoutEarly(w *load.Window, entries []*entry) (rest []*entry) {
	for _, e := range entries {
		if !w.Last && (e.parent.Later || e.stream.waits(e)) {
			e.stream.wait(e)
			w.Hold(e.Record)
		} else {
			rest = append(rest, e)
		}
	}
	return rest
}

// findParents finds the contacts of entries, and the keys that these have there.
func (c *children) findParents(ctx context.Context, entries []*entry, last bool) error {
	if err := findParents(ctx, c.Contacts, entries, last); err != nil {
		return err
	}
	for _, e := range entries {
		e.want.Keys = nil
		for _, k := range e.own {
			e.want.Keys = append(e.want.Keys, within(e.parent.ID, k))
		}
		e.Reject = e.parent.Reject
		if e.parent.Later || e.want.Deleted && e.Reject != nil && e.Reject.Code == trouble.NoContact { // of nobody there is nothing to delete
			e.Reject = nil
		}
	}
	return nil
}

// findOthers finds for entries whose contacts have turned out not to exist who else
// has their keys: of two that were merged one is left.
func (c *children) findOthers(ctx context.Context, entries []*entry) error {
	var orphans []*entry
	for _, e := range entries {
		if e.parent.ID == "" {
			continue
		}
		c.about(e.parent.ID, func(at *parent) {
			if at.gone {
				orphans = append(orphans, e)
			}
		})
	}
	if len(orphans) == 0 {
		return nil
	}
	for _, e := range orphans {
		c.Contacts.Gone(e.parent.ID)
	}
	if err := c.findParents(ctx, orphans, true); err != nil {
		return err
	}
	return c.makeKnown(ctx, orphans)
}

// makeKnown reads what belongs to the contacts of entries, as far as it is not known.
func (c *children) makeKnown(ctx context.Context, entries []*entry) error {
	var unknown, forgotten []string
	for _, e := range entries {
		id := e.parent.ID
		if id == "" {
			continue
		}
		written := c.hasForgotten(id)
		made := e.parent.Created && (c.facts.DryRun || !written)
		c.about(id, func(at *parent) {
			at.last = c.window
			at.known, at.whole = at.known || made, at.whole || made
			switch {
			case at.known:
			case written:
				forgotten = append(forgotten, id)
			default:
				unknown = append(unknown, id)
			}
		})
	}
	c.forget()
	if err := c.readEach(ctx, distinct(forgotten)); err != nil {
		return err
	}
	if err := c.readAll(ctx, distinct(unknown)); err != nil {
		return err
	}
	return c.makeSure(ctx, entries)
}

// mostWaiting bounds of how many rows it is remembered that they wait: far more wait
// than a sync holds, so all of the stream wait then.
const mostWaiting = 100_000

var seed = maphash.MakeSeed()

// waitsBy stands for a record's row, or for its contact if it has none.
func (e *entry) waitsBy() uint64 {
	return cmp.Or(e.row, maphash.String(seed, fmt.Sprint(e.want.Parent)))
}

func (s *stream) waits(e *entry) bool { return len(s.held) == mostWaiting || s.held[e.waitsBy()] }

func (s *stream) wait(e *entry) {
	if len(s.held) < mostWaiting {
		s.held[e.waitsBy()] = true
	}
}

// childLag is more than what a search for children is behind what is written. Once a
// sync is as old it knows all that was written before, such as by one that was killed.
const childLag = 75 * time.Second

// readAll makes known what belongs to contacts.
func (c *children) readAll(ctx context.Context, contacts []string) error {
	if c.of.search == nil || len(contacts) == 0 {
		return c.readEach(ctx, contacts)
	}
	whole := time.Since(c.begun) > childLag
	found, err := c.of.search(c.api, ctx, contacts)
	if err != nil {
		return fmt.Errorf("search the %s: %w", c.kind.Name, err)
	}
	for _, told := range found {
		c.memory.put(c.decode(told))
	}
	for _, id := range contacts {
		c.about(id, func(at *parent) { at.known, at.whole = true, whole })
	}
	return nil
}

// makeSure reads the lists of contacts to which something would be written by what
// search tells while it may lag behind. What was written a moment ago is not written again,
// and a second one of what search does not know is not easily taken back.
func (c *children) makeSure(ctx context.Context, entries []*entry) error {
	var doubtful []string
	for _, e := range entries {
		if e.Reject != nil || e.parent.ID == "" || c.isWritten(e) {
			continue
		}
		c.about(e.parent.ID, func(at *parent) {
			if !at.whole {
				doubtful = append(doubtful, e.parent.ID)
			}
		})
	}
	return c.readEach(ctx, distinct(doubtful))
}

// renew reads the lists of the contacts of items anew, and finds others for contacts
// that are gone.
func (c *children) renew(ctx context.Context, items []*item) error {
	var contacts []string
	var entries []*entry
	for _, it := range items {
		contacts = append(contacts, it.records[0].parent.ID)
		entries = append(entries, it.records...)
	}
	if err := c.readEach(ctx, distinct(contacts)); err != nil {
		return err
	}
	return c.findOthers(ctx, entries)
}

// isWritten reports whether what a record asks for is there, as far as is known.
func (c *children) isWritten(e *entry) bool {
	all := c.meant(e)
	return !e.want.Deleted && len(all) > 0 && len(crm.Diff(c.table, e.want, crm.Defaults{}, all[0]).Set) == 0
}

// readEach makes known the lists of contacts, side by side, in place of what was
// known. Nothing must be written meanwhile.
func (c *children) readEach(ctx context.Context, contacts []string) error {
	group, grouped := bug.NewGroup(ctx, c.Workers())
	for _, id := range contacts {
		group.Go(func() error {
			found, err := c.list(grouped, id)
			if err != nil {
				return err
			}
			for _, known := range c.memory.with(crm.Key{Field: contactField, Value: id}) {
				c.memory.forget(known.ID)
			}
			for _, told := range found {
				c.memory.put(c.decode(told))
			}
			c.about(id, func(at *parent) { at.known, at.whole = true, true })
			return nil
		})
	}
	return group.Wait()
}

// list reads the list of a contact, which does not lag; it is empty if the contact is
// gone.
func (c *children) list(ctx context.Context, contact string) ([]ghl.Child, error) {
	found, err := c.of.list(c.api, ctx, contact)
	gone := isKind(err, ghl.Gone)
	if err != nil && !gone {
		return nil, fmt.Errorf("read the %s of a contact: %w", c.kind.Name, err)
	}
	c.about(contact, func(at *parent) { at.gone = gone })
	return found, nil
}

// about is to look at, or to change, what is known of what belongs to a contact.
func (c *children) about(contact string, f func(at *parent)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.parents[contact] == nil {
		c.parents[contact] = &parent{}
	}
	f(c.parents[contact])
}

// distinct are texts without repetition.
func distinct(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}
