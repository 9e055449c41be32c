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

// A placeholder phone on a whole list, or that of a company: once the location
// has refused a second contact with it, nobody else brings it up again, and
// those who shared nothing else do not wait for each other.
func TestAPhoneThatManyShareIsRefusedOnce(t *testing.T) {
	const n = 200
	for _, key := range []string{"email", "email phone"} {
		for _, has := range []string{"nobody", "the first", "a contact"} {
			for _, rejects := range []bool{false, true} {
				t.Run(fmt.Sprintf("by %s, %s has it, rejects %t", key, has, rejects), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						p := inside(t, sandbox.Options{Latency: 100 * time.Millisecond, IndexLag: time.Minute})
						input := ""
						for i := range n {
							phone := anaPhone
							if has == "nobody" {
								phone = fmt.Sprintf("+1202556%04d", 100+i)
							}
							input += records(fmt.Sprintf(`{"email":%q,"phone":%q,"firstName":"F%d"}`, crowdEmail(i), phone, i))
						}
						if has == "a contact" {
							p.human(map[string]any{"email": anaEmail, "phone": anaPhone, "country": "US"})
						}
						begun := time.Now()
						out := p.must(job{streams: []stream{{reject: rejects, plan: crm.PlanOptions{MatchOn: strings.Fields(key), Tags: []string{"heropixel"}}}}}, input+state("people", 1))
						refused := map[string]int{"the first": n - 1, "a contact": n}[has]
						if rejects {
							out.counts(t, n-refused, refused)
						} else {
							out.counts(t, n, 0)
						}
						for i := range n {
							if !rejects {
								field(t, p.with(crowdEmail(i)), "firstName", fmt.Sprintf("F%d", i))
							}
						}
						if total := p.Total(); total > n+n/50+10 {
							t.Errorf("%d requests for %d people", total, n)
						}
						if took := time.Since(begun); took > 10*time.Second {
							t.Errorf("took %s", took)
						}
					})
				})
			}
		}
	}
}

// What is left out because somebody else has it costs nothing when it comes
// again, whether or not people are matched by it; and it is written where the
// location does not mind.
func TestALeftOutPhoneIsNotTriedInEverySync(t *testing.T) {
	t.Parallel()
	const n = 200
	for _, key := range []string{"email", "email phone"} {
		for _, group := range []int{2, n} { // who share a phone
			for _, order := range [][]string{{"email", "phone"}, {"email"}} { // of the location
				for _, bare := range []bool{false, true} { // the contacts have been there, without a phone
					t.Run(fmt.Sprintf("by %s, %d share one, location %s, bare %t", key, group, order, bare), func(t *testing.T) {
						p := inside(t, sandbox.Options{MatchOrder: order})
						if bare {
							p.crowd(n, "heropixel")
						}
						input := ""
						for i := range n {
							input += records(fmt.Sprintf(`{"email":%q,"phone":"+1202556%04d"}`, crowdEmail(i), 100+i/group))
						}
						j := job{plan: crm.PlanOptions{MatchOn: strings.Fields(key), Tags: []string{"heropixel"}}}
						p.must(j, input+state("people", 1)).counts(t, n, 0)
						with := 0
						for i := range n {
							if p.with(crowdEmail(i)).Fields["phone"] != nil {
								with++
							}
						}
						want := n / group
						if len(order) == 1 && (key == "email" || !bare) {
							want = n
						}
						if with != want {
							t.Errorf("%d have a phone, want %d", with, want)
						}
						p.ResetCounts()
						p.must(j, input+state("people", 1)).counts(t, n, 0)
						if p.Total() > n/90+12 {
							t.Errorf("%d requests: %v", p.Total(), p.Requests())
						}
					})
				}
			}
		}
	}
}

// Whoever had the phone gives it up within the sync: then it is free again.
func TestAPhoneThatIsFreeAgainIsNotHeldBack(t *testing.T) {
	for _, leave := range []string{
		`{"email":"ana@example.com","phone":"+12025550177"}`,
		`{"email":"ana@example.com","phone":"+12025550177","_ab_cdc_deleted_at":"2026-01-01T00:00:00Z"}`,
	} {
		for _, filler := range []int{0, 1_500} { // several windows
			t.Run(fmt.Sprintf("%.50s, %d between", leave, filler), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{})
					ana := p.human(map[string]any{"email": anaEmail, "phone": anaPhone, "country": "US"})
					between := ""
					for i := range filler {
						between += records(fmt.Sprintf(`{"email":"filler%d@example.com"}`, i))
					}
					j := job{streams: []stream{{plan: crm.PlanOptions{MatchOn: []string{"email"}, Tags: []string{"heropixel"}}, onDelete: object.Delete}}}
					one := fmt.Sprintf(`{"email":"one@example.com","phone":%q}`, anaPhone)
					two := fmt.Sprintf(`{"email":"two@example.com","phone":%q}`, anaPhone)
					p.must(j, records(one)+between+records(leave)+between+records(two)+state("people", 1))
					if !strings.Contains(leave, "deleted") {
						field(t, p.id(ana), "phone", "+12025550177")
					}
					field(t, p.with("one@example.com"), "phone", "")
					field(t, p.with("two@example.com"), "phone", anaPhone)
				})
			})
		}
	}
}

