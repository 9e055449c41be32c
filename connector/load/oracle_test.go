package load_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/sandbox"
)

// oneByOne is a small world in which people meet in every way: they share phones
// and numbers, change addresses, clear them, are deleted and come again, in
// several streams of several modes.
type oneByOne struct {
	*rand.Rand
	duplicates bool
	rejects    bool
	clears     bool
	order      []string
	matches    []string // of the location
	how        load.Removal
	modes      []airbyte.SyncMode
	there      []sandbox.Contact
	said       []string // lines
}

func newOneByOne(seed uint64) *oneByOne {
	w := &oneByOne{Rand: rand.New(rand.NewPCG(seed, 14))}
	w.duplicates, w.rejects, w.clears = w.IntN(2) == 0, w.IntN(4) == 0, w.IntN(3) == 0
	w.order = [][]string{{"email", "phone"}, {"phone", "email"}, {"email"}, {"phone"}, {"custom_field:customer_number", "email"},
		{"email", "phone", "custom_field:customer_number"}}[w.IntN(6)]
	w.matches = [][]string{{"email", "phone"}, {"phone", "email"}, {"email"}}[w.IntN(3)]
	w.how = []load.Removal{load.RemoveTags, load.DeleteContacts}[w.IntN(2)]
	for range 1 + w.IntN(2) {
		w.modes = append(w.modes, []airbyte.SyncMode{airbyte.AppendDedup, airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update, airbyte.Append, airbyte.SoftDelete}[w.IntN(6)])
	}
	for range w.IntN(4) {
		data := w.somebody(false)
		c := sandbox.Contact{Fields: map[string]any{"country": "US"}}
		for _, name := range []string{"email", "phone"} {
			if v := data[name]; v != nil {
				c.Fields[name] = v
			}
		}
		if v := data["customer_number"]; v != nil {
			c.CustomFields = map[string]any{customerNumber: v}
		}
		if w.IntN(2) == 0 {
			c.Tags = []string{"heropixel"}
		}
		w.there = append(w.there, c)
	}
	for i := range 2 + w.IntN(6) {
		data := w.somebody(true)
		data["firstName"] = fmt.Sprintf("N%d", i)
		if w.IntN(3) == 0 {
			data["city"] = fmt.Sprintf("C%d", i)
		}
		if w.IntN(6) == 0 {
			data["city"] = nil
		}
		if w.IntN(8) == 0 {
			data["_ab_cdc_deleted_at"] = "2024-01-02T03:04:05Z"
		}
		w.said = append(w.said, record("s"+strconv.Itoa(w.IntN(len(w.modes))), encode(data)))
	}
	return w
}

func (w *oneByOne) String() string {
	text := fmt.Sprintf("duplicates %t, rejects %t, clears %t, match on %v, location by %v, %s, %v", w.duplicates, w.rejects, w.clears, w.order, w.matches, w.how, w.modes)
	for _, c := range w.there {
		text += fmt.Sprintf("\nthere: %v %v %v", c.Fields, c.CustomFields, c.Tags)
	}
	for _, line := range w.said {
		stream := line[strings.Index(line, `"stream":`)+9:]
		text += "\n" + stream[:strings.Index(stream, `,"emitted_at"`)]
	}
	return text
}

func (w *oneByOne) somebody(nulls bool) map[string]any {
	data := map[string]any{}
	if w.IntN(4) > 0 {
		data["email"] = fmt.Sprintf("p%d@example.com", w.IntN(4))
	}
	if w.IntN(3) > 0 || data["email"] == nil {
		data["phone"] = fmt.Sprintf("+1202555010%d", w.IntN(3))
	}
	if w.IntN(3) == 0 {
		data["customer_number"] = fmt.Sprintf("K%d", w.IntN(3))
	}
	if nulls && w.clears && w.IntN(4) == 0 {
		data[[]string{"email", "phone"}[w.IntN(2)]] = nil
	}
	return data
}

// end writes the records into the world and tells what it holds then: all at
// once in windows of so many, or, if size is 0, each in a sync of its own.
func (w *oneByOne) end(t *testing.T, size int) (end []string, log string) {
	synctest.Test(t, func(t *testing.T) {
		// Of several the oldest is taken: no two are made in the same second.
		p := inside(t, sandbox.Options{AllowDuplicates: w.duplicates, MatchOrder: w.matches, Latency: time.Second})
		for _, c := range w.there {
			p.Put(c)
			time.Sleep(time.Second)
		}
		j := job{workers: 1, limits: small(max(size, 1))}
		for i, mode := range w.modes {
			j.streams = append(j.streams, stream{name: "s" + strconv.Itoa(i), mode: mode, onDelete: w.how, reject: w.rejects,
				plan: crm.PlanOptions{MatchOn: slices.Clone(w.order), Tags: []string{"heropixel"}, ClearNulls: w.clears}})
		}
		if size > 0 {
			input := ""
			for _, line := range w.said {
				input += line
			}
			log = p.must(j, input).log
		} else {
			for _, line := range w.said {
				log += p.must(j, line).log
			}
		}
		end = p.end()
	})
	return end, log
}

// TestWindowsEndAsRecordsOneByOne: what a record means is decided after all
// records before it, so it makes no difference whether records come together or
// each in a sync of its own.
func TestWindowsEndAsRecordsOneByOne(t *testing.T) {
	seeds := uint64(2000)
	if testing.Short() {
		seeds = 100
	}
	for seed := range seeds {
		w := newOneByOne(seed)
		want, wantLog := w.end(t, 0)
		for _, size := range []int{1, 2, 100} {
			got, log := w.end(t, size)
			if !slices.Equal(got, want) {
				t.Errorf("seed %d, windows of %d: %s\nends as\n%s\nwant\n%s\n%s\n%s", seed, size, w, strings.Join(got, "\n"), strings.Join(want, "\n"), log, wantLog)
			}
		}
	}
}
