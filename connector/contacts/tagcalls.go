package contacts

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
)

// tagCall is one change of tags, made to many contacts at once, and the people
// who need it; or one link to a business.
type tagCall struct {
	link     *link // nil: it is of tags
	remove   bool
	tags     []string
	contacts []string
	people   map[string][]*person // by contact
}

func (c *tagCall) enter(contact string, people ...*person) {
	if c.people[contact] == nil {
		c.contacts = append(c.contacts, contact)
	}
	c.people[contact] = append(c.people[contact], people...)
}

// subjects are the contacts of a call, as they are known, and for whom it is.
func (r *run) subjects(c *tagCall) []gateway.Subject {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]gateway.Subject, len(c.contacts))
	for i, id := range c.contacts {
		out[i] = gateway.Subject{ID: id, Have: c.people[id][0].contact(id), Of: c.people[id][0].origin()}
		for _, p := range c.people[id][1:] {
			out[i].Of.Lines = append(out[i].Of.Lines, p.origin().Lines...)
		}
	}
	return out
}

// contact is one of the person's contacts, as it is known; nil if it is none.
func (p *person) contact(id string) *crm.Contact {
	if p.have != nil && p.have.ID == id {
		return p.have
	}
	if i := slices.IndexFunc(p.matches, func(c *crm.Contact) bool { return c.ID == id }); i >= 0 {
		return p.matches[i]
	}
	return nil
}

// isFor reports whether a call is made for one of these records.
func (c *tagCall) isFor(these func(*load.Record) bool) bool {
	for _, people := range c.people {
		for _, p := range people {
			if slices.ContainsFunc(p.records, func(rec record) bool { return these(rec.Record) }) {
				return true
			}
		}
	}
	return false
}

// tagCalls are the fewest calls that change the tags of people as they need it,
// in the order of the input. A call is for all who need the same tags, or for all
// who need one tag, whatever else they need: people with any of six tags take up
// to 63 calls of the first kind, and six of the second.
func tagCalls(people []*person) []*tagCall {
	people = slices.SortedStableFunc(slices.Values(people), func(a, b *person) int {
		return cmp.Compare(a.records[0].Line, b.records[0].Line)
	})
	var bySet, byTag callIndex
	var graph [][]int // the tags of each set
	for _, p := range people {
		for _, change := range p.pendingTags() {
			slices.Sort(change.tags)
			set := bySet.of(change.remove, change.tags...)
			if set == len(graph) {
				graph = append(graph, nil)
				for _, tag := range change.tags {
					graph[set] = append(graph[set], byTag.of(change.remove, tag))
				}
			}
			bySet.calls[set].enter(change.contact, p)
		}
	}
	alone := cover(graph, len(byTag.calls))
	var calls []*tagCall
	for i, set := range bySet.calls {
		var rest []string
		for j, tag := range set.tags {
			n := graph[i][j]
			if !alone[n] {
				rest = append(rest, tag)
				continue
			}
			if len(byTag.calls[n].contacts) == 0 {
				calls = append(calls, byTag.calls[n])
			}
			for _, id := range set.contacts {
				byTag.calls[n].enter(id, set.people[id]...)
			}
		}
		if set.tags = rest; len(rest) > 0 {
			calls = append(calls, set)
		}
	}
	return append(calls, linkCalls(people)...)
}

// callIndex finds calls by what they change.
type callIndex struct {
	calls   []*tagCall
	numbers map[string]int
}

// of is the number of a call, which is made if there is none.
func (x *callIndex) of(remove bool, tags ...string) int {
	name := strconv.FormatBool(remove) + "\x00" + strings.Join(tags, "\x00")
	n, known := x.numbers[name]
	if !known {
		n = len(x.calls)
		if x.numbers == nil {
			x.numbers = map[string]int{}
		}
		x.numbers[name] = n
		x.calls = append(x.calls, &tagCall{remove: remove, tags: tags, people: map[string][]*person{}})
	}
	return n
}
