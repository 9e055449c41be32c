package schema

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// decode reads a JSON value without loss.
func decode(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}

// deepest is how far schemas and values may be nested: beyond what any source has, and far from where the library's account of a place
// costs more than the place itself.
const deepest = 32

// bounded replaces the numbers in a value by ones of which exact arithmetic takes no time, empties what is nested beyond all use, and
// counts the values that are left.
func bounded(v any) (safe any, values int) {
	safe = bound(v, 0, &values)
	return safe, values
}

func bound(v any, depth int, values *int) any {
	*values++
	switch v := v.(type) {
	case json.Number:
		return boundedNumber(v)
	case map[string]any:
		if depth == deepest {
			return map[string]any{}
		}
		for name, member := range v {
			v[name] = bound(member, depth+1, values)
		}
	case []any:
		if depth == deepest {
			return []any{}
		}
		for i, item := range v {
			v[i] = bound(item, depth+1, values)
		}
	}
	return v
}

// Numbers keep so many digits, and lie in so many orders of magnitude around one.
const (
	mostDigits = 1100
	magnitude  = 1000
)

// boundedNumber is a number itself, or, where it has more digits or is farther from one than anything that is meant, a number of the
// same sign that is whole if the given one is: 1e1000001 becomes 1e1000.
func boundedNumber(n json.Number) json.Number {
	if len(n) <= mostDigits && !strings.ContainsAny(string(n), "eE") {
		return n
	}
	sign, digits, exponent := parts(string(n))
	switch {
	case digits == "":
		return "0"
	case exponent+len(digits) > magnitude:
		digits, exponent = "1", magnitude
	case exponent+len(digits) < -magnitude:
		digits, exponent = "1", -magnitude
	case len(digits) > mostDigits: // a last digit other than zero keeps a fraction one
		exponent += len(digits) - mostDigits
		digits = digits[:mostDigits-1] + "1"
	}
	return json.Number(sign + digits + "e" + strconv.Itoa(exponent))
}

// isWhole reports whether a JSON number has no fraction, in whatever form it is written: 1.50e1 has none.
func isWhole(n string) bool {
	_, _, exponent := parts(n)
	return exponent >= 0
}

// parts takes a JSON number apart: -12.50e3 is "-", "125" and 2. The digits neither begin nor end with a zero; zero has none, and the
// exponent 0. An exponent beyond all sense is one that is merely absurd.
func parts(n string) (sign, digits string, exponent int) {
	n, negative := strings.CutPrefix(n, "-")
	if negative {
		sign = "-"
	}
	if i := strings.IndexAny(n, "eE"); i >= 0 {
		exponent = exponentOf(n[i+1:])
		n = n[:i]
	}
	whole, fraction, _ := strings.Cut(n, ".")
	exponent -= len(fraction)
	digits = strings.TrimLeft(whole+fraction, "0")
	trimmed := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(trimmed)
	if trimmed == "" {
		return "", "", 0
	}
	return sign, trimmed, exponent
}

func exponentOf(text string) int {
	const absurd = 1 << 40
	exponent, err := strconv.Atoi(strings.TrimPrefix(text, "+"))
	switch {
	case err != nil && strings.HasPrefix(text, "-"):
		return -absurd
	case err != nil:
		return absurd
	}
	return max(-absurd, min(exponent, absurd))
}

// isPositive reports whether a number is greater than zero.
func isPositive(n json.Number) bool {
	sign, digits, _ := parts(string(n))
	return sign == "" && digits != ""
}

// isCount reports whether a number can be how many there are of something.
func isCount(n json.Number) bool {
	const longest = 9 // digits
	sign, digits, exponent := parts(string(n))
	return sign == "" && exponent >= 0 && len(digits)+exponent <= longest
}
