package ghl

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// limiter is a server with a burst limit, fixed or sliding.
type limiter struct {
	mu       sync.Mutex
	max      int
	interval time.Duration
	offset   time.Duration // of the fixed windows; negative: sliding
	lazy     bool          // fixed windows begin with their first request
	others   int           // taken by others at the start of each fixed window
	up, down func() time.Duration
	traced   bool
	silent   int // answers before the first that tells the limit
	answers  int
	start    time.Time
	counted  []time.Time
	window   int
	refused  int
	granted  int
	flying   int // under way now
	most     int // ever under way at once
	grants   []time.Time
}

func (l *limiter) RoundTrip(r *http.Request) (*http.Response, error) {
	l.fly(1)
	defer l.fly(-1)
	if l.traced {
		httptrace.ContextClientTrace(r.Context()).WroteRequest(httptrace.WroteRequestInfo{})
	}
	time.Sleep(l.up())
	resp := l.count()
	time.Sleep(l.down())
	return resp, nil
}

func (l *limiter) fly(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flying += n
	l.most = max(l.most, l.flying)
}

// change sets another limit and returns and forgets how many were refused and
// the most that were under way.
func (l *limiter) change(limit int) (refused, most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	refused, most = l.refused, l.most
	l.refused, l.most, l.max = 0, 0, limit
	return refused, most
}

// since counts the requests granted after a moment.
func (l *limiter) since(t time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, at := range l.grants {
		if at.After(t) {
			n++
		}
	}
	return n
}

func (l *limiter) count() *http.Response {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.lazy {
		if now.Sub(l.start) >= l.interval {
			l.start, l.counted = now, nil
		}
	} else if l.offset < 0 {
		l.counted = slices.DeleteFunc(l.counted, func(t time.Time) bool { return now.Sub(t) >= l.interval })
	} else if w := int((now.Sub(l.start) + l.offset) / l.interval); w != l.window {
		l.window, l.counted = w, make([]time.Time, l.others)
	}
	status, body := 200, `{"contact":{"id":"c1"}}`
	if len(l.counted) >= l.max {
		status, body = 429, `{"statusCode":429,"message":"Too Many Requests"}`
		l.refused++
	} else {
		l.counted = append(l.counted, now)
		l.granted++
		l.grants = append(l.grants, now)
	}
	if l.answers++; l.answers <= l.silent {
		return answer(status, body)
	}
	return answer(status, body,
		"x-ratelimit-max", strconv.Itoa(l.max),
		"x-ratelimit-remaining", strconv.Itoa(max(l.max-len(l.counted), 0)),
		"x-ratelimit-interval-milliseconds", strconv.FormatInt(l.interval.Milliseconds(), 10))
}

func between(lo, hi time.Duration) func() time.Duration {
	return func() time.Duration { return lo + rand.N(hi-lo+1) }
}

func TestPaceKeepsAndUsesTheLimit(t *testing.T) {
	const span = 2 * time.Minute
	quick, slow := between(10*time.Millisecond, 80*time.Millisecond), between(1500*time.Millisecond, 2500*time.Millisecond)
	for _, max := range []int{25, 100} {
		for _, offset := range []time.Duration{-1, 0, 3700 * time.Millisecond} {
			for name, l := range map[string]*limiter{
				"quick": {up: quick, down: quick},
				"slow":  {up: quick, down: slow, traced: true},
			} {
				t.Run(fmt.Sprintf("%s/max=%d/offset=%s", name, max, offset), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						l.max, l.offset, l.interval, l.start, l.window = max, offset, 10*time.Second, time.Now(), -1
						c := newTestClient(t, l)
						drive(t, c, 40, span)
						if l.refused != 0 {
							t.Errorf("%d requests were refused", l.refused)
						}
						allowed := float64(max) * float64(span/l.interval)
						if used := float64(l.granted) / allowed; used < 0.95 {
							t.Errorf("used %.1f%% of the allowed rate", 100*used)
						}
					})
				})
			}
		}
	}
}

// drive sends one request to learn and then from all workers for the span.
func drive(t *testing.T, c *Client, workers int, span time.Duration) {
	t.Helper()
	start := time.Now()
	if _, err := c.GetContact(t.Context(), "c1"); err != nil {
		t.Fatal(err)
	}
	storm(t, c, workers, span-time.Since(start))
}

// storm sends from all workers at once for the span.
func storm(t *testing.T, c *Client, workers int, span time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := c.GetContact(ctx, "c1"); err != nil && KindOf(err) != Canceled {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestPaceLeavesRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quick := steady(10*time.Millisecond, 50*time.Millisecond)
		l := &limiter{max: 25, others: 15, interval: 10 * time.Second, up: quick, down: quick, start: time.Now(), window: -1}
		drive(t, newTestClient(t, l), 5, 10*time.Minute)
		if l.refused > 2 { // of 600; with other latencies up to 8
			t.Errorf("%d requests were refused beside others", l.refused)
		}
		if l.granted < 550 {
			t.Errorf("only %d requests were sent beside others", l.granted)
		}
	})
}

