package ghl

import "time"

const (
	startMax      = 25 // the least limit that was measured; headers tell the true one
	startInterval = 10 * time.Second
	noLimit       = 1_000_000_000 // so much in an interval that nobody can send it
	marginShare   = 1000          // a slot rests 1/1000 of the interval longer: clocks differ
	slackShare    = 40            // of the interval, see pace.wrote
)

// pace is what is known of the server's limit. Its methods read no clock.
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
	slots    slots
	sent     int64         // number of the latest request
	sentAt   time.Time     // when it went
	inFlight int           // sent, not answered
	latency  time.Duration // smoothed, of what was under way
	answers  int64         // how many it is made of
	foreign  foreign
	left     left
	sharing  sharing   // see others.go
	watched  time.Time // since when what the server counts is known
	blocked  time.Time // after a 429: nobody sends before
	refusing time.Time // when the first 429 since the last success came
	refusals int       // how often that held all back since then

	dailyRemaining, dailyLimit int64 // -1: not told
	dailySince                 int64 // number of the latest request when that was learned
	dailyReset                 time.Time
	resetTold                  bool  // else dailyReset is a guess
	reserve                    int64 // of the daily quota, for others
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

func newPace() *pace {
	return &pace{max: startMax, interval: startInterval, dailyRemaining: -1, dailyLimit: -1}
}

// hold decides whether a request may go now. If nothing holds it, send it; else
// ask again after the wait or after any news, whichever is first.
func (p *pace) hold(now time.Time) hold {
	if wait := p.blocked.Sub(now); wait > 0 {
		return hold{wait, waitRefused}
	}
	refused := p.inFlight > 0 && !p.refusing.IsZero() // one at a time until one is not
	if refused || p.inFlight >= p.maxInFlight() || p.lastUnderWay(now) {
		return hold{p.interval, waitAnswers}
	}
	if p.unlimited() {
		return hold{}
	}
	p.expire(now)
	n := p.slots.taken()
	if p.beside(now) {
		return p.holdBeside(n, now)
	}
	if n += p.foreign.n; n >= p.max {
		return hold{p.untilFree(now), waitRate}
	}
	if wait := p.door(n, now); wait > 0 {
		return hold{min(wait, p.untilFree(now)), waitRate}
	}
	return hold{}
}

// holdBeside decides beside others. Alone, our slots are the exact account and what
// remains is not looked at, because it would forget that old slots free themselves.
// Beside others only the server knows the account.
func (p *pace) holdBeside(n int, now time.Time) hold {
	if n >= p.max {
		return hold{p.untilFree(now), waitRate}
	}
	if wait := p.giveWay(now); wait > 0 {
		return hold{wait, waitOthers}
	}
	return hold{}
}

// send notes that a request goes now, and returns its number.
func (p *pace) send(now time.Time) int64 {
	p.sent++
	p.sentAt = now
	p.inFlight++
	if !p.unlimited() {
		p.expire(now)
		if p.beside(now) {
			p.went(now)
		}
		p.slots.open = append(p.slots.open, slot{number: p.sent, sent: now, rank: p.slots.taken() + 1, drawn: p.sharing.tokens.drawn})
	}
	return p.sent
}

// unlimited: a server that allows whatever can be sent (a sandbox) wants no
// account, which would only grow.
func (p *pace) unlimited() bool { return p.max >= noLimit }

// rest is how long a counted request holds its slot.
func (p *pace) rest() time.Duration { return p.interval + p.interval/marginShare }

// step is within which slots are free together.
func (p *pace) step() time.Duration {
	if p.max <= exactSlots {
		return 0
	}
	return p.interval / stepShare
}

func (p *pace) free(counted, now time.Time) bool {
	return !counted.IsZero() && now.Sub(counted) >= p.rest()
}

// expire forgets what the server counts no longer.
func (p *pace) expire(now time.Time) {
	freed := p.slots.expire(func(counted time.Time) bool { return p.free(counted, now) })
	if p.beside(now) {
		p.giveBack(freed, now)
	}
	if p.free(p.foreign.learned, now) {
		p.foreign = foreign{}
	}
}

// untilFree is the time until the first taken slot frees itself.
func (p *pace) untilFree(now time.Time) time.Duration {
	wait := p.interval
	if p.foreign.n > 0 {
		wait = min(wait, p.foreign.learned.Add(p.rest()).Sub(now))
	}
	if counted, known := p.slots.oldest(); known {
		wait = min(wait, counted.Add(p.rest()).Sub(now))
	}
	return wait
}

// wrote notes that a request was on the wire in full. A gateway counts what
// arrives before any work on it, so from here a fortieth of the interval
// bounds the moment of counting: an answer that takes longer is slow for other
// reasons, and its slot need not rest longer for it.
func (p *pace) wrote(number int64, now time.Time) {
	p.slots.settle(number, now.Add(p.interval/slackShare))
}

// unsent takes back a request that never left.
func (p *pace) unsent(number int64) {
	p.inFlight--
	p.slots.forget(number)
}

// failed notes that a request ended without an answer, after it was under way
// for as long as it lasted.
func (p *pace) failed(number int64, now time.Time, lasted time.Duration) {
	p.ended(lasted)
	p.slots.end(number, now, p.step())
}

// answered learns from an answer, its HTTP status and its headers. A success
// ends a row of refusals.
func (p *pace) answered(number int64, now time.Time, lasted time.Duration, r rate, status int) {
	p.ended(lasted)
	if status/100 == 2 {
		p.refusing, p.refusals = time.Time{}, 0
	}
	if r.max > 0 {
		p.told, p.max = true, r.max
		if r.interval > 0 {
			p.interval = r.interval
		}
		if r.remaining >= 0 {
			p.seeOthers(number, now, r)
		}
	}
	p.refused(number, status)
	p.slots.end(number, now, p.step())
	p.learnDaily(number, now, r)
}

// seeOthers compares what the server has counted with the most that can be
// ours: all slots held when the request went, and all requests sent since. The
// rest surely belongs to others with the same token. A request sent after that
// was learned can show that it is less by now: others have at most what was
// counted besides the request itself.
func (p *pace) seeOthers(number int64, now time.Time, r rate) {
	s := p.slots.find(number)
	if s == nil {
		return
	}
	p.expire(now)
	before := p.left
	if r.remaining < before.n || s.sent.After(before.learned) {
		p.left = left{n: r.remaining, learned: now}
	}
	counted := r.max - r.remaining
	ours := s.rank + int(p.sent-number)
	if s.sent.After(p.foreign.learned) {
		p.foreign.n = min(p.foreign.n, max(counted-1, 0))
	}
	p.sharing.proof.hear(counted, s.sent, now, p.interval)
	n := max(counted-ours, 0)
	p.meet(n, now)
	if n > 0 && n >= p.foreign.n {
		p.foreign = foreign{n: n, learned: now}
	}
	if p.beside(now) {
		p.hear(s, r.remaining, before, now)
	}
}
