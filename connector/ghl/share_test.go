package ghl

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// buckets are the ways in which a server may count.
var buckets = map[string]func(*limiter){
	"sliding": func(l *limiter) { l.offset = -1 },
	"fixed":   func(l *limiter) { l.offset = 3700 * time.Millisecond },
	"lazy":    func(l *limiter) { l.lazy = true },
}

func newBucket(kind string, limit int, latency func() time.Duration) *limiter {
	l := &limiter{max: limit, interval: 10 * time.Second, up: latency, down: latency, start: time.Now(), window: -1}
	buckets[kind](l)
	return l
}

// member is one client of those that share a bucket: it sends as much as it may from begin to end.
type member struct {
	begin, end time.Duration
	bucket     *limiter

	mu      sync.Mutex
	granted []time.Time
	refused []time.Time
}

func (m *member) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.bucket.RoundTrip(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	if resp.StatusCode == http.StatusTooManyRequests {
		m.refused = append(m.refused, time.Now())
	} else {
		m.granted = append(m.granted, time.Now())
	}
	return resp, err
}

// countBetween counts the moments from one to another.
func countBetween(moments []time.Time, from, to time.Time) int {
	n := 0
	for _, m := range moments {
		if !m.Before(from) && m.Before(to) {
			n++
		}
	}
	return n
}

// share lets the members send, each as one client with 16 callers.
func share(t *testing.T, members []*member) {
	t.Helper()
	var group sync.WaitGroup
	for _, m := range members {
		group.Go(func() {
			time.Sleep(m.begin)
			c := newTestClient(t, m)
			ctx, cancel := context.WithTimeout(t.Context(), m.end-m.begin)
			defer cancel()
			_, _ = c.GetContact(ctx, "c1") // as a sync begins
			var callers sync.WaitGroup
			for range 16 {
				callers.Go(func() {
					for ctx.Err() == nil {
						if _, err := c.GetContact(ctx, "c1"); err != nil && KindOf(err) != Canceled {
							t.Error(err)
						}
					}
				})
			}
			callers.Wait()
		})
	}
	group.Wait()
}

// outcome is how well some clients share a bucket.
type outcome struct {
	used, refused, least float64 // of the rate, of the requests, of what the least and the most got
}

func (o outcome) String() string {
	return fmt.Sprintf("%.1f%% used, %.1f%% refused, %.0f:%.0f", 100*o.used, 100*o.refused, 100*o.least, 100-100*o.least)
}

// judge looks at the members from the moment at which all are there.
func judge(l *limiter, members []*member, begun time.Time, from, to time.Duration) (o outcome) {
	least, most, granted, refused := math.MaxInt, 0, 0, 0
	for _, m := range members {
		n := countBetween(m.granted, begun.Add(from), begun.Add(to))
		least, most, granted = min(least, n), max(most, n), granted+n
		refused += countBetween(m.refused, begun, begun.Add(to)) // also when they come in
	}
	return outcome{
		used:    float64(granted) / (float64(l.max) * float64(to-from) / float64(l.interval)),
		refused: float64(refused) / float64(refused+granted),
		least:   float64(least) / float64(least+most),
	}
}

// steady is a latency that differs from request to request, by a fixed seed.
func steady(lo, hi time.Duration) func() time.Duration {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(1, 2))
	return func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return lo + time.Duration(random.Int64N(int64(hi-lo+1)))
	}
}

