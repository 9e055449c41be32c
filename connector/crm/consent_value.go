package crm

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
)

// mostNested bounds how deep a value is looked into.
const mostNested = 6

// read enters what a value of the column says: true and false, words ("opted
// out", "do not contact", "stop"), a date, a list of channels, or an object with
// a member for each. Null and blank say nothing. raw must be valid JSON.
func (c *consentColumn) read(raw []byte, to *consents) {
	if raw[0] == 'n' {
		return
	}
	if raw[0] == '{' || raw[0] == '[' || len(raw) > longestPhrase {
		c.readNested(raw, to, 0)
		return
	}
	said := c.memo[string(raw)]
	if said == nil {
		said = &consents{nothing: to.nothing}
		c.readNested(raw, said, 0)
		if len(c.memo) < mostMemorised {
			if c.memo == nil {
				c.memo = map[string]*consents{}
			}
			c.memo[string(raw)] = said
		}
	}
	to.add(said)
}

// mostMemorised bounds the values that a column remembers what they say.
const mostMemorised = 256

// lost enters that the platform has lost the column's value.
func (c *consentColumn) lost(to *consents) {
	if c.kind == optOut {
		to.unclear(c)
	}
}

func (c *consentColumn) readNested(raw []byte, to *consents, depth int) {
	if raw[0] == '"' {
		if nested := jsonscan.Nested(raw); nested != nil {
			raw = nested
		}
	}
	switch {
	case isBlank(raw):
	case depth == mostNested:
		c.lost(to)
	case raw[0] == '{':
		members, known := 0, 0
		for name, value := range jsonscan.Members(raw) {
			members++
			if m := c.member(name); m != nil {
				known++
				m.readNested(value, to, depth+1)
			}
		}
		if members > 0 && known == 0 {
			c.lost(to)
		}
	case raw[0] == '[':
		for element := range jsonscan.Elements(raw) {
			c.readNested(element, to, depth+1)
		}
	case raw[0] == '"':
		c.text(string(jsonscan.Unquote(raw)), to)
	default:
		c.text(string(raw), to)
	}
}

// text enters what a scalar says.
func (c *consentColumn) text(s string, to *consents) {
	s = strings.TrimSpace(s)
	if s == "" || isNoDate(s) || to.nothing[s] {
		return
	}
	if !c.flag(s, to) {
		c.phrases(s, to)
	}
}

// flag enters a text that is no more than true, false or a date, and reports
// whether it is.
func (c *consentColumn) flag(s string, to *consents) bool {
	if !c.says {
		return false
	}
	yes, plain := c.plain(strings.TrimSpace(s))
	switch {
	case plain && yes:
		to.stop(c.fields)
	case plain && c.kind == optOut:
		to.open(c.fields)
	}
	return plain
}

// plain reads true and false, and a date, which is true.
func (c *consentColumn) plain(s string) (yes, ok bool) {
	if yes, ok = normaliseBool(s); ok {
		return yes != c.negate, true
	}
	if c.settings {
		switch strings.ToLower(s) {
		case channelActive, channelPermanent:
			return true, true
		case channelInactive:
			return false, true
		}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		switch {
		case n == 0 || n == 1: // as a table of numbers has it: 1.0
			return n == 1 != c.negate, true
		case n >= leastTime && n < mostTime:
			return !c.negate, true
		}
		return false, false
	}
	if dateText.MatchString(s) || c.dated && yearText.MatchString(s) {
		return !c.negate, true
	}
	return false, false
}

// Numbers between these are taken for a time, in seconds or milliseconds: 1973
// and 5138.
const (
	leastTime = 1e8
	mostTime  = 1e14
)

var (
	dateText = regexp.MustCompile(`^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(\D|$)`)
	yearText = regexp.MustCompile(`\b(19|20)\d\d\b`)
)

// isNoDate reports whether a text is what databases and address books hold for no
// date.
func isNoDate(s string) bool {
	switch s {
	case "0/0/00", "0/0/0000", "00/00/0000", "1/0/1900":
		return true
	}
	return strings.HasPrefix(s, "0000-00-00") || strings.HasPrefix(s, "0001-01-01")
}

// phrases enters what words say, several of them separated by punctuation.
func (c *consentColumn) phrases(s string, to *consents) {
	if i := strings.IndexAny(s, "0123456789"); i > 0 && !isLetter(s[i-1]) {
		s = s[:i] // "opted out 2024-05-01"
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;|/&+\n", r) })
	for _, part := range parts {
		if len(parts) > 1 {
			if fold(part) == "" {
				continue // brackets
			}
			if c.flag(part, to) { // "N, Y": an answer for each of several numbers
				continue
			}
		}
		words, ok := valueWords.split(part)
		switch s := sayingOf(words); {
		case !ok:
			c.lost(to)
		case c.kind == optOut:
			c.strict(s, to)
		case !s.yes && !s.not && (s.no && !s.weak || s.withdrawn && (c.consent || s.consent)):
			to.stop(c.meant(s))
		}
	}
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// strict enters what some words say in a column that asks for a no.
func (c *consentColumn) strict(s saying, to *consents) {
	no := s.no || s.withdrawn && s.consent
	fields := c.meant(s)
	switch {
	case fields == nil, no && s.yes, !no && s.not:
		to.unclear(c)
	case no && s.not, s.yes:
		to.open(fields)
	case no, (len(s.fields) > 0 || s.every) && !s.state && !s.consent: // a list of channels
		to.stop(fields)
	default:
		to.unclear(c)
	}
}

// meant are the fields that some words are about: what they name, else what the
// column is about. It is nil if they name a channel that a column which asks for
// a no is not about.
func (c *consentColumn) meant(s saying) []string {
	switch {
	case len(s.fields) > 0 && (c.general || c.kind != optOut || within(s.fields, c.fields)):
		return s.fields
	case len(s.fields) > 0:
		return nil
	case c.general && c.kind != optOut && !c.says:
		return s.about()
	}
	return c.fields
}

func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}
