package crm

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// countryCodes finds a code by the key of a code, ISO-3 code, English name or alias.
var countryCodes = indexCountries()

func indexCountries() map[string]string {
	index := make(map[string]string, 1000)
	english := display.Regions(language.English)
	for code := range strings.FieldsSeq(countries) {
		region := language.MustParseRegion(code)
		name := english.Name(region)
		bare, _, _ := strings.Cut(name, " (") // Myanmar (Burma)
		index[countryKey(code)], index[countryKey(region.ISO3())] = code, code
		for _, name := range []string{name, bare, strings.Replace(name, "St.", "Saint", 1)} {
			addFirst(index, countryKey(name), code)
		}
		for alias := range strings.FieldsSeq(countryAliases[code]) {
			index[countryKey(alias)] = code
		}
	}
	return index
}

// shortestName is how many letters a foreign name of a country has at least, if
// they are Latin: Austria is Áo in Vietnamese, and AO is Angola.
const shortestName = 4

// indexForeignCountries knows the countries by their names in all languages of
// the Unicode data. What is one country here and another there is none. It takes
// a tenth of a second and 2 MB.
func indexForeignCountries() map[string]string {
	index := make(map[string]string, 25_000)
	for _, tag := range display.Supported.Tags() {
		names := display.Regions(tag)
		for code := range strings.FieldsSeq(countries) {
			if names == nil {
				break
			}
			key := countryKey(names.Name(language.MustParseRegion(code)))
			if known, taken := index[key]; taken && known != code {
				index[key] = ""
			} else if len(key) >= shortestName {
				index[key] = code
			}
		}
	}
	return index
}

// countryKey reduces a name to small letters without accents, "&" spelt out.
func countryKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, unaccented(strings.ReplaceAll(s, "&", "and")))
}

// longestCountry bounds the work spent on a text that is no country.
const longestCountry = 80

// placeholders stand where no country is known. Folded, some would be Namibia.
var placeholders = []string{"n/a", "n.a.", "n.a", "none", "null", "unknown"}

// namesNoCountry reports whether a text says that there is no country.
func namesNoCountry(s string) bool {
	s = strings.TrimSpace(s)
	return !strings.ContainsFunc(s, unicode.IsLetter) ||
		slices.ContainsFunc(placeholders, func(p string) bool { return strings.EqualFold(p, s) })
}

// CountryCode returns the code by which the API knows a country that is given
// as ISO alpha-2 or alpha-3 code or by name, and whether there is one.
func CountryCode(country string) (code string, ok bool) { return (&reader{}).country(country) }

// country finds the code, as the API lists it, of a country that is given as ISO
// alpha-2 or alpha-3 code, as the code of a part of it ("GB-ENG"), by its name in
// any language, or by several of these that agree ("US - United States"). It is
// idempotent.
func (r *reader) country(s string) (code string, ok bool) {
	if flag := strings.Map(flagLetter, s); len(flag) == len("US") {
		return englishCountry(flag)
	}
	if len(s) > longestCountry || namesNoCountry(s) {
		return "", false
	}
	country, part, isPart := strings.Cut(s, "-")
	if code = r.countryNamed(s); code == "" && isPart && len(country) == 2 && len(part) <= 3 {
		code = r.countryNamed(country)
	}
	if code == "" {
		code = r.countryOfParts(s)
	}
	return code, code != ""
}

// flagLetter turns the two signs of a flag into the letters of a country's code.
func flagLetter(r rune) rune {
	if r >= '🇦' && r <= '🇿' {
		return 'A' + r - '🇦'
	}
	return -1
}

// countryOfParts is the country that all parts of a text name, or "".
func (r *reader) countryOfParts(s string) (code string) {
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("-–—(),;:/|", r) }) {
		named := r.countryNamed(part)
		switch {
		case strings.TrimSpace(part) == "":
		case named == "" || code != "" && code != named:
			return ""
		default:
			code = named
		}
	}
	return code
}

func (r *reader) countryNamed(s string) (code string) {
	key := countryKey(s)
	if key == "" {
		return ""
	}
	if len(key) > len("USA") || isASCII(s) { // a code has no accents
		if code = countryByKey(countryCodes, key); code != "" {
			return code
		}
	}
	if r.foreignCountries == nil {
		r.foreignCountries = indexForeignCountries()
	}
	return countryByKey(r.foreignCountries, key)
}

// englishCountry finds a country by its code or its English name.
func englishCountry(s string) (code string, ok bool) {
	if len(s) > longestCountry || namesNoCountry(s) {
		return "", false
	}
	code = countryByKey(countryCodes, countryKey(s))
	return code, code != ""
}

// countryByKey also finds "The Netherlands" and "Bahamas, The".
func countryByKey(index map[string]string, key string) string {
	for _, name := range []string{key, strings.TrimPrefix(key, "the"), strings.TrimSuffix(key, "the")} {
		if code := index[name]; code != "" && (name == key || len(name) > len("usa")) {
			return code
		}
	}
	return ""
}
