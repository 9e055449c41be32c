package source

import (
	"encoding/json"
	"maps"
	"time"
)

// overlap is how far behind the newest change a read begins again: the search index
// has been seen to show a change up to a minute late.
const overlap = 75 * time.Second

// contactsState is where a read of contacts goes on. Times are in milliseconds.
type contactsState struct {
	// Cursor is the newest change that was handed over, 0 before the first.
	Cursor int64 `json:"cursor"`
	// Begun is when the pass began that the read is in or has last ended: what had
	// changed a minute before was shown by then, what changed later comes in the next
	// pass, however long this one is interrupted.
	Begun int64 `json:"begun"`
	// Since is from when on the pass under way reads, 0 for all there is.
	Since int64 `json:"since,omitempty"`
	// At is where the pass under way is; nil once it has ended.
	At *searchPlace `json:"at,omitempty"`
	// Seen are the changes of contacts that were handed over and that the next pass
	// meets again, by id.
	Seen map[string]int64 `json:"seen,omitempty"`
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
	if len(from) > 0 && string(from) != "null" && string(from) != "{}" {
		if json.Unmarshal(from, &s) != nil || s.Begun <= 0 || s.Cursor < 0 || s.At != nil && len(s.At.After) == 0 {
			return s, &StateError{"is not one that this stream has given; reset it to read everything again"}
		}
	}
	if s.Seen == nil {
		s.Seen = map[string]int64{}
	}
	return s, nil
}

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
	if s.At != nil {
		return
	}
	s.Since = s.next()
	s.Begun = now.UnixMilli()
}

// next is from when on the pass after this one reads, 0 for all there is.
func (s *contactsState) next() int64 {
	return max(0, min(s.Cursor, s.Begun)-overlap.Milliseconds())
}

// isNew notes a change that is read, and reports whether it was not handed over before.
func (s *contactsState) isNew(id string, changed int64) bool {
	if changed > 0 && s.Seen[id] == changed {
		return false
	}
	s.Cursor = max(s.Cursor, changed)
	if changed > 0 {
		s.Seen[id] = changed
	}
	return true
}

// forget drops what the next pass does not meet again, once a page has been read.
func (s *contactsState) forget() {
	from := s.next()
	maps.DeleteFunc(s.Seen, func(_ string, changed int64) bool { return changed < from })
}
