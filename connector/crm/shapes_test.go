package crm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"destination-gohighlevel/connector/trouble"

	"github.com/google/go-cmp/cmp"
)

// expectValues maps a record and holds the values, written as JSON by field, to
// what is wanted. A field in "if_empty" is written only where the CRM has none.
func expectValues(t *testing.T, p *Plan, record, want string) {
	t.Helper()
	got, _, _ := p.Map([]byte(record), nil)
	all := map[string]any{}
	for name, v := range got.Values {
		if v.When == IfEmpty {
			name = "if_empty " + name
		}
		all[name] = v.Data
	}
	encoded, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decode([]byte(want)), decode(encoded)); diff != "" {
		t.Errorf("%s: %s", record, diff)
	}
}

// TestWrappers: what lies in an object counts if the object holds an email or
// phone; the same names flattened with any separator.
func TestWrappers(t *testing.T) {
	for _, name := range []string{"properties", "attributes", "profile", "merge_fields", "mergeFields", "fields", "contact", "person", "data", "customer", "Lead"} {
		nested := fmt.Sprintf(`{%q:{"email":"a@example.com","first_name":"Ada","FNAME":"no","city":"Oslo","pincode":7,"tags":["x"],"id":"5","note":"no"}}`, name)
		expectValues(t, testPlan(t, nil), nested, `{"email":"a@example.com","firstName":"Ada","city":"Oslo","cfText":"7"}`)
		expectValues(t, testPlan(t, nil), fmt.Sprintf(`{"email":"b@example.com",%q:{"first_name":"Ada","city":"Oslo"}}`, name), `{"email":"b@example.com"}`)
		expectValues(t, testPlan(t, nil), fmt.Sprintf(`{"email":"b@example.com",%q:{"home_phone":null,"first_name":"Ada"}}`, name), `{"email":"b@example.com","firstName":"Ada"}`)
		for _, separator := range []string{"_", ".", " ", "-", "__", ""} {
			flat := func(member string) string { return fmt.Sprintf("%q", name+separator+member) }
			expectValues(t, testPlan(t, nil), `{`+flat("email")+`:"a@example.com",`+flat("first_name")+`:"Ada",`+flat("city")+`:"Oslo"}`,
				`{"email":"a@example.com","firstName":"Ada","city":"Oslo"}`)
		}
		expectValues(t, testPlan(t, nil), fmt.Sprintf(`{"email":"b@example.com","%s_city":"Oslo"}`, name), `{"email":"b@example.com"}`)
	}
	for record, want := range map[string]string{
		`{"data":{"attributes":{"email":"a@example.com","given_name":"Ada"},"city":"no"}}`:                                                  `{"email":"a@example.com","firstName":"Ada"}`,
		`{"data_attributes_email":"a@example.com","data_attributes_city":"Oslo","data_city":"no"}`:                                          `{"email":"a@example.com","city":"Oslo"}`,
		`{"profile":{"email":"a@example.com","location":{"city":"Oslo","zip":"0150"}}}`:                                                     `{"email":"a@example.com","city":"Oslo","postalCode":"0150"}`,
		`{"email":"top@example.com","profile":{"email":"a@example.com","phone":"2025550101","first_name":"A"}}`:                             `{"email":"top@example.com","phone":"+12025550101","firstName":"A"}`,
		`{"email":null,"Email":" ","profile":{"email":"a@example.com"}}`:                                                                    `{"email":"a@example.com"}`,
		`{"profile":"{\"email\":\"a@example.com\",\"city\":\"Oslo\"}"}`:                                                                     `{"email":"a@example.com","city":"Oslo"}`,
		`{"profile":"a text","email":"a@example.com"}`:                                                                                      `{"email":"a@example.com"}`,
		`{"owner":{"email":"rep@example.com"},"created_by":{"email":"rep@example.com"},"user":{"phone":"1"},"x":{"email":"b@example.com"}}`: `{}`,
		`{"data":{"data":{"data":{"data":{"data":{"email":"deep@example.com"}}}}}}`:                                                         `{}`,
		`{"email":"a@example.com","person":{"Email":"b@example.com","email":"c@example.com"}}`:                                              `{"email":"a@example.com"}`,
	} {
		expectValues(t, testPlan(t, nil), record, want)
	}
}

