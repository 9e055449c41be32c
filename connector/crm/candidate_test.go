package crm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/trouble"

	"github.com/google/go-cmp/cmp"
)

// TestNamesOfColumns: what people and sources call the fields of a contact, in
// any case and with any separators.
func TestNamesOfColumns(t *testing.T) {
	for field, names := range map[string]string{
		"email": "email Email EMAIL E-Mail e_mail|emails|Email Address|email_address|EmailAddr|mail|primary_email|work_email|Personal E-mail|business_email|" +
			"E-mail 1 - Value|email_1|emailwork|Email ID",
		"phone": "phone|Phone Number|phoneNumber|PHONE_NO|mobile|Mobile Phone|MobilePhone|mobilephone|mobile_number|cell|Cell Phone|telephone|tel|Tel. No.|" +
			"contact_number|Contact Number|work_phone|Primary Phone|phone_1|Phone/Mobile|whatsapp_number|direct phone|Téléphone",
		"firstName":   "first_name|FIRST NAME|firstname|FirstName|fname|FNAME|given_name|forename|cust_first_name",
		"lastName":    "last_name|LastName|LNAME|surname|family_name|cust_last_name",
		"name":        "name|Full Name|full_name|contact_name|display_name|customer_name",
		"address1":    "address1|Address|street|Street Address|address_line_1|addr1|addr_line_1|Street Name|BillingStreet|mailing_street|home_address|Mailing Address Line 1",
		"city":        "city|City/Town|town|BillingCity|mailing_city|home_city|address_city|Primary Address City|location_city",
		"state":       "state|State/Province|province|region|state_code|stateorprovince|Billing State|address1_stateorprovince|mailing_province_code",
		"country":     "country|country_code|country_name|Country Code|BillingCountry|default_address_country_code",
		"postalCode":  "postal_code|PostalCode|zip|ZIP Code|zip_code|postcode|ZIP/Postal Code|zip_postal_code|BillingPostalCode|mailing_zip|address_postal_code",
		"companyName": "company_name|Company|organization|organisation|Business Name|org_name|Company/Organization",
		"website":     "website|Website URL|web|homepage",
		"timezone":    "timezone|time_zone|tz|iana_time_zone|Time Zone",
		"dateOfBirth": "date_of_birth|dateOfBirth|DOB|birthday|Birth Date|birthdate",
		"gender":      "gender|Sex",
		"source":      "source|Lead Source|LeadSource|lead_source",
		"tags":        "tags|Tag|labels|TAGS",
		"assignedTo":  "assignedTo|assigned_to|Assigned To",
	} {
		for name := range strings.SplitSeq(names, "|") {
			for _, declared := range [][]string{nil, {name}} {
				p := testPlan(t, func(o *PlanOptions) { o.Columns = declared })
				_, _, _ = p.Map(fmt.Appendf(nil, `{%q:"x"}`, name), nil)
				var fed []string
				for _, f := range p.Feeds() {
					fed = append(fed, f.Field)
				}
				if !slices.Equal(fed, []string{field}) {
					t.Errorf("%s (declared %t) feeds %v, want %s", name, declared != nil, fed, field)
				}
			}
		}
	}
}

// TestNamesOfOtherThings: what belongs to somebody else, or means something else
// in some sources, feeds nothing; why is told.
func TestNamesOfOtherThings(t *testing.T) {
	for name, why := range map[string]string{
		"company_phone": "own number", "OfficePhone": "own number", "assistant_phone": "own number", "AssistantPhone": "own number", "mainPhone": "own number",
		"Fax Phone": "own number", "emergency_contact_phone": "own number", "user_phone": "own number", "Business Phone": "own number",
		"owner_email": "HighLevel user", "company_email": "own email", "manager_email": "own email", "user_email": "own email", "creator_email": "own email",
		"owner_id": "HighLevel user", "OwnerId": "HighLevel user", "owner": "HighLevel user", "hubspot_owner_id": "HighLevel user",
		"url": "address of the record", "URL": "address of the record",
		"fax": "", "phone_country": "", "phone_type": "", "email_domain": "", "email_bounced": "", "is_mobile": "", "shipping_city": "", "company_city": "",
		"birth_city": "", "city_id": "", "statement": "", "datacenter": "", "first": "", "username": "", "Title": "", "additional_emails": "",
	} {
		p := testPlan(t, func(o *PlanOptions) { o.Columns = []string{name} })
		if feeds := p.Feeds(); len(feeds) > 0 {
			t.Errorf("%s: %v", name, feeds)
		}
		hints := p.Unmatched()
		if len(hints) != 1 || why == "" != (hints[0].Why == "") || !strings.Contains(hints[0].String(), why) {
			t.Errorf("%s: hints %v, want one of %q", name, hints, why)
		}
	}
}

