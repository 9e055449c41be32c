package ghl

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fixed is a latency that never differs.
func fixed(d time.Duration) func() time.Duration { return func() time.Duration { return d } }

func TestAsManyUnderWayAsTheLatencyWants(t *testing.T) {
	for _, tc := range []struct {
		latency     time.Duration
		least, most int // under way at once
	}{
		{50 * time.Millisecond, 1, leastInFlight},
		{2 * time.Second, 20, 45},
		{10 * time.Second, 95, mostInFlight},
	} {
		for _, offset := range []time.Duration{-1, 3700 * time.Millisecond} {
			t.Run(fmt.Sprintf("%s/offset=%s", tc.latency, offset), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					const begin, span = time.Minute, 5 * time.Minute
					l := &limiter{max: 100, offset: offset, interval: 10 * time.Second, traced: true,
						up: fixed(10 * time.Millisecond), down: fixed(tc.latency - 10*time.Millisecond), start: time.Now(), window: -1}
					go func() {
						time.Sleep(begin)
						l.change(100) // from here it is steady
					}()
					drive(t, newTestClient(t, l), 200, begin+span)
					if l.refused != 0 {
						t.Errorf("%d requests were refused", l.refused)
					}
					allowed := float64(100 * (span / l.interval))
					used := float64(l.since(l.start.Add(begin))) / allowed
					t.Logf("%.1f%% used, at most %d under way", 100*used, l.most)
					if used < 0.95 {
						t.Errorf("used %.1f%% of the allowed rate", 100*used)
					}
					if l.most < tc.least || l.most > tc.most {
						t.Errorf("%d under way at once, want %d to %d", l.most, tc.least, tc.most)
					}
				})
			})
		}
	}
}

func TestUnderWayFollowsALatencyThatChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		latency := 50 * time.Millisecond
		now := func() time.Duration { mu.Lock(); defer mu.Unlock(); return latency }
		l := &limiter{max: 100, offset: -1, interval: 10 * time.Second, traced: true, up: fixed(0), down: now, start: time.Now(), window: -1}
		type sample struct{ used, most int }
		var samples []sample
		var watch sync.WaitGroup
		watch.Go(func() {
			for _, next := range []time.Duration{5 * time.Second, 50 * time.Millisecond, 0} {
				time.Sleep(time.Minute) // to settle
				l.change(100)
				from := time.Now()
				time.Sleep(time.Minute)
				_, most := l.change(100)
				samples = append(samples, sample{l.since(from), most})
				mu.Lock()
				latency = next
				mu.Unlock()
			}
		})
		drive(t, newTestClient(t, l), 200, 6*time.Minute+time.Second)
		watch.Wait()
		t.Log(samples)
		for i, want := range []sample{{570, leastInFlight}, {570, 110}, {570, leastInFlight}} {
			if samples[i].used < want.used || samples[i].most > want.most {
				t.Errorf("phase %d: %d a minute with %d under way, want %d with %d", i, samples[i].used, samples[i].most, want.used, want.most)
			}
		}
	})
}

func TestAServerWithoutALimitIsNotFlooded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &limiter{max: noLimit, offset: -1, interval: 10 * time.Second, up: fixed(time.Second), down: fixed(0), start: time.Now()}
		drive(t, newTestClient(t, l), 64, time.Minute)
		if l.most != firstInFlight {
			t.Errorf("%d under way at once, want %d", l.most, firstInFlight)
		}
	})
}

func TestALimitThatChangesOnTheWay(t *testing.T) {
	for name, offset := range map[string]time.Duration{"sliding": -1, "fixed": 3700 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				quick := between(10*time.Millisecond, 80*time.Millisecond)
				l := &limiter{max: 100, offset: offset, interval: 10 * time.Second, up: quick, down: quick, start: time.Now(), window: -1}
				const phase = 2 * time.Minute
				type sample struct{ granted, refused int }
				var samples []sample
				var watch sync.WaitGroup
				watch.Go(func() {
					for _, next := range []int{25, 100, 100} {
						from := time.Now()
						time.Sleep(phase)
						refused, _ := l.change(next)
						samples = append(samples, sample{l.since(from), refused})
					}
				})
				drive(t, newTestClient(t, l), 40, 3*phase+time.Second)
				watch.Wait()
				t.Log(samples)
				for i, want := range []sample{{1140, 0}, {250, leastInFlight + 1}, {1050, 0}} {
					if samples[i].granted < want.granted || samples[i].refused > want.refused {
						t.Errorf("phase %d: %d granted and %d refused, want at least %d and at most %d",
							i, samples[i].granted, samples[i].refused, want.granted, want.refused)
					}
				}
			})
		})
	}
}

func TestThreeClientsOnOneBucket(t *testing.T) {
	for _, max := range []int{25, 100} {
		for name, offset := range map[string]time.Duration{"sliding": -1, "fixed": 3700 * time.Millisecond} {
			t.Run(fmt.Sprintf("%s/max=%d", name, max), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					const begin, span = time.Minute, 30 * time.Minute
					quick := between(20*time.Millisecond, 150*time.Millisecond)
					l := &limiter{max: max, offset: offset, interval: 10 * time.Second, up: quick, down: quick, start: time.Now(), window: -1}
					ctx, cancel := context.WithTimeout(t.Context(), begin+span)
					defer cancel()
					var wg sync.WaitGroup
					var done [3]int
					for i := range done {
						c := newTestClient(t, l)
						var mu sync.Mutex
						for range 16 {
							wg.Go(func() {
								for ctx.Err() == nil {
									if _, err := c.GetContact(ctx, "c1"); err == nil {
										mu.Lock()
										done[i]++
										mu.Unlock()
									} else if KindOf(err) != Canceled {
										t.Error(err)
									}
								}
							})
						}
					}
					wg.Wait()
					used := float64(l.since(l.start.Add(begin))) / float64(max) / float64(span/l.interval)
					windows := int((begin + span) / l.interval)
					t.Logf("%.1f%% used, %d refused of %d, shares %v", 100*used, l.refused, l.refused+l.granted, done)
					if used < 0.90 {
						t.Errorf("used %.1f%% of the allowed rate", 100*used)
					}
					if l.refused > len(done)*windows { // one a window tells a client that the bucket is empty
						t.Errorf("%d requests were refused in %d windows", l.refused, windows)
					}
					for i, n := range done {
						if n < l.granted/25 {
							t.Errorf("client %d got %d of %d", i, n, l.granted)
						}
					}
				})
			})
		}
	}
}
