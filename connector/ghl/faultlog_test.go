package ghl

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
)

// lines are the messages of a log by level.
func lines(t *testing.T, log *bytes.Buffer) map[string][]string {
	t.Helper()
	told := map[string][]string{}
	for line := range strings.Lines(log.String()) {
		var entry struct{ Level, Message string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		told[entry.Level] = append(told[entry.Level], entry.Message)
	}
	return told
}

func logging(log *bytes.Buffer) func(*Options) {
	return func(o *Options) { o.Log = zerolog.New(zerolog.SyncWriter(log)).Level(zerolog.InfoLevel) }
}

func TestFaultsAreToldOncePerKindAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		bad, cut := say(503, ""), breakWith(&net.OpError{Op: "read", Err: syscall.ECONNRESET})
		good, gone := say(200, oneContact), say(400, `{"message":"Contact not found"}`)
		c := newTestClient(t, scripted(bad, bad, good, bad, cut, good, gone, say(422, `{"message":"no"}`), cut, bad, good), logging(&log))
		for _, want := range []Kind{-1, -1, Gone, Rejected} {
			if _, err := c.GetContact(t.Context(), "c1"); want >= 0 && KindOf(err) != want || want < 0 && err != nil {
				t.Errorf("%v, want %s", err, want)
			}
		}
		if _, err := c.CreateContact(t.Context(), nil); KindOf(err) != Ambiguous {
			t.Error(err)
		}
		if _, err := c.GetContact(t.Context(), "c1"); err != nil {
			t.Error(err)
		}
		want := map[string]int64{
			"GET /contacts/{contactId}: transient (503)": 4,
			"GET /contacts/{contactId}: transient":       1,
			"POST /contacts/: ambiguous":                 1,
		}
		if got := c.Usage().Faults; !reflect.DeepEqual(got, want) {
			t.Errorf("counted %v, want %v", got, want)
		}
		told := lines(t, &log)["warn"]
		if len(told) != 3 {
			t.Fatalf("told %q", told)
		}
		for i, part := range []string{"(503): trying again in ", "transient: trying again in ", "not known whether this was done"} {
			if !strings.Contains(told[i], part) {
				t.Errorf("line %d does not tell %q: %s", i, part, told[i])
			}
		}
	})
}

func TestLongWaitsAreToldOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		server  http.RoundTripper
		seconds int
		want    []string // of each line, in order
	}{
		"the ordinary pace": {&limiter{max: 25, interval: 10 * time.Second, up: fixed(0), down: fixed(0)}, 60, nil},
		"a slow limit": {&limiter{max: 5, interval: time.Minute, up: fixed(0), down: fixed(0)}, 70,
			[]string{"rate limit of the location: waiting until 00:01:00 UTC", "rate limit of the location: waiting until 00:02:00 UTC"}},
		"throttled": {say429(30000), 50, []string{
			"rate limit of the location reached: waiting until 00:00:30 UTC", "rate limit of the location reached: waiting until 00:01:00 UTC"}},
		"answers that do not come": {silent, 40, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if l, ok := tc.server.(*limiter); ok {
					l.start, l.window = time.Now(), -1
				}
				var log bytes.Buffer
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(tc.seconds)*time.Second)
				defer cancel()
				c := newTestClient(t, tc.server, logging(&log))
				var wg sync.WaitGroup
				for range 30 {
					wg.Go(func() {
						for ctx.Err() == nil {
							_, _ = c.GetContact(ctx, "c1")
						}
					})
					synctest.Wait() // several that are refused at once look like others who use the limit up
				}
				wg.Wait()
				told := lines(t, &log)["info"]
				if len(told) != len(tc.want) {
					t.Fatalf("told %q, want %q", told, tc.want)
				}
				for i, want := range tc.want {
					// A 429 fills the bucket too: which reason is seen first is up to the scheduler.
					_, until, _ := strings.Cut(told[i], ": ")
					of := strings.HasPrefix(told[i], "rate limit of the location")
					if told[i] != want && (!of || !strings.HasSuffix(want, ": "+until)) {
						t.Errorf("told %q, want %q", told[i], want)
					}
				}
			})
		})
	}
}

// silent is a server that never answers.
var silent = roundTrip(func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() })

// TestWhatHangsIsNamed, once however many hang, and by its operation: the path holds an id.
func TestWhatHangsIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		c := newTestClient(t, silent, logging(&log))
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { _, _ = c.GetContact(ctx, "c1") })
		}
		for _, tt := range []struct {
			after time.Duration
			want  string
		}{{time.Second, ""}, {34 * time.Second, "waiting 35 s for the answer to GET /contacts/{contactId}"}} {
			if time.Sleep(tt.after); c.Waiting() != tt.want {
				t.Errorf("%q, want %q", c.Waiting(), tt.want)
			}
		}
		cancel()
		wg.Wait()
		if told, want := lines(t, &log)["warn"], []string{"no answer to GET /contacts/{contactId} for 10s; it is waited for 1m0s at most"}; !slices.Equal(told, want) || c.Waiting() != "" {
			t.Errorf("told %q, want %q; then %q", told, want, c.Waiting())
		}
	})
}

// TestWaitingIsTold for the pace, and after a fault.
func TestWaitingIsTold(t *testing.T) {
	for want, server := range map[string]roundTrip{
		"waiting 25 s: rate limit of the location reached":                                     say429(30000),
		"waiting 9 s after GET /contacts/{contactId}: transient (500)":                         say(500, ""),
		"waiting 9 s for the API to be back, after GET /contacts/{contactId}: transient (503)": say(503, ""),
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newTestClient(t, server)
			go func() { _, _ = c.GetContact(t.Context(), "c1") }()
			told := map[string]bool{}
			for range 120 {
				time.Sleep(time.Second)
				told[c.Waiting()] = true
			}
			if !told[want] {
				t.Errorf("told %v, want %q", told, want)
			}
		})
	}
}

// say429 refuses all; interval is in milliseconds.
func say429(interval int) roundTrip {
	return say(429, `{"statusCode":429}`, "x-ratelimit-max", "25", "x-ratelimit-remaining", "0",
		"x-ratelimit-interval-milliseconds", strconv.Itoa(interval))
}

func TestAHostThatIsNotThereEndsInTime(t *testing.T) {
	const patience = 12 * time.Second
	slow := func(d time.Duration, err error) roundTrip {
		return func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(d):
				return nil, err
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}
	}
	dial := &net.OpError{Op: "dial", Err: syscall.ETIMEDOUT}
	for name, tc := range map[string]struct {
		server   http.RoundTripper
		patience time.Duration
		attempts int64
		longest  time.Duration
	}{
		"no connection":         {slow(connectTimeout, dial), patience, 1, patience},
		"no name":               {slow(5*time.Second, &net.DNSError{IsTimeout: true}), patience, 2, patience},
		"swallows all":          {slow(time.Hour, nil), patience, 1, patience},
		"refuses at once":       {slow(0, dial), time.Millisecond, 3, 5 * time.Second},
		"no connection, write":  {slow(connectTimeout, dial), 0, 10, 6 * time.Minute},
		"swallows all, a write": {slow(time.Hour, nil), 0, 4, 7 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestClient(t, tc.server, func(o *Options) { o.MaxRetryTime = tc.patience })
				start := time.Now()
				_, err := c.GetContact(t.Context(), "c1")
				if took := time.Since(start); KindOf(err) != Transient || took > tc.longest {
					t.Errorf("%v after %s", err, took)
				}
				if n := c.Usage().Requests; n < tc.attempts {
					t.Errorf("%d attempts, want at least %d", n, tc.attempts)
				}
			})
		})
	}
}
