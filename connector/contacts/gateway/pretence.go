package gateway

import (
	"slices"
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
}

// act is what would have been done to one contact.
type act struct {
	created *crm.Contact // as it was created; nil if it was there before
	change  crm.Change   // since then
	deleted bool
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
			delete(p.acts, p.order[0])
			p.order = p.order[1:]
		}
		a = &act{change: crm.Change{Set: map[string]any{}}}
		p.acts[id], p.order = a, append(p.order, id)
	}
	change(a)
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
	var shown []*crm.Contact
	for _, c := range told {
		if c = p.show(c); c != nil {
			shown = append(shown, c)
		}
	}
	return shown
}
