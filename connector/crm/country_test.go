package crm

import (
	"testing"

	"github.com/google/go-cmp/cmp"
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
			if hasNote(notes, Note{Field: "phone", Rule: ruleNoCallingCode, Dropped: true}) != want.phoneDropped {
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
