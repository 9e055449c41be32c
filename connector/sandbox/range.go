package sandbox

import "time"

// within gives the test of range, over dates or numbers.
func (a asked) within(v any) (match func(*person) bool, complaint string) {
	bounds, is := v.(object)
	if !is || len(bounds) == 0 {
		return nil, invalidValue
	}
	limits := map[string]float64{}
	for name, b := range bounds {
		n, ok := bound(b, zone)
		if !ok || name != "gt" && name != "gte" && name != "lt" && name != "lte" {
			return nil, invalidValue
		}
		limits[name] = n
	}
	return func(p *person) bool {
		held := a.values(p)
		if len(held) == 0 {
			return false
		}
		n, ok := bound(held[0], time.UTC)
		for name, limit := range limits {
			if name == "gt" && n <= limit || name == "gte" && n < limit || name == "lt" && n >= limit || name == "lte" && n > limit {
				return false
			}
		}
		return ok
	}, ""
}

// zone is the location's. A bound that is only a day means that day there, while answers are in UTC.
var zone = func() *time.Location {
	if z, err := time.LoadLocation(timezone); err == nil {
		return z
	}
	return time.FixedZone("EST", -5*60*60) // no time zone data here
}()

// bound gives what range compares: a number, or a time in milliseconds.
func bound(v any, zone *time.Location) (float64, bool) {
	if t, err := time.Parse(time.RFC3339, plain(v)); err == nil {
		return float64(t.UnixMilli()), true
	}
	if t, err := time.ParseInLocation(time.DateOnly, plain(v), zone); err == nil {
		return float64(t.UnixMilli()), true
	}
	return number(v)
}
