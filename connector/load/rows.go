package load

import (
	"hash/maphash"
	"slices"

	"destination-gohighlevel/connector/crm"
)

// rows remembers to which contacts rows of a stream's primary key have been
// written in this sync, so that a row whose email or phone has changed since is
// not taken for somebody new. It knows the latest rows only, some 50,000 shared
// among the streams of a sync. A nil rows remembers nothing. It is not safe for
// concurrent use.
type rows struct {
	most        int // in one generation
	now, before map[uint64]string
}

// newRows returns nil for a stream that has no rows: one without a primary key,
// or one that is appended to.
func newRows(s *Stream, streams int) *rows {
	if len(s.PrimaryKey) == 0 || !s.unique() {
		return nil
	}
	return &rows{most: mostRows / max(1, streams), now: map[uint64]string{}, before: map[uint64]string{}}
}

// mostRows is how many rows one generation of the memories of all streams holds.
const mostRows = 50_000

// remember enters the contact of a row.
func (r *rows) remember(row uint64, id string) {
	if r == nil || row == 0 || id == "" {
		return
	}
	if len(r.now) >= r.most {
		r.now, r.before = map[uint64]string{}, r.now
	}
	r.now[row] = id
}

// contact is the id of the contact that a row was written to, "" if unknown.
func (r *rows) contact(row uint64) string {
	if r == nil {
		return ""
	}
	if id, ok := r.now[row]; ok {
		return id
	}
	return r.before[row]
}

// recall lets records be found by the contact that their rows were written to.
func recall(entries []entry) {
	for i, e := range entries {
		id := e.stream.rows.contact(e.row)
		if id != "" && !slices.ContainsFunc(e.want.Keys, func(k crm.Key) bool { return k.Field == "id" }) {
			entries[i].want.Keys = append([]crm.Key{crm.IDKey(id)}, e.want.Keys...)
		}
	}
}

// row stands for the values of a record's primary key; 0 if it has none, or not
// all of it, or the stream has no rows.
func (s *Stream) row(c *columns) uint64 {
	if s.rows == nil {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(keySeed)
	for _, path := range s.PrimaryKey {
		value := c.at(path)
		if value == nil {
			return 0
		}
		_, _ = h.Write(value)
		_ = h.WriteByte(0)
	}
	_, _ = h.WriteString(s.ID.String())
	return h.Sum64()
}