// A server that never tells its limit is sent no more than the least one that
// was measured.
func TestASilentServerIsPacedByTheLeastLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const span = 2 * time.Minute
		quick := between(10*time.Millisecond, 80*time.Millisecond)
		l := &limiter{max: startMax, silent: math.MaxInt, interval: startInterval, up: quick, down: quick, start: time.Now(), window: -1}
		c := newTestClient(t, l)
		storm(t, c, 40, span)
		allowed := float64(startMax) * float64(span/startInterval)
		if used := float64(l.granted) / allowed; l.refused > 0 || used < 0.95 {
			t.Errorf("%d were refused, %.1f%% of the limit used", l.refused, 100*used)
		}
		if rate := c.Usage().Rate; rate != 0 {
			t.Errorf("%v requests a second are said to be told", rate)
		}
	})
}

func TestTheFirstHeaderTellsTheLimitAtOnce(t *testing.T) {
	quick := between(10*time.Millisecond, 80*time.Millisecond)
	for _, silent := range []int{0, 1, startMax - 1} {
		for _, offset := range []time.Duration{-1, 0} {
			t.Run(fmt.Sprintf("silent=%d/offset=%s", silent, offset), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					const span = 9 * time.Second
					l := &limiter{max: 100, silent: silent, offset: offset, interval: 10 * time.Second, up: quick, down: quick, start: time.Now(), window: -1}
					storm(t, newTestClient(t, l), 40, span)
					if l.granted < 95 || l.refused != 0 {
						t.Errorf("%d granted and %d refused in the first %s", l.granted, l.refused, span)
					}
				})
			})
		}
	}
}

func TestAServerWithoutALimitIsNotPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := strconv.Itoa(noLimit)
		c := newTestClient(t, scripted(say(200, `{"contact":{"id":"c1"}}`,
			"x-ratelimit-max", limit, "x-ratelimit-remaining", limit, "x-ratelimit-interval-milliseconds", "10000")))
		start := time.Now()
		for range 500 {
			if _, err := c.GetContact(t.Context(), "c1"); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("waited %s for a server without limits", took)
		}
		if n := c.pacer.state.slots.taken(); n > startMax {
			t.Errorf("%d slots are kept account of", n)
		}
		if rate := c.Usage().Rate; rate != 0 {
			t.Errorf("%v requests a second are said to be told", rate)
		}
	})
}

func TestStartsBelowTheMeasuredLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		var mu sync.Mutex
		c := newTestClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			sent++
			mu.Unlock()
			<-r.Context().Done()
			return nil, r.Context().Err()
		}))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for range 60 {
			wg.Go(func() { _, _ = c.GetContact(ctx, "c1") })
		}
		wg.Wait()
		if sent != firstInFlight {
			t.Errorf("sent %d before any answer, want %d", sent, firstInFlight)
		}
	})
}

