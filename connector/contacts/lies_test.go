package contacts_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// mixedUp answers calls of a method about one contact with what it would answer
// about another.
type mixedUp struct {
	next     http.RoundTripper
	method   string
	of, with string
}

func (m mixedUp) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.next.RoundTrip(r)
	if err != nil || r.Method != m.method || r.URL.Path != "/contacts/"+m.of {
		return resp, err
	}
	other := r.Clone(r.Context())
	other.Method, other.URL.Path, other.Body = http.MethodGet, "/contacts/"+m.with, http.NoBody
	return m.next.RoundTrip(other)
}

// An answer about another contact than was asked about makes nobody another
// person: nothing is written to that contact, and it is not deleted.
func TestAnAnswerAboutAnotherContact(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPut} {
		for name, record := range map[string]string{
			"a phone":  `{"email":"ann@example.com","phone":"+12025550101"}`,
			"a city":   `{"email":"ann@example.com","city":"Boston","tags":"new"}`,
			"a delete": gone(`{"email":"ann@example.com"}`),
		} {
			t.Run(fmt.Sprintf("%s, %s", method, name), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{IndexLag: time.Minute})
					ann := p.human(map[string]any{"email": "ann@example.com", "country": "US"}, "heropixel")
					bob := p.human(map[string]any{"email": "bob@example.com", "country": "US"}, "heropixel")
					before := p.id(bob)
					p.transport = mixedUp{p.transport, method, ann, bob}
					_ = p.sync(job{streams: []stream{{plan: heropixel, onDelete: object.Delete}}}, records(record))
					if diff := cmp.Diff(before, p.id(bob)); diff != "" {
						t.Errorf("the other has changed: %s", diff)
					}
				})
			})
		}
	}
}
