package contacts

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/load"
)

// schedule hands out the work of a turn: people to be written, and calls that
// change tags of those who are. No more is under way than the client will let send
// soon: so what was handed out first is done first, and its states leave, whatever
// the API allows.
type schedule struct {
	*run
	finder *finder

	// run.mu guards what follows.
	people  []*person       // to be written
	lacking []*person       // written, but for tags
	calls   []*tagCall      // to be made before others are written
	busy    map[string]bool // contacts whose tags are being changed
	freed   *sync.Cond      // told when a place is free
	working int
	idle    int               // workers who wait for work
	jobs    chan func() error // for those
	closing bool              // the last calls are made
	err     error             // nothing is begun any more
	limit   error             // nobody is written any more
	waits   int64             // the line of the first who waits for another turn
	behind  int               // how many of those behind it were handed out
	early   bool              // some may have to be looked for once more, see [schedule.isOutdated]
	ended   bool              // they have: nobody more is written in this turn
}

func (r *run) newSchedule(f *finder, people []*person, waits int64) *schedule {
	return &schedule{run: r, finder: f, people: people, waits: waits, early: !f.isLate(time.Now()), busy: map[string]bool{}, freed: sync.NewCond(&r.mu), jobs: make(chan func() error)}
}

// work does all the work side by side.
func (s *schedule) work(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(s.jobs)
	for {
		switch {
		case s.working > 0 && s.working >= s.Workers():
			s.freed.Wait()
		case ctx.Err() == nil && s.err == nil && s.begin(ctx):
		case s.working > 0:
			s.freed.Wait()
		default:
			return cmp.Or(s.err, ctx.Err(), s.limit)
		}
	}
}

// begin begins what is to be done next, and reports whether there is anything.
// It needs mu.
func (s *schedule) begin(ctx context.Context) bool {
	switch {
	case len(s.calls) > 0 || s.closing: // there are some, or there will be none
	case s.working == 0 && s.over():
		s.closing = true
		s.change(tagCalls(s.lacking))
	case time.Since(s.tagged) >= patience:
		s.change(s.due())
	}
	switch {
	case len(s.calls) > 0:
		return s.beginCall(ctx)
	case s.over():
		return false
	}
	p := s.people[0]
	s.people = s.people[1:]
	one := func() error { return s.one(ctx, p) }
	if !p.idle() {
		if p.line() > s.waits {
			s.behind++
		}
		s.start(one)
		return true
	}
	s.mu.Unlock()
	err := bug.Guard(one)
	s.mu.Lock()
	s.fail(err)
	return true
}

// beginCall begins a call, unless each is about a contact whose tags are being
// changed: nobody knows whether the API would lose one of two changes at a time.
func (s *schedule) beginCall(ctx context.Context) bool {
	i := slices.IndexFunc(s.calls, func(c *tagCall) bool {
		return !slices.ContainsFunc(c.contacts, func(id string) bool { return s.busy[id] })
	})
	if i < 0 {
		return false
	}
	c := s.calls[i]
	for _, id := range c.contacts {
		s.busy[id] = true
	}
	if s.calls = slices.Delete(s.calls, i, i+1); len(s.calls) == 0 {
		s.tagged = time.Now()
	}
	s.start(func() error { return s.call(ctx, c) })
	return true
}

// over reports whether nobody more is written in this turn. A state may wait for
// the first who waits, so of those behind only so many go before that the client is
// kept busy; where little is allowed that is one. It needs mu.
func (s *schedule) over() bool {
	return len(s.people) == 0 || s.limit != nil || s.isOutdated() || s.people[0].line() > s.waits && s.behind >= max(1, s.Workers()-leastWorkers)
}

// isOutdated reports whether those who are left are better looked for once more, now that
// search knows more than when the turn began. It needs mu.
func (s *schedule) isOutdated() bool {
	if s.early && s.finder.isLate(time.Now()) {
		s.early = false
		s.ended = len(s.finder.toLookLate(s.people)) > 0
	}
	return s.ended
}

// start begins work that takes a place. Whoever has done some does more: a new
// goroutine would have to grow its stack first. It needs mu.
func (s *schedule) start(work func() error) {
	s.working++
	if s.idle > 0 {
		s.idle--
		s.jobs <- work
		return
	}
	go func() {
		for more := true; more; work, more = <-s.jobs {
			s.do(work)
		}
	}()
}

// do does work, and frees its place.
func (s *schedule) do(work func() error) {
	err := bug.Guard(work)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.working--
	s.idle++
	s.fail(err)
	s.freed.Signal()
}

// fail notes an error, if there is one. It needs mu.
func (s *schedule) fail(err error) {
	if err == nil {
		return
	}
	var limit *load.LimitError
	if errors.As(err, &limit) { // what was written before it gets its tags
		s.limit = cmp.Or(s.limit, err)
	} else {
		s.err = cmp.Or(s.err, err)
	}
}

// one writes one person.
func (s *schedule) one(ctx context.Context, p *person) error {
	if err := s.writeOne(ctx, s.finder, p); err != nil {
		return err
	}
	return s.done(p)
}

// done settles a person for whom nothing is under way, unless it lacks tags or
// has to be planned anew.
func (s *schedule) done(p *person) error {
	if !p.taggedAll() {
		s.lack(p)
		return nil
	}
	settled, err := s.settle(p)
	if !settled && err == nil {
		s.nextTurn(p)
	}
	return err
}

// nextTurn notes that a person waits for another turn.
func (s *schedule) nextTurn(p *person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waits = min(s.waits, p.line())
}

// lack notes that a person lacks tags.
func (s *schedule) lack(p *person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lacking = append(s.lacking, p)
}

const (
	// patience is how long what is written may wait for its tags, while others
	// are written.
	patience = 10 * time.Second
	// turnTime is how long people of a turn are read before any is written.
	turnTime = 10 * time.Second
	// leastWorkers is how many a client wants that is allowed little.
	leastWorkers = 8
	// worthACall is for how many contacts a call is made that no state waits for.
	worthACall = 10
)

// due are the calls that the first state waits for, if it waits for nothing else,
// and those for so many contacts that to wait for more would save little.
func (s *schedule) due() []*tagCall {
	var records []*load.Record
	for _, p := range s.lacking {
		for _, rec := range p.records {
			records = append(records, rec.Record)
		}
	}
	awaited := s.window.Awaited(records)
	if awaited == nil {
		return nil
	}
	return slices.DeleteFunc(tagCalls(s.lacking), func(c *tagCall) bool { return len(c.contacts) < worthACall && !c.isFor(awaited) })
}

// change has calls made before anybody else is written.
func (s *schedule) change(calls []*tagCall) {
	s.calls = calls
	for _, c := range calls {
		for _, people := range c.people {
			for _, p := range people {
				p.open++
			}
		}
	}
	s.lacking = slices.DeleteFunc(s.lacking, func(p *person) bool { return p.open > 0 })
}

// call changes tags, and settles for whom that was the last thing to do.
func (s *schedule) call(ctx context.Context, c *tagCall) error {
	change := s.changeTags
	if c.link != nil {
		change = s.linkTo
	}
	complete, err := change(ctx, s.finder, c)
	s.mu.Lock()
	for _, id := range c.contacts {
		delete(s.busy, id)
	}
	s.mu.Unlock()
	for _, p := range complete {
		err = cmp.Or(err, s.done(p))
	}
	return err
}
