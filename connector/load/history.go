package load

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

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
}

// past is what was written of one person, the newest last; no field is in two
// versions.
type past struct{ versions []version }

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

// outdate leaves out what newer records of earlier windows have said.
func outdate(people []*person) {
	for _, p := range people {
		changed := false
		for _, s := range p.streams() {
			changed = s.dated() && s.history.outdate(s, p) || changed
		}
		if changed {
			p.merge()
		}
		if p.void {
			p.status, p.done = object.Unchanged, true
		}
	}
}

// of finds what is remembered of a person.
func (h *history) of(p *person) *past {
	keys := p.want.Keys
	if p.have != nil {
		keys = append(slices.Clone(keys), crm.IDKey(p.have.ID))
	}
	for _, k := range keys {
		at := hashKey(k)
		if found := h.now[at]; found != nil {
			return found
		}
		if found := h.before[at]; found != nil {
			return found
		}
	}
	return nil
}

// outdate takes out of a person's records what newer ones of the stream have
// said already.
func (h *history) outdate(s *Stream, p *person) (changed bool) {
	known := h.of(p)
	if known == nil {
		return false
	}
	for i := range p.pieces {
		if p.pieces[i].stream == s && known.outdate(&p.pieces[i]) {
			changed = true
		}
	}
	return changed
}

// remember enters what has been written.
func (h *history) remember(s *Stream, p *person) {
	known := h.of(p)
	if known == nil {
		known = &past{}
	}
	for _, piece := range p.pieces {
		if piece.stream == s && !piece.void {
			known.add(version{slices.Clone(piece.cursor), h.set(piece.want.Values), piece.want.Deleted})
		}
	}
	if len(h.now) >= h.most {
		h.now, h.before = map[uint64]*past{}, h.now
	}
	for _, k := range p.want.Keys {
		h.now[hashKey(k)] = known
	}
	if p.have != nil {
		h.now[hashKey(crm.IDKey(p.have.ID))] = known
	}
}

// outdate takes out of a record what newer ones have said, and reports whether
// that is anything. A record older than a delete is void, and so is a delete
// older than what was written; but a "stop" lasts, for in time it would not have
// been lifted.
func (p *past) outdate(r *piece) (changed bool) {
	for _, v := range p.versions {
		if compareCursors(v.cursor, r.cursor) <= 0 {
			continue
		}
		if v.deleted || r.want.Deleted {
			r.annul(v.deleted)
			return true
		}
		for _, field := range v.fields {
			if value, ok := r.want.Values[field]; ok && !crm.Lasts(field, value) {
				delete(r.want.Values, field)
				changed = true
			}
		}
	}
	return changed
}

// add enters a version, and takes its fields out of those that are not newer.
func (p *past) add(v version) {
	kept := p.versions[:0]
	for _, old := range p.versions {
		if compareCursors(old.cursor, v.cursor) <= 0 {
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
func (h *history) set(values map[string]crm.Value) []string {
	names := slices.Sorted(maps.Keys(values))
	id := strings.Join(names, "\x00")
	if same, ok := h.sets[id]; ok {
		return same
	}
	if len(h.sets) < mostSets {
		h.sets[id] = names
	}
	return names
}

// mostSets bounds the memory of sets of fields.
const mostSets = 1000
