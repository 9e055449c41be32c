package load

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// Counts are what became of the records of a stream. Read is the sum of all
// others once everything is settled; Same of the unchanged ones were further
// records of a person already counted.
type Counts struct {
	Read, Created, Updated, Unchanged, Removed, Rejected, Same int64
	// Missing counts contacts, not records: those taken out after an overwrite.
	Missing    int64
	RejectedBy map[string]int64 // by code
}

// tally is the account of one stream, safe for concurrent use.
type tally struct {
	mu       sync.Mutex
	counts   Counts
	troubles troubles
}

func newTally() *tally { return &tally{counts: Counts{RejectedBy: map[string]int64{}}} }

func (t *tally) read() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Read++
}

// note enters what was noted of the record of a line; 0 is no record.
func (t *tally) note(line int64, notes ...crm.Note) {
	if len(notes) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range notes {
		t.troubles.add(noted(n), line, nil)
	}
}

func (t *tally) missing(contacts int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Missing += int64(contacts)
}

// rejected enters one record.
func (t *tally) rejected(r crm.Reject, line int64, data json.RawMessage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Rejected++
	t.counts.RejectedBy[r.Code]++
	t.troubles.add(rejection(r), line, data)
}

func (t *tally) unchanged() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Unchanged++
}

// settled enters one record of a person; newest tells whether it is the one
// that counts as the write.
func (t *tally) settled(p *person, newest bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !newest:
		t.counts.Unchanged++
		t.counts.Same++
	case p.removed:
		t.counts.Removed++
	case p.status == object.Created:
		t.counts.Created++
	case p.status == object.Updated:
		t.counts.Updated++
	default:
		t.counts.Unchanged++
	}
}

func (t *tally) snapshot() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.counts
	c.RejectedBy = map[string]int64{}
	for code, n := range t.counts.RejectedBy {
		c.RejectedBy[code] = n
	}
	return c
}

// add sums two counts.
func (c Counts) add(o Counts) Counts {
	return Counts{Read: c.Read + o.Read, Created: c.Created + o.Created, Updated: c.Updated + o.Updated,
		Unchanged: c.Unchanged + o.Unchanged, Removed: c.Removed + o.Removed, Rejected: c.Rejected + o.Rejected, Same: c.Same + o.Same, Missing: c.Missing + o.Missing}
}

// settled is how many records have been accounted for.
func (c Counts) settled() int64 { return c.Created + c.Updated + c.Unchanged + c.Removed + c.Rejected }

// String is the account in one line, zeros left out where they say nothing.
func (c Counts) String() string {
	parts := []string{words.Grouped(c.Read) + " read", words.Grouped(c.Created) + " created", words.Grouped(c.Updated) + " updated"}
	unchanged := words.Grouped(c.Unchanged) + " unchanged"
	if c.Same > 0 {
		unchanged += " (" + words.Grouped(c.Same) + " the same person again)"
	}
	parts = append(parts, unchanged)
	if c.Removed > 0 {
		parts = append(parts, words.Grouped(c.Removed)+" removed")
	}
	if open := c.Read - c.settled(); open > 0 {
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
	var codes []string
	for _, code := range slices.SortedFunc(maps.Keys(c.RejectedBy), func(a, b string) int {
		return cmp.Or(cmp.Compare(c.RejectedBy[b], c.RejectedBy[a]), cmp.Compare(a, b))
	}) {
		codes = append(codes, words.Grouped(c.RejectedBy[code])+" "+code)
	}
	return text + " (" + strings.Join(codes, ", ") + ")"
}

// tell logs the kinds of trouble that are new since it was last called.
func (t *tally) tell(log zerolog.Logger) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.troubles.tell(log)
}

// report logs at the end what has not been told of the trouble.
func (t *tally) report(log zerolog.Logger) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.troubles.tell(log)
	t.troubles.sum(log)
}
