package crm

import (
	"strings"
	"unicode"
)

// The limits of RFC 5321.
const (
	longestEmail     = 254
	longestEmailName = 64
	longestLabel     = 63
)

// mostEmailText bounds the work spent on a text that is no email.
const mostEmailText = 4000

// readEmail takes the first address of a text that is one, or that holds several.
func readEmail(s string) (email, note string, ok bool) {
	if email, note, ok = normaliseEmail(s); ok && (note == "" || strings.Count(s, "@") == 1) {
		return email, note, note == "" || !saysStop(strings.Replace(strings.ToLower(s), email, "", 1))
	}
	if len(s) > mostEmailText {
		return "", "", false
	}
	for _, entry := range splitList(s).entries {
		for _, part := range emailsIn(entry) {
			if email, _, ok = normaliseEmail(part); ok {
				return email, ruleFirstTaken, true
			}
		}
	}
	return "", "", false
}

// emailsIn are the addresses of a text that has nothing but joints between them.
func emailsIn(s string) []string {
	if strings.Count(s, "@") < 2 {
		return []string{s}
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '/' || r == '|' })
	for _, part := range parts {
		if !strings.Contains(part, "@") && !joinsAlternatives(part) {
			return nil
		}
	}
	return parts
}

// joinsAlternatives reports whether a word stands between values of which any will do.
func joinsAlternatives(word string) bool {
	switch strings.ToLower(word) {
	case "or", "and", "&", "oder", "und", "ou", "et", "y", "o", "e":
		return true
	}
	return false
}

// normaliseEmail lower-cases an address and takes it out of "mailto:", "Name
// <address>", "SMTP:address", "Work: address" and "address (work)" or
// "address - work". It is idempotent.
func normaliseEmail(s string) (email, note string, ok bool) {
	if isEmail(s) {
		return strings.ToLower(s), "", true
	}
	s = strings.TrimSpace(strings.Map(dropInvisible, s))
	if i := strings.LastIndexByte(s, '<'); i >= 0 && strings.HasSuffix(s, ">") {
		s, note = strings.TrimSpace(s[i+1:len(s)-1]), ruleDisplayName
	}
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s, _, _ = strings.Cut(s[7:], "?")
		s, note = strings.TrimSpace(s), ruleMailto
	}
	if len(s) > 5 && strings.EqualFold(s[:5], "smtp:") {
		s, note = s[5:], ruleDisplayName
	}
	if i := strings.LastIndex(s, ": "); i >= 0 && !strings.Contains(s[:i], "@") {
		s, note = strings.TrimSpace(s[i+1:]), ruleDisplayName
	}
	if i := strings.LastIndex(s, " ("); i >= 0 && strings.HasSuffix(s, ")") {
		s, note = strings.TrimSpace(s[:i]), ruleDisplayName
	} else if before, _, found := strings.Cut(s, " - "); found && strings.Contains(before, "@") {
		s, note = strings.TrimSpace(before), ruleDisplayName
	}
	s = strings.ToLower(strings.TrimRight(s, ".,;"))
	return s, note, isEmail(s)
}

// isEmail accepts what the API does: it takes neither quoted names nor letters
// beyond ASCII, and no domain whose last label has a digit.
func isEmail(s string) bool {
	name, domain, ok := strings.Cut(s, "@")
	return ok && len(s) <= longestEmail && isEmailName(name) && isDomain(domain)
}

func isEmailName(name string) bool {
	if len(name) > longestEmailName {
		return false
	}
	for part := range strings.SplitSeq(name, ".") {
		if part == "" {
			return false
		}
		for i := range len(part) {
			if !isLetterOrDigit(part[i]) && strings.IndexByte("!#$%&'*+/=?^_{|}~-", part[i]) < 0 {
				return false
			}
		}
	}
	return true
}

func isDomain(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > longestLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if label[i] != '-' && !isLetterOrDigit(label[i]) {
				return false
			}
		}
	}
	dot := strings.LastIndexByte(domain, '.')
	return dot > 0 && len(domain)-dot > 2 && !strings.ContainsAny(domain[dot:], "-0123456789")
}

func isLetterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// dropInvisible removes the zero-width and direction marks that copying from
// web pages and spreadsheets leaves behind.
func dropInvisible(r rune) rune {
	if r > unicode.MaxASCII && unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}
