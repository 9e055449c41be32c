package load

import (
	"context"
	"encoding/json"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/trouble"
)

// Object writes the records of all streams of one kind, such as contacts, into
// one location. An error that it returns ends the sync: what concerns a single
// record is told by [Window.Done] instead.
type Object interface {
	// Prepare validates and maps a record, and keeps what comes of it in its Item.
	// It never fails: a record that cannot be written gets a Reject. It is called
	// for one record at a time, also while the window before is being written.
	Prepare(r *Record)
	// Write brings the records of a window into the location and calls Done for
	// each of them as soon as it is durable there or rejected; also for those
	// with a Reject, of which the Item may be nil. Records that came before what
	// they belong to it may hold instead. Those that it has not called Done for when
	// it returns an error are left to the next sync.
	Write(ctx context.Context, w *Window) error
	// Finish is called once, after the input has ended and all its records were
	// written.
	Finish(ctx context.Context) error
}

// Record is one record of the input on its way.
type Record struct {
	Stream  *Stream
	Line    int64 // of the input
	Data    json.RawMessage
	Changes []airbyte.Change // columns that do not hold what the source holds

	// What Prepare has made of it.
	Item   any
	Notes  []trouble.Note // what had to be changed or left out
	Reject *trouble.Reject
	// Weight is how many bytes it takes with its Item, reckoned; 0 is no more than its line.
	Weight int

	ticket  Ticket  // none if it follows from another
	follows *follow // what it follows from, nil for a record of the input and once it is done
	early   bool    // it was held or left, see [Window.Hold]
	counted int     // of its weight, in what is prepared
}

// Status says what became of a record.
type Status int

// The ways in which a record can end that was not rejected.
const (
	Unchanged Status = iota
	Created
	Updated
	Removed
)

// Outcome is what became of one record.
type Outcome struct {
	Status Status
	// Again says that the record was about something that another record of the
	// window is counted for.
	Again bool
	// Reject is why the record was not written, nil if it was.
	Reject *trouble.Reject
	// Notes are what had to be changed or left out while it was written.
	Notes []trouble.Note
}

// Stream is one stream of the catalog and the object that it is written to.
type Stream struct {
	airbyte.Stream
	Object Object
	Kind   string // the name of its object, in messages
	// Derived says that its records follow from others, and none are in the input.
	Derived bool
	// HoldsStates keeps the stream's states, and global ones, back until Finish has
	// set it to false. It is not to be changed at other times.
	HoldsStates bool

	begun   bool // Begin was asked
	account account
	// What the source has said last of it, as of the window that is being written.
	said string
}

// Counts are what became of the stream's records so far.
func (s *Stream) Counts() Counts { return s.account.snapshot() }

// Troubles is what was wrong with the stream's records, the most frequent first,
// as far as it was counted apart.
func (s *Stream) Troubles() []trouble.Total { return s.account.totals() }

// Note enters something to be told that concerns no record that is under way;
// line is 0 if it concerns none at all.
func (s *Stream) Note(line int64, notes ...trouble.Note) { s.account.note(line, notes...) }

// Missed enters that things were removed because the sync did not contain them.
func (s *Stream) Missed(count int) { s.account.missing(count) }

// IsComplete reports whether the source has said that it has delivered all of the
// stream: it is in this window, or in one before.
func (s *Stream) IsComplete() bool { return s.said == "COMPLETE" }

// IsIncomplete reports whether the source has said that it has not.
func (s *Stream) IsIncomplete() bool { return s.said == "INCOMPLETE" }
