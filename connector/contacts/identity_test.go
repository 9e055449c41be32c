package contacts_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/sandbox"
)

// eachSight runs a test with duplicates forbidden and allowed, and with a
// search that sees everything or nothing.
func eachSight(t *testing.T, do func(t *testing.T, p *place)) {
	for _, duplicates := range []bool{false, true} {
		for _, blind := range []bool{false, true} {
			t.Run(fmt.Sprintf("duplicates %v, blind %v", duplicates, blind), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
					if blind {
						p.blind()
					}
					do(t, p)
				})
			})
		}
	}
}

func TestEmailOfOnePhoneOfAnother(t *testing.T) {
	const both = `{"email":"ana@example.com","phone":"+12025550124","city":"Boston"}`
	for _, rejects := range []bool{false, true} {
		eachSight(t, func(t *testing.T, p *place) {
			ana := p.human(map[string]any{"email": anaEmail, "phone": anaPhone, "country": "US"}, "human")
			ben := p.human(map[string]any{"email": benEmail, "phone": benPhone, "country": "US"}, "human")
			before := p.id(ben)
			blind := p.transport != http.RoundTripper(inProcess{p.Server})
			out := p.must(job{streams: []stream{{reject: rejects, plan: heropixel}}}, records(both)+state("people", 1))
			if len(p.Contacts()) != 2 {
				t.Fatalf("%d contacts, want 2", len(p.Contacts()))
			}
			if now := p.id(ben); fmt.Sprint(now) != fmt.Sprint(before) {
				t.Errorf("ben has changed from %v to %v", before, now)
			}
			if rejects && (!blind || !p.Options().AllowDuplicates) { // then nobody could know of ben
				out.counts(t, 0, 1)
				out.has(t, "identity_conflict")
				field(t, p.id(ana), "city", "")
				field(t, p.id(ana), "phone", anaPhone)
				tags(t, p.id(ana), "human")
				return
			}
			out.counts(t, 1, 0)
			field(t, p.id(ana), "city", "Boston")
			field(t, p.id(ana), "email", anaEmail)
			tags(t, p.id(ana), "human", "heropixel")
			if !p.Options().AllowDuplicates {
				field(t, p.id(ana), "phone", anaPhone)
				out.has(t, "phone: belongs to another contact")
			}
		})
	}
}

// A new email with somebody's phone is a new person, who gets no phone where
// the location forbids to share it.
func TestANewEmailWithSomebodysPhone(t *testing.T) {
	const eva = `{"email":"eva@example.com","phone":"+12025550124","city":"Boston"}`
	eachSight(t, func(t *testing.T, p *place) {
		ben := p.human(map[string]any{"email": benEmail, "phone": benPhone, "country": "US"}, "human")
		before := p.id(ben)
		p.must(job{plan: heropixel}, records(eva)+state("people", 1)).counts(t, 1, 0)
		if now := p.id(ben); fmt.Sprint(now) != fmt.Sprint(before) {
			t.Errorf("ben has changed from %v to %v", before, now)
		}
		phone := ""
		if p.Options().AllowDuplicates {
			phone = benPhone
		}
		field(t, p.with("eva@example.com"), "phone", phone)
		field(t, p.with("eva@example.com"), "city", "Boston")
		if len(p.Contacts()) != 2 {
			t.Errorf("%d contacts, want 2", len(p.Contacts()))
		}
	})
}

// The same within the lag of the sync, or human, who wrote the other contact.
func TestANewEmailWithAPhoneThatWasJustWritten(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		for _, crowd := range []int{0, 700} {
			t.Run(fmt.Sprintf("duplicates %v, beside %d", duplicates, crowd), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: time.Minute})
					p.crowd(crowd)
					p.must(job{plan: heropixel}, records(`{"email":"ben@example.com","phone":"+12025550124"}`))
					p.must(job{plan: heropixel}, records(`{"email":"eva@example.com","phone":"+12025550124"}`))
					field(t, p.with(benEmail), "phone", benPhone)
					field(t, p.with("eva@example.com"), "country", "US")
				})
			})
		}
	}
}