// TestTheFirstValidCandidateWins, record by record.
func TestTheFirstValidCandidateWins(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) {
		o.Columns = []string{"email", "Cell", "mobile", "phone", "home_phone", "Email Address", "zip", "postcode"}
		o.ClearNulls = true
	})
	for record, want := range map[string]map[string]any{
		`"phone":"2025550101","mobile":"2025550102","Cell":"2025550103"`: {"phone": "+12025550101"},
		`"Cell":"2025550103","mobile":"2025550102"`:                      {"phone": "+12025550103"}, // both are aliases: the schema decides
		`"mobile":"2025550102","Cell":null,"phone":"n/a"`:                {"phone": "+12025550102"},
		`"phone":"call office","mobile":"2025550102"`:                    {"phone": "+12025550102"},
		`"phone":null,"mobile":null`:                                     {"phone": nil},
		`"phone":null,"mobile":"call office"`:                            {},
		`"home_phone":null`:                                              {}, // a second choice says nothing of the first
		`"zip":"94107","postcode":"02139"`:                               {"postalCode": "94107"},
		`"zip":"","postcode":"02139"`:                                    {"postalCode": "02139"},
	} {
		got, _ := mapped(t, p, `{"email":"a@example.com",`+record+`}`)
		values := map[string]any{}
		for name, v := range got.Values {
			if name != "email" {
				values[name] = v.Data
			}
		}
		if diff := cmp.Diff(want, values); diff != "" {
			t.Errorf("%s: %s", record, diff)
		}
	}
	_, notes := mapped(t, p, `{"email":"a@example.com","phone":"call office","mobile":"2025550102"}`)
	if !hasNote(notes, trouble.Note{Field: "phone", Column: "phone", Rule: ruleNotAPhone, Dropped: true}) ||
		!hasNote(notes, trouble.Note{Field: "phone", Column: "mobile", Rule: "country code +1 assumed"}) {
		t.Errorf("notes %v", notes)
	}
	got, _ := mapped(t, p, `{"email":"bad","Email Address":"a@example.com"}`)
	if diff := cmp.Diff([]Key{{"email", "a@example.com"}}, got.Keys); diff != "" {
		t.Error(diff)
	}
}

// TestALostValueIsNotReplaced: what the platform lost would have had the say.
func TestALostValueIsNotReplaced(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) { o.ClearNulls = true })
	for _, c := range []struct {
		record  string
		unknown string
		want    any
	}{
		{`"city":null,"town":"Oslo"`, "city", nil},
		{`"city":"Bergen","town":null`, "town", "Bergen"},
		{`"city":null,"town":null`, "town", nil},
	} {
		got, _ := mapped(t, p, `{"email":"a@example.com",`+c.record+`}`, c.unknown)
		if v, set := got.Values["city"]; v.Data != c.want || set != (c.want != nil) {
			t.Errorf("%s without %s: %v", c.record, c.unknown, v)
		}
	}
}

