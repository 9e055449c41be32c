package crm

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// longestPhone bounds the work spent on a text that is no phone number.
const longestPhone = 60

// phone is the outcome of normalising a phone number.
type phone struct {
	e164      string
	assumed   int    // the calling code that was completed, 0 if it was given
	extension bool   // an extension was cut off
	note      bool   // words behind it were
	several   bool   // it is one of several
	fault     string // why there is no number
}

// mostPhones bounds the work spent on a text of many numbers that are none.
const mostPhones = 10

// readPhone reads the first number of a text, as people and programs write it.
func readPhone(s, region string) phone {
	if p, ok := northAmerican(s, region); ok {
		return p
	}
	s, lost := wholeNumber(strings.TrimSpace(strings.Map(dropInvisible, s)))
	if lost {
		return phone{fault: ruleDigitsLost}
	}
	fault := ruleNotAPhone
	if saysStop(s) {
		return phone{fault: fault}
	}
	numbers := phonesIn(s)
	for _, number := range numbers[:min(len(numbers), mostPhones)] {
		p := normalisePhone(withoutPhoneWords(number), region)
		if p.fault == "" {
			p.several = len(digitsOf(number)) < len(digitsOf(s))
			return p
		}
		if fault == ruleNotAPhone {
			fault = p.fault
		}
	}
	if number := beforeNote(s); number != "" { // a vanity number is too short without its letters
		if p := normalisePhone(number, region); p.fault == "" {
			p.note = true
			return p
		}
	}
	return phone{fault: fault}
}

// normalisePhone turns a text into E.164. region (ISO alpha-2 or "") completes
// a number without a calling code. Numbers need to be possible, not assigned:
// the library's idea of assigned ranges is always behind. It is idempotent.
func normalisePhone(s, region string) phone {
	s = strings.TrimSpace(strings.Map(dropInvisible, s))
	if p, ok := northAmerican(s, region); ok {
		return p
	}
	if len(s) > longestPhone {
		return phone{fault: ruleNotAPhone}
	}
	if strings.HasPrefix(s, "00") {
		s = "+" + s[2:]
	}
	p := parsePhone(s, region)
	if p.e164 == s {
		return p
	}
	// What the library makes of its own output is what the CRM will make of it.
	for range 3 {
		if p.fault != "" {
			return p
		}
		again := parsePhone(p.e164, region)
		if again.e164 == p.e164 {
			return p
		}
		p.e164, p.fault = again.e164, again.fault
	}
	return phone{fault: ruleNotAPhone}
}

func parsePhone(s, region string) phone {
	number, err := phonenumbers.ParseAndKeepRawInput(s, region)
	if err != nil {
		if region == "" && errors.Is(err, phonenumbers.ErrInvalidCountryCode) {
			return phone{fault: ruleNoCallingCode}
		}
		return phone{fault: ruleNotAPhone}
	}
	if phonenumbers.IsPossibleNumberWithReason(number) != phonenumbers.IS_POSSIBLE {
		return phone{fault: ruleNotAPhone}
	}
	p := phone{
		e164:      phonenumbers.Format(number, phonenumbers.E164),
		extension: number.GetExtension() != "",
	}
	if digits := strings.TrimPrefix(p.e164, "+"); digits == p.e164 || !isDigits(digits) || digits[0] == '0' || impossibleNorthAmerican(digits) {
		return phone{fault: ruleNotAPhone} // the library hands some input back as it is; no calling code begins with 0
	}
	switch number.GetCountryCodeSource() {
	case phonenumbers.PhoneNumber_FROM_DEFAULT_COUNTRY, phonenumbers.PhoneNumber_FROM_NUMBER_WITHOUT_PLUS_SIGN:
		p.assumed = int(number.GetCountryCode())
	}
	return p
}

// impossibleNorthAmerican reports a number of the North American plan whose
// area code or exchange begins with 0 or 1: such a number cannot exist, yet the
// library, which counts digits only, calls it possible. The CRM refuses it.
func impossibleNorthAmerican(digits string) bool {
	return len(digits) == 11 && digits[0] == '1' && (digits[1] < '2' || digits[4] < '2')
}

// northAmerican recognises the ordinary ways to write a number of the North
// American plan without the library, which is far slower.
func northAmerican(s, region string) (p phone, ok bool) {
	var kept [11]byte
	digits, plus, whole := kept[:0], strings.HasPrefix(s, "+"), s
	if plus {
		s = s[1:]
	}
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9' && len(digits) < len(kept):
			digits = append(digits, c)
		case strings.IndexByte(" -.()", c) < 0:
			return p, false
		}
	}
	if !plus {
		if region != "US" && (region == "" || phonenumbers.GetCountryCodeForRegion(region) != 1) {
			return p, false
		}
		if p.assumed = 1; len(digits) == 10 {
			digits = slices.Insert(digits, 0, '1')
		}
	}
	if len(digits) != len(kept) || digits[0] != '1' {
		return p, false
	}
	p.e164 = e164(digits, whole)
	return p, !impossibleNorthAmerican(p.e164[1:])
}

// e164 is a number of these digits, without making it anew if that is how it came.
func e164(digits []byte, came string) string {
	if came[0] == '+' && len(came) == 1+len(digits) {
		return came
	}
	return "+" + string(digits)
}

// callsElsewhere reports whether a phone has the calling code of another country.
func callsElsewhere(e164, region string) bool {
	code := phonenumbers.GetCountryCodeForRegion(region)
	return e164 != "" && code != 0 && !strings.HasPrefix(e164, "+"+strconv.Itoa(code))
}

// assumedRule names the calling code that was completed, the usual one at no cost.
func assumedRule(code int) string {
	if code == 1 {
		return "country code +1 assumed"
	}
	return "country code +" + strconv.Itoa(code) + " assumed"
}

// isDigits reports whether s holds ASCII digits only.
func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// digitsOf keeps the ASCII digits of s.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
