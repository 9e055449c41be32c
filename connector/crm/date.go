package crm

import (
	"strconv"
	"strings"
	"time"
)

// longestDate bounds the work spent on a text that is no date.
const longestDate = 80

// dateReading says how a date is read.
type dateReading struct {
	order        DateOrder
	orderSet     bool   // the user named the order, rather than a country
	milliseconds bool   // numbers are milliseconds, however small
	number       bool   // it is a number, rather than the text of one
	latest       string // a date that one with a two-digit year is not after, or ""
}

// day is the outcome of reading a date.
type day struct {
	date  string    // 2006-01-02, "" if there is none
	note  string    // what was assumed
	fault string    // why there is none
	at    time.Time // the moment, if it is known to the second without more ado
}

var noDate = day{fault: ruleNotADate}

// read understands ISO dates and date-times, the API's own formats, dates with
// the name of a month or a year of two digits, and epoch seconds or
// milliseconds. The date of a date-time is taken as written. It is idempotent.
func (how dateReading) read(s string) day {
	s = strings.TrimSpace(s)
	switch {
	case isISODate(s):
		return day{date: s}
	case len(s) > longestDate:
		return noDate
	}
	if strings.Trim(s, "+-.0123456789eE") == "" {
		if d, ok := how.ofFigures(s); ok {
			return d
		}
	}
	s, ok := cutTime(s)
	if !ok {
		return noDate
	}
	parts, ok := dateParts(s)
	switch {
	case !ok:
		return noDate
	case parts.month != 0:
		return how.ofMonth(parts)
	case isYear(parts.numbers[0]):
		return how.make(parts.in(YMD))
	}
	return how.ofNumbers(parts)
}

// as reads a value of a [Date] or [Time].
func (how dateReading) as(t Type, s string) day {
	if t == Time {
		return how.moment(s)
	}
	return how.read(s)
}

// ofFigures makes a date of a text that is one number.
func (how dateReading) ofFigures(s string) (d day, ok bool) {
	if len(s) == len("03151990") && isDigits(s) && !how.number && !how.milliseconds && (s[0] == '0' || how.latest != "") {
		if d := how.ofDigits(s); d.date != "" || s[0] == '0' {
			return d, true // no epoch begins with zero, and of birthdays hardly one in a thousand looks like this
		}
	}
	number, ok := plainDecimal(s)
	return how.ofNumber(number), ok
}

// ofDigits makes a date of eight digits: YYYYMMDD, else with the year last.
func (how dateReading) ofDigits(s string) day {
	if year := s[:2]; "18" <= year && year <= "21" {
		if d := how.make(s[:4], s[4:6], s[6:]); d.date != "" {
			return d
		}
	}
	if year := s[4:6]; year != "19" && year != "20" {
		return noDate
	}
	return how.ofNumbers(dateInParts{numbers: [3]string{s[:2], s[2:4], s[4:]}})
}

// ofMonth makes a date whose month has a name: a year, or else the day, comes first.
func (how dateReading) ofMonth(p dateInParts) day {
	d, year := p.numbers[0], p.numbers[1]
	if isYear(d) || how.order == YMD && !isYear(year) {
		d, year = year, d
	}
	return how.make(year, strconv.Itoa(p.month), d)
}

// ofNumbers makes a date in the order of this reading, and notes where a country
// has decided between two.
func (how dateReading) ofNumbers(p dateInParts) day {
	read, mdy, dmy := how.make(p.in(how.order)), how.make(p.in(MDY)), how.make(p.in(DMY))
	switch {
	case read.date == "":
		read.fault = how.impossible(mdy.date != "", dmy.date != "", how.make(p.in(YMD)).date != "")
	case how.orderSet || mdy.date == "" || dmy.date == "" || mdy.date == dmy.date:
	case read.date == mdy.date:
		read.note = ruleMonthFirst
	case read.date == dmy.date:
		read.note = ruleDayFirst
	}
	return read
}

// impossible is the rule that three numbers break which are no date in the order
// of this reading. Where they are one in other orders, it names the setting.
func (how dateReading) impossible(mdy, dmy, ymd bool) string {
	switch {
	case !mdy && !dmy && !ymd:
		return ruleNotADate
	case how.orderSet:
		return ruleNotInOrderSet
	case mdy && dmy:
		return ruleReadsEither
	case mdy:
		return ruleReadsMDY
	case dmy:
		return ruleReadsDMY
	}
	return ruleReadsYMD
}

// make makes a date of its parts. A year of two digits lies in 1969 to 2068, or
// a century earlier where that is too late.
func (how dateReading) make(year, month, dayOfMonth string) day {
	note, tooLate := "", ""
	if len(year) == 2 {
		note, tooLate = ruleCentury, how.latest
		century := "20"
		if year > "68" {
			century = "19"
		}
		year = century + year
	}
	date, ok := makeDate(year, month, dayOfMonth)
	if tooLate != "" && date > tooLate {
		date, ok = makeDate("19"+year[2:], month, dayOfMonth)
	}
	if !ok {
		return noDate
	}
	return day{date: date, note: note}
}

// leastEpoch keeps years, spreadsheet serials and zero, which stands for no date
// at all, from being read as seconds.
const leastEpoch = 24 * 60 * 60

// mostSeconds, a day of 2103, is the number beyond which an epoch is in milliseconds.
const mostSeconds = 4_200_000_000

// ofNumber reads eight digits as YYYYMMDD if they are a date near, others as an epoch.
func (how dateReading) ofNumber(number string) day {
	whole, _, fraction := strings.Cut(number, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil, n == 0:
		return noDate
	case how.milliseconds:
		return ofMilliseconds(n)
	case !fraction && len(whole) == 8 && n >= 1800_01_01 && n < 2200_01_01:
		if date, ok := makeDate(whole[:4], whole[4:6], whole[6:]); ok {
			return day{date: date}
		}
	case n > -leastEpoch && n < leastEpoch:
		return noDate
	}
	if n > mostSeconds || n < -mostSeconds {
		return ofMilliseconds(n)
	}
	return ofMilliseconds(n * 1000)
}

func ofMilliseconds(ms int64) day {
	if date, ok := epochDate(ms); ok {
		return day{date: date, at: time.UnixMilli(ms).UTC()}
	}
	return noDate
}

// epochDate is the UTC date of a number of milliseconds.
func epochDate(ms int64) (string, bool) {
	t := time.UnixMilli(ms).UTC()
	if t.Year() < 1000 || t.Year() > 9999 {
		return "", false
	}
	return t.Format(time.DateOnly), true
}

// isISODate reports whether s is a day of the calendar as this package writes it.
func isISODate(s string) bool {
	if len(s) != len(time.DateOnly) || s[4] != '-' || s[7] != '-' {
		return false
	}
	_, ok := dayOf(s[:4], s[5:7], s[8:])
	return ok
}

// makeDate writes a day as ISO does, if the calendar has it.
func makeDate(year, month, dayOfMonth string) (string, bool) {
	t, ok := dayOf(year, month, dayOfMonth)
	if !ok {
		return "", false
	}
	return t.Format(time.DateOnly), true
}

func dayOf(year, month, dayOfMonth string) (time.Time, bool) {
	y, m, d := atoi(year), atoi(month), atoi(dayOfMonth)
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, y >= 1000 && t.Year() == y && int(t.Month()) == m && t.Day() == d
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
