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

// tags brings the tags of contacts up to date, with one call for all contacts
// that need the same change.
func (r *run) tags(ctx context.Context, s *Stream, groups []*tagGroup) error {
	for _, g := range groups {
		refused, err := s.Target.ChangeTags(ctx, object.TagChange{Remove: g.remove, Tags: g.tags, Contacts: g.order})
		if err != nil {
			return err
		}
		for id, same := range g.people {
			for _, p := range same {
				p.done = true
				if reject, bad := refused[id]; bad {
					p.reject = &reject
					continue
				}
				p.tagged(g)
				r.known[s.Target].wrote(p.have)
			}
		}
	}
	return nil
}

// groupTags sorts people by the change of tags they need. They are not done
// until it is made.
func groupTags(s *Stream, people []*person) []*tagGroup {
	groups := map[string]*tagGroup{}
	var order []*tagGroup
	for _, p := range people {
		tags := p.missingTags(s)
		if len(tags) == 0 {
			continue
		}
		p.done = false
		slices.Sort(tags)
		name := strings.Join(append(tags, map[bool]string{true: "-"}[p.want.Deleted]), "\x00")
		g := groups[name]
		if g == nil {
			g = &tagGroup{remove: p.want.Deleted, tags: tags, people: map[string][]*person{}}
			groups[name] = g
			order = append(order, g)
		}
		if g.people[p.have.ID] == nil {
			g.order = append(g.order, p.have.ID)
		}
		g.people[p.have.ID] = append(g.people[p.have.ID], p)
	}
	return order
}

// missingTags are the tags to add to the contact, or, where the source has
// deleted the record, the stream's own tags to remove from it.
func (p *person) missingTags(s *Stream) []string {
	if !p.done || p.reject != nil || p.have == nil {
		return nil
	}
	wanted := p.want.Tags
	if p.want.Deleted {
		wanted = s.Tags
	}
	var out []string
	for _, t := range wanted {
		t = strings.ToLower(strings.TrimSpace(t))
		if t != "" && hasTag(p.have, t) == p.want.Deleted && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// tagged notes on the person that the change was made.
func (p *person) tagged(g *tagGroup) {
	have := *p.have
	if g.remove {
		have.Tags = slices.DeleteFunc(slices.Clone(have.Tags), func(t string) bool {
			return slices.Contains(g.tags, strings.ToLower(t))
		})
		p.removed = true
	} else {
		have.Tags = append(slices.Clone(have.Tags), g.tags...)
		if p.status == object.Unchanged {
			p.status = object.Updated
		}
	}
	p.have = &have
}

func hasTag(c *crm.Contact, tag string) bool {
	return slices.ContainsFunc(c.Tags, func(t string) bool { return strings.EqualFold(t, tag) })
}
