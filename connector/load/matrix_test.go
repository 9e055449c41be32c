package load_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/ghl"
)

// blemish is a fault of the matrix and how a sync may end that meets it.
type blemish struct {
	name  string
	fault string // for sandbox.FaultHeader
	times int    // 0: once; -1: until the sync ends
	// ends are the kinds of error of which the sync has one; with mayEnd it may
	// as well succeed, and none is none.
	ends   []ghl.Kind
	mayEnd bool
	writes bool // only of calls that write
}

// What lasts may end a sync so.
var outage = []ghl.Kind{ghl.Transient, ghl.Ambiguous, ghl.Throttled}

var blemishes = []blemish{
	{name: "429", fault: ":throttle"},
	{name: "429-storm", fault: ":throttle", times: 6},
	{name: "500", fault: ":status:status=500"},
	{name: "502", fault: ":status:status=502"},
	{name: "503", fault: ":status:status=503"},
	{name: "503-storm", fault: ":status:status=503", times: 4},
	{name: "504", fault: ":status:status=504"},
	{name: "504-applied", fault: ":status-applied:status=504"},
	{name: "504-applied-storm", fault: ":status-applied:status=504", times: 4},
	{name: "timeout", fault: ":timeout"},
	{name: "timeout-storm", fault: ":timeout", times: 3},
	{name: "timeout-applied", fault: ":timeout-applied"},
	{name: "reset-before", fault: ":reset-before"},
	{name: "reset-before-storm", fault: ":reset-before", times: 4},
	{name: "reset-after", fault: ":reset-after"},
	{name: "reset-after-storm", fault: ":reset-after", times: 4},
	{name: "truncated", fault: ":truncated"},
	{name: "truncated-storm", fault: ":truncated", times: 4},
	{name: "cut", fault: ":cut"},
	{name: "empty", fault: ":empty-body"},
	{name: "garbage", fault: ":garbage"},
	{name: "html-200", fault: ":html"},
	{name: "html-502", fault: ":html:status=502"},
	{name: "401-timed-out", fault: ":command-timed-out"},
	{name: "401-timed-out-storm", fault: ":command-timed-out", times: 4},
	{name: "422-applied", fault: ":422-applied", writes: true},
	{name: "slow", fault: ":slow:delay=45s"},
	{name: "slow-storm", fault: ":slow:delay=45s", times: 3},
	{name: "too-slow", fault: ":slow:delay=90s"},
	{name: "clock-ahead", fault: ":skew"},
	{name: "clock-behind", fault: ":skew:delay=-24h"},
	{name: "html-403", fault: ":html:status=403", ends: []ghl.Kind{ghl.Forbidden}},
	{name: "403", fault: ":status:status=403", ends: []ghl.Kind{ghl.Forbidden}},
	{name: "401", fault: ":status:status=401", ends: []ghl.Kind{ghl.Unauthorized}},
	{name: "quota-gone", fault: ":exhausted", ends: []ghl.Kind{ghl.Exhausted}},
	{name: "429-lasting", fault: ":throttle", times: -1, ends: outage, mayEnd: true},
	{name: "503-lasting", fault: ":status:status=503", times: -1, ends: outage, mayEnd: true},
	{name: "timeout-lasting", fault: ":timeout", times: -1, ends: outage, mayEnd: true},
	{name: "reset-after-lasting", fault: ":reset-after", times: -1, ends: outage, mayEnd: true},
	{name: "html-200-lasting", fault: ":html", times: -1, ends: outage, mayEnd: true},
}

// calls are all that the scenario must make. Whatever is new among the client's
// requests must be entered here.
var calls = []string{"bulk-tags-add", "bulk-tags-remove", "confirm-time-zones", "create", "create-custom-field", "custom-fields", "delete",
	"duplicate-lookup", "list", "list-by-tag", "location", "look-up", "read", "search-by-id", "update", "upsert"}

var writing = []string{"bulk-tags-add", "bulk-tags-remove", "create", "create-custom-field", "delete", "update", "upsert"}

// world is a location and a scenario in it.
type world struct {
	name              string
	duplicates, large bool
	workers           int
	only              []string // calls; nil: all
}

var worlds = []world{
	{name: "duplicates-forbidden", workers: 1},
	{name: "duplicates-allowed", duplicates: true, workers: 4},
	{name: "large", large: true, workers: 4, only: []string{"list", "look-up"}},
}

// TestFaultMatrix lets each kind of call go wrong in each way, the first, the
// middle and the last time it is made, and wants the end that a sync without
// faults has. One case alone: -run with its whole name.
func TestFaultMatrix(t *testing.T) {
	n := 0
	for _, w := range worlds {
		t.Run(w.name, func(t *testing.T) {
			right := w.right(t)
			for _, call := range w.calls() {
				for _, b := range blemishes {
					for _, at := range positions(call, right.calls[call]) {
						if !w.has(call, b, at.when) {
							continue
						}
						if n++; testing.Short() && n%10 != 0 {
							continue
						}
						t.Run(fmt.Sprintf("%s/%s/%s", call, b.name, at.when), func(t *testing.T) {
							t.Parallel()
							synctest.Test(t, func(t *testing.T) {
								hit := blow{call: call, after: at.after, times: max(b.times, 1), fault: b.fault}
								if b.times < 0 {
									hit.times = -1
								}
								tr := newScenario(w.duplicates, w.large).play(t, right, w.workers, hit)
								tr.judge(b)
							})
						})
					}
				}
			}
		})
	}
}

func (w world) calls() []string {
	if w.only != nil {
		return w.only
	}
	return calls
}

