package crm

import (
	"strconv"
	"strings"
)

// truth reads what is true or false; of a field with words of its own these too, and
// a date, which is when it became true.
func (c *coercer) truth(f *Field, s string) (value, ok bool) {
	if value, ok = normaliseBool(s); ok {
		return value, true
	}
	words := f.about().words
	if value, err := strconv.ParseBool(words[fold(s)]); err == nil {
		return value, true
	}
	return true, words != nil && c.dateReading(f, c.from).read(s).fault == ""
}

// normaliseBool understands the usual words and digits, also "1.0".
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
