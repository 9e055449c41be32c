package ghl

import (
	"slices"
	"time"
)

const (
	exactSlots = 1000 // a limit up to which each slot is free at its own moment
	stepShare  = 1000 // above that, slots of 1/1000 of the interval are free together
)

// slots are the requests of ours that the server may still count. Those under
// way are few, and those that have ended are kept as numbers of moments, of
// which there are about a thousand whatever the limit.
type slots struct {
	open  []slot // by number
	ended []moment
	n     int // in ended
}

// slot is one request under way.
type slot struct {
	number  int64
	sent    time.Time
	rank    int       // slots taken when it was sent, itself included
	counted time.Time // the latest moment it can have been counted; zero: not known
	drawn   float64   // see tokens.drawn
	free    bool      // again, although there is no answer
}

// moment is when requests that have ended were counted at the latest.
type moment struct {
	first, last time.Time
	n           int
}

// taken is how many slots are not free.
func (s *slots) taken() int {
	n := s.n
	for i := range s.open {
		if !s.open[i].free {
			n++
		}
	}
	return n
}

// expire frees the slots that are free by now, and returns how many.
func (s *slots) expire(free func(counted time.Time) bool) (freed int) {
	for len(s.ended) > 0 && free(s.ended[0].last) {
		freed += s.ended[0].n
		s.ended = s.ended[1:]
	}
	s.n -= freed
	for i := range s.open {
		if o := &s.open[i]; !o.free && free(o.counted) {
			o.free = true
			freed++
		}
	}
	return freed
}

// oldest is when the first of the taken slots was counted, as far as is known.
func (s *slots) oldest() (counted time.Time, known bool) {
	if len(s.ended) > 0 {
		counted = s.ended[0].last
	}
	for _, o := range s.open {
		if !o.free && !o.counted.IsZero() && (counted.IsZero() || o.counted.Before(counted)) {
			counted = o.counted
		}
	}
	return counted, !counted.IsZero()
}

// find returns the slot of a request under way, or nil.
func (s *slots) find(number int64) *slot {
	i, found := slices.BinarySearchFunc(s.open, number, func(o slot, n int64) int { return int(o.number - n) })
	if !found {
		return nil
	}
	return &s.open[i]
}

// settle sets the latest moment at which a request can have been counted, if
// that is news.
func (s *slots) settle(number int64, counted time.Time) {
	if o := s.find(number); o != nil && (o.counted.IsZero() || counted.Before(o.counted)) {
		o.counted = counted
	}
}

// end notes that a request was counted by now. Slots within a step are free
// together, when the last of them is.
func (s *slots) end(number int64, now time.Time, step time.Duration) {
	s.settle(number, now)
	o := s.find(number)
	if o == nil {
		return
	}
	counted, free := o.counted, o.free
	s.forget(number)
	if free {
		return
	}
	s.n++
	i := len(s.ended)
	for i > 0 && s.ended[i-1].last.After(counted) {
		i--
	}
	if i > 0 && (counted.Sub(s.ended[i-1].first) < step || counted.Equal(s.ended[i-1].last)) {
		s.ended[i-1].n++
		s.ended[i-1].last = counted
		return
	}
	s.ended = slices.Insert(s.ended, i, moment{counted, counted, 1})
}

// forget drops a request that is no longer under way.
func (s *slots) forget(number int64) {
	s.open = slices.DeleteFunc(s.open, func(o slot) bool { return o.number == number })
}
