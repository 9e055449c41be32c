package trouble

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestShowable is how many characters a name has at most that is told: what
// is longer is a text, not a name.
const longestShowable = 100

// identifier is what programs call columns. However many digits it has, it is
// the source's own name: hs_v2_date_entered_1234567.
var identifier = regexp.MustCompile(`^[A-Za-z_$][\w$.-]*$`)

// address is how a postal address begins: "12 Main Street", "5b, High Road".
var address = regexp.MustCompile(`^\d+\p{L}?,?\s+\p{Lu}`)

// Showable reports whether names of columns may be shown in a log. Where a file
// has no header, the data of its first person are taken for names, and the keys
// of a map can be people too: then an email, a link or a number gives it away.
// If one of the names of a file is data, so are the others, which may be the
// names of people: ask about them together.
func Showable(names ...string) bool { return !slices.ContainsFunc(names, looksLikeData) }

func looksLikeData(name string) bool {
	if strings.Contains(name, "@") || strings.Contains(name, "%40") || strings.Contains(name, "://") || address.MatchString(name) || utf8.RuneCountInString(name) > longestShowable {
		return true
	}
	if identifier.MatchString(name) {
		return false
	}
	digits, letters := 0, 0
	for _, r := range name {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		case unicode.IsControl(r):
			return true
		}
	}
	const postalCode, extension, phone = 5, 3, 7 // 94107 is data, 2024 a name; "x12" ends a phone number
	return digits >= postalCode && letters <= extension || digits >= phone
}
