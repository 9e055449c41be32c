package contacts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// refusing answers some calls itself: those to a path whose body holds a text.
type refusing struct {
	next    http.RoundTripper
	path    string // part of it
	text    string // "" is any body
	status  int
	message string
	calls   *atomic.Int64 // to the path, refused or not
}

func (f refusing) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.Contains(r.URL.Path, f.path) || r.Method == http.MethodGet {
		return f.next.RoundTrip(r)
	}
	f.calls.Add(1)
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if !bytes.Contains(body, []byte(f.text)) {
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
		return f.next.RoundTrip(r)
	}
	answer, err := json.Marshal(map[string]any{"statusCode": f.status, "message": f.message})
	if err != nil {
		return nil, err
	}
	return answered(r, f.status, string(answer)), nil
}

// answered is an answer in place of the API's.
func answered(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

// refuse lets a place refuse such calls and gives the count of all to the path.
func (p *place) refuse(path, text string, status int, message string) *atomic.Int64 {
	calls := &atomic.Int64{}
	p.transport = refusing{p.transport, path, text, status, message, calls}
	return calls
}

// deleted is a record that a CDC source saw go.
func deleted(email string) string {
	return fmt.Sprintf(`{"email":%q,"_ab_cdc_deleted_at":"2024-01-02T03:04:05Z"}`, email)
}

func TestASharedPhoneNeverTakesOverAContact(t *testing.T) {
	p := inside(t, sandbox.Options{AllowDuplicates: true})
	p.human(map[string]any{"email": "old@example.com", "phone": anaPhone, "source": "referral"})
	input := records(`{"email":"ana@example.com","phone":"+12025550123"}`, `{"email":"ben@example.com","phone":"+12025550123"}`)
	p.must(job{}, input)
	if got := len(p.Contacts()); got != 3 {
		t.Errorf("%d contacts, want 3", got)
	}
	field(t, p.with("old@example.com"), "source", "referral")
	for _, email := range []string{"old@example.com", anaEmail, benEmail} {
		field(t, p.with(email), "phone", anaPhone)
	}
	p.ResetCounts()
	p.must(job{}, input)
	if p.Writes() != 0 {
		t.Errorf("the same again made %d writes: %v", p.Writes(), p.Requests())
	}
}

func TestAppendCreatesEachRecordWhereDuplicatesAreAllowed(t *testing.T) {
	p := inside(t, sandbox.Options{AllowDuplicates: true})
	p.human(map[string]any{"email": anaEmail, "phone": anaPhone})
	const ana = `{"email":"ana@example.com","phone":"+12025550123"}`
	out := p.must(job{mode: airbyte.Append, plan: heropixel}, records(ana, ana, ana)+state("people", 1))
	out.has(t, "3 read · 3 created")
	if got := len(p.Contacts()); got != 4 {
		t.Errorf("%d contacts, want 4", got)
	}
}

func TestAStateWaitsForTagsAfterAFatalRefusal(t *testing.T) {
	p := inside(t, sandbox.Options{})
	input := ""
	for i := range 3 {
		email := fmt.Sprintf("p%d@example.com", i)
		p.human(map[string]any{"email": email, "country": "US"})
		input += records(fmt.Sprintf(`{"email":%q,"city":"Boston"}`, email)) + state("people", i)
	}
	p.Inject(sandbox.Fault{Operation: "PUT /contacts/{contactId}", Kind: sandbox.FaultStatus, Status: 403, After: 1})
	out := p.sync(job{workers: 1, plan: heropixel}, input)
	if ghl.KindOf(out.err) != ghl.Forbidden {
		t.Errorf("the error is %v", out.err)
	}
	tagged := 0
	for _, c := range p.Contacts() {
		if slices.Contains(c.Tags, "heropixel") {
			tagged++
		}
	}
	if len(out.states) > tagged {
		t.Errorf("%d states left, but %d contacts have their tag", len(out.states), tagged)
	}
}

func TestFiveServerErrorsOnCreateAreSurvived(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
			for _, operation := range []string{"POST /contacts/", "POST /contacts/upsert"} {
				p.Inject(sandbox.Fault{Operation: operation, Kind: sandbox.FaultStatus, Status: 500, Times: 5})
			}
			p.must(job{plan: heropixel}, records(`{"email":"ana@example.com"}`))
			tags(t, p.only(), "heropixel")
		})
	}
}

