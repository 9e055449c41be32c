package object

import (
	"encoding/json"
	"slices"
	"sync"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/trouble"
)

// Outcome is what became of the records about one thing, such as a contact, or, in
// a dry run, what would become of them. A delete of several has one for each.
type Outcome struct {
	Stream airbyte.StreamID
	// Lines are the records' lines of the input; none for what was removed because
	// the sync did not contain it.
	Lines  []int64
	Status load.Status
	Reject *trouble.Reject
	ID     string // "" if there is none, or none yet
	// Pretended says that a dry run has made the ID up: in a sync the thing would
	// have been created.
	Pretended bool
	// Set is what was written, by field; Before holds what was there, as far
	// as it was known.
	Set, Before          map[string]any
	AddedTags, TakenTags []string
	// Deleted says that what was removed does not exist any more.
	Deleted bool
	// LeftOut are the values of the records that are not written.
	LeftOut []LeftOut
}

// Outcomes keep what became of the things of a window, until it is told. Add is
// safe for concurrent use.
type Outcomes struct {
	Observe func(Outcome) // nil is nobody

	mu   sync.Mutex
	list []Outcome
}

// Add keeps outcomes.
func (o *Outcomes) Add(outcomes ...Outcome) {
	if o.Observe == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, outcomes...)
}

// Tell hands over what was kept, in the order of the input.
func (o *Outcomes) Tell() {
	slices.SortStableFunc(o.list, func(a, b Outcome) int { return slices.Compare(a.Lines, b.Lines) })
	for _, outcome := range o.list {
		o.Observe(outcome)
	}
	o.list = nil
}

// LeftOut is a value that is not written.
type LeftOut struct {
	Line int64 // of the input
	trouble.Note
	// Value is what the record has in the column; nil if that cannot be told.
	Value json.RawMessage
}

// LeftOut are the values of a record that notes say are not written.
func (s *Stream) LeftOut(r *load.Record, notes []trouble.Note) []LeftOut {
	var out []LeftOut
	for _, n := range notes {
		if n.Dropped {
			out = append(out, LeftOut{r.Line, n, s.value(r.Data, n.Column)})
		}
	}
	return out
}

// value is what a record holds in a column; nil if it has none of that name.
func (s *Stream) value(data json.RawMessage, column string) json.RawMessage {
	if column == "" || len(data) == 0 || data[0] != '{' {
		return nil
	}
	return s.Plan.Columns().Find(data, column)
}
