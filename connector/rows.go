package connector

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/words"
)

// rowTally counts the rows that read and export take from a location: how far that is
// while it lasts, and what it was and cost at the end.
type rowTally struct {
	verb   string // what becomes of the rows: "read", "exported"
	client *ghl.Client

	mu      sync.Mutex
	streams []*streamTally // in the order in which they began
}

// streamTally is what became of one stream.
type streamTally struct {
	object   string
	begun    time.Time
	before   int64        // requests of the streams before it
	rows     atomic.Int64 // that were handed on
	met      atomic.Int64 // in this run, also those that nobody wants
	expected atomic.Int64 // to be met; 0 is not known
	asks     atomic.Int64 // requests that it will take; 0 is not known

	// Of a stream that has ended.
	resumed  int64 // those of its rows that an interrupted export had left
	deleted  int64
	formulas int64
	requests int64
	took     time.Duration
	note     string
	err      error
}

// begin begins a stream.
func (t *rowTally) begin(object string) *streamTally {
	s := &streamTally{object: object, begun: time.Now(), before: t.client.Usage().Requests}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.streams = append(t.streams, s)
	return s
}

// end ends a stream, by an error if it is not complete.
func (t *rowTally) end(s *streamTally, err error) {
	s.took, s.requests, s.err = time.Since(s.begun), t.client.Usage().Requests-s.before, err
}

// current is the stream that is under way; nil if none is.
func (t *rowTally) current() *streamTally {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.streams) == 0 {
		return nil
	}
	return t.streams[len(t.streams)-1]
}

// progress is how far the stream is that is under way, which there must be: no stream
// tells beforehand how many rows those after it have. Every row that was met counts as
// settled, in Unchanged, for its rate.
func (t *rowTally) progress() load.Progress {
	p := load.Progress{Usage: usageOf(t.client)}
	s := t.current()
	p.Read, p.Unchanged, p.Elapsed = s.rows.Load(), s.met.Load(), time.Since(s.begun)
	p.Share = s.share(p.Requests - s.before)
	return p
}

// share is how much of a stream has come, from 0 to 1; 0 if that is not known. Of what is
// asked for contact by contact the requests tell, of the rest the rows.
func (s *streamTally) share(requests int64) float64 {
	part, whole := s.met.Load(), s.expected.Load()
	if asks := s.asks.Load(); asks > 0 {
		part, whole = requests, asks
	}
	if whole == 0 {
		return 0
	}
	return min(float64(part)/float64(whole), 1)
}

// counted is the first line of the bar.
func (t *rowTally) counted(p load.Progress) []string {
	return []string{percent(p), amount(t.current().object, p.Read) + " " + t.verb}
}

// tells lets people see how far it is, until it ends.
func (t *rowTally) tells(b *bar, line func(text string)) (end func()) {
	return tells(func() *load.Progress {
		if t.current() == nil {
			return nil
		}
		p := t.progress()
		return &p
	}, t.counted, b, line)
}

// tells lets people see how far a job is, until it ends: in a bar, if it is not nil, and by
// a line now and then, if anybody takes lines. reached is nil before there is something to
// tell.
func tells(reached func() *load.Progress, counted func(load.Progress) []string, b *bar, line func(text string)) (end func()) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for seconds := 1; ; seconds++ {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			p := reached()
			if p == nil {
				continue
			}
			if b != nil {
				b.show(*p)
			}
			if line != nil && seconds%10 == 0 {
				line("so far: " + joinedParts(append(counted(*p), spent(*p)...)))
			}
		}
	}()
	return func() {
		close(stop)
		<-done
	}
}

// linesUnless writes lines to a stream where no bar shows the same; nil where one does.
func linesUnless(b *bar, to io.Writer) func(text string) {
	if b != nil {
		return nil
	}
	return func(text string) { say(to, "%s", text) }
}

// account is the table of what was taken.
func (t *rowTally) account(out io.Writer) {
	v := &textView{out: out}
	for _, s := range t.streams {
		v.row(s.object, "%10s %s%s", words.Grouped(s.rows.Load()), t.verb, s.cost())
		if s.note != "" {
			v.row("", "%s", s.note)
		}
	}
	say(out, "\n%s", t.said())
	if left := quotaLeft(t.client.Usage()); left != "" {
		say(out, "%s", left)
	}
}

// said is what was taken, in one sentence: 1,204 contacts and 17 businesses exported.
func (t *rowTally) said() string {
	var counts []string
	for _, s := range t.streams {
		counts = append(counts, amount(s.object, s.rows.Load()))
	}
	return words.List(counts) + " " + t.verb
}

// amount is a number of rows by the name of what they are.
func amount(object string, n int64) string {
	return words.Plural(n, words.Singular(object), strings.ReplaceAll(object, "_", " "))
}

// cost says how the rows of a stream came together, and what they cost.
func (s *streamTally) cost() string {
	parts := []string{""}
	if s.deleted > 0 {
		parts = append(parts, words.Grouped(s.deleted)+" deleted")
	}
	if s.resumed > 0 {
		parts = append(parts, words.Grouped(s.resumed)+" of them before")
	}
	parts = append(parts, words.Count(s.requests, "request"), spell(s.took))
	if s.err != nil {
		parts = append(parts, "not complete")
	}
	return strings.Join(parts, " · ")
}

// spell is how long something took.
func spell(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f seconds", d.Seconds())
	}
	return d.Round(time.Second).String()
}