func TestANumericMatchKeyFindsWhatItCreated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		j := job{plan: crm.PlanOptions{MatchOn: []string{"custom_field:visits"}}}
		input := records(`{"visits":7,"firstName":"Ana"}`, `{"visits":"8.0","firstName":"Ben"}`, `{"visits":1250000.5,"firstName":"Eva"}`)
		p.must(j, input)
		p.ResetCounts()
		out := p.must(j, input)
		if len(p.Contacts()) != 3 || p.Writes() != 0 {
			t.Errorf("%d contacts and %d writes, want 3 and 0\n%s", len(p.Contacts()), p.Writes(), out.log)
		}
	})
}

func TestADeleteRightAfterTheInsertTakesTheTagOff(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := inside(t, sandbox.Options{IndexLag: time.Minute, AllowDuplicates: duplicates})
			p.must(job{plan: heropixel}, records(`{"email":"ana@example.com","tags":"vip"}`))
			tags(t, p.only(), "heropixel", "vip")
			p.must(job{plan: heropixel}, records(deleted(anaEmail)))
			tags(t, p.only(), "vip")
		})
	}
}

func TestADeleteWithoutCursorFollowsItsInsert(t *testing.T) {
	const ana = `{"email":"ana@example.com","city":"Austin","at":5}`
	for _, known := range []bool{false, true} {
		p := inside(t, sandbox.Options{})
		if known {
			p.human(map[string]any{"email": anaEmail}, "human", "heropixel")
		}
		j := job{streams: []stream{{cursor: []string{"at"}, plan: heropixel}}}
		p.must(j, records(ana, strings.Replace(deleted(anaEmail), "{", `{"at":null,`, 1)))
		for _, c := range p.Contacts() {
			if slices.Contains(c.Tags, "heropixel") {
				t.Errorf("known %t: the tag is left", known)
			}
		}
	}
}

func TestADeleteNeedsNoRequiredColumns(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.human(map[string]any{"email": anaEmail}, "heropixel")
	schema := `{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}`
	out := p.must(job{streams: []stream{{schema: schema, plan: heropixel}}}, records(deleted(anaEmail), `{"email":"ben@example.com"}`))
	out.has(t, "1 rejected (1 schema_violation)") // ben is alive and lacks his city
	tags(t, p.only())
}

func TestWhatCannotBeClearedDoesNotHoldBackTheRest(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.human(map[string]any{"email": anaEmail, "dnd": true, "country": "US", "state": "TX"})
	p.must(job{plan: crm.PlanOptions{ClearNulls: true}},
		records(`{"email":"ana@example.com","dnd":null,"country":null,"state":null,"city":"Boston"}`))
	field(t, p.only(), "city", "Boston")
	field(t, p.only(), "state", "")
	field(t, p.only(), "dnd", true)
}

func TestOneKeyThatSearchRefusesDoesNotMakeAllSearchesSmall(t *testing.T) {
	const n, bad = 1000, "p137@example.com"
	p := inside(t, sandbox.Options{})
	searches := p.refuse("/contacts/search", bad, 400, "Invalid filters")
	input := ""
	for i := range n {
		input += records(fmt.Sprintf(`{"email":"p%d@example.com"}`, i))
	}
	for range 2 {
		searches.Store(0)
		p.must(job{}, input)
		if got := len(p.Contacts()); got != n {
			t.Fatalf("%d contacts, want %d", got, n)
		}
		if got := searches.Load(); got > n/100+16 {
			t.Errorf("%d searches", got)
		}
	}
}

func TestOneTagThatIsRefusedDoesNotMakeAllTagCallsSmall(t *testing.T) {
	const n, bad = 60, 2
	p := inside(t, sandbox.Options{})
	calls := p.refuse("/bulk/tags/", `"forbidden"`, 422, "tags must be valid")
	input := ""
	for i := range n {
		email, extra := fmt.Sprintf("p%d@example.com", i), ""
		if i < bad {
			extra = `,"tags":"forbidden"`
		}
		p.human(map[string]any{"email": email, "country": "US"})
		input += records(fmt.Sprintf(`{"email":%q%s}`, email, extra))
	}
	out := p.must(job{plan: heropixel}, input)
	out.has(t, "2 rejected (2 tags_refused)")
	if got := calls.Load(); got >= 20 {
		t.Errorf("%d calls", got)
	}
	for i := bad; i < n; i++ {
		tags(t, p.with(fmt.Sprintf("p%d@example.com", i)), "heropixel")
	}
}

