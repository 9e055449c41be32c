package sandbox

import (
	"strings"
	"time"
)

func (q property) exists(p *person) bool {
	if q.when != nil {
		_, ok := q.when(p)
		return ok
	}
	return len(q.get(p)) > 0
}

// compare gives the test of eq and contains: any of the field's values with any of those asked for.
func (q property) compare(op string, asked []string) func(*person) bool {
	one := func(held, asked string) bool { return held == asked }
	switch {
	case op == "contains":
		one = func(held, asked string) bool { return strings.Contains(strings.ToLower(held), strings.ToLower(asked)) }
	case q.fold:
		one = strings.EqualFold
	}
	return func(p *person) bool {
		for _, held := range q.get(p) {
			for _, a := range asked {
				if one(held, a) {
					return true
				}
			}
		}
		return false
	}
}

// within gives the test of range, over dates or numbers.
func (q property) within(v any) (match func(*person) bool, complaint string) {
	bounds, ok := v.(object)
	if !ok || len(bounds) == 0 {
		return nil, invalidValue
	}
	limits := map[string]float64{}
	for name, b := range bounds {
		if name != "gt" && name != "gte" && name != "lt" && name != "lte" {
			return nil, invalidValue
		}
		n, ok := q.bound(b)
		if !ok {
			return nil, invalidValue
		}
		limits[name] = n
	}
	return func(p *person) bool {
		n, ok := q.measure(p)
		if !ok {
			return false
		}
		for name, limit := range limits {
			if name == "gt" && n <= limit || name == "gte" && n < limit || name == "lt" && n >= limit || name == "lte" && n > limit {
				return false
			}
		}
		return true
	}, ""
}

// measure gives what range compares: a number, or a time in milliseconds.
func (q property) measure(p *person) (float64, bool) {
	if q.number != nil {
		return q.number(p)
	}
	t, ok := q.when(p)
	return float64(t.UnixMilli()), ok
}

// zone is the location's. A bound that is only a day means that day there, while answers are in UTC.
var zone = func() *time.Location {
	if z, err := time.LoadLocation(timezone); err == nil {
		return z
	}
	return time.FixedZone("EST", -5*60*60) // no time zone data here
}()

func (q property) bound(v any) (float64, bool) {
	text, isText := v.(string)
	if q.number != nil || !isText {
		return number(v)
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return float64(t.UnixMilli()), true
	}
	t, err := time.ParseInLocation(time.DateOnly, text, zone)
	return float64(t.UnixMilli()), err == nil
}
