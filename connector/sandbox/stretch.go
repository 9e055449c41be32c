package sandbox

import "math"

// stretch is a time during which people were added: who was is found without a look at all others.
type stretch struct {
	from, to int64 // both inclusive
	only     bool  // all others are known whom a filter does not match
}

var always = stretch{from: -farAway, to: farAway}

// farAway is a time in milliseconds at which nobody was added.
const farAway = 1 << 52

// stretchOf is the stretch that the bounds of a valid range make.
func stretchOf(bounds object) *stretch {
	s := always
	for name, b := range bounds {
		n, _ := bound(b, zone)
		n = min(max(n, -farAway), farAway)
		switch name {
		case "gt":
			s.from = max(s.from, int64(math.Floor(n))+1)
		case "gte":
			s.from = max(s.from, int64(math.Ceil(n)))
		case "lt":
			s.to = min(s.to, int64(math.Ceil(n))-1)
		case "lte":
			s.to = min(s.to, int64(math.Floor(n)))
		}
	}
	return &s
}

// during is the stretch that all who match were added in.
func (f *filter) during() stretch {
	s := always
	if f.or || f.match != nil {
		return s
	}
	s.only = len(f.children) > 0
	for _, c := range f.children {
		if c.added != nil {
			s.from, s.to = max(s.from, c.added.from), min(s.to, c.added.to)
		} else if c.not == nil {
			s.only = false
		}
	}
	return s
}

// leftOut are those of a stretch whom the search does not match, where all are known.
func (q searching) leftOut(v *view, s stretch) map[*person]bool {
	out := map[*person]bool{}
	for _, c := range q.filter.children {
		if c.not == nil {
			continue
		}
		for _, p := range c.not(v) {
			if s.has(p) && !q.matches(p) {
				out[p] = true
			}
		}
	}
	return out
}

func (s stretch) has(p *person) bool { return s.from <= p.added && p.added <= s.to }

// begin is a place before all of the stretch, and end one behind them: nobody has an empty id.
func (s stretch) begin() *place { return &place{s.from, ""} }
func (s stretch) end() *place   { return &place{s.to + 1, ""} }

// during is how many were added in a stretch.
func (o *ordered) during(s stretch) int { return max(0, o.before(*s.end())-o.before(*s.begin())) }

// before is how many stand before a place.
func (o *ordered) before(at place) (n int) {
	block, index, _ := o.find(at)
	for _, b := range o.blocks[:block] {
		n += len(b)
	}
	return n + index
}
