package crm

import "strings"

// normaliseBool understands the usual words and digits, also where these went
// through a table of numbers ("1.0").
func normaliseBool(s string) (value, ok bool) {
	s, _ = wholeNumber(strings.TrimSpace(s))
	switch strings.ToLower(s) {
	case "true", "t", "1", "yes", "y", "on":
		return true, true
	case "false", "f", "0", "no", "n", "off":
		return false, true
	}
	return false, false
}
