package contacts_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/sandbox"
)

const (
	anaEmail = "ana@example.com"
	anaPhone = "+12025550123"
	benEmail = "ben@example.com"
	benPhone = "+12025550124"
)

// human stores a contact as a person at the screen would.
func (p *place) human(fields map[string]any, tags ...string) string {
	return p.Put(sandbox.Contact{Fields: fields, Tags: tags})
}

func TestModes(t *testing.T) {
	twice := records(`{"email":"ana@example.com","city":"Austin","at":2}`, `{"email":"ANA@example.com","city":"Boston","at":1}`)
	for _, tt := range []struct {
		name       string
		mode       airbyte.SyncMode
		duplicates bool
		cursor     []string
		contacts   int
		city       string // of the contact, where there is one
		again      int    // contacts after a second sync
	}{
		{"append", airbyte.Append, false, nil, 1, "Boston", 1},
		{"append where duplicates are allowed", airbyte.Append, true, nil, 2, "", 4},
		{"append_dedup by cursor", airbyte.AppendDedup, false, []string{"at"}, 1, "Austin", 1},
		{"append_dedup without cursor", airbyte.AppendDedup, false, nil, 1, "Boston", 1},
		{"append_dedup where duplicates are allowed", airbyte.AppendDedup, true, []string{"at"}, 1, "Austin", 1},
		{"overwrite", airbyte.Overwrite, false, nil, 1, "Boston", 1},
		{"overwrite where duplicates are allowed", airbyte.Overwrite, true, nil, 1, "Boston", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := inside(t, sandbox.Options{AllowDuplicates: tt.duplicates})
			j := job{streams: []stream{{mode: tt.mode, cursor: tt.cursor, plan: heropixel}}}
			p.must(j, twice)
			if got := len(p.Contacts()); got != tt.contacts {
				t.Fatalf("%d contacts, want %d", got, tt.contacts)
			}
			if tt.contacts == 1 {
				field(t, p.only(), "city", tt.city)
				tags(t, p.only(), "heropixel")
			}
			p.ResetCounts()
			p.must(j, twice)
			if got := len(p.Contacts()); got != tt.again {
				t.Errorf("%d contacts after the second sync, want %d", got, tt.again)
			}
			if tt.again == 1 && p.Writes() != 0 {
				t.Errorf("the second sync made %d writes", p.Writes())
			}
		})
	}
}

func TestOnePersonTwiceInAWindowIsOneWriteOfTheNewest(t *testing.T) {
	for name, input := range map[string][]string{
		"email by case":   {`{"email":"ana@example.com","city":"Old"}`, `{"email":"Ana@Example.COM","city":"New"}`},
		"phone by format": {`{"phone":"(202) 555-0123","city":"Old"}`, `{"phone":"+1 202 555 0123","city":"New"}`},
	} {
		for _, known := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", in the CRM"}[known], func(t *testing.T) {
				p := inside(t, sandbox.Options{})
				if known {
					p.human(map[string]any{"email": anaEmail, "phone": anaPhone}, "heropixel")
				}
				p.must(job{plan: heropixel}, records(input...))
				field(t, p.only(), "city", "New")
				if p.Writes() != 1 {
					t.Errorf("%d writes, want 1: %v", p.Writes(), p.Requests())
				}
			})
		}
	}
}

// A record that names two contacts as one does not merge them: the key trusted
// most says which of them is meant.
func TestARecordThatNamesTwoContacts(t *testing.T) {
	for _, known := range []bool{false, true} {
		p := inside(t, sandbox.Options{})
		if known {
			p.human(map[string]any{"email": anaEmail, "phone": anaPhone}, "heropixel")
		}
		p.must(job{plan: heropixel}, records(`{"email":"ana@example.com","city":"Older"}`, `{"phone":"+12025550123","city":"Old"}`,
			`{"email":"ana@example.com","phone":"+12025550123","city":"New"}`))
		field(t, p.with(anaEmail), "city", "New")
		if want := map[bool]int{false: 2, true: 1}[known]; len(p.Contacts()) != want {
			t.Errorf("%d contacts, want %d", len(p.Contacts()), want)
		}
	}
}

