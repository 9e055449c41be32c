package ghl

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Nothing of the daily quota is left to us, so nothing was sent.
var (
	errExhausted = errors.New("the daily request quota is used up")
	errReserved  = errors.New("what is left of the daily request quota is reserved")
)

// pacer makes concurrent callers keep one pace. They stand in one line: only
// its head looks at the pace, so that news wake one caller and not all.
type pacer struct {
	head    chan struct{} // holds one: whoever put it there is the line's head
	changed chan struct{} // holds one: the state got news
	waiting func(why reason, since, until time.Time)

	mu    sync.Mutex
	state *pace
}

// turn is the leave to send one request.
type turn struct {
	number int64
	taken  time.Time
}

// newPacer returns a pacer that leaves reserve requests of the daily quota to
// others and calls waiting whenever the head of the line begins to wait.
func newPacer(reserve int64, waiting func(why reason, since, until time.Time)) *pacer {
	p := &pacer{head: make(chan struct{}, 1), changed: make(chan struct{}, 1), waiting: waiting, state: newPace()}
	p.state.reserve = max(reserve, 0)
	return p
}

// take waits until a request may go, and tells for how long. It fails with
// errExhausted or the context's error. Every turn must be given back to exactly
// one of unsent, failed and answered.
func (p *pacer) take(ctx context.Context) (t turn, waited time.Duration, err error) {
	start := time.Now()
	select {
	case p.head <- struct{}{}:
		defer func() { <-p.head }()
	case <-ctx.Done():
		return turn{}, time.Since(start), ctx.Err()
	}
	for since := time.Now(); ; {
		if err := ctx.Err(); err != nil {
			return turn{}, time.Since(start), err
		}
		t, held, err := p.try()
		if err != nil || held.wait == 0 {
			return t, time.Since(start), err
		}
		p.waiting(held.why, since, time.Now().Add(held.wait))
		pause(ctx, held.wait, p.changed)
	}
}

// try takes a turn if nothing holds it.
func (p *pacer) try() (turn, hold, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.state.exhausted(now) {
		return turn{}, hold{}, errExhausted
	}
	if held := p.state.hold(now); held.wait > 0 {
		return turn{}, held, nil
	}
	return turn{number: p.state.send(now), taken: now}, hold{}, nil
}

// holding is what would hold a request that is sent now.
func (p *pacer) holding() hold {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.hold(time.Now())
}

// pause returns after d, when woken or when the context ends.
func pause(ctx context.Context, d time.Duration, woken <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-woken:
	case <-ctx.Done():
	}
}

func (p *pacer) wrote(t turn) {
	p.change(func(s *pace, now time.Time) { s.wrote(t.number, now) })
}

func (p *pacer) unsent(t turn) {
	p.change(func(s *pace, _ time.Time) { s.unsent(t.number) })
}

func (p *pacer) failed(t turn) {
	p.change(func(s *pace, now time.Time) { s.failed(t.number, now, now.Sub(t.taken)) })
}

func (p *pacer) answered(t turn, r rate, status int) {
	p.change(func(s *pace, now time.Time) { s.answered(t.number, now, now.Sub(t.taken), r, status) })
}

// throttled holds all callers back, and tells for how long, and how long there has been
// nothing but refusals.
func (p *pacer) throttled() (wait, throttledFor time.Duration) {
	p.change(func(s *pace, now time.Time) {
		s.throttled(now)
		wait, throttledFor = s.heldFor(now), now.Sub(s.refusing)
	})
	return wait, throttledFor
}

func (p *pacer) change(f func(*pace, time.Time)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p.state, time.Now())
	select {
	case p.changed <- struct{}{}:
	default: // the head has not seen the last news yet
	}
}

// rate is how many requests per second the server allows, 0 if it has not told
// or has no limit.
func (p *pacer) rate() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.state.told || p.state.unlimited() || p.state.interval <= 0 {
		return 0
	}
	return float64(p.state.max) / p.state.interval.Seconds()
}

// daily is what is known of the daily quota, as of now.
func (p *pacer) daily() (d daily) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return daily{p.state.dailyRemaining, p.state.dailyLimit, p.state.reserve, p.state.untilReset(time.Now())}
}

// daily is the daily quota: what is left and the quota (-1: not told), what of
// it is for others, and the time until it returns (0: not told).
type daily struct {
	remaining, limit, reserve int64
	reset                     time.Duration
}

const (
	longestInterval = time.Hour
	longestDay      = 48 * time.Hour
)

// readRate reads the headers that the server puts on every answer. There is no
// Retry-After; daily-reset is a duration, although it is named like a moment.
func readRate(h http.Header) rate {
	number := func(name string) int64 {
		text := h.Get(name)
		if text == "" { // most answers lack some
			return -1
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return -1
		}
		return n
	}
	milliseconds := func(name string, longest time.Duration) time.Duration {
		n := max(number(name), 0)
		if n > longest.Milliseconds() {
			return 0 // a header that cannot be meant must not stop us for ever
		}
		return time.Duration(n) * time.Millisecond
	}
	return rate{
		max: int(min(number("X-Ratelimit-Max"), math.MaxInt32)), remaining: int(min(number("X-Ratelimit-Remaining"), math.MaxInt32)),
		interval:       milliseconds("X-Ratelimit-Interval-Milliseconds", longestInterval),
		dailyRemaining: number("X-Ratelimit-Daily-Remaining"), dailyLimit: number("X-Ratelimit-Limit-Daily"),
		dailyReset: milliseconds("X-Ratelimit-Daily-Reset", longestDay),
	}
}
