package connector

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// blemish is a fault of the matrix and how a sync may end that meets it.
type blemish struct {
	name   string
	fault  string     // for sandbox.FaultHeader; "" is that what the request is about has gone
	times  int        // 0: once; -1: until the sync ends
	ends   []ghl.Kind // the sync's error is of one of these kinds; none is none
	mayEnd bool       // or there is none
	writes bool       // only of calls that write
	costs  bool       // its record, until that comes again
}

// What lasts may end a sync so.
var outage = []ghl.Kind{ghl.Transient, ghl.Ambiguous, ghl.Throttled}

var blemishes = []blemish{
	{name: "429", fault: ":throttle"},
	{name: "429-storm", fault: ":throttle", times: 6},
	{name: "500", fault: ":status:status=500"},
	{name: "503-storm", fault: ":status:status=503", times: 4},
	{name: "504-applied", fault: ":status-applied:status=504"},
	{name: "504-applied-storm", fault: ":status-applied:status=504", times: 4},
	{name: "timeout", fault: ":timeout"},
	{name: "timeout-applied", fault: ":timeout-applied"},
	{name: "reset-before-storm", fault: ":reset-before", times: 4},
	{name: "reset-after", fault: ":reset-after"},
	{name: "reset-after-storm", fault: ":reset-after", times: 4},
	{name: "truncated", fault: ":truncated"},
	{name: "empty", fault: ":empty-body"},
	{name: "garbage", fault: ":garbage"},
	{name: "html-200", fault: ":html"},
	{name: "html-502", fault: ":html:status=502"},
	{name: "401-timed-out-storm", fault: ":command-timed-out", times: 4},
	{name: "422-applied", fault: ":422-applied", writes: true},
	{name: "422", fault: ":status:status=422", writes: true, costs: true},
	{name: "gone", writes: true},
	{name: "slow", fault: ":slow:delay=45s"},
	{name: "403", fault: ":status:status=403", ends: []ghl.Kind{ghl.Forbidden, ghl.ScopeMissing}},
	{name: "401", fault: ":status:status=401", ends: []ghl.Kind{ghl.Unauthorized, ghl.ScopeMissing}},
	{name: "quota-gone", fault: ":exhausted", ends: []ghl.Kind{ghl.Exhausted}},
	{name: "503-lasting", fault: ":status:status=503", times: -1, ends: outage, mayEnd: true},
	{name: "reset-after-lasting", fault: ":reset-after", times: -1, ends: outage, mayEnd: true},
	{name: "html-200-lasting", fault: ":html", times: -1, ends: outage, mayEnd: true},
}

