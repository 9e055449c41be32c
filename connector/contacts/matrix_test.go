package contacts_test

import (
	"cmp"
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

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
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
var calls = []string{"bulk-tags-add", "bulk-tags-remove", "confirm-time-zones", "create", "create-appended", "create-custom-field", "custom-fields", "delete",
	"duplicate-lookup", "list", "list-by-tag", "location", "location-token", "look-up", "read", "search-by-id", "token", "update", "upsert"}

// forToken are those of them that a sign-in by an app makes, its token being
// for the location or for the agency.
var forToken = []string{"token", "location-token"}

var writing = append([]string{"bulk-tags-add", "bulk-tags-remove", "create", "create-appended", "create-custom-field", "delete", "update", "upsert"}, forToken...)

// tokenLife is that of access tokens, in worlds where one signs in by an app. It
// is longer than the vendor repeats a pair, as the real one is.
const tokenLife = 50 * time.Second

var worlds = []world{
	{name: "duplicates-forbidden", workers: 1},
	{name: "duplicates-allowed", duplicates: true, workers: 4},
	{name: "app", workers: 1, app: &sandbox.OAuth{TokenLife: tokenLife}},
	{name: "app-of-agency", duplicates: true, workers: 4, app: &sandbox.OAuth{TokenLife: tokenLife, Company: true}},
	{name: "large", large: true, workers: 4, only: []string{"list", "look-up"}},
}

// made are the calls that the world's scenario must make.
func (w world) made() []string {
	return slices.DeleteFunc(slices.Clone(calls), func(call string) bool {
		return slices.Contains(forToken, call) && (w.app == nil || call == "location-token" && !w.app.Company)
	})
}

// sampled is why the matrix has holes by default, and larger ones with -short.
const sampled = "one in four cases is enough, and one in 25 with -short (-histories, if raised, has all)"

// TestFaultMatrix lets each kind of call go wrong in each way, the first, the
// middle and the last time it is made, and wants the end that a sync without
// faults has. One case alone: -run with its whole name. With -v each world tells
// which cases it leaves out, and why.
func TestFaultMatrix(t *testing.T) {
	n := 0
	for _, w := range worlds {
		t.Run(w.name, func(t *testing.T) {
			right := w.right(t)
			left := map[string][]string{}
			for _, call := range calls {
				at, why := positions(call, right.calls[call])
				if why != "" {
					left[why] = append(left[why], call)
				}
				for _, b := range blemishes {
					for _, at := range at {
						name := fmt.Sprintf("%s/%s/%s", call, b.name, at.when)
						why := w.leaves(call, b, at.when)
						if n++; why == "" && (testing.Short() && n%25 != 0 || *histories <= defaultHistories && n%4 != 0) {
							why = sampled
						}
						if why != "" {
							left[why] = append(left[why], name)
							continue
						}
						t.Run(name, func(t *testing.T) {
							t.Parallel()
							w.strike(t, right, b.of(call, w), blow{call: call, after: at.after, times: cmp.Or(b.times, 1), fault: b.fault})
						})
					}
				}
			}
			for _, why := range slices.Sorted(maps.Keys(left)) {
				t.Logf("left out, because %s: %d: %s", why, len(left[why]), strings.Join(left[why], " "))
			}
		})
	}
}

// strike plays the world's scenario with blows, and judges the end.
func (w world) strike(t *testing.T, right *verdict, b blemish, blows ...blow) {
	synctest.Test(t, func(t *testing.T) {
		newScenario(w).play(t, right, blows...).judge(b)
		if t.Failed() {
			t.Logf("%s: %+v", w.name, blows)
		}
	})
}

// position is one of the times that a call is made: after so many others.
type position struct {
	when  string
	after int
}

// positions are the first, the middle and the last of n calls; and of creates,
// the refusal that makes the last one necessary. If some of these are not there,
// or are the same, why says so.
func positions(call string, n int) (out []position, why string) {
	switch n {
	case 0:
		return nil, "this world does not make the call at all"
	case 1:
		return []position{{"first", 0}}, "this world makes the call once, so that the first is the middle and the last"
	case 2:
		return []position{{"first", 0}, {"last", 1}}, "this world makes the call twice, so that there is no middle"
	}
	out = []position{{"first", 0}, {"middle", n / 2}}
	if call == "create" {
		out = append(out, position{"next-to-last", n - 2})
	}
	return append(out, position{"last", n - 1}), ""
}

// leaves says why a case is not part of the world; "" if it is.
func (w world) leaves(call string, b blemish, when string) string {
	switch {
	case b.writes && !slices.Contains(writing, call):
		return "the call writes nothing"
	case w.only != nil && !slices.Contains(w.only, call):
		return "the size of the location makes no difference to the call"
	case w.app != nil && !slices.Contains(forToken, call) && b.fault != ":status:status=401":
		return "only what a refused token does depends on the way to sign in"
	case w.large && (b.times != 0 || when == "first"):
		return "it takes no large location"
	}
	return ""
}

// of is the blemish as it is at a call, where that makes a difference.
func (b blemish) of(call string, w world) blemish {
	ofToken := slices.Contains(forToken, call)
	switch {
	case !ofToken && w.app != nil && b.name == "401": // the next token serves
		b.ends = nil
	case call == "location-token" && b.name == "422-applied": // the vendor's word for a request that is wrong
		b.ends = []ghl.Kind{ghl.Forbidden}
	}
	return b
}

// right is how the world's scenario ends without faults, with how often each call
// is made at the least.
func (w world) right(t *testing.T) (v *verdict) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tr := newScenario(w).play(t, nil)
		v = tr.verdict()
		if len(tr.errs) > 0 {
			t.Fatalf("the sync without faults needs several tries: %v", tr.errs)
		}
	})
	for range 10 { // how often some calls are made depends on which of several answers comes first
		synctest.Test(t, func(t *testing.T) {
			for call, n := range newScenario(w).play(t, nil).verdict().calls {
				v.calls[call] = min(v.calls[call], n)
			}
		})
	}
	if got := slices.Sorted(maps.Keys(v.calls)); !slices.Equal(got, w.made()) {
		t.Fatalf("the scenario makes the calls %v, want %v", got, w.made())
	}
	for subject, rows := range v.by {
		want := 1
		if subject == appendedName+"0" {
			want = 2
		}
		if strings.Count(rows, "\n") != want {
			t.Fatalf("%s has not %d contacts:\n%s", subject, want, rows)
		}
	}
	for name, src := range newScenario(w).sources {
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
	case !tr.mayEnd(b):
		t.Errorf("the sync ended with %v, want one of %v", tr.errs, b.ends)
	}
	if err := tr.signedIn(); err != nil {
		t.Errorf("what the platform has kept of the sign-in does not serve: %v", err)
	}
	tr.judgeRows(got, right)
	tr.pardon(got)
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

