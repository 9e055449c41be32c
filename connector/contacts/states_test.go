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

// States leave as soon as their records are done, also where the API allows
// little or is slow, where a change of tags is made for many contacts at once,
// where people wait for each other, and while one has to be planned anew.
func TestStatesLeaveInTime(t *testing.T) {
	const people, every = 300, 10
	boston := func(i int) string { return fmt.Sprintf(`{"email":%q,"city":"Boston"}`, crowdEmail(i)) }
	lists := func(n int) func(int) string {
		return func(i int) string {
			return fmt.Sprintf(`{"email":%q,"city":"Boston","tags":"list %d"}`, crowdEmail(i), i%n)
		}
	}
	pairs := func(i int) string {
		return fmt.Sprintf(`{"email":%q,"city":"Boston","phone":"+1202555%04d"}`, crowdEmail(i), 100+i/2)
	}
	for name, tt := range map[string]struct {
		limit      int
		latency    time.Duration
		mode       airbyte.SyncMode
		data       func(i int) string
		known      bool // they are there, without city and tag
		vanish     bool // one of them, when it is to be written
		first, gap time.Duration
	}{
		"creates":                 {100, 200 * time.Millisecond, "", boston, false, false, 5 * time.Second, 10 * time.Second},
		"creates, little allowed": {25, 200 * time.Millisecond, "", boston, false, false, 5 * time.Second, 12 * time.Second},
		// Four questions of 5 s come first, and one of the first ten may have to wait for the next 10 s of the limit.
		"creates, slow answers":         {100, 5 * time.Second, "", boston, false, false, 40 * time.Second, 20 * time.Second},
		"creates, pairs share a phone":  {25, 200 * time.Millisecond, "", pairs, false, false, 25 * time.Second, 25 * time.Second},
		"updates, little allowed":       {25, 200 * time.Millisecond, "", boston, true, false, 12 * time.Second, 30 * time.Second},
		"updates, four changes of tags": {25, 200 * time.Millisecond, "", lists(4), true, false, 12 * time.Second, 30 * time.Second},
		"many changes of tags":          {100, 200 * time.Millisecond, "", lists(15), true, false, 12 * time.Second, 30 * time.Second},
		"a contact vanishes meanwhile":  {25, 200 * time.Millisecond, "", boston, true, true, 12 * time.Second, 30 * time.Second},
		"only updates, nobody is there": {25, 200 * time.Millisecond, airbyte.Update, boston, false, false, 15 * time.Second, 25 * time.Second},
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
					input.WriteString(records(tt.data(i)))
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
				out := p.must(job{plan: heropixel, mode: tt.mode, release: release}, input.String())
				t.Logf("the first state after %s, gaps of %s at most, all after %s, %d requests", first, gap, time.Since(begun), out.usage.Requests)
				if len(out.states) != people/every || tt.mode == "" && p.finished() != people {
					t.Errorf("%d states, %d contacts are finished", len(out.states), p.finished())
				}
				if first > tt.first || gap > tt.gap {
					t.Errorf("the first state left after %s, want %s; gaps of up to %s, want %s", first, tt.first, gap, tt.gap)
				}
			})
		})
	}
}