func TestForeignTagsSurvive(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
		p.human(map[string]any{"email": anaEmail, "city": "Austin"}, "human", "customer")
		p.human(map[string]any{"email": benEmail}, "human")
		p.must(job{plan: heropixel}, records(
			`{"email":"ana@example.com","city":"Boston","companyName":"Acme","tags":"New, Human"}`, `{"email":"ben@example.com"}`))
		tags(t, p.with(anaEmail), "human", "customer", "heropixel", "new")
		tags(t, p.with(benEmail), "human", "heropixel")
		field(t, p.with(anaEmail), "city", "Boston")
		field(t, p.with(anaEmail), "companyName", "Acme")
	}
}

func TestDefaultsNeverOverwrite(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.human(map[string]any{"email": anaEmail, "source": "referral", "country": "DE"})
	p.human(map[string]any{"email": benEmail})
	p.must(job{}, records(`{"email":"ana@example.com"}`, `{"email":"ben@example.com"}`, `{"email":"eva@example.com"}`))
	ana, ben, eva := p.with(anaEmail), p.with(benEmail), p.with("eva@example.com")
	field(t, ana, "source", "referral")
	field(t, ana, "country", "DE")
	field(t, ben, "source", "")
	field(t, ben, "country", "US")
	field(t, eva, "source", "capitalaudience")
	field(t, eva, "country", "US")
}

func TestIfEmptyFillsOnlyWhatIsEmpty(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.human(map[string]any{"email": anaEmail, "city": "Austin"})
	plan := crm.PlanOptions{Mappings: []crm.Mapping{{From: "city", To: "city", When: crm.IfEmpty}, {From: "state", To: "state", When: crm.IfEmpty}}}
	p.must(job{plan: plan}, records(`{"email":"ana@example.com","city":"Boston","state":"MA"}`, `{"email":"eva@example.com","city":"Miami"}`))
	field(t, p.with(anaEmail), "city", "Austin")
	field(t, p.with(anaEmail), "state", "MA")
	field(t, p.with("eva@example.com"), "city", "Miami")
}

func TestNullsClearEveryTypeOnlyIfAsked(t *testing.T) {
	full := map[string]any{"email": anaEmail, "city": "Austin", "postalCode": "78701", "dateOfBirth": "1990-09-25", "website": "https://example.com"}
	nulls := map[string]any{"email": anaEmail, "city": nil, "postalCode": nil, "dateOfBirth": nil, "website": nil}
	for key, v := range customValues {
		full[key], nulls[key] = v.say, nil
	}
	for _, clears := range []bool{false, true} {
		p := inside(t, sandbox.Options{})
		p.must(job{}, records(encode(full)))
		before := p.end()
		out := p.must(job{plan: crm.PlanOptions{ClearNulls: clears}}, records(encode(nulls)))
		if !clears {
			if after := p.end(); after[0] != before[0] {
				t.Errorf("nulls changed %s to %s", before[0], after[0])
			}
			continue
		}
		for name := range nulls {
			if v := p.only().Fields[name]; v != nil && name != "email" {
				t.Errorf("%s is still %v", name, v)
			}
		}
		for id, v := range p.only().CustomFields {
			t.Errorf("custom field %s is still %v\n%s", id, v, out.log)
		}
		p.ResetCounts()
		p.must(job{plan: crm.PlanOptions{ClearNulls: clears}}, records(encode(nulls)))
		if p.Writes() != 0 {
			t.Errorf("clearing again made %d writes", p.Writes())
		}
	}
}

func TestIdentityConflict(t *testing.T) {
	const both = `{"email":"ana@example.com","phone":"+12025550124","city":"Boston"}`
	for _, rejects := range []bool{false, true} {
		p := inside(t, sandbox.Options{})
		p.human(map[string]any{"email": anaEmail, "phone": anaPhone})
		p.human(map[string]any{"email": benEmail, "phone": benPhone})
		out := p.must(job{streams: []stream{{reject: rejects}}}, records(both)+state("people", 1))
		city, count := "Boston", `"recordCount":1.0,"rejectedRecordCount":0.0`
		if rejects {
			city, count = "", `"recordCount":0.0,"rejectedRecordCount":1.0`
			out.has(t, "1 rejected (1 identity_conflict)")
		} else {
			out.has(t, "phone: belongs to another contact")
		}
		field(t, p.with(anaEmail), "city", city)
		field(t, p.with(anaEmail), "phone", anaPhone)
		field(t, p.with(benEmail), "phone", benPhone)
		if len(out.states) != 1 || !strings.Contains(out.states[0], count) {
			t.Errorf("states %v, want %s", out.states, count)
		}
	}
}