// mayEnd tells whether the syncs ended as they may. The sign-in may have ended
// only if an answer with a new pair was lost, and a fault lasted for longer than
// the vendor repeats it.
func (tr *trial) mayEnd(b blemish) bool {
	rest := slices.DeleteFunc(slices.Clone(tr.errs), func(err error) bool { return b.times < 0 && tr.striker.late && hasEnded(err) })
	return len(rest) == 0 || len(rest) == 1 && slices.Contains(b.ends, ghl.KindOf(rest[0]))
}

var writes = regexp.MustCompile(`(\d+) created · (\d+) updated`)

// counted is the account of what was done. Nobody can tell a create whose answer
// was lost from one whose refusal was lost, so these two are added up if a create
// was struck.
func (tr *trial) counted(v *verdict) string {
	if tr.striker.hit["create"]+tr.striker.hit["create-appended"] == 0 {
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
	var rights []*verdict
	for _, w := range worlds[:4] {
		rights = append(rights, w.right(t))
	}
	t.Log("left out: what lasts, and what may end a sync; TestFaultMatrix has them one by one")
	for seed := range trials {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(uint64(seed), 2))
			i := rng.IntN(len(rights))
			worlds[i].strike(t, rights[i], blemish{times: -1, mayEnd: true}, worlds[i].blows(rng, rights[i].calls)...)
		})
	}
}

// blows are random ones that no sync may end by.
func (w world) blows(rng *rand.Rand, made map[string]int) (out []blow) {
	for n := 2 + rng.IntN(4); len(out) < n; {
		call := w.made()[rng.IntN(len(w.made()))]
		b := blemishes[rng.IntN(len(blemishes))]
		if b.times < 0 || len(b.ends) > 0 || len(b.of(call, w).ends) > 0 || b.writes && !slices.Contains(writing, call) {
			continue
		}
		out = append(out, blow{call: call, after: rng.IntN(made[call]), times: max(1, b.times), fault: b.fault})
	}
	return out
}
