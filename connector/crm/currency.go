package crm

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"
)

// cutCurrency takes blanks and currencies off both ends of a number.
func cutCurrency(s string) string {
	s = strings.TrimSpace(s)
	if n := runLength(s, inCurrency); isCurrency(s[:n]) {
		word := s[:n]
		s = s[n:]
		if r, _ := utf8.DecodeLastRuneInString(word); unicode.IsLetter(r) { // "Rs.500"
			s = strings.TrimPrefix(s, ".")
		}
		s = strings.TrimSpace(s)
	}
	undotted := strings.TrimSuffix(s, ".")
	if n := strings.LastIndexFunc(undotted, func(r rune) bool { return !inCurrency(r) }) + 1; isCurrency(undotted[n:]) {
		s = strings.TrimSpace(s[:n])
	}
	return s
}

func inCurrency(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) }

// isCurrency recognises signs ("$", "US$"), ISO's codes in capitals, and common words.
func isCurrency(s string) bool {
	if i := strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Sc, r) }); i >= 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		return len(s)-size <= len("US")
	}
	switch strings.ToLower(s) {
	case "kr", "zł", "kč", "ft", "lei", "fr", "sfr", "rs", "rp", "rm", "r", "руб", "р", "лв", "usd", "eur", "gbp", "chf", "cad", "aud", "nzd", "jpy", "inr", "brl", "mxn", "zar",
		"sek", "nok", "dkk", "pln", "euro", "euros", "dollar", "dollars", "pound", "pounds":
		return true
	}
	_, err := currency.ParseISO(s)
	return len(s) == 3 && s == strings.ToUpper(s) && err == nil
}
