package ghl

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// outageServer answers each request after its latency, and badly while it is down.
type outageServer struct {
	latency  time.Duration
	from, to time.Time
	bad      func(*http.Request) (*http.Response, error)

	mu       sync.Mutex
	lost     []time.Time // requests that met the outage
	answered int         // after it
	most     int         // under way at once in the outage, but for its first second
	flying   int
}

func (s *outageServer) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.flying++
	if time.Since(s.from) > time.Second && time.Now().Before(s.to) {
		s.most = max(s.most, s.flying)
	}
	s.mu.Unlock()
	time.Sleep(s.latency)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying--
	now := time.Now()
	switch {
	case !now.Before(s.from) && now.Before(s.to):
		s.lost = append(s.lost, now)
		return s.bad(r)
	case !now.Before(s.to):
		s.answered++
	}
	return answer(200, oneContact, "x-ratelimit-max", "1000", "x-ratelimit-remaining", "500", "x-ratelimit-interval-milliseconds", "10000"), nil
}

var outages = map[string]func(*http.Request) (*http.Response, error){
	"503":     say(503, `{"message":"down"}`),
	"500":     say(500, ""),
	"html":    say(200, "<html>back soon</html>"),
	"reset":   breakWith(&net.OpError{Op: "read", Err: syscall.ECONNRESET}),
	"refused": breakWith(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}),
}

// An outage is noticed once: few requests meet it, and all calls go on as soon as
// the server is back.
func TestAnOutage(t *testing.T) {
	for _, lasts := range []time.Duration{30 * time.Second, 2 * time.Minute} {
		for name, bad := range outages {
			for _, callers := range []int{1, 8} {
				if callers == 1 && (name == "500" || name == "html") {
					continue // the server answers: it can be this one call's fault
				}
				t.Run(fmt.Sprintf("%s/%s/%d callers", lasts, name, callers), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := &outageServer{latency: 200 * time.Millisecond, bad: bad}
						s.from = time.Now().Add(10 * time.Second)
						s.to = s.from.Add(lasts)
						c := newTestClient(t, s)
						var mu sync.Mutex
						var slowest time.Duration
						var group sync.WaitGroup
						for range callers {
							group.Go(func() {
								for time.Now().Before(s.to) { // the last call of each ends after the outage
									if _, err := c.UpdateContact(t.Context(), "c1", ContactBody{"city": "Boston"}); err != nil {
										t.Error(err)
									}
								}
								mu.Lock()
								defer mu.Unlock()
								slowest = max(slowest, time.Since(s.to))
							})
						}
						group.Wait()
						t.Logf("%d requests met the outage, %d under way at once in it, all went on after %s with %d", len(s.lost), s.most, slowest, s.answered)
						if slowest > 3*time.Second {
							t.Errorf("the last call went on %s after the server was back", slowest)
						}
						if s.most > 1 {
							t.Errorf("%d requests were under way at once in the outage", s.most)
						}
						if most := callers + 4 + int(lasts/(2*time.Second)); len(s.lost) > most {
							t.Errorf("%d requests met the outage, want %d at most", len(s.lost), most)
						}
						if s.answered > callers {
							t.Errorf("%d requests for %d calls", s.answered, callers)
						}
					})
				})
			}
		}
	}
}

// Whoever waits for the end of an outage ends at once with its context.
func TestAStopEndsTheWaitForTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &outageServer{latency: 200 * time.Millisecond, bad: outages["503"]}
		s.from, s.to = time.Now(), time.Now().Add(time.Hour)
		c := newTestClient(t, s, withGrace)
		ctx, stop := context.WithCancel(t.Context())
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, err := c.UpdateContact(ctx, "c1", ContactBody{"city": "Boston"}); KindOf(err) != Canceled {
					t.Error(err)
				}
			})
		}
		time.Sleep(20*time.Second + 100*time.Millisecond)
		synctest.Wait()
		s.mu.Lock()
		met, stopped := len(s.lost), time.Now()
		s.mu.Unlock()
		stop()
		group.Wait()
		if took := time.Since(stopped); took > 200*time.Millisecond || len(s.lost) > met+1 {
			t.Errorf("it took %s to end, %d were sent", took, len(s.lost)-met)
		}
	})
}

// An operation that fails for ever keeps nobody from others for long.
func TestAFaultOfOneOperationIsNoOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			time.Sleep(100 * time.Millisecond)
			if r.Method == http.MethodPut {
				return answer(500, ""), nil
			}
			return answer(200, oneContact), nil
		}))
		var group sync.WaitGroup
		group.Go(func() { _, _ = c.UpdateContact(t.Context(), "c1", ContactBody{"city": "Boston"}) })
		time.Sleep(time.Minute) // with nobody else about
		begun := time.Now()
		for range 20 {
			if _, err := c.GetContact(t.Context(), "c1"); err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("20 reads took %s", took)
		}
		group.Wait()
		if n := c.Usage().ByOperation["PUT /contacts/{contactId}"]; n > 20 {
			t.Errorf("the one that fails was sent %d times", n)
		}
	})
}
