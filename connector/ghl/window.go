package ghl

import (
	"math"
	"time"
)

// Beside others in fixed windows what remains is spread over the time that is left, and
// everybody reckons with one other client at least: two use a window up evenly, more do
// so sooner, and who is alone later. All see the same remain, so all get the same.
const (
	sharers  = 2    // of what remains: others draw as we do
	usedUpAt = 0.9  // of a window, what remains is to be used up
	kept     = 0.2  // of a place is left, so that two do not take the last one
	tookPart = 0.25 // of the time that others took, as reckoned, since a window began
	lateness = 2    // of the interval, for which a window that is due may be late
)

// window is what is known of the server's fixed windows.
type window struct {
	begun  time.Time // the latest; zero: none was seen to
	older  time.Time // when the one before was last seen to go on
	due    time.Time // when our latest request was due
	ratio  float64   // requests of others to each of ours, smoothed
	number int64     // of our latest request when that was learned
}

// untilShare is how long to wait for our next share of the window.
func (p *pace) untilShare(now time.Time) time.Duration {
	every, wait := p.share(now)
	return max(wait, p.sharing.window.due.Add(every).Sub(now))
}

// share is the distance of our requests; or else how long to wait, unless an answer
// comes first.
func (p *pace) share(now time.Time) (every, wait time.Duration) {
	w := &p.sharing.window
	remaining := float64(p.left.n - p.inFlight)
	end := w.begun.Add(p.rest())
	if end.After(now) {
		left := max(end.Sub(now)-time.Duration((1-usedUpAt)*float64(p.interval)), p.interval/50)
		part := sharers * float64(left)
		unseen := now.Sub(p.left.learned) + p.latency/2
		remaining *= math.Exp(-w.ratio * float64(unseen) / part)
		if remaining < 1+kept*min(w.ratio, 1) {
			return 0, end.Sub(now)
		}
		return time.Duration(min(part/remaining, float64(p.interval))), 0
	}
	if p.inFlight > 0 { // it finds out whether the next window has begun
		return 0, p.interval
	}
	return 0, 0
}

// wentInWindow notes that a request goes now. One that is late lets the next one be
// early, but no more than that.
func (p *pace) wentInWindow(now time.Time) {
	w := &p.sharing.window
	every, _ := p.share(now)
	w.due = w.due.Add(every)
	if earliest := now.Add(-every); w.due.Before(earliest) {
		w.due = earliest
	}
	if w.due.After(now) {
		w.due = now
	}
}

// follow learns from what remains for all, and what did before that. The request that
// tells it was sent at a moment.
func (p *pace) follow(before, remaining int, sent, now time.Time) {
	w := &p.sharing.window
	switch {
	case p.sharing.proof.windows && remaining > before:
		w.begun, w.older, w.number = p.begun(remaining, now), now, p.sent
		p.sharing.empty = time.Time{}
	case !w.begun.IsZero() && remaining > 0 && sent.After(w.begun.Add(p.interval)):
		w.begun = time.Time{} // it should have ended
	case before > remaining:
		others := float64(before-remaining)/float64(max(p.sent-w.number, 1)) - 1
		w.ratio += (max(others, 0) - w.ratio) / 4
		w.number = p.sent
	}
	switch {
	case remaining > 0:
		p.sharing.row = 0
	case !w.begun.IsZero():
		p.drained(now)
	}
}

// begun is when the window began of which so much remains. Others may have been
// first, and whoever is late each time would get less each time.
func (p *pace) begun(remaining int, now time.Time) time.Time {
	w := &p.sharing.window
	whole := sharers * usedUpAt / (1 + w.ratio) * float64(p.interval) // to use the limit up at the rate of a beginning
	since := now.Add(-p.latency/2 - time.Duration(tookPart*whole*float64(p.max-1-remaining)/float64(p.max)))
	if due := w.begun.Add(p.interval); !w.begun.IsZero() && due.Before(now) {
		since = due.Add(max(since.Sub(due), 0) / 2) // a window may begin with its first request
	}
	if since.Before(w.older) {
		return w.older
	}
	return since
}

// drainedInWindow takes the bucket for empty until the window ends, if that is known.
func (p *pace) drainedInWindow(now time.Time) bool {
	w := &p.sharing.window
	w.older = now
	end := w.begun.Add(p.rest())
	if end.After(now) {
		p.sharing.empty = end
		return true
	}
	if now.Sub(end) > p.interval/lateness {
		w.begun = time.Time{}
	}
	return false
}
