package crm

import "strings"

// DateOrder is the order of day, month and year where a date is written in
// numbers, and its year does not come first with four digits.
type DateOrder string

// The orders of dates. "" counts as MDY.
const (
	MDY DateOrder = "MDY"
	DMY DateOrder = "DMY"
	YMD DateOrder = "YMD"
)

// Notation says how texts are read that mean one thing here and another there.
// The zero Notation is that of the United States, without words for nothing.
type Notation struct {
	NullWords        []string  // texts that mean nothing, exactly as they stand here
	DateOrder        DateOrder // how "09/06/1985" is read
	DateOrderSet     bool      // whether the user named the order, rather than a country
	DecimalSeparator string    // "." or ",": how "1.234" is read; "" is "."
}

// NotationOf returns how people write dates and numbers in a country, an ISO
// 3166 alpha-2 code. It has no words for nothing.
//
// A country that begins its dates with the year has the order YMD: "09/06/1985"
// is foreign there, and nobody can tell its month.
func NotationOf(country string) Notation {
	country = strings.ToUpper(country)
	n := Notation{DateOrder: DMY, DecimalSeparator: "."}
	switch {
	case country == "" || listsCountry(monthFirst, country):
		n.DateOrder = MDY
	case listsCountry(yearFirst, country):
		n.DateOrder = YMD
	}
	if listsCountry(decimalComma, country) {
		n.DecimalSeparator = ","
	}
	return n
}

// Countries by what they write, from the Unicode locale data.
const (
	monthFirst   = "AS FM GU MH MP PH PR PW UM US VI"
	yearFirst    = "BT CA CN HU IR JP KP KR LT MN SE TW"
	decimalComma = "AD AL AM AO AR AT AW AX AZ BA BE BF BG BI BJ BL BN BO BR BY CD CF CG CI CL CM CO CR CV CY CZ DE DK DZ " +
		"EC EE ES FI FO FR GA GE GF GL GN GP GQ GR GW HR HU ID IS IT KG KH KZ LA LB LT LU LV LY MA MC MD ME MF MK MQ MR MZ NA NC NL " +
		"NO PF PL PM PT PY RE RO RS RU RW SE SI SJ SK SM SN SR ST TD TF TG TJ TL TM TN TR UA UY UZ VA VE VN WF XK YT ZA"
)

func listsCountry(list, code string) bool { return len(code) == 2 && strings.Contains(list, code) }
