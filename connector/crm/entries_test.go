package crm

import (
	"testing"

	"destination-gohighlevel/connector/jsonscan"
)

// TestValuesWithTypes: an object that does no more than give its value a type is
// that value.
func TestValuesWithTypes(t *testing.T) {
	for record, want := range map[string]string{
		`"phone":{"$numberLong":"12025550101"}`:                                                                  `"phone":"+12025550101"`,
		`"zip":{"$numberInt":"94107"}`:                                                                           `"postalCode":"94107"`,
		`"dob":{"$date":"1990-03-15T00:00:00Z"}`:                                                                 `"dateOfBirth":"1990-03-15"`,
		`"dob":{"$date":{"$numberLong":"637459200000"}}`:                                                         `"dateOfBirth":"1990-03-15"`,
		`"optedOut":{"$numberInt":"1"}`:                                                                          `"dnd":true`,
		`"first_name":{"S":"Ada"},"do_not_call":{"BOOL":true}`:                                                   `"firstName":"Ada","dndSettings.Call":"active"`,
		`"city":{"string":"Oslo"},"state":{"string_value":"NV"}`:                                                 `"city":"Oslo","state":"NV"`,
		`"profile":{"M":{"email":{"S":"b@example.com"},"city":{"S":"Oslo"}}}`:                                    `"city":"Oslo"`,
		`"phone":{"id":"x","type":"phone_number","phone_number":"(202) 555-0101"}`:                               `"phone":"+12025550101"`,
		`"country":{"type":"select","select":{"id":"1","name":"Canada"}}`:                                        `"country":"CA"`,
		`"city":{"type":"rich_text","rich_text":[{"type":"text","plain_text":"Oslo"}]}`:                          `"city":"Oslo"`,
		`"name":{"type":"title","title":[{"type":"text","plain_text":"Ada Lovelace"}]}`:                          `"firstName":"Ada","lastName":"Lovelace"`,
		`"dob":{"type":"date","date":{"start":"1990-03-15","end":null}}`:                                         `"dateOfBirth":"1990-03-15"`,
		`"unsubscribed":{"type":"checkbox","checkbox":true}`:                                                     `"dndSettings.Email":"active"`,
		`"city":{"type":"type"},"state":{"$":{"$":{"$":"NV"}}}`:                                                  ``, // no value within reach
		`"meta":{"type":"list","list":[{"name":"city","value":{"type":"email","email":null,"text":"no"}}]}`:      ``,
		`"meta":{"3":{"name":"city","answer":"Oslo"},"4":{"name":"fullName","answer":{"first":"A","last":"B"}}}`: `"city":"Oslo","firstName":"A","lastName":"B"`,
	} {
		if want != "" {
			want = "," + want
		}
		expectValues(t, testPlan(t, nil), `{"email":"a@example.com",`+record+`}`, `{"email":"a@example.com"`+want+`}`)
	}
}

// TestEntriesThatSayStop: the entry of an email or phone may say that nobody may
// be contacted by it.
func TestEntriesThatSayStop(t *testing.T) {
	for record, want := range map[string]string{
		`{"emails":[{"email":"a@example.com","is_unsubscribed":true}]}`:                                           `"dndSettings.Email":"active"`,
		`{"emails":[{"value":"a@example.com","status":"Unsubscribed"}]}`:                                          `"dndSettings.Email":"active"`,
		`{"emails":[{"value":"a@example.com"},{"value":"b@example.com","opted_out":"yes"}]}`:                      `"dndSettings.Email":"active"`,
		`{"email_address":{"address":"a@example.com","permission_to_send":"unsubscribed"}}`:                       `"dndSettings.Email":"active"`,
		`{"defaultEmailAddress":{"emailAddress":"a@example.com","marketingState":"UNSUBSCRIBED"}}`:                `"dndSettings.Email":"active"`,
		`{"email":"a@example.com","phones":[{"phone":"2025550101","do_not_call":true}]}`:                          `"phone":"+12025550101","dndSettings.Call":"active"`,
		`{"emails":[{"email":"a@example.com","is_unsubscribed":false,"status":"active","label":"unsubscribed"}]}`: ``,
		`{"emails":[{"email":"a@example.com","subscribed":false,"type":"stop"}]}`:                                 ``,
	} {
		if want != "" {
			want = "," + want
		}
		expectValues(t, testPlan(t, nil), record, `{"email":"a@example.com"`+want+`}`)
	}
}