// TestAddresses, nested and flattened.
func TestAddresses(t *testing.T) {
	const reno = `"address1":"1 Main St","city":"Reno","state":"NV","postalCode":"89501","country":"US"`
	for _, members := range []string{
		`"line1":"1 Main St","line2":"","city":"Reno","state":"NV","postal_code":"89501","country":"US"`,
		`"address1":"1 Main St","city":"Reno","province_code":"NV","zip":"89501","country_code":"US"`,
		`"addr1":"1 Main St","addr2":"x","city":"Reno","state":"NV","zip":"89501","country":"US"`,
		`"address_1":"1 Main St","city":"Reno","state":"NV","postcode":"89501","country":"US"`,
		`"street":"1 Main St","city":"Reno","state":"NV","postalCode":"89501","country":"USA"`,
		`"street_name":"1 Main St","locality":"Reno","region":"NV","Postal Code":89501,"country":"United States"`,
		`"address_line_1":"1 Main St","locality":"Reno","administrative_district_level_1":"NV","postal_code":"89501","country":"US"`,
	} {
		for _, name := range []string{"address", "Address", "default_address", "billing", "billing_address", "mailing_address", "MailingAddress", "home_address", "location"} {
			expectValues(t, testPlan(t, nil), fmt.Sprintf(`{"email":"a@example.com",%q:{%s}}`, name, members), `{"email":"a@example.com",`+reno+`}`)
			expectValues(t, testPlan(t, nil), fmt.Sprintf(`{"email":"a@example.com",%q:%q}`, name, "{"+members+"}"), `{"email":"a@example.com",`+reno+`}`)
		}
		expectValues(t, testPlan(t, nil), `{"email":"a@example.com","addresses":[{"city":"no"},{"default":true,`+members+`}]}`, `{"email":"a@example.com",`+reno+`}`)
		expectValues(t, testPlan(t, nil), `{"email":"a@example.com","addresses":[{"type":"Shipping","city":"no"},{"type":"home",`+members+`}]}`, `{"email":"a@example.com",`+reno+`}`)
	}
	for record, want := range map[string]string{
		`"BillingStreet":"1 Main St","BillingCity":"Reno","BillingState":"NV","BillingPostalCode":"89501","BillingCountry":"US"`: reno,
		`"mailingstreet":"1 Main St","mailingcity":"Reno","mailingstate":"NV","mailingzip":"89501","mailingcountry":"US"`:        reno,
		`"address_line1":"1 Main St","address_city":"Reno","address_state":"NV","address_zip":"89501","address_country":"US"`:    reno,
		`"street":"1 Main St","home_city":"Elko","city":"Reno"`:                                                                  `"address1":"1 Main St","city":"Reno"`,
		`"shipping":{"address_1":"no","city":"no"},"shipping_city":"no","work_address":{"city":"no"},"company":{"city":"no"}`:    ``,
		`"address":"1 Main St"`:                                                     `"address1":"1 Main St"`,
		`"billing":{"company":"Engines","first_name":"A"}`:                          ``,
		`"billing":{"company":"Engines","first_name":"A","phone":"2025550101"}`:     `"companyName":"Engines","firstName":"A","phone":"+12025550101"`,
		`"address":{"first_name":"A","phone":"2025550101","city":"Reno","zip":"1"}`: `"city":"Reno","postalCode":"1"`,
		`"OtherStreet":"2 Oak St","OtherCity":"Elko","MailingCity":"Reno"`:          `"if_empty city":"Reno"`,
		`"OtherStreet":"2 Oak St","OtherCity":"Elko"`:                               `"address1":"2 Oak St","city":"Elko"`,
		`"address":{"country":"France"},"phone":"01 23 45 67 89"`:                   `"if_empty country":"FR","phone":"+33123456789"`,
		`"address":null,"billing":{"city":"Reno","address_1":"1 Main St"}`:          `"address1":"1 Main St","city":"Reno"`,
	} {
		if want != "" {
			want = "," + want
		}
		expectValues(t, testPlan(t, nil), `{"email":"a@example.com",`+record+`}`, `{"email":"a@example.com"`+want+`}`)
	}
}

