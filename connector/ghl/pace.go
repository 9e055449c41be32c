package ghl

import (
	"slices"
	"time"
)

const (
	startMax      = 25 // the least limit that was measured; headers tell the true one
	startInterval = 10 * time.Second
	silentAnswers = 3    // answers without rate headers after which a server has no limits
	othersLast    = 6    // intervals for which others, once seen, are reckoned with
	marginShare   = 1000 // a slot rests 1/1000 of the interval longer: clocks differ
	slackShare    = 40   // of the interval, see pace.wrote
	unknownReset  = 24 * time.Hour
)

// pace is what is known of the server's limit, as a value: its functions
// neither read a clock nor change the state they are given.
//
// The server counts at most max requests in an interval, in fixed windows
// aligned anywhere or in sliding ones; nothing tells which. A request is
// counted at some moment between being sent and being answered. So a slot is
// free again one interval after the *latest* moment at which its request can
// have been counted, and max slots can never be over any such limit.
type pace struct {
	max      int
	interval time.Duration
	told     bool // a rate header was seen
	silent   int  // successes without one
	slots    []slot
	sent     int64 // number of the latest request
	inFlight int   // sent, not answered
	foreign  foreign
	left     left
	others   time.Time // when others were last seen to draw from the bucket
	blocked  time.Time // after a 429: nobody sends before

	dailyRemaining, dailyLimit int64 // -1: not told
	dailyReset                 time.Time
	resetTold                  bool // else dailyReset is a guess
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
}

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

// next decides whether a request may go now. If so the wait is 0 and the
// request's number is p.sent of the new state; else ask again after the wait
// or after any answer, whichever is first.
func next(p pace, now time.Time) (time.Duration, pace) {
	if wait := p.blocked.Sub(now); wait > 0 {
		return wait, p
	}
	if p.dailyRemaining > 0 && p.dailyRemaining <= int64(p.inFlight) && now.Before(p.dailyReset) {
		return p.interval, p // the last of the day may all be under way
	}
	if p.silentServer() {
		p.sent++
		p.inFlight++
		return 0, p
	}
	if p.free(p.foreign.learned, now) {
		p.foreign = foreign{}
	}
	if p.taken(now)+p.foreign.n >= p.max {
		return p.untilFree(now), p
	}
	if wait := p.giveWay(now); wait > 0 {
		return wait, p
	}
	p.sent++
	p.inFlight++
	p.slots = slices.DeleteFunc(slices.Clone(p.slots), func(s slot) bool { return p.free(s.counted, now) })
	p.slots = append(p.slots, slot{number: p.sent, sent: now, rank: len(p.slots) + 1})
	return 0, p
}

// silentServer: a server that never says anything about limits (a sandbox
// without any) has none to keep. The first header or 429 ends that.
func (p pace) silentServer() bool { return !p.told && p.silent >= silentAnswers }

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
// no more may be under way than it said remains, and one request goes ahead to
// ask after a pause.
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
	if p.inFlight < p.left.n {
		return 0
	}
	return p.left.learned.Add(p.rest()).Sub(now)
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

// failed notes that a request ended without an answer.
func failed(p pace, number int64, now time.Time) pace {
	p.inFlight--
	return p.settle(number, now)
}

// answered learns from an answer and its headers. ok tells whether it was a
// success: only those count as silence, because gateways refuse without headers.
func answered(p pace, number int64, now time.Time, r rate, ok bool) pace {
	p = failed(p, number, now)
	if r.max > 0 {
		p.told, p.max = true, r.max
		if r.interval > 0 {
			p.interval = r.interval
		}
		if r.remaining >= 0 {
			p = p.seeOthers(number, now, r)
		}
	} else if ok && !p.told {
		p.silent++
	}
	if r.dailyLimit >= 0 {
		p.dailyLimit = r.dailyLimit
	}
	if r.dailyRemaining >= 0 {
		p.dailyRemaining, p.resetTold = r.dailyRemaining, r.dailyReset > 0
		if !p.resetTold {
			r.dailyReset = unknownReset
		}
		p.dailyReset = now.Add(r.dailyReset)
	}
	return p
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
	if r.remaining < p.left.n || p.slots[i].sent.After(p.left.learned) {
		p.left = left{n: r.remaining, learned: now}
	}
	counted := r.max - r.remaining
	ours := p.slots[i].rank + int(p.sent-number)
	if p.slots[i].sent.After(p.foreign.learned) {
		p.foreign.n = min(p.foreign.n, max(counted-1, 0))
	}
	if n := counted - ours; n > 0 && n >= p.foreign.n {
		p.foreign, p.others = foreign{n: n, learned: now}, now
	}
	return p
}

// throttled notes a 429: nobody sends for an interval. news is false if that
// was known already.
func throttled(p pace, now time.Time) (_ pace, news bool) {
	p.told = true
	news = !p.blocked.After(now)
	p.blocked = now.Add(p.interval)
	return p, news
}

// exhausted tells whether the daily quota is gone.
func (p pace) exhausted(now time.Time) bool {
	return p.dailyRemaining == 0 && now.Before(p.dailyReset)
}

// untilReset is the time until the daily quota returns, 0 if not told or past.
func (p pace) untilReset(now time.Time) time.Duration {
	if !p.resetTold {
		return 0
	}
	return max(p.dailyReset.Sub(now), 0)
}
