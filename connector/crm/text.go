package crm

import (
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
	for _, r := range s {
		if unicode.IsControl(r) {
			return true
		}
	}
	return false
}

// normaliseGender writes a gender as the API does, in small letters and in full.
func normaliseGender(s string) (gender, note string) {
	switch s = strings.ToLower(s); s {
	case "f":
		return "female", ruleLetter
	case "m":
		return "male", ruleLetter
	}
	return s, ""
}

// suffixes follow a family name after a comma and are no first names.
var suffixes = map[string]bool{
	"jr": true, "sr": true, "ii": true, "iii": true, "iv": true,
	"md": true, "phd": true, "esq": true, "mba": true, "cpa": true,
}

// splitName splits a full name into first and last name: the last word is the
// last name, "Last, First" is understood, a single word is a first name.
func splitName(name string) (first, last string) {
	if before, after, ok := strings.Cut(name, ","); ok {
		before, after = collapseSpaces(before), collapseSpaces(after)
		switch {
		case suffixes[fold(after)]:
			first, last = splitName(before)
			if last != "" {
				return first, last + ", " + after
			}
			return first, after
		case before != "" && after != "":
			return after, before
		}
		name = before + after
	}
	name = collapseSpaces(name)
	if i := strings.LastIndexByte(name, ' '); i >= 0 {
		return name[:i], name[i+1:]
	}
	return name, ""
}

// collapseSpaces joins the words of s with single spaces.
func collapseSpaces(s string) string { return strings.Join(strings.Fields(s), " ") }

// restOfName returns what is left of a full name without its first or last
// part, or fallback if the name does not hold that part.
func restOfName(name, first, last, fallback string) string {
	name = collapseSpaces(name)
	if n := len(first); n > 0 && len(name) >= n && strings.EqualFold(name[:n], first) {
		if len(name) == n {
			return ""
		}
		if name[n] == ' ' {
			return name[n+1:]
		}
	}
	if i := len(name) - len(last); len(last) > 0 && i >= 0 && strings.EqualFold(name[i:], last) {
		if i == 0 {
			return ""
		}
		if name[i-1] == ' ' {
			return name[:i-1]
		}
	}
	return fallback
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
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) }) < 0
}
