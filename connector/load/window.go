package load

import (
	"time"

	"destination-gohighlevel/connector/airbyte"
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

// streams gives the entries of each stream in their order, the streams in the
// order of their first record.
func (w *window) streams() [][]entry {
	at := map[airbyte.StreamID]int{}
	var out [][]entry
	for _, e := range w.entries {
		i, ok := at[e.stream.ID]
		if !ok {
			i = len(out)
			at[e.stream.ID] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], e)
	}
	return out
}
