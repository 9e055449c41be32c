package load

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/trouble"
)

// Unwritten is what was not written, a record or a value of one, with all that
// its owner needs to correct it.
type Unwritten struct {
	Kind          Kind
	Stream        airbyte.StreamID
	Line          int64
	Code          string // of a record
	Field, Column string // at fault; "" if there is none, or several
	Reason        string
	NextStep      string          // what to do, as a clause
	Data          json.RawMessage // the record
}

// Kind says what was not written.
type Kind string

// The kinds.
const (
	KindRecord Kind = "record" // it was rejected
	KindValue  Kind = "value"  // the record was written without it
)

// Store keeps what was not written, and perhaps more that must be durable before a
// state leaves. Flush returns nil only if all that was added is durable; Pending
// reports whether that takes a file or the like, so that it is not done for little.
type Store interface {
	Add(ctx context.Context, u Unwritten) error
	Flush(ctx context.Context) error
	Pending() bool
}

// keep hands a record to the store: as a whole if it was rejected, else for
// each of its values that the notes say are left out.
func (r *run) keep(record *Record, o Outcome) error {
	if r.Store == nil {
		return nil
	}
	u := Unwritten{Kind: KindRecord, Stream: record.Stream.ID, Line: record.Line, Data: record.Data}
	if why := o.Reject; why != nil {
		u.Code, u.Field, u.Column, u.Reason, u.NextStep = why.Code, why.Field, why.Column, why.Reason, trouble.NextStep(why.Code)
		return r.keeper.add(u)
	}
	for _, n := range slices.Concat(record.Notes, o.Notes) {
		if !n.Dropped {
			continue
		}
		u.Kind, u.Field, u.Column, u.Reason, u.NextStep = KindValue, n.Field, n.Column, n.Rule, trouble.CorrectTheValue
		if err := r.keeper.add(u); err != nil {
			return err
		}
	}
	return nil
}

// keeper is how the store is reached, also for a while after a stop: a state
// leaves only once what was not written of its records is stored.
type keeper struct {
	add     func(Unwritten) error
	flush   func() error
	pending func() bool
	last    atomic.Int64 // when it was flushed last, in nanoseconds
}

// open makes the keeper reach a store, nil for none, until end is called, or for
// the grace after stop.
func (k *keeper) open(stop context.Context, s Store, grace time.Duration) (end func()) {
	ctx, end := context.WithCancel(context.WithoutCancel(stop))
	context.AfterFunc(stop, func() { time.AfterFunc(grace, end) })
	k.add, k.flush, k.pending = func(Unwritten) error { return nil }, func() error { return nil }, func() bool { return false }
	if s != nil {
		k.add = func(u Unwritten) error {
			if err := s.Add(ctx, u); err != nil {
				return fmt.Errorf("keep what was not written: %w", err)
			}
			return nil
		}
		k.flush = func() error {
			k.last.Store(time.Now().UnixNano())
			if err := s.Flush(ctx); err != nil {
				return fmt.Errorf("store what a state waits for: %w", err)
			}
			return nil
		}
		k.pending = s.Pending
	}
	return end
}

// patience is how long what is written may wait for being stored, while others
// are written: a flush makes a file.
const patience = 15 * time.Second

// waits reports whether a flush, which makes a file of little, is too early.
func (k *keeper) waits() bool {
	return k.pending() && time.Since(time.Unix(0, k.last.Load())) < patience
}

// release lets go of the states that are ripe, once what was not written of
// their records is durable.
func (r *run) release() error { return r.ledger.Release(r.keeper.flush) }

// releaseSoon is release, unless that would store too little at a time.
func (r *run) releaseSoon() error {
	if r.keeper.waits() {
		return nil
	}
	return r.release()
}
