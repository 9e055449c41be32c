package sandbox

import (
	"net/http"
	"strconv"
	"time"
)

// limits counts what the quotas have left, in fixed windows that begin with their first request.
type limits struct {
	burst, daily window
	spent        time.Time // until when a fault lets the day's quota be used up
}

type window struct {
	start time.Time
	used  int
}

// roll begins a new window where the old one is over.
func (w *window) roll(now time.Time, length time.Duration) {
	if w.start.IsZero() || now.Sub(w.start) >= length {
		*w = window{start: now}
	}
}

const day = 24 * time.Hour

// spend takes one request from the quotas and says whether there was one left. A refused request costs nothing.
func (s *Server) spend() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, l := s.opts, &s.limits
	l.roll(o)
	if time.Now().Before(l.spent) || o.Burst > 0 && l.burst.used >= o.Burst || o.Daily > 0 && l.daily.used >= o.Daily {
		return false
	}
	l.burst.used++
	l.daily.used++
	return true
}

func (l *limits) roll(o Options) {
	now := time.Now()
	l.burst.roll(now, o.Interval)
	l.daily.roll(now, day)
}

// noLimit is what the headers tell where there is no limit: more than anybody can send.
const noLimit = 1_000_000_000

// rateHeaders gives the rate headers of an answer sent now, by the vendor's lower-case names: each answer carries them all.
func (s *Server) rateHeaders() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, l := s.opts, &s.limits
	l.roll(o)
	left, daily, reset := noLimit, orElse(o.Daily, noLimit), l.daily.start.Add(day)
	if o.Burst > 0 {
		left = o.Burst - l.burst.used
	}
	today := daily
	if o.Daily > 0 {
		today = o.Daily - l.daily.used
	}
	if time.Now().Before(l.spent) {
		daily, today, reset = orElse(o.Daily, usualDaily), 0, l.spent
	}
	h := map[string]string{}
	for name, n := range map[string]int{"max": orElse(o.Burst, noLimit), "remaining": left, "interval-milliseconds": int(o.Interval.Milliseconds()),
		"limit-daily": daily, "daily-remaining": today, "daily-reset": int(time.Until(reset).Milliseconds())} {
		h["x-ratelimit-"+name] = strconv.Itoa(n)
	}
	return h
}

// usualDaily is the vendor's daily quota.
const usualDaily = 200_000

// exhaust lets the day's quota be used up for a while.
func (s *Server) exhaust(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.spent = time.Now().Add(d)
}

// setHeader writes a header by its exact, lower-case name, as the vendor does. Only a real connection can carry that:
// where the header map itself reaches the client (an in-process transport), the name must be one that Get finds.
func setHeader(w http.ResponseWriter, r *http.Request, name, value string) {
	if r.Context().Value(http.ServerContextKey) == nil {
		w.Header().Set(name, value)
		return
	}
	w.Header()[name] = []string{value}
}
