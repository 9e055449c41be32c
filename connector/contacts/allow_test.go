package contacts_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/sandbox"
)

// TestNewContactsWhereDuplicatesAreAllowed: each new contact costs a question
// as long as search may hide somebody, and none after that.
func TestNewContactsWhereDuplicatesAreAllowed(t *testing.T) {
	t.Parallel()
	const n = 5000
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{AllowDuplicates: true, IndexLag: time.Minute, Burst: 100})
		p.human(map[string]any{"email": "p7@example.com", "city": "Old"}, "human")
		out := p.must(job{mode: airbyte.AppendDedup, plan: crowdPlan}, crowd(0, n, nil))
		if got := len(p.Contacts()); got != n {
			t.Errorf("%d contacts, want %d", got, n)
		}
		if perCreate := float64(out.usage.Requests) / n; perCreate > 1.1 {
			t.Errorf("%.2f requests for each new contact: %v", perCreate, out.usage.ByOperation)
		}
		tags(t, p.with("p7@example.com"), "human", "heropixel")
		p.ResetCounts()
		time.Sleep(2 * time.Minute)
		p.must(job{mode: airbyte.AppendDedup, plan: crowdPlan}, crowd(0, n, nil))
		if p.Writes() != 0 || len(p.Contacts()) != n {
			t.Errorf("the same again made %d writes, %d contacts", p.Writes(), len(p.Contacts()))
		}
	})
	// A location of which a listing takes more requests than lookups.
	synctest.Test(t, func(t *testing.T) {
		const n, others = 4000, 40_000
		p := inside(t, sandbox.Options{AllowDuplicates: true, IndexLag: time.Minute, Burst: 100})
		p.Seed(others)
		out := p.must(job{mode: airbyte.AppendDedup, plan: crowdPlan}, crowd(0, n, nil))
		if got := len(p.Contacts()); got != n+others {
			t.Errorf("%d contacts, want %d", got, n+others)
		}
		if perCreate := float64(out.usage.Requests) / n; perCreate > 1.15 {
			t.Errorf("%.2f requests for each new contact: %v", perCreate, out.usage.ByOperation)
		}
	})
	// A sync right after another one finds what search does not show yet.
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{AllowDuplicates: true, IndexLag: time.Minute})
		var input strings.Builder
		for i := range 50 {
			input.WriteString(record("people", fmt.Sprintf(`{"email":"p%d@example.com","phone":"+1202555%04d"}`, i, i)))
		}
		for range 2 {
			p.must(job{mode: airbyte.AppendDedup, plan: crowdPlan}, input.String())
		}
		if got := len(p.Contacts()); got != 50 {
			t.Errorf("%d contacts after two syncs, want 50", got)
		}
	})
}
