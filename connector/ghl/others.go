package ghl

import (
	"math"
	"net/http"
	"time"
)

// How a bucket is shared. All clients go by what the server says remains, which is
// the same for all, so that they come to equal shares without knowing each other.
const (
	refill     = 0.95 // of our slots that free themselves we use again; the rest is for others
	takeUp     = 0.8  // of what remains beside those, in an interval
	keptFree   = 0.5  // of a place, so that two do not take the last one
	sharers    = 2    // of what remains in a fixed window: others draw as we do
	usedUpAt   = 0.95 // of a fixed window, what remains is to be used up
	keptFixed  = 0.2  // of a place, as keptFree, in a fixed window
	jumpShare  = 4    // a window is new if so much of the limit has come back at once
	retryShare = 16   // of the interval, after the bucket was found empty; then twice that
	laterShare = 2    // of the interval, for which a window that is due may be late
	startShare = 0.25 // of the time that others took, as reckoned, since a window began
	doorEach   = 6    // in one of so many intervals
	doorPlaces = 50   // in the limit, for each place of the door
)

// sharing is what is known of others who draw from the bucket.
type sharing struct {
	seen   time.Time // others, latest
	last   time.Time // when our latest request was due
	empty  time.Time // until then the bucket is taken for empty
	row    int       // how often it was, since something remained
	window time.Time // when the latest fixed window began; zero: none was seen to
	older  time.Time // when the one before was last seen to go on
	ratio  float64   // requests of others to each of ours, smoothed
	drew   int64     // number of our latest request when that was learned
}

// beside tells whether others draw from the bucket: whoever does is seen in each
// interval.
func (p *pace) beside(now time.Time) bool {
	return !p.sharing.seen.IsZero() && now.Sub(p.sharing.seen) <= p.interval
}

// giveWay is how long to hold back for others.
func (p *pace) giveWay(now time.Time) time.Duration {
	s := &p.sharing
	if wait := s.empty.Sub(now); wait > 0 {
		return wait
	}
	every, wait := p.share(now)
	return min(max(wait, s.last.Add(every).Sub(now)), p.interval)
}

// share is the distance of our requests beside others; or else how long to wait,
// unless an answer comes first.
//
// Where the windows are fixed, a part of what remains is spread over the time that
// is left, by everybody the same. Otherwise slots free themselves one by one: nearly
// all of ours are used again, and a few of the others besides.
func (p *pace) share(now time.Time) (every, wait time.Duration) {
	s := &p.sharing
	remaining := float64(p.left.n - p.inFlight)
	end := s.window.Add(p.rest())
	switch {
	case s.window.IsZero() && remaining > float64(p.max)/2: // enough for everybody
		return 0, 0
	case s.window.IsZero():
		free := max(remaining-keptFree, 0)
		if free == 0 && p.left.freed <= p.inFlight {
			return 0, p.untilFree(now)
		}
		return p.apart(refill*float64(p.slots.taken())+takeUp*free, p.interval), 0
	case end.After(now):
		left := max(end.Sub(now)-time.Duration((1-usedUpAt)*float64(p.interval)), p.interval/50)
		part := sharers * float64(left)
		unseen := now.Sub(p.left.learned) + p.latency/2
		remaining *= math.Exp(-s.ratio * float64(unseen) / part)
		if remaining < 1+keptFixed*min(s.ratio, 1) {
			return 0, end.Sub(now)
		}
		return p.apart(remaining/sharers, left), 0
	case p.inFlight > 0: // it finds out whether the next window has begun
		return 0, p.interval
	}
	return 0, 0
}

// apart is the distance between n requests in a time.
func (p *pace) apart(n float64, in time.Duration) time.Duration {
	return time.Duration(min(float64(in)/max(n, 1e-3), float64(p.interval)))
}

// went notes that a request goes now. One that is late lets the next one be early,
// but no more than that.
func (p *pace) went(now time.Time) {
	s := &p.sharing
	every, _ := p.share(now)
	s.last = s.last.Add(every)
	if earliest := now.Add(-every); s.last.Before(earliest) {
		s.last = earliest
	}
	if s.last.After(now) {
		s.last = now
	}
}

// meet notes that others have taken n of what the server counts. They draw from the
// bucket if that is more than it was, or none of it is older than what we have seen.
func (p *pace) meet(n int, now time.Time) {
	first := p.watched.IsZero()
	if first {
		p.watched = now
	}
	draws := !first && (n > p.foreign.n || now.Sub(p.watched) > p.rest())
	if n > 0 && (draws || p.beside(now)) {
		p.join(now)
	}
}

