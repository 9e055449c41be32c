package ghl

import (
	"context"
	"flag"
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

func (o outcome) reaches(want outcome) bool {
	return o.used >= want.used && o.refused <= want.refused && o.least >= want.least
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

// cases are the runs that are judged together: of one kind of bucket and so many clients.
type cases struct {
	runs  []outcome
	worst outcome
}

func (c *cases) add(o outcome) {
	if len(c.runs) == 0 {
		c.worst = o
	}
	c.runs = append(c.runs, o)
	c.worst = outcome{min(c.worst.used, o.used), max(c.worst.refused, o.refused), min(c.worst.least, o.least)}
}

func (c *cases) mean() (o outcome) {
	n := float64(len(c.runs))
	for _, r := range c.runs {
		o.used, o.refused, o.least = o.used+r.used/n, o.refused+r.refused/n, o.least+r.least/n
	}
	return o
}

// play lets n clients share a bucket, each after the one before by a while, and judges
// them from the moment at which all are there.
func play(w *world, n int, apart, span time.Duration) outcome {
	begun, all := w.now, time.Duration(n-1)*apart
	var peers []*peer
	for i := range n {
		peers = append(peers, &peer{begin: time.Duration(i) * apart, end: all + span, callers: []int{16, 8, 40, 12}[i]})
	}
	w.play(peers)
	var members []*member
	for _, p := range peers {
		members = append(members, &member{granted: p.granted, refused: p.refused})
	}
	return judge(&limiter{max: w.bucket.max, interval: w.bucket.interval}, members, begun, all, all+span)
}

var shareSeeds = flag.Uint64("share-seeds", 2, "how many runs of each case TestClientsShareABucket plays")

// In each run two and four clients use nearly all of a bucket, each gets its share, and few
// requests are refused, whenever they begin, however the server counts, and whether
// answers take 50 ms or ten times as long. With answers of 800 ms and of a bucket of 25,
// where four have six requests each, more are refused.
func TestClientsShareABucket(t *testing.T) {
	const span = 5 * time.Minute
	seeds := *shareSeeds
	if testing.Short() {
		seeds = 1
	}
	quick, slow := [][2]time.Duration{{20, 30}, {50, 150}, {25, 250}}, [][2]time.Duration{{400, 400}} // milliseconds of a way
	for _, tc := range []struct {
		name      string
		limit, n  int
		ways      [][2]time.Duration
		run, mean outcome // what each run reaches, and all on average
	}{
		{"quick", 100, 2, quick, outcome{0.93, 0.01, 0.35}, outcome{0.93, 0.005, 0.40}},
		{"quick", 100, 4, quick, outcome{0.90, 0.01, 0.35}, outcome{0.95, 0.005, 0.40}},
		{"slow", 100, 2, slow, outcome{0.92, 0.01, 0.35}, outcome{0.92, 0.006, 0.40}},
		{"slow", 100, 4, slow, outcome{0.90, 0.10, 0.30}, outcome{0.94, 0.03, 0.38}},
		{"quick", 25, 2, quick, outcome{0.85, 0.06, 0.12}, outcome{0.90, 0.02, 0.38}},
		{"quick", 25, 4, quick, outcome{0.80, 0.12, 0.20}, outcome{0.85, 0.07, 0.35}},
	} {
		for _, kind := range []string{"sliding", "fixed", "lazy"} {
			t.Run(fmt.Sprintf("%s/limit %d/%d clients/%s", kind, tc.limit, tc.n, tc.name), func(t *testing.T) {
				var all cases
				for _, way := range tc.ways {
					for _, apart := range []time.Duration{0, 7300 * time.Millisecond, 23 * time.Second} {
						for seed := range seeds {
							w := newWorld(kind, tc.limit, seed, way[0]*time.Millisecond, way[1]*time.Millisecond)
							o := play(w, tc.n, apart, span)
							all.add(o)
							if !o.reaches(tc.run) {
								t.Errorf("%s, want %s (answers of %d to %d ms, %s apart, seed %d)", o, tc.run, 2*way[0], 2*way[1], apart, seed)
							}
						}
					}
				}
				mean := all.mean()
				t.Logf("%s; at worst %s", mean, all.worst)
				if !mean.reaches(tc.mean) {
					t.Errorf("%s on average, want %s", mean, tc.mean)
				}
			})
		}
	}
}

// Of a limit of a few requests two clients have tokens too, and do not only try.
func TestClientsShareASmallBucket(t *testing.T) {
	w := newWorld("sliding", 7, 1, 50*time.Millisecond, 150*time.Millisecond)
	if o := play(w, 2, 7300*time.Millisecond, 10*time.Minute); o.used < 0.8 || o.refused > 0.1 {
		t.Error(o)
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
						from, to := begun.Add(left+2*l.interval), begun.Add(left+6*l.interval) // a request is early or late by some seconds
						used := float64(countBetween(members[0].granted, from, to)) / float64(4*limit)
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