func TestAnAdditionalEmailNeverTakesOver(t *testing.T) {
	for _, second := range []string{"second@example.com", "Second@Example.com"} {
		for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update} {
			t.Run(fmt.Sprintf("%s %s", second, mode), func(t *testing.T) {
				eachSight(t, func(t *testing.T, p *place) {
					id := p.Put(sandbox.Contact{Fields: map[string]any{"email": anaEmail, "country": "US"},
						AdditionalEmails: []string{second}, Tags: []string{"human"}})
					j := job{mode: mode, plan: heropixel}
					input := records(`{"email":"SECOND@example.com","city":"Austin"}`)
					for range 2 {
						p.must(j, input)
						if len(p.Contacts()) != 1 {
							t.Fatalf("%d contacts, want 1", len(p.Contacts()))
						}
						c := p.id(id)
						field(t, c, "email", anaEmail)
						field(t, c, "city", "Austin")
						tags(t, c, "human", "heropixel")
						if !slices.Equal(c.AdditionalEmails, []string{second}) {
							t.Errorf("additional emails %v", c.AdditionalEmails)
						}
						if got := p.Requests(); got["PUT /contacts/{contactId}"] > 1 || got["POST /contacts/bulk/tags/update/{type}"] > 1 {
							t.Errorf("the same again was written: %v", got)
						}
					}
				})
			})
		}
	}
}

// An email that is somebody's additional one is not given to another contact
// found by a more trusted key.
func TestAnAdditionalEmailOfAnotherIsAConflict(t *testing.T) {
	plan := crm.PlanOptions{MatchOn: []string{"phone", "email"}, Tags: []string{"heropixel"}}
	p := inside(t, sandbox.Options{})
	ana := p.Put(sandbox.Contact{Fields: map[string]any{"email": anaEmail, "phone": anaPhone}, AdditionalEmails: []string{"second@example.com"}})
	ben := p.human(map[string]any{"phone": benPhone})
	out := p.must(job{plan: plan}, records(`{"email":"second@example.com","phone":"+12025550124","city":"Boston"}`)+state("people", 1))
	out.counts(t, 1, 0)
	out.has(t, "email: belongs to another contact")
	field(t, p.id(ben), "city", "Boston")
	field(t, p.id(ben), "email", "")
	field(t, p.id(ana), "email", anaEmail)
}

func TestOfManyMatchesTheOldestIsTaken(t *testing.T) {
	old, older := time.Date(2023, 1, 2, 3, 4, 5, 7e6, time.UTC), time.Date(2022, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, duplicates := range []bool{false, true} {
		p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
		ana := map[string]any{"email": anaEmail, "country": "US"}
		p.Put(sandbox.Contact{Fields: ana})
		first := p.Put(sandbox.Contact{Fields: ana, DateAdded: older})
		p.Put(sandbox.Contact{Fields: ana, DateAdded: old})
		input := records(`{"email":"ANA@example.com","city":"Boston"}`) + state("people", 1)
		out := p.must(job{plan: heropixel}, input)
		out.has(t, "email: found on several contacts, the oldest was taken: line 1")
		out.counts(t, 1, 0)
		field(t, p.id(first), "city", "Boston")
		tags(t, p.id(first), "heropixel")
		if p.tagged("heropixel") != 1 {
			t.Errorf("%d are tagged", p.tagged("heropixel"))
		}
		p.ResetCounts()
		if p.must(job{plan: heropixel}, input); p.Writes() != 0 {
			t.Errorf("the same again made %d writes", p.Writes())
		}
	}
}

// TestOnePersonSeveralTimes: however a sync says it, a person is one contact
// with the values of the last record, and what that does not say of those before.
func TestOnePersonSeveralTimes(t *testing.T) {
	for name, lines := range map[string][]string{
		"email by case":           {`{"email":"ana@example.com","city":"Old","state":"TX"}`, `{"email":" ANA@Example.Com ","city":"New"}`},
		"phone by format":         {`{"phone":"(202) 555-0123","city":"Old","state":"TX"}`, `{"phone":"+12025550123","city":"New"}`, `{"phone":"1-202-555-0123"}`},
		"both, then email":        {`{"email":"ana@example.com","phone":"(202) 555-0123","city":"Old"}`, `{"email":"ana@example.com","city":"New","state":"TX"}`},
		"both, then phone":        {`{"email":"ana@example.com","phone":"(202) 555-0123","city":"Old"}`, `{"phone":"+12025550123","city":"New","state":"TX"}`},
		"email, both, then phone": {`{"email":"ana@example.com","city":"Old"}`, `{"email":"ANA@example.com","phone":"(202) 555-0123"}`, `{"phone":"+12025550123","city":"New","state":"TX"}`},
		"phone, then both":        {`{"phone":"+12025550123","city":"Old"}`, `{"email":"ana@example.com","phone":"(202) 555-0123","city":"New","state":"TX"}`},
	} {
		for _, known := range []bool{false, true} {
			for _, duplicates := range []bool{false, true} {
				for _, lag := range []time.Duration{0, time.Minute} {
					t.Run(fmt.Sprintf("%s, known %v, duplicates %v, lag %v", name, known, duplicates, lag), func(t *testing.T) {
						inWindowsOf(t, func(t *testing.T, l load.Limits) {
							synctest.Test(t, func(t *testing.T) {
								p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: lag})
								if known {
									p.human(map[string]any{"email": anaEmail, "phone": anaPhone, "country": "US"}, "human")
								}
								p.must(job{limits: l, plan: heropixel}, records(lines...)+state("people", 1)).counts(t, len(lines), 0)
								field(t, p.only(), "city", "New")
								field(t, p.only(), "state", "TX")
								if !slices.Contains(p.only().Tags, "heropixel") {
									t.Error("the tag is missing")
								}
							})
						})
					})
				}
			}
		}
	}
}

