package contacts_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// refusesValue is an API that takes a value nowhere: not in a body, and not in a question.
type refusesValue struct {
	next    http.RoundTripper
	value   string
	status  int
	message string
	asked   bool // questions about it are refused too
}

func (f refusesValue) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	query := r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/search")
	named := strings.Contains(string(body), f.value) || r.URL.Query().Get("email") == f.value
	if named && (!query || f.asked) {
		return answered(r, f.status, f.message), nil
	}
	return f.next.RoundTrip(r)
}

// TestARefusedValueCostsTheValue: what the API refuses is left out in every sync; the record is written, and changed by the next sync.
func TestARefusedValueCostsTheValue(t *testing.T) {
	type refusal struct {
		status int
		body   string
	}
	refusals := map[string]refusal{
		"named":     {422, `{"statusCode":422,"message":["email must be an email"]}`},
		"in words":  {400, `{"statusCode":400,"message":"Invalid email address"}`},
		"twice":     {422, `{"statusCode":422,"message":["email should not be empty","email must be an email"]}`},
		"otherwise": {400, `{"error":{"message":"contact.email: not deliverable"},"status":400}`},
	}
	for name, refused := range refusals {
		for _, email := range []string{"ann@refused.example.com", "ann@example.c0m", "änn@example.com", strings.Repeat("a", 65) + "@example.com"} {
			for _, asked := range []bool{false, true} {
				for _, duplicates := range []bool{false, true} {
					for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Overwrite} {
						t.Run(fmt.Sprintf("%s, %.20s, asked %t, duplicates %t, %s", name, email, asked, duplicates, mode), func(t *testing.T) {
							synctest.Test(t, func(t *testing.T) {
								p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
								p.transport = refusesValue{p.transport, email, refused.status, refused.body, asked}
								for _, city := range []string{"Austin", "Boston", "Boston", "Chicago"} {
									out := p.must(job{mode: mode, plan: crm.PlanOptions{Tags: []string{"heropixel"}}},
										records(fmt.Sprintf(`{"email":%q,"phone":"+12025550101","first_name":"Ann","city":%q}`, email, city))+state("people", 1))
									out.counts(t, 1, 0)
									got := p.only()
									field(t, got, "city", city)
									field(t, got, "phone", "+12025550101")
									out.has(t, "email")
									time.Sleep(2 * time.Minute)
								}
							})
						})
					}
				}
			}
		}
	}
}
