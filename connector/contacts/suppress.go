package contacts

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
	"destination-gohighlevel/connector/words"
)

// Suppressions describes lists of people who must not be contacted. Whoever has
// any key of a record is meant, also several contacts; they are written like the
// contacts of a delete that says "stop" and nothing else. What a sync has named
// holds for all that it writes later, see [suppressed].
func Suppressions() object.Descriptor {
	table := crm.Suppressions.Table()
	return object.Descriptor{
		Name:  table.Kind().Name,
		Modes: []airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup},
		Table: func(context.Context, *ghl.Client) (*crm.Table, error) { return table, nil },
		Of:    crm.Contacts.Name,
		As:    func(of object.Location) object.Location { return suppressions{of, table} },
	}
}

// suppressions is the contacts of a location, as lists of people name them.
type suppressions struct {
	of    object.Location
	table *crm.Table
}

func (s suppressions) Facts() object.Facts { return s.of.Facts() }
func (s suppressions) Table() *crm.Table   { return s.table }
func (s suppressions) Pretended() int64    { return 0 } // the contacts tell
func (s suppressions) Writer(streams []*object.Stream, o object.Options) load.Object {
	return s.of.Writer(streams, o)
}

// suppresses reports whether the records of a stream name people who must not be
// contacted.
func suppresses(s *object.Stream) bool { return s.In.Table().Kind() == crm.Suppressions }

// suppressed remembers, as hashes, whom the sync has named who must not be
// contacted, so that nobody of them is created contactable or given a tag later;
// and whom it has written, so that who is named after that loses the tags again.
// A nil suppressed keeps nothing. It is not safe for concurrent use.
type suppressed struct {
	lists   []named
	written numbers           // by contact: the set of tags that the sync has given it, from 1
	sets    [][]string        // of tags
	setOf   map[string]uint32 // by its tags
	late    int               // contacts that were named after they were written
}

// named are the keys and contacts of which the sync has said the same stops.
type named struct {
	stops map[string]crm.Value
	keys  *numbers
}

func newSuppressed() *suppressed {
	s := &suppressed{setOf: map[string]uint32{}}
	s.set(nil) // the first: of who has got no tag
	return s
}

// name enters keys of which a record says stops.
func (s *suppressed) name(stops map[string]crm.Value, keys ...crm.Key) {
	i := slices.IndexFunc(s.lists, func(n named) bool {
		return maps.EqualFunc(n.stops, stops, func(a, b crm.Value) bool { return a.Data == b.Data })
	})
	if i < 0 {
		i = len(s.lists)
		s.lists = append(s.lists, named{stops, &numbers{}})
	}
	for _, k := range keys {
		s.lists[i].keys.put(hashKey(k), 1)
	}
}

// apply adds to what a person asks for the stops that the sync has said of it, by
// one of its marks or of the keys of its contact.
func (s *suppressed) apply(p *person, keysOf func(*crm.Contact) []crm.Key) {
	if s == nil || p.want.Deleted {
		return
	}
	var keys []crm.Key
	if p.have != nil {
		keys = keysOf(p.have)
	}
	for _, n := range s.lists {
		if !slices.ContainsFunc(p.marks, func(m mark) bool { return n.keys.get(m.hash) > 0 }) &&
			!slices.ContainsFunc(keys, func(k crm.Key) bool { return n.keys.get(hashKey(k)) > 0 }) {
			continue
		}
		if len(p.want.Lacking(p.tags())) > 0 {
			p.notes = append(p.notes, trouble.Note{Field: "tags", Rule: "not given: the person is in a stream of suppressions"})
		}
		p.want.Suppress(n.stops)
	}
}

// tags are those that the person's contact has, if there is one.
func (p *person) tags() []string {
	if p.have == nil {
		return nil
	}
	return p.have.Tags
}

// account enters a person who is done.
func (s *suppressed) account(p *person) {
	switch {
	case s == nil:
	case p.suppresses():
		for _, c := range p.matches {
			id := crm.IDKey(c.ID)
			s.name(p.want.Values, id)
			if s.written.get(hashKey(id)) > 0 {
				s.late++
			}
			s.written.put(hashKey(id), 0)
		}
	case p.have != nil && !p.deletes() && p.status != load.Unchanged:
		s.written.put(hashKey(crm.IDKey(p.have.ID)), s.set(slices.Concat(p.addedTags, s.given(p.have.ID))))
	}
}

