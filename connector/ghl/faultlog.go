package ghl

import (
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// longWait is how long a wait must be to be told. The waits of an ordinary pace
// are shorter, and no news.
const longWait = 10 * time.Second

// note counts a fault and logs the first of its name if no caller will hear of
// it: the call goes on, or the caller has to find out what happened.
func (c *Client) note(fault *Error, wait time.Duration, again bool) {
	if !fault.isFault() {
		return
	}
	name := fault.name()
	first := c.counts.fault(name)
	if again && fault.Kind != Throttled { // the pacer tells of its own waits
		c.waits.ofFault(name, wait)
	}
	if !first || !again && fault.Kind != Ambiguous {
		return
	}
	event := c.log.Warn().Str("operation", string(fault.Operation)).Stringer("kind", fault.Kind).Int("status", fault.Status)
	if fault.Err != nil && fault.Status == 0 {
		event = event.Str("cause", redact(fault.Err.Error()))
	}
	switch fault.Kind {
	case Throttled:
		wait = fault.held
		event.Stringer("wait", wait).Msgf("%s: rate limit of the location reached, all requests wait %s; more of these are only counted", name, wait)
	case Ambiguous:
		event.Msgf("%s: it is not known whether this was done; more of these are only counted", name)
	default:
		if wait == 0 {
			event.Msgf("%s: trying again when the API is back; more of these are only counted", name)
			return
		}
		wait = wait.Round(time.Millisecond)
		event.Stringer("wait", wait).Msgf("%s: trying again in %s; more of these are only counted", name, wait)
	}
}

// isFault tells a fault of the way or the server from an answer about the
// record, from the caller's own end, and from what was not even sent.
func (e *Error) isFault() bool {
	switch e.Kind {
	case Rejected, Duplicate, Gone, Canceled:
		return false
	case Exhausted:
		return e.Status != 0
	}
	return true
}

// name is what faults are counted by: "POST /contacts/: transient (503)".
func (e *Error) name() string {
	if e.Status == 0 {
		return string(e.Operation) + ": " + e.Kind.String()
	}
	return fmt.Sprintf("%s: %s (%d)", e.Operation, e.Kind, e.Status)
}

// waits tells of long waits, of each once, however many calls wait.
type waits struct {
	log  zerolog.Logger
	mu   sync.Mutex
	told map[string]announced
}

// announced is when a wait was told, and until when it was said to last.
type announced struct{ at, until time.Time }

// ofPace tells of a wait for the pace. Which answer is slow, hangs tells.
func (w *waits) ofPace(why reason, since, until time.Time) {
	if why != waitAnswers {
		w.tell("", why, since, until)
	}
}

// ofFault tells of a pause after a fault.
func (w *waits) ofFault(name string, wait time.Duration) {
	now := time.Now()
	w.tell(name, reason(name), now, now.Add(wait))
}

// ofFaultNow says which pause after a fault goes on; "" if none does.
func (w *waits) ofFaultNow() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for name, told := range w.told {
		if left := time.Until(told.until); name != "" && left > 0 {
			return fmt.Sprintf("waiting %.0f s after %s", left.Seconds(), name)
		}
	}
	return ""
}

// tell logs a wait from since to until, if it is long and was not told. Of the
// waits in a series one at a time is told.
func (w *waits) tell(series string, why reason, since, until time.Time) {
	if until.Sub(since).Round(time.Second) <= longWait || !w.news(series, since, until) {
		return
	}
	until = until.UTC()
	w.log.Info().Str("reason", string(why)).Str("until", until.Format(time.RFC3339)).Msgf("%s: waiting until %s", why, until.Format("15:04:05 MST"))
}

// news tells whether a wait is neither the one told last nor within it, and
// notes that it is told now.
func (w *waits) news(series string, since, until time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now, last := time.Now(), w.told[series]
	if now.Before(last.until) || !since.After(last.at) {
		return false
	}
	w.told[series] = announced{at: now, until: until}
	return true
}
