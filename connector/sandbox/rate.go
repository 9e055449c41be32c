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

// noLimit is what the headers tell where there is no burst limit: more than anybody can send.
const noLimit = 1_000_000_000

// rateHeaders gives the rate headers of an answer sent now, by the vendor's lower-case names. The vendor's answers
// always carry those of the burst limit.
func (s *Server) rateHeaders() map[string]string {
	h := s.quota()
	if s.opts.Burst == 0 {
		h["x-ratelimit-max"] = strconv.Itoa(noLimit)
		h["x-ratelimit-remaining"] = strconv.Itoa(noLimit)
		h["x-ratelimit-interval-milliseconds"] = strconv.FormatInt(s.opts.Interval.Milliseconds(), 10)
	}
	return h
}

// quota gives the headers of the limits that there are.
func (s *Server) quota() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, l := s.opts, &s.limits
	l.roll(o)
	h := map[string]string{}
	if o.Burst > 0 {
		h["x-ratelimit-max"] = strconv.Itoa(o.Burst)
		h["x-ratelimit-remaining"] = strconv.Itoa(o.Burst - l.burst.used)
		h["x-ratelimit-interval-milliseconds"] = strconv.FormatInt(o.Interval.Milliseconds(), 10)
	}
	if o.Daily > 0 {
		h["x-ratelimit-limit-daily"] = strconv.Itoa(o.Daily)
		h["x-ratelimit-daily-remaining"] = strconv.Itoa(o.Daily - l.daily.used)
		h["x-ratelimit-daily-reset"] = strconv.FormatInt(time.Until(l.daily.start.Add(day)).Milliseconds(), 10)
	}
	if left := time.Until(l.spent); left > 0 {
		h["x-ratelimit-limit-daily"] = strconv.Itoa(orElse(o.Daily, usualDaily))
		h["x-ratelimit-daily-remaining"] = "0"
		h["x-ratelimit-daily-reset"] = strconv.FormatInt(left.Milliseconds(), 10)
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
