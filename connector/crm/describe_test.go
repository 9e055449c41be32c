package crm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const describedSchema = `{"properties":{"Email":{"type":"string"},"MobilePhone":{"type":"string"},"Phone":{"type":"string"},"HomePhone":{"type":"string"},
	"plan":{},"OwnerId":{"type":"string"},"billing":{"type":"object","properties":{"city":{"type":"string"},"postcode":{},"odd":{}}},
	"location":{"type":"string"},"accepts_marketing":{"type":"boolean"},"do_not_call":{},"notes":{},"_ab_cdc_lsn":{},"Id":{},"status":{}}}`

func describedPlan(t *testing.T) *Plan {
	return testPlan(t, func(o *PlanOptions) {
		o.Schema = json.RawMessage(describedSchema)
		for _, d := range declarations(o.Schema) {
			o.Columns = append(o.Columns, d.name)
		}
		slices.Sort(o.Columns) // the schema knows the order
		o.Tags, o.DefaultSource = []string{"heropixel"}, "capitalaudience"
		o.Mappings = []Mapping{{From: "plan", To: "tags"}, {Value: text("news"), To: "pincode"}, {From: "notes"}}
	})
}

// TestTheMappingIsDescribed in one line, as a user reads it.
func TestTheMappingIsDescribed(t *testing.T) {
	want := `email ← Email · phone ← Phone, else MobilePhone, else HomePhone · city ← billing.city · postalCode ← billing.postcode · tags ← plan · ` +
		`dnd_call ← do_not_call · contact.pincode ← "news" · every contact gets the tag heropixel, the source capitalaudience if it is new and has none, ` +
		`the country US if it has none · not written: OwnerId, accepts_marketing, location, status, notes`
	if diff := cmp.Diff(want, describedPlan(t).Describe()); diff != "" {
		t.Error(diff)
	}
	p := testPlan(t, nil)
	mapped(t, p, `{"e-mail":"a@example.com","labels":["x"],"tags":[],"town":"Oslo"}`)
	if diff := cmp.Diff("email ← e-mail · city ← town · tags ← tags and labels · every contact gets the country US if it has none", p.Describe()); diff != "" {
		t.Errorf("what records brought: %s", diff)
	}
}

func TestUnmatchedColumnsAreNamed(t *testing.T) {
	p := describedPlan(t)
	var got []string
	for _, h := range p.Unmatched() {
		got = append(got, h.String())
	}
	want := []string{"OwnerId (somebody in the source, who need not be a HighLevel user; map it to assignedTo if that is what it holds)", "accepts_marketing (says yes to being contacted)", "location", "status (followed only where it plainly says no)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]OptIn{{Column: "accepts_marketing", Mapping: `{"from": "accepts_marketing", "to": "dnd", "negate": true}`}}, p.OptIns()); diff != "" {
		t.Error(diff)
	}
	_, _, _ = p.Map([]byte(`{"data":{"odd":1},"profile":{"phone":null},"location":"a text","emial":"x","Owner Id":"y"}`), nil)
	if diff := cmp.Diff([]Hint{{Column: "emial", Nearest: "email"}, {Column: "data", Why: "nothing in it feeds a field"}}, p.Late()); diff != "" {
		t.Error(diff)
	}
	p = testPlan(t, func(o *PlanOptions) { o.Columns = []string{"contact_city", "email", "Contact Company", "ip"} })
	mapped(t, p, `{"email":"a@example.com","customer_city":"x","profile_id":7}`)
	if got := fmt.Sprint(p.Unmatched(), p.Late()); got != "[Contact Company (no email or phone begins like it; map it to companyName if that is what it holds) "+
		"contact_city (no email or phone begins like it; map it to city if that is what it holds) ip] "+
		"[profile_id customer_city (no email or phone begins like it; map it to city if that is what it holds)]" {
		t.Error(got)
	}
	if got := fmt.Sprint(p.Feeds()); got != "[email ← email]" {
		t.Error(got)
	}
	mapped(t, p, `{"email":"a@example.com","contact_phone":null}`)
	if got := fmt.Sprint(p.Feeds()); got != "[email ← email phone ← contact_phone city ← contact_city companyName ← Contact Company]" {
		t.Error(got)
	}
	same := Contacts.Table(CustomField("1", "contact.budget", "Budget", "TEXT", nil), CustomField("2", "contact.budget_2", "Budget", "TEXT", nil))
	p, err := Compile(same, PlanOptions{MatchOn: []string{"email"}, Columns: []string{"Budget"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(p.Unmatched()); got != "[Budget (several custom fields are called so: map it to contact.budget or contact.budget_2)]" {
		t.Error(got)
	}
}

// TestNamesThatAreDataAreNotTold, neither of the columns of a file without a
// header nor of the keys of a map.
func TestNamesThatAreDataAreNotTold(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) { o.Columns = []string{"Ada", "Lovelace", "ada@example.com", "Email"} })
	_, notes, err := p.Map([]byte(`{"Email":"bad","Bob":"b@example.com","202-555-0101":"x"}`), nil)
	told := fmt.Sprint(p.Describe(), p.Unmatched(), p.Late(), p.Feeds(), notes, err, p.Lookalikes())
	for _, name := range []string{"Ada", "Lovelace", "ada@", "Bob", "202-555-0101"} {
		if strings.Contains(told, name) {
			t.Errorf("%s is told: %s", name, told)
		}
	}
}

// TestKeysThatNothingFeeds.
func TestKeysThatNothingFeeds(t *testing.T) {
	for _, c := range []struct {
		columns string
		record  string
		unfed   string
	}{
		{"email,first_name", `{}`, "custom_field:pincode phone"},
		{"first_name,cust_no", `{}`, "email custom_field:pincode phone"},
		{"first_name", `{"Pin Code":null,"e_mail":"bad"}`, "phone"}, // whatever their values
		{"first_name,home_phone", `{}`, "email custom_field:pincode phone"},
		{"", `{"profile":{"phone":"2025550101"}}`, "email custom_field:pincode"},
		{"", `{"data":{"city":"x"}}`, "email custom_field:pincode phone"},
	} {
		p := testPlan(t, func(o *PlanOptions) {
			o.MatchOn = []string{"email", "custom_field:pincode", "phone"}
			if c.columns != "" {
				o.Columns = strings.Split(c.columns, ",")
			}
		})
		_, _, _ = p.Map([]byte(c.record), nil)
		if got := strings.Join(p.Unfed(), " "); got != c.unfed || p.IsFed() != (strings.Count(c.unfed, " ") < 2) {
			t.Errorf("%s, %s: not fed %q (%t), want %q", c.columns, c.record, got, p.IsFed(), c.unfed)
		}
	}
	mapped := testPlan(t, func(o *PlanOptions) {
		o.MatchOn = []string{"email", "phone"}
		o.Columns, o.Mappings = []string{"answers"}, []Mapping{{From: "answers.*.email", To: "email"}, {From: "gone", To: "phone"}}
	})
	if got := mapped.Unfed(); !slices.Equal(got, []string{"phone"}) {
		t.Errorf("mapped: %v", got)
	}
}

// TestSettingsOfMissingColumns.
func TestSettingsOfMissingColumns(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) {
		o.Columns = []string{"Is Deleted", "plan"}
		o.Mappings = []Mapping{{From: "plan", To: "tags"}, {From: "PLAN.x", To: "city"}, {From: "nowhere", To: "state"}, {From: "later", To: "website"},
			{Value: text("x"), To: "pincode"}, {From: "off"}}
		o.DeletedWhen = []string{"is_deleted", "gone", "late.r"}
	})
	want := []Missing{{"field_mapping", "nowhere"}, {"field_mapping", "later"}, {"field_mapping", "off"}, {"deleted_when", "gone"}, {"deleted_when", "late.r"}}
	if diff := cmp.Diff(want, p.Missing()); diff != "" {
		t.Error(diff)
	}
	mapped(t, p, `{"email":"a@example.com","Later":null,"late":{}}`)
	if diff := cmp.Diff([]Missing{want[0], want[2], want[3]}, p.Missing()); diff != "" {
		t.Error(diff)
	}
}

