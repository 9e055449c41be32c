package crm

import (
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/trouble"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/language"
)

// TestACountryThatCannotBeReadGetsNoDefault: the record names another country,
// so neither the default one nor its calling code are assumed.
func TestACountryThatCannotBeReadGetsNoDefault(t *testing.T) {
	for record, want := range map[string]struct {
		country, phone any
		phoneDropped   bool
	}{
		`"country":"QZ"`:                               {},
		`"country":"Wonderland"`:                       {},
		`"country":{"x":"Norway"}`:                     {},
		`"country":["NO","SE"]`:                        {},
		`"country":"QZ","phone":"(202) 555-0123"`:      {phoneDropped: true},
		`"phone":"(202) 555-0123","country":"QZ"`:      {phoneDropped: true},
		`"country":"QZ","phone":"+1 202 555 0123"`:     {phone: "+12025550123"},
		`"country":"QZ","phone":"0044 2079460123"`:     {phone: "+442079460123"},
		`"country":"NO","phone":"+1 202 555 0123"`:     {country: "NO", phone: "+12025550123"},
		`"country":"N/A","phone":"(202) 555-0123"`:     {country: "US", phone: "+12025550123"},
		`"country":" - ","phone":"(202) 555-0123"`:     {country: "US", phone: "+12025550123"},
		`"country":"Unknown","phone":"(202) 555-0123"`: {country: "US", phone: "+12025550123"},
		`"country":0,"phone":"(202) 555-0123"`:         {country: "US", phone: "+12025550123"},
		`"country":null,"phone":"(202) 555-0123"`:      {country: "US", phone: "+12025550123"},
		`"country":" ","phone":"(202) 555-0123"`:       {country: "US", phone: "+12025550123"},
		`"country":[],"phone":"(202) 555-0123"`:        {country: "US", phone: "+12025550123"},
		`"country":[null],"phone":"(202) 555-0123"`:    {country: "US", phone: "+12025550123"},
		`"phone":"(202) 555-0123"`:                     {country: "US", phone: "+12025550123"},
	} {
		p, d := testPlan(t, nil), Defaults{Country: "US"}
		for range 2 { // the second time from memory
			desired, notes := mapped(t, p, `{"email":"a@example.com",`+record+`}`)
			created := Initial(desired, d)
			if created["country"] != want.country || created["phone"] != want.phone {
				t.Errorf("%s: created with country %v and phone %v, want %v", record, created["country"], created["phone"], want)
			}
			empty := &Contact{Values: map[string]any{"country": nil, "email": "a@example.com", "phone": nil}}
			if set := Diff(p.table, desired, d, empty).Set; set["country"] != want.country {
				t.Errorf("%s: an empty country becomes %v, want %v", record, set["country"], want.country)
			}
			if hasNote(notes, trouble.Note{Field: "phone", Rule: ruleNoCallingCode, Dropped: true}) != want.phoneDropped {
				t.Errorf("%s: notes %v", record, notes)
			}
		}
	}
}

// TestACountryInDoubtIsForgottenWithItsRecord: one record's unreadable country
// is no reason to complete the next one's phone otherwise.
func TestACountryInDoubtIsForgottenWithItsRecord(t *testing.T) {
	p := testPlan(t, nil)
	mapped(t, p, `{"email":"a@example.com","country":"QZ"}`)
	want, _ := mapped(t, p, `{"email":"b@example.com","phone":"(202) 555-0123"}`)
	if want.Values["phone"].Data != "+12025550123" || want.OtherCountry {
		t.Errorf("got %+v", want)
	}
}

// TestMergeOfCountriesInDoubt: as if one record were written after the other.
func TestMergeOfCountriesInDoubt(t *testing.T) {
	table, d := testTable(), Defaults{Country: "US"}
	records := map[string]Desired{
		"silent":   {},
		"doubtful": {OtherCountry: true},
		"norway":   {Values: map[string]Value{"country": {Data: "NO"}}},
	}
	for first, older := range records {
		for second, newer := range records {
			after := &Contact{Values: map[string]any{"country": nil}}
			for name, v := range Initial(older, d) {
				after.Values[name] = v
			}
			after = Apply(after, Diff(table, newer, d, after))
			created := Initial(Merge(older, newer), d)
			if diff := cmp.Diff(after.Values["country"], created["country"]); diff != "" {
				t.Errorf("%s, then %s: %s", first, second, diff)
			}
		}
	}
}