// scenario is a location and streams that together make every kind of call that the objects need.
func scenario(t *testing.T) *platform {
	p := newPlatform(t, sandbox.Options{IndexLag: 2 * time.Second, Latency: 10 * time.Millisecond}, townSettings, townCatalog, nil)
	of, n := map[string][]string{}, 0
	say := func(stream, data string) {
		n++
		of[stream] = append(of[stream], strings.ReplaceAll(data, "#", fmt.Sprintf("No. %d.", n)))
	}
	due := time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)
	p.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme"}})
	for i := range 3 {
		fill := func(data string) string { return strings.ReplaceAll(data, "$", fmt.Sprint(i)) }
		person := func(name string, tags ...string) string {
			return p.Put(sandbox.Contact{Fields: map[string]any{"email": fill(name + "$@example.com"), "country": "US", "source": "web"}, Tags: tags})
		}
		person("stop", "heropixel", "own")
		old := person("old", "heropixel")
		p.PutBusiness(sandbox.Business{Properties: map[string]any{"name": fill("Biz$")}})
		p.PutBusiness(sandbox.Business{Properties: map[string]any{"name": fill("Num$"), "account_number": "old"}})
		for _, key := range []string{"o$", "d$"} {
			p.PutNote(sandbox.Note{ContactID: old, Body: fill("Old\n[ref:calls/" + key + "]")})
			p.PutTask(sandbox.Task{ContactID: old, Title: "Old", Body: fill("[ref:todos/" + key + "]"), Due: due})
			p.PutOpportunity(sandbox.Opportunity{ContactID: old, Name: "Old", PipelineID: "plSales0000000000001", Status: map[bool]string{true: "open", false: "won"}[key == "o$"],
				CustomFields: map[string]any{"ofText00000000000001": fill(key)}})
		}
		const gone = `,"_ab_cdc_deleted_at":"2026-01-01"}`
		say("stops", fill(`{"email":"stop$@example.com"}`))
		say("companies", fill(`{"name":"Biz$","city":"#"}`))
		say("companies", fill(`{"name":"Num$","account_number":"N-$","city":"#"}`))
		say("companies", fill(`{"name":"Plain$","city":"#"}`))
		say("companies", fill(`{"name":"Keyed$","account_number":"K-$","city":"#"}`))
		say("people", fill(`{"email":"new$@example.com","first_name":"#","business":"Acme"}`))
		say("people", fill(`{"email":"old$@example.com","first_name":"#"}`))
		say("calls", fill(`{"id":"n$","email":"new$@example.com","body":"#"}`))
		say("calls", fill(`{"id":"n$","email":"old$@example.com","body":"#"}`))
		say("calls", fill(`{"id":"o$","email":"old$@example.com","body":"#"}`))
		say("calls", fill(`{"id":"d$","email":"old$@example.com"`+gone))
		say("todos", fill(`{"id":"n$","email":"new$@example.com","title":"#","due":"2026-12-24"}`))
		say("todos", fill(`{"id":"n$","email":"old$@example.com","title":"#","due":"2026-12-24"}`))
		say("todos", fill(`{"id":"o$","email":"old$@example.com","title":"#","due":"2026-12-24"}`))
		say("todos", fill(`{"id":"d$","email":"old$@example.com"`+gone))
		say("deals", fill(`{"deal_number":"n$","email":"new$@example.com","pipeline":"Sales","stage":"Contacted","name":"#","status":"lost","lost_reason":"No answer"}`))
		say("deals", fill(`{"deal_number":"o$","email":"old$@example.com","pipeline":"Sales","stage":"Closed","name":"#","status":"lost","value":7}`))
		say("deals", fill(`{"deal_number":"d$","email":"old$@example.com"`+gone))
	}
	for i := range 12 {
		for _, stream := range []string{"stops", "calls", "people", "todos", "companies", "deals"} { // some before what they belong to
			if all := of[stream]; i < len(all) {
				p.lines = append(p.lines, sourceLine{stream: stream, data: all[i], state: i%3 == 2 || i == len(all)-1, pause: stream == "deals" && i%3 == 2})
			}
		}
	}
	return p
}

// callOf is the operation that a request is of.
func callOf(r *http.Request, operations []string) string {
	for _, op := range operations { // those without parameters first
		method, pattern, _ := strings.Cut(op, " ")
		parts, given := strings.Split(pattern, "/"), strings.Split(r.URL.Path, "/")
		if method == r.Method && slices.EqualFunc(parts, given, func(a, b string) bool { return a == b || strings.HasPrefix(a, "{") && b != "" }) {
			return op
		}
	}
	return ""
}

// strike lets requests of an operation go wrong, after so many.
func (p *platform) strike(op string, after int, b blemish) (struck *int) {
	operations := p.Routes()
	slices.SortFunc(operations, func(a, b string) int { return strings.Count(a, "{") - strings.Count(b, "{") })
	seen, left := 0, max(b.times, 1)
	struck = new(int)
	p.arrives = func(r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if callOf(r, operations) != op {
			return
		}
		if seen++; seen <= after || left == 0 {
			return
		}
		*struck++
		if b.times >= 0 {
			left--
		}
		if b.fault != "" {
			r.Header.Set(sandbox.FaultHeader, b.fault)
			return
		}
		id := path.Base(strings.TrimSuffix(r.URL.Path, "/status"))
		p.DeleteNote(id)
		p.DeleteTask(id)
		p.DeleteOpportunity(id)
		p.DeleteBusiness(id)
	}
	return struck
}

// rightEnd is how the scenario ends without faults.
type rightEnd struct {
	picture  []string
	settled  map[string]sums
	calls    map[string]int
	requests int
}

func newRightEnd(t *testing.T) (right rightEnd) {
	synctest.Test(t, func(t *testing.T) {
		p := scenario(t)
		if _, err := p.sync(cut{}); err != nil {
			t.Fatalf("%v\n%s", err, p.log)
		}
		right = rightEnd{p.picture(), p.settled, p.Requests(), p.Total()}
		for _, op := range streamsCalls {
			if right.calls[op] == 0 {
				t.Fatalf("the scenario does not make the call %s but %v\n%s", op, right.calls, p.log)
			}
		}
	})
	return right
}

