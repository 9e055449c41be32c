package load

import (
	"fmt"
	"sync"

	"destination-gohighlevel/connector/words"
)

// Brake keeps a sync that would write more than the user expects from doing it.
// The objects of a sync share one. It is safe for concurrent use.
type Brake struct {
	mu               sync.Mutex
	ended            *sync.Cond // told when a write has ended
	creates, updates bound
}

// bound is one limit of the user's.
type bound struct {
	verb, setting string
	limit         *int64 // nil: none
	open, done    int64  // writes under way, and made
}

// NewBrake bounds how much a sync may create and change; nil is no bound.
func NewBrake(creates, updates *int64) *Brake {
	b := &Brake{creates: bound{verb: "create", setting: "max_creates_per_sync", limit: creates},
		updates: bound{verb: "update", setting: "max_updates_per_sync", limit: updates}}
	b.ended = sync.NewCond(&b.mu)
	return b
}

// LimitError ends a sync before the first write over a limit that the user has
// set. What was written before is acknowledged.
type LimitError struct {
	// Verb is create or update; Setting is the key of the configuration that
	// says Limit.
	Verb, Setting string
	Limit         int64
	// Further is how many more of the records read so far asked for it.
	Further int64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s is %d, and the records read so far ask to %s at least %s more", e.Setting, e.Limit, e.Verb,
		words.Grouped(e.Further))
}

func (b *bound) reached() bool { return b.limit != nil && b.open+b.done >= *b.limit }

func (b *bound) over() error { return &LimitError{Verb: b.verb, Setting: b.setting, Limit: *b.limit} }

// Write calls write, which is about to create or to update something and says
// what it has done, unless that is over the limit. What is under way may turn out
// to be something else, so at the limit its end is waited for. A create that
// turned out to be an update counts as one, and ends the sync after it if it was
// too many.
func (b *Brake) Write(intent Status, write func() (Status, error)) (err error) {
	of := &b.updates
	if intent == Created {
		of = &b.creates
	}
	if err := b.begin(of); err != nil {
		return err
	}
	made := Unchanged
	defer func() { // also if it panics: others may be waiting
		b.mu.Lock()
		defer b.mu.Unlock()
		of.open--
		if err != nil || intent != Created || made == Created {
			of.done++
		}
		b.ended.Broadcast()
		if intent != Created || made != Updated {
			return
		}
		if b.updates.reached() && err == nil {
			err = b.updates.over()
		}
		b.updates.done++
	}()
	made, err = write()
	return err
}

func (b *Brake) begin(of *bound) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for of.reached() && of.open > 0 {
		b.ended.Wait()
	}
	if of.reached() {
		return of.over()
	}
	of.open++
	return nil
}
