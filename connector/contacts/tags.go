package contacts

import (
	"context"
	"slices"
	"strings"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// tagGroup is one change of tags and the people who need it.
type tagGroup struct {
	remove bool
	tags   []string
	people map[string][]*person // by contact id
	order  []string
}

// lacking is whose tags are to be changed: one call for all contacts that need
// the same change.
type lacking struct {
	groups  map[string]*tagGroup
	order   []*tagGroup
	records []*load.Record // of the people
}

func newLacking() *lacking { return &lacking{groups: map[string]*tagGroup{}} }

// add enters a person, who is settled once all calls are made.
func (l *lacking) add(p *person) {
	for _, c := range p.pendingTags() {
		p.open++
		slices.Sort(c.tags)
		name := strings.Join(append(slices.Clone(c.tags), map[bool]string{true: "-"}[c.remove]), "\x00")
		g := l.groups[name]
		if g == nil {
			g = &tagGroup{remove: c.remove, tags: c.tags, people: map[string][]*person{}}
			l.groups[name] = g
			l.order = append(l.order, g)
		}
		if g.people[c.contact] == nil {
			g.order = append(g.order, c.contact)
		}
		g.people[c.contact] = append(g.people[c.contact], p)
	}
	for _, rec := range p.records {
		l.records = append(l.records, rec.Record)
	}
}

// changeTags makes one change of tags, and returns who needs no other. Whoever
// lacks a call when it fails stays undone.
func (r *run) changeTags(ctx context.Context, f *finder, g *tagGroup) (complete []*person, err error) {
	refused, err := f.target.ChangeTags(ctx, gateway.TagChange{Remove: g.remove, Tags: g.tags, Contacts: g.order})
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range g.order {
		reject, bad := refused[id]
		for _, p := range g.people[id] {
			if p.open--; p.deletes() || p.have != nil { // else the change before has found it gone
				f.tagsAnswered(p, g, id, reject, bad)
			}
			if p.open == 0 {
				complete = append(complete, p)
			}
		}
	}
	return complete, nil
}

// tagsAnswered enters what became of a change of tags on one contact of a
// person: bad says that it failed, because of reject or because the contact has
// gone.
func (f *finder) tagsAnswered(p *person, g *tagGroup, id string, reject *trouble.Reject, bad bool) {
	switch {
	case bad && reject != nil:
		p.reject = reject
	case bad && p.deletes():
		f.gone(id)
		p.forget(id)
		p.ghost, p.stage = true, waiting // perhaps search does not show the one that is there
	case bad:
		f.gone(id)
		p.startOver()
	default:
		f.tagged(p.tagged(g, id))
	}
}

// taggedAll reports whether no change of tags is left to be made.
func (p *person) taggedAll() bool { return len(p.pendingTags()) == 0 }

// pendingTags are the changes of tags that a person needs, once everything else
// is done.
func (p *person) pendingTags() []tagChange {
	if p.stage != written || p.reject != nil || p.void() {
		return nil
	}
	return p.tagChanges()
}

// tagChange is tags to be added to a contact, or removed from it.
type tagChange struct {
	contact string
	remove  bool
	tags    []string
}

// tagChanges are the changes of tags that a person needs: those of its record
// that the contact lacks and the managed ones that the record does not name, or,
// where the source has deleted the record, the stream's own tags.
func (p *person) tagChanges() []tagChange {
	var out []tagChange
	need := func(c *crm.Contact, remove bool, tags []string) {
		if len(tags) > 0 {
			out = append(out, tagChange{c.ID, remove, tags})
		}
	}
	switch {
	case p.deletes():
		for _, c := range p.matches {
			if p.stream().OnDelete == object.RemoveTags || slices.Contains(p.kept, c.ID) {
				need(c, true, p.stream().ownTags(c))
			}
		}
	case p.have != nil:
		need(p.have, false, p.want.Lacking(p.have.Tags))
		need(p.have, true, p.want.Surplus(p.have.Tags))
		if p.untag {
			need(p.have, true, p.stream().ownTags(p.have))
		}
	}
	return out
}

// owns reports whether a tag is one of the stream's own.
func (s *stream) owns(tag string) bool { return containsFold(s.Tags, tag) }

// ownTags are the stream's own tags that a contact carries.
func (s *stream) ownTags(c *crm.Contact) []string {
	var out []string
	for _, t := range s.Tags {
		t = strings.ToLower(strings.TrimSpace(t))
		if t != "" && hasTag(c, t) && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// tagged notes on the person that the change was made to one of its contacts,
// and returns that contact as it is now.
func (p *person) tagged(g *tagGroup, id string) *crm.Contact {
	if g.remove {
		if p.takenTags == nil {
			p.takenTags = map[string][]string{}
		}
		p.takenTags[id] = append(p.takenTags[id], g.tags...)
	}
	if p.deletes() {
		p.removed = true
		i := slices.IndexFunc(p.matches, func(c *crm.Contact) bool { return c.ID == id })
		p.matches[i] = g.on(p.matches[i])
		return p.matches[i]
	}
	if !g.remove {
		p.addedTags = append(slices.Clone(p.addedTags), g.tags...)
	}
	p.have = g.on(p.have)
	if p.status == load.Unchanged {
		p.status = load.Updated
	}
	return p.have
}

// on is a contact after the change.
func (g *tagGroup) on(c *crm.Contact) *crm.Contact {
	change := crm.Change{AddTags: g.tags}
	if g.remove {
		change = crm.Change{RemoveTags: g.tags}
	}
	return crm.Apply(c, change)
}

func hasTag(c *crm.Contact, tag string) bool {
	return slices.ContainsFunc(c.Tags, func(t string) bool { return strings.EqualFold(t, tag) })
}