// join notes that others draw from the bucket.
func (p *pace) join(now time.Time) {
	if !p.beside(now) {
		p.sharing = sharing{last: now, ratio: 1, drew: p.sent}
	}
	p.sharing.seen = now
}

// follow learns from what remains for all, and what did before that. The request that
// tells it was sent at a moment.
func (p *pace) follow(before, remaining int, sent, now time.Time) {
	s := &p.sharing
	switch {
	case remaining-before >= max(p.max/jumpShare, 3):
		s.begin(now, p.begun(remaining, now), p.sent)
	case !s.window.IsZero() && remaining > 0 && sent.After(s.window.Add(p.interval)):
		s.window = time.Time{} // it should have ended
	case before > remaining:
		others := float64(before-remaining)/float64(max(p.sent-s.drew, 1)) - 1
		s.ratio += (max(others, 0) - s.ratio) / 4
		s.drew = p.sent
	}
	if remaining == 0 {
		p.drained(now)
	} else {
		s.row = 0
	}
}

// begin notes a new window.
func (s *sharing) begin(now, since time.Time, sent int64) {
	s.window, s.older, s.empty, s.drew = since, now, time.Time{}, sent
}

// begun is when the window began of which so much remains. Others may have been
// first, and whoever is late each time would get less each time.
func (p *pace) begun(remaining int, now time.Time) time.Time {
	s := &p.sharing
	whole := sharers * usedUpAt / (1 + s.ratio) * float64(p.interval) // to use the limit up at the rate of a beginning
	since := now.Add(-time.Duration(startShare * whole * float64(p.max-1-remaining) / float64(p.max)))
	if due := s.window.Add(p.interval); due.Before(now) && since.Before(due) {
		since = due
	}
	if since.Before(s.older) {
		return s.older
	}
	return since
}

// drained notes that nothing is left in the bucket: until the window ends, where
// that is known.
func (p *pace) drained(now time.Time) {
	s := &p.sharing
	if now.Before(s.empty) {
		return
	}
	s.older = now
	due := s.window.Add(p.rest())
	if due.After(now) {
		s.empty = due
		return
	}
	if now.Sub(due) > p.interval/laterShare {
		s.window = time.Time{}
	}
	s.empty = now.Add(min(p.interval/retryShare<<min(s.row, retryShare), p.interval))
	s.row++
}

// door is how long one of the last places is left free, in some intervals and where
// n are taken. Whoever is alone would use the limit up in a part of each interval, in
// which somebody else would not come in, and could not be seen to.
func (p *pace) door(n int, now time.Time) time.Duration {
	places := max(p.max/doorPlaces, 1)
	open := int(now.Sub(p.watched)/p.interval)%doorEach == doorEach-1
	if p.watched.IsZero() || p.max < startMax || n < p.max-places || !open {
		return 0
	}
	return p.sentAt.Add(p.interval / time.Duration(1+places)).Sub(now)
}

// mostDrained is how many 429s in a row are taken for a bucket that others have emptied
// for a moment: what goes on to be refused has another reason, and waits as it does alone.
const mostDrained = 4

// throttled notes a 429. Beside others the bucket is empty for a moment; else nobody
// sends for an interval. From the third in a row on it is another part of the interval
// each time, for others may always use the bucket up in the same one.
func (p *pace) throttled(now time.Time) {
	if p.heldFor(now) == 0 { // of several that were under way one counts
		p.refusals++
	}
	if p.told && p.slots.taken() > p.max/10 { // where all should be ours
		p.join(now)
	}
	switch {
	case p.beside(now) && p.refusals <= mostDrained:
		p.drained(now)
	case p.told && p.refusals > 2:
		p.blocked = now.Add(p.interval * 618 / 1000) // the golden section: never the same part again
	default:
		p.blocked = now.Add(p.interval)
	}
	if p.refusing.IsZero() {
		p.refusing = now
	}
}

// refused takes back a request that was answered with 429: it is not counted.
func (p *pace) refused(number int64, status int) {
	if status == http.StatusTooManyRequests {
		p.slots.forget(number)
	}
}

// heldFor is how long a 429 holds all requests back.
func (p *pace) heldFor(now time.Time) time.Duration {
	return max(p.blocked.Sub(now), p.sharing.empty.Sub(now), 0)
}