// The same, one sync after another within the lag.
func TestOnePersonInSyncsOneAfterAnother(t *testing.T) {
	eachSight(t, func(t *testing.T, p *place) {
		p.must(job{plan: heropixel}, records(`{"email":"ana@example.com","phone":"(202) 555-0123","city":"Old"}`))
		p.must(job{plan: heropixel}, records(`{"phone":"+12025550123","state":"TX"}`))
		p.must(job{plan: crm.PlanOptions{Tags: []string{"second"}}}, records(`{"email":"ANA@example.com","city":"New"}`))
		field(t, p.only(), "city", "New")
		field(t, p.only(), "state", "TX")
		tags(t, p.only(), "heropixel", "second")
	})
}

func TestMatchingByACustomField(t *testing.T) {
	plan := crm.PlanOptions{MatchOn: []string{"custom_field:customer_number", "email"}, Tags: []string{"heropixel"}}
	const number = "cfText00000000000001"
	for _, duplicates := range []bool{false, true} {
		p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
		ana := p.Put(sandbox.Contact{Fields: map[string]any{"email": "old@example.com", "country": "US"}, CustomFields: map[string]any{number: "N-1"}})
		ben := p.Put(sandbox.Contact{Fields: map[string]any{"email": benEmail, "country": "US"}})
		eva := p.Put(sandbox.Contact{Fields: map[string]any{"email": "eva@example.com", "country": "US"}, CustomFields: map[string]any{number: "N-3"}})
		out := p.must(job{plan: plan}, records(
			`{"customer_number":"N-1","email":"ana@example.com"}`,                                  // moves to a new email
			`{"customer_number":"N-2","email":"ben@example.com","city":"Miami"}`,                   // is found by email and gets the number
			`{"customer_number":"N-4","email":"eva@example.com","city":"Tampa","firstName":"Una"}`, // somebody else with eva's email
		)+state("people", 1))
		out.counts(t, 3, 0)
		field(t, p.id(ana), "email", anaEmail)
		if got := p.id(ben).CustomFields[number]; got != "N-2" {
			t.Errorf("ben's number is %v", got)
		}
		field(t, p.id(eva), "city", "")
		if got := p.id(eva).CustomFields[number]; got != "N-3" {
			t.Errorf("eva's number is %v", got)
		}
		if len(p.Contacts()) != 4 {
			t.Errorf("%d contacts, want 4\n%s", len(p.Contacts()), out.log)
		}
	}
}

func TestThePrimaryKeyGoesFirst(t *testing.T) {
	for key, want := range map[string]string{"": anaEmail, "phone": benEmail} {
		p := inside(t, sandbox.Options{})
		p.human(map[string]any{"email": anaEmail})
		p.human(map[string]any{"email": benEmail, "phone": benPhone})
		plan := crm.PlanOptions{Columns: []string{"email", "phone", "city"}}
		if key != "" {
			plan.PrimaryKey = []string{key}
		}
		p.must(job{plan: plan}, records(`{"email":"ana@example.com","phone":"+12025550124","city":"Boston"}`))
		field(t, p.with(want), "city", "Boston")
		if len(p.Contacts()) != 2 {
			t.Errorf("%d contacts, want 2", len(p.Contacts()))
		}
	}
}

