package contacts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/sandbox"
)

const onePhone, twoPhone = "+12025550101", "+12025550102"

// given is a contact that somebody has just been found to be, by a key trusted
// less, and so has got the key trusted more; and then comes somebody else with
// the first of these.
type given struct {
	name          string
	keys          []string
	held          sandbox.Contact // at first
	first, second string
	field         string // what the first has given
	value         any
	other         any // what the second has there
}

func givens() []given {
	return []given{
		{"an email", []string{"email", "phone"}, sandbox.Contact{Fields: map[string]any{"phone": onePhone, "country": "US"}},
			`{"email":"ann@example.com","phone":"+12025550101"}`, `{"email":"bob@example.com","phone":"+12025550101","city":"Boston","tags":"bobs"}`,
			"email", "ann@example.com", "bob@example.com"},
		{"a phone", []string{"phone", "email"}, sandbox.Contact{Fields: map[string]any{"email": "ann@example.com", "country": "US"}},
			`{"email":"ann@example.com","phone":"+12025550101"}`, `{"email":"ann@example.com","phone":"+12025550102","city":"Boston","tags":"bobs"}`,
			"phone", onePhone, twoPhone},
		{"a number", []string{"custom_field:customer_number", "email"}, sandbox.Contact{Fields: map[string]any{"email": "ann@example.com", "country": "US"}},
			`{"customer_number":"N-1","email":"ann@example.com"}`, `{"customer_number":"N-2","email":"ann@example.com","first_name":"Bob","city":"Boston","tags":"bobs"}`,
			customerNumber, "N-1", "N-2"},
	}
}

// Two syncs follow each other faster than search: what the first has given a
// contact is not taken for missing by the second, which brings another person
// with the same phone, or whatever else it was found by.
func TestWhatWasJustGivenIsKept(t *testing.T) {
	for _, g := range givens() {
		for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Append, airbyte.Overwrite, airbyte.Update} {
			for _, duplicates := range []bool{false, true} {
				for _, rejects := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s, %s, duplicates %t, rejects %t", g.name, mode, duplicates, rejects), func(t *testing.T) {
						inWindowsOf(t, func(t *testing.T, l load.Limits) {
							synctest.Test(t, func(t *testing.T) { g.check(t, mode, duplicates, rejects, l) })
						})
					})
				}
			}
		}
	}
}

func (g given) check(t *testing.T, mode airbyte.SyncMode, duplicates, rejects bool, l load.Limits) {
	p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: time.Minute})
	id := p.Put(g.held)
	plan := crm.PlanOptions{MatchOn: g.keys, Tags: []string{"heropixel"}}
	p.must(job{plan: plan}, records(g.first))
	ann := p.id(id)
	if got := orCustom(ann, g.field); got != g.value {
		t.Fatalf("%s is %v", g.field, got)
	}
	time.Sleep(10 * time.Second)
	filler := records(`{"customer_number":"N-8","phone":"+12025550108","email":"p8@example.com"}`, `{"customer_number":"N-9","phone":"+12025550109","email":"p9@example.com"}`)
	out := p.must(job{limits: l, streams: []stream{{mode: mode, reject: rejects, plan: plan}}}, filler+records(g.second, g.second))
	if diff := cmp.Diff(ann, p.id(id)); diff != "" {
		t.Errorf("the first one has changed: %s\n%s", diff, out.log)
	}
	all := slices.DeleteFunc(p.Contacts(), func(c sandbox.Contact) bool { return orCustom(c, g.field) != g.other })
	switch {
	case mode == airbyte.Append && duplicates: // whoever comes is created
	case mode == airbyte.Update, rejects && !duplicates: // no_match, identity_conflict
		if len(all) != 0 {
			t.Errorf("%d contacts of the second one, want none\n%s", len(all), out.log)
		}
	case len(all) != 1:
		t.Errorf("%d contacts of the second one, want 1\n%s", len(all), out.log)
	default:
		field(t, all[0], "city", "Boston")
		tags(t, all[0], "heropixel", "bobs")
	}
}

