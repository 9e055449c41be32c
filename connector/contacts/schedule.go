package contacts

import (
	"cmp"
	"context"
	"sync"
	"time"

	"destination-gohighlevel/connector/bug"
)

// schedule hands out the writes of a turn. No more people are at work than the
// client will let send soon: so what was handed out first is done first, and
// its states leave, whatever the API allows. What is written need not wait for
// the end of the turn to get its tags.
type schedule struct {
	*run
	finder *finder
	group  *bug.Group

	// run.mu guards what follows.
	freed   *sync.Cond // told when a place is free
	working int
	failed  bool // nothing is begun any more
	lacking *lacking
	tagging bool      // somebody changes tags
	again   time.Time // since when somebody waits for another turn; zero: nobody
}

func (r *run) newSchedule(ctx context.Context, f *finder) *schedule {
	group, _ := bug.NewGroup(ctx, -1)
	return &schedule{run: r, finder: f, group: group, freed: sync.NewCond(&r.mu), lacking: newLacking()}
}

// begin waits for a place and calls work side by side with others. It reports
// whether more may be begun.
func (s *schedule) begin(ctx context.Context, work func() error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.working > 0 && s.working >= s.Workers() {
		s.freed.Wait()
	}
	if ctx.Err() != nil || s.over() {
		return false
	}
	s.working++
	s.group.Go(func() error {
		err := bug.Guard(work)
		s.leave(err)
		return err
	})
	return true
}

func (s *schedule) leave(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.working--
	s.failed = s.failed || err != nil
	s.freed.Signal()
}

// one writes one person, and settles who needs no change of tags.
func (s *schedule) one(ctx context.Context, p *person) error {
	if err := s.writeOne(ctx, s.finder, p); err != nil {
		return err
	}
	if p.taggedAll() {
		return s.settled(p)
	}
	return s.tag(ctx, s.enter(p))
}

// settled settles a person, unless it has to be planned anew.
func (s *schedule) settled(p *person) error {
	done, err := s.settle(p)
	if !done && err == nil {
		s.nextTurn()
	}
	return err
}

// enter notes that a person lacks tags, and returns all who do if it is time to
// change them.
func (s *schedule) enter(p *person) *lacking {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lacking.add(p)
	if s.tagging || !s.tagsAreDue(s.lacking) {
		return &lacking{}
	}
	due := s.lacking
	s.lacking, s.tagging = newLacking(), true
	return due
}

// tag changes tags, and settles for whom that was the last thing to do.
func (s *schedule) tag(ctx context.Context, due *lacking) error {
	if len(due.order) == 0 {
		return nil
	}
	group, grouped := bug.NewGroup(ctx, s.Workers())
	for _, g := range due.order {
		group.Go(func() error {
			complete, err := s.changeTags(grouped, s.finder, g)
			for _, p := range complete {
				err = cmp.Or(err, s.settled(p))
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tagging, s.tagged = false, time.Now()
	return nil
}

const (
	// patience is how long what is written may wait for its tags or for being
	// stored, while others are written.
	patience = 15 * time.Second
	// turnTime is how long a turn takes where somebody waits for another one.
	turnTime = 10 * time.Second
	// tagShare is how many writes there must be for each change of tags that is
	// made only for the sake of a state, unless the last was long ago.
	tagShare = 10
	tagEvery = time.Minute
)

// tagsAreDue reports whether tags are changed before the turn is over: if a
// state waits for nothing else, and it does not cost many calls.
func (r *run) tagsAreDue(l *lacking) bool {
	since := time.Since(r.tagged)
	if since < patience || since < tagEvery && len(l.records) < tagShare*len(l.order) {
		return false
	}
	return r.window.Frees(l.records)
}

// nextTurn notes that somebody waits for another turn.
func (s *schedule) nextTurn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.again.IsZero() {
		s.again = time.Now()
	}
}

// over reports whether nothing more is to be begun. It needs mu.
func (s *schedule) over() bool {
	return s.failed || !s.again.IsZero() && time.Since(s.again) > turnTime
}
