package crm

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// dateInParts is a date taken apart.
type dateInParts struct {
	numbers [3]string // as they stand; two of them where the month has a name
	signs   [3]string // what stands before each of them, but for blanks and words
	count   int       // of numbers
	month   int       // by its name, 0 if it is one of the numbers
}

// in gives three numbers their meaning in an order.
func (p dateInParts) in(order DateOrder) (year, month, day string) {
	first, second, third := p.numbers[0], p.numbers[1], p.numbers[2]
	switch order {
	case DMY:
		return third, second, first
	case YMD:
		return first, second, third
	}
	return third, first, second
}

// signsInDates are the signs that may stand between the parts of a date.
const signsInDates = "-/._,'’"

func isYear(s string) bool { return len(s) == 4 }

// cutTime removes a time of day: an hour of one or two digits before a colon, and
// all that follows it. The short form 20060102T150405 has no colon.
func cutTime(s string) (date string, ok bool) {
	before, after, found := strings.Cut(s, ":")
	if !found {
		if len(s) > 8 && s[8] == 'T' && isDigits(s[:8]) {
			return s[:4] + "-" + s[4:6] + "-" + s[6:8], true
		}
		return s, true
	}
	date = strings.TrimRight(before, "0123456789")
	hour := before[len(date):]
	if n := atoi(hour); n < 0 || n > 24 || len(hour) > 2 || len(after) < 2 || !isDigits(after[:2]) {
		return "", false
	}
	date = strings.TrimRight(date, ", +-")
	if n := len(date) - 1; n > 0 && (date[n] == 'T' || date[n] == 't') && isDigits(date[n-1:n]) {
		date = date[:n]
	}
	return date, true
}

// dateParts takes a date without a time apart. Between three numbers stands the
// same sign, or nothing but blanks.
func dateParts(s string) (p dateInParts, ok bool) {
	if strings.ContainsAny(s[:min(len(s), 1)], signsInDates) {
		return p, false
	}
	s = eastAsian.Replace(s)
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r >= '0' && r <= '9':
			size, ok = p.addNumber(s)
		case unicode.IsLetter(r):
			size, ok = p.addWord(s)
		default:
			ok = p.addSign(r)
		}
		if !ok {
			return p, false
		}
		s = s[size:]
	}
	if p.month != 0 {
		return p, p.count == 2
	}
	return p, p.count == 3 && p.signs[1] == p.signs[2] && strings.Contains("-/._", p.signs[1])
}

func (p *dateInParts) addNumber(s string) (size int, ok bool) {
	size = runLength(s, func(r rune) bool { return r >= '0' && r <= '9' })
	if p.count == len(p.numbers) || size > 4 || size == 3 {
		return size, false
	}
	p.numbers[p.count] = s[:size]
	p.count++
	return size, true
}

func (p *dateInParts) addWord(s string) (size int, ok bool) {
	size = runLength(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) })
	word := unaccented(s[:size])
	month := monthNamed(word)
	if month == 0 {
		return size, isDateFiller(word)
	}
	ok = p.month == 0
	p.month = month
	return size, ok
}

func (p *dateInParts) addSign(r rune) bool {
	switch {
	case unicode.IsSpace(r):
		return true
	case !strings.ContainsRune(signsInDates, r):
		return false
	case p.count < len(p.signs):
		p.signs[p.count] += string(r)
	}
	return true
}

// runLength is the number of bytes of s that belong to its first run.
func runLength(s string, in func(rune) bool) int {
	if end := strings.IndexFunc(s, func(r rune) bool { return !in(r) }); end >= 0 {
		return end
	}
	return len(s)
}

// eastAsian writes dates as in 1990年3月15日 with signs.
var eastAsian = strings.NewReplacer("年", "-", "月", "-", "日", "", "년", "-", "월", "-", "일", "")

// months are the names of the months in English, German, French, Spanish,
// Italian, Portuguese and Dutch, without accents, and abbreviations that do not
// begin like one of them.
var months = [12][]string{
	{"january", "januar", "janner", "janvier", "enero", "gennaio", "janeiro"},
	{"february", "februar", "fevrier", "febbraio", "fevereiro"},
	{"march", "marz", "marzo", "mars", "marco", "maart", "mrz", "mrt"},
	{"april", "avril", "abril"},
	{"may", "mai", "maggio", "maio", "mayo", "mei"},
	{"june", "juni", "juin", "giugno", "junho"},
	{"july", "juli", "juillet", "luglio", "julho"},
	{"august", "aout", "agosto"},
	{"september", "setembro", "septiembre", "settembre", "septembre"},
	{"october", "oktober", "octubre", "octobre", "ottobre", "outubro"},
	{"november", "noviembre", "novembre"},
	{"december", "dezember", "diciembre", "dicembre", "dezembro", "decembre"},
}

// monthNamed is the number of a month by its name, or by the first three letters
// or more of it, and 0 where two months begin so. A weekday is none: "mar" is a
// month, "mardi" is not.
func monthNamed(word string) (month int) {
	if len(word) < 3 {
		return 0
	}
	for i, names := range months {
		for _, name := range names {
			if strings.HasPrefix(name, word) {
				if month != 0 && month != i+1 {
					return 0
				}
				month = i + 1
			}
		}
	}
	return month
}

// isDateFiller reports whether a word of a date tells nothing that is needed:
// the end of "15th", the "de" of "15 de marzo", a weekday.
func isDateFiller(word string) bool {
	switch word {
	case "st", "nd", "rd", "th", "er", "of", "de", "del", "the", "at", "z", "utc", "gmt":
		return true
	}
	for _, weekday := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		if len(word) >= 3 && strings.HasPrefix(weekday, word) {
			return true
		}
	}
	return false
}
