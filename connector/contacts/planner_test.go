package contacts_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// counting is a location in memory that counts the requests which the real one
// would have been asked. It holds the people of crowd, numbered from 0.
type counting struct {
	table  *crm.Table
	people int

	mu       sync.Mutex // guards all below
	written  map[string]*crm.Contact
	byKey    map[crm.Key]string // of those who were not there at the beginning
	requests int
}

const leaves = 100 // keys in one lookup

func newCounting(people int) *counting {
	return &counting{table: crm.Contacts.Table(), people: people, written: map[string]*crm.Contact{}, byKey: map[crm.Key]string{}}
}

// answers is how long each request takes: enough for all to be read that is read ahead.
const answers = 100 * time.Millisecond

// ask counts requests; it must be called first in every method that asks.
func (c *counting) ask(n int) func() {
	time.Sleep(answers)
	c.mu.Lock()
	c.requests += n
	return c.mu.Unlock
}

// person is contact number i as search tells it.
func (c *counting) person(i int) *crm.Contact {
	id := strconv.Itoa(i)
	if now := c.written[id]; now != nil {
		return now
	}
	values := map[string]any{}
	for _, f := range c.table.Fields() {
		if f.Name != "timezone" && f.Name != "gender" && f.Name != "id" && f.Name != "tags" && f.Name != "name" {
			values[f.Name] = nil
		}
	}
	for name, v := range map[string]string{"email": fmt.Sprintf("p%d@example.com", i), "phone": fmt.Sprintf("+1%03d555%04d", 200+i/10000%700, i%10000),
		"firstName": fmt.Sprintf("P%d", i), "lastName": "Long", "city": "Austin", "postalCode": fmt.Sprintf("%05d", i%100000),
		"country": "US", "source": "capitalaudience"} {
		values[name] = v
	}
	return &crm.Contact{ID: id, Added: time.UnixMilli(int64(firstAdded + i)).UTC().Format(time.RFC3339Nano), Values: values, Tags: []string{"heropixel"}}
}

// number finds who carries a key.
func (c *counting) number(k crm.Key) (int, bool) {
	if id, ok := c.byKey[k]; ok {
		i, _ := strconv.Atoi(id)
		return i, true
	}
	i := -1
	switch k.Field {
	case "id":
		i, _ = strconv.Atoi(k.Value)
	case "email":
		_, _ = fmt.Sscanf(k.Value, "p%d@example.com", &i)
	case "phone":
		area, _ := strconv.Atoi(k.Value[2:5])
		last, _ := strconv.Atoi(k.Value[8:])
		i = (area-200)*10000 + last
	}
	return i, i >= 0 && i < c.people
}

func (c *counting) Facts() object.Facts { return object.Facts{LocationName: "counting"} }
func (c *counting) Table() *crm.Table   { return c.table }
func (c *counting) Batch([]crm.Key) int { return leaves }

func (c *counting) Recognises(string) bool { return true }

func (c *counting) Recognise(context.Context, crm.Key) (bool, error) { return true, nil }

func (c *counting) AddField(context.Context, object.NewField) (string, error) { return "", nil }

func (c *counting) Record(*journal.Journal, *journal.Writes) {}

func (c *counting) Announce(context.Context, iter.Seq[gateway.Write]) error { return nil }

func (c *counting) Find(_ context.Context, keys []crm.Key) ([]*crm.Contact, []crm.Key, error) {
	defer c.ask((len(keys) + leaves - 1) / leaves)()
	seen := map[int]bool{}
	var found []*crm.Contact
	for _, k := range keys {
		if i, ok := c.number(k); ok && !seen[i] {
			seen[i] = true
			found = append(found, c.person(i))
		}
	}
	return found, nil, nil
}

func (c *counting) FindSurely(ctx context.Context, keys []crm.Key) (a gateway.Answer, err error) {
	a.Found, a.Refused, err = c.Find(ctx, keys)
	return a, err
}

