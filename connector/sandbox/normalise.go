package sandbox

import (
	"regexp"
	"strings"
	"time"
)

var (
	phonePunctuation = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "")
	e164             = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	northAmerican    = regexp.MustCompile(`^\+1[2-9]\d{9}$`)
	emailForm        = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$`)
)

// normalisePhone gives the E.164 form. Ten bare digits are a number of the location's country if that is the US;
// any other number needs its country code.
func normalisePhone(phone, country string) (string, bool) {
	n := phonePunctuation.Replace(phone)
	if len(n) == 10 && !strings.HasPrefix(n, "+") && country == "US" {
		n = "+1" + n
	}
	if strings.HasPrefix(n, "+1") {
		return n, northAmerican.MatchString(n)
	}
	return n, e164.MatchString(n)
}

const maxLocalPart = 64 // characters before the @

func validEmail(email string) bool {
	return len(email) <= 254 && strings.Index(email, "@") <= maxLocalPart && emailForm.MatchString(email)
}

// dateForms are the eight that the vendor documents for dateOfBirth.
var dateForms = []string{"2006/01/02", "01/02/2006", "2006-01-02", "01-02-2006", "2006.01.02", "01.02.2006", "2006_01_02", "01_02_2006"}

// normaliseDate gives YYYY-MM-DD.
func normaliseDate(date string) (string, bool) {
	for _, form := range dateForms {
		if t, err := time.Parse(form, date); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}
