package connector

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/sandbox"
)

// town is a location and streams of all objects about a few people, by chance and few enough to meet.
type town struct {
	*rand.Rand
	options sandbox.Options
	seed    func(*sandbox.Server)
	lines   []sourceLine
	stops   bool     // there is a stream of suppressions
	phones  []string // by person
	cuts    []int    // how often its syncs are cut short, by trial
}

const townCatalog = `{"streams":[
	{"stream":{"name":"stops","json_schema":{"properties":{"email":{},"phone":{}}}},"destination_sync_mode":"append"},
	{"stream":{"name":"companies","json_schema":{"properties":{"name":{},"city":{}}}},"destination_sync_mode":"append_dedup","primary_key":[["name"]]},
	{"stream":{"name":"people","json_schema":{"properties":{"email":{},"phone":{},"first_name":{},"business":{}}}},"destination_sync_mode":"append_dedup","primary_key":[["email"]]},
	{"stream":{"name":"calls","json_schema":{"properties":{"id":{},"contactId":{},"email":{},"phone":{},"body":{}}}},"destination_sync_mode":"append_dedup","primary_key":[["id"]]},
	{"stream":{"name":"todos","json_schema":{"properties":{"id":{},"contactId":{},"email":{},"phone":{},"title":{},"due":{}}}},"destination_sync_mode":"append_dedup","primary_key":[["id"]]},
	{"stream":{"name":"deals","json_schema":{"properties":{"deal_number":{},"contactId":{},"email":{},"phone":{},"pipeline":{},"stage":{},"name":{},"status":{},"value":{}}}},"destination_sync_mode":"append_dedup","primary_key":[["deal_number"]]}]}`

// townSettings: on_delete concerns notes, tasks and opportunities here, for no contact is deleted.
var townSettings = map[string]any{"on_delete": "delete", "streams": []any{
	map[string]any{"name": "stops", "object": "suppressions"}, map[string]any{"name": "companies", "object": "businesses"},
	map[string]any{"name": "people", "object": "contacts"}, map[string]any{"name": "calls", "object": "notes"}, map[string]any{"name": "todos", "object": "tasks"},
	map[string]any{"name": "deals", "object": "opportunities", "match_on": []string{"custom_field:deal_number"}}}}

func townEmail(person int) string { return fmt.Sprintf("p%d@example.com", person) }

func newTown(seed uint64) *town {
	w := &town{Rand: rand.New(rand.NewPCG(seed, 16))}
	w.options = sandbox.Options{IndexLag: []time.Duration{2 * time.Second, time.Minute}[w.IntN(2)], Latency: 10 * time.Millisecond, AllowDuplicates: w.IntN(2) == 0, AllowDuplicateOpportunities: w.IntN(2) == 0}
	w.phones, w.cuts = []string{"+12025550100", "+12025550101", "+12025550102", "+12025550103"}, []int{0, 1, 3}
	if w.IntN(3) == 0 { // whose a shared phone was first nobody can know of contacts that a sync before this has just created
		w.phones[1], w.cuts = w.phones[0], []int{0}
	}
	there := w.IntN(16)
	w.stops = w.IntN(2) == 0
	w.seed = func(s *sandbox.Server) {
		s.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme"}})
		for i := range w.phones {
			if there&(1<<i) == 0 {
				continue
			}
			id := s.Put(sandbox.Contact{ID: townID(i), Fields: map[string]any{"email": townEmail(i), "phone": w.phones[i], "country": "US", "source": "web"}, Tags: []string{"heropixel"},
				DateAdded: time.Now().Add(time.Duration(i-100) * time.Hour)})
			s.PutNote(sandbox.Note{ContactID: id, Body: "Old\n[ref:calls/1]"})
			s.PutTask(sandbox.Task{ContactID: id, Title: "Old", Body: "[ref:todos/1]", Due: time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)})
			s.PutOpportunity(sandbox.Opportunity{ContactID: id, PipelineID: "plSales0000000000001", Name: "Old", Status: []string{"open", "won"}[i%2],
				CustomFields: map[string]any{"ofText00000000000001": fmt.Sprintf("D-%d-0", i)}})
		}
	}
	for i := range 1 + w.IntN(40) {
		w.lines = append(w.lines, w.line(i))
	}
	for _, name := range []string{"Bolt", "Coil"} { // a business that never comes leaves the link as it is, which is another where it would have come
		i := w.IntN(len(w.lines) + 1)
		w.lines = slices.Insert(w.lines, i, sourceLine{stream: "companies", data: fmt.Sprintf(`{"name":%q}`, name), state: w.IntN(2) == 0, pause: w.IntN(6) == 0})
	}
	last := map[string]int{}
	for i, l := range w.lines {
		last[l.stream] = i
	}
	for _, i := range last {
		w.lines[i].complete = seed%2 == 0
	}
	return w
}

func townID(person int) string { return fmt.Sprintf("p%019d", person) }

