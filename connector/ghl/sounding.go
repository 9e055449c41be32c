package ghl

import (
	"net/http"
	"slices"
	"time"
)

// sounding is how the limit of a server is found out that never tells it,
// although the vendor's does: once as many requests as the least limit allows
// have passed, one goes beyond it. If it passes too, the next greater limit
// holds. A refusal ends that, and leads back if the limit was already taken.
type sounding struct {
	passed int   // answers that told nothing
	number int64 // of the request that went beyond the limit, 0: none is under way
	ended  bool
}

// limits are those that a silent server may have: the least that was measured,
// the documented one, none.
var limits = []int{startMax, 100, noLimit}

func (p pace) maySound() bool {
	s := p.sounding
	return !p.told && !s.ended && s.number == 0 && s.passed >= p.max
}

// sound learns from the end of a request; status is 0 if there was no answer.
func (p pace) sound(number int64, now time.Time, status int) pace {
	s := &p.sounding
	beyond := number == s.number
	if beyond {
		s.number = 0
	}
	at := slices.Index(limits, p.max)
	switch {
	case p.told || at < 0:
	case status/100 == 2:
		s.passed++
		if beyond {
			p.max = limits[min(at+1, len(limits)-1)]
		}
	case status == http.StatusTooManyRequests:
		s.ended = true
		if !beyond && !p.blocked.After(now) { // of several refusals at once one counts
			p.max = limits[max(at-1, 0)]
		}
	}
	return p
}
