package load

import (
	"slices"
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
	releasing sync.Mutex // held by Release, taken before mu

	mu      sync.Mutex // guards what follows, and the segments
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
	end                *held // the state that closes it; nil: none has come
}

// held is a state together with the segments that it closes.
type held struct {
	state    *airbyte.State
	global   bool
	segments []*segment
	gone     bool // handed over
}

// Ticket stands for one record that has been read.
type Ticket struct{ *ticket }

type ticket struct {
	segment *segment
	settled bool
}

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
	return Ticket{&ticket{segment: s}}
}

// Settle says that a record is durable in the CRM (accepted) or in the account
// of rejected records. Each ticket must be settled at most once; a record that
// is never settled holds back every state after it. It reports whether a state
// may have become ripe: else Release need not be called.
func (l *Ledger) Settle(t Ticket, accepted bool) (ripens bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.settled = true
	t.segment.pending--
	if accepted {
		t.segment.accepted++
	} else {
		t.segment.rejected++
	}
	end := t.segment.end
	return t.segment.pending == 0 && end != nil && !l.holds(end)
}

// Settled reports whether Settle was called for a record.
func (l *Ledger) Settled(t Ticket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return t.settled
}

// State enters a state that has arrived, and reports whether it may be ripe.
func (l *Ledger) State(s *airbyte.State) (ripe bool) {
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
	for _, seg := range h.segments {
		seg.end = h
	}
	l.waiting = append(l.waiting, h)
	return h.ripe(nil) && !l.holds(h)
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

// Release hands over every state that is ripe. If there is any, durable is
// called first: what was settled before must be so when it returns nil. Release
// returns its error, after which it may be called again, or the first one that
// release has ever returned.
func (l *Ledger) Release(durable func() error) error {
	l.releasing.Lock()
	defer l.releasing.Unlock()
	l.mu.Lock()
	ripe, err := l.ripe(nil), l.err
	l.mu.Unlock()
	if err != nil || len(ripe) == 0 {
		return err
	}
	if err := durable(); err != nil {
		return err
	}
	for _, h := range ripe {
		if err = l.release(h.state, h.accepted(), h.rejected()); err != nil {
			break
		}
		h.gone = true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
	l.waiting = slices.DeleteFunc(l.waiting, func(h *held) bool { return h.gone })
	return err
}

// Awaited tells which records the first state waits for that would be ripe if
// these were settled; nil if there is none.
func (l *Ledger) Awaited(records []Ticket) func(Ticket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.ContainsFunc(l.waiting, func(h *held) bool { return h.pending() <= len(records) }) {
		return nil // at little cost, in most cases
	}
	settled := map[*segment]int{}
	for _, t := range records {
		settled[t.segment]++
	}
	for _, h := range l.ripe(settled) {
		if h.pending() > 0 {
			return func(t Ticket) bool { return slices.Contains(h.segments, t.segment) }
		}
	}
	return nil
}

// ripe lists the states that may leave, if so many more records of a segment
// were settled.
func (l *Ledger) ripe(settled map[*segment]int) []*held {
	var out []*held
	blocked := map[airbyte.StreamID]bool{}
	for i, h := range l.waiting {
		if !h.ripe(settled) || l.holds(h) || h.global && len(out) < i || blocked[h.state.Stream] {
			if h.global {
				return out // nothing passes it
			}
			blocked[h.state.Stream] = true
			continue
		}
		out = append(out, h)
	}
	return out
}

func (l *Ledger) holds(h *held) bool {
	return h.global && len(l.held) > 0 || l.held[h.state.Stream]
}

func (h *held) ripe(settled map[*segment]int) bool {
	return !slices.ContainsFunc(h.segments, func(s *segment) bool { return s.pending > settled[s] })
}

func (h *held) pending() (n int) {
	for _, s := range h.segments {
		n += s.pending
	}
	return n
}

func (h *held) accepted() (n int64) {
	for _, s := range h.segments {
		n += s.accepted
	}
	return n
}

func (h *held) rejected() (n int64) {
	for _, s := range h.segments {
		n += s.rejected
	}
	return n
}
