package ghl

import (
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v4"
	"golang.org/x/oauth2"
)

const (
	minAttempts      = 3
	cheapAttempt     = time.Second
	maxThrottledTime = 30 * time.Minute
	firstBackoff     = 500 * time.Millisecond
	longestBackoff   = 30 * time.Second
)

// retry decides about repeating one call. It is the backoff.BackOff of what it
// decided last.
type retry struct {
	backoff  backoff.BackOff // nil until something goes wrong
	wait     time.Duration   // before the next attempt
	maxTime  time.Duration
	attempts int
	faulty   time.Duration // spent on transient faults: sending, backing off, waiting for the end of an outage
	outage   bool          // the next attempt waits for that anyway
	renewed  bool
}

func newRetry(maxTime time.Duration) *retry {
	return &retry{maxTime: maxTime}
}

// longer is how long to back off, longer from time to time.
func (r *retry) longer() time.Duration {
	if r.backoff == nil {
		r.backoff = backoff.NewExponentialBackOff(
			backoff.WithInitialInterval(firstBackoff),
			backoff.WithMultiplier(2),
			backoff.WithMaxInterval(longestBackoff),
			backoff.WithMaxElapsedTime(0), // retry counts itself: waits for the pace must not
		)
	}
	return r.backoff.NextBackOff()
}

// NextBackOff is how long to wait before the next attempt.
func (r *retry) NextBackOff() time.Duration { return r.wait }

// Reset does nothing: a retry serves one call.
func (r *retry) Reset() {}

// left is how much more time may be spent on transient faults.
func (r *retry) left() time.Duration { return r.maxTime - r.faulty }

// pause is how long to back off after a transient fault.
func (r *retry) pause() time.Duration {
	if r.outage && r.left() > 0 {
		return 0
	}
	return r.longer()
}

// after tells whether to repeat after a fault, and sets the wait before. A
// throttled call does not wait here: the pacer holds back all calls together.
func (r *retry) after(fault *Error, took time.Duration) (again bool) {
	r.attempts++
	r.wait = 0
	switch fault.Kind {
	case Throttled:
		return fault.throttledFor+fault.held <= maxThrottledTime
	case Transient:
		r.wait = r.pause()
		r.faulty += took + r.wait
		if r.attempts < minAttempts { // worth it where it is cheap, or where there is time to fail so again
			return took < cheapAttempt || r.faulty+took <= r.maxTime
		}
		return r.faulty <= r.maxTime
	case Rejected: // a refusal without a word may be a fault on the way: asked once more, where that is harmless
		r.wait = r.longer()
		return r.attempts == 1 && len(fault.Messages) == 0 && fault.Operation.repeatable()
	}
	return false
}

// achieved: a repeated delete that finds nothing did its work the time before.
func (r *retry) achieved(op Operation, fault *Error) bool {
	return op.method() == http.MethodDelete && fault.Kind == Gone && r.attempts > 0
}

// renew tells, once per call, whether another token can be had than the refused
// one: it may have been revoked before its time, or another call renewed it. If
// no token can be had at all, the next attempt tells why.
func (r *retry) renew(tokens oauth2.TokenSource, refused *oauth2.Token) bool {
	if r.renewed || refused == nil {
		return false
	}
	r.renewed = true
	if source, ok := tokens.(interface{ Invalidate(*oauth2.Token) }); ok {
		source.Invalidate(refused)
	}
	token, err := tokens.Token()
	return err != nil || token != nil && token.AccessToken != refused.AccessToken
}
