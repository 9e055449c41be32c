package crm

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Spreadsheets and tables of numbers change what goes through them: 94107 comes
// back as "94107.0", a long number as "1.2025550102E+10", and some write
// ="02134" or '02134 to keep a zero. This file undoes that.

// fromFormula is the text that a cell keeps as the formula ="text".
func fromFormula(s string) string {
	if text, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(text, `"`) {
		return strings.ReplaceAll(strings.TrimSuffix(text, `"`), `""`, `"`)
	}
	return s
}

// A table of PyAirbyte's cache has nine decimals, and of a floating-point number
// fifteen digits can be trusted.
const (
	cacheDecimals = 9
	trustedDigits = 15
)

// fromCache is the floating-point number that s was before it went through such
// a table. The table takes a billion times the number, whose last digits are
// chance: of 442079460018.0 it makes "442079460017.999970304". Any other text
// stays as it is.
func fromCache(s string) string {
	point := len(s) - 1 - cacheDecimals
	if point < 0 || s[point] != '.' || len(s) > longestNumber {
		return s
	}
	whole := strings.TrimPrefix(s[:point], "-")
	if trustedDigits-len(whole) >= cacheDecimals {
		return s // no digit of it is chance
	}
	digits := s[:point] + s[point+1:]
	scaled, err := strconv.ParseFloat(digits, 64)
	if err != nil || strconv.FormatFloat(scaled, 'f', 0, 64) != digits {
		return s
	}
	number, _ := strconv.ParseFloat(s, 64) // can be read as digits can
	short := strconv.FormatFloat(number, 'f', max(trustedDigits-len(whole), 0), 64)
	if number, _ = strconv.ParseFloat(short, 64); number*1e9 != scaled {
		return s
	}
	if strings.Contains(short, ".") {
		short = strings.TrimSuffix(strings.TrimRight(short, "0"), ".")
	}
	return short
}

// fewestDigits: a rounded number has fewer, for programs that cut one show seven.
const fewestDigits = 8

// What a table of numbers makes of a number: 94107.0, and 1.2025550102E+10.
var (
	withFraction = regexp.MustCompile(`^(\+?\d+)[.,]0+$`)
	scientific   = regexp.MustCompile(`^(\+?)(\d)(?:[.,](\d*))?[eE](\+?\d+)$`)
)

// wholeNumber returns the digits of a text that was one number, and any other
// text as it is. lost tells that digits of it were rounded away.
func wholeNumber(s string) (digits string, lost bool) {
	if s == "" || s[0] > '9' || !strings.ContainsAny(s, ".,eE'") {
		return s, false
	}
	if bare, quoted := strings.CutPrefix(s, "'"); quoted && strings.IndexAny(bare, "+0123456789") == 0 {
		s = bare
	}
	if len(s) > longestNumber {
		return s, false
	}
	if parts := withFraction.FindStringSubmatch(s); parts != nil {
		return parts[1], false
	}
	if digits, lost, ok := writtenOut(s); ok {
		return digits, lost
	}
	return s, false
}

// writtenOut returns the digits of a whole number in scientific notation. Where some
// were rounded away, s is returned as it is.
func writtenOut(s string) (digits string, lost, ok bool) {
	parts := scientific.FindStringSubmatch(s)
	if parts == nil || parts[3] == "" && parts[4][0] != '+' { // 1E5 may be a code
		return "", false, false
	}
	digits, decimals := parts[2]+parts[3], parts[3]
	exponent, err := strconv.Atoi(parts[4])
	switch missing := exponent - len(decimals); {
	case err != nil, exponent > mostDigits, missing < 0 && strings.Trim(decimals[exponent:], "0") != "":
		return "", false, false
	case missing > 0 && len(digits) < fewestDigits:
		return s, true, true
	case missing > 0:
		digits += strings.Repeat("0", missing)
	}
	return parts[1] + digits[:exponent+1], false, true
}

// shortestCode is how many digits a text has at least that is taken for a number gone
// through a table where nothing else says so: 2.0 may be a version.
const shortestCode = 4

// code undoes what a table of numbers did to a text that is a code. Codes are
// postal codes and match keys, and the numbers in other fields of the user's.
func (c *coercer) code(f *Field, s string) (code, fault string) {
	isCode := f.about().part == partPostcode || slices.Contains(c.keys, f)
	if !isCode && !f.Custom && !c.from.is(inNumbers) {
		return s, ""
	}
	if f.about().part == partPostcode {
		s = strings.TrimPrefix(s, "z:") // as exports of lead ads keep its zeros
	}
	digits, lost := wholeNumber(s)
	switch {
	case lost && isCode:
		return "", ruleDigitsLost
	case lost:
		return s, ""
	case isCode, f.Custom && len(digits) >= shortestCode, c.from.is(inNumbers):
		return digits, ""
	}
	return s, ""
}
