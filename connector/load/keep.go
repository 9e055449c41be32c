package load

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
)

// LeftOut is a value that is not written.
type LeftOut struct {
	Line int64 // of the input
	crm.Note
	// Value is what the record has in the column; nil if that cannot be told.
	Value json.RawMessage
}

// leftOut are the values of a record that notes say are not written.
func (e *entry) leftOut(notes []crm.Note) []LeftOut {
	var out []LeftOut
	for _, n := range notes {
		if n.Dropped {
			out = append(out, LeftOut{e.line, n, e.value(n.Column)})
		}
	}
	return out
}

// value is what the record holds in a column; nil if it has none of that name.
func (e *entry) value(column string) json.RawMessage {
	if column == "" || len(e.data) == 0 || e.data[0] != '{' {
		return nil
	}
	return e.stream.Plan.Columns().Find(e.data, column)
}

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

// Store keeps what was not written. Flush returns nil only if all that was
// added is durable.
type Store interface {
	Add(ctx context.Context, u Unwritten) error
	Flush(ctx context.Context) error
}

// keep hands a record to the store: as a whole if it was rejected, else for
// each of its values that the notes say are left out.
func (r *run) keep(e entry, why *crm.Reject, notes []crm.Note) error {
	if r.Store == nil {
		return nil
	}
	u := Unwritten{Kind: KindRecord, Stream: e.stream.ID, Line: e.line, Data: e.data}
	if why != nil {
		u.Code, u.Field, u.Column, u.Reason, u.NextStep = why.Code, why.Field, why.Column, why.Reason, NextStep(why.Code)
		return stored(r.add(u))
	}
	for _, n := range notes {
		if !n.Dropped {
			continue
		}
		u.Kind, u.Field, u.Column, u.Reason, u.NextStep = KindValue, n.Field, n.Column, n.Rule, correctTheValue
		if err := stored(r.add(u)); err != nil {
			return err
		}
	}
	return nil
}

func stored(err error) error {
	if err != nil {
		return fmt.Errorf("keep what was not written: %w", err)
	}
	return nil
}

// openStore makes add and flush go on for a while after a stop: a state leaves
// only once what was not written of its records is stored.
func (r *run) openStore(stop context.Context) (end func()) {
	ctx, end := context.WithCancel(context.WithoutCancel(stop))
	context.AfterFunc(stop, func() { time.AfterFunc(r.Grace, end) })
	r.add, r.flush = func(Unwritten) error { return nil }, func() error { return nil }
	if r.Store != nil {
		r.add = func(u Unwritten) error { return r.Store.Add(ctx, u) }
		r.flush = func() error { return r.Store.Flush(ctx) }
	}
	return end
}

// release lets go of the states that are ripe, once what was not written of
// their records is durable. No person may be settled meanwhile.
func (r *run) release() error {
	if err := stored(r.flush()); err != nil {
		return err
	}
	return r.ledger.Release()
}
