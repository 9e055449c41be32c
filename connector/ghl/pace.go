package ghl

import (
	"slices"
	"time"
)

const (
	startMax      = 25 // the least limit that was measured; headers tell the true one
	startInterval = 10 * time.Second
	noLimit       = 1_000_000_000 // so much in an interval that nobody can send it
	sharers       = 3             // how many share what remains, where others are busy too
	probeShare    = 30            // one in so many goes ahead where only we know of a place
	othersLast    = 6             // intervals for which others, once seen, are reckoned with
	marginShare   = 1000          // a slot rests 1/1000 of the interval longer: clocks differ
	slackShare    = 40            // of the interval, see pace.wrote
)

// pace is what is known of the server's limit, as a value: its functions
// neither read a clock nor change the state they are given.
//
// The server counts at most max requests in an interval, in fixed windows
// aligned anywhere or in sliding ones; nothing tells which. A request is
// counted at some moment between being sent and being answered. So a slot is
// free again one interval after the *latest* moment at which its request can
// have been counted, and max slots can never be over any such limit.
//
// Until a header tells the limit, which each answer of the vendor's does, it is
// taken for the least one that was measured.
type pace struct {
	max      int
	interval time.Duration
	told     bool // a rate header was seen
	slots    []slot
	sent     int64         // number of the latest request
	inFlight int           // sent, not answered
	latency  time.Duration // smoothed, of what was under way
	answers  int64         // how many it is made of
	foreign  foreign
	left     left
	others   time.Time // when others were last seen to draw from the bucket
	busy     bool      // they drew while we did, when last seen
	blocked  time.Time // after a 429: nobody sends before
	refusing time.Time // when the first 429 since the last success came

	dailyRemaining, dailyLimit int64 // -1: not told
	dailySince                 int64 // number of the latest request when that was learned
	dailyReset                 time.Time
	resetTold                  bool  // else dailyReset is a guess
	reserve                    int64 // of the daily quota, for others
}

// slot is one request of ours that the server may still count.
type slot struct {
	number  int64
	sent    time.Time
	rank    int       // slots taken when it was sent, itself included
	counted time.Time // the latest moment it can have been counted; zero: open
}

// foreign is what others took from the same bucket, as an answer showed it.
type foreign struct {
	n       int
	learned time.Time
}

// left is what the server said remains, for all who draw from the bucket.
type left struct {
	n       int
	learned time.Time
	freed   int // slots of ours that were freed since, and forgotten
}

// hold is why, and for how long at most, a request may not go. The wait 0 lets
// it go.
type hold struct {
	wait time.Duration
	why  reason
}

// reason says in words for a log why requests wait.
type reason string

const (
	waitRefused reason = "rate limit of the location reached"
	waitRate    reason = "rate limit of the location"
	waitOthers  reason = "rate limit of the location, which others use too"
	waitAnswers reason = "answers of the API are slow" // no end is known
)

// rate is what the headers of one answer tell; -1 or 0 where silent.
type rate struct {
	max            int
	remaining      int // -1: not told
	interval       time.Duration
	dailyRemaining int64 // -1: not told
	dailyLimit     int64 // -1: not told
	dailyReset     time.Duration
}

func newPace() pace {
	return pace{max: startMax, interval: startInterval, dailyRemaining: -1, dailyLimit: -1}
}

// next decides whether a request may go now. If so nothing holds it and its
// number is p.sent of the new state; else ask again after the wait or after any
// news, whichever is first.
func next(p pace, now time.Time) (hold, pace) {
	if wait := p.blocked.Sub(now); wait > 0 {
		return hold{wait, waitRefused}, p
	}
	if p.inFlight >= p.maxInFlight() || p.lastUnderWay(now) {
		return hold{p.interval, waitAnswers}, p
	}
	if p.unlimited() {
		p.sent++
		p.inFlight++
		return hold{}, p
	}
	if p.free(p.foreign.learned, now) {
		p.foreign = foreign{}
	}
	if p.taken(now)+p.foreign.n >= p.max {
		return hold{p.untilFree(now), waitRate}, p
	}
	if wait := p.giveWay(now); wait > 0 {
		return hold{wait, waitOthers}, p
	}
	p.sent++
	p.inFlight++
	p.left.freed = p.freed(now)
	p.slots = slices.DeleteFunc(slices.Clone(p.slots), func(s slot) bool { return p.free(s.counted, now) })
	p.slots = append(p.slots, slot{number: p.sent, sent: now, rank: len(p.slots) + 1})
	return hold{}, p
}

// unlimited: a server that allows whatever can be sent (a sandbox) wants no
// account, which would only grow.
func (p pace) unlimited() bool { return p.max >= noLimit }

// rest is how long a counted request holds its slot.
func (p pace) rest() time.Duration { return p.interval + p.interval/marginShare }

// taken is how many of our requests the server may still count.
func (p pace) taken(now time.Time) int {
	n := 0
	for _, s := range p.slots {
		if !p.free(s.counted, now) {
			n++
		}
	}
	return n
}

func (p pace) free(counted, now time.Time) bool {
	return !counted.IsZero() && now.Sub(counted) >= p.rest()
}

