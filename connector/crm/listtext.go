package crm

import (
	"strconv"
	"strings"
)

// listInText is the list that a text holds.
type listInText struct {
	entries []string
	text    string // without brackets around it
	// sure tells that quotes say where each entry ends. Otherwise the text was
	// split, and may be one entry all the same.
	sure  bool
	fault string // the text is a list that was cut off
}

// bars stand between the values of a cell that Google Contacts exports.
const bars = " ::: "

// splitList takes apart the list that a text holds: as databases and programs
// write one ({a,b}, ['a', 'b'], [a, b], ^a^,^b^), or else split at the first of
// newline, ";", "," that it has, or at "|" without blanks beside it. Brackets
// and quotes go where they enclose the whole text or a whole entry.
func splitList(s string) listInText {
	s = strings.TrimSpace(s)
	if s == "" {
		return listInText{}
	}
	if s[0] == '[' || s[0] == '{' {
		end := closingBracket(s)
		if end < 0 {
			return listInText{fault: ruleCutOff}
		}
		if end == len(s)-1 {
			return splitAtFirst(s[1:end], ",\n;")
		}
	}
	if s[0] == '(' && s[len(s)-1] == ')' { // a tuple of Python
		if list := splitAtFirst(s[1:len(s)-1], ","); list.sure && len(list.entries) > 0 {
			return list
		}
	}
	if strings.Contains(s, bars) {
		s = strings.ReplaceAll(s, bars, "\n")
	}
	list := splitAtFirst(s, "\n;,")
	if list.sure && len(list.entries) == 1 { // the whole text is in quotes
		return splitAtFirst(list.entries[0], "\n;,")
	}
	return list
}

// splitAtFirst splits at the first separator that stands outside quotes, else at bars.
func splitAtFirst(s, separators string) listInText {
	for i := range separators {
		if list, found := splitAt(s, separators[i]); found {
			return list
		}
	}
	if list, _ := splitAt(s, ' '); list.sure && len(list.entries) > 1 { // ['a' 'b'], as NumPy writes it
		return list
	}
	bar := byte('|')
	if strings.Contains(s, " |") || strings.Contains(s, "| ") { // part of a text
		bar = separators[0]
	}
	list, _ := splitAt(s, bar)
	return list
}

// splitAt splits a text at a separator outside quotes, and reports whether there is one.
func splitAt(s string, separator byte) (list listInText, found bool) {
	list = listInText{text: s, sure: true}
	for start := 0; start <= len(s); {
		end, quoted := entryEnd(s, start, separator)
		found = found || end < len(s)
		entry := strings.TrimSpace(s[start:end])
		start = end + 1
		if quoted {
			entry = unescaped(entry)
		}
		if entry != "" {
			list.entries = append(list.entries, entry)
			list.sure = list.sure && quoted
		}
	}
	return list, found
}

// entryEnd finds the separator that ends the entry that begins at start, and
// whether quotes enclose the entry.
func entryEnd(s string, start int, separator byte) (end int, quoted bool) {
	rest := start
	if closing := closingQuote(s, start); closing > 0 {
		rest = closing + 1
	}
	end = len(s)
	if i := strings.IndexByte(s[rest:], separator); i >= 0 {
		end = rest + i
	}
	return end, rest > start && strings.TrimSpace(s[rest:end]) == ""
}

// closingQuote finds the end of the quoted text that begins at start or after
// blanks there: the next such quote that is not escaped, if a separator, a
// bracket, another quoted text or the end follows. It is 0 if there is none.
func closingQuote(s string, start int) int {
	for start < len(s) && s[start] == ' ' {
		start++
	}
	if start == len(s) || !isQuote(s[start]) {
		return 0
	}
	for i := start + 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[start] != '^':
			i++
		case s[i] == s[start] && i > start+1 && i+1 < len(s) && s[i+1] == s[start]:
			i++ // doubled, as CSV escapes it
		case s[i] == s[start]:
			if !endsQuoted(s[i+1:]) {
				return 0
			}
			return i
		}
	}
	return 0
}

// endsQuoted reports whether a quoted text can end before s.
func endsQuoted(s string) bool {
	rest := strings.TrimLeft(s, " \t\r")
	return rest == "" || strings.Contains(",;|\n]}", rest[:1]) || isQuote(rest[0]) && len(rest) < len(s)
}

func isQuote(c byte) bool { return c == '\'' || c == '"' || c == '^' }

// closingBracket finds the bracket that closes the first one of a text, or -1.
// Brackets within quoted entries do not count.
func closingBracket(s string) int {
	depth, entryStarts := 0, false
	for i := 0; i < len(s); i++ {
		if entryStarts {
			if closing := closingQuote(s, i); closing > 0 {
				i, entryStarts = closing, false
				continue
			}
		}
		switch s[i] {
		case '[', '{':
			depth++
			entryStarts = true
		case ']', '}':
			depth--
			if depth == 0 {
				return i
			}
		default:
			entryStarts = strings.IndexByte(",;\n", s[i]) >= 0
		}
	}
	return -1
}

// unescaped takes the quotes off a text, and what escapes characters in it.
func unescaped(quoted string) string {
	quote, s := quoted[0], quoted[1:len(quoted)-1]
	if quote == '^' {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	for s != "" {
		size := 1
		switch {
		case s[0] == quote && len(s) > 1:
			size, s = 1, s[1:]
		case s[0] == '\\' && len(s) > 1:
			if r, _, rest, err := strconv.UnquoteChar(s, quote); err == nil {
				b.WriteRune(r)
				s = rest
				continue
			}
			s = s[1:]
		}
		b.WriteString(s[:size])
		s = s[size:]
	}
	return strings.TrimSpace(b.String())
}

// plainEntry is an entry that was split off a text, without brackets around it.
// What is left of a notation in it shows that the list was not understood.
func plainEntry(s string) (entry, fault string) {
	last := len(s) - 1
	switch {
	case last < 1:
	case s[0] == '[' || s[0] == '{':
		if end := closingBracket(s); end < 0 {
			return "", ruleCutOff
		} else if end == last {
			if s = strings.TrimSpace(s[1:last]); strings.ContainsAny(s, `[]{}'"^`) {
				return "", ruleIsAList
			}
			return s, ""
		}
	case strings.Count(s, `"`)%2 == 1 && (s[0] == '"' || s[last] == '"' && !isDigits(s[last-1:last])): // not 7"
		return "", ruleCutOff
	case s[0] == '^' || s[last] == '^':
		return "", ruleCutOff
	}
	if strings.Count(s, "[") != strings.Count(s, "]") || strings.Count(s, "{") != strings.Count(s, "}") {
		return "", ruleCutOff
	}
	return s, ""
}