func TestHold(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	before := func(d time.Duration) time.Time { return now.Add(-d) }
	base := pace{max: 2, interval: 10 * time.Second, told: true, answers: 1, dailyRemaining: -1, dailyLimit: -1}
	with := func(f func(*pace)) pace { p := base; f(&p); return p }
	slotsOf := func(open int, ended ...time.Time) (s slots) {
		for i := range open + len(ended) {
			s.open = append(s.open, slot{number: int64(i)})
		}
		for i, at := range ended {
			s.end(int64(open+i), at, 0)
		}
		return s
	}
	rest := base.rest()
	for name, tc := range map[string]struct {
		p    pace
		want time.Duration
		why  reason
	}{
		"empty":                 {base, 0, ""},
		"one of two":            {with(func(p *pace) { p.slots = slotsOf(1) }), 0, ""},
		"full, under way":       {with(func(p *pace) { p.slots = slotsOf(2) }), 10 * time.Second, waitRate},
		"full, one answered":    {with(func(p *pace) { p.slots = slotsOf(1, before(4*time.Second)) }), rest - 4*time.Second, waitRate},
		"full, just freed":      {with(func(p *pace) { p.slots = slotsOf(1, before(rest)) }), 0, ""},
		"full, not quite freed": {with(func(p *pace) { p.slots = slotsOf(1, before(10*time.Second)) }), rest - 10*time.Second, waitRate},
		"others have it":        {with(func(p *pace) { p.foreign = foreign{2, before(time.Second)} }), rest - time.Second, waitRate},
		"others had it":         {with(func(p *pace) { p.foreign = foreign{2, before(rest)} }), 0, ""},
		"held back":             {with(func(p *pace) { p.blocked = now.Add(time.Minute) }), time.Minute, waitRefused},
		"nothing told, full":    {with(func(p *pace) { p.told, p.slots = false, slotsOf(2) }), 10 * time.Second, waitRate},
		"no limit":              {with(func(p *pace) { p.max, p.foreign, p.sharing.seen = noLimit, foreign{noLimit, now}, now }), 0, ""},
		"no limit, held back":   {with(func(p *pace) { p.max, p.blocked = noLimit, now.Add(time.Second) }), time.Second, waitRefused},
		"no limit, all of 16":   {with(func(p *pace) { p.max, p.inFlight = noLimit, firstInFlight }), 10 * time.Second, waitAnswers},
		"the day's last": {with(func(p *pace) {
			p.dailyRemaining, p.inFlight, p.dailyReset = 1, 1, now.Add(time.Hour)
		}), 10 * time.Second, waitAnswers},
		"the day's last but the reserve": {with(func(p *pace) {
			p.dailyRemaining, p.reserve, p.inFlight, p.dailyReset = 8, 7, 1, now.Add(time.Hour)
		}), 10 * time.Second, waitAnswers},
		"one above the reserve": {with(func(p *pace) {
			p.dailyRemaining, p.reserve, p.inFlight, p.dailyReset = 9, 7, 1, now.Add(time.Hour)
		}), 0, ""},
		"a new day":           {with(func(p *pace) { p.dailyRemaining, p.inFlight, p.dailyReset = 1, 1, before(1) }), 0, ""},
		"enough under way":    {with(func(p *pace) { p.inFlight = leastInFlight }), 10 * time.Second, waitAnswers},
		"slow, so more go":    {with(func(p *pace) { p.inFlight, p.latency = leastInFlight, time.Minute }), 0, ""},
		"unknown, 15 of them": {with(func(p *pace) { p.told, p.answers, p.inFlight = false, 0, 15 }), 0, ""},
		"unknown, all of 16":  {with(func(p *pace) { p.told, p.answers, p.inFlight = false, 0, 16 }), 10 * time.Second, waitAnswers},
	} {
		t.Run(name, func(t *testing.T) {
			p := tc.p
			held := p.hold(now)
			if held.wait != tc.want || held.why != tc.why {
				t.Errorf("held %s by %q, want %s by %q", held.wait, held.why, tc.want, tc.why)
			}
			if p.sent != tc.p.sent || p.inFlight != tc.p.inFlight {
				t.Error("to ask whether a request may go has sent one")
			}
		})
	}
}

func TestAnsweredLearns(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := newPace()
	p.send(now)
	p.answered(1, now, time.Second, rate{max: 100, remaining: 40, interval: 5 * time.Second, dailyRemaining: 7, dailyLimit: 10, dailyReset: time.Hour}, 200)
	if p.max != 100 || p.interval != 5*time.Second || p.dailyRemaining != 7 || p.dailyLimit != 10 || p.untilReset(now) != time.Hour {
		t.Errorf("learned %+v", p)
	}
	if p.foreign.n != 59 {
		t.Errorf("others took %d, want 59", p.foreign.n)
	}
	now = now.Add(time.Second)
	p.send(now)
	p.answered(2, now, 9*time.Second, rate{max: 100, remaining: 99, dailyRemaining: 0, dailyLimit: -1}, 200)
	if p.foreign.n != 0 {
		t.Errorf("a new window was not noticed: others %d", p.foreign.n)
	}
	if p.dailyLimit != 10 || !p.exhausted(now) || p.untilReset(now) != 0 {
		t.Errorf("the day's end was not noticed: %+v", p)
	}
	if p.latency != 2*time.Second || p.inFlight != 0 {
		t.Errorf("latency %s after 1 s and 9 s, %d under way", p.latency, p.inFlight)
	}
	if p.throttled(now); p.blocked != now.Add(p.interval) {
		t.Errorf("throttled until %s", p.blocked)
	}
}

// A panic of the transport, or of whoever reads an answer, leaves no request
// under way for ever.
func TestAPanicGivesItsPlaceBack(t *testing.T) {
	c := newTestClient(t, roundTrip(func(*http.Request) (*http.Response, error) { panic("broken") }))
	for range 2 * firstInFlight {
		func() {
			defer func() { _ = recover() }()
			_, _ = c.GetContact(t.Context(), "c1")
		}()
	}
	if n := c.pacer.state.inFlight; n != 0 {
		t.Errorf("%d requests are under way", n)
	}
}
