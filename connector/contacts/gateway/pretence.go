package gateway

import (
	"slices"
	"strings"
	"sync"

	"destination-gohighlevel/connector/crm"
)

// pretence is what a dry run would have written. The API tells what is there
// without it, so whatever it tells is shown as it would be by then. Only the
// latest contacts are remembered: a sync does not come back to others.
type pretence struct {
	mu    sync.Mutex
	acts  map[string]*act // by contact
	order []string        // the oldest first

	fields []string             // by which contacts have been looked for
	ids    map[crm.Key][]string // of contacts, by what they have been given there
}

// act is what would have been done to one contact.
type act struct {
	created *crm.Contact // as it was created; nil if it was there before
	change  crm.Change   // since then
	deleted bool
	keys    []crm.Key // under which it is found in ids
}

const mostActs = 50_000

// on changes what is pretended of a contact.
func (p *pretence) on(id string, change func(a *act)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.acts[id]
	if a == nil {
		if p.acts == nil {
			p.acts = map[string]*act{}
		}
		if len(p.order) == mostActs {
			p.strike(p.order[0])
			p.order = p.order[1:]
		}
		a = &act{change: crm.Change{Set: map[string]any{}}}
		p.acts[id], p.order = a, append(p.order, id)
	}
	change(a)
	for _, field := range p.fields {
		p.enter(id, a, field)
	}
}

// enter makes a contact be found by what it has been given in a field.
func (p *pretence) enter(id string, a *act, field string) {
	given := &crm.Contact{Values: a.change.Set}
	if a.created != nil {
		given = crm.Apply(a.created, a.change)
	}
	k := crm.KeyOf(field, given.KeyText(field))
	if k.Value == "" || slices.Contains(a.keys, k) {
		return
	}
	if p.ids == nil {
		p.ids = map[crm.Key][]string{}
	}
	a.keys, p.ids[k] = append(a.keys, k), append(p.ids[k], id)
}

// strike forgets what is pretended of a contact.
func (p *pretence) strike(id string) {
	for _, k := range p.acts[id].keys {
		if p.ids[k] = slices.DeleteFunc(p.ids[k], func(other string) bool { return other == id }); len(p.ids[k]) == 0 {
			delete(p.ids, k)
		}
	}
	delete(p.acts, id)
}

// tagged returns the contacts that would have been created and carry all these tags.
func (p *pretence) tagged(tags []string) (created []*crm.Contact) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.acts {
		if a.created == nil || a.deleted {
			continue
		}
		now := crm.Apply(a.created, a.change)
		if !slices.ContainsFunc(tags, func(tag string) bool {
			return !slices.ContainsFunc(now.Tags, func(t string) bool { return strings.EqualFold(t, tag) })
		}) {
			created = append(created, now)
		}
	}
	return created
}

// find returns the contacts that would have been created and may carry one of these
// keys, and the ids of others that may.
func (p *pretence) find(keys []crm.Key) (created []*crm.Contact, others []crm.Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range keys {
		if k.Field != "id" && !slices.Contains(p.fields, k.Field) {
			p.fields = append(p.fields, k.Field)
			for id, a := range p.acts {
				p.enter(id, a, k.Field)
			}
		}
		for _, id := range p.ids[k] {
			if a := p.acts[id]; a.created == nil {
				others = append(others, crm.IDKey(id))
			} else if now := a.of(a.created); now != nil {
				created = append(created, now)
			}
		}
	}
	return created, others
}

// tag adds or removes tags; the last word counts.
func (a *act) tag(tags []string, remove bool) {
	to, from := &a.change.AddTags, &a.change.RemoveTags
	if remove {
		to, from = from, to
	}
	*from = slices.DeleteFunc(*from, func(t string) bool { return slices.Contains(tags, t) })
	for _, t := range tags {
		if !slices.Contains(*to, t) {
			*to = append(*to, t)
		}
	}
}

// created is a contact that would have been created, as it would be now; ok is
// false for any other id.
func (p *pretence) created(id string) (now *crm.Contact, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.acts[id]
	if a == nil || a.created == nil {
		return nil, false
	}
	return a.of(a.created), true
}

// of is a contact as it would be now; nil if it would be gone.
func (a *act) of(told *crm.Contact) *crm.Contact {
	if a.deleted {
		return nil
	}
	return crm.Apply(told, a.change)
}

// show is what the API has told of a contact, as it would be now.
func (p *pretence) show(told *crm.Contact) *crm.Contact {
	if told == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := p.acts[told.ID]; a != nil {
		return a.of(told)
	}
	return told
}

// showAll leaves out who would be gone.
func (p *pretence) showAll(told []*crm.Contact) []*crm.Contact {
	shown, _ := p.part(told)
	return shown
}

// part is showAll, and tells the ids of those who would be gone.
func (p *pretence) part(told []*crm.Contact) (shown []*crm.Contact, gone []string) {
	for _, c := range told {
		if now := p.show(c); now != nil {
			shown = append(shown, now)
		} else {
			gone = append(gone, c.ID)
		}
	}
	return shown, gone
}