// A record that comes between is written before what follows it.
func TestAnEmailThatChangesWithinAWindow(t *testing.T) {
	const older, newer, between = `{"customer_number":"N-1","email":"old@example.com"}`, `{"customer_number":"N-1","email":"ana@example.com"}`, `{"email":"ana@example.com","city":"Austin"}`
	j := job{plan: crm.PlanOptions{MatchOn: []string{"custom_field:customer_number", "email"}}}
	for name, tt := range map[string]struct {
		lines            []string
		contacts, writes int
	}{
		"at once":          {[]string{older, newer}, 1, 2},
		"taken in between": {[]string{older, between, newer}, 2, 2},
		"used afterwards":  {[]string{older, newer, between}, 1, 3},
	} {
		for _, known := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", in the CRM"}[known], func(t *testing.T) {
				p := inside(t, sandbox.Options{})
				if known {
					p.must(j, records(older))
					tt.writes--
				}
				p.ResetCounts()
				p.must(j, records(tt.lines...))
				if got := len(p.Contacts()); got != tt.contacts {
					t.Errorf("%d contacts, want %d", got, tt.contacts)
				}
				if want := map[int]string{1: anaEmail, 2: "old@example.com"}[tt.contacts]; p.number("N-1").Fields["email"] != want {
					t.Errorf("N-1 has the email %v, want %s", p.number("N-1").Fields["email"], want)
				}
				if p.Writes() != tt.writes {
					t.Errorf("%d writes, want %d: %v", p.Writes(), tt.writes, p.Requests())
				}
			})
		}
	}
}

// number is the contact with this customer number.
func (p *place) number(n string) sandbox.Contact {
	p.t.Helper()
	for _, c := range p.Contacts() {
		if c.CustomFields[customerNumber] == n {
			return c
		}
	}
	p.t.Fatalf("no contact has the number %s", n)
	return sandbox.Contact{}
}

func TestALostAnswerIsNotAskedForTwiceWithoutIdentifiers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.Inject(sandbox.Fault{Operation: "POST /contacts/", Kind: sandbox.FaultResetAfter})
		j := job{plan: crm.PlanOptions{MatchOn: []string{"custom_field:customer_number"}}}
		input := records(`{"customer_number":"N-1","firstName":"Ana"}`) + state("people", 1)
		out := p.sync(j, input)
		if kind := ghl.KindOf(out.err); kind != ghl.Ambiguous && kind != ghl.Transient || len(out.states) != 0 {
			t.Errorf("error %v, states %v", out.err, out.states)
		}
		p.only()
		p.must(j, input).has(t, "0 created")
		p.only()
	})
}

func TestWhatTheAPIRepeatsIsMasked(t *testing.T) {
	const name = "Zebulon"
	for _, known := range []bool{false, true} {
		p := inside(t, sandbox.Options{})
		if known {
			p.human(map[string]any{"email": anaEmail, "country": "US"})
		}
		p.refuse("/contacts/", name, 422, name+" is not allowed here")
		out := p.must(job{}, records(`{"email":"ana@example.com","firstName":"Zebulon"}`))
		out.has(t, "refused_by_api")
		out.has(t, "is not allowed here")
		if strings.Contains(out.log, name) {
			t.Errorf("the log tells a value:\n%s", out.log)
		}
	}
}

func TestANestedNullIsNoSchemaViolation(t *testing.T) {
	schema := `{"type":"object","properties":{"home":{"type":"object","properties":{"zip":{"type":"string"}}},
		"homes":{"type":"array","items":{"type":"object","properties":{"zip":{"type":"string"}}}}}}`
	p := inside(t, sandbox.Options{})
	out := p.must(job{streams: []stream{{schema: schema}}},
		records(`{"email":"ana@example.com","home":{"zip":null},"homes":[{"zip":null}]}`))
	out.has(t, "1 created · 0 updated · 0 unchanged · 0 rejected")
}

func TestACustomKeyTooLongForSearchIsRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		j := job{plan: crm.PlanOptions{MatchOn: []string{"custom_field:customer_number"}}}
		number := func(length int) string {
			return fmt.Sprintf(`{"customer_number":%q,"firstName":"Ana"}`, strings.Repeat("9", length))
		}
		out := p.must(j, records(number(76), number(75)))
		out.has(t, "2 read · 1 created · 0 updated · 0 unchanged · 1 rejected (1 invalid_record)")
	})
}

// TestStatesOfASlowWindowLeaveEveryMinute: a state waits for its own records,
// not for the whole window.
func TestStatesOfASlowWindowLeaveEveryMinute(t *testing.T) {
	const n, every = 1000, 10
	for _, known := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := inside(t, sandbox.Options{Latency: 2 * time.Second})
			input := ""
			for i := range n {
				email := fmt.Sprintf("p%d@example.com", i)
				if known {
					p.human(map[string]any{"email": email, "country": "US"})
				}
				input += records(fmt.Sprintf(`{"email":%q,"city":"Boston"}`, email))
				if i%every == every-1 {
					input += state("people", i)
				}
			}
			last, released := time.Now(), 0
			out := p.must(job{plan: heropixel, release: func(*airbyte.State) {
				released++
				if gap := time.Since(last); gap > 90*time.Second {
					t.Errorf("state %d left %v after the one before", released, gap)
				}
				last = time.Now()
				done := 0
				for _, c := range p.Contacts() {
					if c.Fields["city"] == "Boston" && slices.Contains(c.Tags, "heropixel") {
						done++
					}
				}
				if done < released*every {
					t.Errorf("state %d left when only %d contacts were done", released, done)
				}
			}}, input)
			if len(out.states) != n/every {
				t.Errorf("%d states, want %d", len(out.states), n/every)
			}
		})
	}
}

// An upsert answered with 422 may have written all the same: the contact is
// found again, counted as created, and gets its tags.
func TestARefusedUpsertThatWroteIsNotRejected(t *testing.T) {
	const n = 10
	p := inside(t, sandbox.Options{AllowDuplicates: true})
	p.Inject(sandbox.Fault{Operation: "POST /contacts/upsert", Kind: sandbox.Fault422Applied, After: 2, Times: 3})
	out := p.must(job{mode: airbyte.AppendDedup, plan: heropixel}, audienceInput(0, n))
	out.has(t, "10 read · 10 created")
	if got := len(p.Contacts()); got != n {
		t.Fatalf("%d contacts, want %d", got, n)
	}
	for _, c := range p.Contacts() {
		if !slices.Contains(c.Tags, "heropixel") {
			t.Errorf("a contact has the tags %v", c.Tags)
		}
	}
}

// A search that does not take a question about several time zones is asked
// about one after another, and no contact is read for it.
func TestTimeZonesAreConfirmedOneByOneWhereSearchWantsIt(t *testing.T) {
	const n = 300
	zones := []string{"America/Chicago", "America/New_York", "America/Denver"}
	p := inside(t, sandbox.Options{})
	input := ""
	for i := range n {
		p.human(map[string]any{"email": crowdEmail(i), "country": "US", "timezone": zones[i%3]})
		input += records(fmt.Sprintf(`{"email":%q,"timezone":%q}`, crowdEmail(i), zones[i%3]))
	}
	for _, most := range []int{2 + 3 + 4, 2 + 3 + 1 + 6} {
		out := p.must(job{}, input)
		out.has(t, "300 unchanged")
		if got := int(out.usage.Requests); got > most {
			t.Errorf("%d requests, want %d: %v", got, most, out.usage.ByOperation)
		}
		p.refuse("/contacts/search", `"group":"AND"`, 422, "too deep")
	}
}

// Where each record appends a contact, an older one that is just like it does
// not stand for the one whose create was lost.
func TestAnOlderContactIsNotTheOneThatWasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{AllowDuplicates: true})
		j := job{mode: airbyte.Append, plan: heropixel}
		input := records(`{"email":"ana@example.com","city":"Boston"}`) + state("people", 1)
		p.must(j, input)
		time.Sleep(time.Hour)
		p.Inject(sandbox.Fault{Operation: "POST /contacts/", Kind: sandbox.FaultStatus, Status: 503, Times: 1})
		p.must(j, input).has(t, "1 created")
		if n := len(p.Contacts()); n != 2 {
			t.Errorf("%d contacts, want 2", n)
		}
	})
}
