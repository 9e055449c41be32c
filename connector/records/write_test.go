package records_test

import (
	"fmt"
	"strings"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// TestAHundredBusinesses holds what a sync costs: a write for each new business, and one listing; again, no write.
func TestAHundredBusinesses(t *testing.T) {
	p := newPlace(t, sandbox.Options{})
	var lines strings.Builder
	for i := range 100 {
		lines.WriteString(companies(fmt.Sprintf(`{"name":"Company %d","phone":"(202) 555-01%02d","website":"https://c%d.example.com","account_number":"A-%d"}`, i, i, i, i)))
	}
	for sync, want := range []struct{ writes, reads, created, unchanged int }{
		{100, 4, 100, 0}, // the location, its fields, no businesses, none of their custom fields
		{0, 6, 0, 100},   // a page of a hundred says that there may be another
	} {
		p.ResetCounts()
		out := p.must(job{}, lines.String())
		if p.Writes() != want.writes || int(out.counts.Created) != want.created || int(out.counts.Unchanged) != want.unchanged {
			t.Errorf("sync %d: %d writes, %+v", sync, p.Writes(), out.counts)
		}
		if reads := p.Total() - p.Writes(); reads != want.reads {
			t.Errorf("sync %d: %d reads: %v", sync, reads, p.Requests())
		}
	}
	if n := len(p.Businesses()); n != 100 {
		t.Errorf("%d businesses", n)
	}
}

// TestHowABusinessIsFound holds which business a record means, and what becomes of it.
func TestHowABusinessIsFound(t *testing.T) {
	acme := map[string]any{"name": "Acme Inc.", "website": "https://www.example.com/acme", "account_number": "A-1"}
	for name, tt := range map[string]struct {
		matchOn []string
		there   []map[string]any // besides Acme
		mode    airbyte.SyncMode
		record  string
		want    []string // what of Acme and further ones the location holds
		code    string
	}{
		"name":                       {record: `{"name":" ACME  inc. ","city":"Austin"}`, want: []string{`{"account_number":"A-1","city":"Austin","name":"Acme Inc.","website":"https://www.example.com/acme"}`}},
		"a new one":                  {record: `{"name":"Bolt","country":"Germany"}`, want: []string{`{"country":"DE","name":"Bolt"}`}},
		"website":                    {matchOn: []string{"website"}, record: `{"website":"http://EXAMPLE.com/acme/?x=1","name":"Acme Ltd"}`, want: []string{`{"account_number":"A-1","name":"Acme Ltd","website":"http://EXAMPLE.com/acme/?x=1"}`}},
		"another path":               {matchOn: []string{"website"}, record: `{"website":"https://example.com/b","name":"B"}`, want: []string{`{"name":"B","website":"https://example.com/b"}`}},
		"a host of several":          {matchOn: []string{"website"}, there: []map[string]any{{"name": "B", "website": "example.com/b"}}, record: `{"website":"example.com/acme","name":"C"}`, code: "ambiguous"},
		"a host of several, by name": {matchOn: []string{"website", "name"}, there: []map[string]any{{"name": "B", "website": "example.com/b"}}, record: `{"website":"example.com/b","name":"acme inc.","city":"Rome"}`, want: []string{`{"account_number":"A-1","city":"Rome","name":"Acme Inc.","website":"example.com/b"}`}},
		"own key":                    {matchOn: []string{"custom_field:account_number"}, record: `{"account_number":"A-1","name":"Renamed"}`, want: []string{`{"account_number":"A-1","name":"Renamed","website":"https://www.example.com/acme"}`}},
		"own key before name":        {matchOn: []string{"custom_field:account_number", "name"}, record: `{"account_number":"A-2","name":"Acme Inc."}`, want: []string{`{"account_number":"A-2","name":"Acme Inc."}`}},
		"own key is new":             {matchOn: []string{"custom_field:account_number", "name"}, there: []map[string]any{{"name": "Bolt"}}, record: `{"account_number":"A-2","name":"bolt"}`, want: []string{`{"account_number":"A-2","name":"Bolt"}`}},
		"two of that name":           {there: []map[string]any{{"name": "ACME INC."}}, record: `{"name":"Acme Inc."}`, code: "ambiguous"},
		"update of nobody":           {mode: airbyte.Update, record: `{"name":"Bolt"}`, code: "no_match"},
		"no name":                    {matchOn: []string{"website"}, record: `{"website":"bolt.example.com"}`, code: "value_missing"},
		"no key":                     {record: `{"city":"Austin"}`, code: "no_identifier"},
		"append":                     {mode: airbyte.Append, record: `{"name":"acme inc.","city":"Paris"}`, want: []string{`{"account_number":"A-1","city":"Paris","name":"Acme Inc.","website":"https://www.example.com/acme"}`}},
		"deleted":                    {record: `{"name":"Acme Inc.","_ab_cdc_deleted_at":"2024-01-01T00:00:00Z"}`},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, sandbox.Options{})
			before := []string{}
			for _, b := range append(tt.there, acme) {
				p.PutBusiness(sandbox.Business{Properties: b})
			}
			j := job{streams: []stream{{mode: tt.mode, plan: crm.PlanOptions{MatchOn: tt.matchOn}}}}
			out := p.must(j, companies(tt.record))
			for _, b := range p.Businesses() {
				before = append(before, fmt.Sprint(b.Properties))
			}
			if tt.code != "" {
				if out.counts.Rejected != 1 || out.told[0].Reject.Code != tt.code || p.Writes() != 0 {
					t.Errorf("%+v, %+v, %d writes", out.counts, out.told, p.Writes())
				}
				return
			}
			for _, want := range tt.want {
				if !p.contains(want) {
					t.Errorf("no %s in %v", want, before)
				}
			}
			if p.Writes() != len(tt.want) {
				t.Errorf("%d writes", p.Writes())
			}
			if p.ResetCounts(); name != "deleted" {
				if p.must(j, companies(tt.record)); p.Writes() != 0 {
					t.Errorf("again: %d writes", p.Writes())
				}
				return
			}
			out.has(t, "businesses are never deleted")
		})
	}
}

