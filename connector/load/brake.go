package load

import (
	"fmt"
	"sync"

	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// brake keeps a sync that would do more than the user expects from doing it.
// The lock of ended guards it.
type brake struct {
	creates, updates bound
	ended            *sync.Cond // told when a write has ended
}

// bound is one limit of the user's.
type bound struct {
	verb, setting string
	limit         *int64 // nil: none
	open, done    int64  // writes under way, and made
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
	return fmt.Sprintf("%s is %d, and the records read so far ask to %s at least %s", e.Setting, e.Limit, e.Verb,
		words.Count(e.Further, "more contact"))
}

func (b *bound) reached() bool { return b.limit != nil && b.open+b.done >= *b.limit }

func (b *bound) over() error { return &LimitError{Verb: b.verb, Setting: b.setting, Limit: *b.limit} }

// begin enters that one more contact is about to be written. What is under way
// may turn out to be something else, so at the limit its end is waited for.
func (b *brake) begin(of *bound) error {
	for of.reached() && of.open > 0 {
		b.ended.Wait()
	}
	if of.reached() {
		return of.over()
	}
	of.open++
	return nil
}

// end enters what has become of it.
func (b *brake) end(of *bound, made bool) {
	of.open--
	if made {
		of.done++
	}
	b.ended.Broadcast()
}

// within writes a person unless that is over a limit. A create that turned out
// to be an update counts as one, and ends the sync after it if it was too many.
func (r *run) within(p *person, write func() error) (err error) {
	var of *bound
	switch {
	case p.creates():
		of = &r.brake.creates
	case p.updates():
		of = &r.brake.updates
	default:
		return write()
	}
	r.mu.Lock()
	err = r.brake.begin(of)
	r.mu.Unlock()
	if err != nil {
		return err
	}
	defer func() { // also if it panics: others may be waiting
		r.mu.Lock()
		defer r.mu.Unlock()
		creating := of == &r.brake.creates
		r.brake.end(of, err != nil || !creating || p.status == object.Created)
		if !creating || p.status != object.Updated {
			return
		}
		if r.brake.updates.reached() && err == nil {
			err = r.brake.updates.over()
		}
		r.brake.updates.done++
	}()
	return write()
}

// creates reports whether a contact has to be created for the person.
func (p *person) creates() bool {
	return p.writable() && p.have == nil && p.stream().creates()
}

// writable reports whether a person is planned and not written yet.
func (p *person) writable() bool {
	return p.planned && p.stage == waiting && p.reject == nil && !p.deletes()
}

// updates reports whether the person's contact has to be changed.
func (p *person) updates() bool {
	return p.writable() && p.have != nil && (len(p.change.Set) > 0 || len(p.tagChanges()) > 0)
}

// further counts the people who ask for what a limit forbids.
func (e *LimitError) further(people []*person) {
	for _, p := range people {
		if e.Verb == "create" && p.creates() || e.Verb == "update" && p.updates() {
			e.Further++
		}
	}
}
