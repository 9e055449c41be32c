package contacts_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

func TestAVanishedContactIsCreatedOnce(t *testing.T) {
	for _, tt := range []struct {
		name, method, path, city string
	}{
		{"before the fields", "PUT", "/contacts/", "Boston"},
		{"before the tags", "POST", "/contacts/bulk/tags/", "Austin"},
	} {
		for _, duplicates := range []bool{false, true} {
			for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Overwrite} {
				t.Run(fmt.Sprintf("%s, duplicates %v, %s", tt.name, duplicates, mode), func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
					id := p.human(map[string]any{"email": anaEmail, "city": "Austin", "country": "US"}, "human")
					p.human(map[string]any{"email": benEmail, "city": "Austin", "country": "US"}, "human")
					p.before(tt.method, tt.path, func() { p.Delete(id) })
					input := records(fmt.Sprintf(`{"email":"ana@example.com","city":%q}`, tt.city),
						fmt.Sprintf(`{"email":"ben@example.com","city":%q}`, tt.city)) + state("people", 1)
					out := p.must(job{mode: mode, plan: heropixel, workers: 1}, input)
					out.counts(t, 2, 0)
					out.has(t, "1 created · 1 updated")
					if len(p.Contacts()) != 2 {
						t.Fatalf("%d contacts, want 2", len(p.Contacts()))
					}
					field(t, p.with(anaEmail), "city", tt.city)
					tags(t, p.with(anaEmail), "heropixel")
					tags(t, p.with(benEmail), "heropixel", "human")
				})
			}
		}
	}
}

// Search goes on showing a contact for a minute after somebody deleted it.
func TestAGhostInTheIndexIsNoContact(t *testing.T) {
	for name, city := range map[string]string{"fields differ": "Boston", "tags differ": "Austin"} {
		for _, duplicates := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, duplicates %v", name, duplicates), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: time.Minute})
					id := p.human(map[string]any{"email": anaEmail, "city": "Austin", "country": "US"})
					p.api("DELETE", "/contacts/"+id, nil)
					j := job{plan: heropixel}
					p.must(j, records(fmt.Sprintf(`{"email":"ana@example.com","city":%q}`, city))+state("people", 1)).counts(t, 1, 0)
					field(t, p.only(), "city", city)
					tags(t, p.only(), "heropixel")
				})
			})
		}
	}
}

// A delete right after its contact was deleted by somebody and created again:
// search shows the one that has gone, and not yet the one that is there.
func TestADeleteBehindAGhost(t *testing.T) {
	for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
		t.Run(string(how), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{IndexLag: time.Minute})
				id := p.human(map[string]any{"email": anaEmail}, "heropixel")
				p.api("DELETE", "/contacts/"+id, nil)
				p.api("POST", "/contacts/", map[string]any{"locationId": p.Options().LocationID, "email": anaEmail, "tags": []string{"heropixel", "human"}})
				j := one(stream{plan: heropixel, onDelete: how})
				out := p.must(j, records(`{"email":"ana@example.com","_ab_cdc_deleted_at":"2024-01-02T03:04:05Z"}`)+state("people", 1))
				out.counts(t, 1, 0)
				out.has(t, "1 removed")
				switch how {
				case object.Delete:
					if n := len(p.Contacts()); n != 0 {
						t.Errorf("%d contacts, want none", n)
					}
				default:
					tags(t, p.only(), "human")
				}
			})
		})
	}
}

// What search shows a minute late may look as if nothing were to be done; a
// sync after that sets it right.
func TestTheNextSyncHealsWhatTheLagHid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{IndexLag: time.Minute})
		id := p.human(map[string]any{"email": anaEmail, "city": "Austin", "country": "US"}, "heropixel")
		p.api("PUT", "/contacts/"+id, map[string]any{"city": "Boston", "tags": []string{"human"}})
		input := records(`{"email":"ana@example.com","city":"Austin"}`)
		p.must(job{plan: heropixel}, input)
		time.Sleep(2 * time.Minute)
		p.must(job{plan: heropixel}, input)
		field(t, p.only(), "city", "Austin")
		tags(t, p.only(), "heropixel", "human")
	})
}

