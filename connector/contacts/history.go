package contacts

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// history remembers with which cursors the people of a stream were written in
// this sync, so that a record that comes late does not undo a newer one: not
// in the same window, nor in a later one. What the newer one did not mention is
// still taken from the older.
//
// It remembers some 50,000 people, shared among the streams of a sync. It is
// not safe for concurrent use.
type history struct {
	most        int              // keys in one generation
	now, before map[uint64]*past // by hash of a key
	sets        map[string][]string
	last        []string // of the sets that was used last
	names       []string // scratch
	id          []byte   // scratch
}

// past is what was written of one person, the newest last.
type past struct {
	versions []version
	one      [1]version // room for most
}

// version is a cursor, and the fields that were written with it.
type version struct {
	cursor  json.RawMessage
	fields  []string
	deleted bool
}

// mostRemembered is how many keys of people one generation of the memories of
// all streams holds.
const mostRemembered = 150_000

func newHistory(streams int) *history {
	return &history{most: mostRemembered / max(1, streams), now: map[uint64]*past{}, sets: map[string][]string{}}
}

// of finds what is remembered of a person. Of the contacts of a delete each has a
// past of its own: see keepNewer.
func (h *history) of(p *person) *past {
	for name := range p.names {
		if found := h.at(name); found != nil {
			return found
		}
	}
	if p.have != nil && !p.deletes() {
		return h.at(hashKey(crm.IDKey(p.have.ID)))
	}
	return nil
}

// names yields the hashes of the keys that a person is matched by, and of its rows.
func (p *person) names(yield func(uint64) bool) {
	for _, k := range p.want.Keys {
		if !yield(p.hash(k)) {
			return
		}
	}
	for _, m := range p.marks {
		if m.Field == rowMark && !yield(m.hash) {
			return
		}
	}
}

// hash is that of a key, which is one of the person's marks but for few.
func (p *person) hash(k crm.Key) uint64 {
	for i := range p.marks {
		if p.marks[i].Key == k {
			return p.marks[i].hash
		}
	}
	return hashKey(k)
}

// outrun reports whether a newer version of the person's row was written: then an
// older one means whom that one meant.
func (p *person) outrun() bool {
	r := p.records[len(p.records)-1]
	if !r.stream.dated() || r.row == 0 {
		return false
	}
	known := r.stream.history.at(r.marks[len(r.marks)-1].hash)
	return known != nil && slices.ContainsFunc(known.versions, func(v version) bool { return object.CompareCursors(v.cursor, r.cursor) > 0 })
}

// at finds what is remembered under the hash of one key.
func (h *history) at(hash uint64) *past { return cmp.Or(h.now[hash], h.before[hash]) }

// remember enters what has been written.
func (h *history) remember(s *stream, p *person) {
	known := h.of(p)
	if known == nil {
		known = &past{}
		known.versions = known.one[:0]
	}
	for _, r := range p.records {
		if r.stream == s && !r.void {
			known.add(version{slices.Clone(r.cursor), h.set(&r.want), r.want.Deleted})
		}
	}
	if len(h.now) >= h.most {
		h.now, h.before = map[uint64]*past{}, h.now
	}
	for name := range p.names {
		h.now[name] = known
	}
	if p.have != nil {
		h.now[hashKey(crm.IDKey(p.have.ID))] = known
	}
	if p.deletes() {
		for _, c := range p.matches {
			h.now[hashKey(crm.IDKey(c.ID))] = known
		}
	}
}

// clone is a copy that can be added to. Nil is a past without versions.
func (p *past) clone() past {
	if p == nil {
		return past{}
	}
	return past{versions: slices.Clone(p.versions)}
}

// outdate is what a record asks for without what newer ones have said. A record
// older than a delete says nothing more, and neither does a delete older than
// what was written; but a "stop" lasts, for in time it would not have been
// lifted. void says that nothing is left.
func (p *past) outdate(want crm.Desired, cursor json.RawMessage) (left crm.Desired, void bool) {
	if p == nil {
		return want, false
	}
	for _, v := range p.versions {
		if object.CompareCursors(v.cursor, cursor) <= 0 {
			continue
		}
		if v.deleted || want.Deleted {
			left = want.LastingStops()
			left.Deleted = v.deleted
			return left, len(left.Values) == 0
		}
		want.Values, want.Links = maps.Clone(want.Values), maps.Clone(want.Links)
		for _, field := range v.fields {
			delete(want.Links, field)
			if !crm.Lasts(field, want.Values[field]) {
				delete(want.Values, field)
			}
		}
	}
	return want, false
}

// add enters a version, and takes its fields out of those that are not newer.
func (p *past) add(v version) {
	kept := p.versions[:0]
	for _, old := range p.versions {
		if object.CompareCursors(old.cursor, v.cursor) <= 0 {
			if old.fields = without(old.fields, v.fields); len(old.fields) == 0 {
				continue
			}
		}
		kept = append(kept, old)
	}
	p.versions = kept
	if len(v.fields) > 0 || v.deleted {
		p.versions = append(kept, v)
	}
}

// without subtracts sorted names.
func without(fields, gone []string) []string {
	if slices.Equal(fields, gone) {
		return nil
	}
	var left []string
	for _, f := range fields {
		if _, ok := slices.BinarySearch(gone, f); !ok {
			left = append(left, f)
		}
	}
	return left
}

// set is the sorted names of the fields, one slice for all records alike.
func (h *history) set(want *crm.Desired) []string {
	if !isSet(h.last, want) {
		h.last = h.setOf(want)
	}
	return h.last
}

// isSet reports whether names are those of the fields.
func isSet(names []string, want *crm.Desired) bool {
	if len(names) == 0 || len(names) != len(want.Values)+len(want.Links) {
		return false
	}
	for _, name := range names {
		_, value := want.Values[name]
		_, link := want.Links[name]
		if value == link {
			return false
		}
	}
	return true
}

func (h *history) setOf(want *crm.Desired) []string {
	h.names, h.id = h.names[:0], h.id[:0]
	for name := range want.Values {
		h.names = append(h.names, name)
	}
	for name := range want.Links {
		h.names = append(h.names, name)
	}
	slices.Sort(h.names)
	for _, name := range h.names {
		h.id = append(append(h.id, name...), 0)
	}
	if same, ok := h.sets[string(h.id)]; ok {
		return same
	}
	names := slices.Clone(h.names)
	if len(h.sets) < mostSets {
		h.sets[string(h.id)] = names
	}
	return names
}

// mostSets bounds the memory of sets of fields.
const mostSets = 1000
