package ghl

import (
	"net/http"
	"time"
)

// How a bucket is shared.
//
// Clients cannot talk to each other; each knows its own requests exactly and sees,
// by each answer, what the server has left for all. A pace is in one of three states:
//
//   - alone: our own slots are the account, and whoever is alone uses the whole limit.
//     It lasts until an answer shows that more was counted than can be ours (meet, join).
//   - beside others, slots free themselves one by one (tokens.go): our own slots are a
//     quota that nobody else touches. Of each that frees itself a part is given up, and
//     all draw on what is free at the same rate. Who holds much gives up much, who holds
//     little draws as much as the others, so shares become equal.
//   - beside others, fixed windows (window.go): as soon as the answers prove that the
//     server forgets everything at once. What remains is spread over the time that is
//     left, by everybody the same, so shares are equal from the next window on.
//
// They are two laws because the second is better, all are equal at once and nobody needs
// a quota, but it needs a moment at which all is forgotten; by what is free alone, without
// one, all would send too much as soon as answers are slow.
//
// Who has seen no other for an interval is alone again, which is within two intervals
// after the last of them has gone.
const (
	reckoned   = 4   // clients at most, where it matters how many there are
	retryShare = 16  // of the interval, after the bucket was found empty; then twice that
	doorCosts  = 150 // requests, of which a door costs one if the limit is less
)

// sharing is what is known of others who draw from the bucket.
type sharing struct {
	seen   time.Time // others, latest
	joined time.Time // when the first of those was seen
	empty  time.Time // until then the bucket is taken for empty
	row    int       // how often it was, since something remained
	tokens tokens
	window window
	proof  proof
}

// beside tells whether others draw from the bucket: whoever does is seen in each
// interval.
func (p *pace) beside(now time.Time) bool {
	return !p.sharing.seen.IsZero() && now.Sub(p.sharing.seen) <= p.interval
}

// clients is how many draw from the bucket, ourselves among them, if all hold as much as
// we do.
func (p *pace) clients() float64 {
	return min(float64(p.max)/float64(max(p.slots.taken(), 1)), reckoned)
}

// giveWay is how long to hold back for others.
func (p *pace) giveWay(now time.Time) time.Duration {
	s := &p.sharing
	if wait := s.empty.Sub(now); wait > 0 {
		return wait
	}
	if s.window.begun.IsZero() {
		return min(p.untilToken(now), p.interval)
	}
	return min(p.untilShare(now), p.interval)
}

// went notes that a request goes now.
func (p *pace) went(now time.Time) {
	p.accrue(now)
	p.sharing.tokens.have = max(p.sharing.tokens.have-1, -1)
	if !p.sharing.window.begun.IsZero() {
		p.wentInWindow(now)
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
		p.sharing = sharing{
			joined: now,
			tokens: tokens{free: p.left.n, number: p.sent, accrued: now},
			window: window{due: now, latest: p.sharing.window.latest},
			proof:  p.sharing.proof,
		}
	}
	p.sharing.seen = now
}

// hear learns from what an answer says remains for all, and what did before that. It may
// have overtaken others.
func (p *pace) hear(s *slot, remaining int, before left, now time.Time) {
	sh := &p.sharing
	if s.number > sh.tokens.number {
		p.accrue(now)
		sh.tokens.number, sh.tokens.free, sh.tokens.known = s.number, remaining, s.drawn
	}
	switch {
	case s.number < sh.window.number: // it tells of a window that has ended
		p.left = before
		return
	case p.opens(s, remaining, before):
		p.left = left{n: remaining, learned: now}
		p.opened(s, remaining, now)
	default:
		p.goesOn(s)
	}
	if remaining > 0 {
		sh.row = 0
	} else if !sh.window.begun.IsZero() {
		p.drained(now)
	}
}

// drained notes that nothing is left in the bucket: until the window ends, where
// that is known.
func (p *pace) drained(now time.Time) {
	s := &p.sharing
	if now.Before(s.empty) {
		return
	}
	if end := s.window.begun.Add(p.rest()); end.After(now) {
		s.empty = end
		return
	}
	s.empty = now.Add(min(p.interval/retryShare<<min(s.row, retryShare), p.interval))
	s.row++
}

// door is how long the last place is left free where n are taken. Whoever is alone would
// use the limit up in a part of each interval, in which somebody else would not come in,
// and could not be seen to. That costs a request: of a small limit, of which it is a
// larger part, the place is left free in some intervals only.
func (p *pace) door(n int, now time.Time) time.Duration {
	each := max(doorCosts/p.max, 1)
	shut := int(now.Sub(p.watched)/p.interval)%each < each-1
	if p.watched.IsZero() || p.max < startMax || n < p.max-1 || shut {
		return 0
	}
	return p.sentAt.Add(p.interval / 2).Sub(now)
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
