package contacts_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/sandbox"
)

// writeCount counts the writes of contacts, also those that are refused.
type writeCount struct {
	next http.RoundTripper
	n    *atomic.Int64
}

func (w writeCount) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPut || r.Method == http.MethodPost && r.URL.Path == "/contacts/" {
		w.n.Add(1)
	}
	return w.next.RoundTrip(r)
}

const badRequest = `{"statusCode":400,"message":"Bad Request"}`

// TestAnUnnamedRefusalCostsTheValue: where the API does not say which value it refuses, the record is written without those that it
// may be about, and without no other.
func TestAnUnnamedRefusalCostsTheValue(t *testing.T) {
	values := map[string]string{"email": "ann@refused.example.com", "phone": "+12025550101", "website": "https://example.com/ann"}
	for refused, tc := range map[string]struct {
		lost   []string
		create int64 // writes
	}{
		"+12025550101":    {[]string{"phone"}, 2},
		"refused.example": {[]string{"email", "website"}, 3},
		"example.com/ann": {[]string{"email", "website"}, 3},
	} {
		for _, status := range []int{400, 422} {
			for _, duplicates := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %d, duplicates %t", refused, status, duplicates), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
						writes := &atomic.Int64{}
						p.transport = writeCount{refusesValue{p.transport, refused, status, badRequest, false}, writes}
						for i, city := range []string{"Austin", "Boston", "Boston"} {
							writes.Store(0)
							out := p.must(job{mode: airbyte.AppendDedup},
								records(fmt.Sprintf(`{"email":%q,"phone":%q,"website":%q,"city":%q}`, values["email"], values["phone"], values["website"], city))+state("people", 1))
							out.counts(t, 1, 0)
							got := p.only()
							field(t, got, "city", city)
							for name, value := range values {
								if slices.Contains(tc.lost, name) {
									value = ""
									if i == 0 {
										out.has(t, name+": the API refused the record and named no value, left out")
									}
								}
								field(t, got, name, value)
							}
							if i == 0 && writes.Load() != tc.create {
								t.Errorf("%d writes, want %d", writes.Load(), tc.create)
							}
							time.Sleep(2 * time.Minute)
						}
					})
				})
			}
		}
	}
}

// TestUnnamedRefusalsAreRemembered: what helped against a refusal is tried first when it comes again, and where nothing has helped
// several times, nothing is tried.
func TestUnnamedRefusalsAreRemembered(t *testing.T) {
	people := func(n int) string {
		var lines []string
		for i := range n {
			lines = append(lines, fmt.Sprintf(`{"email":"p%d@refused.example.com","phone":"+1202555%04d","website":"https://example.com"}`, i, i))
		}
		return records(lines...) + state("people", 1)
	}
	for name, tc := range map[string]struct {
		refused            string
		accepted, rejected int
		writes             int64
	}{
		"what helped":  {"refused.example", 20, 0, 3 + 19*2},
		"nothing does": {`"locationId"`, 0, 20, 3*3 + 17},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{})
				writes := &atomic.Int64{}
				p.transport = writeCount{refusesValue{p.transport, tc.refused, 400, badRequest, false}, writes}
				out := p.must(job{mode: airbyte.AppendDedup, workers: 1}, people(20))
				out.counts(t, tc.accepted, tc.rejected)
				if writes.Load() != tc.writes {
					t.Errorf("%d writes, want %d", writes.Load(), tc.writes)
				}
				if strings.Contains(out.log, "@refused") {
					t.Error("the log tells an email")
				}
			})
		})
	}
}

// faultOnCreate asks the sandbox for a fault in one create, counted from 1.
type faultOnCreate struct {
	next  http.RoundTripper
	at    int64
	fault string
	n     *atomic.Int64
}

func (f faultOnCreate) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && r.URL.Path == "/contacts/" && f.n.Add(1) == f.at {
		r = r.Clone(r.Context())
		r.Header.Set(sandbox.FaultHeader, f.fault)
	}
	return f.next.RoundTrip(r)
}

// TestARefusalThatMayHaveWrittenIsNotRepeated: where each record gets a contact of its own, and others have its email, nobody can say that a
// refused create has written nothing: it is not sent again without a value.
func TestARefusalThatMayHaveWrittenIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{AllowDuplicates: true})
		p.transport = faultOnCreate{p.transport, 2, ":422-applied", &atomic.Int64{}}
		p.must(job{mode: airbyte.Append, workers: 1}, records(
			`{"email":"ann@example.com","last_name":"Lee","country":"US"}`,
			`{"email":"ann@example.com","last_name":"Ray","country":"US"}`,
		))
		if all := p.Contacts(); len(all) != 2 { // whichever of them the API shows when it is asked
			t.Errorf("%d contacts, want 2", len(all))
		}
	})
}
