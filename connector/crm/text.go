package crm

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean trims s and removes what no text field should hold. Line breaks and
// tabs stay where lines are kept; elsewhere they become a space, so that words
// do not run together. It is idempotent.
func clean(s string, keepLines bool) (cleaned string, changed bool) {
	if s = strings.TrimSpace(s); !hasControl(s) {
		return s, false
	}
	if keepLines {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case !unicode.IsControl(r), keepLines && (r == '\n' || r == '\t'):
			return r
		case r == '\n' || r == '\r' || r == '\t':
			changed = true
			return ' '
		}
		changed = true
		return -1
	}, s)
	return strings.TrimSpace(s), changed
}

func hasControl(s string) bool {
	return !isPrintableASCII(s) && strings.IndexFunc(s, unicode.IsControl) >= 0
}

// isAsIs reports whether what lies between the quotes of a valid JSON string is
// its text, and has no characters but those of [isPrintableASCII].
func isAsIs(body []byte) bool { return isPrintableASCII(body) && bytes.IndexByte(body, '\\') < 0 }

func isPrintableASCII[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// readGender writes a gender as the API does, in small letters and in full.
// Address books say "Unspecified" of everybody.
func readGender(s string) (gender, rule string) {
	switch s = strings.ToLower(s); s {
	case "f":
		return "female", ruleLetter
	case "m":
		return "male", ruleLetter
	case "unspecified", "unknown":
		return "", ""
	}
	return s, ""
}

// unaccented is s in small letters, without the accents of Latin ones.
func unaccented(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	latin := false
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) && latin {
			return -1
		}
		latin = unicode.Is(unicode.Latin, r) || latin && unicode.IsMark(r)
		return r
	}, norm.NFD.String(strings.ToLower(s)))
}

// isInvisible reports whether a text has no character that can be seen.
func isInvisible(s string) bool {
	if s != "" && s[0] > ' ' && s[0] <= '~' { // nearly all
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) }) < 0
}
