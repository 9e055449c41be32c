package sandbox

import "time"

// within gives the test of range, over dates or numbers.
func (a asked) within(v any) (match func(*person) bool, complaint string) {
	inside, ok := span(v)
	if !ok {
		return nil, invalidValue
	}
	within, _ := numbers(v)
	switch a.name { // these are asked of all contacts, page after page
	case "dateAdded":
		return func(p *person) bool { return within(float64(p.added)) }, ""
	case "dateUpdated":
		return func(p *person) bool { return within(float64(p.updated)) }, ""
	}
	return func(p *person) bool {
		held := a.values(p)
		return len(held) > 0 && inside(held[0])
	}, ""
}

// comparisons are those that the bounds of a range name.
var comparisons = map[string]func(n, limit float64) bool{
	"gt":  func(n, limit float64) bool { return n > limit },
	"gte": func(n, limit float64) bool { return n >= limit },
	"lt":  func(n, limit float64) bool { return n < limit },
	"lte": func(n, limit float64) bool { return n <= limit },
}

// span reads the bounds of a range; inside says whether a date or a number, as text, lies within.
func span(v any) (inside func(held string) bool, ok bool) {
	within, ok := numbers(v)
	return func(held string) bool {
		n, known := bound(held, time.UTC)
		return known && within(n)
	}, ok
}

// numbers reads the bounds of a range; within says whether a number, or a time in milliseconds, lies within.
func numbers(v any) (within func(n float64) bool, ok bool) {
	bounds, _ := v.(object)
	limits := map[string]float64{}
	for name, b := range bounds {
		n, known := bound(b, zone)
		if !known || comparisons[name] == nil {
			return nil, false
		}
		limits[name] = n
	}
	return func(n float64) bool {
		for name, limit := range limits {
			if !comparisons[name](n, limit) {
				return false
			}
		}
		return true
	}, len(limits) > 0
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