// TestGeolocations fill only what the CRM has empty.
func TestGeolocations(t *testing.T) {
	for record, want := range map[string]string{
		`"location":{"city":"Reno","region":"Nevada","country":"United States","country_code":"US","latitude":1}`: `"if_empty city":"Reno","if_empty state":"Nevada","if_empty country":"US"`,
		`"location":{"city":"Reno","postal_code":"89501"}`:                                                        `"city":"Reno","postalCode":"89501"`,
		`"location":{"city":"Reno","postal_code":null,"street":""}`:                                               `"if_empty city":"Reno"`,
		`"location_city":"Reno","location_country":"US"`:                                                          `"if_empty city":"Reno","if_empty country":"US"`,
		`"location_city":"Reno","location_zip":"89501"`:                                                           `"city":"Reno","postalCode":"89501"`,
		`"location":{"timezone":"America/New_York","country_code":"US"}`:                                          `"if_empty timezone":"America/New_York","if_empty country":"US"`,
		`"city":"Reno","country":"US"`:                                                                            `"city":"Reno","country":"US"`,
		`"profile":{"phone":"2025550101","city":"Reno","location":{"country":"US"}}`:                              `"phone":"+12025550101","city":"Reno","if_empty country":"US"`,
	} {
		p := testPlan(t, func(o *PlanOptions) { o.ClearNulls = true })
		expectValues(t, p, `{"email":"a@example.com",`+record+`}`, `{"email":"a@example.com",`+want+`}`)
	}
}

// TestAddressesAreNotMixed: no street of one address gets the city of another,
// but two that agree complete each other.
func TestAddressesAreNotMixed(t *testing.T) {
	for record, want := range map[string]string{
		`"city":"Oslo","billing":{"address_1":"969 Market","city":"San Francisco","postcode":"94103","country":"US"}`:     `"city":"Oslo"`,
		`"city":"San Francisco","billing":{"address_1":"969 Market","city":"SAN FRANCISCO","postcode":"94103"}`:           `"city":"San Francisco","address1":"969 Market","postalCode":"94103"`,
		`"country":"United States","billing":{"address_1":"969 Market","country":"US"}`:                                   `"country":"US","address1":"969 Market"`,
		`"country":"Norway","billing":{"address_1":"969 Market","country":"US"}`:                                          `"country":"NO"`,
		`"MailingStreet":"","MailingCity":"Reno","MailingPostalCode":"89501","OtherStreet":"2 Oak St","OtherCity":"Elko"`: `"city":"Reno","postalCode":"89501"`,
		`"city":"","billing":{"address_1":"969 Market","city":"Elko"}`:                                                    `"city":"Elko","address1":"969 Market"`,
	} {
		expectValues(t, testPlan(t, nil), `{"email":"a@example.com",`+record+`}`, `{"email":"a@example.com",`+want+`}`)
	}
}

