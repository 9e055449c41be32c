package load

import (
	"time"

	"destination-gohighlevel/connector/object"
)

// Limits say when a window is closed and handed on.
type Limits struct {
	Records int           // at most so many records
	Bytes   int           // at most so many bytes of records, one record excepted
	Age     time.Duration // at the latest so long after its first record
	State   time.Duration // at the latest so long after its first state
}

// DefaultLimits keep lookups full (a multiple of their batch), memory bounded
// and states far below the platform's limit of 15 minutes between two.
var DefaultLimits = Limits{Records: 1000, Bytes: 32 << 20, Age: 20 * time.Second, State: 5 * time.Second}

// window is a run of records in the order of arrival.
type window struct {
	entries []entry
	bytes   int
	due     time.Time // zero while nothing is in it
}

func (w *window) add(e entry, bytes int, l Limits) {
	w.entries = append(w.entries, e)
	w.bytes += bytes
	w.dueBy(time.Now().Add(l.Age))
}

// state notes that a state waits for what is in the window.
func (w *window) state(l Limits) { w.dueBy(time.Now().Add(l.State)) }

func (w *window) dueBy(t time.Time) {
	if w.due.IsZero() || t.Before(w.due) {
		w.due = t
	}
}

// full reports that nothing more may be added.
func (w *window) full(l Limits) bool { return len(w.entries) >= l.Records || w.bytes >= l.Bytes }

// part is the records of a window for one target.
type part struct {
	target  object.Target
	entries []entry
}

// parts gives the records by target, in the order of their first ones.
func parts(entries []entry) []*part {
	of := map[object.Target]*part{}
	var out []*part
	for _, e := range entries {
		p := of[e.stream.Target]
		if p == nil {
			p = &part{target: e.stream.Target}
			of[e.stream.Target] = p
			out = append(out, p)
		}
		p.entries = append(p.entries, e)
	}
	return out
}