// List gives contact number i, of whom each was added a millisecond after the one before; the cursor is the number.
func (c *counting) List(_ context.Context, l gateway.Listing) (gateway.Page, error) {
	defer c.ask(1)()
	from, to := 0, c.people
	if l.Undated {
		to = 0
	}
	if l.Span != nil {
		from, to = int(max(l.Span.From, firstAdded)-firstAdded), min(c.people, int(l.Span.To-firstAdded))
	}
	var listed []int
	for i := from; i < to; i++ {
		if l.Span == nil || !slices.Contains(l.Span.Without, strconv.Itoa(i)) {
			listed = append(listed, i)
		}
	}
	page := gateway.Page{Total: len(listed)}
	if !l.Oldest {
		slices.Reverse(listed)
	}
	if l.After != nil {
		last, _ := strconv.Atoi(string(l.After))
		listed = slices.DeleteFunc(listed, func(i int) bool { return i == last || (i < last) == l.Oldest })
	}
	for _, i := range listed[:min(len(listed), gateway.PageSize)] {
		page.Contacts = append(page.Contacts, c.person(i))
		page.Next, page.At = json.RawMessage(strconv.Itoa(i)), int64(firstAdded+i)
	}
	if len(page.Contacts) < gateway.PageSize {
		page.Next, page.At = nil, 0
	}
	return page, nil
}

const firstAdded = 1_700_000_000_000 // in milliseconds

func (c *counting) Lookup(_ context.Context, want crm.Desired) (*crm.Contact, *trouble.Reject, error) {
	defer c.ask(2)()
	for _, k := range want.Keys {
		if i, ok := c.number(k); ok {
			return c.person(i), nil, nil
		}
	}
	return nil, nil, nil
}

func (c *counting) Complete(_ context.Context, wanted []gateway.Incomplete) (map[string]*crm.Contact, error) {
	defer c.ask((len(wanted) + leaves - 1) / leaves)()
	out := map[string]*crm.Contact{}
	for _, w := range wanted {
		i, _ := strconv.Atoi(w.Have.ID)
		out[w.Have.ID] = c.person(i)
	}
	return out, nil
}

func (c *counting) Create(_ context.Context, w gateway.Write) (gateway.Result, error) {
	defer c.ask(1)()
	email, _ := w.Want.Values["email"].Data.(string)
	id := strings.TrimSuffix(strings.TrimPrefix(email, "p"), "@example.com")
	now := &crm.Contact{ID: id, Values: crm.Initial(w.Want, w.Defaults), Tags: w.Want.Tags}
	for _, k := range w.Want.Keys {
		c.byKey[k] = id
	}
	c.written[id] = now
	return gateway.Result{Status: load.Created, Contact: now}, nil
}

func (c *counting) Update(_ context.Context, w gateway.Write) (gateway.Result, error) {
	defer c.ask(1)()
	now := *w.Have
	now.Values = maps.Clone(now.Values)
	maps.Copy(now.Values, w.Change.Set)
	c.written[now.ID] = &now
	return gateway.Result{Status: load.Updated, Contact: &now}, nil
}

func (c *counting) ChangeTags(_ context.Context, change gateway.TagChange) (map[string]*trouble.Reject, error) {
	defer c.ask((len(change.Contacts) + 499) / 500)()
	return nil, nil
}

func (c *counting) Read(_ context.Context, id string) (*crm.Contact, *trouble.Reject, error) {
	defer c.ask(1)()
	i, _ := strconv.Atoi(id)
	return c.person(i), nil, nil
}

func (c *counting) Link(context.Context, string, []gateway.Subject) ([]string, *trouble.Reject, error) {
	defer c.ask(1)()
	return nil, nil, nil
}

func (c *counting) Delete(context.Context, gateway.Subject) (*trouble.Reject, error) {
	return nil, nil
}

// cell is one sync into one location.
type cell struct {
	location, sync, percent int // contacts, records, changed of those that exist
}

const setup = 2 // requests to open a location

