package ghl

import (
	"fmt"
	"testing"
	"time"
)

// busyPace is a pace that has used its whole limit for an interval, request by
// request at the same distance.
func busyPace(limit int, now time.Time) (*pace, time.Time) {
	p := newPace()
	p.max, p.told = limit, true
	for range limit {
		now = now.Add(p.interval / time.Duration(limit))
		p.round(now)
	}
	return p, now
}

// round sends a request that is answered at once.
func (p *pace) round(now time.Time) {
	number := p.send(now)
	p.wrote(number, now)
	p.answered(number, now, 0, rate{max: p.max, remaining: p.max - p.slots.taken(), dailyRemaining: -1, dailyLimit: -1}, 200)
}

// BenchmarkPace is what one request costs in the pace, from being held back to its
// answer, where the whole limit is used.
func BenchmarkPace(b *testing.B) {
	for _, limit := range []int{100, 10_000, 1_000_000} {
		b.Run(fmt.Sprintf("limit=%d", limit), func(b *testing.B) {
			p, now := busyPace(limit, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			b.ReportAllocs()
			for b.Loop() {
				for held := p.hold(now); held.wait > 0; held = p.hold(now) {
					now = now.Add(held.wait)
				}
				p.round(now)
			}
		})
	}
}

// What the pace keeps of the requests that have ended does not grow with the
// limit, and the whole limit is used all the same.
func TestWhatThePaceKeepsDoesNotGrowWithTheLimit(t *testing.T) {
	const limit = 50_000
	begun := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p, now := busyPace(limit, begun)
	if n := len(p.slots.ended); n > 2*stepShare || p.slots.taken() != limit {
		t.Errorf("%d moments are kept of %d requests", n, p.slots.taken())
	}
	sent, from := 0, now
	for now.Sub(from) < p.interval {
		if held := p.hold(now); held.wait > 0 {
			now = now.Add(held.wait)
			continue
		}
		p.round(now)
		sent++
	}
	if sent < limit*99/100 || sent > limit {
		t.Errorf("%d requests in another interval", sent)
	}
}
