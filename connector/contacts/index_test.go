package contacts

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"destination-gohighlevel/connector/crm"
)

// indexTable has a field of each kind that an index treats in its own way.
func indexTable() *crm.Table {
	return crm.Contacts.Table(
		crm.CustomField("cfNumber", "contact.number", "Number", "TEXT", nil),
		crm.CustomField("cfVisits", "contact.visits", "Visits", "NUMERICAL", nil),
		crm.CustomField("cfSince", "contact.since", "Since", "DATE", nil),
		crm.CustomField("cfTopics", "contact.topics", "Topics", "CHECKBOX", []crm.Option{{ID: "a", Label: "News"}, {ID: "b", Label: "Offers"}}))
}

// smallIndex is matched by email, phone and a number, and prints the city and
// the topics.
func smallIndex() (*index, *known) {
	t := indexTable()
	keys := []string{"email", "phone", "cfVisits"}
	return newIndex(t, keys, []*crm.Field{t.Field("city"), t.Field("cfTopics")}), newKnown(keys)
}

func enter(x *index, k *known, c *crm.Contact) { x.put(c, k.keysOf(c)) }

func ids(contacts []*crm.Contact) []string {
	var out []string
	for _, c := range contacts {
		out = append(out, c.ID)
	}
	slices.Sort(out)
	return out
}

func TestIndexFindsByEveryKey(t *testing.T) {
	x, k := smallIndex()
	enter(x, k, &crm.Contact{ID: "1", OtherEmails: []string{"Other@example.com"}, OtherPhones: []string{"+12025550199"},
		Values: map[string]any{"email": "Ana@example.com", "phone": "+12025550123", "cfVisits": json.Number("7")}})
	enter(x, k, &crm.Contact{ID: "2", Values: map[string]any{"email": "ben@example.com", "phone": "+12025550123", "cfVisits": nil}})
	for _, tt := range []struct {
		field, value string
		want         []string
	}{
		{"email", "ana@example.com", []string{"1"}},
		{"email", "other@example.com", []string{"1"}},
		{"phone", "+12025550199", []string{"1"}},
		{"phone", "+12025550123", []string{"1", "2"}},
		{"cfVisits", "7", []string{"1"}},
		{"id", "2", []string{"2"}},
		{"id", "3", nil},
		{"email", "nobody@example.com", nil},
	} {
		if got := ids(x.with(crm.Key{Field: tt.field, Value: tt.value})); !slices.Equal(got, tt.want) {
			t.Errorf("%s %s: %v, want %v", tt.field, tt.value, got, tt.want)
		}
	}
}

func TestIndexHoldsTheLatestOfAContact(t *testing.T) {
	x, k := smallIndex()
	old, fresh := crm.Key{Field: "email", Value: "old@example.com"}, crm.Key{Field: "email", Value: "new@example.com"}
	phone := crm.Key{Field: "phone", Value: "+12025550123"}
	enter(x, k, &crm.Contact{ID: "1", Values: map[string]any{"email": old.Value, "phone": phone.Value}, Tags: []string{"a"}})
	enter(x, k, &crm.Contact{ID: "2", Values: map[string]any{"phone": phone.Value}})
	enter(x, k, &crm.Contact{ID: "1", Values: map[string]any{"email": fresh.Value, "phone": phone.Value}, Tags: []string{"b"}})
	if len(x.with(old)) != 0 || len(x.with(fresh)) != 1 {
		t.Errorf("by the old email %d, by the new one %d, want 0 and 1", len(x.with(old)), len(x.with(fresh)))
	}
	if got := ids(x.with(phone)); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("by the phone %v, want each once", got)
	}
	if got := x.with(fresh)[0].Tags; !slices.Equal(got, []string{"b"}) {
		t.Errorf("tags %v, want the latest", got)
	}
	x.forget("1")
	if len(x.with(fresh)) != 0 || len(x.with(crm.IDKey("1"))) != 0 || !slices.Equal(ids(x.with(phone)), []string{"2"}) {
		t.Error("a contact that was forgotten is found")
	}
	enter(x, k, &crm.Contact{ID: "1", Values: map[string]any{"email": old.Value}})
	if len(x.with(old)) != 1 {
		t.Error("a contact that came back is not found")
	}
}