// line is the i-th of the input. What it brings has the number in it, so that it is known again.
func (w *town) line(i int) sourceLine {
	streams := []string{"companies", "people", "people", "calls", "todos"}
	if w.options.IndexLag < time.Minute { // a search for opportunities knows after seconds what was written
		streams = append(streams, "deals")
	}
	if w.stops {
		streams = append(streams, "stops")
	}
	l := sourceLine{stream: streams[w.IntN(len(streams))], state: w.IntN(3) == 0, pause: w.IntN(6) == 0}
	person := w.IntN(len(w.phones))
	data := map[string]any{"email": townEmail(person), "phone": w.phones[person]}
	mark := fmt.Sprintf("No. %d.", i)
	switch l.stream {
	case "stops":
		delete(data, []string{"phone", "email"}[w.IntN(1+person/2)]) // a phone that two share stops both, if they are in one sync
	case "companies":
		data = map[string]any{"name": w.company(), "city": mark}
	case "people":
		data["first_name"] = mark
		if w.IntN(3) == 0 {
			data["business"] = w.company()
		}
	case "deals": // which are one opportunity's, whomever they name
		data["deal_number"] = fmt.Sprintf("D-%d-0", person)
		if w.options.AllowDuplicateOpportunities && w.IntN(2) == 0 { // else which of two is refused depends on which waits for its contact
			data["deal_number"] = fmt.Sprintf("D-%d-1", person)
		}
		data["pipeline"], data["name"], data["value"] = "Sales", mark, w.IntN(3)
		data["status"] = []string{"open", "open", "won", "lost"}[w.IntN(4)]
		data["stage"] = []string{"New Lead", "Contacted", "Nowhere"}[min(2, w.IntN(9)/4)]
		data["phone"] = w.oddPhone()
	default:
		w.belong(data, person)
		data["id"] = 1 + w.IntN(3)
		data["body"], data["title"], data["due"] = mark, mark, "2026-12-24"
	}
	if rank(l) == 3 && w.IntN(6) == 0 {
		data["_ab_cdc_deleted_at"] = "2026-01-01"
	}
	text, _ := json.Marshal(data) // of plain values
	l.data = string(text)
	return l
}

func (w *town) company() string { return []string{"Acme", "ACME", "Bolt", "Coil"}[w.IntN(4)] }

// belong says whom a record belongs to, in one of the ways that sources have.
func (w *town) belong(data map[string]any, person int) {
	switch w.IntN(12) {
	case 0, 1, 2:
		delete(data, "email")
	case 3, 4, 5:
		delete(data, "phone")
	case 6:
		data["email"] = []any{"no address", "", nil, 7, []any{}, map[string]any{"a": 1}, strings.Repeat("x", 500) + "@example.com"}[w.IntN(7)]
	case 7:
		data["phone"] = w.oddPhone()
	case 8:
		data["contactId"] = []any{townID(person), "short", 5, "aaaaaaaaaaaaaaaaaaaa", "../../../locations", nil}[w.IntN(6)]
	case 9:
		data["email"] = "nobody@example.com"
	}
}

func (w *town) oddPhone() any {
	return []any{"12", "call me", nil, -1, []any{"x"}, true, strings.Repeat("5", 400)}[w.IntN(7)]
}

// platform is one before its first sync. With stops the list is delivered whole each time, as DESIGN.md wants it.
func (w *town) platform(t *testing.T, lines ...sourceLine) *platform {
	p := newPlatform(t, w.options, townSettings, townCatalog, lines)
	p.whole = []string{"stops"}
	w.seed(p.Server)
	return p
}

// rank orders streams as their objects refer to each other.
func rank(l sourceLine) int {
	switch l.stream {
	case "companies":
		return 0
	case "people":
		return 1
	case "stops":
		return 2
	}
	return 3
}

// alone is what the location holds after each record came in a sync of its own, those before that others refer to, and how many were
// rejected by stream.
func (w *town) alone(t *testing.T) (picture []string, rejected map[string]int64) {
	lines := slices.Clone(w.lines)
	slices.SortStableFunc(lines, func(a, b sourceLine) int { return rank(a) - rank(b) })
	p, rejected := w.platform(t), map[string]int64{}
	for _, l := range lines {
		l.state = true
		p.lines = []sourceLine{l}
		clear(p.acked)
		clear(p.settled)
		if _, err := p.sync(cut{}); err != nil {
			t.Fatalf("%s: %v\n%s", l.data, err, p.log)
		}
		rejected[l.stream] += p.settled[l.stream].bad
		time.Sleep(2 * time.Minute) // of the bubble: search has caught up
	}
	return p.picture(), rejected
}

// TestStreamsOfAllObjects end as if each record had come in a sync of its own, in whatever order and windows the streams come, also if
// syncs are cut short and start again from the last states; and no state runs ahead of its records.
func TestStreamsOfAllObjects(t *testing.T) {
	t.Parallel()
	worlds := 150
	if testing.Short() {
		worlds = 25
	}
	for seed := range uint64(worlds) {
		w := newTown(seed)
		synctest.Test(t, func(t *testing.T) {
			want, rejected := w.alone(t)
			for _, cuts := range w.cuts {
				p, requests := w.platform(t, w.lines...), 40
				p.watch(want, func(row string) bool { return w.stops && strings.HasPrefix(row, "contact ") })
				for range cuts {
					n, err := p.sync(cut{1 + w.IntN(requests), w.IntN(2) == 0})
					if requests = max(n, 1); err != nil {
						t.Fatalf("town %d: %v\n%s", seed, err, p.log)
					}
				}
				if _, err := p.sync(cut{}); err != nil {
					t.Fatalf("town %d: %v\n%s", seed, err, p.log)
				}
				if diff := cmp.Diff(want, p.picture()); diff != "" {
					t.Errorf("after %d cuts: %s", cuts, diff)
				}
				for stream, sum := range p.settled {
					if cuts == 0 && sum.bad > rejected[stream] {
						t.Errorf("%d records of %s are rejected, want %d", sum.bad, stream, rejected[stream])
					}
				}
				if t.Failed() {
					t.Fatalf("town %d: %+v\n%s%s", seed, w.options, townLog(w.lines), p.log)
				}
			}
		})
	}
}

func townLog(lines []sourceLine) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s: %s state=%t pause=%t\n", l.stream, l.data, l.state, l.pause)
	}
	return b.String()
}
