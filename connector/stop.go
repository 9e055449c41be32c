package connector

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
)

// docker stop kills after ten seconds: what is on the wire has the grace to be
// answered, then there is a second to say what became of it, and after that the
// process ends whatever it is doing.
const (
	grace   = 8 * time.Second
	overdue = grace + time.Second
)

// stoppable is the context of a sync: it ends when the process is told to stop,
// which the log says, or when nobody reads stdout. end must be called once.
func stoppable(ctx context.Context, out *airbyte.Writer, log zerolog.Logger) (work context.Context, end func()) {
	work, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-out.Broken():
			cancel()
		case <-work.Done():
		}
	}()
	said := make(chan struct{})
	unsay := context.AfterFunc(ctx, func() {
		defer close(said)
		log.Warn().Msgf("stopping: no new write begins, and what is on the wire is finished, which takes %d seconds at most", int(grace.Seconds()))
	})
	return work, func() {
		if cancel(); !unsay() {
			<-said
		}
	}
}

// within runs f, but does not wait for longer than overdue after a stop was
// asked for or stdout broke: f may compute, or stand still because stdout is
// full and nobody reads it. A stop that was asked for is no failure, whether or
// not it had to be forced.
func within(ctx context.Context, broken <-chan struct{}, f func() int) int {
	done := make(chan int, 1)
	go func() { done <- f() }()
	forced := exitOK
	select {
	case code := <-done:
		return code
	case <-ctx.Done():
	case <-broken:
		forced = exitError
	}
	select {
	case code := <-done:
		return code
	case <-time.After(overdue):
		return forced
	}
}