// TestListsOfEntries: emails and phones in lists, the one that is marked first.
func TestListsOfEntries(t *testing.T) {
	for record, want := range map[string]string{
		`"email":[{"label":"home","value":"b@example.com","primary":false},{"label":"work","value":"a@example.com","primary":true}]`: "a@example.com",
		`"emails":[{"type":"office","email":"a@example.com"},{"type":"home","email":"b@example.com"}]`:                               "a@example.com",
		`"emails":[{"type":"home","email":"not one"},{"type":"home","email":"a@example.com"}]`:                                       "a@example.com",
		`"emailAddresses":[{"name":"Ada","address":"a@example.com"}]`:                                                                "a@example.com",
		`"email":[{"value":"b@example.com","type":"other"},{"value":"a@example.com","type":"Primary"}]`:                              "a@example.com",
		`"email":[{"value":"b@example.com","is_primary":0},{"value":"a@example.com","is_primary":"1"}]`:                              "a@example.com",
		`"email":["a@example.com","b@example.com"]`:                                                                                  "a@example.com",
		`"email":[null,"","a@example.com"]`:                                                                                          "a@example.com",
		`"email":{"value":"a@example.com"}`:                                                                                          "a@example.com",
		`"email":"[{\"value\":\"a@example.com\",\"primary\":true}]"`:                                                                 "a@example.com",
		`"email":[{"value":"","primary":true}],"emails":["a@example.com"]`:                                                           "a@example.com",
		`"email":[{"value":"b@example.com","isDefault":false},{"value":"a@example.com","isDefault":true}]`:                           "a@example.com",
	} {
		got, _ := mapped(t, testPlan(t, nil), `{`+record+`}`)
		if diff := cmp.Diff([]Key{{"email", want}}, got.Keys); diff != "" {
			t.Errorf("%s: %s", record, diff)
		}
	}
	for record, want := range map[string]any{
		`[{"type":"office","phone":"2025550109"},{"type":"mobile","phone":"2025550101","phone_formatted":"x"}]`: "+12025550101",
		`[{"label":"work","value":"2025550101","primary":true}]`:                                                "+12025550101",
		`[{"label":"fax","value":"2025550109","primary":true}]`:                                                 nil,
		`[{"type":"Company","number":"2025550109"},{"type":"main","number":"2025550109"}]`:                      nil,
		`[{"label":"work","value":"","primary":true}]`:                                                          nil,
		`[]`: nil, `[[]]`: nil, `{}`: nil, `[{}]`: nil,
	} {
		got, _ := mapped(t, testPlan(t, nil), `{"email":"a@example.com","phones":`+record+`}`)
		if got.Values["phone"].Data != want {
			t.Errorf("%s: %v, want %v", record, got.Values["phone"].Data, want)
		}
	}
}

// TestEntriesByTheirType: objects whose members are named by type, and numbers
// that say their country.
func TestEntriesByTheirType(t *testing.T) {
	for record, want := range map[string]string{
		`"emails":{"work":"a@example.com","home":"b@example.com"}`:                   `"email":"a@example.com"`,
		`"phones":{"home":"2025550150","mobile":"2025550101","office":"2025550109"}`: `"phone":"+12025550101"`,
		`"phones":{"home":"2025550150"}`:                                             `"phone":"+12025550150"`,
		`"phones":{"fax":"2025550150","x":"2025550150"}`:                             ``,
		`"phone":{"country_code":"+44","number":"20 7946 0123"}`:                     `"phone":"+442079460123"`,
		`"phones":[{"countryCode":44,"value":"020 7946 0123"}]`:                      `"phone":"+442079460123"`,
		`"phones":[{"country":"GB","phone":"020 7946 0123"}]`:                        `"phone":"+442079460123"`,
		`"phones":[{"country":"GB","phone":"+12025550101"}]`:                         `"phone":"+12025550101"`,
		`"phones":[{"country":"Narnia","phone":"2025550101"}]`:                       `"phone":"+12025550101"`,
		`"properties":{"phone":{"value":"2025550101"},"firstname":{"value":"Ada"},"pincode":{"value":5},"age":{"value":"7"},"hs_email_optout":{"value":"true"}}`: `"phone":"+12025550101","firstName":"Ada","cfText":"5","cfNum":7,"dndSettings.Email":"active"`,
	} {
		if want != "" && !strings.Contains(want, `"email"`) {
			want = "," + want
		}
		expect := `{"email":"x@example.com"` + want + `}`
		if strings.Contains(want, `"email"`) {
			expect = `{` + want + `}`
		} else {
			record += `,"email":"x@example.com"`
		}
		expectValues(t, testPlan(t, nil), `{`+record+`}`, expect)
	}
}

