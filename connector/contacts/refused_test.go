package contacts_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// refusesURL refuses requests whose address contains a text, for a number of
// times.
type refusesURL struct {
	next  http.RoundTripper
	text  string
	times *int
}

func (f refusesURL) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.Contains(r.URL.String(), f.text) || *f.times <= 0 {
		return f.next.RoundTrip(r)
	}
	*f.times--
	return answered(r, http.StatusBadRequest, `{"message":"oops","canonicalCode":"INVALID_ARGUMENT"}`), nil
}

// A question about one person that the API refuses has no answer: nobody is
// created because of it, and the others are written.
func TestARefusedQuestionIsNoAnswer(t *testing.T) {
	for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update} {
		for refusals, rejected := range map[int]int{1: 0, 1000: 1} {
			t.Run(fmt.Sprintf("%s, refused %d times", mode, refusals), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: true, IndexLag: time.Minute})
					people := records(`{"email":"ana@example.com"}`, `{"email":"ben@example.com"}`)
					p.must(job{plan: heropixel}, people)
					p.transport = refusesURL{p.transport, "duplicate?email=ana", &refusals}
					out := p.must(job{mode: mode, plan: heropixel}, people+state("people", 1))
					out.counts(t, 2-rejected, rejected)
					if n := len(p.Contacts()); n != 2 {
						t.Errorf("%d contacts, want 2\n%s", n, out.log)
					}
				})
			})
		}
	}
}

// A delete that cannot ask for its contact has not been done.
func TestADeleteThatCannotAskIsRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{IndexLag: time.Minute})
		p.must(job{plan: heropixel}, records(`{"email":"ana@example.com"}`))
		refusals := 1000
		p.transport = refusesURL{p.transport, "duplicate?email=ana", &refusals}
		p.must(job{plan: heropixel}, records(deleted(anaEmail))+state("people", 1)).counts(t, 0, 1)
		tags(t, p.only(), "heropixel")
	})
}

// A value that search does not take costs its own record, not the sync.
func TestAKeyThatSearchRefusesRejectsItsRecord(t *testing.T) {
	p := inside(t, sandbox.Options{})
	known := p.Put(sandbox.Contact{Fields: map[string]any{"email": "known@example.com", "country": "US"}})
	p.refuse("/contacts/search", "N-13", 400, "Invalid filters")
	j := job{plan: crm.PlanOptions{MatchOn: []string{"custom_field:customer_number", "email"}, Tags: []string{"heropixel"}}}
	input := ""
	for i := range 30 {
		input += records(fmt.Sprintf(`{"customer_number":"N-%d","email":"p%d@example.com"}`, i, i))
	}
	out := p.must(j, input+records(`{"customer_number":"N-131","email":"known@example.com"}`)+state("people", 1))
	out.counts(t, 30, 1)
	out.has(t, "refused_by_api")
	out.has(t, "contact.customer_number")
	if n := len(p.Contacts()); n != 30 {
		t.Errorf("%d contacts, want 30", n)
	}
	tags(t, p.id(known), "heropixel") // its email leads to it
}

// An id that search does not take is read.
func TestAnIDThatSearchRefusesIsRead(t *testing.T) {
	p := inside(t, sandbox.Options{})
	id := p.human(map[string]any{"email": anaEmail, "country": "US"})
	p.refuse("/contacts/search", id, 400, "Invalid filters")
	p.must(job{plan: crm.PlanOptions{MatchOn: []string{"id"}}}, records(fmt.Sprintf(`{"id":%q,"city":"Boston"}`, id))+state("people", 1)).counts(t, 1, 0)
	field(t, p.only(), "city", "Boston")
}

// What the API has accepted and discarded has changed nobody.
func TestAWriteThatLeavesNothingIsNoUpdate(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.human(map[string]any{"email": anaEmail, "city": "Austin", "country": "US"}, "heropixel")
	p.transport = altered{p.transport, `"Boston"`, `"Austin"`}
	out := p.must(job{plan: heropixel}, records(`{"email":"ana@example.com","city":"Boston"}`)+state("people", 1))
	out.counts(t, 1, 0)
	out.has(t, "0 updated · 1 unchanged")
	out.has(t, "city: discarded by the API, left out: line 1")
}

// A custom field that search does not take at all is a fault of the settings,
// found out with a handful of requests.
func TestAFieldThatSearchDoesNotTakeEndsTheSync(t *testing.T) {
	p := inside(t, sandbox.Options{})
	const others = 3000 // too many to be listed for so few records
	for i := range others {
		p.human(map[string]any{"email": fmt.Sprintf("other%d@example.com", i)})
	}
	searches := p.refuse("/contacts/search", "cfText00000000000001", 400, "Invalid Filter field")
	input := ""
	for i := range 300 {
		input += records(fmt.Sprintf(`{"customer_number":"N-%d","email":"p%d@example.com"}`, i, i))
	}
	out := p.sync(job{plan: crm.PlanOptions{MatchOn: []string{"custom_field:customer_number", "email"}}}, input+state("people", 1))
	var mute *gateway.UnsearchableError
	if !errors.As(out.err, &mute) || mute.Field != "contact.customer_number" || len(out.states) != 0 || len(p.Contacts()) != others {
		t.Errorf("error %v, states %v, %d contacts", out.err, out.states, len(p.Contacts()))
	}
	if n := searches.Load(); n > 10 {
		t.Errorf("%d searches", n)
	}
}