// Who gives something up is written before whoever gets it, also where what
// others have is left out beforehand.
func TestWhatIsGivenUpWithinAWindowIsTaken(t *testing.T) {
	const number = "cfText00000000000001"
	person := func(p *place, cn, email, phone string) {
		fields := map[string]any{"country": "US"}
		for name, v := range map[string]string{"email": email, "phone": phone} {
			if v != "" {
				fields[name] = v
			}
		}
		p.Put(sandbox.Contact{Fields: fields, CustomFields: map[string]any{number: cn}, Tags: []string{"heropixel"}})
	}
	plan := crm.PlanOptions{MatchOn: []string{"custom_field:customer_number"}, Tags: []string{"heropixel"}}
	j := one(stream{plan: plan, onDelete: object.Delete})

	t.Run("an email", func(t *testing.T) { // although who gets it would also tell whether phones are refused
		p := inside(t, sandbox.Options{})
		p.human(map[string]any{"email": benEmail, "phone": benPhone, "country": "US"})
		person(p, "N-1", "five@example.com", "")
		person(p, "N-2", "old@example.com", "")
		out := p.must(j, records(`{"customer_number":"N-1","email":"six@example.com"}`,
			fmt.Sprintf(`{"customer_number":"N-2","email":"five@example.com","phone":%q}`, benPhone))+state("people", 1))
		out.counts(t, 2, 0)
		field(t, p.with("five@example.com"), "phone", "")
		if got := p.with("six@example.com").CustomFields[number]; got != "N-1" {
			t.Errorf("six@example.com is %v", got)
		}
	})
	t.Run("phones of several who are deleted", func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.human(map[string]any{"email": benEmail, "phone": benPhone, "country": "US"})
		for i := range 2 {
			person(p, "N-7", fmt.Sprintf("gone%d@example.com", i), fmt.Sprintf("+1202555017%d", i))
		}
		for i := range 3 {
			person(p, fmt.Sprintf("N-1%d", i), crowdEmail(i), "")
		}
		p.must(j, records(`{"customer_number":"N-7","_ab_cdc_deleted_at":"2024-01-02T03:04:05Z"}`,
			fmt.Sprintf(`{"customer_number":"N-10","phone":%q}`, benPhone),
			`{"customer_number":"N-11","phone":"+12025550170"}`, `{"customer_number":"N-12","phone":"+12025550171"}`)+state("people", 1)).counts(t, 4, 0)
		for i, want := range []string{"", "+12025550170", "+12025550171"} {
			field(t, p.with(crowdEmail(i)), "phone", want)
		}
	})
}

// The same where the one who gets it came first in the window, as somebody new.
func TestWhoGivesSomethingUpIsWrittenFirst(t *testing.T) {
	p := inside(t, sandbox.Options{})
	ana := p.human(map[string]any{"email": anaEmail, "country": "US"})
	out := p.must(one(stream{plan: heropixel, rows: []string{"row"}}), records(
		fmt.Sprintf(`{"row":2,"phone":%q}`, benPhone),
		fmt.Sprintf(`{"row":1,"email":%q,"city":"Austin"}`, anaEmail),
		`{"row":1,"email":"one@example.com","city":"Boston"}`, // ana's address becomes free
		fmt.Sprintf(`{"row":2,"email":%q,"city":"Miami"}`, anaEmail),
	)+state("people", 1))
	out.counts(t, 4, 0)
	field(t, p.id(ana), "email", "one@example.com")
	field(t, p.id(ana), "city", "Boston")
	field(t, p.with(anaEmail), "phone", benPhone)
	field(t, p.with(anaEmail), "city", "Miami")
	if n := len(p.Contacts()); n != 2 {
		t.Errorf("%d contacts, want 2", n)
	}
}