// TestNamesInParts.
func TestNamesInParts(t *testing.T) {
	for record, want := range map[string]string{
		`"name":{"first":"Ada","last":"Lovelace"}`:                                      `"firstName":"Ada","lastName":"Lovelace"`,
		`"name":{"givenName":"Ada","familyName":"Lovelace","formatted":"no"}`:           `"firstName":"Ada","lastName":"Lovelace"`,
		`"name":{"full":"Ada Lovelace"}`:                                                `"firstName":"Ada","lastName":"Lovelace"`,
		`"names":[{"givenName":"No"},{"metadata":{},"primary":true,"givenName":"Ada"}]`: `"firstName":"Ada"`,
		`"name_first":"Ada","Name (Last)":"Lovelace"`:                                   `"firstName":"Ada","lastName":"Lovelace"`,
		`"profile":{"email":"b@example.com","name":{"first":"Ada"}}`:                    `"firstName":"Ada"`,
		`"first":"no","last":"no","full":"no","name_title":"no"`:                        ``,
		`"name":"Ada Lovelace"`:                                                         `"firstName":"Ada","lastName":"Lovelace"`,
	} {
		if want != "" {
			want = "," + want
		}
		expectValues(t, testPlan(t, nil), `{"email":"a@example.com",`+record+`}`, `{"email":"a@example.com"`+want+`}`)
	}
}

// TestKeysOfTheSourceAreNoNames: what is only a number by its alias is a key.
func TestKeysOfTheSourceAreNoNames(t *testing.T) {
	for record, want := range map[string]string{
		`"organization":"77","orgname":"Engines"`:       `"companyName":"Engines"`,
		`"company":12345`:                               ``,
		`"company_name":"1984"`:                         `"companyName":"1984"`,
		`"region":5,"address":{"state":"NV","zip":"1"}`: `"state":"NV","postalCode":"1"`,
		`"company":"3M"`:                                `"companyName":"3M"`,
	} {
		if want != "" {
			want = "," + want
		}
		expectValues(t, testPlan(t, nil), `{"email":"a@example.com",`+record+`}`, `{"email":"a@example.com"`+want+`}`)
	}
	_, notes := mapped(t, testPlan(t, nil), `{"email":"a@example.com","company":12345}`)
	if !hasNote(notes, trouble.Note{Field: "companyName", Column: "company", Rule: ruleForeignKey, Dropped: true}) {
		t.Errorf("notes %v", notes)
	}
}

// TestNamedEntries are columns of their names.
func TestNamedEntries(t *testing.T) {
	for record, want := range map[string]string{
		`"field_data":[{"name":"email","values":["a@example.com"]},{"name":"full_name","values":["Ada Lovelace"]}]`:                                                 `"firstName":"Ada","lastName":"Lovelace"`,
		`"meta":[{"key":"Email","value":"a@example.com"},{"key":"first_name","value":"Ada"},{"key":"other","value":"no"}]`:                                          `"firstName":"Ada"`,
		`"customFields":[{"id":"cfText","value":"x7"},{"id":"unknown","value":"no"},{"label":"Email","value":"a@example.com"}]`:                                     `"cfText":"x7"`,
		`"answers":[{"field":{"id":"1","ref":"email"},"type":"email","email":"a@example.com"},{"field":{"ref":"city"},"type":"text","text":"Oslo"}]`:                `"city":"Oslo"`,
		`"fields":[{"label":"E-mail","value":"a@example.com"},{"label":"Pin Code","value":5}]`:                                                                      `"cfText":"5"`,
		`"answers":[{"field":{"ref":"email"},"type":"email","email":"a@example.com"},{"field":{"ref":"colour"},"type":"choice","choice":{"id":"1","label":"Red"}}]`: `"cfOne":"Red"`,
		`"email":"a@example.com","meta":[{"key":"email","value":"b@example.com"},{"key":"city"},{"value":"x"},7,null,[]]`:                                           ``,
		`"email":"a@example.com","meta":"[{\"key\":\"city\",\"value\":\"Oslo\"}]"`:                                                                                  `"city":"Oslo"`,
	} {
		if want != "" {
			want = "," + want
		}
		expectValues(t, testPlan(t, nil), `{`+record+`}`, `{"email":"a@example.com"`+want+`}`)
	}
}

