package load

import (
	"context"
	"slices"
	"strings"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
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
	records []Ticket // of the people
}

func newLacking() *lacking { return &lacking{groups: map[string]*tagGroup{}} }

// add enters a person, who is not done until all calls are made.
func (l *lacking) add(p *person) {
	for _, c := range p.tagging() {
		tags := p.lacks(c)
		if len(tags) == 0 {
			continue
		}
		p.open++
		slices.Sort(tags)
		name := strings.Join(append(tags, map[bool]string{true: "-"}[p.want.Deleted]), "\x00")
		g := l.groups[name]
		if g == nil {
			g = &tagGroup{remove: p.want.Deleted, tags: tags, people: map[string][]*person{}}
			l.groups[name] = g
			l.order = append(l.order, g)
		}
		if g.people[c.ID] == nil {
			g.order = append(g.order, c.ID)
		}
		g.people[c.ID] = append(g.people[c.ID], p)
	}
	p.done = p.open == 0
	for _, piece := range p.pieces {
		l.records = append(l.records, piece.ticket)
	}
}

// changeTags makes one change of tags, and returns who needs no other. Whoever
// lacks a call when it fails stays undone.
func (r *run) changeTags(ctx context.Context, f *finder, g *tagGroup) (complete []*person, err error) {
	refused, err := f.target.ChangeTags(ctx, object.TagChange{Remove: g.remove, Tags: g.tags, Contacts: g.order})
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range g.order {
		reject, bad := refused[id]
		for _, p := range g.people[id] {
			p.open--
			p.behind = p.behind || bad && reject == nil && g.remove
			p.done = p.open == 0 && p.reject == nil && (!p.behind || p.late)
			switch {
			case bad && reject != nil:
				p.reject = reject
			case bad && g.remove:
				f.gone(id)
				p.forget(id)
			case bad:
				f.gone(id)
				p.startOver()
			default:
				f.tagged(p.tagged(g, id))
			}
			if p.open == 0 {
				complete = append(complete, p)
			}
		}
	}
	return complete, nil
}

// startOver plans anew what was about a contact that turned out not to exist.
func (p *person) startOver() {
	p.have, p.change = nil, crm.Change{}
	p.result, p.progress = result{}, progress{vanished: p.vanished + 1, open: p.open}
	if p.vanished > 1 {
		p.reject = &crm.Reject{Code: object.CodeRefused, Reason: "its contact was deleted several times while it was written"}
	}
}

// tagging lists the contacts whose tags may have to change.
func (p *person) tagging() []*crm.Contact {
	switch {
	case !p.done || p.reject != nil || p.void:
		return nil
	case !p.want.Deleted && p.have != nil:
		return []*crm.Contact{p.have}
	case p.want.Deleted && p.stream().OnDelete == RemoveTags:
		return p.matches
	}
	return nil
}

// taggedAll reports whether no change of tags is left to be made.
func (p *person) taggedAll() bool {
	return !slices.ContainsFunc(p.tagging(), func(c *crm.Contact) bool { return len(p.lacks(c)) > 0 })
}

// lacks are the tags to add to a contact, or, where the source has deleted the
// record, the stream's own tags to remove from it.
func (p *person) lacks(c *crm.Contact) []string {
	if !p.want.Deleted {
		return p.want.Lacking(c.Tags)
	}
	var out []string
	for _, t := range p.stream().Tags {
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
		p.removed = true
		if p.takenTags == nil {
			p.takenTags = map[string][]string{}
		}
		p.takenTags[id] = append(p.takenTags[id], g.tags...)
		i := slices.IndexFunc(p.matches, func(c *crm.Contact) bool { return c.ID == id })
		now := *p.matches[i]
		now.Tags = slices.DeleteFunc(slices.Clone(now.Tags), func(t string) bool {
			return slices.Contains(g.tags, strings.ToLower(t))
		})
		p.matches[i] = &now
		return &now
	}
	p.addedTags = append(slices.Clone(p.addedTags), g.tags...)
	now := *p.have
	now.Tags = append(slices.Clone(now.Tags), g.tags...)
	p.have = &now
	if p.status == object.Unchanged {
		p.status = object.Updated
	}
	return p.have
}

func hasTag(c *crm.Contact, tag string) bool {
	return slices.ContainsFunc(c.Tags, func(t string) bool { return strings.EqualFold(t, tag) })
}
