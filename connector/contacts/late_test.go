package contacts_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

var manyNew = flag.Bool("many-new", false, "TestLateLookupsSpareGuards creates 20,000 people, not 2,000")

// searching changes what search answers; of is what was asked for.
type searching struct {
	next   http.RoundTripper
	change func(of map[string]any, answer map[string]any)
}

func (s searching) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/contacts/search" {
		return s.next.RoundTrip(r)
	}
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(asked))
	resp, err := s.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	told, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var of, answer map[string]any
	if json.Unmarshal(asked, &of) == nil && json.Unmarshal(told, &answer) == nil && answer["contacts"] != nil {
		s.change(of, answer)
		if told, err = json.Marshal(answer); err != nil {
			return nil, err
		}
	}
	resp.Body = io.NopCloser(bytes.NewReader(told))
	return resp, nil
}

// lists reports whether a search is of the whole location.
func lists(of map[string]any) bool {
	filters, _ := of["filters"].([]any)
	return len(filters) == 0
}

// tooLarge makes a location one that fits into no index.
func (p *place) tooLarge() {
	p.transport = searching{p.transport, func(of, answer map[string]any) {
		if lists(of) {
			answer["total"] = 5_000_000
		}
	}}
}

// locations are those in which late lookups matter.
var locations = map[string]func(p *place){
	"empty":        func(*place) {},
	"fits":         func(p *place) { p.Seed(12_000) },
	"does not fit": func(p *place) { p.Seed(600); p.tooLarge() },
	"in different cases": func(p *place) {
		for i := range 600 {
			p.human(map[string]any{"email": fmt.Sprintf("Old.%d@Example.com", i), "phone": fmt.Sprintf("+1303555%04d", i)})
		}
		p.tooLarge()
	},
}

// TestLateLookupsSpareGuards: once search must know all that was there before the sync, a new person costs one request where
// duplicates are allowed, however large the location is.
func TestLateLookupsSpareGuards(t *testing.T) {
	people := 2000
	if *manyNew {
		people = 20_000
	}
	for name, fill := range locations {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{AllowDuplicates: true, IndexLag: time.Minute, Burst: 100})
				fill(p)
				there := len(p.Contacts())
				out := p.must(job{plan: crowdPlan}, crowd(0, people, nil))
				if got := len(p.Contacts()); got != there+people {
					t.Errorf("%d contacts, want %d", got, there+people)
				}
				each := float64(out.usage.Requests) / float64(people)
				t.Logf("%.3f requests for each new contact: %v", each, out.usage.ByOperation)
				if most := map[int]float64{2000: 1.25, 20_000: 1.05}[people]; each > most {
					t.Errorf("%.3f requests for each new contact, want at most %.2f", each, most)
				}
			})
		})
	}
}
