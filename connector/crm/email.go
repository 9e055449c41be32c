package crm

import (
	"strings"
	"unicode"
)

// longestEmail is the limit of RFC 5321.
const longestEmail = 254

// normaliseEmail lower-cases an address and takes it out of "mailto:" and
// "Name <address>". It is idempotent.
func normaliseEmail(s string) (email, note string, ok bool) {
	s = strings.Map(dropInvisible, s)
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, '<'); i >= 0 && strings.HasSuffix(s, ">") {
		s, note = strings.TrimSpace(s[i+1:len(s)-1]), ruleDisplayName
	}
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s, _, _ = strings.Cut(s[7:], "?")
		s, note = strings.TrimSpace(s), ruleMailto
	}
	s = strings.ToLower(s)
	return s, note, len(s) <= longestEmail && isEmail(s)
}

func isEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || strings.ContainsAny(local, `@,;:<>()[]"\`) || !isDotted(local) {
		return false
	}
	if dot := strings.LastIndexByte(domain, '.'); dot < 0 || len(domain)-dot <= 2 {
		return false
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
				return false
			}
		}
	}
	return true
}

// isDotted reports whether s is printable, without spaces, and has no empty
// part between its dots.
func isDotted(s string) bool {
	if s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for _, r := range s {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// dropInvisible removes the zero-width and direction marks that copying from
// web pages and spreadsheets leaves behind.
func dropInvisible(r rune) rune {
	if r > unicode.MaxASCII && unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}
