package crm

import (
	"strconv"
	"strings"
	"unicode"
)

// mostDigits bounds how long a number may get when its exponent is written out.
const mostDigits = 60

// normaliseNumber turns a text with currency signs, thousands separators,
// parentheses for negatives or an exponent into a plain decimal. Nothing is
// rounded. It is idempotent.
func normaliseNumber(s string) (string, bool) {
	if isPlainDecimal(s) {
		return s, true
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Sc, r) {
			return -1
		}
		return r
	}, s)
	if len(s) > 2 && s[0] == '(' && s[len(s)-1] == ')' && s[1] != '-' && s[1] != '+' {
		s = "-" + s[1:len(s)-1]
	}
	s, ok := dropThousands(s)
	if !ok {
		return "", false
	}
	return plainDecimal(s)
}

// dropThousands removes commas that group digits. A comma anywhere else, as in
// "1,5", is more likely a decimal comma, and no guess is made.
func dropThousands(s string) (string, bool) {
	if !strings.Contains(s, ",") {
		return s, true
	}
	whole, fraction, point := strings.Cut(s, ".")
	groups := strings.Split(whole, ",")
	for i, g := range groups[1:] {
		last := i == len(groups)-2
		if !isDigits(g) || len(g) != 3 && (last || len(g) != 2) {
			return "", false
		}
	}
	if lead := strings.TrimLeft(groups[0], "+-"); lead == "" || len(lead) > 3 || strings.Contains(fraction, ",") {
		return "", false
	}
	whole = strings.Join(groups, "")
	if point {
		whole += "." + fraction
	}
	return whole, true
}

// plainDecimal writes a number without plus sign, exponent, leading or
// trailing zeros.
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

// normaliseBool understands the usual words and digits.
func normaliseBool(s string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "t", "1", "yes", "y", "on":
		return true, true
	case "false", "f", "0", "no", "n", "off":
		return false, true
	}
	return false, false
}

// isTimezone checks the shape of an IANA name. The database itself is not
// consulted: whether it is installed must not decide what is written.
func isTimezone(s string) bool {
	if s == "UTC" || s == "GMT" {
		return true
	}
	parts := strings.Split(s, "/")
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	for _, p := range parts {
		if p == "" || p[0] < 'A' || p[0] > 'Z' {
			return false
		}
		for i := range len(p) {
			if c := p[i]; !strings.ContainsRune("_-+", rune(c)) && (c < '0' || c > '9') &&
				(c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return false
			}
		}
	}
	return true
}
