package contacts_test

import (
	"fmt"
	"strings"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// crowd is n people from number from on, some of whom changed their city.
func crowd(from, n int, changed func(i int) bool) string {
	var b strings.Builder
	for i := from; i < from+n; i++ {
		city := "Austin"
		if changed != nil && changed(i) {
			city = "Boston"
		}
		b.WriteString(record("people", fmt.Sprintf(
			`{"email":"p%d@example.com","phone":"+1%03d555%04d","first_name":"P%d","last_name":"Long","city":%q,"postal_code":"%05d"}`,
			i, 200+i/10000%700, i%10000, i, city, i%100000)))
	}
	b.WriteString(state("people", from+n))
	return b.String()
}

var crowdPlan = crm.PlanOptions{Columns: []string{"email", "phone", "first_name", "last_name", "city", "postal_code"}, Tags: []string{"heropixel"}}

// settled is a location that holds n people as crowd delivers them.
func settled(t testing.TB, n int, o sandbox.Options) *place {
	p := inside(t, o)
	if n > 0 {
		p.must(job{mode: airbyte.AppendDedup, plan: crowdPlan}, crowd(0, n, nil))
		p.ResetCounts()
	}
	return p
}

func TestBudgetOfReads(t *testing.T) {
	scale := 1000
	if testing.Short() {
		scale = 100
	}
	p := settled(t, 50*scale, sandbox.Options{})
	every := func(n int) func(int) bool { return func(i int) bool { return i%n == 0 } }
	for _, tt := range []struct {
		name  string
		input string
		most  int // at the scale of 1,000, beside ten at the start
	}{
		{"a fifth of the location, identical", crowd(0, 10*scale, nil), 100},
		{"two fifths with 1 % changed", crowd(10*scale, 20*scale, every(100)), 420},
		{"the same again", crowd(10*scale, 20*scale, every(100)), 220},
	} {
		out := p.must(job{mode: airbyte.AppendDedup, plan: crowdPlan}, tt.input)
		if most := int64(tt.most*scale/1000 + 10); out.usage.Requests > most {
			t.Errorf("%s: %d requests, want at most %d: %v\n%s", tt.name, out.usage.Requests, most, out.usage.ByOperation, out.log)
		}
		t.Logf("%s: %d requests %v", tt.name, out.usage.Requests, out.usage.ByOperation)
	}
}
