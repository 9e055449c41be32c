package load

import (
	"sync"

	"destination-gohighlevel/connector/airbyte"
)

// Ledger knows which records are still under way and releases each state when
// everything before it is settled: for a state of a stream every record of
// that stream, for a GLOBAL or LEGACY state every record of all streams.
// States leave in the order of arrival within their stream, each with the
// numbers of records accepted and rejected since the one before.
//
// It is safe for concurrent use. Its memory is bounded by the states that
// wait, not by the records seen.
type Ledger struct {
	mu      sync.Mutex
	open    map[airbyte.StreamID]*segment
	waiting []*held
	held    map[airbyte.StreamID]bool
	release func(s *airbyte.State, accepted, rejected int64) error
	err     error
}

// segment is the part of a stream between two states.
type segment struct {
	pending            int
	accepted, rejected int64
}

// held is a state together with the segments that it closes.
type held struct {
	state    *airbyte.State
	global   bool
	segments []*segment
}

// Ticket stands for one record that has been read and not been settled.
type Ticket struct{ segment *segment }

// NewLedger returns a ledger that hands ripe states to release, one at a time
// and in order. An error of release is kept; nothing is released after it.
func NewLedger(release func(s *airbyte.State, accepted, rejected int64) error) *Ledger {
	return &Ledger{open: map[airbyte.StreamID]*segment{}, held: map[airbyte.StreamID]bool{}, release: release}
}

// Record enters a record that has arrived.
func (l *Ledger) Record(stream airbyte.StreamID) Ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.open[stream]
	if s == nil {
		s = &segment{}
		l.open[stream] = s
	}
	s.pending++
	return Ticket{s}
}

// Settle says that a record is durable in the CRM (accepted) or in the account
// of rejected records. Each ticket must be settled at most once; a record that
// is never settled holds back every state after it.
func (l *Ledger) Settle(t Ticket, accepted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.segment.pending--
	if accepted {
		t.segment.accepted++
	} else {
		t.segment.rejected++
	}
}

// State enters a state that has arrived.
func (l *Ledger) State(s *airbyte.State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := &held{state: s, global: s.Kind != airbyte.StateStream}
	if h.global {
		for _, seg := range l.open {
			h.segments = append(h.segments, seg)
		}
		clear(l.open)
	} else if seg := l.open[s.Stream]; seg != nil {
		h.segments = []*segment{seg}
		delete(l.open, s.Stream)
	}
	l.waiting = append(l.waiting, h)
}

// Hold keeps back the states of a stream, and global ones, until Free.
func (l *Ledger) Hold(stream airbyte.StreamID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held[stream] = true
}

// Free ends Hold for a stream.
func (l *Ledger) Free(stream airbyte.StreamID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, stream)
}

// Waiting is the number of states that have not been released.
func (l *Ledger) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

// Release hands over every state that is ripe. It returns the first error that
// release has ever returned.
func (l *Ledger) Release() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	blocked := map[airbyte.StreamID]bool{}
	barrier := false
	kept := l.waiting[:0]
	for _, h := range l.waiting {
		if l.err != nil || barrier || !h.ripe() || l.holds(h) || (h.global && len(kept) > 0) || (!h.global && blocked[h.state.Stream]) {
			kept = append(kept, h)
			barrier = barrier || h.global
			blocked[h.state.Stream] = true
			continue
		}
		accepted, rejected := h.counts()
		l.err = l.release(h.state, accepted, rejected)
	}
	clear(l.waiting[len(kept):])
	l.waiting = kept
	return l.err
}

func (l *Ledger) holds(h *held) bool {
	return h.global && len(l.held) > 0 || l.held[h.state.Stream]
}

func (h *held) ripe() bool {
	for _, s := range h.segments {
		if s.pending > 0 {
			return false
		}
	}
	return true
}

func (h *held) counts() (accepted, rejected int64) {
	for _, s := range h.segments {
		accepted += s.accepted
		rejected += s.rejected
	}
	return accepted, rejected
}
