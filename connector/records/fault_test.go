package records_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

const (
	opCreate = "POST /businesses/"
	opRecord = "POST /objects/{schemaKey}/records"
	opUpdate = "PUT /businesses/{businessId}"
)

// byKey matches businesses by the user's own key.
var byKey = crm.PlanOptions{MatchOn: []string{"custom_field:account_number"}}

// TestNoBusinessIsCreatedTwice: a create of which nobody knows whether it happened is looked for before it is sent again.
func TestNoBusinessIsCreatedTwice(t *testing.T) {
	for _, tt := range []struct {
		kind     sandbox.FaultKind
		rejected int
	}{
		{sandbox.FaultResetAfter, 0}, {sandbox.FaultResetBefore, 0}, {sandbox.FaultTruncated, 0}, {sandbox.FaultEmptyBody, 0},
		{sandbox.FaultStatusApplied, 0}, {sandbox.FaultGarbage, 0}, {sandbox.Fault422Applied, 0},
	} {
		for _, op := range []string{opCreate, opRecord} {
			t.Run(string(tt.kind)+" "+op, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := newPlace(t, sandbox.Options{})
					p.Inject(sandbox.Fault{Operation: op, Kind: tt.kind, After: 1, Times: 3})
					var lines []string
					j := job{}
					for i := range 10 {
						data := fmt.Sprintf(`{"name":"Company %d"}`, i)
						if op == opRecord {
							j.streams = []stream{{plan: byKey}}
							data = fmt.Sprintf(`{"name":"Company","account_number":"A-%d"}`, i)
						}
						lines = append(lines, companies(data, data))
					}
					out := p.must(j, lines...)
					if n := len(p.Businesses()); n != 10 || out.counts.Created != 10 || out.counts.Unchanged != 10 {
						t.Errorf("%d businesses, %+v\n%s", n, out.counts, out.log)
					}
					if p.ResetCounts(); p.must(j, lines...).counts.Unchanged != 20 || p.Writes() != 0 {
						t.Errorf("again: %d writes", p.Writes())
					}
				})
			})
		}
	}
}

// TestARefusedRecordCostsItself, also where it was to be written together with others.
func TestARefusedRecordCostsItself(t *testing.T) {
	p := newPlace(t, sandbox.Options{})
	p.Inject(sandbox.Fault{Operation: opCreate, Kind: sandbox.FaultStatus, Status: 422, Times: 2})
	out := p.must(job{}, companies(`{"name":"Acme","city":"Austin"}`, `{"name":"Acme","city":"Boston"}`))
	p.holds(`{"city":"Boston","name":"Acme"}`)
	if out.counts.Rejected != 1 || out.counts.Created != 1 || out.told[0].Reject.Code != "refused_by_api" {
		t.Errorf("%+v, %+v", out.counts, out.told)
	}
}

// TestABusinessThatVanishes while a sync runs is created again.
func TestABusinessThatVanishes(t *testing.T) {
	p := newPlace(t, sandbox.Options{})
	id := p.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme"}})
	j := job{limits: windowsOf(1), release: func() { p.DeleteBusiness(id) }}
	out := p.must(j, companies(`{"name":"Bolt"}`), state("companies", 1), companies(`{"name":"Acme","city":"Rome"}`))
	p.holds(`{"name":"Bolt"}`, `{"city":"Rome","name":"Acme"}`)
	if out.counts.Created != 2 {
		t.Errorf("%+v", out.counts)
	}
}

// TestAStopLeavesTheRestToTheNextSync: what is acknowledged is written, and both syncs together write what one would have.
func TestAStopLeavesTheRestToTheNextSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, sandbox.Options{Burst: 10})
		ctx, stop := context.WithCancel(t.Context())
		var lines strings.Builder
		for i := range 100 {
			lines.WriteString(companies(fmt.Sprintf(`{"name":"Company %d"}`, i)) + state("companies", i))
		}
		p.Inject(sandbox.Fault{Operation: opCreate, Kind: sandbox.FaultResetAfter, After: 7})
		go func() {
			for len(p.Businesses()) < 30 {
				time.Sleep(time.Second) // of the bubble
			}
			stop()
		}()
		out := p.must(job{stop: ctx}, lines.String())
		if n := len(out.states); n == 0 || n > len(p.Businesses()) || len(p.Businesses()) == 100 {
			t.Errorf("%d states, %d businesses", n, len(p.Businesses()))
		}
		if p.must(job{}, lines.String()); len(p.Businesses()) != 100 {
			t.Errorf("%d businesses in the end", len(p.Businesses()))
		}
	})
}

// TestTheBrakeHolds: no more is created than the user allows.
func TestTheBrakeHolds(t *testing.T) {
	most := int64(2)
	p := newPlace(t, sandbox.Options{})
	out := p.sync(job{creates: &most}, companies(`{"name":"A"}`, `{"name":"B"}`, `{"name":"C"}`, `{"name":"D"}`), state("companies", 1))
	if out.err == nil || !strings.Contains(out.err.Error(), "max_creates_per_sync is 2, and the records read so far ask to create at least 2 more") ||
		len(p.Businesses()) != 2 || len(out.states) != 0 {
		t.Errorf("%v, %d businesses, %d states", out.err, len(p.Businesses()), len(out.states))
	}
}
