package contacts_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// Where there is work, nearly all of what the API allows is used. Only at the
// beginning of a window a few questions wait for each other's answers, which
// shows where answers are slow.
func TestTheRateIsUsed(t *testing.T) {
	const people = 1500
	for _, tt := range []struct {
		limit   int
		latency time.Duration
		known   bool
		least   float64
	}{
		{100, 100 * time.Millisecond, false, 0.98},
		{100, 100 * time.Millisecond, true, 0.98},
		{100, 2 * time.Second, false, 0.95},
		{100, 2 * time.Second, true, 0.88},
		{25, 2 * time.Second, false, 0.95},
		{25, 2 * time.Second, true, 0.95},
	} {
		t.Run(fmt.Sprintf("%d allowed, latency %s, updates %t", tt.limit, tt.latency, tt.known), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{Burst: tt.limit, Latency: tt.latency})
				if tt.known {
					p.crowd(people)
				}
				var input strings.Builder
				for i := range people {
					input.WriteString(records(fmt.Sprintf(`{"email":%q,"city":"Boston"}`, crowdEmail(i))))
					if i%10 == 9 {
						input.WriteString(state("people", i+1))
					}
				}
				begun := time.Now()
				out := p.must(job{plan: heropixel}, input.String())
				took := time.Since(begun) - 4*tt.latency // to learn what the location is
				allowed := time.Duration(out.usage.Requests) * 10 * time.Second / time.Duration(tt.limit)
				used := float64(allowed) / float64(took)
				t.Logf("%d requests in %s: %.1f%% of the rate", out.usage.Requests, took, 100*used)
				if used < tt.least {
					t.Errorf("used %.1f%% of the rate, want %.1f%%", 100*used, 100*tt.least)
				}
			})
		})
	}
}
