package load

import "fmt"

// Trouble is one kind of thing that was wrong with records of a stream, or that
// had to be changed in them.
type Trouble struct {
	Code          string // of a rejection; "" if the records are written all the same
	Field, Column string // "" if it is none, or several
	Rule          string
	LeftOut       bool    // a value is not written
	Count         int64   // of records
	Lines         []int64 // of the first ones, at most three
}

// String is what is wrong and where, as in: phone (column "Mobile"): not a
// phone number: lines 2, 4 and 7, 12 in all.
func (t Trouble) String() string {
	k := trouble{field: t.Field, column: t.Column, rule: t.Rule}
	o := occurrences{count: t.Count, lines: t.Lines}
	return fmt.Sprintf("%s: %s", k, &o)
}

// Troubles is what was wrong with the records of the stream in the last run,
// the most frequent first, as far as it was counted apart.
func (s *Stream) Troubles() []Trouble {
	s.tally.mu.Lock()
	defer s.tally.mu.Unlock()
	return s.tally.troubles.all()
}
