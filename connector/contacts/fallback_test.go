package contacts_test

import (
	"fmt"
	"testing"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// TestSecondChoicesOfOthersAreLeftOut: a home phone that somebody else has, from
// before or from this sync, is not written, whatever the location allows; where
// nobody has it, it is. The same sync again writes nothing.
func TestSecondChoicesOfOthersAreLeftOut(t *testing.T) {
	const home, free = "+12025550150", "+12025550177"
	for _, allows := range []bool{false, true} {
		for _, rejects := range []bool{false, true} {
			for _, size := range []int{100, 1} {
				t.Run(fmt.Sprintf("duplicates allowed %t, conflicts rejected %t, windows of %d", allows, rejects, size), func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: allows})
					p.human(map[string]any{"email": anaEmail, "phone": anaPhone})
					p.human(map[string]any{"email": benEmail})
					input := records(
						fmt.Sprintf(`{"email":"new@example.com","home_phone":%q}`, anaPhone),
						fmt.Sprintf(`{"email":%q,"home_phone":%q}`, benEmail, anaPhone),
						fmt.Sprintf(`{"email":"cyd@example.com","phone":null,"home_phone":%q}`, home),
						fmt.Sprintf(`{"email":"dan@example.com","phone":"","home_phone":%q}`, home),
						fmt.Sprintf(`{"email":"fay@example.com","home_phone":%q}`, free),
						fmt.Sprintf(`{"email":"eve@example.com","phone":"+12025550103","home_phone":%q}`, home),
					)
					j := job{streams: []stream{{reject: rejects}}, limits: small(size)}
					out := p.must(j, input)
					out.has(t, "belongs to another contact, left out")
					if n := len(p.Contacts()); n != 7 {
						t.Errorf("%d contacts, want 7", n)
					}
					for email, phone := range map[string]any{
						anaEmail: anaPhone, benEmail: nil, "new@example.com": nil, "cyd@example.com": home, "dan@example.com": nil, "fay@example.com": free,
						"eve@example.com": "+12025550103",
					} {
						if got := p.with(email).Fields["phone"]; got != phone {
							t.Errorf("%s has the phone %v, want %v", email, got, phone)
						}
					}
					p.ResetCounts()
					if again := p.must(j, input); p.Writes() != 0 {
						t.Errorf("the same again made %d writes:\n%s", p.Writes(), again.log)
					}
				})
			}
		}
	}
}

// TestASecondChoiceCostsNoRequestOfItsOwn: those who have theirs are not looked
// for again, and others are looked up many at a time.
func TestASecondChoiceCostsNoRequestOfItsOwn(t *testing.T) {
	p := inside(t, sandbox.Options{})
	var data []string
	for i := range 80 {
		data = append(data, fmt.Sprintf(`{"email":"p%d@example.com","home_phone":"+1202555%04d"}`, i, i))
	}
	first := p.must(job{}, records(data...))
	if first.usage.Requests > 80+8 {
		t.Errorf("%d requests for 80 people: %v", first.usage.Requests, first.usage.ByOperation)
	}
	p.ResetCounts()
	if again := p.must(job{}, records(data...)); again.usage.Requests > 6 || p.Writes() != 0 {
		t.Errorf("%d requests and %d writes for the same people: %v", again.usage.Requests, p.Writes(), again.usage.ByOperation)
	}
	mapped := crm.PlanOptions{Mappings: []crm.Mapping{{From: "home_phone", To: "phone"}}}
	if out := p.must(job{plan: mapped}, records(`{"home_phone":"+12025550007","city":"Reno"}`)); p.with("p7@example.com").Fields["city"] != "Reno" {
		t.Errorf("mapped, a home phone finds nobody:\n%s", out.log)
	}
}