// mostTagSets is how many different sets of tags are remembered, each in memory of its
// own: who gets yet another one keeps it when named later.
const mostTagSets = 1 << 20

// set is the number of a set of tags, from 1.
func (s *suppressed) set(tags []string) uint32 {
	slices.Sort(tags)
	tags = slices.Compact(tags)
	all := strings.Join(tags, "\x00")
	n, known := s.setOf[all]
	if !known && len(s.sets) < mostTagSets {
		s.sets = append(s.sets, tags)
		n = uint32(len(s.sets))
		s.setOf[all] = n
	}
	return max(1, n)
}

// given are the tags that the sync has given a contact.
func (s *suppressed) given(id string) []string {
	if n := s.written.get(hashKey(crm.IDKey(id))); n > 0 {
		return s.sets[n-1]
	}
	return nil
}

// suppresses reports whether the person's records name whoever has their keys.
func (p *person) suppresses() bool { return p.first().stream.suppresses }

// everybody finds all contacts that have one of the person's keys.
func (f *finder) everybody(p *person) (contacts []*crm.Contact) {
	for _, key := range p.first().want.Keys {
		for _, c := range f.with(key) {
			if !slices.Contains(contacts, c) {
				contacts = append(contacts, c)
			}
		}
	}
	return contacts
}

// suppress writes the stops of a record to all whom it names. Where nobody is
// found by an email or phone the primary store is asked, as for deletes.
func (r *run) suppress(ctx context.Context, f *finder, p *person) error {
	p.status = load.Unchanged
	for _, c := range slices.Clone(p.matches) {
		if err := r.suppressOne(ctx, f, p, c); err != nil {
			return err
		}
	}
	p.stage = written
	for _, key := range p.first().want.Keys {
		if !key.Identifies() || slices.ContainsFunc(p.matches, func(c *crm.Contact) bool { return c.Carries(key) }) {
			continue
		}
		have, reject, err := r.lookup(ctx, f, crm.Desired{Keys: []crm.Key{key}})
		if err != nil {
			return err
		}
		p.reject = cmp.Or(p.reject, reject)
		if have == nil || slices.ContainsFunc(p.matches, func(c *crm.Contact) bool { return c.ID == have.ID }) {
			continue
		}
		p.matches = append(p.matches, have)
		if err := r.suppressOne(ctx, f, p, have); err != nil {
			return err
		}
	}
	return nil
}

// suppressOne writes the stops to one contact, which then loses the tags that the
// sync has given it, and the streams' own: a run that was killed may have given them.
func (r *run) suppressOne(ctx context.Context, f *finder, p *person, c *crm.Contact) error {
	if err := r.tighten(ctx, f, p, c); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	tags := slices.Clone(f.suppressed.given(c.ID))
	for _, now := range p.matches { // as the answer has told it, not search
		if now.ID == c.ID {
			tags = append(tags, r.ownTags(now)...)
		}
	}
	if slices.Sort(tags); len(tags) > 0 {
		if p.given == nil {
			p.given = map[string][]string{}
		}
		p.given[c.ID] = slices.Compact(tags)
	}
	return nil
}

// ownTags are the own tags of any stream that a contact carries.
func (r *run) ownTags(c *crm.Contact) (tags []string) {
	for _, s := range r.streams {
		tags = append(tags, s.ownTags(c)...)
	}
	return tags
}

// givenBack are the tags that a contact is still to lose since it was named.
func (p *person) givenBack(id string) []string {
	return slices.DeleteFunc(slices.Clone(p.given[id]), func(t string) bool { return slices.Contains(p.takenTags[id], t) })
}

// tellLate tells how many were written before they were named.
func (r *run) tellLate() {
	if s := r.finder.suppressed; s != nil && s.late > 0 {
		r.Log.Warn().Msgf("%s written before a stream of suppressions named them: they are on do not disturb now, and have lost the tags that it gave them. Have the source deliver that stream first",
			words.Plural(s.late, "contact was", "contacts were"))
	}
}
