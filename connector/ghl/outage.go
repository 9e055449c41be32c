package ghl

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/rs/zerolog"
)

const (
	outageAfter  = 3 // faults in a row, with no answer between them
	firstProbe   = 250 * time.Millisecond
	longestProbe = 2 * time.Second // so an outage is over two seconds after its end, and costs a request each
)

// outage lets an outage of the server be noticed once: while it lasts, one call at
// a time asks whether it is over, and all others wait for that. Whoever has asked
// in vain goes to the end of the line, so that a call which alone is to blame does
// not keep the others.
type outage struct {
	log  zerolog.Logger
	seat chan struct{} // holds one while a call asks

	mu    sync.Mutex
	row   int           // faults since the last answer
	over  chan struct{} // is closed when the outage ends; nil: there is none
	since time.Time
	fault string // its name
	pause *backoff.ExponentialBackOff
}

func newOutage(log zerolog.Logger) *outage {
	return &outage{log: log, seat: make(chan struct{}, 1), pause: backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(firstProbe), backoff.WithMultiplier(2), backoff.WithRandomizationFactor(0),
		backoff.WithMaxInterval(longestProbe), backoff.WithMaxElapsedTime(0))}
}

// pass lets a call go on at once if there is no outage, when it is over, or when it
// is the call's turn to ask whether it is: leave is to be called after that. It also
// returns after most, or when ctx ends. The outage that was met, if any, is told.
func (o *outage) pass(ctx context.Context, most time.Duration) (met <-chan struct{}, leave func()) {
	over := o.now()
	if over == nil || most <= 0 {
		return over, func() {}
	}
	patience := time.NewTimer(most)
	defer patience.Stop()
	select {
	case <-over:
	case <-patience.C:
	case <-ctx.Done():
	case o.seat <- struct{}{}:
		wait := time.NewTimer(o.nextPause())
		defer wait.Stop()
		select {
		case <-over: // an answer came that was asked for before the outage
		case <-wait.C:
			return over, func() { <-o.seat }
		case <-patience.C:
		case <-ctx.Done():
		}
		<-o.seat
	}
	return over, func() {}
}

// now is what is closed when the outage ends; nil if there is none.
func (o *outage) now() (over <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.over
}

// waiting says for how long the API has been down, and why; "" if it is not.
func (o *outage) waiting() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over == nil {
		return ""
	}
	return fmt.Sprintf("waiting %.0f s for the API to be back, after %s", time.Since(o.since).Seconds(), o.fault)
}

func (o *outage) nextPause() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.pause.NextBackOff()
}

// failed notes a fault of a request that was sent, and tells whether there is an
// outage. The same call may fail for reasons of its own: where the server itself
// answers, only its first fault counts.
func (o *outage) failed(fault *Error, first bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if first || unreachable(fault.Status) {
		o.row++
	}
	if o.over == nil && o.row >= outageAfter {
		o.over, o.since, o.fault = make(chan struct{}), time.Now(), fault.name()
		o.pause.Reset()
		o.log.Warn().Msgf("the API is down (%s): one request at a time asks whether it is back, all others wait for that", o.fault)
	}
	return o.over != nil
}

// answered notes that the server has answered a request as it should.
func (o *outage) answered() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.row = 0
	if o.over != nil {
		close(o.over)
		o.over = nil
		o.log.Info().Msgf("the API is back after %s: all requests go on", time.Since(o.since).Round(time.Second))
	}
}

// unreachable tells of a status, 0 for no answer, that the server itself has not given.
func unreachable(status int) bool {
	switch status {
	case 0, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return status >= 520 // Cloudflare's own
}
