package load

import (
	"cmp"
	"encoding/json"
	"fmt"
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

// mostNotes bounds the account of notes, whose field names come from input.
const mostNotes = 1000

// tally is the account of one stream, safe for concurrent use.
type tally struct {
	mu     sync.Mutex
	counts Counts
	notes  map[crm.Note]int64
	reject map[crm.Reject]int64
	// samples are examples of rejected records by code, without their values.
	samples map[string][]sample
}

func newTally() *tally {
	return &tally{counts: Counts{RejectedBy: map[string]int64{}}, notes: map[crm.Note]int64{}, reject: map[crm.Reject]int64{}, samples: map[string][]sample{}}
}

func (t *tally) read() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Read++
}

func (t *tally) note(n crm.Note) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.notes[n]; ok || len(t.notes) < mostNotes {
		t.notes[n]++
	}
}

func (t *tally) missing(contacts int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Missing += int64(contacts)
}

// rejected enters one record, and keeps what it looked like as an example, if
// there are few so far.
func (t *tally) rejected(r crm.Reject, line int64, data json.RawMessage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Rejected++
	t.counts.RejectedBy[r.Code]++
	if _, ok := t.reject[r]; ok || len(t.reject) < mostNotes {
		t.reject[r]++
	}
	if len(t.samples[r.Code]) < mostSamples {
		t.samples[r.Code] = append(t.samples[r.Code], sample{line, shape(data)})
	}
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
	parts := []string{
		fmt.Sprintf("%d read", c.Read), fmt.Sprintf("%d created", c.Created),
		fmt.Sprintf("%d updated", c.Updated), fmt.Sprintf("%d unchanged", c.Unchanged),
	}
	if c.Same > 0 {
		parts[3] += fmt.Sprintf(" (%d the same person again)", c.Same)
	}
	if c.Removed > 0 {
		parts = append(parts, fmt.Sprintf("%d removed", c.Removed))
	}
	if open := c.Read - c.settled(); open > 0 {
		parts = append(parts, fmt.Sprintf("%d under way or not finished", open))
	}
	rejected := fmt.Sprintf("%d rejected", c.Rejected)
	var codes []string
	for code, n := range c.RejectedBy {
		codes = append(codes, fmt.Sprintf("%d %s", n, code))
	}
	if len(codes) > 0 {
		slices.Sort(codes)
		rejected += " (" + strings.Join(codes, ", ") + ")"
	}
	parts = append(parts, rejected)
	if c.Missing > 0 {
		parts = append(parts, words.Plural(c.Missing, "missing one", "missing ones")+" removed")
	}
	return strings.Join(parts, " · ")
}

// mostLines is how many kinds of fault are listed one by one.
const mostLines = 25

// report logs one line for each kind of fault and of normalisation, never for
// each record.
func (t *tally) report(log zerolog.Logger, stream string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, r := range sorted(t.reject) {
		if i == mostLines {
			log.Warn().Str("stream", stream).Msgf("and %d more kinds of rejection", len(t.reject)-i)
			break
		}
		field := ""
		if r.Field != "" {
			field = r.Field + ": "
		}
		log.Warn().Str("stream", stream).Msgf("rejected %d × %s: %s%s", t.reject[r], r.Code, field, r.Reason)
	}
	for _, code := range slices.Sorted(maps.Keys(t.samples)) {
		examples := make([]string, 0, mostSamples)
		for _, s := range t.samples[code] {
			examples = append(examples, s.String())
		}
		log.Warn().Str("stream", stream).Msgf("%s, for example %s. What to do: %s", code, strings.Join(examples, "; "), NextStep(code))
	}
	for i, n := range sorted(t.notes) {
		if i == mostLines {
			log.Info().Str("stream", stream).Msgf("and %d more kinds of note", len(t.notes)-i)
			break
		}
		event := log.Info()
		if n.Dropped || n.Warns {
			event = log.Warn()
		}
		event.Str("stream", stream).Msgf("%d × %s: %s", t.notes[n], n.Field, n.Rule)
	}
}

// sorted gives the keys, the most frequent first.
func sorted[K comparable](m map[K]int64) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int {
		return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	return keys
}
