package crm

import (
	"strconv"
	"strings"
	"time"
)

const isoDate = "2006-01-02"

// normaliseDate understands ISO dates and date-times, the API's own formats
// and epoch seconds or milliseconds. The date of a date-time is taken as
// written. It is idempotent.
func normaliseDate(s string) (date, note string, ok bool) {
	s = strings.TrimSpace(s)
	if isDigits(strings.TrimLeft(s, "+-")) {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			date, ok = dateOfNumber(s, n)
			return date, "", ok
		}
	}
	s, ok = cutTime(s)
	if !ok {
		return "", "", false
	}
	parts, ok := dateParts(s)
	if !ok {
		return "", "", false
	}
	if len(parts[0]) == 4 {
		if isDate(parts[0], parts[1], parts[2]) && len(s) == len(isoDate) && s[4] == '-' {
			return s, "", true
		}
		date, ok = makeDate(parts[0], parts[1], parts[2])
		return date, "", ok
	}
	if len(parts[2]) != 4 {
		return "", "", false
	}
	if date, ok = makeDate(parts[2], parts[0], parts[1]); !ok {
		date, ok = makeDate(parts[2], parts[1], parts[0])
		return date, "", ok
	}
	if isDate(parts[2], parts[1], parts[0]) && atoi(parts[0]) != atoi(parts[1]) {
		note = ruleMonthFirst
	}
	return date, note, true
}

// cutTime removes a time of day, if what follows the date looks like one.
func cutTime(s string) (date string, ok bool) {
	i := strings.IndexAny(s, "Tt ")
	if i < 0 {
		return s, true
	}
	hour, _, colon := strings.Cut(strings.TrimSpace(s[i+1:]), ":")
	_, err := strconv.ParseUint(hour, 10, 8)
	return s[:i], colon && err == nil && len(hour) <= 2
}

// dateParts splits at one of the four separators the API knows.
func dateParts(s string) (parts [3]string, ok bool) {
	i := strings.IndexAny(s, "-/._")
	if i < 0 {
		return parts, false
	}
	parts[0] = s[:i]
	parts[1], parts[2], ok = strings.Cut(s[i+1:], s[i:i+1])
	for _, p := range parts {
		if p == "" || len(p) > 4 || len(p) == 3 || !isDigits(p) {
			return parts, false
		}
	}
	return parts, ok
}

func makeDate(year, month, day string) (string, bool) {
	if !isDate(year, month, day) {
		return "", false
	}
	return dateOf(year, month, day).Format(isoDate), true
}

// isDate reports whether the calendar has the day.
func isDate(year, month, day string) bool {
	t := dateOf(year, month, day)
	return t.Year() >= 1000 && t.Year() == atoi(year) && int(t.Month()) == atoi(month) && t.Day() == atoi(day)
}

func dateOf(year, month, day string) time.Time {
	return time.Date(atoi(year), time.Month(atoi(month)), atoi(day), 0, 0, 0, 0, time.UTC)
}

// smallestEpoch keeps years and spreadsheet serials from being read as seconds.
const smallestEpoch = 100_000

// dateOfNumber reads eight digits as YYYYMMDD where they are a date of the last
// or next century, other numbers as seconds, large ones as milliseconds.
func dateOfNumber(s string, n int64) (string, bool) {
	if len(s) == 8 && n >= 1800_01_01 && n < 2200_01_01 {
		if date, ok := makeDate(s[:4], s[4:6], s[6:]); ok {
			return date, true
		}
	}
	if n > -smallestEpoch && n < smallestEpoch {
		return "", false
	}
	if n >= 100_000_000_000 || n <= -100_000_000_000 {
		return epochDate(n)
	}
	return epochDate(n * 1000)
}

// epochDate is the UTC date of a number of milliseconds.
func epochDate(ms int64) (string, bool) {
	t := time.UnixMilli(ms).UTC()
	if t.Year() < 1000 || t.Year() > 9999 {
		return "", false
	}
	return t.Format(isoDate), true
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
