package contacts_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// Which of email and phone a location recognises people by is the user's
// setting and nowhere told. A phone of an existing contact must be found also
// where no create is refused because of it.
func TestALocationThatRecognisesEmailsOnly(t *testing.T) {
	const n = 400
	p := inside(t, sandbox.Options{MatchOrder: []string{"email"}})
	input := ""
	for i := range n {
		phone := fmt.Sprintf("+1202555%04d", i)
		if i >= n-20 { // after any sample
			p.human(map[string]any{"phone": phone, "country": "US"})
		}
		input += records(fmt.Sprintf(`{"email":%q,"phone":%q}`, crowdEmail(i), phone))
	}
	out := p.must(job{plan: heropixel}, input+state("people", 1))
	out.counts(t, n, 0)
	if got := len(p.Contacts()); got != n {
		t.Errorf("%d contacts, want %d", got, n)
	}
	if out.usage.Requests > n*102/100+2+20 { // who gets an email is read before
		t.Errorf("%d requests", out.usage.Requests)
	}
}

// A company is written by an upsert. It must hit the contact that is meant, by
// what the primary store holds now, and make no new one.
func TestACompanyReachesItsContactAndMakesNone(t *testing.T) {
	const theirs, ours = "Theirs", "Ours"
	for _, tt := range []struct {
		name    string
		order   []string
		have    map[string]any
		during  map[string]any // what somebody changes while search does not know yet
		company string
	}{
		{"by its email", nil, map[string]any{"email": anaEmail, "phone": anaPhone}, nil, ours},
		{"by its phone", nil, map[string]any{"phone": anaPhone}, nil, ours},
		{"by its phone, emails alone count", []string{"email"}, map[string]any{"phone": anaPhone}, nil, theirs},
		{"by its email, phones alone count", []string{"phone"}, map[string]any{"email": anaEmail}, nil, theirs},
		{"by its phone, phones alone count", []string{"phone"}, map[string]any{"email": anaEmail, "phone": anaPhone}, nil, ours},
		{"its email has changed", nil, map[string]any{"email": anaEmail, "phone": anaPhone}, map[string]any{"email": "new@example.com"}, ours},
		{"its email has changed, emails alone count", []string{"email"}, map[string]any{"email": anaEmail, "phone": anaPhone},
			map[string]any{"email": "new@example.com"}, theirs},
	} {
		for _, city := range []string{"", `,"city":"Boston"`} {
			t.Run(tt.name+city, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{MatchOrder: tt.order, IndexLag: time.Minute})
					tt.have["companyName"], tt.have["country"] = theirs, "US"
					id := p.human(tt.have)
					time.Sleep(2 * time.Minute)
					want := map[string]any{"email": p.id(id).Fields["email"], "phone": p.id(id).Fields["phone"]}
					if tt.during != nil {
						p.api("PUT", "/contacts/"+id, tt.during)
						want["email"] = tt.during["email"]
					}
					out := p.must(job{plan: crm.PlanOptions{MatchOn: []string{"id"}}},
						records(fmt.Sprintf(`{"id":%q,"company":%q%s}`, id, ours, city))+state("people", 1))
					out.counts(t, 1, 0)
					now := p.only()
					company := tt.company
					if city != "" && tt.during != nil && tt.order != nil {
						company = ours // the answer to the city's change has told the new email
					}
					field(t, now, "companyName", company)
					for _, name := range crm.Identifiers() {
						if now.Fields[name] != want[name] {
							t.Errorf("%s is %v, want %v", name, now.Fields[name], want[name])
						}
					}
				})
			})
		}
	}
}

// totalless answers searches without telling how many contacts there are.
type totalless struct{ next http.RoundTripper }

func (l totalless) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	if err != nil || r.URL.Path != "/contacts/search" {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return answered(r, resp.StatusCode, string(regexp.MustCompile(`"total":\d+`).ReplaceAll(body, []byte(`"total":0`)))), nil
}

func TestAListingGoesOnWhilePagesAreFull(t *testing.T) {
	const n = 1200
	p := inside(t, sandbox.Options{})
	p.crowd(n)
	p.transport = totalless{p.transport}
	out := p.must(job{}, roll(0, n))
	out.has(t, "1,200 unchanged")
	if out.usage.Requests > 10 {
		t.Errorf("%d requests: %v", out.usage.Requests, out.usage.ByOperation)
	}
}