// TestRecordsWithoutAnIdentifier name the column that looks like one.
func TestRecordsWithoutAnIdentifier(t *testing.T) {
	for record, want := range map[string]Lookalike{
		`{"Posta":"ada@example.com","x":"(202) 555-0101"}`:                                   {"Posta", "email"},
		`{"x":"(202) 555-0101","city":"Oslo"}`:                                               {"x", "phone"},
		`{"b":"b@example.com","a":"a@example.com"}`:                                          {"a", "email"},
		`{"home_phone":"202-555-0101"}`:                                                      {"home_phone", "phone"},
		`{"answers":[{"type":"text","text":"no"},{"type":"email","email":"a@example.com"}]}`: {"answers.*.email", "email"},
		`{"owner":"rep@example.com","company_phone":"202-555-0101"}`:                         {},
		`{"people":{"Ada":"ada@example.com"}}`:                                               {}, // the key may be a person
		`{"ada@example.com":"ada@example.com"}`:                                              {},
		`{"created":"2024-01-02","id":2025550101,"number":"2025550101"}`:                     {},
		`{"city":"Oslo"}`: {},
	} {
		p := testPlan(t, nil)
		_, _, reject := p.Map([]byte(record), nil)
		if reject == nil || reject.Column != want.Column {
			t.Errorf("%s: %v, want %q", record, reject, want.Column)
			continue
		}
		if want.Column == "" {
			continue
		}
		if !strings.Contains(reject.Reason, fmt.Sprintf(`{"from": %q, "to": %q}`, want.Column, want.Field)) || !slices.Equal(p.Lookalikes(), []Lookalike{want}) {
			t.Errorf("%s: %s, %v", record, reject.Reason, p.Lookalikes())
		}
	}
}

// TestWhatWasReadIsNotCalledUnmatched: a list that fed a field, and a column that says who must not be contacted, are no columns that match
// nothing.
func TestWhatWasReadIsNotCalledUnmatched(t *testing.T) {
	p, err := Compile(testTable(), PlanOptions{MatchOn: []string{"email"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Map([]byte(`{"answers":[{"field":{"ref":"email"},"type":"email","email":"ann@example.com"}],"marketing_status":"unsubscribed","subscribed":false,"other":[{"a":1}]}`), nil); err != nil {
		t.Fatal(err)
	}
	want := []Hint{{Column: "marketing_status", Why: "followed only where it plainly says no"}, {Column: "subscribed", Why: "says yes to being contacted", OptIn: true}, {Column: "other", Why: "nothing in it feeds a field"}}
	if diff := cmp.Diff(want, p.Late()); diff != "" {
		t.Error(diff)
	}
}