// TestRecordsOfOneBusiness: records of a window end as if each had come alone.
func TestRecordsOfOneBusiness(t *testing.T) {
	p := newPlace(t, sandbox.Options{})
	out := p.must(job{streams: []stream{{plan: crm.PlanOptions{MatchOn: []string{"custom_field:account_number", "website", "name"}}}}}, companies(
		`{"name":"Acme","account_number":"A-1","city":"Austin","phone":"2025550101"}`,
		`{"name":"Acme","account_number":"A-1","city":"Boston"}`,
		`{"name":"acme","website":"acme.example.com"}`,
		`{"website":"acme.example.com","state":"MA","name":"Acme & Co"}`,
		`{"name":"Bolt","account_number":"A-2"}`))
	p.holds(`{"account_number":"A-1","city":"Boston","name":"Acme & Co","phone":"+12025550101","state":"MA","website":"acme.example.com"}`,
		`{"account_number":"A-2","name":"Bolt"}`)
	if p.Writes() != 4 || out.counts.Created != 2 || out.counts.Updated != 2 || out.counts.Unchanged != 1 {
		t.Errorf("%d writes, %+v", p.Writes(), out.counts)
	}
}

// TestTheGreatestCursorCounts: a record that comes late does not undo a newer one, in its window or in a later one.
func TestTheGreatestCursorCounts(t *testing.T) {
	for _, size := range []int{1, 10} {
		p := newPlace(t, sandbox.Options{})
		j := job{streams: []stream{{cursor: "at"}}, limits: windowsOf(size)}
		p.must(j, companies(`{"name":"Acme","city":"New","at":3}`, `{"name":"Acme","city":"Old","state":"TX","at":1}`, `{"name":"Acme","city":"Older","state":"NM","at":0}`))
		p.holds(`{"city":"New","name":"Acme","state":"TX"}`)
	}
}

// TestADryRunWritesNoBusiness and tells what a sync does.
func TestADryRunWritesNoBusiness(t *testing.T) {
	p := newPlace(t, sandbox.Options{})
	p.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme", "city": "Austin"}})
	lines := companies(`{"name":"Acme","city":"Boston"}`, `{"name":"Bolt"}`, `{"name":"Bolt","city":"Rome"}`, `{"name":"Acme","city":"Boston"}`)
	dry := p.must(job{dry: true}, lines)
	if p.Writes() != 0 || !dry.told[1].Pretended {
		t.Errorf("%d writes, %+v", p.Writes(), dry.told)
	}
	if real := p.must(job{}, lines); fmt.Sprint(real.counts) != fmt.Sprint(dry.counts) || len(real.told) != len(dry.told) {
		t.Errorf("the dry run says %+v, the sync %+v", dry.counts, real.counts)
	}
	if before := dry.told[0].Before["city"]; before != "Austin" || dry.told[0].Set["city"] != "Boston" {
		t.Errorf("%+v", dry.told[0])
	}
}

// contains reports whether a business with these properties is there.
func (p *place) contains(want string) bool {
	for _, b := range p.Businesses() {
		if properties(b) == want {
			return true
		}
	}
	return false
}
