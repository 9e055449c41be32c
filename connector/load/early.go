package load

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"destination-gohighlevel/connector/bug"
)

// What a sync holds at most of records that came too early.
const (
	mostHeld      = 10_000
	mostHeldBytes = 32 << 20
)

// early are the records that came before what they belong to. It is safe for
// concurrent use.
type early struct {
	mu    sync.Mutex
	held  []*Record
	bytes int
	left  map[*Stream]int64 // how many are not held, and so not settled
}

// EarlyError tells at the end of a sync that records are left to the next one,
// which came before what they belong to. All others are settled.
type EarlyError struct {
	Records string // how many of which streams
	// Incomplete says that the source has not delivered all that they may belong to;
	// else they were more than can be held, and what they belong to is there now.
	Incomplete bool
}

func (e *EarlyError) Error() string { return e.Records + " came before what they belong to" }

// hold keeps a record, unless it is one too many.
func (e *early) hold(r *Record) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.held) == mostHeld || e.bytes+len(r.Data) > mostHeldBytes {
		return false
	}
	r.early, e.held, e.bytes = true, append(e.held, r), e.bytes+len(r.Data)
	return true
}

// leave leaves a record to the next sync.
func (e *early) leave(r *Record) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r.early = true
	if e.left == nil {
		e.left = map[*Stream]int64{}
	}
	e.left[r.Stream]++
}

// has reports whether a record came too early, and does not wait any more for being
// written in this window.
func (e *early) has(r *Record) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return r.early
}

// take ends the holding of records, and returns them in the order of the input.
func (e *early) take() []*Record {
	e.mu.Lock()
	defer e.mu.Unlock()
	held := e.held
	e.held = nil
	slices.SortFunc(held, func(a, b *Record) int { return cmp.Compare(a.Line, b.Line) })
	for _, r := range held {
		r.early = false
	}
	return held
}

// writeEarly hands the held records to their objects again, now that the input has
// ended. If the source has said that it is not complete, what they belong to may
// still come, in the next sync.
func (r *run) writeEarly(ctx context.Context) error {
	held := r.early.take()
	if r.incomplete() {
		for _, record := range held {
			r.early.leave(record)
		}
		return nil
	}
	r.last = true
	for len(held) > 0 && !r.stopped() {
		w := gathered{}
		for len(held) > 0 && !w.full(r.Limits) {
			w.add(held[0], len(held[0].Data), r.Limits)
			held = held[1:]
		}
		err := bug.Guard(func() error { return r.settle(ctx, w.records) })
		r.tellTrouble()
		if err = cmp.Or(err, r.release()); err != nil {
			return err
		}
	}
	return nil
}

// incomplete reports whether the source has said that it has not delivered all of
// some stream.
func (r *run) incomplete() bool { return slices.ContainsFunc(r.Streams, (*Stream).IsIncomplete) }