// A row whose email has changed within a window is found by the old one at the
// primary store too.
func TestBothEmailsOfARowAreLookedUp(t *testing.T) {
	for _, mode := range []airbyte.SyncMode{airbyte.Update, airbyte.AppendDedup} {
		for _, held := range []string{"old@example.com", anaEmail} {
			t.Run(fmt.Sprintf("%s %s", mode, held), func(t *testing.T) {
				eachSight(t, func(t *testing.T, p *place) {
					p.human(map[string]any{"email": held, "country": "US"})
					j := one(stream{mode: mode, plan: crm.PlanOptions{MatchOn: []string{"email"}}, rows: []string{"row"}})
					p.must(j, records(`{"row":1,"email":"old@example.com","city":"Old"}`,
						`{"row":1,"email":"ana@example.com","city":"New"}`)+state("people", 1)).counts(t, 2, 0)
					field(t, p.only(), "email", anaEmail)
					field(t, p.only(), "city", "New")
				})
			})
		}
	}
}

// An id is the surest key: the primary store knows it although search does not
// yet.
func TestAnIDFindsWhatSearchDoesNotKnowYet(t *testing.T) {
	for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Update, airbyte.SoftDelete} {
		for _, duplicates := range []bool{false, true} {
			for _, match := range [][]string{{"id"}, {"id", "email"}} {
				t.Run(fmt.Sprintf("%s, duplicates %v, %v", mode, duplicates, match), func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
					id := p.human(map[string]any{"email": anaEmail, "country": "US"}, "human", "heropixel")
					p.blind()
					p.must(job{mode: mode, plan: crm.PlanOptions{MatchOn: match, Tags: []string{"heropixel"}}},
						records(fmt.Sprintf(`{"id":%q,"firstName":"Ana","city":"Boston"}`, id))+state("people", 1)).counts(t, 1, 0)
					if mode == airbyte.SoftDelete {
						tags(t, p.only(), "human")
						return
					}
					field(t, p.only(), "city", "Boston")
					field(t, p.only(), "email", anaEmail)
				})
			}
		}
	}
}

// An id that no contact has is nobody's: the next key decides.
func TestAnIDThatIsGone(t *testing.T) {
	p := inside(t, sandbox.Options{})
	gone := p.human(map[string]any{"email": "gone@example.com"})
	p.Delete(gone)
	p.human(map[string]any{"email": anaEmail, "country": "US"}, "human")
	plan := crm.PlanOptions{MatchOn: []string{"id", "email"}, Tags: []string{"heropixel"}}
	p.must(job{plan: plan}, records(fmt.Sprintf(`{"id":%q,"email":"ana@example.com","city":"Boston"}`, gone))+state("people", 1)).counts(t, 1, 0)
	field(t, p.only(), "city", "Boston")
	tags(t, p.only(), "human", "heropixel")
}

// The id says who is meant, an email that belongs to another is left out.
func TestAnIDAndTheEmailOfAnother(t *testing.T) {
	for _, rejects := range []bool{false, true} {
		eachSight(t, func(t *testing.T, p *place) {
			ana := p.human(map[string]any{"email": anaEmail, "country": "US"})
			ben := p.human(map[string]any{"email": benEmail, "country": "US"})
			blind := p.transport != http.RoundTripper(inProcess{p.Server})
			s := stream{reject: rejects, plan: crm.PlanOptions{MatchOn: []string{"id", "email"}}}
			p.must(one(s), records(fmt.Sprintf(`{"id":%q,"email":"ben@example.com","city":"Boston"}`, ana)))
			field(t, p.id(ben), "city", "")
			if rejects && (!blind || !p.Options().AllowDuplicates) {
				field(t, p.id(ana), "city", "")
			} else {
				field(t, p.id(ana), "city", "Boston")
			}
			if len(p.Contacts()) != 2 {
				t.Errorf("%d contacts, want 2", len(p.Contacts()))
			}
		})
	}
}

