package ghl

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// errExhausted: the daily quota is used up, so nothing was sent.
var errExhausted = errors.New("the daily request quota is used up")

// pacer makes concurrent callers keep one pace.
type pacer struct {
	mu      sync.Mutex
	state   pace
	changed chan struct{} // closed and replaced whenever the state got news
}

func newPacer() *pacer { return &pacer{state: newPace(), changed: make(chan struct{})} }

// take waits until a request may go and returns its number and how long it
// waited. It fails with errExhausted or the context's error. Every number must
// be given back to exactly one of unsent, failed and answered.
func (p *pacer) take(ctx context.Context) (number int64, waited time.Duration, err error) {
	start := time.Now()
	for {
		if err := ctx.Err(); err != nil {
			return 0, time.Since(start), err
		}
		p.mu.Lock()
		now := time.Now()
		if p.state.exhausted(now) {
			p.mu.Unlock()
			return 0, now.Sub(start), errExhausted
		}
		var wait time.Duration
		wait, p.state = next(p.state, now)
		number, changed := p.state.sent, p.changed
		p.mu.Unlock()
		if wait == 0 {
			return number, now.Sub(start), nil
		}
		pause(ctx, wait, changed)
	}
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

func (p *pacer) wrote(number int64) {
	p.change(func(s pace, now time.Time) pace { return wrote(s, number, now) })
}

func (p *pacer) unsent(number int64) {
	p.change(func(s pace, _ time.Time) pace { return unsent(s, number) })
}

func (p *pacer) failed(number int64) {
	p.change(func(s pace, now time.Time) pace { return failed(s, number, now) })
}

func (p *pacer) answered(number int64, r rate, ok bool) {
	p.change(func(s pace, now time.Time) pace { return answered(s, number, now, r, ok) })
}

// throttled holds all callers back for one interval, which it returns. news is
// false if they were held back already.
func (p *pacer) throttled() (wait time.Duration, news bool) {
	p.change(func(s pace, now time.Time) pace {
		s, news = throttled(s, now)
		wait = s.interval
		return s
	})
	return wait, news
}

func (p *pacer) change(f func(pace, time.Time) pace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = f(p.state, time.Now())
	close(p.changed)
	p.changed = make(chan struct{})
}

// daily is what is left of the daily quota, the quota (-1: not told) and the
// time until it returns (0: not told).
func (p *pacer) daily(now time.Time) (remaining, limit int64, reset time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.dailyRemaining, p.state.dailyLimit, p.state.untilReset(now)
}

// readRate reads the headers that the server puts on every answer. There is no
// Retry-After; daily-reset is a duration, although it is named like a moment.
func readRate(h http.Header) rate {
	number := func(name string) int64 {
		n, err := strconv.ParseInt(h.Get("x-ratelimit-"+name), 10, 64)
		if err != nil || n < 0 {
			return -1
		}
		return n
	}
	milliseconds := func(name string) time.Duration {
		return time.Duration(max(number(name), 0)) * time.Millisecond
	}
	return rate{
		max: int(number("max")), remaining: int(number("remaining")),
		interval:       milliseconds("interval-milliseconds"),
		dailyRemaining: number("daily-remaining"), dailyLimit: number("limit-daily"),
		dailyReset: milliseconds("daily-reset"),
	}
}
