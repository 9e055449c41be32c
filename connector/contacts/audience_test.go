package contacts_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// member is a person as the source says it and as the CRM must hold it.
type member struct {
	data           map[string]any
	fields, custom map[string]any
	tags           []string
}

// member i of a mixed audience: every third has all standard fields, every
// third all custom fields, and one in five lacks an email or a phone.
func audienceMember(i int) member {
	email, phone := fmt.Sprintf("person%d@example.com", i), fmt.Sprintf("+1%03d55501%02d", 201+i%700, i/700)
	m := member{
		data:   map[string]any{"email": " Person" + email[6:], "phone": phone, "first_name": "Ana", "last_name": fmt.Sprintf("Lopez %d", i), "tags": "VIP, New"},
		fields: map[string]any{"email": email, "phone": phone, "firstName": "Ana", "lastName": fmt.Sprintf("Lopez %d", i), "country": "US", "source": "capitalaudience", "type": "lead"},
		custom: map[string]any{},
		tags:   []string{"heropixel", "new", "vip"},
	}
	switch i % 10 {
	case 3:
		delete(m.data, "email")
		delete(m.fields, "email")
	case 7:
		delete(m.data, "phone")
		delete(m.fields, "phone")
	}
	switch i % 3 {
	case 1:
		for name, pair := range standardValues {
			m.data[name], m.fields[name] = pair[0], pair[1]
		}
	case 2:
		for key, v := range customValues {
			m.data[key] = v.say
			m.custom[v.id] = v.hold
		}
	}
	return m
}

var standardValues = map[string][2]any{
	"address1": {"1 Main St", "1 Main St"}, "city": {"Austin", "Austin"}, "state": {"TX", "TX"}, "country": {"Canada", "CA"},
	"postalCode": {"78701", "78701"}, "companyName": {"Acme", "Acme"}, "website": {"https://example.com", "https://example.com"},
	"timezone": {"America/Chicago", "America/Chicago"}, "dateOfBirth": {"1990-09-25", "1990-09-25"}, "gender": {"female", "female"},
	"source": {"fair", "fair"}, "dnd": {true, true}, "assignedTo": {"user0000000000000001", "user0000000000000001"},
}

var customValues = map[string]struct {
	id        string
	say, hold any
}{
	"customer_number": {"cfText00000000000001", "N-1", "N-1"},
	"story":           {"cfLargeText000000002", "once\nupon", "once\nupon"},
	"visits":          {"cfNumerical000000003", "7", 7.0},
	"office_phone":    {"cfPhone0000000000004", "(202) 555-0123", "+12025550123"},
	"lifetime_value":  {"cfMonetory0000000005", 12.5, 12.5},
	"topics":          {"cfCheckbox0000000006", []string{"news", "Offers"}, []any{"News", "Offers"}},
	"size":            {"cfSingleOption000007", "small", "Small"},
	"interests":       {"cfMultipleOption0008", "Events", []any{"Events"}},
	"member_since":    {"cfDate00000000000009", "2024-03-04T10:00:00Z", "2024-03-04"},
	"links": {"cfTextboxList0000010", map[string]any{"Blog": "https://example.com"},
		map[string]any{"7e0c3a52-9a39-4c53-8a86-0f8d0c4f5a01": "https://example.com"}},
	"shirt": {"cfRadio0000000000012", "LARGE", "Large"},
}

func audienceInput(from, to int) string {
	input := ""
	lines := make([]byte, 0, (to-from)*400)
	for i := from; i < to; i++ {
		lines = append(lines, record("people", encode(audienceMember(i).data))...)
	}
	input = string(lines)
	return input + state("people", to)
}

var heropixel = crm.PlanOptions{Tags: []string{"heropixel"}}

// asJSON brings values to the types that JSON has.
func asJSON(t testing.TB, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAudienceArrivesWholeAndTheSecondSyncWritesNothing(t *testing.T) {
	const n = 1000
	p := overHTTP(t, sandbox.Options{})
	j := job{mode: airbyte.AppendDedup, plan: heropixel}
	out := p.must(j, audienceInput(0, n))
	out.has(t, "1,000 read · 1,000 created · 0 updated · 0 unchanged · 0 rejected")
	if per := float64(p.Total()) / n; per > 1.05 {
		t.Errorf("%.3f requests per created contact", per)
	}
	checkAudience(t, p, n)

	p.ResetCounts()
	out = p.must(j, audienceInput(0, n))
	out.has(t, "0 created · 0 updated · 1,000 unchanged · 0 rejected")
	if p.Writes() != 0 {
		t.Errorf("the same again made %d writes: %v", p.Writes(), p.Requests())
	}
	if most := n/90 + 12; p.Total() > most {
		t.Errorf("the same again took %d requests, want at most %d: %v", p.Total(), most, p.Requests())
	}
	checkAudience(t, p, n)
}

func checkAudience(t *testing.T, p *place, n int) {
	t.Helper()
	all := p.Contacts()
	if len(all) != n {
		t.Fatalf("%d contacts, want %d", len(all), n)
	}
	byName := map[any]sandbox.Contact{}
	for _, c := range all {
		byName[c.Fields["lastName"]] = c
	}
	for i := range n {
		m := audienceMember(i)
		c := byName[m.fields["lastName"]]
		if c.Fields["dnd"] == false {
			delete(c.Fields, "dnd")
		}
		if diff := cmp.Diff(asJSON(t, m.fields), asJSON(t, c.Fields)); diff != "" {
			t.Fatalf("member %d: %s", i, diff)
		}
		if diff := cmp.Diff(asJSON(t, m.custom), asJSON(t, c.CustomFields)); diff != "" {
			t.Fatalf("member %d, custom fields: %s", i, diff)
		}
		tags(t, c, m.tags...)
	}
}

func TestChangesAreTheOnlyWrites(t *testing.T) {
	const n = 60
	p := inside(t, sandbox.Options{})
	j := job{mode: airbyte.AppendDedup, plan: heropixel}
	p.must(j, audienceInput(0, n))
	input := ""
	for i := range n {
		m := audienceMember(i)
		if i%20 == 0 {
			m.data["city"] = "Portland"
		}
		input += record("people", encode(m.data))
	}
	p.ResetCounts()
	out := p.must(j, input)
	out.has(t, "0 created · 3 updated · 57 unchanged · 0 rejected")
	if got := p.Requests()["PUT /contacts/{contactId}"]; got != 3 || p.Writes() != 3 {
		t.Errorf("%d PUT of %d writes, want 3 of 3", got, p.Writes())
	}
}
