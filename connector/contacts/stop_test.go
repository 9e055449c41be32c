package contacts_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// arrivals counts the writes that reach the location after a moment.
type arrivals struct {
	next  http.RoundTripper
	mu    sync.Mutex
	after time.Time
	count int
}

func (a *arrivals) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet && r.URL.Path != "/contacts/search" {
		a.mu.Lock()
		if time.Now().After(a.after) {
			a.count++
		}
		a.mu.Unlock()
	}
	return a.next.RoundTrip(r)
}

// After a stop no write begins: who waits for the rate limit gives up. What is
// on the wire is finished and acknowledged, and the next sync does the rest.
func TestNoWriteBeginsAfterAStop(t *testing.T) {
	const people = 120
	for name, after := range map[string]time.Duration{
		"before any write":            300 * time.Millisecond,
		"while writes are on the way": 2*time.Second + 50*time.Millisecond,
		"while all wait for the rate": 8 * time.Second,
	} {
		for what, known := range map[string]bool{"creates": false, "updates and tags": true} {
			t.Run(what+" "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{Burst: 100, Latency: 200 * time.Millisecond})
					if known {
						p.crowd(people)
					}
					input := ""
					for i := range people {
						input += records(fmt.Sprintf(`{"email":%q,"city":"Boston"}`, crowdEmail(i)))
						if i%10 == 9 {
							input += state("people", i+1)
						}
					}
					stopped, stop := context.WithCancel(t.Context())
					late := &arrivals{next: p.transport, after: time.Now().Add(after)}
					p.transport = late
					time.AfterFunc(after, stop)
					out := p.must(job{plan: heropixel, stop: stopped}, input)
					if took := time.Since(late.after); took > time.Second {
						t.Errorf("it took %s to end", took)
					}
					if late.count != 0 {
						t.Errorf("%d writes began after the stop", late.count)
					}
					if acknowledged := 10 * len(out.states); acknowledged > p.finished() {
						t.Errorf("%d records are acknowledged, %d written", acknowledged, p.finished())
					}
					if !known && len(out.states) < p.finished()/10-1 {
						t.Errorf("%d contacts are written, and only %d states of ten left", p.finished(), len(out.states))
					}
					p.must(job{plan: heropixel}, input)
					if p.finished() != people || len(p.Contacts()) != people {
						t.Errorf("the next sync left %d of %d contacts finished", p.finished(), len(p.Contacts()))
					}
				})
			})
		}
	}
}

// finished counts the contacts that have all that the sync brings.
func (p *place) finished() int {
	n := 0
	for _, c := range p.Contacts() {
		if c.Fields["city"] == "Boston" && slices.Contains(c.Tags, "heropixel") {
			n++
		}
	}
	return n
}