func TestASharedPhoneDoesNotMergeTwoEmails(t *testing.T) {
	const input = `{"email":"ana@example.com","phone":"+12025550123","city":"Austin"}` + "\n" +
		`{"email":"ben@example.com","phone":"+12025550123","city":"Boston"}`
	for _, size := range []int{1, 100} { // in different windows, and in one
		p := inside(t, sandbox.Options{})
		j := job{limits: small(size)}
		p.must(j, records(strings.Split(input, "\n")...))
		if len(p.Contacts()) != 2 {
			t.Fatalf("%d contacts, want 2", len(p.Contacts()))
		}
		field(t, p.with(anaEmail), "city", "Austin")
		field(t, p.with(anaEmail), "phone", anaPhone)
		field(t, p.with(benEmail), "city", "Boston")
		field(t, p.with(benEmail), "phone", "")
		p.ResetCounts()
		p.must(j, records(strings.Split(input, "\n")...))
		if p.Writes() != 0 {
			t.Errorf("the same again made %d writes: %v", p.Writes(), p.Requests())
		}
	}
}

// small limits windows by count only.
func small(records int) load.Limits {
	l := load.DefaultLimits
	l.Records = records
	return l
}

func TestCompanyChangesOnAnExistingContact(t *testing.T) {
	for _, tt := range []struct {
		name       string
		duplicates bool
		shared     bool // another contact has the same phone
		want       string
	}{
		{"duplicates forbidden", false, false, "Acme"},
		{"duplicates allowed, alone", true, false, "Acme"},
		{"duplicates allowed, shared", true, true, "Old"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := inside(t, sandbox.Options{AllowDuplicates: tt.duplicates})
			p.human(map[string]any{"email": anaEmail, "phone": anaPhone, "companyName": "Old"}, "human")
			if tt.shared {
				p.human(map[string]any{"email": benEmail, "phone": anaPhone, "companyName": "Ben Ltd"})
			}
			p.must(job{}, records(`{"email":"ana@example.com","companyName":"Acme"}`))
			field(t, p.with(anaEmail), "companyName", tt.want)
			tags(t, p.with(anaEmail), "human")
			if tt.shared {
				field(t, p.with(benEmail), "companyName", "Ben Ltd")
			}
		})
	}
}

func TestANumberCanBeTheMatchKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.Put(sandbox.Contact{Fields: map[string]any{"firstName": "Ana"}, CustomFields: map[string]any{"cfNumerical000000003": 7}})
		p.must(job{plan: crm.PlanOptions{MatchOn: []string{"custom_field:visits"}}}, records(`{"visits":7,"firstName":"Ana","city":"Austin"}`))
		field(t, p.only(), "city", "Austin")
	})
}

func TestAnAdditionalEmailFindsItsContact(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.Put(sandbox.Contact{Fields: map[string]any{"email": anaEmail}, AdditionalEmails: []string{"second@example.com"}, Tags: []string{"human"}})
	input := records(`{"email":"second@example.com","city":"Austin"}`)
	p.must(job{}, input)
	field(t, p.only(), "city", "Austin")
	field(t, p.only(), "email", anaEmail)
	tags(t, p.only(), "human")
	before := p.end()
	p.must(job{}, input)
	if after := p.end(); after[0] != before[0] {
		t.Errorf("the same again changed %s to %s", before[0], after[0])
	}
}

// TestAnOutcomeNamesEachTag: those of a text too, and of somebody new.
func TestAnOutcomeNamesEachTag(t *testing.T) {
	p := inside(t, sandbox.Options{})
	for _, dry := range []bool{true, false} {
		told := p.must(job{dry: dry}, records(`{"email":"ann@example.com","tags":"vip, spring"}`)).told
		if len(told) != 1 || fmt.Sprint(told[0].AddedTags) != "[vip spring]" {
			t.Errorf("dry %t: %+v", dry, told)
		}
	}
}
