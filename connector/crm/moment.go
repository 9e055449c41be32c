package crm

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// moment is read with the time of day, in UTC: that of a text without a zone is taken
// to be it. A text without a time of day stays a day.
//
//	2026-12-24 15:30:00+01:00   2026-12-24T14:30:00Z
//	12/24/2026 3:30 PM          2026-12-24T15:30:00Z
//	24 Dec 2026                 2026-12-24
func (how dateReading) moment(s string) day {
	d := how.read(s)
	switch at, ok := clockOf(s); {
	case d.date == "":
	case !d.at.IsZero():
		d.date = d.at.Format(time.RFC3339)
	case ok:
		begin, err := time.Parse(time.DateOnly, d.date)
		if err != nil {
			return noDate // cannot happen: it is a day of the calendar
		}
		d.date = begin.Add(at).Format(time.RFC3339)
	}
	return d
}

// clock is a time of day with a zone, if one is said.
var clock = regexp.MustCompile(`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?i:([ap])\.?m\.?)?\s*(?i:z|utc|gmt)?\s*(?:([+-])(\d{2}):?(\d{2})?)?`)

// clockOf is what a text says of the time of day, as the time since the day began in
// UTC.
func clockOf(s string) (at time.Duration, ok bool) {
	m := clock.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	of := func(i int) time.Duration { n, _ := strconv.Atoi(m[i]); return time.Duration(n) }
	hour := of(1)
	switch half := strings.ToLower(m[4]); {
	case half == "p" && hour < 12:
		hour += 12
	case half == "a" && hour == 12:
		hour = 0
	}
	zone := of(6)*time.Hour + of(7)*time.Minute
	if m[5] == "-" {
		zone = -zone
	}
	return hour*time.Hour + of(2)*time.Minute + of(3)*time.Second - zone, true
}