// TestOneColumnInManySpellings: two spellings of one column never stop a sync,
// and the declared one has the say.
func TestOneColumnInManySpellings(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) { o.Columns = []string{"Email", "First Name", "first_name", "FIRST NAME"} })
	for record, want := range map[string]any{
		`"First Name":"A","first_name":"B","FIRST NAME":"C"`: "A",
		`"FIRST NAME":"C","first_name":"B"`:                  "B",
		`"first-name":"D"`:                                   "D",
		`"First Name":"","first-name":"D"`:                   "D",
	} {
		got, _ := mapped(t, p, `{"e_mail":"a@example.com",`+record+`}`)
		if got.Values["firstName"].Data != want {
			t.Errorf("%s: %v, want %v", record, got.Values["firstName"].Data, want)
		}
	}
	if late := p.Late(); len(late) > 0 {
		t.Errorf("another spelling of a declared column is told as unknown: %v", late)
	}
}

// TestAForeignSourceFillsOnly: the record's source is written where the CRM has
// none, unless a mapping says otherwise.
func TestAForeignSourceFillsOnly(t *testing.T) {
	got, _ := mapped(t, testPlan(t, nil), `{"email":"a@example.com","source":"newsletter"}`)
	if got.Values["source"] != (Value{Data: "newsletter", When: IfEmpty}) {
		t.Errorf("%v", got.Values["source"])
	}
	p := testPlan(t, func(o *PlanOptions) { o.Mappings = []Mapping{{From: "source", To: "source"}} })
	if got, _ := mapped(t, p, `{"email":"a@example.com","source":"newsletter"}`); got.Values["source"].When != Always {
		t.Errorf("mapped: %v", got.Values["source"])
	}
}

// TestTheStateOfAnAccount is no region, and the next candidate counts.
func TestTheStateOfAnAccount(t *testing.T) {
	for _, word := range []string{"enabled", "Disabled", "INVITED", "declined", "active"} {
		got, notes := mapped(t, testPlan(t, nil), fmt.Sprintf(`{"email":"a@example.com","state":%q,"address":{"province":"Nevada","city":"Reno"}}`, word))
		if got.Values["state"].Data != "Nevada" || !hasNote(notes, trouble.Note{Field: "state", Column: "state", Rule: ruleAccountState, Dropped: true}) {
			t.Errorf("%s: %v, %v", word, got.Values["state"], notes)
		}
	}
	p := testPlan(t, func(o *PlanOptions) { o.Mappings = []Mapping{{From: "state", To: "state"}} })
	if got, _ := mapped(t, p, `{"email":"a@example.com","state":"enabled"}`); got.Values["state"].Data != "enabled" {
		t.Error("a mapping does not know what it takes")
	}
}

// TestContactIDs: ids have 20 letters and digits; what the source calls id in
// another form is its own.
func TestContactIDs(t *testing.T) {
	const id = "c00000000000000000a1"
	byID := func(o *PlanOptions) { o.MatchOn = []string{"id", "email"} }
	for _, column := range []string{"id", "ID", "Contact Id", "contact_id", "contactId", "CONTACT_ID", "Contact-ID", "contactid"} {
		p := testPlan(t, func(o *PlanOptions) { byID(o); o.Columns, o.PrimaryKey = []string{column}, []string{column} })
		got, notes := mapped(t, p, fmt.Sprintf(`{%q:%q,"email":"a@example.com"}`, column, id))
		if diff := cmp.Diff([]Key{{"id", id}, {"email", "a@example.com"}}, got.Keys); diff != "" || len(notes) > 0 {
			t.Errorf("%s: %v %s", column, notes, diff)
		}
		got, notes = mapped(t, p, fmt.Sprintf(`{%q:"201","email":"a@example.com"}`, column))
		if len(got.Keys) != 1 || len(notes) > 0 != !strings.EqualFold(column, "id") {
			t.Errorf("%s of the source: %v, notes %v", column, got.Keys, notes)
		}
		if got, _ := mapped(t, testPlan(t, nil), fmt.Sprintf(`{%q:%q,"email":"a@example.com"}`, column, id)); len(got.Keys) != 1 || len(got.Values) != 1 {
			t.Errorf("%s is used though records are not matched by it: %+v", column, got)
		}
	}
}