// position is one of the times that a call is made: after so many others.
type position struct {
	when  string
	after int
}

// positions are the first, the middle and the last of n calls; and of creates,
// the refusal that makes the last one necessary.
func positions(call string, n int) []position {
	out := []position{{"first", 0}}
	if n > 2 {
		out = append(out, position{"middle", n / 2})
	}
	if call == "create" {
		out = append(out, position{"next-to-last", n - 2})
	}
	if n > 1 {
		out = append(out, position{"last", n - 1})
	}
	return out
}

// has tells whether a case is part of the world: where a fault that comes often
// begins, matters little, and it takes a large location to page through one.
func (w world) has(call string, b blemish, when string) bool {
	switch {
	case b.writes && !slices.Contains(writing, call):
		return false
	case b.times != 0 && when == "last", w.large && (b.times != 0 || when == "first"):
		return false
	}
	return true
}

// right is how the world's scenario ends without faults.
func (w world) right(t *testing.T) (v *verdict) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tr := newScenario(w.duplicates, w.large).play(t, nil, w.workers)
		v = tr.verdict()
		if len(tr.errs) > 0 {
			t.Fatalf("the sync without faults needs several tries: %v", tr.errs)
		}
	})
	if got := slices.Sorted(maps.Keys(v.calls)); !slices.Equal(got, calls) {
		t.Fatalf("the scenario makes the calls %v, want %v", got, calls)
	}
	for subject, rows := range v.by {
		if strings.Count(rows, "\n") != 1 {
			t.Fatalf("%s has several contacts:\n%s", subject, rows)
		}
	}
	for name, src := range newScenario(w.duplicates, w.large).sources {
		if sum := v.settled[name]; sum[0]+sum[1] != int64(len(src.records)) {
			t.Fatalf("stream %s: %d accepted and %d rejected of %d", name, sum[0], sum[1], len(src.records))
		}
	}
	return v
}

const (
	moreRequests = 60  // than without faults
	ofAnOutage   = 250 // of each worker, more still: retries that last half an hour
)

// judge holds a trial's end to the one without faults.
func (tr *trial) judge(b blemish) {
	t := tr.t
	t.Helper()
	got, right := tr.verdict(), tr.right
	if len(tr.striker.hit) == 0 {
		t.Fatal("the fault did not strike")
	}
	switch {
	case len(tr.errs) == 0 && len(b.ends) > 0 && !b.mayEnd:
		t.Errorf("the sync succeeded, want it to end with one of %v", b.ends)
	case len(tr.errs) > 1, len(tr.errs) == 1 && !slices.Contains(b.ends, ghl.KindOf(tr.errs[0])):
		t.Errorf("the sync ended with %v, want one of %v", tr.errs, b.ends)
	}
	if diff := cmp.Diff(right.rows, got.rows); diff != "" {
		t.Errorf("the location holds something else than without the fault: %s", diff)
	}
	if !reflect.DeepEqual(got.settled, right.settled) {
		t.Errorf("accepted and rejected records by stream: %v, want %v", got.settled, right.settled)
	}
	if len(tr.errs) == 0 && tr.counted(got) != tr.counted(right) {
		t.Errorf("the account is\n%swant\n%s", got.counts, right.counts)
	}
	budget, most := 20*time.Minute, right.requests*(1+len(tr.errs))+moreRequests
	if b.mayEnd {
		budget, most = 45*time.Minute, most+ofAnOutage*tr.workers
	}
	if tr.took > budget {
		t.Errorf("it took %v, want at most %v", tr.took, budget)
	}
	if got.requests > most {
		t.Errorf("it took %d requests, want at most %d", got.requests, most)
	}
	if t.Failed() {
		t.Logf("errors %v, calls %v\n%s", tr.errs, got.calls, tr.log)
	}
}

var writes = regexp.MustCompile(`(\d+) created · (\d+) updated`)

// counted is the account of what was done. Nobody can tell a create whose answer
// was lost from one whose refusal was lost, so these two are added up if a create
// was struck.
func (tr *trial) counted(v *verdict) string {
	if !tr.striker.hit["create"] {
		return v.counts
	}
	return writes.ReplaceAllStringFunc(v.counts, func(s string) string {
		var created, updated int
		if _, err := fmt.Sscanf(s, "%d created · %d updated", &created, &updated); err != nil {
			tr.t.Fatal(err)
		}
		return fmt.Sprintf("%d written", created+updated)
	})
}

// TestFaultsTogether lets several random calls go wrong in random ways. One
// case alone: -run 'TestFaultsTogether/seed=17$'.
func TestFaultsTogether(t *testing.T) {
	trials := 400
	if testing.Short() {
		trials = 40
	}
	rights := []*verdict{worlds[0].right(t), worlds[1].right(t)}
	for seed := range trials {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(uint64(seed), 2))
				i := rng.IntN(2)
				w, right := worlds[i], rights[i]
				var blows []blow
				for len(blows) < 2+rng.IntN(4) {
					call := calls[rng.IntN(len(calls))]
					b := blemishes[rng.IntN(len(blemishes))]
					if b.times < 0 || len(b.ends) > 0 || b.writes && !slices.Contains(writing, call) {
						continue
					}
					blows = append(blows, blow{call: call, after: rng.IntN(right.calls[call]), times: max(1, b.times), fault: b.fault})
				}
				tr := newScenario(w.duplicates, w.large).play(t, right, w.workers, blows...)
				tr.judge(blemish{mayEnd: true})
				if t.Failed() {
					t.Logf("%s: %+v", w.name, blows)
				}
			})
		})
	}
}
