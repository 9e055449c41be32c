package ghl

import (
	"math"
	"time"
)

// Beside others in fixed windows each sends at the rate at which two use up evenly what
// remains until the window ends. All see the same remain, so all send alike, whatever
// they did before; four use three quarters up in the first half, and have little left to
// overdraw at the end.
//
// A window is due an interval after the one before. Each answer narrows down when it
// began: after the latest request that the one before still counted, and so long before
// the first that it counted itself as those before that need. It may begin later than it
// is due, where the server waits for the first request.
const (
	sharers  = 2
	lateness = 5 // a part of how much later than due a window can have begun: so much it has
)

// window is what is known of the server's fixed windows.
type window struct {
	begun  time.Time // the latest; zero: none was seen to
	number int64     // of the request that showed it
	latest time.Time // when the latest request went that it counted
	due    time.Time // when our latest request was due
}

// untilShare is how long to wait for our next share of the window.
func (p *pace) untilShare(now time.Time) time.Duration {
	every, wait := p.share(now)
	return max(wait, p.sharing.window.due.Add(every).Sub(now))
}

// share is the distance of our requests; or else how long to wait, unless an answer
// comes first. Since it was told what remains, the others have drawn on it as we do, or
// evenly at least.
func (p *pace) share(now time.Time) (every, wait time.Duration) {
	left := p.sharing.window.begun.Add(p.rest()).Sub(now)
	if left <= 0 {
		if p.inFlight > 0 { // it finds out whether the next window has begun
			return 0, p.interval
		}
		return 0, 0
	}
	told := left + now.Sub(p.left.learned) + p.latency/2 // was left when that was told
	unused := math.Pow(float64(left)/float64(told), max((p.clients()-1)/sharers, 1))
	remaining := float64(p.left.n-p.inFlight) * unused
	if remaining < 1 {
		return 0, left
	}
	return time.Duration(min(sharers*float64(left)/remaining, float64(p.interval))), 0
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

// opens tells whether an answer shows a new window: more remains than was told before
// its request went, or so much more that it cannot just have been overtaken.
func (p *pace) opens(s *slot, remaining int, before left) bool {
	more := remaining - before.n
	return p.sharing.proof.windows && (more > p.max/reckoned || more > 0 && s.sent.After(before.learned))
}

// opened learns from the first answer of a window when that began.
func (p *pace) opened(s *slot, remaining int, now time.Time) {
	w := &p.sharing.window
	counted := now
	if !s.counted.IsZero() && s.counted.Before(now) {
		counted = s.counted
	}
	needed := float64(p.interval) * float64(p.max-remaining) / float64(p.max) / reckoned // if each has the whole rate
	latest := counted.Add(-time.Duration(needed))
	begun := w.begun.Add(p.interval)
	if w.begun.IsZero() || begun.After(latest) {
		begun = latest
	}
	begun = begun.Add(latest.Sub(begun) / lateness)
	if begun.Before(w.latest) {
		begun = w.latest
	}
	w.begun, w.number, w.latest, p.sharing.empty = begun, s.number, s.sent, time.Time{}
}

// goesOn learns from an answer that the window still counted a request.
func (p *pace) goesOn(s *slot) {
	w := &p.sharing.window
	if s.sent.After(w.latest) {
		w.latest = s.sent
	}
	if !w.begun.IsZero() && s.sent.After(w.begun.Add(p.interval)) { // it has begun later than we thought
		w.begun = s.sent.Add(-p.interval + p.interval/retryShare)
	}
}

// proof finds out whether the server counts in fixed windows. Where slots free
// themselves one by one, all that were counted in the last interval are still: if it
// tells less than have been added by then, it has forgotten all at once.
type proof struct {
	windows bool // it is proved
	rises   []rise
	sum     int       // of the rises
	latest  rise      // of the answer before
	learned time.Time // when that came
}

// rise is how many were counted after a moment; in latest, altogether.
type rise struct {
	after time.Time
	n     int
}

// hear learns how many were counted, by a request that was sent at a moment. It goes by
// requests that were sent after the answer to the one before, as others may overtake.
func (f *proof) hear(counted int, sent, now time.Time, interval time.Duration) {
	if f.windows || !sent.After(f.learned.Add(interval/stepShare)) {
		return
	}
	if n := counted - f.latest.n; n > 0 && !f.learned.IsZero() {
		f.rises = append(f.rises, rise{f.latest.after, n})
		f.sum += n
	}
	f.latest, f.learned = rise{sent, counted}, now
	for len(f.rises) > 0 && now.Sub(f.rises[0].after) >= interval {
		f.sum -= f.rises[0].n
		f.rises = f.rises[1:]
	}
	if f.windows = f.sum > counted; f.windows {
		f.rises = nil
	}
}
