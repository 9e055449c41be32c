package crm

import (
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

// fewestDigits is how many digits a rounded number has at most: programs show
// seven where they cut a long one.
const fewestDigits = 8

// wholeNumber returns the digits of a text that was one number, and any other
// text as it is. lost tells that digits of it were rounded away.
func wholeNumber(s string) (digits string, lost bool) {
	if s == "" || s[0] > '9' || !strings.ContainsAny(s, ".,eE'") {
		return s, false
	}
	sign, number := "", s
	if bare, quoted := strings.CutPrefix(number, "'"); quoted && bare != "" && (bare[0] == '+' || isDigits(bare[:1])) {
		s, number = bare, bare
	}
	if bare, plus := strings.CutPrefix(number, "+"); plus {
		sign, number = "+", bare
	}
	if number == "" || len(number) > longestNumber || !isDigits(number[:1]) {
		return s, false
	}
	number = strings.Replace(number, ",", ".", 1)
	if whole, fraction, _ := strings.Cut(number, "."); isDigits(whole) && fraction != "" && strings.Trim(fraction, "0") == "" {
		return sign + whole, false
	}
	mantissa, power, scientific := strings.Cut(strings.ToUpper(number), "E")
	first, decimals, _ := strings.Cut(mantissa, ".")
	exponent, err := strconv.Atoi(power)
	if !scientific || err != nil || exponent < 0 || exponent > mostDigits || len(first) != 1 || !isDigits(first+decimals) ||
		decimals == "" && power[0] != '+' { // 1E5 may be a code
		return s, false
	}
	missing := exponent - len(decimals)
	if missing < 0 && strings.Trim(decimals[exponent:], "0") != "" {
		return s, false
	}
	if missing > 0 && len(first+decimals) < fewestDigits {
		return s, true
	}
	return sign + (first + decimals + strings.Repeat("0", max(missing, 0)))[:exponent+1], false
}

// shortestCode is how many digits the text of a field has at least that is taken
// for a number gone through a table, where nothing else says so: 2.0 may be a
// version.
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
