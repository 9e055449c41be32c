package load_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/sandbox"
)

// States leave as soon as their records are written, also where the API allows
// little or is slow, where a change of tags is made for many contacts at once,
// and while a person has to be planned anew.
func TestStatesLeaveInTime(t *testing.T) {
	const people, every = 300, 10
	for name, tt := range map[string]struct {
		limit   int
		latency time.Duration
		known   bool // they are there, without city and tag
		tags    int  // so many of their own, beside the common one
		vanish  bool // one of them, when it is to be written
		first   time.Duration
		gap     time.Duration
	}{
		"creates, little allowed":      {25, 200 * time.Millisecond, false, 0, false, 12 * time.Second, 12 * time.Second},
		"creates":                      {100, 200 * time.Millisecond, false, 0, false, 5 * time.Second, 10 * time.Second},
		"creates, slow answers":        {100, 5 * time.Second, false, 0, false, 25 * time.Second, 20 * time.Second},
		"updates, little allowed":      {25, 200 * time.Millisecond, true, 0, false, 12 * time.Second, 30 * time.Second},
		"updates with tags":            {100, 200 * time.Millisecond, true, 4, false, 10 * time.Second, 30 * time.Second},
		"a contact vanishes meanwhile": {25, 200 * time.Millisecond, true, 0, true, 12 * time.Second, 40 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{Burst: tt.limit, Latency: tt.latency})
				if tt.known {
					p.crowd(people)
				}
				if tt.vanish {
					id := p.with(crowdEmail(40)).ID
					p.before("PUT", "/contacts/"+id, func() { p.Delete(id) })
				}
				var input strings.Builder
				for i := range people {
					own := ""
					if tt.tags > 0 {
						own = fmt.Sprintf(`,"tags":"list %d"`, i%tt.tags)
					}
					input.WriteString(records(fmt.Sprintf(`{"email":%q,"city":"Boston"%s}`, crowdEmail(i), own)))
					if i%every == every-1 {
						input.WriteString(state("people", i+1))
					}
				}
				last, first, gap := time.Now(), time.Duration(0), time.Duration(0)
				release := func(*airbyte.State) {
					now := time.Now()
					if first == 0 {
						first = now.Sub(last)
					} else {
						gap = max(gap, now.Sub(last))
					}
					last = now
				}
				begun := time.Now()
				out := p.must(job{plan: heropixel, release: release}, input.String())
				t.Logf("the first state after %s, gaps of %s at most, all after %s, %d requests", first, gap, time.Since(begun), out.usage.Requests)
				if len(out.states) != people/every || p.finished() != people {
					t.Errorf("%d states, %d contacts are finished", len(out.states), p.finished())
				}
				if first > tt.first || gap > tt.gap {
					t.Errorf("the first state left after %s, want %s; gaps of up to %s, want %s", first, tt.first, gap, tt.gap)
				}
			})
		})
	}
}
