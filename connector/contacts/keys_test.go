package contacts_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/sandbox"
)

// sharing is somebody who has something of a record that is no key of it.
type sharing struct {
	name    string
	matchOn []string
	bob     sandbox.Contact
	record  string
	own     string // the field by which the record's person is found afterwards, and its value
	value   any
	shared  string // the field that bob has too
}

func sharings() []sharing {
	fields := func(f map[string]any) sandbox.Contact { return sandbox.Contact{Fields: f, Tags: []string{"human"}} }
	ann := `{"email":"ann@example.com","phone":"+12025550101","customer_number":"N-1","city":"Boston"}`
	email, phone := []string{"email"}, []string{"phone"}
	return []sharing{
		{"the phone, of who has no email", email, fields(map[string]any{"phone": "+12025550101"}), ann, "email", "ann@example.com", "phone"},
		{"the phone, of who has another email", email, fields(map[string]any{"email": "bob@example.com", "phone": "+12025550101"}), ann, "email", "ann@example.com", "phone"},
		{"the email, of who has no phone", phone, fields(map[string]any{"email": "ann@example.com"}), ann, "phone", "+12025550101", "email"},
		{"the email, of who has another phone", phone, fields(map[string]any{"email": "ann@example.com", "phone": "+12025550199"}), ann, "phone", "+12025550101", "email"},
		{"the email as an additional one", phone, sandbox.Contact{Fields: map[string]any{"email": "bob@example.com"}, AdditionalEmails: []string{"ann@example.com"}}, ann,
			"phone", "+12025550101", "email"},
		{"the phone, by number", []string{"custom_field:customer_number"}, fields(map[string]any{"phone": "+12025550101"}), ann, customerNumber, "N-1", "phone"},
		{"the email, by number", []string{"custom_field:customer_number"}, fields(map[string]any{"email": "ann@example.com"}), ann, customerNumber, "N-1", "email"},
		{"the phone, by number and email", []string{"custom_field:customer_number", "email"}, fields(map[string]any{"phone": "+12025550101"}), ann, "email", "ann@example.com", "phone"},
	}
}

// Only what is in match_on identifies. Who merely shares another email or phone
// is left as it was, whatever the location recognises people by, whatever search
// shows, and whatever a create is answered.
func TestOnlyKeysIdentify(t *testing.T) {
	t.Parallel()
	answers := []sandbox.Fault{{}, {Kind: sandbox.FaultStatus, Status: 422}, {Kind: sandbox.Fault422Applied}, {Kind: sandbox.FaultResetAfter},
		{Kind: sandbox.FaultResetBefore}, {Kind: sandbox.FaultStatus, Status: 503}}
	for _, s := range sharings() {
		for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Append, airbyte.Overwrite, airbyte.Update} {
			for _, order := range [][]string{nil, {"email", "phone"}, {"phone", "email"}, {"email"}, {"phone"}} { // nil: duplicates are allowed
				for _, blind := range []bool{false, true} {
					for _, answer := range answers {
						t.Run(fmt.Sprintf("%s, %s, by %v, blind %t, %s", s.name, mode, order, blind, answer.Kind), func(t *testing.T) {
							synctest.Test(t, func(t *testing.T) { s.check(t, mode, order, blind, answer) })
						})
					}
				}
			}
		}
	}
}

func (s sharing) check(t *testing.T, mode airbyte.SyncMode, order []string, blind bool, answer sandbox.Fault) {
	p := inside(t, sandbox.Options{AllowDuplicates: order == nil, MatchOrder: order, IndexLag: time.Minute})
	bob := p.Put(s.bob)
	before := p.id(bob)
	if blind {
		p.blind()
	}
	if answer.Kind != "" {
		answer.Operation = "POST /contacts/"
		p.Inject(answer)
	}
	out := p.must(job{mode: mode, plan: crm.PlanOptions{MatchOn: s.matchOn, Tags: []string{"heropixel"}}}, records(s.record)+state("people", 1))
	if diff := cmp.Diff(before, p.id(bob)); diff != "" {
		t.Fatalf("the other has changed: %s\n%s", diff, out.log)
	}
	if mode == airbyte.Update {
		out.has(t, "1 rejected (1 no_match)")
		return
	}
	if answer.Status == 422 || answer.Kind == sandbox.Fault422Applied { // refused, and perhaps written, but this is no test of that
		return
	}
	out.counts(t, 1, 0)
	all := p.Contacts()
	if len(all) != 2 {
		t.Fatalf("%d contacts, want 2\n%s", len(all), out.log)
	}
	for _, c := range all {
		if c.ID == bob {
			continue
		}
		if c.Fields[s.own] != s.value && c.CustomFields[s.own] != s.value {
			t.Errorf("the new contact has no %s", s.own)
		}
		field(t, c, "city", "Boston")
		tags(t, c, "heropixel")
	}
}