// TestLabels: where labels are wanted, objects are taken by what they are called.
func TestLabels(t *testing.T) {
	for record, want := range map[string][]string{
		`"tags":[{"id":1,"name":"VIP"},{"id":2,"name":"new"}]`:                             {"vip", "new"},
		`"tags":[{"label":"VIP"},"plain",{"id":2}]`:                                        {"vip", "plain"},
		`"tags":{"type":"list","data":[{"id":1,"name":"VIP"}]}`:                            {"vip"},
		`"tags":"[{\"name\":\"VIP\"}]"`:                                                    {"vip"},
		`"tags":["a"],"labels":["b","c"],"properties":{"email":"x@example.com","tag":"d"}`: {"a", "b", "c", "d"},
	} {
		got, _ := mapped(t, testPlan(t, nil), `{"email":"a@example.com",`+record+`}`)
		if diff := cmp.Diff(want, got.TagsFor(nil)); diff != "" {
			t.Errorf("%s: %s", record, diff)
		}
	}
	expectValues(t, testPlan(t, nil), `{"email":"a@example.com","company":{"id":1,"name":"Engines"},"country":{"code":"US","name":"United States"},
		"colour":{"id":"o1","label":"Red"},"colours":[{"name":"red"},{"name":"Light Blue"}],"pincode":{"name":"kept as it is"},"city":{"x":1}}`,
		`{"email":"a@example.com","companyName":"Engines","country":"US","cfOne":"Red","cfMany":["Red","Light Blue"],"cfText":"{\"name\":\"kept as it is\"}"}`)
}

// TestTagsSaid: absent says nothing, an empty list says that there are none, and
// what cannot be read leaves it open.
func TestTagsSaid(t *testing.T) {
	for record, want := range map[string]bool{
		`"city":"x"`: false, `"tags":null`: false, `"tags":""`: false, `"tags":[]`: true, `"tags":"vip"`: true, `"tags":["vip"]`: true,
		`"tags":null,"labels":"vip"`: true, `"tags":[],"labels":null`: true, `"tags":{"x":1}`: false, `"tags":"vip","labels":{"x":1}`: false,
		`"tags":true`: false, `"tags":["vip",{"x":1}]`: false,
	} {
		got, _ := mapped(t, testPlan(t, nil), `{"email":"a@example.com",`+record+`}`)
		if got.TagsSaid != want {
			t.Errorf("%s: %t", record, got.TagsSaid)
		}
	}
	clearing := testPlan(t, func(o *PlanOptions) { o.ClearNulls = true })
	for record, want := range map[string]bool{`"city":"x"`: false, `"tags":null`: true} {
		if got, _ := mapped(t, clearing, `{"email":"a@example.com",`+record+`}`); got.TagsSaid != want {
			t.Errorf("where null clears, %s: %t", record, got.TagsSaid)
		}
	}
	if got, _ := mapped(t, testPlan(t, nil), `{"email":"a@example.com","tags":"vip"}`, "tags"); got.TagsSaid || strings.Join(got.Tags, "") != "" {
		t.Error("tags that were lost were said")
	}
}
