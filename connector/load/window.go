package load

import (
	"time"

	"destination-gohighlevel/connector/airbyte"
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

// lane is a part of a window that is written in one go: records of the same
// object in the same mode. Where a location allows duplicates and append asks
// for one contact per record, deletes are a lane of their own between those of
// the inserts before and after them; so are deletes among records of other
// streams.
type lane struct {
	target  object.Target
	mode    airbyte.SyncMode
	matches bool
	entries []entry
	// only is the one stream of the lane; nil if it has several.
	only    *Stream
	deletes bool
}

// takes reports whether an entry may be merged with those of the lane. A
// delete speaks for its own stream alone.
func (l *lane) takes(e entry) bool {
	if l == nil || l.matches != (e.want.Deleted || e.stream.matches()) {
		return false
	}
	return l.only == e.stream || !l.deletes && !e.want.Deleted
}

// lanes gives the parts of the window in the order of their first record.
func (w *window) lanes() []*lane {
	type kind struct {
		target object.Target
		mode   airbyte.SyncMode
	}
	latest := map[kind]*lane{}
	var out []*lane
	for _, e := range w.entries {
		of := kind{e.stream.Target, e.stream.Mode}
		l := latest[of]
		if !l.takes(e) {
			l = &lane{target: of.target, mode: of.mode, matches: e.want.Deleted || e.stream.matches(), only: e.stream}
			latest[of] = l
			out = append(out, l)
		}
		if l.only != e.stream {
			l.only = nil
		}
		l.deletes = l.deletes || e.want.Deleted
		l.entries = append(l.entries, e)
	}
	return out
}