// What search shows may be a minute old: that is enough to leave out a phone of
// an existing contact until the next delivery, but a record is not rejected, and
// nobody new goes without, for that.
func TestAPhoneThatSearchStillShowsElsewhere(t *testing.T) {
	t.Parallel()
	learn := fmt.Sprintf(`{"email":"p0@example.com","phone":%q}`, benPhone) // is refused
	get := fmt.Sprintf(`{"email":"p1@example.com","phone":%q}`, anaPhone)
	touch := `{"email":"ana@example.com"}` // gives ana the tag
	for _, rejects := range []bool{false, true} {
		for _, exists := range []bool{false, true} {
			t.Run(fmt.Sprintf("rejects %t, exists %t", rejects, exists), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{IndexLag: time.Minute})
					ana := p.human(map[string]any{"email": anaEmail, "phone": anaPhone, "country": "US"})
					p.human(map[string]any{"email": benEmail, "phone": benPhone, "country": "US"})
					if exists {
						p.crowd(2)
					}
					p.api("PUT", "/contacts/"+ana, map[string]any{"phone": "+12025550177"})
					input := records(touch, learn)
					for i := range 1_500 { // into another window
						input += records(fmt.Sprintf(`{"email":"filler%d@example.com"}`, i))
					}
					p.must(job{streams: []stream{{reject: rejects, plan: crm.PlanOptions{MatchOn: []string{"email"}, Tags: []string{"heropixel"}}}}},
						input+records(get)+state("people", 1))
					want := anaPhone
					if exists && !rejects {
						want = ""
					}
					field(t, p.with(crowdEmail(1)), "phone", want)
				})
			})
		}
	}
}

// A change of which a part is left out, because somebody else has it, meets a
// contact that has gone: it is treated as any other.
func TestAChangeWithATakenPhoneMeetsNobody(t *testing.T) {
	for mode, want := range map[airbyte.SyncMode]int{airbyte.Update: 1, airbyte.AppendDedup: 2} {
		t.Run(string(mode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{IndexLag: time.Minute})
				ana := p.human(map[string]any{"email": anaEmail, "country": "US"})
				p.human(map[string]any{"email": benEmail, "phone": benPhone, "country": "US"})
				p.api("DELETE", "/contacts/"+ana, nil)
				j := job{mode: mode, plan: crm.PlanOptions{MatchOn: []string{"email"}}}
				out := p.must(j, records(fmt.Sprintf(`{"email":%q,"phone":%q,"city":"Austin"}`, anaEmail, benPhone))+state("people", 1))
				out.counts(t, want-1, 2-want)
				if got := len(p.Contacts()); got != want {
					t.Errorf("%d contacts, want %d", got, want)
				}
			})
		})
	}
}

// A delete of several contacts goes on after one that was refused, and after
// one that has gone, and tells the refusal.
func TestADeleteOfSeveralTellsWhatWasRefused(t *testing.T) {
	for refused := range 3 {
		for ghost := range 3 {
			if ghost == refused {
				continue
			}
			t.Run(fmt.Sprintf("%d refused, %d gone", refused, ghost), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: true, IndexLag: time.Minute})
					var ids []string
					for range 3 {
						ids = append(ids, p.human(map[string]any{"email": anaEmail}, "heropixel"))
						time.Sleep(time.Second)
					}
					p.api("DELETE", "/contacts/"+ids[ghost], nil)
					p.refuse("/contacts/"+ids[refused], "", 422, "cannot be deleted")
					out := p.must(one(stream{plan: heropixel, onDelete: object.Delete}), records(deleted(anaEmail))+state("people", 1))
					out.counts(t, 0, 1)
					out.has(t, "refused_by_api")
					if got := p.only().ID; got != ids[refused] {
						t.Errorf("%s is left, want %s", got, ids[refused])
					}
				})
			})
		}
	}
}

// A phone that a whole list shares, as that of a switchboard, makes nobody wait:
// the rate is used and each new person costs one request.
func TestASwitchboardMakesNobodyWait(t *testing.T) {
	t.Parallel()
	for duplicates, n := range map[bool]int{false: 10_000, true: 2_000} {
		t.Run(fmt.Sprintf("duplicates %t", duplicates), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{AllowDuplicates: duplicates, Burst: 100, Latency: 600 * time.Millisecond, IndexLag: time.Minute})
				var input strings.Builder
				for i := range n {
					input.WriteString(records(fmt.Sprintf(`{"email":%q,"phone":%q,"firstName":"F%d"}`, crowdEmail(i), anaPhone, i)))
				}
				begun := time.Now()
				p.must(job{plan: heropixel}, input.String()+state("people", 1)).counts(t, n, 0)
				took, total := time.Since(begun), p.Total()
				each := 1.02
				if duplicates { // a question before each create, until the location is listed after the index lag
					each = 1.6
				}
				if float64(total) > each*float64(n)+20 {
					t.Errorf("%d requests for %d people", total, n)
				}
				if used := float64(total) / 10 / took.Seconds(); used < 0.95 {
					t.Errorf("%d requests in %s: %.1f %% of the rate", total, took, 100*used)
				}
			})
		})
	}
}
