package source

import (
	"encoding/json"
	"maps"
	"time"
)

// overlap is how far behind the newest change a read begins again: the search index
// has been seen to show a change up to a minute late.
const overlap = 75 * time.Second

// watermark is up to which change rows were handed over. Times are in milliseconds.
type watermark struct {
	// Cursor is the newest change that was handed over, 0 before the first.
	Cursor int64 `json:"cursor"`
	// Begun is when the pass began that the read is in or has last ended: what had
	// changed an overlap before was shown by then, what changed later comes in the next
	// pass, however long this one is interrupted.
	Begun int64 `json:"begun"`
	// Since is from when on the pass under way reads, 0 for all there is.
	Since int64 `json:"since,omitempty"`
	// Seen are the changes of rows, by id, that this pass has met and the next one meets
	// again; Before are those of the pass before, which this one meets again.
	Seen   map[string]int64 `json:"seen,omitempty"`
	Before map[string]int64 `json:"before,omitempty"`
}

// contactsState is where a read of contacts goes on.
type contactsState struct {
	watermark
	// At is where the pass under way is; nil once it has ended.
	At *searchPlace `json:"at,omitempty"`
	// Fields are the custom fields, once the pass has ended.
	Fields *keptFields `json:"fields,omitempty"`
}

// searchPlace is a place in a search in the order of changes.
type searchPlace struct {
	After json.RawMessage `json:"after"`
	ID    string          `json:"id"`
	Date  int64           `json:"date"`
}

// readState reads a state that a read has given; nil is that of one who has read nothing.
func readState(from json.RawMessage) (contactsState, error) {
	var s contactsState
	if !isBlank(from) && (json.Unmarshal(from, &s) != nil || !s.isValid() || s.At != nil && len(s.At.After) == 0) {
		return s, errForeignState
	}
	if s.Seen == nil {
		s.Seen = map[string]int64{}
	}
	return s, nil
}

var errForeignState = &StateError{"is not one that this stream has given; reset it to read everything again"}

// isBlank reports whether a state is that of one who has read nothing.
func isBlank(state json.RawMessage) bool {
	return len(state) == 0 || string(state) == "null" || string(state) == string(whole)
}

func (w *watermark) isValid() bool { return w.Begun > 0 && w.Cursor >= 0 }

// readPass is readState for a read of all: it goes on with a pass that was interrupted,
// and begins anew after one that has ended.
func readPass(from json.RawMessage) (contactsState, error) {
	s, err := readState(from)
	if err == nil && s.At == nil {
		return readState(nil)
	}
	return s, err
}

// isInterrupted implements [Stream.Interrupted]. A state that cannot be read is for Read to refuse.
func isInterrupted(state json.RawMessage) bool {
	s, err := readState(state)
	return err != nil || s.At != nil && s.Since == 0
}

// begin begins a pass, unless one is under way.
func (s *contactsState) begin(now time.Time) {
	if s.At == nil {
		s.watermark.begin(now, overlap)
	}
}

// begin begins a pass that reads again what has changed in the overlap.
func (w *watermark) begin(now time.Time, overlap time.Duration) {
	w.Since = w.next(overlap)
	w.Begun = now.UnixMilli()
	w.Before, w.Seen = w.Seen, map[string]int64{}
}

// next is from when on the pass after this one reads, 0 for all there is.
func (w *watermark) next(overlap time.Duration) int64 {
	return max(0, min(w.Cursor, w.Begun)-overlap.Milliseconds())
}

// isNew notes a change that is read, and reports whether it was not handed over before.
func (w *watermark) isNew(id string, changed int64) bool {
	if changed == 0 {
		return true
	}
	isNew := w.Seen[id] != changed && w.Before[id] != changed
	w.Cursor = max(w.Cursor, changed)
	w.Seen[id] = changed
	return isNew
}

// forget drops what no page meets again, once one has been read; last says that it was
// that of the pass.
func (w *watermark) forget(overlap time.Duration, last bool) {
	from := w.next(overlap)
	maps.DeleteFunc(w.Seen, func(_ string, changed int64) bool { return changed < from })
	if last {
		w.Before = nil
	}
}