// The same where the contact is there already, and the record brings it what
// somebody else has; and in a second delivery.
func TestWhatIsNoKeyStaysWithItsOwner(t *testing.T) {
	for _, s := range sharings() {
		for _, duplicates := range []bool{false, true} {
			for _, lag := range []time.Duration{0, time.Minute} {
				t.Run(fmt.Sprintf("%s, duplicates %t, lag %s", s.name, duplicates, lag), func(t *testing.T) {
					inWindowsOf(t, func(t *testing.T, l load.Limits) {
						synctest.Test(t, func(t *testing.T) {
							p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: lag})
							bob := p.Put(s.bob)
							before := p.id(bob)
							j := job{limits: l, plan: crm.PlanOptions{MatchOn: s.matchOn, Tags: []string{"heropixel"}}}
							if lag > 0 && s.own == customerNumber { // which nothing but search finds
								return
							}
							for range 3 {
								out := p.must(j, records(s.record, s.record)+state("people", 1))
								out.counts(t, 2, 0)
								if diff := cmp.Diff(before, p.id(bob)); diff != "" {
									t.Fatalf("the other has changed: %s\n%s", diff, out.log)
								}
								if n := len(p.Contacts()); n != 2 {
									t.Fatalf("%d contacts, want 2\n%s", n, out.log)
								}
							}
						})
					})
				})
			}
		}
	}
}

// A create that cannot have what its record is recognised by is not made without
// it: nobody would find that contact again, and each delivery would make another.
// Answers may lie about who is in the way.
func TestARefusalThatLeavesNoKey(t *testing.T) {
	duplicate := `{"statusCode":400,"message":"This location does not allow duplicated contacts.","meta":{"contactId":%q,"matchingField":"email"}}`
	for name, tt := range map[string]struct{ answer, record, code string }{
		"somebody else is named":     {fmt.Sprintf(duplicate, "benbenbenbenbenben01"), `{"email":"ana@example.com","firstName":"Ana"}`, "identity_conflict"},
		"nobody is named":            {fmt.Sprintf(duplicate, ""), `{"email":"ana@example.com","firstName":"Ana"}`, "identity_conflict"},
		"the phone is no key":        {fmt.Sprintf(duplicate, "benbenbenbenbenben01"), `{"email":"ana@example.com","phone":"+12025550123"}`, "identity_conflict"},
		"the value is refused":       {`{"statusCode":422,"message":["email must be an email"]}`, `{"email":"ana@example.com","firstName":"Ana"}`, "refused_by_api"},
		"and the phone is no key":    {`{"statusCode":422,"message":["email must be an email"]}`, `{"email":"ana@example.com","phone":"+12025550123"}`, "refused_by_api"},
		"refused for another reason": {`{"statusCode":422,"message":["something is wrong"]}`, `{"email":"ana@example.com"}`, "refused_by_api"},
	} {
		t.Run(name, func(t *testing.T) {
			p := inside(t, sandbox.Options{})
			p.Put(sandbox.Contact{ID: "benbenbenbenbenben01", Fields: map[string]any{"email": benEmail, "country": "US"}})
			before := p.end()
			p.transport = lying{p.transport, anaEmail, tt.answer}
			out := p.must(job{plan: crm.PlanOptions{MatchOn: []string{"email"}, Tags: []string{"heropixel"}}}, records(tt.record)+state("people", 1))
			out.counts(t, 0, 1)
			out.has(t, tt.code)
			if diff := cmp.Diff(before, p.end()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
