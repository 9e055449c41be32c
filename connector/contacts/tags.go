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

// changeTags makes one change of tags, and returns who needs no other. Whoever
// lacks a call when it fails stays undone.
func (r *run) changeTags(ctx context.Context, f *finder, c *tagCall) (complete []*person, err error) {
	refused, err := f.target.ChangeTags(ctx, gateway.TagChange{Remove: c.remove, Tags: c.tags, Contacts: r.subjects(c)})
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range c.contacts {
		reject, bad := refused[id]
		for _, p := range c.people[id] {
			if p.open--; p.isAbout(id) { // else the call before has found it gone
				f.tagsAnswered(p, c, id, reject, bad)
			}
			if p.open == 0 {
				complete = append(complete, p)
			}
		}
	}
	return complete, nil
}

// isAbout reports whether a contact is one of the person's.
func (p *person) isAbout(id string) bool { return p.contact(id) != nil }

// tagsAnswered enters what became of a change of tags on one contact of a
// person: bad says that it failed, because of reject or because the contact has
// gone.
func (f *finder) tagsAnswered(p *person, c *tagCall, id string, reject *trouble.Reject, bad bool) {
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
		f.tagged(p.tagged(c, id))
	}
}

// taggedAll reports whether no change of tags, nor a link, is left to be made.
func (p *person) taggedAll() bool { return len(p.pendingTags()) == 0 && !p.lacksLink() }

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
	case p.suppresses():
		for _, c := range p.matches {
			need(c, true, p.givenBack(c.ID))
		}
	case p.deletes():
		for _, c := range p.matches {
			if p.stream().OnDelete == object.RemoveTags || slices.Contains(p.kept, c.ID) {
				need(c, true, p.stream().ownTags(c))
			}
		}
	case p.have != nil:
		need(p.have, false, p.want.Lacking(p.have.Tags))
		surplus := p.want.Surplus(p.have.Tags)
		if p.untag {
			own := p.stream().ownTags(p.have)
			surplus = append(surplus, slices.DeleteFunc(own, func(t string) bool { return containsFold(surplus, t) })...)
		}
		need(p.have, true, surplus)
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
func (p *person) tagged(c *tagCall, id string) *crm.Contact {
	if c.remove {
		if p.takenTags == nil {
			p.takenTags = map[string][]string{}
		}
		p.takenTags[id] = slices.Sorted(slices.Values(append(p.takenTags[id], c.tags...)))
	}
	if p.deletes() {
		if p.removed = !p.suppresses(); p.suppresses() {
			p.status = load.Updated
		}
		i := slices.IndexFunc(p.matches, func(m *crm.Contact) bool { return m.ID == id })
		p.matches[i] = c.on(p.matches[i])
		return p.matches[i]
	}
	if !c.remove {
		p.addedTags = slices.Sorted(slices.Values(append(slices.Clone(p.addedTags), c.tags...)))
	}
	p.have = c.on(p.have)
	if p.status == load.Unchanged {
		p.status = load.Updated
	}
	return p.have
}

// on is a contact after the change.
func (c *tagCall) on(contact *crm.Contact) *crm.Contact {
	change := crm.Change{AddTags: c.tags}
	if c.remove {
		change = crm.Change{RemoveTags: c.tags}
	}
	return crm.Apply(contact, change)
}

func hasTag(c *crm.Contact, tag string) bool {
	return slices.ContainsFunc(c.Tags, func(t string) bool { return strings.EqualFold(t, tag) })
}
