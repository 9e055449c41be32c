package load_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/sandbox"
)

// mistaken panics over the first request of one operation.
type mistaken struct {
	next         http.RoundTripper
	method, path string
}

func (m mistaken) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == m.method && strings.HasPrefix(r.URL.Path, m.path) {
		panic("ana@example.com")
	}
	return m.next.RoundTrip(r)
}

// A mistake of ours in whatever handles an answer is an error like others: the
// record is not acknowledged, and its data is not told.
func TestAPanicEndsTheSyncInOrder(t *testing.T) {
	for _, at := range []struct{ method, path, data string }{
		{"POST", "/contacts/search", `{"email":"ana@example.com"}`},
		{"POST", "/contacts/", `{"email":"new@example.com"}`},
		{"PUT", "/contacts/", `{"email":"ana@example.com","city":"Boston"}`},
		{"POST", "/contacts/bulk/tags", `{"email":"ana@example.com"}`},
		{"GET", "/contacts/", `{"email":"ana@example.com","timezone":"America/Chicago"}`},
		{"GET", "/contacts/search/duplicate", `{"phone":"+12025550199","email":"` + strings.Repeat("long", 20) + `@example.com"}`},
	} {
		t.Run(at.method+" "+at.path, func(t *testing.T) {
			p := inside(t, sandbox.Options{})
			p.human(map[string]any{"email": anaEmail, "country": "US", "timezone": "Europe/Paris"})
			p.transport = mistaken{p.transport, at.method, at.path}
			out := p.sync(job{limits: small(1), plan: heropixel}, records(at.data)+state("people", 1))
			var b *bug.Error
			if !errors.As(out.err, &b) {
				t.Fatalf("the error is %v, want a *bug.Error", out.err)
			}
			if len(out.states) != 0 || strings.Contains(out.log+b.Stack, "ana@") {
				t.Errorf("states %v; log %s", out.states, out.log)
			}
		})
	}
}
