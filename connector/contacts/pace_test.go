package contacts_test

import (
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// TestWhatASyncTakes where the API allows 100 requests in 10 seconds and takes its time: what is read is read side by side, listed or
// looked up. FIGURES=1 has ten times as many people.
func TestWhatASyncTakes(t *testing.T) {
	share := 10
	if os.Getenv("FIGURES") != "" {
		share = 1
	}
	for _, tt := range []struct {
		location, records int
		requests          int
		most              time.Duration
	}{
		{50_000, 20_000, 110, 30 * time.Second},
		{50_000, 50_000, 180, 30 * time.Second},
		{10_000, 10_000, 30, 10 * time.Second},
	} {
		t.Run(fmt.Sprintf("%d of %d", tt.records, tt.location), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{Burst: 100, Latency: 600 * time.Millisecond})
				location, records := tt.location/share, tt.records/share
				begun := time.Now()
				for i := range location {
					p.Put(crowdContact(i, begun.Add(time.Duration(i-location)*time.Minute)))
				}
				out := p.must(job{plan: crowdPlan}, crowd(0, records, nil))
				took := time.Since(begun)
				t.Logf("%d requests in %s", out.usage.Requests, took)
				out.has(t, "0 created · 0 updated")
				if most := tt.requests/share + 12; out.usage.Requests > int64(most) {
					t.Errorf("%d requests, want at most %d", out.usage.Requests, most)
				}
				if most := tt.most/time.Duration(share) + 6*time.Second; took > most {
					t.Errorf("took %s, want at most %s", took, most)
				}
			})
		})
	}
}

// crowdContact is number i of a crowd, as the API shows it.
func crowdContact(i int, added time.Time) sandbox.Contact {
	return sandbox.Contact{DateAdded: added, Tags: []string{"heropixel"}, Fields: map[string]any{"email": fmt.Sprintf("p%d@example.com", i),
		"phone": fmt.Sprintf("+1%03d555%04d", 200+i/10000%700, i%10000), "firstName": fmt.Sprintf("P%d", i), "lastName": "Long",
		"city": "Austin", "postalCode": fmt.Sprintf("%05d", i%100000), "country": "US", "source": "capitalaudience"}}
}