// orCustom is a field of a contact, be it a custom one.
func orCustom(c sandbox.Contact, name string) any {
	if v := c.Fields[name]; v != nil {
		return v
	}
	return c.CustomFields[name]
}

// moved is a phone that a contact had until a moment ago and another has now.
func moved(t *testing.T, duplicates bool) (p *place, before, after string) {
	p = inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: time.Minute})
	before = p.human(map[string]any{"phone": onePhone, "country": "US", "city": "Oslo"}, "human")
	after = p.human(map[string]any{"phone": twoPhone, "country": "US"}, "human")
	p.api("PUT", "/contacts/"+before, map[string]any{"phone": "+12025550109"})
	p.api("PUT", "/contacts/"+after, map[string]any{"phone": onePhone})
	return p, before, after
}

// A phone has moved from a contact to another within the lag of search: what
// comes with it reaches the new owner, and the previous one keeps fields and
// tags. With an email the previous owner is read before anything is written;
// without one the answer to the update tells, and what it changed is put back.
func TestAPhoneThatHasMoved(t *testing.T) {
	for name, record := range map[string]string{
		"with an email":            `{"email":"ann@example.com","phone":"+12025550101","city":"Boston","state":"MA","tags":"new"}`,
		"the phone alone":          `{"phone":"+12025550101","city":"Boston","state":"MA","tags":"new"}`,
		"with a company":           `{"phone":"+12025550101","city":"Boston","state":"MA","company":"Acme","tags":"new"}`,
		"with a company, an email": `{"email":"ann@example.com","phone":"+12025550101","city":"Boston","state":"MA","company":"Acme","tags":"new"}`,
	} {
		for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update} {
			for _, duplicates := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, duplicates %t", name, mode, duplicates), func(t *testing.T) {
					inWindowsOf(t, func(t *testing.T, l load.Limits) {
						synctest.Test(t, func(t *testing.T) {
							p, before, after := moved(t, duplicates)
							was := p.id(before)
							out := p.must(job{mode: mode, limits: l, plan: heropixel}, records(record, `{"email":"cyd@example.com"}`, record))
							if diff := cmp.Diff(was, p.id(before)); diff != "" {
								t.Errorf("the previous owner has changed: %s\n%s", diff, out.log)
							}
							now := p.id(after)
							field(t, now, "city", "Boston")
							field(t, now, "state", "MA")
							field(t, now, "phone", onePhone)
							tags(t, now, "human", "heropixel", "new")
						})
					})
				})
			}
		}
	}
}

// An email that search shows has been changed by somebody: the contact gets no
// phone, and the person who has the email now does.
func TestAnEmailThatHasChanged(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Update} {
			t.Run(fmt.Sprintf("%s, duplicates %t", mode, duplicates), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: time.Minute})
					id := p.human(map[string]any{"email": "ann@example.com", "country": "US"})
					p.api("PUT", "/contacts/"+id, map[string]any{"email": "other@example.com"})
					was := p.id(id)
					out := p.must(job{mode: mode, plan: heropixel}, records(`{"email":"ann@example.com","phone":"+12025550101","city":"Boston"}`))
					if diff := cmp.Diff(was, p.id(id)); diff != "" {
						t.Errorf("the contact has changed: %s\n%s", diff, out.log)
					}
					if mode == airbyte.AppendDedup {
						field(t, p.with("ann@example.com"), "phone", onePhone)
					}
				})
			})
		}
	}
}