// A contact whom several people of a window could be is the first one's: the
// others differ from it in a key that is trusted more.
func TestOneContactThatSeveralPeopleCouldBe(t *testing.T) {
	const number = "cfText00000000000001"
	for _, tt := range []struct {
		name    string
		matchOn []string
		have    sandbox.Contact
		lines   []string
		by      string // what tells them apart
	}{
		{"a phone without an email", []string{"email", "phone"}, sandbox.Contact{Fields: map[string]any{"phone": anaPhone, "country": "US"}},
			[]string{`{"email":"x0@example.com","phone":"+12025550123","city":"C0"}`, `{"email":"x1@example.com","phone":"+12025550123","firstName":"F1"}`,
				`{"email":"x2@example.com","phone":"+12025550123","firstName":"F2"}`}, "email"},
		{"an email without a phone", []string{"phone", "email"}, sandbox.Contact{Fields: map[string]any{"email": anaEmail, "country": "US"}},
			[]string{`{"email":"ana@example.com","phone":"+12025550131","city":"C0"}`, `{"email":"ana@example.com","phone":"+12025550132","firstName":"F1"}`,
				`{"email":"ana@example.com","phone":"+12025550133","firstName":"F2"}`}, "phone"},
		{"an email without a number", []string{"custom_field:customer_number", "email"}, sandbox.Contact{Fields: map[string]any{"email": anaEmail, "country": "US"}},
			[]string{`{"customer_number":"K0","email":"ana@example.com","city":"C0"}`, `{"customer_number":"K1","email":"ana@example.com","firstName":"F1"}`,
				`{"customer_number":"K2","email":"ana@example.com","firstName":"F2"}`}, number},
	} {
		for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update} {
			for _, duplicates := range []bool{false, true} {
				for _, lag := range []time.Duration{0, time.Minute} {
					t.Run(fmt.Sprintf("%s, %s, duplicates %t, lag %s", tt.name, mode, duplicates, lag), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: lag})
							id := p.Put(tt.have)
							if lag > 0 { // also what search does not know yet
								p.Delete(id)
								body := map[string]any{"locationId": p.Options().LocationID}
								for name, v := range tt.have.Fields {
									body[name] = v
								}
								p.api("POST", "/contacts/", body)
							}
							j := job{mode: mode, plan: crm.PlanOptions{MatchOn: tt.matchOn, Tags: []string{"heropixel"}}}
							out := p.must(j, records(tt.lines...))
							people := map[any]sandbox.Contact{}
							for _, c := range p.Contacts() {
								if v := c.Fields[tt.by]; v != nil {
									people[v] = c
								} else if v := c.CustomFields[tt.by]; v != nil {
									people[v] = c
								}
							}
							if mode == airbyte.Update {
								out.has(t, "1 updated · 0 unchanged · 2 rejected (2 no_match)")
								field(t, p.only(), "city", "C0")
								field(t, p.only(), "firstName", "")
								return
							}
							if len(people) != 3 || len(p.Contacts()) != 3 {
								t.Fatalf("%d people in %d contacts, want 3\n%s", len(people), len(p.Contacts()), out.log)
							}
							with := 0
							for _, c := range people {
								if c.Fields["city"] == "C0" {
									with++
								}
							}
							if with != 1 {
								t.Errorf("%d of them have the first one's city", with)
							}
						})
					})
				}
			}
		}
	}
}

