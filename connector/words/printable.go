package words

import (
	"fmt"
	"strings"
	"unicode"
)

// Printable is a text without what a terminal would obey instead of show: control
// characters other than line breaks and tabs, and marks that change the direction of
// writing, by which one text passes for another.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if obeyed(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// EscapeJSON escapes in valid JSON what Printable replaces, which leaves its meaning.
func EscapeJSON(doc []byte) []byte {
	if !strings.ContainsFunc(string(doc), obeyed) {
		return doc
	}
	var out []byte
	for _, r := range string(doc) {
		if obeyed(r) { // it can only be inside a string
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = append(out, string(r)...)
		}
	}
	return out
}

func obeyed(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\ufeff'
}