// A company is changed through an upsert, which must hit its own contact even
// where older ones share its phone against the location's rule.
func TestACompanyNeverReachesAnotherContact(t *testing.T) {
	for _, order := range [][]string{{"email", "phone"}, {"phone", "email"}} {
		for _, duplicates := range []bool{false, true} {
			for _, shared := range []string{"phone", "email"} {
				t.Run(fmt.Sprintf("order %v, duplicates %v, shared %s", order, duplicates, shared), func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: duplicates, MatchOrder: order})
					other := map[string]any{"email": benEmail, "phone": benPhone, "companyName": "Ben Ltd", "country": "US"}
					ana := map[string]any{"email": anaEmail, "phone": anaPhone, "companyName": "Old", "country": "US"}
					other[shared] = ana[shared]
					plan := crm.PlanOptions{}
					key := "email"
					if shared == "email" {
						key, plan.MatchOn = "phone", []string{"phone", "email"}
					}
					ben := p.Put(sandbox.Contact{Fields: other, DateAdded: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)})
					id := p.human(ana)
					before := fmt.Sprint(p.id(ben))
					p.must(job{plan: plan}, records(fmt.Sprintf(`{%q:%q,"companyName":"Acme"}`, key, ana[key]))+state("people", 1)).counts(t, 1, 0)
					if now := fmt.Sprint(p.id(ben)); now != before {
						t.Errorf("the other has changed from %s to %s", before, now)
					}
					if len(p.Contacts()) != 2 {
						t.Errorf("%d contacts", len(p.Contacts()))
					}
					field(t, p.id(id), "email", anaEmail)
					field(t, p.id(id), "phone", anaPhone)
				})
			}
		}
	}
}

func TestACompanyWithoutIdentifiersIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		id := p.Put(sandbox.Contact{Fields: map[string]any{"firstName": "Ana", "country": "US"}, CustomFields: map[string]any{"cfText00000000000001": "N-1"}})
		out := p.must(job{plan: crm.PlanOptions{MatchOn: []string{"custom_field:customer_number"}}},
			records(`{"customer_number":"N-1","companyName":"Acme","gender":"female","city":"Boston"}`)+state("people", 1))
		out.counts(t, 1, 0)
		out.has(t, "companyName: cannot be changed")
		out.has(t, "gender: not compared: the API takes it only when a contact is created: line 1")
		field(t, p.id(id), "city", "Boston")
		field(t, p.id(id), "companyName", "")
	})
}

func TestAValueThatDoesNotStickIsCountedPerField(t *testing.T) {
	for _, known := range []bool{false, true} {
		p := inside(t, sandbox.Options{})
		input := ""
		for i := range 5 {
			if known {
				p.human(map[string]any{"email": crowdEmail(i), "country": "US"}, "heropixel")
			}
			input += records(fmt.Sprintf(`{"email":%q,"city":"Boston","customer_number":"N-1"}`, crowdEmail(i)))
		}
		p.transport = altered{altered{p.transport, `"Boston"`, `"Elsewhere"`}, "cfText00000000000001", "cfText0000000000000X"}
		out := p.must(job{plan: heropixel}, input+state("people", 1))
		out.counts(t, 5, 0)
		out.has(t, "city: discarded by the API, left out: lines 1, 2 and 3, 5 in all")
		out.has(t, "contact.customer_number: discarded by the API, left out: lines 1, 2 and 3, 5 in all")
		if strings.Count(out.log, "discarded by the API") != 2 {
			t.Errorf("want one line for each field\n%s", out.log)
		}
	}
}

// A company and other fields of one contact, found in every way, in one sync.
func TestACompanyComesWithTheOtherFields(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
		id := p.human(map[string]any{"email": anaEmail, "phone": anaPhone, "companyName": "Old", "country": "US"}, "human")
		p.human(map[string]any{"email": benEmail, "country": "US"})
		input := records(`{"email":"Ana@example.com","phone":"+12025550199","city":"Boston","companyName":"Acme"}`)
		p.must(job{plan: heropixel}, input)
		c := p.id(id)
		field(t, c, "phone", "+12025550199")
		field(t, c, "city", "Boston")
		field(t, c, "companyName", "Acme")
		tags(t, c, "human", "heropixel")
		if p.Writes() != 3 {
			t.Errorf("%d writes, want 3: %v", p.Writes(), p.Requests())
		}
		p.ResetCounts()
		if p.must(job{plan: heropixel}, input); p.Writes() != 0 {
			t.Errorf("the same again made %d writes: %v", p.Writes(), p.Requests())
		}
	}
}

// A company may be cleared, and a contact made anew gets it with the create.
func TestACompanyIsClearedAndSurvivesARecreate(t *testing.T) {
	p := inside(t, sandbox.Options{})
	id := p.human(map[string]any{"email": anaEmail, "companyName": "Old", "country": "US"})
	p.must(job{plan: crm.PlanOptions{ClearNulls: true}}, records(`{"email":"ana@example.com","companyName":null}`))
	field(t, p.id(id), "companyName", "")
	p.before("POST", "/contacts/upsert", func() { p.Delete(id) })
	out := p.must(job{plan: heropixel}, records(`{"email":"ana@example.com","companyName":"Acme","gender":"female"}`)+state("people", 1))
	out.counts(t, 1, 0)
	field(t, p.only(), "companyName", "Acme")
	tags(t, p.only(), "heropixel")
}
