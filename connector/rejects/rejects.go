// Package rejects keeps rejected records, and those that were written without
// one of their values, with their full content and the reason, where the user
// asked for it: below a path of an S3 bucket or of a local folder, as JSON
// lines, or nowhere. The same lines are in either.
//
// The package must not know what a record means, why it was rejected, or when
// a state may leave. It only promises what is durable. A record's values go
// into the store and nowhere else: no error holds one, nor a key.
package rejects

import (
	"context"
	"encoding/json"
	"time"
)

// Record is a rejected record, or one that was written without one of its
// values; its JSON form is the line that is stored.
type Record struct {
	// Kind is "record" if it was rejected, "value" if a value was left out: one
	// line for each.
	Kind string `json:"kind"`
	// Stream and Namespace say where the record belongs; Namespace may be "".
	Stream    string `json:"stream"`
	Namespace string `json:"namespace"`
	// Code is the stable code of a rejection, "" for a value; Field and Column
	// are the ones at fault ("" if there are none or several), Reason and NextStep
	// are for people.
	Code     string `json:"code"`
	Field    string `json:"field"`
	Column   string `json:"column"`
	Reason   string `json:"reason"`
	NextStep string `json:"next_step"`
	// RejectedAt is the time of either, stored in UTC; the zero time stands for
	// the time of Add.
	RejectedAt time.Time `json:"rejected_at"`
	// Line is the record's line of the input, counted from 1.
	Line int64 `json:"line"`
	// Data is the record as it came. None is stored as null; what is no valid
	// JSON is stored as a JSON string of it.
	Data json.RawMessage `json:"data"`
}

// Store keeps rejected records. It is safe for concurrent use.
//
// A failure is a [*storage.Error], or wraps the error of the context that ended. All
// calls have tried several times before they fail.
type Store interface {
	// Add takes a record. Most often it only buffers; it uploads first when the
	// buffers are full. If it fails, the record was not taken, while all that
	// were taken before are kept. The record's data may be reused afterwards.
	Add(ctx context.Context, r Record) error

	// Flush returns nil only if every record that was taken before is durable.
	// If it fails, the records are kept and the next Flush tries again; none is
	// stored twice by that. It costs nothing if there is nothing new.
	Flush(ctx context.Context) error

	// Pending reports whether records were taken that are not durable yet.
	Pending() bool

	// Check shows that the store can be written, within half a minute, and
	// leaves nothing behind that was not there, as far as it may remove things.
	Check(ctx context.Context) error
}

// None returns a store that keeps nothing and never fails.
func None() Store { return none{} }

type none struct{}

func (none) Add(context.Context, Record) error { return nil }
func (none) Flush(context.Context) error       { return nil }
func (none) Pending() bool                     { return false }
func (none) Check(context.Context) error       { return nil }