// A phone that search does not show yet counts: it is there, so one that is to
// be written only where there is none is not.
func TestAPhoneThatHasJustCome(t *testing.T) {
	for when, want := range map[crm.When]string{crm.IfEmpty: twoPhone, crm.Always: onePhone} {
		synctest.Test(t, func(t *testing.T) {
			p := inside(t, sandbox.Options{IndexLag: time.Minute})
			id := p.human(map[string]any{"email": "ann@example.com", "country": "US"})
			p.api("PUT", "/contacts/"+id, map[string]any{"phone": twoPhone})
			plan := crm.PlanOptions{MatchOn: []string{"email"}, Mappings: []crm.Mapping{{From: "phone", To: "phone", When: when}}}
			p.must(job{plan: plan}, records(`{"email":"ann@example.com","phone":"+12025550101"}`))
			field(t, p.id(id), "phone", want)
		})
	}
}

// Several records of one window that a contact brings together which turns out
// to be somebody else's are each decided anew.
func TestRecordsThatMeetInSomebodyElse(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		inWindowsOf(t, func(t *testing.T, l load.Limits) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: time.Minute})
				id := p.human(map[string]any{"phone": onePhone, "country": "US"})
				p.must(job{plan: heropixel}, records(`{"email":"ann@example.com","phone":"+12025550101"}`))
				out := p.must(job{limits: l, plan: heropixel}, records(`{"email":"bob@example.com","phone":"+12025550101","city":"Boston"}`,
					`{"email":"cyd@example.com","phone":"+12025550101","city":"Chicago"}`, `{"email":"bob@example.com","state":"MA"}`,
					`{"email":"ann@example.com","state":"NY"}`))
				field(t, p.id(id), "email", "ann@example.com")
				field(t, p.id(id), "state", "NY")
				field(t, p.id(id), "city", "")
				field(t, p.with("bob@example.com"), "city", "Boston")
				field(t, p.with("bob@example.com"), "state", "MA")
				field(t, p.with("cyd@example.com"), "city", "Chicago")
				if n := len(p.Contacts()); n != 3 {
					t.Errorf("%d contacts, want 3\n%s", n, out.log)
				}
			})
		})
	}
}

// A company goes by an upsert that names the contact by its email. One that has
// become an additional one since would be made the primary one by that.
func TestACompanyChangesNoEmail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{IndexLag: time.Minute})
		id := p.human(map[string]any{"email": "old@example.com", "country": "US"})
		p.transport = stale{p.transport, "ann@example.com", "old@example.com"}
		p.Edit(id, func(c *sandbox.Contact) {
			c.Fields["email"], c.AdditionalEmails = "ann@example.com", []string{"old@example.com"}
		})
		p.must(job{plan: crm.PlanOptions{MatchOn: []string{"id"}}}, records(fmt.Sprintf(`{"id":%q,"company":"Acme"}`, id)))
		field(t, p.id(id), "companyName", "Acme")
		field(t, p.id(id), "email", "ann@example.com")
		if got := p.id(id).AdditionalEmails; !slices.Equal(got, []string{"old@example.com"}) {
			t.Errorf("the additional emails are %v", got)
		}
	})
}

// What the reads cost: one for an update that gives an email, a phone or a match
// key; none for any other.
func TestAnUpdateIsReadOnlyBeforeItTellsSomebodyApart(t *testing.T) {
	const n = 50
	for name, tt := range map[string]struct {
		record string
		held   map[string]any
		reads  int
	}{
		"a city":         {`{"email":"p%d@example.com","phone":"+1202555%04d","city":"Boston"}`, map[string]any{}, 0},
		"the same phone": {`{"email":"p%d@example.com","phone":"(202) 555-%04d","city":"Boston"}`, map[string]any{}, 0},
		"a phone":        {`{"email":"p%d@example.com","phone":"+1202556%04d"}`, map[string]any{"phone": nil}, n},
		"another phone":  {`{"email":"p%d@example.com","phone":"+1202556%04d"}`, map[string]any{}, n},
		"an email":       {`{"email":"p%d@example.com","phone":"+1202555%04d"}`, map[string]any{"email": nil}, n},
		"tags":           {`{"email":"p%d@example.com","phone":"+1202555%04d","tags":"new"}`, map[string]any{}, 0},
		"nothing":        {`{"email":"p%d@example.com","phone":"+1202555%04d"}`, map[string]any{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := inside(t, sandbox.Options{})
			input := ""
			for i := range n {
				fields := map[string]any{"email": crowdEmail(i), "phone": fmt.Sprintf("+1202555%04d", 100+i), "country": "US"}
				for field, v := range tt.held {
					fields[field] = v
				}
				p.human(fields, "heropixel")
				input += records(fmt.Sprintf(tt.record, i, 100+i))
			}
			p.must(job{plan: heropixel}, input)
			if got := p.Requests()["GET /contacts/{contactId}"]; got != tt.reads {
				t.Errorf("%d reads, want %d: %v", got, tt.reads, p.Requests())
			}
		})
	}
}

