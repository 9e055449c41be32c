package crm

import "strings"

// normaliseBool understands the usual words and digits, also where these went
// through a table of numbers ("1.0").
func normaliseBool(s string) (value, ok bool) {
	s, _ = wholeNumber(strings.TrimSpace(s))
	switch unaccented(s) {
	case "true", "t", "1", "yes", "y", "on", "ja", "oui", "si", "sim", "wahr", "vrai":
		return true, true
	case "false", "f", "0", "no", "n", "off", "nein", "non", "nao", "nee", "falsch", "faux":
		return false, true
	}
	return false, false
}