// streamsCalls are those that the objects besides contacts need.
var streamsCalls = []string{"DELETE /contacts/{contactId}/notes/{id}", "DELETE /contacts/{contactId}/tasks/{taskId}", "DELETE /opportunities/{id}",
	"GET /businesses/", "GET /contacts/{contactId}/notes", "GET /contacts/{contactId}/tasks", "GET /opportunities/lost-reason", "GET /opportunities/pipelines",
	"POST /businesses/", "POST /contacts/", "POST /contacts/bulk/business", "POST /contacts/bulk/tags/update/{type}", "POST /contacts/search",
	"POST /contacts/{contactId}/notes", "POST /contacts/{contactId}/tasks", "POST /locations/{locationId}/tasks/search", "POST /objects/{schemaKey}/records",
	"POST /objects/{schemaKey}/records/search", "POST /opportunities/", "POST /opportunities/search", "PUT /businesses/{businessId}", "PUT /contacts/{contactId}",
	"PUT /contacts/{contactId}/notes/{id}", "PUT /contacts/{contactId}/tasks/{taskId}", "PUT /objects/{schemaKey}/records/{id}", "PUT /opportunities/{id}",
	"PUT /opportunities/{id}/status"}

// TestFaultMatrixOfObjects lets each call of a sync of all objects go wrong in each way, the first and the middle time it is made, and wants
// the end that a sync without faults has. One case in five is tried, fewer with -short, all with FAULTS=all in the environment.
func TestFaultMatrixOfObjects(t *testing.T) {
	right, n, step := newRightEnd(t), 0, 5
	switch {
	case os.Getenv("FAULTS") == "all":
		step = 1
	case testing.Short():
		step = 17
	}
	for _, op := range slices.Sorted(maps.Keys(right.calls)) {
		for _, b := range blemishes {
			for _, after := range slices.Compact([]int{0, right.calls[op] / 2}) {
				reads := strings.HasPrefix(op, "GET") || strings.HasSuffix(op, "/search")
				onlyNamed := strings.HasPrefix(op, "PUT") || strings.HasPrefix(op, "DELETE")
				if n++; n%step != 0 || b.writes && reads || b.fault == "" && (!onlyNamed || op == "PUT /contacts/{contactId}") {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s/%d", strings.ReplaceAll(op, "/", "|"), b.name, after), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { right.judge(t, op, after, b) })
				})
			}
		}
	}
}

// judge plays the scenario with a fault, and holds its end to that without one.
func (right rightEnd) judge(t *testing.T, op string, after int, b blemish) {
	p := scenario(t)
	p.watch(right.picture, func(string) bool { return b.costs })
	struck := p.strike(op, after, b)
	_, err := p.sync(cut{})
	switch {
	case *struck == 0:
		t.Fatal("the fault did not strike")
	case err == nil && len(b.ends) > 0 && !b.mayEnd:
		t.Errorf("the sync succeeded, want it to end with one of %v", b.ends)
	case err != nil && !slices.Contains(b.ends, ghl.KindOf(err)):
		t.Errorf("the sync ended with %v, want %v", err, b.ends)
	}
	log, most := p.log, right.requests+60
	if err != nil || b.costs {
		if p.arrives = nil; ghl.KindOf(err) == ghl.Exhausted {
			time.Sleep(24 * time.Hour)
		}
		if b.costs {
			clear(p.acked)
			clear(p.settled)
		}
		if _, err := p.sync(cut{}); err != nil {
			t.Fatalf("the next sync ended with %v\n%s", err, p.log)
		}
		most += right.requests
	}
	if diff := cmp.Diff(right.picture, p.picture()); diff != "" {
		t.Errorf("the location holds something else than without the fault: %s", diff)
	}
	if diff := cmp.Diff(right.settled, p.settled, cmp.AllowUnexported(sums{})); diff != "" {
		t.Errorf("the states count other records: %s", diff)
	}
	if total := p.Total(); total > most && !b.mayEnd {
		t.Errorf("it took %d requests, want at most %d", total, most)
	}
	if t.Failed() {
		t.Logf("%s\n%s", log, p.log)
	}
}
