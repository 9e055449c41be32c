package ghl

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// dailyServer counts down a daily quota and answers out of order.
type dailyServer struct {
	mu   sync.Mutex
	left int
}

func (s *dailyServer) RoundTrip(*http.Request) (*http.Response, error) {
	time.Sleep(between(0, 200*time.Millisecond)())
	s.mu.Lock()
	s.left--
	left := s.left
	s.mu.Unlock()
	time.Sleep(between(0, 2*time.Second)())
	return answer(200, oneContact, "x-ratelimit-daily-remaining", strconv.Itoa(left), "x-ratelimit-limit-daily", "10000",
		"x-ratelimit-daily-reset", "3600000", "x-ratelimit-max", "100", "x-ratelimit-remaining", "99", "x-ratelimit-interval-milliseconds", "10000"), nil
}

func TestTheReserveIsLeftToOthers(t *testing.T) {
	for range 5 {
		synctest.Test(t, func(t *testing.T) {
			s := &dailyServer{left: 300}
			c := newTestClient(t, s, func(o *Options) { o.DailyReserve = 100 })
			if _, err := c.GetContact(t.Context(), "c1"); err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			for range 40 {
				wg.Go(func() {
					for {
						if _, err := c.GetContact(t.Context(), "c1"); err != nil {
							var e *Error
							if !errors.As(err, &e) || e.Kind != Exhausted || !strings.Contains(e.Error(), "daily_request_reserve keeps 100") || e.Reset <= 0 {
								t.Error(err)
							}
							return
						}
					}
				})
			}
			wg.Wait()
			if u := c.Usage(); s.left != 100 || u.DailyRemaining != 100 || u.Requests != 200 {
				t.Errorf("%d left, %+v", s.left, u)
			}
		})
	}
}

func TestWithoutAReserveTheErrorNamesNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &dailyServer{left: 2}
		c := newTestClient(t, s)
		for i := range 3 {
			_, err := c.GetContact(t.Context(), "c1")
			if (err != nil) != (i == 2) || err != nil && (KindOf(err) != Exhausted || strings.Contains(err.Error(), "reserve")) {
				t.Errorf("request %d: %v", i, err)
			}
		}
	})
}

func TestADailyLimitBeyondReachIsNone(t *testing.T) {
	p := newPace()
	p.learnDaily(1, time.Now(), rate{dailyLimit: noLimit, dailyRemaining: noLimit, dailyReset: time.Hour})
	if p.dailyLimit != -1 || p.dailyRemaining != -1 {
		t.Errorf("%d of %d", p.dailyRemaining, p.dailyLimit)
	}
}
