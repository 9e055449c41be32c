package crm

import (
	"testing"
	"time"
)

func TestCursorsAsMoments(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		`"2026-03-01T12:00:00Z"`: noon, `"2026-03-01T13:00:00.5+01:00"`: noon.Add(500 * time.Millisecond), `"2026-03-01T12:00:00"`: noon,
		`"2026-03-01 12:00:00.250"`: noon.Add(250 * time.Millisecond), `"2026-03-01 12:00:00+00"`: noon, `"2026-03-01 12:00:00 UTC"`: noon,
		`"2026-03-01T12:00:00+0000"`: noon, `"2026-03-01"`: noon.Add(-12 * time.Hour), `1772366400`: noon, `"1772366400000"`: noon, `1772366400000`: noon,
		`"soon"`: {}, `""`: {}, ``: {}, `null`: {}, `-5`: {}, `1e30`: {}, `{"at":1}`: {}, `true`: {}, `"03/01/2026"`: {},
	} {
		if got := Moment([]byte(text)); !got.Equal(want) {
			t.Errorf("%s is %v, not %v", text, got, want)
		}
	}
}

// TestWhoYields: a value gives way to whatever others may have changed after it.
func TestWhoYields(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(minute int) int64 { return noon.Add(time.Duration(minute) * time.Minute).UnixMicro() }
	changed, nobody := noon.Add(30*time.Minute), time.Time{}
	for name, c := range map[string]struct {
		value  Value
		have   *Contact
		yields bool
	}{
		"later":           {Value{When: IfNewer, At: at(31)}, &Contact{Changed: &changed}, false},
		"at the same":     {Value{When: IfNewer, At: at(30)}, &Contact{Changed: &changed}, true},
		"earlier":         {Value{When: IfNewer, At: at(29)}, &Contact{Changed: &changed}, true},
		"nobody else":     {Value{When: IfNewer, At: at(1)}, &Contact{Changed: &nobody}, false},
		"not dated":       {Value{When: IfNewer}, &Contact{Changed: &nobody}, true},
		"not told":        {Value{When: IfNewer, At: at(31)}, &Contact{}, true},
		"to be created":   {Value{When: IfNewer}, nil, false},
		"always":          {Value{When: Always}, &Contact{Changed: &changed}, false},
		"only into empty": {Value{When: IfEmpty}, &Contact{Changed: &changed}, false},
	} {
		if got := c.value.Yields(c.have); got != c.yields {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestWhatMayBeMerged: two dated records are taken together only where the later one has the last word anyway.
func TestWhatMayBeMerged(t *testing.T) {
	at := func(minute int) int64 { return time.Date(2026, 3, 1, 12, minute, 0, 0, time.UTC).UnixMicro() }
	of := func(when When, minute int) Desired {
		return Desired{Values: map[string]Value{"city": {When: when, At: at(minute)}}}
	}
	for name, c := range map[string]struct {
		older, newer Desired
		want         bool
	}{
		"in order":         {of(IfNewer, 1), of(IfNewer, 2), true},
		"of one time":      {of(IfNewer, 1), of(IfNewer, 1), true},
		"out of order":     {of(IfNewer, 2), of(IfNewer, 1), false},
		"always, if newer": {of(Always, 1), of(IfNewer, 2), false},
		"if newer, empty":  {of(IfNewer, 1), of(IfEmpty, 2), false},
		"always":           {of(Always, 2), of(Always, 1), true},
		"other fields":     {of(IfNewer, 2), Desired{Values: map[string]Value{"state": {When: IfNewer, At: at(1)}}}, true},
		"links":            {Desired{Links: of(IfNewer, 2).Values}, Desired{Links: of(IfNewer, 1).Values}, false},
	} {
		if got := Mergeable(c.older, c.newer); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
