package gateway

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync/atomic"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/trouble"
)

// silence is what to make of search answers that name no channel of
// do-not-disturb: that none is set, or that search keeps them to itself. The
// first contact for which it matters is read, and decides.
type silence struct {
	met      atomic.Bool // there are such answers
	believed atomic.Bool
	doubted  atomic.Bool
}

// found is [contacts.decode] for what search has answered.
func (c *contacts) found(a *ghl.Contact) *crm.Contact {
	if a.ChannelsTold == ghl.NoneNamed {
		c.silent.met.Store(true)
		if c.silent.believed.Load() {
			a.ChannelsTold = ghl.Told
		}
	}
	now := c.decode(a)
	c.sets.see(now)
	if c.facts.AllowsDuplicates {
		c.controls.see(a, now)
	}
	return now
}

// completeChannels completes contacts that lack nothing but what search has not
// said of channels. It returns the others.
func (c *contacts) completeChannels(ctx context.Context, wanted []Incomplete, out map[string]*crm.Contact) ([]Incomplete, error) {
	var open, rest []Incomplete
	for _, w := range wanted {
		if c.silent.met.Load() && !slices.ContainsFunc(w.Fields, func(name string) bool { return !c.isChannel(name) }) {
			open = append(open, w)
		} else {
			rest = append(rest, w)
		}
	}
	if len(open) == 0 || c.silent.doubted.Load() {
		return wanted, nil
	}
	if !c.silent.believed.Load() {
		if err := c.readEach(ctx, open[:1], out); err != nil {
			return nil, err
		}
		first := out[open[0].Have.ID]
		if first == nil { // gone, or not to be read
			return append(rest, open[1:]...), nil
		}
		c.judgeSilence(first)
		open = open[1:]
	}
	if c.silent.doubted.Load() {
		return append(rest, open...), nil
	}
	for _, w := range open {
		have := *w.Have
		have.Values = maps.Clone(have.Values)
		for _, name := range w.Fields {
			have.Values[name] = nil
		}
		out[have.ID] = &have
	}
	return rest, nil
}

// judgeSilence learns from a contact of which search has named no channel.
func (c *contacts) judgeSilence(now *crm.Contact) {
	if slices.ContainsFunc(c.channels, func(f *crm.Field) bool { return now.Values[f.Name] != nil }) {
		c.silent.doubted.Store(true)
		return
	}
	c.silent.believed.Store(true)
}

func (c *contacts) isChannel(name string) bool {
	f := c.table.Field(name)
	return f != nil && f.Type == crm.Channel
}

// permanent tells which of the channels in a body are those that a refusal is
// about: they are set for good, and a body that names one is refused as a whole.
// now is the contact as it is, nil if there is none yet. Where neither the
// refusal nor the contact tells, it may be any of them, or what stands for all.
// It returns nil for every other refusal.
func (c *contacts) permanent(err error, sent map[string]any, now *crm.Contact) []string {
	var e *ghl.Error
	if !errors.As(err, &e) || e.Reason != ghl.PermanentDND {
		return nil
	}
	var named, all []string
	for _, f := range c.channels {
		if _, ok := sent[f.Name]; !ok {
			continue
		}
		all = append(all, f.Name)
		if slices.Contains(e.Channels, f.ChannelName()) || now != nil && now.Values[f.Name] == "permanent" {
			named = append(named, f.Name)
		}
	}
	switch {
	case len(named) > 0:
		return named
	case now == nil: // who cannot be stopped must not be created
		return nil
	case len(all) > 0:
		return all
	case sent[fieldDND] != nil:
		return []string{fieldDND}
	}
	return nil
}

// insist writes at once what a create was sent of do-not-disturb and did not
// keep: nobody may be contacted because a value got lost on the way.
func (c *contacts) insist(ctx context.Context, r Result, sent map[string]any) (Result, error) {
	lost := map[string]any{}
	for name, v := range sent {
		if (name == fieldDND || c.isChannel(name)) && c.discarded(name, v, r.Contact) {
			lost[name] = v
		}
	}
	if len(lost) == 0 {
		return r, nil
	}
	r.Notes = slices.DeleteFunc(r.Notes, func(n trouble.Note) bool {
		f := c.table.Find(n.Field)
		return f != nil && lost[f.Name] != nil
	})
	again, _, err := c.put(ctx, Write{Have: r.Contact}, lost)
	if err != nil || again.Gone || again.Reject != nil {
		return again, err
	}
	r.Contact, r.Notes = again.Contact, append(r.Notes, again.Notes...)
	return r, nil
}

const fieldDND = "dnd"

// leaveOut takes permanent channels out of what is sent, with a note for each.
func (c *contacts) leaveOut(channels []string, sent map[string]any) []trouble.Note {
	var notes []trouble.Note
	for _, name := range channels {
		delete(sent, name)
		notes = append(notes, trouble.Note{Field: c.table.Display(name), Rule: "kept: do not disturb is permanent"})
	}
	return notes
}
