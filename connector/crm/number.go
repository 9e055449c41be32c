package crm

import (
	"strconv"
	"strings"
	"unicode"
)

// mostDigits bounds how long a number may get when its exponent is written out.
const mostDigits = 60

// longestNumber bounds the work spent on a text that is no number.
const longestNumber = 200

// readNumber turns a text with a currency, thousands separators, parentheses for
// negatives or an exponent into a plain decimal. decimalComma decides where a
// text can be read in two ways: "1.234" is 1234 then. Nothing is rounded, and
// with another unit ("1.2k", "12%") it is no number. It is idempotent, but for
// what decimalComma decides.
func readNumber(s string, decimalComma bool) (string, bool) {
	if !decimalComma && isPlainDecimal(s) {
		return s, true
	}
	if len(s) > longestNumber {
		return "", false
	}
	s, negative, ok := bareNumber(strings.Map(keyboardSign, s))
	if !ok {
		return "", false
	}
	exponent := ""
	if i := strings.LastIndexAny(s, "eE"); i >= 0 {
		s, exponent = s[:i], s[i:]
	}
	whole, fraction := s, ""
	if i := strings.LastIndexAny(s, ".,"); i >= 0 && (exponent != "" || isDecimalMark(s, i, decimalComma)) {
		whole, fraction = s[:i], s[i+1:]
		if fraction == "" && s[i] == ',' {
			return "", false
		}
	}
	if whole, ok = joinThousands(whole); !ok {
		return "", false
	}
	if negative {
		whole = "-" + whole
	}
	return plainDecimal(whole + "." + fraction + exponent)
}

// keyboardSign replaces a sign of typesetters by that of keyboards.
func keyboardSign(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r == '−':
		return '-'
	case r == '’':
		return '\''
	}
	return r
}

// bareNumber takes currencies and one sign off a number. Accounting programs print a
// minus behind it, or as parentheses.
func bareNumber(s string) (bare string, negative, ok bool) {
	for signed := false; ; signed = true {
		s = cutCurrency(s)
		last := len(s) - 1
		switch {
		case last < 0 || s[0] != '+' && s[0] != '-' && s[last] != '-' && (s[0] != '(' || s[last] != ')'):
			return s, negative, last >= 0
		case signed:
			return "", false, false
		case s[0] == '+':
			s = s[1:]
		case s[0] == '-':
			s, negative = s[1:], true
		case s[last] == '-':
			s, negative = s[:last], true
		default:
			s, negative = s[1:last], true
		}
	}
}

// isDecimalMark reports whether the last point or comma of an unsigned number is
// its decimal separator. It is not if it occurs twice, and surely is if another
// separator groups the digits before it, or if it could group none itself.
func isDecimalMark(s string, at int, decimalComma bool) bool {
	mark, lead, tail := s[at:at+1], s[:at], s[at+1:]
	switch {
	case strings.Contains(lead, mark):
		return false
	case !isDigits(lead), len(tail) != 3, len(lead) == 0 || len(lead) > 3, lead[0] == '0':
		return true
	}
	return decimalComma == (mark == ",")
}

// joinThousands takes the separators out of the digits before a decimal point. Between
// them stand three digits, or with commas two, as in India, but for the last.
func joinThousands(s string) (string, bool) {
	i := strings.IndexAny(s, ".,' ")
	if i < 0 {
		return s, true
	}
	groups := strings.Split(s, s[i:i+1])
	for n, group := range groups[1:] {
		indian := s[i] == ',' && len(group) == 2 && n < len(groups)-2
		if len(group) != 3 && !indian || !isDigits(group) {
			return "", false
		}
	}
	return strings.Join(groups, ""), i > 0 && i <= 3
}

// plainDecimal writes a number without plus, exponent, leading or trailing zeros.
func plainDecimal(s string) (string, bool) {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign = "-"
	}
	s = strings.TrimPrefix(strings.TrimPrefix(s, sign), "+")
	if sign == "-" && strings.HasPrefix(s, "+") {
		return "", false
	}
	exponent := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e > mostDigits || e < -mostDigits {
			return "", false
		}
		s, exponent = s[:i], e
	}
	whole, fraction, _ := strings.Cut(s, ".")
	digits := whole + fraction
	if digits == "" || !isDigits(digits) || len(digits) > mostDigits {
		return "", false
	}
	whole, fraction = movePoint(digits, len(whole)+exponent)
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	switch {
	case len(whole)+len(fraction) > mostDigits:
		return "", false
	case fraction != "":
		return sign + whole + "." + fraction, true
	case whole == "0":
		return "0", true
	}
	return sign + whole, true
}

// isPlainDecimal reports whether a number is already as plainDecimal writes it.
func isPlainDecimal(s string) bool {
	unsigned := strings.TrimPrefix(s, "-")
	whole, fraction, point := strings.Cut(unsigned, ".")
	switch {
	case whole == "" || len(unsigned) > mostDigits || !isDigits(whole) || !isDigits(fraction):
		return false
	case point && (fraction == "" || strings.HasSuffix(fraction, "0")):
		return false
	case whole[0] == '0' && len(whole) > 1:
		return false
	}
	return s != "-0"
}

// movePoint splits digits at point, padding with zeros on either side.
func movePoint(digits string, point int) (whole, fraction string) {
	switch {
	case point <= 0:
		return "", strings.Repeat("0", -point) + digits
	case point >= len(digits):
		return digits + strings.Repeat("0", point-len(digits)), ""
	}
	return digits[:point], digits[point:]
}