// TestMappingIsTheSameWhateverTheOrder of columns, declared or not, and whatever
// came before: of any record, any order of its members gives the same contact.
func TestMappingIsTheSameWhateverTheOrder(t *testing.T) {
	columns := []string{"email", "Email", "e_mail", "work_email", "other_email", "phone", "Phone", "mobile", "cell", "home_phone", "company_phone", "phone2",
		"first_name", "First Name", "fname", "name", "city", "town", "BillingCity", "home_city", "BillingStreet", "street", "zip", "home_zip",
		"contact_email", "contact_first_name", "properties_city", "properties_email", "tags", "labels", "source", "lead_source", "state",
		"unsubscribed", "do_not_call", "pincode", "Pin Code", "country", "BillingCountry", "id", "x"}
	values := []string{`null`, `""`, `"a@example.com"`, `"b@example.com"`, `"2025550101"`, `"+4930123459"`, `"Oslo"`, `"enabled"`, `true`, `"no"`, `"US"`, `"n/a"`,
		`["a","b"]`, `[{"value":"c@example.com","primary":true},{"value":"d@example.com"}]`, `{"city":"Rome","email":"e@example.com","phone":"2025550109"}`, `7`}
	rng := newRand(t)
	for range 25 {
		declared := slices.Clone(columns[:rng.IntN(len(columns))])
		p := testPlan(t, func(o *PlanOptions) {
			o.Columns, o.MatchOn, o.ClearNulls = declared, []string{"id", "email", "phone"}, rng.IntN(2) == 0
		})
		for range 120 {
			var members []string
			for _, column := range columns {
				if rng.IntN(3) == 0 {
					members = append(members, fmt.Sprintf("%q:%s", column, values[rng.IntN(len(values))]))
				}
			}
			var first Desired
			for round := range 3 {
				rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
				record := "{" + strings.Join(members, ",") + "}"
				got, _, _ := p.Map([]byte(record), nil)
				if round == 0 {
					first = got
				} else if diff := cmp.Diff(first, got); diff != "" {
					t.Fatalf("%s with %v declared: %s", record, declared, diff)
				}
			}
		}
	}
}

// TestALaterPlanMapsAlike: what a plan has met before decides nothing.
func TestALaterPlanMapsAlike(t *testing.T) {
	records := []string{
		`{"email":"a@example.com","customer_city":"Oslo"}`,
		`{"customer_email":"b@example.com","customer_city":"Bergen"}`,
		`{"email":"c@example.com","data":{"city":"Rome"}}`,
		`{"data":{"email":"d@example.com","city":"Rome"}}`,
		`{"email":"e@example.com","tags":"x","labels":["y"]}`,
		`{"email":"f@example.com","BillingCity":"Elko"}`,
		`{"email":"g@example.com","BillingCity":"Elko","BillingStreet":"1 Main St"}`,
	}
	used := testPlan(t, nil)
	for i := range 2*mostLearnt + 100 { // so many names that no more are remembered
		_, _, _ = used.Map(fmt.Appendf(nil, `{"z%d":{"email":"z@example.com"},"profile_%d_city":"x"}`, i, i), nil)
	}
	for range 2 {
		for _, record := range records {
			want, wantNotes := mapped(t, testPlan(t, nil), record)
			got, gotNotes := mapped(t, used, record)
			if diff := cmp.Diff(want, got) + cmp.Diff(wantNotes, gotNotes); diff != "" {
				t.Errorf("%s: %s", record, diff)
			}
		}
	}
	if n := len(used.top.members) + len(used.gates.long) + len(used.places.long); n > 2*mostLearnt {
		t.Errorf("%d columns, gates and places are remembered", n)
	}
}

func valuesOf(d Desired) map[string]any {
	all := map[string]any{}
	for name, v := range d.Values {
		all[name] = v.Data
	}
	return all
}

