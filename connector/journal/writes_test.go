package journal

import (
	"testing"
	"time"
)

// TestWhoseTheLastChangeWas: our own changes hide what others did before them, not what they do after.
func TestWhoseTheLastChangeWas(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 3, 1, 12, minute, 0, 0, time.UTC) }
	told := func(minute int) *time.Time { t := at(minute); return &t }
	w := WritesOf("loc1", "contacts")
	ours := func(op Op, id string, others *time.Time, from, to int) {
		w.add(begun{Op: op, Object: "contacts", ID: id, Others: others, At: at(from)}, ended{At: at(to)})
	}
	ours(Update, "a", told(10), 20, 21)
	ours(AddTags, "a", told(21), 22, 23) // a search that has shown our own change
	ours(Update, "b", told(10), 20, 21)
	ours(Update, "b", told(30), 40, 41) // others came between
	ours(Create, "c", nil, 20, 21)
	ours(Update, "d", nil, 20, 21) // an old journal does not tell of others
	ours(Update, "e", &time.Time{}, 20, 21)
	for _, c := range []struct {
		id                string
		changed, byOthers time.Time
	}{
		{"a", at(23), at(10)}, {"a", at(24), at(24)}, {"b", at(41), at(30)}, {"c", at(21), time.Time{}}, {"c", at(22), at(22)},
		{"d", at(21), at(20)}, {"e", at(21), time.Time{}}, {"unknown", at(5), at(5)},
	} {
		if got := w.Others(c.id, c.changed); !got.Equal(c.byOthers) {
			t.Errorf("%s, changed at %v: others at %v, not %v", c.id, c.changed, got, c.byOthers)
		}
	}
	w = WritesOf("loc1", "contacts")
	w.most = 2
	for _, id := range []string{"x", "y", "z", "u", "v"} { // the oldest are forgotten, and then taken for changed by others
		ours(Create, id, nil, 20, 21)
	}
	if len(w.now)+len(w.before) > 4 || !w.Others("x", at(21)).Equal(at(21)) {
		t.Errorf("%d and %d are remembered", len(w.now), len(w.before))
	}
	if got := (*Writes)(nil).Others("a", at(1)); !got.Equal(at(1)) {
		t.Error(got)
	}
}
