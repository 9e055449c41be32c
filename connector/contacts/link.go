package contacts

import (
	"cmp"
	"context"
	"slices"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/trouble"
)

// link is the business that a person is to be linked to.
type link struct {
	id     string // "": none, unless it is to be created
	create string // the name of one that is to be created; "": none is
}

// leaveLinks takes out of records the businesses that are not there, with a note
// unless they may come later: what an earlier record of the person has named stays.
func (r *run) leaveLinks(ctx context.Context, entries []*entry) error {
	for _, e := range entries {
		link := e.want.Links[gateway.LinkField]
		name, named := link.Data.(string)
		if !named || r.Businesses == nil {
			continue
		}
		found, err := r.Businesses.Find(ctx, name)
		if err != nil {
			return err
		}
		switch {
		case found.Why == "":
			continue
		case found.Later:
			e.late = &lateLink{business: link}
		default:
			note := noLink(e.stream, found.Why)
			e.Notes = append(e.Notes, note)
			e.stream.Note(e.Line, note)
		}
		delete(e.want.Links, gateway.LinkField)
	}
	return nil
}

// findBusinesses decides what the people of a turn are to be linked to.
func (r *run) findBusinesses(ctx context.Context, turn []*person) error {
	for _, p := range turn {
		want, given := p.want.Links[gateway.LinkField]
		if !given || r.Businesses == nil || p.stage != waiting || p.reject != nil || p.deletes() || p.void() {
			continue
		}
		if held, told := p.business(); want.When == crm.IfEmpty && told && held != "" {
			continue
		}
		name, named := want.Data.(string)
		if !named {
			p.link = &link{}
			p.yieldLink(want)
			continue
		}
		found, err := r.Businesses.Find(ctx, name)
		switch {
		case err != nil:
			return err
		case found.Missing:
			p.link = &link{create: name}
		case found.Why != "":
			p.unlinked(found.Why)
		default:
			p.link = &link{id: found.ID}
		}
		p.yieldLink(want)
	}
	return nil
}

// yieldLink leaves a link that others have changed after the record.
func (p *person) yieldLink(want crm.Value) {
	if p.linkDiffers() && want.Yields(p.have) {
		p.link = nil
		p.notes = append(p.notes, crm.OlderNote(gateway.LinkField, want))
	}
}

// unlinked gives a link up, with a note.
func (p *person) unlinked(why string) {
	p.link = nil
	p.notes = append(p.notes, noLink(p.stream(), why))
}

func noLink(s *stream, why string) trouble.Note {
	return trouble.Note{Field: gateway.LinkField, Column: s.ColumnOf(gateway.LinkField), Rule: why, Dropped: true}
}

// business is the id of the business of the person's contact, and whether it is
// known.
func (p *person) business() (id string, told bool) {
	if p.have == nil {
		return "", true
	}
	held, told := p.have.Held(gateway.LinkField)
	id, _ = held.(string)
	return id, told
}

// linkDiffers reports whether the contact is to be linked to another business, or to
// none.
func (p *person) linkDiffers() bool {
	if p.link == nil {
		return false
	}
	id, told := p.business()
	return p.link.create != "" || !told || id != p.link.id
}

// lacksLink reports whether all but the link is written.
func (p *person) lacksLink() bool {
	return p.stage == written && p.reject == nil && p.have != nil && !p.void() && p.linkDiffers()
}

// linkCalls are the fewest calls that link people to their businesses, which come
// in the order of the input.
func linkCalls(people []*person) (calls []*tagCall) {
	open := map[link]*tagCall{}
	for _, p := range people {
		if !p.lacksLink() {
			continue
		}
		to := link{id: p.link.id, create: crm.KeyOf("name", p.link.create).Value} // in any case
		c := open[to]
		if c == nil || len(c.contacts) == gateway.MaxLink && c.people[p.have.ID] == nil {
			c = &tagCall{link: p.link, people: map[string][]*person{}}
			open[to] = c
			calls = append(calls, c)
		}
		c.enter(p.have.ID, p)
	}
	return calls
}

// linkTo links contacts to one business, which it creates if need be, and returns
// who needs nothing else.
func (r *run) linkTo(ctx context.Context, f *finder, c *tagCall) (complete []*person, err error) {
	business, reject, subjects := c.link.id, (*trouble.Reject)(nil), r.subjects(c)
	if c.link.create != "" {
		if business, reject, err = r.Businesses.Create(ctx, c.link.create, subjects[0].Of); err != nil {
			return nil, err
		}
	}
	var gone []string
	if reject == nil {
		if gone, reject, err = f.target.Link(ctx, business, subjects); err != nil {
			return nil, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range c.contacts {
		for _, p := range c.people[id] {
			p.open--
			switch {
			case !p.isAbout(id): // the call before has found it gone
			case reject != nil:
				p.unlinked("not linked: " + reject.Reason)
			case slices.Contains(gone, id):
				f.gone(id)
				p.startOver()
			default:
				r.linked(f, p, business)
			}
			if p.open == 0 {
				complete = append(complete, p)
			}
		}
	}
	return complete, nil
}

// linked enters that a person's contact has this business now.
func (r *run) linked(f *finder, p *person, business string) {
	before, _ := p.business()
	p.have = crm.Apply(p.have, crm.Change{Set: map[string]any{gateway.LinkField: gateway.Linked(business)}})
	p.link = nil
	f.tagged(p.have)
	if p.status == load.Unchanged {
		p.status = load.Updated
	}
	p.linkedFrom, p.linkedTo = r.nameOf(before), r.nameOf(business)
}

// nameOf is what a business is called, nil for none.
func (r *run) nameOf(id string) any {
	if id == "" {
		return nil
	}
	return cmp.Or(r.Businesses.Name(id), id)
}