func TestIndexTellsEmptyFromUntold(t *testing.T) {
	x, k := smallIndex()
	table := x.table
	enter(x, k, &crm.Contact{ID: "1", Added: "2024-01-02T03:04:05Z", Tags: []string{"b", "a"}, OtherEmails: []string{"o@example.com"},
		Values: map[string]any{"email": "ana@example.com", "phone": nil, "city": "Austin", "cfTopics": nil, "lastName": "not kept"}})
	want := &crm.Contact{ID: "1", Added: "2024-01-02T03:04:05Z", Tags: []string{"b", "a"}, OtherEmails: []string{"o@example.com"},
		Values: map[string]any{"email": "ana@example.com", "phone": nil},
		Prints: crm.Prints{Names: []string{"cfTopics", "city"}, Marks: []crm.Print{0, crm.Fingerprint(table.Field("city"), "Austin")}}}
	if diff := cmp.Diff(want, x.with(crm.IDKey("1"))[0]); diff != "" {
		t.Error(diff)
	}
	// What is put again as it came out stays as it is, prints included.
	enter(x, k, x.with(crm.IDKey("1"))[0])
	if diff := cmp.Diff(want, x.with(crm.IDKey("1"))[0]); diff != "" {
		t.Errorf("put again: %s", diff)
	}
	enter(x, k, &crm.Contact{ID: "2", Values: map[string]any{}})
	if got := x.with(crm.IDKey("2"))[0]; len(got.Values) != 0 || len(got.Prints.Names) != 0 {
		t.Errorf("of nothing told came %v and %v", got.Values, got.Prints)
	}
}

func TestIndexPrintsSettleADiff(t *testing.T) {
	x, k := smallIndex()
	enter(x, k, &crm.Contact{ID: "1", Values: map[string]any{"email": "ana@example.com", "city": "Austin", "cfTopics": []string{"News", "Offers"}}})
	have := x.with(crm.IDKey("1"))[0]
	want := crm.Desired{Values: map[string]crm.Value{"city": {Data: "Austin"}, "cfTopics": {Data: []string{"Offers", "News"}}, "lastName": {Data: "Lopez"}}}
	change := crm.Diff(x.table, want, crm.Defaults{}, have)
	if len(change.Set) != 0 || !slices.Equal(change.Unknown, []string{"lastName"}) {
		t.Errorf("sets %v, unknown %v, want nothing and lastName", change.Set, change.Unknown)
	}
	want.Values["city"] = crm.Value{Data: "Boston"}
	if change = crm.Diff(x.table, want, crm.Defaults{}, have); !slices.Contains(change.Unknown, "city") {
		t.Errorf("unknown %v, want city, which differs", change.Unknown)
	}
}

func TestIndexSpansChunks(t *testing.T) {
	x, k := smallIndex()
	const n = 30_000
	for i := range n {
		enter(x, k, &crm.Contact{ID: fmt.Sprintf("contact%d", i), Tags: []string{fmt.Sprintf("tag%d", i%100)},
			Values: map[string]any{"email": fmt.Sprintf("person%d@example.com", i), "city": "Austin"}})
	}
	if len(x.chunks) < 2 {
		t.Fatalf("%d chunk", len(x.chunks))
	}
	for i := range n {
		got := x.with(crm.Key{Field: "email", Value: fmt.Sprintf("person%d@example.com", i)})
		if len(got) != 1 || got[0].ID != fmt.Sprintf("contact%d", i) || got[0].Tags[0] != fmt.Sprintf("tag%d", i%100) {
			t.Fatalf("person %d: %v", i, got)
		}
	}
}

func TestIndexIsBounded(t *testing.T) {
	x, k := smallIndex()
	long := make([]byte, 60)
	for i := range long {
		long[i] = 'x'
	}
	n, others := 0, 0 // more emails fill it sooner
	if testing.Short() {
		others = 20
	}
	for ; !x.full(); n++ {
		c := &crm.Contact{ID: fmt.Sprintf("%020d", n), Values: map[string]any{"email": fmt.Sprintf("%s%d@example.com", long, n)}}
		for i := range others {
			c.OtherEmails = append(c.OtherEmails, fmt.Sprintf("%s%d-%d@example.com", long, n, i))
		}
		enter(x, k, c)
		if n > indexBound/len(long) {
			t.Fatal("never full")
		}
	}
	if others == 0 && n < 250_000 {
		t.Errorf("full at %d contacts with an email each, want 250,000 at the least", n)
	}
}

