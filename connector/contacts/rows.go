package contacts

import (
	"cmp"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/trouble"
)

// rows remembers to which contacts rows of a stream's primary key have been
// written in this sync, so that a row whose email or phone has changed since is
// not taken for somebody new. It knows the latest rows only, some 50,000 shared
// among the streams of a sync, and none whose contact carries the primary key itself
// as a key. A nil rows remembers nothing. It is not safe for concurrent use.
type rows struct {
	isKey       func(field string) bool // reports whether it holds the primary key, and nothing else
	most        int                     // in one generation
	now, before rowsOf
}

// rowsOf is the contact of each row, and the row that each contact had last.
type rowsOf struct {
	contact map[uint64]string
	owner   map[string]uint64
}

func newRowsOf() rowsOf { return rowsOf{map[uint64]string{}, map[string]uint64{}} }

// newRows returns nil for a stream that has no rows: one without a primary key,
// or one that is appended to.
func newRows(s *stream, streams int) *rows {
	if len(s.PrimaryKey) == 0 || !s.unique() {
		return nil
	}
	keys := s.Plan.RowKeys()
	isKey := func(field string) bool { return slices.Contains(keys, field) && s.IsOnlyFed(field) }
	return &rows{isKey: isKey, most: mostRows / max(1, streams), now: newRowsOf(), before: newRowsOf()}
}

// mostRows is how many rows one generation of the memories of all streams holds.
const mostRows = 50_000

// remember enters the contact that a record was written to.
func (r *rows) remember(e *entry, c *crm.Contact) {
	if r == nil || e.row == 0 || c.ID == "" || r.isEvident(e, c) {
		return
	}
	if len(r.now.contact) >= r.most {
		r.now, r.before = newRowsOf(), r.now
	}
	r.now.contact[e.row], r.now.owner[c.ID] = c.ID, e.row
}

// isEvident reports whether a record's most trusted key is its primary key and nothing
// else, which its contact carries: so every version of the row leads there. But what is
// remembered of either must not become wrong.
func (r *rows) isEvident(e *entry, c *crm.Contact) bool {
	if len(e.want.Keys) == 0 || !r.isKey(e.want.Keys[0].Field) || !c.Carries(e.want.Keys[0]) {
		return false
	}
	return cmp.Or(r.now.contact[e.row], r.before.contact[e.row]) == "" && cmp.Or(r.now.owner[c.ID], r.before.owner[c.ID]) == 0
}

// contact is the id of the contact that a row was written to, and no other row
// since; "" if there is none that is known.
func (r *rows) contact(row uint64) string {
	if r == nil || row == 0 {
		return ""
	}
	id := cmp.Or(r.now.contact[row], r.before.contact[row])
	if cmp.Or(r.now.owner[id], r.before.owner[id]) != row {
		return ""
	}
	return id
}

// recall accepts deletes with the primary key alone, as some sources send them,
// if the sync has delivered the row.
func recall(entries []*entry) {
	isOfRow := func(e *entry) bool {
		return e.row != 0 && e.want.Deleted && e.Reject != nil && e.Reject.Code == trouble.NoIdentifier
	}
	if !slices.ContainsFunc(entries, isOfRow) {
		return
	}
	here := map[uint64]bool{}
	for _, e := range entries {
		if isOfRow(e) && (here[e.row] || e.stream.rows.contact(e.row) != "") {
			e.Reject = nil
		}
		here[e.row] = here[e.row] || e.Reject == nil
	}
}