// TestAddressesByTheirKinds lie in an object with a member for each.
func TestAddressesByTheirKinds(t *testing.T) {
	expectValues(t, testPlan(t, nil), `{"email":"a@example.com","addresses":{"work":{"city":"no"},"home":{"address_1":"1 Main","city":"Oslo"}}}`,
		`{"email":"a@example.com","address1":"1 Main","city":"Oslo"}`)
}

// TestNamesThatAreKeys: no company and nobody is called by a number or a key.
func TestNamesThatAreKeys(t *testing.T) {
	for record, want := range map[string]string{
		`"company":"(202) 555-0120"`: ``, `"company":["recABCDEFGHIJKLMN"]`: ``, `"organization":"9a0b3a3e-0000-4000-8000-000000000001"`: ``,
		`"company":"65f0c0ffee65f0c0ffee65f0"`: ``, `"company":"001Ax000003DHP0IAO"`: ``, `"name":"#1001"`: ``, `"name":"1001"`: ``,
		`"company":"24HourFitnessUSA"`: `"companyName":"24HourFitnessUSA"`, `"company":"7-11"`: `"companyName":"7-11"`,
		`"company":"1-800-FLOWERS"`: `"companyName":"1-800-FLOWERS"`, `"name":"Record Records"`: `"firstName":"Record","lastName":"Records"`,
	} {
		if want != "" {
			want = "," + want
		}
		expectValues(t, testPlan(t, nil), `{"email":"a@example.com",`+record+`}`, `{"email":"a@example.com"`+want+`}`)
	}
}

// TestNearerCandidatesFirst: of two inside objects the one less deep is meant.
func TestNearerCandidatesFirst(t *testing.T) {
	expectValues(t, testPlan(t, nil), `{"customer":{"default_address":{"phone":"2025550109"},"phone":"2025550101","email":"a@example.com"}}`,
		`{"email":"a@example.com","phone":"+12025550101"}`)
}

// TestHeadingsOfForms ask for what they hold, with a remark behind it.
func TestHeadingsOfForms(t *testing.T) {
	for column, want := range map[string]string{
		"What is your first name?": "firstName", "Please enter your city": "city", "Your company": "companyName", "City (required)": "city",
		"Full name (first and last)": "name", "Lead_City__c": "city", "City__c": "city", "Personal City": "city", "Your rep's city": "",
	} {
		record := `{"email":"a@example.com","Lead Email":"a@example.com",` + string(jsonscan.Quote(column)) + `:"Oslo"}`
		got, _ := mapped(t, testPlan(t, nil), record)
		if want == "name" {
			want = "firstName"
		}
		for name, v := range got.Values {
			if name != "email" && (name != want || v.Data != "Oslo") || want != "" && got.Values[want].Data != "Oslo" {
				t.Errorf("%s feeds %s: %v, want %q", column, name, v.Data, want)
			}
		}
	}
}

// TestPartsAndWordsOfSources: numbers in parts, names that are said twice, words of
// further sources.
func TestPartsAndWordsOfSources(t *testing.T) {
	for record, want := range map[string]string{
		`"Phones":[{"PhoneType":"DEFAULT","PhoneNumber":"5550101","PhoneAreaCode":"202","PhoneCountryCode":"1"}]`: `"phone":"+12025550101"`,
		`"phones":[{"number":"5550101","area_code":"202"}]`:                                                       `"phone":"+12025550101"`,
		`"PrimaryPhone":{"FreeFormNumber":"(202) 555-0101"}`:                                                      `"phone":"+12025550101"`,
		`"City (address_city)":"Oslo","City (of the manager)":"no"`:                                               `"city":"Oslo"`,
		`"gender":2`: ``, `"eu_consent":"denied"`: `"dnd":true`, `"federal_donotcall":true`: `"dndSettings.Call":"active"`,
		`"Communication Restrictions":"DoNotCall, DoNotSolicit"`: `"dnd":true,"dndSettings.Call":"active"`, `"Email Interest Type":"OptedOut"`: `"dndSettings.Email":"active"`,
		`"current_state":"onboarding","permanent":true`: ``, // of a process
		`"primary_city":"Oslo","primary_zip":"0150"`:    `"city":"Oslo","postalCode":"0150"`,
	} {
		if want != "" {
			want = "," + want
		}
		expectValues(t, testPlan(t, nil), `{"email":"a@example.com",`+record+`}`, `{"email":"a@example.com"`+want+`}`)
	}
}