// strategies are what fixed ways to write would ask for, the setup included:
// an upsert per record, as if tags came for nothing; a lookup per record; all
// keys in batches; and a listing first. All but the first write only what
// differs.
func (c cell) strategies() map[string]int {
	existing := min(c.location, c.sync)
	writes := c.sync - existing
	if c.percent > 0 {
		writes += (existing + 100/c.percent - 1) / (100 / c.percent)
	}
	pages := max(1, (c.location+gateway.PageSize-1)/gateway.PageSize)
	return map[string]int{
		"blind upsert": setup + c.sync,
		"lookup each":  setup + c.sync + writes,
		"batch lookup": setup + (c.sync+leaves-1)/leaves + writes,
		"list always":  setup + pages + writes,
	}
}

// ours is what the engine asks for.
func (c cell) ours(t *testing.T) (requests int) {
	synctest.Test(t, func(t *testing.T) { requests = c.play(t) })
	return requests
}

// play runs the sync.
func (c cell) play(t testing.TB) int {
	target := newCounting(c.location)
	changed := func(i int) bool { return c.percent > 0 && i%(100/c.percent) == 0 }
	s := (&place{t: t}).open(target, stream{plan: crowdPlan})
	err := run(t.Context(), []*object.Stream{s}, object.Options{Log: zerolog.Nop()}, load.Config{
		Log: zerolog.Nop(), Usage: func() load.Usage { return load.Usage{} },
		Release: func(*airbyte.State, int64, int64) error { return nil }}, strings.NewReader(crowd(0, c.sync, changed)))
	if err != nil {
		t.Fatal(err)
	}
	return setup + target.requests
}

// grid is what the planner is tried on.
func grid(short bool) []cell {
	locations, syncs := []int{0, 100, 1000, 10_000, 50_000}, []int{1, 100, 1000, 10_000, 20_000}
	if short {
		locations, syncs = []int{0, 100, 10_000}, []int{1, 100, 1000}
	}
	var out []cell
	for _, location := range locations {
		for _, n := range syncs {
			for _, percent := range []int{0, 1, 100} {
				if location == 0 && percent > 0 {
					continue // all are new
				}
				out = append(out, cell{location, n, percent})
			}
		}
	}
	return out
}

// TestPlannerCostsAtMostHalfMoreThanTheBest, and mostly much less: it prints the table with -v.
func TestPlannerCostsAtMostHalfMoreThanTheBest(t *testing.T) {
	names := []string{"blind upsert", "lookup each", "batch lookup", "list always"}
	var table strings.Builder
	fmt.Fprintf(&table, "\n| location | sync | changed | %s | ours | of the best |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n", strings.Join(names, " | "))
	for _, c := range grid(testing.Short()) {
		ours, fixed := c.ours(t), c.strategies()
		best := fixed[names[0]]
		fmt.Fprintf(&table, "| %d | %d | %d %% ", c.location, c.sync, c.percent)
		for _, name := range names {
			best = min(best, fixed[name])
			fmt.Fprintf(&table, "| %d ", fixed[name])
		}
		ratio, most := float64(ours)/float64(best), 1.5
		if c.sync == c.location && c.sync > 1 {
			most = 1.1
		}
		if fmt.Fprintf(&table, "| %d | %.2f |\n", ours, ratio); ratio > most {
			t.Errorf("location of %d, sync of %d, %d %% changed: %d requests, the best fixed way takes %d", c.location, c.sync, c.percent, ours, best)
		}
	}
	t.Log(table.String())
}

// BenchmarkPlanner reports what a record costs in requests, for each cell.
func BenchmarkPlanner(b *testing.B) {
	for _, c := range grid(testing.Short()) {
		b.Run(fmt.Sprintf("location=%d/sync=%d/changed=%d%%", c.location, c.sync, c.percent), func(b *testing.B) {
			requests := 0
			for b.Loop() {
				requests = c.play(b)
			}
			best := c.strategies()["blind upsert"]
			for _, n := range c.strategies() {
				best = min(best, n)
			}
			b.ReportMetric(float64(requests)/float64(c.sync), "requests/record")
			b.ReportMetric(float64(requests)/float64(best), "of-the-best")
		})
	}
}
