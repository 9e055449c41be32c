package contacts_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/sandbox"
)

// mistaken panics over each request of one operation that tells a text, in its
// path or its body.
type mistaken struct {
	next         http.RoundTripper
	method, path string
	text         string
}

func (m mistaken) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if r.Method == m.method && strings.HasPrefix(r.URL.Path, m.path) && strings.Contains(r.URL.String()+string(body), m.text) {
		panic("ana@example.com")
	}
	return m.next.RoundTrip(r)
}

// A mistake of ours in whatever is done about one record costs that record: it
// is rejected, as our fault and with its line, and all others are written.
func TestAPanicCostsItsRecord(t *testing.T) {
	for name, tt := range map[string]struct {
		method, path string
		byID         bool
		data         string // of the record
	}{
		"search":           {"POST", "/contacts/search", false, `{"email":"ana@example.com","city":"Boston"}`},
		"create":           {"POST", "/contacts/", false, `{"email":"ana@example.com","city":"Boston"}`},
		"update":           {"PUT", "/contacts/", true, `{"email":"ana@example.com","city":"Boston"}`},
		"change of tags":   {"POST", "/contacts/bulk/tags", true, `{"email":"ana@example.com"}`},
		"reading it whole": {"GET", "/contacts/", true, `{"email":"ana@example.com","timezone":"America/Chicago"}`},
		"a question for it": {"GET", "/contacts/search/duplicate", false,
			`{"phone":"+12025550199","email":"ana@example.com","custom":"` + strings.Repeat("long", 20) + `"}`},
	} {
		for _, size := range []int{1, 100} {
			t.Run(name, func(t *testing.T) {
				p := inside(t, sandbox.Options{AllowDuplicates: name == "a question for it"})
				if name == "search" {
					p.crowd(2000) // too many to be listed
				}
				text := "ana"
				if tt.byID {
					text = p.human(map[string]any{"email": anaEmail, "country": "US", "timezone": "Europe/Paris"})
				}
				p.human(map[string]any{"email": benEmail, "country": "US"})
				p.transport = mistaken{p.transport, tt.method, tt.path, text}
				out := p.must(job{limits: small(size), plan: heropixel}, records(`{"email":"ben@example.com","city":"Boston"}`, tt.data,
					`{"email":"cy@example.com","city":"Boston"}`)+state("people", 1))
				out.counts(t, 2, 1)
				out.has(t, "invalid_record")
				out.has(t, "the connector has a bug at contacts_test.mistaken.RoundTrip, line ")
				out.has(t, "Line 2 has ")
				if strings.Contains(out.log, "ana@") {
					t.Errorf("the log tells a value:\n%s", out.log)
				}
				for _, email := range []string{benEmail, "cy@example.com"} {
					c := p.with(email)
					field(t, c, "city", "Boston")
					tags(t, c, "heropixel")
				}
			})
		}
	}
}

// Where no record gets through, none of them is to blame.
func TestAPanicAboutEveryRecordEndsTheSync(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.transport = mistaken{p.transport, "POST", "/contacts/search", ""}
	out := p.sync(job{plan: heropixel}, records(`{"email":"ana@example.com"}`, `{"email":"ben@example.com"}`)+state("people", 1))
	var b *bug.Error
	if !errors.As(out.err, &b) {
		t.Fatalf("the error is %v, want a *bug.Error", out.err)
	}
	if len(out.states) != 0 || strings.Contains(out.log+b.Stack, "ana@") {
		t.Errorf("states %v; log %s", out.states, out.log)
	}
}

// Panics do not use up the places of the client.
func TestManyPanicsStopNobody(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.transport = mistaken{p.transport, "POST", "/contacts/", "nobody"}
	input := ""
	for i := range 40 {
		input += records(encode(map[string]any{"email": crowdEmail(i), "first_name": map[bool]string{true: "nobody", false: "Ana"}[i%2 == 0]}))
	}
	out := p.must(job{plan: heropixel}, input+state("people", 1))
	out.counts(t, 20, 20)
	if got := len(p.Contacts()); got != 20 {
		t.Errorf("%d contacts, want 20", got)
	}
}
