package journal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"
)

// Journal records the changes of one run. It is safe for concurrent use. A nil Journal
// records nothing, and nothing of it fails.
type Journal struct {
	run   Run
	place place
	turn  chan struct{} // holds one token while somebody makes lines durable
	told  *Writes       // is told what is carried out

	mu     sync.Mutex // guards what follows
	seq    int64
	open   *batch           // takes lines
	sealed []*batch         // to be put; once that was tried they never change
	ahead  map[string]int64 // the seqs of announced changes, by their text
	begun  bool             // the line of the run is written
}

// batch is lines that become durable together.
type batch struct {
	number int // from 1
	lines  []byte
	stored bool
}

// place is where the batches of a run are kept, in the order of their numbers.
type place interface {
	// put makes a batch durable. It has tried several times if it fails; one that
	// failed may be put again, and is there once all the same.
	put(ctx context.Context, number int, lines []byte) error
	check(ctx context.Context) error
	// slow says that put takes so long that much has to be put at a time.
	slow() bool
	String() string
}

// begin is the journal of a run in a place.
func begin(r Run, in func(run string) place) *Journal {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	r.ID = r.Started.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(random[:])
	return &Journal{run: r, place: in(r.ID), turn: make(chan struct{}, 1), open: &batch{number: 1}}
}

// Tell has w told of what is carried out from now on.
func (j *Journal) Tell(w *Writes) {
	if j != nil {
		j.told = w
	}
}

// Check shows that the journal can be written, and leaves nothing behind.
func (j *Journal) Check(ctx context.Context) error {
	if j == nil {
		return nil
	}
	return failed(j.place.check(ctx))
}

// Announce records changes that are about to be begun, each by itself, all in one go:
// where making durable takes long, Begin has nothing to wait for then. What was announced
// before and was not begun will not be.
func (j *Journal) Announce(ctx context.Context, changes iter.Seq[Change]) error {
	if j == nil || !j.place.slow() {
		return nil
	}
	j.mu.Lock()
	j.forgo()
	var err error
	for c := range changes {
		var seq int64
		if seq, err = j.intend(c); err != nil {
			break
		}
		j.ahead[textOf(c)] = seq
	}
	b := j.open
	j.mu.Unlock()
	if err != nil || len(j.ahead) == 0 {
		return err
	}
	return failed(j.store(ctx, b))
}

// forgo records that what was announced and not begun was not sent. It needs mu.
func (j *Journal) forgo() {
	for _, seq := range j.ahead {
		_ = j.write(failLine{line{Type: typeFail, Seq: seq, At: time.Now().UTC()}, Failure{Message: "not sent", Unsent: true}})
	}
	j.ahead = map[string]int64{}
}

// textOf is by what an announced change is known.
func textOf(c Change) string {
	text, _ := encode(c) // it was encoded before, or will be
	return string(text)
}

// Entry is the changes of one request on their way. A nil Entry is none.
type Entry struct {
	journal *Journal
	seqs    []int64 // one for each change
	begun   []begun // the same for [Journal.Tell]
}

// Begin records what a request is about to change. It returns once that is durable, and
// the request may only be sent then: with an error it must not be.
func (j *Journal) Begin(ctx context.Context, changes ...Change) (*Entry, error) {
	if j == nil || len(changes) == 0 {
		return nil, nil
	}
	e, b, err := j.take(changes)
	if err != nil || b == nil {
		return e, err
	}
	return e, failed(j.store(ctx, b))
}

// take gives changes their seqs; b is the batch that the intents are in, nil if they are
// durable.
func (j *Journal) take(changes []Change) (e *Entry, b *batch, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e = &Entry{journal: j}
	for _, c := range changes {
		var seq int64
		text := ""
		if len(j.ahead) > 0 {
			text = textOf(c)
			seq = j.ahead[text]
		}
		if seq > 0 {
			delete(j.ahead, text)
		} else if seq, err = j.intend(c); err != nil {
			return nil, nil, err
		} else {
			b = j.open
		}
		e.seqs = append(e.seqs, seq)
		e.begun = append(e.begun, begun{c.Op, c.Object, c.ID, c.Others, time.Now()})
	}
	return e, b, nil
}

// intend takes down an intent. It needs mu.
func (j *Journal) intend(c Change) (seq int64, err error) {
	j.seq++
	return j.seq, j.write(intentLine{line{Type: typeIntent, Seq: j.seq, At: time.Now().UTC()}, c})
}

// write takes down a line. It needs mu.
func (j *Journal) write(l any) error {
	if !j.begun {
		j.begun = true
		if err := j.write(runLine{line{Type: typeRun, Format: format, At: j.run.Started}, j.run}); err != nil {
			return err
		}
	}
	text, err := encode(l)
	j.open.lines = append(j.open.lines, text...)
	return err
}

// Done records what became of the changes, in their order. It is durable after the next
// Flush. What is said last of a change counts.
func (e *Entry) Done(outcomes ...Outcome) {
	if e == nil {
		return
	}
	for i, o := range outcomes {
		if o.Failure != nil {
			e.end(e.seqs[i], func(l line) any { l.Type = typeFail; return failLine{l, *o.Failure} })
		} else {
			e.end(e.seqs[i], func(l line) any { l.Type = typeDone; return doneLine{l, o} })
			e.journal.told.add(e.begun[i], ended{o.ID, o.Updated, time.Now()})
		}
	}
}

// Fail records of all the changes that their request went wrong.
func (e *Entry) Fail(f Failure) {
	if e != nil {
		e.Done(slices.Repeat([]Outcome{{Failure: &f}}, len(e.seqs))...)
	}
}

func (e *Entry) end(seq int64, as func(line) any) {
	j := e.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	// What cannot be encoded leaves an intent without an outcome, which says as much.
	_ = j.write(as(line{Seq: seq, At: time.Now().UTC()}))
}

// Pending reports whether something is recorded that is not durable.
func (j *Journal) Pending() bool {
	if j == nil {
		return false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.open.lines) > 0 || len(j.sealed) > 0
}

// Flush returns nil only if all that was recorded before is durable.
func (j *Journal) Flush(ctx context.Context) error {
	if !j.Pending() {
		return nil
	}
	j.mu.Lock()
	b := j.open
	j.mu.Unlock()
	return failed(j.store(ctx, b))
}

// Close says that the run has ended.
func (j *Journal) Close(ctx context.Context) error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	if j.forgo(); j.begun {
		_ = j.write(line{Type: typeEnd, At: time.Now().UTC()}) // can be encoded
	}
	j.mu.Unlock()
	return j.Flush(ctx)
}

// store makes a batch durable, and all before it: whoever has the turn does that for all
// who wait for theirs.
func (j *Journal) store(ctx context.Context, b *batch) error {
	select {
	case j.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("recording a change was stopped: %w", ctx.Err())
	}
	defer func() { <-j.turn }()
	if b.stored {
		return nil
	}
	j.mu.Lock()
	if len(j.open.lines) > 0 {
		j.sealed = append(j.sealed, j.open)
		j.open = &batch{number: j.open.number + 1}
	}
	sealed := j.sealed
	j.mu.Unlock()
	for i, s := range sealed {
		if err := j.place.put(ctx, s.number, s.lines); err != nil {
			return err
		}
		s.stored, s.lines = true, nil
		j.mu.Lock()
		j.sealed = sealed[i+1:]
		j.mu.Unlock()
	}
	return nil
}