// TestTagsOfManyPushNobodyOut: whoever was created by a custom field alone is found by nothing but the memory of it until search shows
// them, however many others only got a tag in between.
func TestTagsOfManyPushNobodyOut(t *testing.T) {
	t.Parallel()
	const many, others = 12_500, 70_000 // in a small location, the whole of it would be listed
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{IndexLag: time.Minute})
		var input strings.Builder
		input.WriteString(records(`{"customer_number":"N-1","first_name":"Ann","city":"Austin"}`))
		for i := range many {
			p.human(map[string]any{"email": crowdEmail(i), "country": "US"})
			input.WriteString(records(fmt.Sprintf(`{"email":%q}`, crowdEmail(i))))
		}
		for i := range others {
			p.human(map[string]any{"firstName": fmt.Sprint("Other ", i)})
		}
		time.Sleep(2 * time.Minute) // until search shows them
		input.WriteString(records(`{"customer_number":"N-1","first_name":"Ann","city":"Boston"}`))
		plan := heropixel
		plan.MatchOn = []string{"email", "custom_field:customer_number"}
		out := p.must(job{plan: plan}, input.String())
		if got := len(p.Contacts()); got != others+many+1 {
			t.Errorf("%d contacts, want %d: %s", got, others+many+1, out.log)
		}
	})
}

// TestWhatSearchTellsReplacesTheListing: a later record is not compared with what the location was listed with before.
func TestWhatSearchTellsReplacesTheListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{IndexLag: time.Minute})
		ana := p.human(map[string]any{"email": anaEmail, "firstName": "Eva", "country": "US"}, "heropixel")
		p.human(map[string]any{"email": benEmail, "country": "US"}, "heropixel")
		p.api("PUT", "/contacts/"+ana, map[string]any{"firstName": "Ana"})
		j := job{limits: small(1), plan: heropixel, pause: 65 * time.Second}
		p.must(j, records(`{"email":"ben@example.com"}`, `{"email":"ben@example.com","first_name":"Ben"}`)+ // by now the location is listed, with Eva
			state("people", 1)+records(`{"email":"ana@example.com","first_name":"Ana"}`, `{"email":"ana@example.com","first_name":"Eva"}`))
		field(t, p.with(anaEmail), "firstName", "Eva")
	})
}

// TestAnEarlyListingIsNotBelievedForLong: who was written shortly before the sync is not in it, and is found once search knows.
func TestAnEarlyListingIsNotBelievedForLong(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := inside(t, sandbox.Options{IndexLag: time.Minute, AllowDuplicates: duplicates})
			p.human(map[string]any{"email": benEmail, "country": "US"}, "heropixel")
			p.api("POST", "/contacts/", map[string]any{"locationId": p.Options().LocationID, "email": anaEmail, "country": "US"})
			j := job{limits: small(1), mode: airbyte.Update, plan: heropixel, pause: 80 * time.Second}
			p.must(j, records(`{"email":"ben@example.com"}`, `{"email":"ben@example.com","first_name":"Ben"}`)+
				state("people", 1)+records(`{"email":"ana@example.com","first_name":"Ana"}`))
			field(t, p.with(anaEmail), "firstName", "Ana")
		})
	}
}