// Two and four clients use nearly all of a bucket, each gets its share, and few
// requests are refused, whenever they begin and however the server counts. A bucket
// of 25 is shared less well: four then have six requests each.
func TestClientsShareABucket(t *testing.T) {
	const span = 5 * time.Minute
	wants := map[int]map[int]outcome{
		100: {2: {0.93, 0.01, 0.35}, 4: {0.90, 0.035, 0.20}},
		25:  {2: {0.88, 0.03, 0.35}, 4: {0.80, 0.08, 0.18}},
	}
	if testing.Short() {
		delete(wants, 25)
	}
	for kind := range buckets {
		for limit, of := range wants {
			for n, want := range of {
				for _, tt := range []struct {
					latency func() time.Duration // there, and back
					apart   time.Duration
				}{
					{steady(150*time.Millisecond, 450*time.Millisecond), 0},
					{steady(10*time.Millisecond, 75*time.Millisecond), 23 * time.Second},
				} {
					t.Run(fmt.Sprintf("%s/limit %d/%d clients/%s apart", kind, limit, n, tt.apart), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							begun, all := time.Now(), time.Duration(n)*tt.apart
							l := newBucket(kind, limit, tt.latency)
							l.traced = true
							var members []*member
							for i := range n {
								members = append(members, &member{begin: time.Duration(i) * tt.apart, end: all + span, bucket: l})
							}
							share(t, members)
							got := judge(l, members, begun, all, all+span)
							t.Log(got)
							if got.used < want.used || got.refused > want.refused || got.least < want.least {
								t.Errorf("%s, want %s", got, want)
							}
						})
					})
				}
			}
		}
	}
}

// Whoever is left alone has the whole rate two intervals later.
func TestWhoIsLeftAloneHasTheWholeRate(t *testing.T) {
	for kind := range buckets {
		for limit, want := range map[int]float64{25: 0.84, 100: 0.90} { // slots are free later by the latency
			for _, n := range []int{2, 4} {
				t.Run(fmt.Sprintf("%s/limit %d/%d clients", kind, limit, n), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						const left = 2*time.Minute + 3*time.Second
						begun := time.Now()
						l := newBucket(kind, limit, steady(50*time.Millisecond, 200*time.Millisecond))
						members := []*member{{end: left + time.Minute, bucket: l}}
						for range n - 1 {
							members = append(members, &member{end: left, bucket: l})
						}
						share(t, members)
						from, to := begun.Add(left+2*l.interval), begun.Add(left+4*l.interval)
						used := float64(countBetween(members[0].granted, from, to)) / float64(2*limit)
						late := countBetween(members[0].refused, from, to)
						t.Logf("%.1f%% used, %d refused", 100*used, late)
						if used < want || late > 0 {
							t.Errorf("%.1f%% of the rate used, %d refused", 100*used, late)
						}
					})
				})
			}
		}
	}
}

// A client that begins when others have used nearly all of the bucket, and are gone,
// meets no refusal: the first answer tells what is left. Of a bucket that is used up
// the first refusal tells.
func TestABucketThatIsUsedUp(t *testing.T) {
	for kind := range buckets {
		for left, most := range map[int]int{0: 1, 1: 0, 3: 0, 60: 0} {
			t.Run(fmt.Sprintf("%s/%d left", kind, left), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					const span = 30 * time.Second
					l := newBucket(kind, 100, steady(50*time.Millisecond, 200*time.Millisecond))
					if kind == "fixed" {
						l.window = 0
					}
					for range l.max - left {
						l.count()
					}
					m := &member{begin: time.Second, end: time.Second + span, bucket: l}
					share(t, []*member{m})
					t.Logf("%d granted, %d refused", len(m.granted), len(m.refused))
					if len(m.refused) > most || len(m.granted) < left+150 {
						t.Errorf("%d granted, %d refused", len(m.granted), len(m.refused))
					}
				})
			})
		}
	}
}

// Somebody who draws a little, as a form of the location does, costs little more
// than that.
func TestATrickleOfOthersCostsLittle(t *testing.T) {
	for kind := range buckets {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const span = 5 * time.Minute
				begun := time.Now()
				l := newBucket(kind, 100, steady(50*time.Millisecond, 200*time.Millisecond))
				go func() {
					for time.Since(begun) < span {
						time.Sleep(4300 * time.Millisecond)
						l.count()
					}
				}()
				m := &member{end: span, bucket: l}
				share(t, []*member{m})
				time.Sleep(5 * time.Second) // the other ends
				got := judge(l, []*member{m}, begun, 0, span)
				t.Log(got)
				if got.used < 0.90 || got.refused > 0.01 {
					t.Error(got)
				}
			})
		})
	}
}