// untilFree is the time until the first taken slot frees itself.
func (p pace) untilFree(now time.Time) time.Duration {
	wait := p.interval
	if p.foreign.n > 0 {
		wait = min(wait, p.foreign.learned.Add(p.rest()).Sub(now))
	}
	for _, s := range p.slots {
		if until := s.counted.Add(p.rest()).Sub(now); !s.counted.IsZero() && until > 0 {
			wait = min(wait, until)
		}
	}
	return wait
}

// giveWay is how long to hold back for others. Alone, our slots are the exact
// account and what remains is not looked at, because it would forget that old
// slots free themselves. Beside others only the server knows the account: then
// no more may be under way than it said remains, or our share of it if they
// draw while we do; and if nothing remains, than places that we ourselves left
// since. One request goes ahead to ask after a pause.
func (p pace) giveWay(now time.Time) time.Duration {
	if p.others.IsZero() || now.Sub(p.others) > othersLast*p.interval {
		return 0
	}
	if p.free(p.left.learned, now) {
		if p.inFlight == 0 || len(p.slots) == 0 {
			return 0
		}
		latest := p.slots[len(p.slots)-1].sent // a stuck one must not stop all others
		return max(latest.Add(p.rest()).Sub(now), 0)
	}
	ours := p.left.n
	if p.busy { // they read the same number and send as we do
		ours /= sharers
		if ours == 0 { // to wait for the interval to end would waste a part of each
			ours = min(p.freed(now), 1+p.max/probeShare)
		}
	}
	if p.inFlight < ours {
		return 0
	}
	return min(p.left.learned.Add(p.rest()).Sub(now), p.untilFree(now))
}

// freed is how many of our slots the server let go since it said what remains:
// places that nobody else knows of.
func (p pace) freed(now time.Time) int {
	n := p.left.freed
	for _, s := range p.slots {
		if p.free(s.counted, now) && s.counted.Add(p.rest()).After(p.left.learned) {
			n++
		}
	}
	return n
}

// wrote notes that a request was on the wire in full. A gateway counts what
// arrives before any work on it, so from here a fortieth of the interval
// bounds the moment of counting: an answer that takes longer is slow for other
// reasons, and its slot need not rest longer for it.
func wrote(p pace, number int64, now time.Time) pace {
	return p.settle(number, now.Add(p.interval/slackShare))
}

// settle sets the latest moment at which a request can have been counted, if
// that is news.
func (p pace) settle(number int64, counted time.Time) pace {
	p.slots = slices.Clone(p.slots)
	for i, s := range p.slots {
		if s.number == number && (s.counted.IsZero() || counted.Before(s.counted)) {
			p.slots[i].counted = counted
		}
	}
	return p
}

// unsent takes back a request that never left.
func unsent(p pace, number int64) pace {
	p.inFlight--
	p.slots = slices.DeleteFunc(slices.Clone(p.slots), func(s slot) bool { return s.number == number })
	return p
}

// failed notes that a request ended without an answer, after it was under way
// for as long as it lasted.
func failed(p pace, number int64, now time.Time, lasted time.Duration) pace {
	return p.ended(lasted).settle(number, now)
}

// answered learns from an answer, its HTTP status and its headers. A success
// ends a row of refusals.
func answered(p pace, number int64, now time.Time, lasted time.Duration, r rate, status int) pace {
	p = p.ended(lasted).settle(number, now)
	if status/100 == 2 {
		p.refusing = time.Time{}
	}
	if r.max > 0 {
		p.told, p.max = true, r.max
		if r.interval > 0 {
			p.interval = r.interval
		}
		if r.remaining >= 0 {
			p = p.seeOthers(number, now, r)
		}
	}
	return p.learnDaily(number, now, r)
}

// seeOthers compares what the server has counted with the most that can be
// ours: all slots held when the request went, and all requests sent since. The
// rest surely belongs to others with the same token. A request sent after that
// was learned can show that it is less by now: others have at most what was
// counted besides the request itself.
func (p pace) seeOthers(number int64, now time.Time, r rate) pace {
	i := slices.IndexFunc(p.slots, func(s slot) bool { return s.number == number })
	if i < 0 {
		return p
	}
	fresh := p.slots[i].sent.After(p.left.learned)
	if r.remaining < p.left.n || fresh {
		p.left = left{n: r.remaining, learned: now}
	}
	counted := r.max - r.remaining
	ours := p.slots[i].rank + int(p.sent-number)
	if p.slots[i].sent.After(p.foreign.learned) {
		p.foreign.n = min(p.foreign.n, max(counted-1, 0))
	}
	n := counted - ours
	if more := n > p.foreign.n; more || fresh {
		p.busy = more
	}
	if n > 0 && n >= p.foreign.n {
		p.foreign, p.others = foreign{n: n, learned: now}, now
	}
	return p
}

// throttled notes a 429: nobody sends for an interval.
func throttled(p pace, now time.Time) pace {
	p.blocked = now.Add(p.interval)
	if p.refusing.IsZero() {
		p.refusing = now
	}
	return p
}