// TestIndexAgreesWithAMap, where contacts come, change, share keys and go.
func TestIndexAgreesWithAMap(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	x, k := smallIndex()
	known := map[string]*crm.Contact{}
	for range 30_000 {
		id := fmt.Sprintf("Contact%013d", random.IntN(4000))
		if random.IntN(8) == 0 {
			x.forget(id)
			delete(known, id)
			continue
		}
		c := &crm.Contact{ID: id, Added: time.UnixMilli(random.Int64N(1 << 41)).UTC().Format(addedForm), Tags: []string{fmt.Sprint("tag", random.IntN(9000))},
			Values: map[string]any{"email": fmt.Sprintf("p%d@example%d.com", random.IntN(5000), random.IntN(6000)), "phone": fmt.Sprintf("+1202555%04d", random.IntN(3000))}}
		if random.IntN(5) == 0 {
			c.OtherEmails = []string{fmt.Sprintf("p%d@example.com", random.IntN(5000))}
		}
		enter(x, k, c)
		known[id] = c
	}
	by := map[crm.Key][]string{}
	for id, c := range known {
		if got := x.with(crm.IDKey(id)); len(got) != 1 || got[0].Added != c.Added || !slices.Equal(got[0].Tags, c.Tags) || got[0].Values["email"] != c.Values["email"] {
			t.Fatalf("%v came out as %v", c, got)
		}
		for _, key := range k.keysOf(c) {
			by[key] = append(by[key], id)
		}
	}
	for key, want := range by {
		if slices.Sort(want); !slices.Equal(ids(x.with(key)), want) {
			t.Fatalf("%v has %v, want %v", key, ids(x.with(key)), want)
		}
	}
	if x.count != len(known) {
		t.Errorf("%d contacts, want %d", x.count, len(known))
	}
}

// TestAnIndexMakesRoomAsFarAsItFits, however large the location is said to be.
func TestAnIndexMakesRoomAsFarAsItFits(t *testing.T) {
	for _, bytes := range []int{math.MinInt, -1, 0, firstChunk + 1, chunkSize, math.MaxInt} {
		x, k := smallIndex()
		enter(x, k, realistic(x.table, 1))
		x.reserve(bytes)
		enter(x, k, realistic(x.table, 2))
		if room := cap(x.chunks[0]); x.count != 2 || room > chunkSize || room < min(bytes, chunkSize) {
			t.Errorf("%d bytes reserved: room for %d, and %d contacts", bytes, room, x.count)
		}
	}
}

