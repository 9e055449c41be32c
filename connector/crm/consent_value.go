package crm

import (
	"regexp"
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

// flag enters a text that is true, false or a date, and reports whether it is one.
func (c *consentColumn) flag(s string, to *consents) bool {
	if !c.name.is(anyNo) {
		return false
	}
	yes, plain := c.plain(strings.TrimSpace(s))
	switch {
	case plain && yes:
		to.stops |= c.by
	case plain && c.kind == optOut:
		to.opens |= c.by
	}
	return plain
}

// plain reads true and false, and a date, which is true.
func (c *consentColumn) plain(s string) (yes, ok bool) {
	if yes, ok = normaliseBool(s); ok {
		return yes != c.negate, true
	}
	if c.name.is(ownSettings) {
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
	if dateText.MatchString(s) || c.name.is(aDate) && yearText.MatchString(s) {
		return !c.negate, true
	}
	return false, false
}

// Numbers between these are a time, in seconds or milliseconds: 1973 and 5138.
const (
	leastTime = 1e8
	mostTime  = 1e14
)

var (
	dateText = regexp.MustCompile(`^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(\D|$)`)
	yearText = regexp.MustCompile(`\b(19|20)\d\d\b`)
)

// isNoDate reports whether a text is what databases hold for no date.
func isNoDate(s string) bool {
	switch s {
	case "0/0/00", "0/0/0000", "00/00/0000", "1/0/1900":
		return true
	}
	return strings.HasPrefix(s, "0000-00-00") || strings.HasPrefix(s, "0001-01-01")
}

// phrases enters what words say, several of them separated by punctuation.
func (c *consentColumn) phrases(s string, to *consents) {
	if i := strings.IndexAny(s, "0123456789"); i > 0 && !isLetterOrDigit(s[i-1]) {
		s = s[:i] // "opted out 2024-05-01"
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;|/&+\n", r) })
	for _, part := range parts {
		if len(parts) > 1 && (fold(part) == "" || c.flag(part, to)) { // brackets, or "N, Y": an answer for each of several numbers
			continue
		}
		words, ok := valueWords.split(part)
		switch s := together(words); {
		case !ok:
			c.lost(to)
		case c.kind == optOut:
			c.strict(s, to)
		case s.isPlainNo(c.name):
			to.stops |= c.meant(s)
		}
	}
}

// isPlainNo reports whether words say no whatever the column is about that they
// are in, of which the name is given.
func (s sense) isPlainNo(name sense) bool {
	if s.is(saysYes | negates) {
		return false
	}
	return s.is(saysNo|unsubscribes) || s.is(withdraws) && (s|name).is(aConsent)
}

// strict enters what some words say in a column that asks for a no.
func (c *consentColumn) strict(s sense, to *consents) {
	no := s.is(anyNo) || s.is(withdraws) && s.is(aConsent)
	by := c.meant(s)
	switch {
	case by == 0, no && s.is(saysYes), !no && s.is(negates):
		to.unclear(c)
	case s.is(negates | saysYes):
		to.opens |= by
	case no, s.is(byAny|byAll) && !s.is(aStatus|aConsent): // a list of channels
		to.stops |= by
	default:
		to.unclear(c)
	}
}

// meant are the ways that some words are about: what they name, else what the
// column is about. It is 0 if they name a way that a column which asks for a no is
// not about.
func (c *consentColumn) meant(s sense) sense {
	named := s & byAny
	switch {
	case named != 0 && (c.isGeneral() || c.kind != optOut || named&^c.by == 0):
		return named
	case named != 0:
		return 0
	case c.isGeneral() && c.kind != optOut && !c.name.is(anyNo):
		return s.about()
	}
	return c.by
}
