package load

import (
	"maps"
	"strings"
	"sync"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/trouble"
	"destination-gohighlevel/connector/words"
)

// Counts are what became of the records of a stream. Read is the sum of all
// others once everything is settled; Same of the unchanged ones were further
// records of a person, or of another thing, already counted.
type Counts struct {
	Read, Created, Updated, Unchanged, Removed, Rejected, Same int64
	// Missing counts contacts, not records: those taken out after an overwrite.
	Missing    int64
	RejectedBy map[string]int64 // by code
}

// account is the account of one stream, safe for concurrent use.
type account struct {
	mu       sync.Mutex
	counts   Counts
	troubles trouble.Account
}

func (a *account) read(count int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.counts.Read += count
}

func (a *account) note(line int64, notes ...trouble.Note) {
	if len(notes) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.troubles.Note(line, notes...)
}

func (a *account) missing(count int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.counts.Missing += int64(count)
}

// settled enters what became of a record.
func (a *account) settled(r *Record, o Outcome) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.troubles.Note(r.Line, o.Notes...)
	c := &a.counts
	switch {
	case o.Reject != nil:
		c.Rejected++
		if c.RejectedBy == nil {
			c.RejectedBy = map[string]int64{}
		}
		c.RejectedBy[o.Reject.Code]++
		a.troubles.Reject(r.Line, *o.Reject, r.Data)
	case o.Again:
		c.Unchanged++
		c.Same++
	case o.Status == Removed:
		c.Removed++
	case o.Status == Created:
		c.Created++
	case o.Status == Updated:
		c.Updated++
	default:
		c.Unchanged++
	}
}

func (a *account) totals() []trouble.Total {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.troubles.All()
}

func (a *account) snapshot() Counts {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.counts
	c.RejectedBy = maps.Clone(c.RejectedBy)
	return c
}

// add sums two counts.
func (c Counts) add(o Counts) Counts {
	sum := Counts{Read: c.Read + o.Read, Created: c.Created + o.Created, Updated: c.Updated + o.Updated, Unchanged: c.Unchanged + o.Unchanged,
		Removed: c.Removed + o.Removed, Rejected: c.Rejected + o.Rejected, Same: c.Same + o.Same, Missing: c.Missing + o.Missing, RejectedBy: map[string]int64{}}
	for _, by := range []map[string]int64{c.RejectedBy, o.RejectedBy} {
		for code, n := range by {
			sum.RejectedBy[code] += n
		}
	}
	return sum
}

// Settled is how many records have been accounted for.
func (c Counts) Settled() int64 { return c.Created + c.Updated + c.Unchanged + c.Removed + c.Rejected }

// String is the account in one line, zeros left out where they say nothing.
func (c Counts) String() string {
	parts := []string{words.Grouped(c.Read) + " read", words.Grouped(c.Created) + " created", words.Grouped(c.Updated) + " updated"}
	unchanged := words.Grouped(c.Unchanged) + " unchanged"
	if c.Same > 0 {
		unchanged += " (" + words.Grouped(c.Same) + " the same again)"
	}
	parts = append(parts, unchanged)
	if c.Removed > 0 {
		parts = append(parts, words.Grouped(c.Removed)+" removed")
	}
	if open := c.Read - c.Settled(); open > 0 {
		parts = append(parts, words.Grouped(open)+" under way or not finished")
	}
	parts = append(parts, c.rejections())
	if c.Missing > 0 {
		parts = append(parts, words.Plural(c.Missing, "missing one", "missing ones")+" removed")
	}
	return strings.Join(parts, " · ")
}

// rejections is the number of rejected records, and of those of each code.
func (c Counts) rejections() string {
	text := words.Grouped(c.Rejected) + " rejected"
	if len(c.RejectedBy) == 0 {
		return text
	}
	return text + " (" + words.Ranked(c.RejectedBy) + ")"
}

// tell logs the kinds of trouble that are new since it was last called.
func (a *account) tell(log zerolog.Logger) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.troubles.Tell(log)
}

// report logs at the end what has not been told of the trouble.
func (a *account) report(log zerolog.Logger) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.troubles.Sum(log)
}