func TestCountries(t *testing.T) {
	r := &reader{}
	for in, want := range map[string]string{
		"us": "US", "USA": "US", "United States of America": "US", "U.S.A.": "US", "UK": "GB", "England": "GB", "GBR": "GB", "U.K.": "GB",
		"great britain": "GB", "The Netherlands": "NL", "Côte d'Ivoire": "CI", "Côte d’Ivoire": "CI", "Cote d'Ivoire": "CI", "Ivory Coast": "CI",
		"Korea, Republic of": "KR", "Republic of Korea": "KR", "South Korea": "KR", "Viet Nam": "VN", "Trinidad and Tobago": "TT", "Trinidad & Tobago": "TT",
		"Congo": "CG", "Niger": "NE", "Nigeria": "NG", "Guinea-Bissau": "GW", "Bahamas, The": "BS", "The Gambia": "GM", "Russian Federation": "RU",
		"NA": "NA", "N/A": "", "n.a.": "", "-": "", "none": "",
		"XK": "XK", "Kosovo": "XK", "Czech Republic": "CZ", "Czechia": "CZ", "Korea": "KR", "Virgin Islands": "VI", "Macedonia": "MK", "Turkiye": "TR", "Türkiye": "TR",

		"Frankreich": "FR", "Allemagne": "DE", "Estados Unidos": "US", "Reino Unido": "GB", "Deutschland": "DE", "Vereinigtes Königreich": "GB",
		"Vereinigtes Konigreich": "GB", "Pays-Bas": "NL", "DEU": "DE", "Suiza": "CH", "Svizzera": "CH", "中国": "CN", "日本": "JP", "Россия": "RU", "Ελλάδα": "GR",
		"대한민국": "KR", "भारत": "IN", "ESPANA": "ES", "États-Unis": "US", "Etats Unis": "US", "Vereinigte Staaten": "US", "Tyskland": "DE", "Noreg": "NO",
		"MÉXICO": "MX", "Me\u0301xico": "MX", "Großbritannien": "GB", "EE.UU.": "US",

		"US - United States": "US", "US-United States": "US", "United States (US)": "US", "(US) United States": "US", "USA / Vereinigte Staaten": "US",
		"DE: Germany": "DE", "🇩🇪": "DE", "🇩🇪 Germany": "DE", "Germany 🇩🇪": "DE", "🏴": "", "United States of America (the)": "US", "Democratic Republic of Congo": "CD", "GB-ENG": "GB", "US-CA": "US", "fr-75": "FR", "England, UK": "GB", "US - Canada": "", "Paris, France": "", "CA, USA": "",

		"Narnia": "", "ZZ": "", "": "", "the": "", "Man": "", "Áo": "", "US-": "US", "Georgia, USA": "", "конго": "",
	} {
		if got, ok := r.country(in); got != want || ok != (want != "") {
			t.Errorf("country(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

func TestCountriesAreCompleteAndSorted(t *testing.T) {
	codes := strings.Fields(countries)
	if len(codes) != 247 || !slices.IsSorted(codes) {
		t.Errorf("%d countries, the vendor lists 247 in the order of the alphabet", len(codes))
	}
	for _, code := range codes {
		for _, in := range []string{code, language.MustParseRegion(code).ISO3(), strings.ToLower(code)} {
			if got, _ := englishCountry(in); got != code {
				t.Errorf("englishCountry(%q) = %q, want %q", in, got, code)
			}
		}
	}
}

// TestDefaultCountryNeverAgainstThePhone: whoever has a number of elsewhere, in
// the record or in the CRM, does not get the configured country.
func TestDefaultCountryNeverAgainstThePhone(t *testing.T) {
	table, d := testTable(), Defaults{Country: "US"}
	for name, c := range map[string]struct {
		record  string
		have    map[string]any
		created any // the country that a create carries
		changed any // the country that an update sets
	}{
		"elsewhere":         {`"phone":"+4930123459"`, map[string]any{"country": nil, "phone": nil}, nil, nil},
		"here":              {`"phone":"202-555-0101"`, map[string]any{"country": nil, "phone": nil}, "US", "US"},
		"same calling code": {`"phone":"+16045550101"`, map[string]any{"country": nil, "phone": nil}, "US", "US"},
		"none":              {`"city":"Reno"`, map[string]any{"country": nil, "phone": nil}, "US", "US"},
		"in the CRM":        {`"city":"Reno"`, map[string]any{"country": nil, "phone": "+4930123459"}, "US", nil},
		"replaced":          {`"phone":"202-555-0101"`, map[string]any{"country": nil, "phone": "+4930123459"}, "US", "US"},
		"said":              {`"phone":"+4930123459","country":"France"`, map[string]any{"country": nil, "phone": nil}, "FR", "FR"},
	} {
		want, _ := mapped(t, testPlan(t, nil), `{"email":"a@example.com",`+c.record+`}`)
		if got := Initial(want, d)["country"]; got != c.created {
			t.Errorf("%s: created with %v, want %v", name, got, c.created)
		}
		c.have["email"], c.have["city"] = "a@example.com", "Reno"
		if got := Diff(table, want, d, &Contact{Values: c.have}).Set["country"]; got != c.changed {
			t.Errorf("%s: set to %v, want %v", name, got, c.changed)
		}
	}
	if got := Initial(Desired{Values: map[string]Value{"phone": {Data: "+4930123459"}}}, Defaults{}); len(got) != 1 {
		t.Errorf("without a default country: %v", got)
	}
}