// FuzzIndex: a contact comes out as it went in, whatever its values.
func FuzzIndex(f *testing.F) {
	f.Add("id", "ana@example.com", "+12025550123", "Austin", "vip", "o@example.com", byte(0))
	f.Add("", "", "", "", "", "", byte(255))
	f.Add("0Contact000000000zZ9", "ana@example.com", "+1202555012", "Austin", "vip", "2024-03-04T10:00:00.000Z", byte(15))
	f.Add("zzzzzzzzzzzzzzzzzzzz", "a@b@c", "+", "Austin", "", "2040-03-04T10:00:00.000Z", byte(15))
	f.Add("1", "a@example.com", "+1", "Austin", "", "2024-03-04T10:00:00.+12Z", byte(15)) // which time.Parse takes
	f.Add("\x00", "\xff", "1", "ſ", "a\x00b", "é", byte(3))
	f.Fuzz(func(t *testing.T, id, email, phone, city, tag, other string, told byte) {
		x, k := smallIndex()
		enter(x, k, &crm.Contact{ID: id + "before", Values: map[string]any{"email": email}})
		c := &crm.Contact{ID: id, Added: other, Values: map[string]any{}, Tags: []string{tag, tag + "2"}}
		want := &crm.Contact{ID: id, Added: other, Values: map[string]any{}, Tags: c.Tags}
		set := func(bit byte, name, value string, keyed bool) {
			if told&bit == 0 {
				return
			}
			v := x.table.Field(name).Canonical(value)
			c.Values[name] = v
			if !keyed {
				want.Prints = crm.Prints{Names: []string{name}, Marks: []crm.Print{crm.Fingerprint(x.table.Field(name), v)}}
			} else if text, ok := v.(string); v == nil || ok && text != "" {
				want.Values[name] = v
			}
		}
		set(1, "email", email, true)
		set(2, "phone", phone, true)
		set(4, "city", city, false)
		if told&8 != 0 {
			c.OtherEmails = []string{other, email}
			want.OtherEmails = c.OtherEmails
		}
		enter(x, k, c)
		enter(x, k, &crm.Contact{ID: id + "after", Values: map[string]any{"email": email}})
		got := x.with(crm.IDKey(id))
		if len(got) != 1 {
			t.Fatalf("%d contacts", len(got))
		}
		if diff := cmp.Diff(want, got[0], cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
		for _, key := range k.keysOf(c) {
			if key.Field != "id" && !slices.Contains(ids(x.with(key)), id) {
				t.Errorf("not found by its %s", key.Field)
			}
		}
	})
}

// indexed are the fields that a wide stream can write.
var indexed = []string{"email", "phone", "firstName", "lastName", "address1", "city", "state", "country", "postalCode",
	"companyName", "website", "dateOfBirth", "cfNumber", "cfVisits", "cfSince"}

// realistic is a contact as search tells it, with 15 mapped fields.
func realistic(t *crm.Table, i int) *crm.Contact {
	values := map[string]any{}
	for name, v := range map[string]string{
		"email": fmt.Sprintf("firstname.lastname%d@example.com", i), "phone": fmt.Sprintf("+1%010d", i), "firstName": "Alexandra",
		"lastName": fmt.Sprintf("Lopez %d", i), "address1": fmt.Sprintf("%d Main Street", i), "city": "Austin", "state": "TX", "country": "US",
		"postalCode": fmt.Sprint(10000 + i%90000), "companyName": fmt.Sprintf("Company %d", i), "website": fmt.Sprintf("https://example.com/%d", i),
		"dateOfBirth": "1990-09-25", "cfNumber": fmt.Sprintf("N-%d", i), "cfSince": "2024-03-04", "cfVisits": fmt.Sprint(i % 50),
	} {
		values[name] = t.Field(name).Canonical(v)
	}
	return &crm.Contact{ID: fmt.Sprintf("Contact%013d", i), Added: "2024-03-04T10:00:00.000Z", Values: values,
		Tags: []string{"heropixel", "vip", fmt.Sprintf("group %d", i%200)}}
}

// BenchmarkIndex: one operation is the listing of a million contacts.
func BenchmarkIndex(b *testing.B) {
	const n = 1_000_000
	table := indexTable()
	var fields []*crm.Field
	for _, name := range indexed {
		fields = append(fields, table.Field(name))
	}
	k := newKnown([]string{"email", "phone"})
	for b.Loop() {
		before := liveHeap()
		x := newIndex(table, []string{"email", "phone"}, fields)
		for i := range n {
			c := realistic(table, i)
			x.put(c, k.keysOf(c))
		}
		heap := liveHeap() - before
		if x.full() || heap > indexBound {
			b.Errorf("%d contacts take %d MB, full %v; want %d MB at most and not full", n, heap>>20, x.full(), indexBound>>20)
		}
		b.ReportMetric(float64(heap)/n, "bytes/contact")
		b.ReportMetric(float64(heap)/(1<<20), "MB")
		b.ReportMetric(float64(x.size)/n, "reckoned-bytes/contact")
		runtime.KeepAlive(x)
	}
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestIndexEntersASharedKeyAtOnce: who is put beside thousands with the same phone costs no
// look at each of them, and those who were put again are still found once.
func TestIndexEntersASharedKeyAtOnce(t *testing.T) {
	x, k := smallIndex()
	phone := crm.Key{Field: "phone", Value: "+12025550123"}
	put := func(i int) {
		enter(x, k, &crm.Contact{ID: fmt.Sprintf("contact%013d", i), Values: map[string]any{"phone": phone.Value}})
	}
	n := 0
	for ; n < 2000; n++ {
		put(n)
	}
	if pieces := testing.AllocsPerRun(200, func() { put(n); n++ }); pieces > 100 {
		t.Errorf("one more took %v pieces of memory", pieces)
	}
	if pieces := testing.AllocsPerRun(200, func() { put(7) }); pieces > 100 {
		t.Errorf("one that is put again took %v pieces of memory", pieces)
	}
	if got := ids(x.with(phone)); len(got) != n || len(slices.Compact(got)) != n {
		t.Errorf("%d contacts are found, %d different ones, want %d", len(got), len(slices.Compact(got)), n)
	}
}
