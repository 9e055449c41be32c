package records_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// world is a location with businesses, the settings of two streams, and their records, all by chance and few enough to meet.
type world struct {
	*rand.Rand
	there   []map[string]any
	streams []stream
	lines   []string
}

// newWorld makes a world; in a dated one cursors have the last word.
func newWorld(seed uint64, dated bool) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 14))}
	for range w.IntN(5) {
		w.there = append(w.there, w.company())
	}
	for _, name := range []string{"companies", "accounts"} {
		matchOn := [][]string{{"name"}, {"website"}, {"website", "name"}, {"custom_field:account_number", "name"}, {"custom_field:account_number"}}[w.IntN(5)]
		s := stream{name: name, mode: []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Append, airbyte.Update}[w.IntN(3)],
			plan: crm.PlanOptions{MatchOn: matchOn, ClearNulls: w.IntN(2) == 0}}
		if w.IntN(3) == 0 {
			s.plan.Mappings = []crm.Mapping{{From: "city", To: "city", When: crm.IfEmpty}}
		}
		if dated {
			s.cursor = "at"
		}
		w.streams = append(w.streams, s)
	}
	for range 1 + w.IntN(25) {
		data := w.company()
		for _, column := range []string{"city", "website", "name"} {
			if w.IntN(8) == 0 {
				data[column] = nil
			}
		}
		if w.IntN(20) == 0 {
			data["_ab_cdc_deleted_at"] = "2024-01-01"
		}
		data["at"] = w.IntN(6)
		text, _ := json.Marshal(data)
		w.lines = append(w.lines, record(w.streams[w.IntN(2)].name, string(text)))
	}
	return w
}

func (w *world) company() map[string]any {
	data := map[string]any{"name": []string{"Acme", "ACME", "Bolt", "Coil", "Dyne"}[w.IntN(5)]}
	if w.IntN(2) == 0 {
		data["website"] = fmt.Sprintf("%s.example.com/%d", []string{"a", "b", "c"}[w.IntN(3)], w.IntN(2))
	}
	if w.IntN(2) == 0 {
		data["account_number"] = fmt.Sprintf("A-%d", w.IntN(3))
	}
	if w.IntN(2) == 0 {
		data["city"] = []string{"Austin", "Boston"}[w.IntN(2)]
	}
	return data
}

// end is what the location holds after the records came in these many syncs, in windows of a size; a name counts without its case.
func (w *world) end(t *testing.T, syncs [][]string, size int, faults ...sandbox.Fault) string {
	p := newPlace(t, sandbox.Options{})
	for _, b := range w.there {
		p.PutBusiness(sandbox.Business{Properties: b})
	}
	p.Inject(faults...)
	for _, lines := range syncs {
		p.must(job{streams: w.streams, limits: windowsOf(size)}, lines...)
	}
	var out []string
	for _, b := range p.Businesses() {
		b.Properties["name"] = strings.ToLower(fmt.Sprint(b.Properties["name"]))
		out = append(out, properties(b))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

var randomWorlds = flag.Int("worlds", 500, "how many random worlds the property tests play")

// TestRecordsOfAWindowEndAsIfEachHadCome in a sync of its own, whatever they have to do with each other, and also where answers are lost.
func TestRecordsOfAWindowEndAsIfEachHadCome(t *testing.T) {
	worlds := *randomWorlds
	if testing.Short() {
		worlds = 200
	}
	for seed := range uint64(worlds) {
		w := newWorld(seed, false)
		var apart [][]string
		for _, line := range w.lines {
			apart = append(apart, []string{line})
		}
		synctest.Test(t, func(t *testing.T) {
			want := w.end(t, apart, 1)
			if got := w.end(t, [][]string{w.lines}, 100); got != want {
				t.Fatalf("world %d: together they end as\n%s\nwant\n%s\nstreams %+v\nthere %v\n%s", seed, got, want, w.streams, w.there, strings.Join(w.lines, ""))
			}
			op := []string{opCreate, opRecord}[w.IntN(2)]
			kind := []sandbox.FaultKind{sandbox.FaultResetAfter, sandbox.FaultResetBefore, sandbox.Fault422Applied, sandbox.FaultGarbage}[w.IntN(4)]
			if got := w.end(t, [][]string{w.lines}, 100, sandbox.Fault{Operation: op, Kind: kind, After: w.IntN(3), Times: 1 + w.IntN(2)}); got != want {
				t.Fatalf("world %d with %s of %s: ends as\n%s\nwant\n%s\nstreams %+v\nthere %v\n%s", seed, kind, op, got, want, w.streams, w.there, strings.Join(w.lines, ""))
			}
		})
	}
}

// TestTheLastWordByCursor is the same whatever windows the records come in.
func TestTheLastWordByCursor(t *testing.T) {
	worlds := 1000
	if testing.Short() {
		worlds = 100
	}
	for seed := range uint64(worlds) {
		w := newWorld(seed, true)
		synctest.Test(t, func(t *testing.T) {
			all := [][]string{w.lines}
			want := w.end(t, all, 1)
			if got := w.end(t, all, 1+w.IntN(20)); got != want {
				t.Fatalf("world %d: ends as\n%s\nin windows of one as\n%s\nstreams %+v\nthere %v\n%s", seed, got, want, w.streams, w.there, strings.Join(w.lines, ""))
			}
		})
	}
}