// without is a copy of a map without some keys.
func without[V any](m map[string]V, keys ...string) map[string]V {
	m = maps.Clone(m)
	for _, k := range keys {
		delete(m, k)
	}
	return m
}

// TestNothingIsLeftOfTheRecordBefore: what one record lost or had as its second
// choice says nothing of the next.
func TestNothingIsLeftOfTheRecordBefore(t *testing.T) {
	used, after := testPlan(t, nil), `{"email":"a@example.com","name":"Ana Lopez"}`
	_, _, _ = used.Map([]byte(`{"email":null,"last_name":null,"home_phone":"2025550101","location":{"zip":"1"},"city":"x","billing":{"city":"y"},"unsubscribed":"?"}`), []string{"last_name", "email"})
	want, _ := mapped(t, testPlan(t, nil), after)
	got, notes := mapped(t, used, after)
	if diff := cmp.Diff(want, got); diff != "" || len(notes) > 0 {
		t.Errorf("notes %v, %s", notes, diff)
	}
}

// TestMappingTakesLinearTime: whatever a record of a million bytes is made of.
func TestMappingTakesLinearTime(t *testing.T) {
	const many = 30_000
	repeat := func(each func(i int) string) string {
		parts := make([]string, many)
		for i := range parts {
			parts[i] = each(i)
		}
		return strings.Join(parts, ",")
	}
	lost := make([]string, many)
	for i := range lost {
		lost[i] = fmt.Sprintf("c%d", i)
	}
	shape := slices.Sorted(maps.Keys(contactShapes))
	place := func(i int) string { return shape[i%len(shape)] + "_" + shape[i/len(shape)%len(shape)] }
	for name, record := range map[string]string{
		"columns":            `{` + repeat(func(i int) string { return fmt.Sprintf(`"c%d":"x"`, i) }) + `}`,
		"columns of persons": `{` + repeat(func(i int) string { return fmt.Sprintf(`"%s_city":"c%d"`, place(i), i) }) + `}`,
		"spellings":          `{` + repeat(func(i int) string { return fmt.Sprintf(`"e%smail":"a@example.com"`, strings.Repeat("_", i%50)) }) + `}`,
		"emails":             `{"email":[` + repeat(func(int) string { return `"no email"` }) + `]}`,
		"entries":            `{"emails":[` + repeat(func(i int) string { return fmt.Sprintf(`{"value":"x%d","primary":true}`, i) }) + `]}`,
		"named entries":      `{"meta":[` + repeat(func(i int) string { return fmt.Sprintf(`{"key":"email %d","value":"x"}`, i) }) + `]}`,
		"tags of objects":    `{"tags":[` + repeat(func(i int) string { return fmt.Sprintf(`{"name":"t%d"}`, i) }) + `]}`,
		"addresses":          `{"addresses":[` + repeat(func(int) string { return `{"city":"x"}` }) + `]}`,
		"deep":               strings.Repeat(`{"data":`, many) + `1` + strings.Repeat(`}`, many),
		"deep lists":         `{"email":` + strings.Repeat(`[`, many) + strings.Repeat(`]`, many) + `}`,
		"a long name":        `{"` + strings.Repeat("email", many) + `":1,"` + strings.Repeat("a.", many) + `":1}`,
		"members":            `{"profile":{` + repeat(func(i int) string { return fmt.Sprintf(`"m%d":{"email":"a%d@example.com"}`, i, i) }) + `}}`,
		"opt-outs":           `{"unsubscribed":[` + repeat(func(int) string { return `"who knows"` }) + `]}`,
	} {
		p := testPlan(t, func(o *PlanOptions) {
			o.Mappings = []Mapping{{From: "a.*.b", To: "city"}, {From: "emails.*.x", To: "website"}}
			o.DeletedWhen = []string{"gone", "meta.*.gone"}
		})
		for range 2 {
			start := time.Now()
			_, _, _ = p.Map([]byte(record), lost)
			if took := time.Since(start); took > 20*time.Second { // of what takes the square of it
				t.Errorf("%s: %v", name, took)
			}
		}
	}
}
