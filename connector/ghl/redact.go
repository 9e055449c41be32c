package ghl

import (
	"regexp"
	"strings"
)

const maxMessage = 300 // characters of one server message that are kept

var (
	secretPattern = regexp.MustCompile(`(?i)(bearer\s+\S+|pit-[0-9a-z-]{4,}|eyJ[\w-]+(\.[\w-]*)*)`)
	emailPattern  = regexp.MustCompile(`[^\s"'<>(),;:=]+@[^\s"'<>(),;:=]+`)
	numberPattern = regexp.MustCompile(`\+?\d(?:[ ().-]{0,2}\d){6,}`)
)

// redact cuts a text from outside and masks what could be a token, an email or
// a phone number in it. It is deliberately greedy: an id or a date too many is
// masked rather than a number too few.
func redact(s string) string {
	const mark = "…"
	runes := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " "))
	cut := len(runes) > 4*maxMessage // masking first, so that no cut can split a secret into an unknown shape
	if cut {
		runes = runes[:4*maxMessage]
	}
	s = secretPattern.ReplaceAllString(string(runes), "[token]")
	s = emailPattern.ReplaceAllString(s, "[email]")
	s = numberPattern.ReplaceAllString(s, "[number]")
	if runes = []rune(s); len(runes) > maxMessage {
		return string(runes[:maxMessage]) + mark
	}
	if cut {
		return s + mark
	}
	return s
}
