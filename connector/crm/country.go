package crm

import (
	"slices"
	"strings"
	"unicode"
)

// countryAliases are further names in common use, folded.
var countryAliases = map[string]string{
	"uk": "GB", "greatbritain": "GB", "britain": "GB", "england": "GB", "scotland": "GB",
	"wales": "GB", "northernireland": "GB", "unitedkingdomofgreatbritainandnorthernireland": "GB",
	"unitedstatesofamerica": "US", "america": "US",
	"republicofireland": "IE", "eire": "IE", "holland": "NL", "uae": "AE", "emirates": "AE",
	"burma": "MM", "eswatini": "SZ", "northmacedonia": "MK", "turkiye": "TR", "türkiye": "TR",
	"ivorycoast": "CI", "caboverde": "CV", "republicofkorea": "KR", "korearepublicof": "KR",
	"korea": "KR", "democraticpeoplesrepublicofkorea": "KP", "drc": "CD", "drcongo": "CD",
	"democraticrepublicofthecongo": "CD", "republicofthecongo": "CG", "macau": "MO",
	"palestine": "PS", "stateofpalestine": "PS", "holysee": "VA", "vatican": "VA",
	"peoplesrepublicofchina": "CN", "prchina": "CN", "mainlandchina": "CN",
	"taiwanprovinceofchina": "TW", "easttimor": "TL", "el": "GR", "hellas": "GR",
	"deutschland": "DE", "españa": "ES", "espana": "ES", "italia": "IT", "brasil": "BR",
	"méxico": "MX", "österreich": "AT", "schweiz": "CH", "suisse": "CH", "belgië": "BE",
	"belgique": "BE", "sverige": "SE", "norge": "NO", "danmark": "DK", "suomi": "FI",
	"nederland": "NL", "polska": "PL", "česko": "CZ", "nippon": "JP", "swissconfederation": "CH",
	"federalrepublicofgermany": "DE", "frenchrepublic": "FR", "kingdomofsaudiarabia": "SA", "ksa": "SA",
	"boliviaplurinationalstateof": "BO", "venezuelabolivarianrepublicof": "VE",
	"iranislamicrepublicof": "IR", "tanzaniaunitedrepublicof": "TZ", "moldovarepublicof": "MD",
	"micronesiafederatedstatesof": "FM", "falklandislandsmalvinas": "FK", "laopdr": "LA",
}

// countryCodes finds a code by folded code, ISO-3, English name or alias.
var countryCodes = indexCountries()

func indexCountries() map[string]string {
	index := make(map[string]string, 4*len(countries))
	for _, c := range countries {
		index[fold(c.iso3)] = c.code
		for name := range strings.SplitSeq(c.names, "|") {
			index[foldCountry(name)] = c.code
			bare, _, _ := strings.Cut(name, " (")
			if _, taken := index[foldCountry(bare)]; !taken {
				index[foldCountry(bare)] = c.code
			}
		}
	}
	index["congo"] = "CG"         // the vendor's list calls two countries Congo
	index["virginislands"] = "VI" // and two the Virgin Islands
	delete(index, "korea")
	for name, code := range countryAliases {
		index[name] = code
	}
	for _, c := range countries {
		index[fold(c.code)] = c.code
	}
	return index
}

// foldCountry reduces a name to letters, without a leading "the" and with "&"
// spelt out.
func foldCountry(s string) string {
	s = fold(strings.ReplaceAll(s, "&", "and"))
	if rest := strings.TrimPrefix(s, "the"); len(rest) > 3 {
		return rest
	}
	return s
}

// longestCountry bounds the work spent on a text that is no country.
const longestCountry = 80

// placeholders stand where no country is known. Folded, some of them would be
// Namibia.
var placeholders = []string{"n/a", "n.a.", "n.a", "none", "null", "unknown"}

// namesNoCountry reports whether a text says that there is no country, rather
// than which.
func namesNoCountry(s string) bool {
	s = strings.TrimSpace(s)
	return !strings.ContainsFunc(s, unicode.IsLetter) ||
		slices.ContainsFunc(placeholders, func(p string) bool { return strings.EqualFold(p, s) })
}

// CountryCode returns the code by which the API knows a country that is given
// as ISO alpha-2 or alpha-3 code or in English, and whether there is one.
func CountryCode(country string) (code string, ok bool) { return normaliseCountry(country) }

// normaliseCountry accepts ISO alpha-2, alpha-3 and English names and returns
// the alpha-2 code as the API lists it. It is idempotent.
func normaliseCountry(s string) (code string, ok bool) {
	if len(s) > longestCountry || namesNoCountry(s) {
		return "", false
	}
	code, ok = countryCodes[foldCountry(s)]
	return code, ok
}
