package crm

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// businessPlan maps businesses as a configuration made for contacts does.
func businessPlan(t testing.TB, columns []string, change func(*PlanOptions)) *Plan {
	t.Helper()
	o := PlanOptions{Columns: columns, MatchOn: Businesses.MatchOn, Tags: []string{"heropixel"}, ManagedTags: []string{"plan-*"},
		DefaultSource: "capitalaudience", DefaultCountry: "US"}
	if change != nil {
		change(&o)
	}
	p, err := Compile(Businesses.Table(
		CustomField("cfIndustry", "business.industry", "Industry", "TEXT", nil),
		CustomField("cfNumber", "business.customer_number", "Customer Number", "TEXT", nil),
	), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestRecordsOfCompanies maps companies as their sources deliver them.
func TestRecordsOfCompanies(t *testing.T) {
	for source, tc := range map[string]struct{ record, want string }{
		"a CRM's accounts": {
			`{"Id":"001xx000003DGb2AAG","Name":"Acme Inc","Phone":"(202) 555-0101","Fax":"(202) 555-0199","Website":"www.example.com","OwnerId":"005xx",
				"BillingStreet":"1 Main St","BillingCity":"Austin","BillingState":"TX","BillingPostalCode":"78701","BillingCountry":"United States",
				"ShippingStreet":"2 Dock Rd","ShippingCity":"Dallas","Description":"Rockets\nand more","Industry":"Aerospace"}`,
			`{"name":"Acme Inc","phone":"+12025550101","website":"www.example.com","address":"1 Main St","city":"Austin","state":"TX","postalCode":"78701",
				"country":"US","description":"Rockets\nand more","cfIndustry":"Aerospace"}`},
		"properties": {
			`{"id":"4711","properties":{"name":"Acme Inc","domain":"example.com","phone":"+1 202 555 0101","address":"1 Main St","city":"Austin","state":"TX","zip":"78701",
				"country":"USA","hubspot_owner_id":"77"},"archived":false}`,
			`{"name":"Acme Inc","website":"example.com","phone":"+12025550101","address":"1 Main St","city":"Austin","state":"TX","postalCode":"78701","country":"US"}`},
		"headings": {
			`{"Company Name":"Acme Inc","Company Phone":"202-555-0101","Company Address":"1 Main St","Company City":"Austin","Main Email":"info@example.com","About":"Rockets"}`,
			`{"name":"Acme Inc","phone":"+12025550101","address":"1 Main St","city":"Austin","email":"info@example.com","description":"Rockets"}`},
		"accounts": {
			`{"Account_Name":"Acme Inc","Billing_Street":"1 Main St","Billing_City":"Austin","Billing_Code":"78701","Account_Number":"0","Employees":12}`,
			`{"name":"Acme Inc","address":"1 Main St","city":"Austin","postalCode":"78701"}`},
		"numbered": {
			`{"name":"Acme Inc","telephone1":"202-555-0101","emailaddress1":"info@example.com","websiteurl":"https://example.com","address1_line1":"1 Main St",
				"address1_city":"Austin","address1_stateorprovince":"TX","address1_postalcode":"78701","address1_country":"US"}`,
			`{"name":"Acme Inc","phone":"+12025550101","email":"info@example.com","website":"https://example.com","address":"1 Main St","city":"Austin","state":"TX",
				"postalCode":"78701","country":"US"}`},
		"nested": {
			`{"company":{"name":"Acme Inc","phones":[{"type":"fax","value":"202-555-0199"},{"type":"office","value":"202-555-0101"}],
				"addresses":[{"type":"shipping","street":"2 Dock Rd"},{"type":"office","street":"1 Main St","city":"Austin"}]}}`,
			`{"name":"Acme Inc","phone":"+12025550101","address":"1 Main St","city":"Austin"}`},
		"its own names": {
			`{"name":"Acme Inc","phone":"+12025550101","email":"INFO@example.com","website":"example.com","address":"1 Main St","city":"Austin","state":"TX",
				"postalCode":"78701","country":"US","description":"Rockets","industry":"Aerospace"}`,
			`{"name":"Acme Inc","phone":"+12025550101","email":"info@example.com","website":"example.com","address":"1 Main St","city":"Austin","state":"TX",
				"postalCode":"78701","country":"US","description":"Rockets","cfIndustry":"Aerospace"}`},
		"a company that is another record's key": {
			`{"account":12,"name":"Acme Inc","contact_email":"ann@example.com","owner_phone":"202-555-0102","status":"unsubscribed","email_opt_out":true}`,
			`{"name":"Acme Inc"}`},
	} {
		t.Run(source, func(t *testing.T) {
			for _, declared := range []bool{false, true} {
				var columns []string
				if declared {
					columns = columnsOf(t, tc.record)
				}
				want, notes := mapped(t, businessPlan(t, columns, nil), tc.record)
				got, wanted := map[string]any{}, map[string]any{}
				for name, v := range want.Values {
					got[name] = v.Data
				}
				if err := json.Unmarshal([]byte(tc.want), &wanted); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(wanted, got); diff != "" {
					t.Errorf("declared %v: %s(notes %v)", declared, diff, notes)
				}
			}
		})
	}
}

func columnsOf(t *testing.T, record string) []string {
	t.Helper()
	var columns map[string]any
	if err := json.Unmarshal([]byte(record), &columns); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(columns))
}

// TestBusinessesAreNoPeople: what concerns people only is switched by the fields that a kind has.
func TestBusinessesAreNoPeople(t *testing.T) {
	p := businessPlan(t, []string{"name", "dnd", "tags", "source", "accepts_marketing"}, nil)
	want, _ := mapped(t, p, `{"name":"Ann Lopez Ltd","dnd":true,"tags":["vip"],"source":"web","accepts_marketing":false}`)
	if diff := cmp.Diff(Desired{Values: map[string]Value{"name": {Data: "Ann Lopez Ltd"}}, Keys: []Key{{"name", "ann lopez ltd"}}}, want); diff != "" {
		t.Error(diff)
	}
	if got := Initial(want, p.Defaults()); !maps.Equal(got, map[string]any{"name": "Ann Lopez Ltd"}) {
		t.Errorf("it is created with %v", got)
	}
	have := &Contact{ID: "b1", Values: map[string]any{"name": "Ann Lopez Ltd", "country": nil, "source": nil}}
	if c := Diff(Businesses.Table(), want, p.Defaults(), have); !c.Empty() || len(c.Unknown) > 0 {
		t.Errorf("it is changed: %+v", c)
	}
	if optIns := p.OptIns(); len(optIns) > 0 {
		t.Errorf("it opts in by %v", optIns)
	}
	if told := p.Describe(); told != "name ← name · not written: accepts_marketing, dnd, source, tags" {
		t.Error(told)
	}
}

func TestWhatTellsABusiness(t *testing.T) {
	p := businessPlan(t, nil, func(o *PlanOptions) { o.MatchOn = []string{"id", "custom_field:customer_number", "website", "name"} })
	want, _ := mapped(t, p, `{"id":"63771dcac1116f0e21de8e12","customer_number":"N-1","website":"https://www.Example.com/de/?utm=1","name":" ACME   Inc. "}`)
	if diff := cmp.Diff([]Key{{"id", "63771dcac1116f0e21de8e12"}, {"cfNumber", "N-1"}, {"website", "example.com/de"}, {"name", "acme inc."}}, want.Keys); diff != "" {
		t.Error(diff)
	}
	want, _ = mapped(t, p, `{"id":4711,"website":"none yet","name":"Acme"}`)
	if diff := cmp.Diff([]Key{{"name", "acme"}}, want.Keys); diff != "" {
		t.Error(diff)
	}
	_, _, err := p.Map([]byte(`{"phone":"202-555-0101"}`), nil)
	if err == nil || !strings.Contains(err.Error(), "no value for id or business.customer_number or website or name") {
		t.Error(err)
	}
	for _, ref := range []string{"email", "phone", "address", "custom_field:nothing"} {
		if _, err := Compile(Businesses.Table(), PlanOptions{MatchOn: []string{ref}}); err == nil {
			t.Errorf("businesses are told apart by %s", ref)
		}
	}
}

func TestWebsitesAsKeys(t *testing.T) {
	for website, want := range map[string]string{
		"example.com": "example.com", "HTTP://WWW.Example.COM": "example.com", "https://example.com/": "example.com", "https://example.com:443/#top": "example.com",
		"https://example.com/Shop/?a=1": "example.com/Shop", "//example.com/a b": "", "shop.example.com/a/b": "shop.example.com/a/b",
		"": "", "none": "", "n/a": "", "http://": "", "https://example.com/%zz": "", "info@example.com": "example.com",
	} {
		if got := KeyOf("website", website).Value; got != want {
			t.Errorf("%q is %q, want %q", website, got, want)
		}
		if again := KeyOf("website", want).Value; again != want {
			t.Errorf("the key %q becomes %q", want, again)
		}
	}
}

func TestTheSameBusiness(t *testing.T) {
	acme := &Contact{ID: "b1", Values: map[string]any{"name": "ACME  Inc", "website": "https://www.example.com/"}}
	for want, keys := range map[Verdict][]Key{
		Same:    {KeyOf("name", "acme inc")},
		Other:   {KeyOf("website", "other.example.com"), KeyOf("name", "Acme Inc")},
		Unknown: {{"cfNumber", "N-1"}},
	} {
		if got := Judge(acme, keys); got != want {
			t.Errorf("%v: %v, want %v", keys, got, want)
		}
	}
	if got := Judge(acme, []Key{KeyOf("website", "example.com"), KeyOf("name", "Another")}); got != Same {
		t.Errorf("the website that is trusted more says %v", got)
	}
}

// TestANameInOtherLetters: a name that differs only in case or blanks is left as it is.
func TestANameInOtherLetters(t *testing.T) {
	name, city := Businesses.Table().Field("name"), Businesses.Table().Field("city")
	if !Equal(name, "ACME  Inc", "Acme inc") || Fingerprint(name, "ACME  Inc") != Fingerprint(name, "Acme inc") {
		t.Error("another spelling is another name")
	}
	if Equal(name, "Acme", "Acme Inc") || Equal(city, "AUSTIN", "Austin") {
		t.Error("other values are the same")
	}
}

// FuzzMapBusinesses: what is written reads back as it was wanted, and is no difference then.
func FuzzMapBusinesses(f *testing.F) {
	f.Add([]byte(`{"company":{"name":"Acme","phones":[{"type":"fax","value":"2025550199"},"2025550101"]},"website":"https://example.com/a?b","Billing City":"Austin"}`))
	f.Add([]byte(`{"name":{"name":["Acme"]},"properties":"{\"name\":\"X\"}","address":[{"type":"office","street":"1 Main St"}],"country":"united states"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		keys := func(o *PlanOptions) { o.MatchOn = []string{"website", "name"} }
		p := businessPlan(t, nil, keys)
		want, _, reject := p.Map(data, nil)
		if reject != nil {
			return
		}
		values := Initial(want, p.Defaults())
		encoded, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		again, _, reject := businessPlan(t, nil, keys).Map(encoded, nil)
		if reject != nil {
			t.Fatalf("%s: %v", encoded, reject)
		}
		if diff := cmp.Diff(want.Keys, again.Keys); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(values, Initial(again, p.Defaults())); diff != "" {
			t.Error(diff)
		}
		if c := Diff(Businesses.Table(), want, p.Defaults(), Apply(nil, Change{Set: values})); !c.Empty() {
			t.Errorf("it differs from what was written by %v", c.Set)
		}
	})
}