// Who is meant by a record does not depend on who else is in the window.
func TestARecordMeansTheSameInAnyWindow(t *testing.T) {
	for _, tt := range []struct {
		name    string
		matchOn []string
		have    map[string]any
		lines   []string
		check   func(t *testing.T, p *place, id string)
	}{
		{"the phone alone, beside another email with it", []string{"email", "phone"}, map[string]any{"email": anaEmail, "phone": anaPhone},
			[]string{`{"email":"ben@example.com","phone":"+12025550123","city":"B"}`, `{"phone":"+12025550123","firstName":"F"}`},
			func(t *testing.T, p *place, id string) {
				field(t, p.id(id), "firstName", "F")
				field(t, p.id(id), "city", "")
			}},
		{"the email alone, beside another phone with it", []string{"phone", "email"}, map[string]any{"email": anaEmail, "phone": anaPhone},
			[]string{`{"email":"ana@example.com","phone":"+12025550199","city":"B"}`, `{"email":"ana@example.com","firstName":"F"}`},
			func(t *testing.T, p *place, id string) {
				field(t, p.id(id), "firstName", "F")
				field(t, p.id(id), "city", "")
			}},
	} {
		for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update} {
			for _, duplicates := range []bool{false, true} {
				for _, size := range []int{1, 100} {
					for _, reverse := range []bool{false, true} {
						t.Run(fmt.Sprintf("%s, %s, duplicates %t, windows of %d, reverse %t", tt.name, mode, duplicates, size, reverse), func(t *testing.T) {
							p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
							tt.have["country"] = "US"
							id := p.human(tt.have)
							time.Sleep(2 * time.Millisecond) // of several the oldest is taken
							lines := slices.Clone(tt.lines)
							if reverse {
								slices.Reverse(lines)
							}
							out := p.must(job{mode: mode, limits: small(size), plan: crm.PlanOptions{MatchOn: tt.matchOn, Tags: []string{"heropixel"}}}, records(lines...))
							tt.check(t, p, id)
							if mode == airbyte.Update {
								out.has(t, "1 updated · 0 unchanged · 1 rejected (1 no_match)")
							} else if n := len(p.Contacts()); n != 2 {
								t.Errorf("%d contacts, want 2", n)
							}
						})
					}
				}
			}
		}
	}
}

// People who share a phone that nobody is matched by, and a contact that has it
// and no email: a refused create leads all of them there, and one gets it.
func TestASharedPhoneThatIsNoKey(t *testing.T) {
	const n = 6
	for _, duplicates := range []bool{false, true} {
		for _, lag := range []time.Duration{0, time.Minute} {
			t.Run(fmt.Sprintf("duplicates %t, lag %s", duplicates, lag), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: lag, Latency: 50 * time.Millisecond})
					p.human(map[string]any{"phone": anaPhone, "country": "US"})
					input := ""
					for i := range n {
						input += records(fmt.Sprintf(`{"email":%q,"phone":%q,"firstName":"F%d"}`, crowdEmail(i), anaPhone, i))
					}
					p.must(job{plan: crm.PlanOptions{MatchOn: []string{"email"}, Tags: []string{"heropixel"}}}, input+state("people", 1)).counts(t, n, 0)
					for i := range n {
						field(t, p.with(crowdEmail(i)), "firstName", fmt.Sprintf("F%d", i))
					}
				})
			})
		}
	}
}

// A record that is rejected for a conflict takes nobody along who means the
// same contact without one.
func TestAConflictRejectsItsOwnRecordOnly(t *testing.T) {
	lines := []string{`{"email":"ana@example.com","phone":"+12025550124","city":"Boston"}`, `{"email":"ana@example.com","city":"Austin"}`}
	for _, reverse := range []bool{false, true} {
		p := inside(t, sandbox.Options{})
		id := p.human(map[string]any{"email": anaEmail, "country": "US"})
		p.human(map[string]any{"email": benEmail, "phone": "+12025550124", "country": "US"})
		input := slices.Clone(lines)
		if reverse {
			slices.Reverse(input)
		}
		out := p.must(job{streams: []stream{{plan: heropixel, reject: true}}}, records(input...)+state("people", 1))
		out.counts(t, 1, 1)
		out.has(t, "1 identity_conflict")
		field(t, p.id(id), "city", "Austin")
	}
}

// A contact is named by an additional address of its own in one record and by
// its primary one in another: that is one person, and the last word is one write.
func TestAContactByBothItsAddresses(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
		p.Put(sandbox.Contact{Fields: map[string]any{"email": anaEmail, "country": "US"}, AdditionalEmails: []string{"second@example.com"}})
		p.crowd(5)
		p.must(job{plan: heropixel}, roll(0, 5)) // lists the location
		p.ResetCounts()
		out := p.must(job{plan: heropixel}, roll(0, 5)+records(`{"email":"second@example.com","firstName":"A"}`, `{"email":"ana@example.com","firstName":"P"}`)+state("people", 1))
		out.counts(t, 7, 0)
		if n := len(p.Contacts()); n != 6 && !duplicates {
			t.Errorf("%d contacts, want 6", n)
		}
		field(t, p.with(anaEmail), "firstName", "P")
	}
}
