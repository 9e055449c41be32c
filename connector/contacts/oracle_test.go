package contacts_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
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
	how        object.Removal
	consent    bool // people say stop and no, and tags come and go
	lifts      bool
	modes      []airbyte.SyncMode
	there      []sandbox.Contact
	said       []string // lines
	revives    bool     // a delete is followed by an insert of the same
}

func newOneByOne(seed uint64, consent bool) *oneByOne {
	w := &oneByOne{Rand: rand.New(rand.NewPCG(seed, 14)), consent: consent}
	w.duplicates, w.rejects, w.clears = w.IntN(2) == 0, w.IntN(4) == 0, w.IntN(3) == 0
	w.order = [][]string{{"email", "phone"}, {"phone", "email"}, {"email"}, {"phone"}, {"custom_field:customer_number", "email"},
		{"email", "phone", "custom_field:customer_number"}}[w.IntN(6)]
	w.matches = [][]string{{"email", "phone"}, {"phone", "email"}, {"email"}}[w.IntN(3)]
	w.how = []object.Removal{object.RemoveTags, object.Delete}[w.IntN(2)]
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
		if w.consent {
			w.saidStop(&c)
		}
		w.there = append(w.there, c)
	}
	gone := map[string]bool{}
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
		if w.consent {
			w.saySomething(data)
		}
		stream := w.IntN(len(w.modes))
		w.said = append(w.said, record("s"+strconv.Itoa(stream), encode(data)))
		who := fmt.Sprint(stream, w.trusted(data))
		deleted := data["_ab_cdc_deleted_at"] != nil || w.modes[stream] == airbyte.SoftDelete
		w.revives = w.revives || !deleted && gone[who]
		gone[who] = gone[who] || deleted
	}
	return w
}

// saidStop lets a contact have said stop, or have tags that are managed.
func (w *oneByOne) saidStop(c *sandbox.Contact) {
	w.lifts = w.IntN(3) == 0
	switch w.IntN(6) {
	case 0:
		c.Fields["dnd"] = true
	case 1:
		c.Fields["dndSettings"] = channel("SMS", "active")
	case 2:
		c.Fields["dndSettings"] = channel("SMS", "permanent")
	case 3:
		c.Fields["inboundDndSettings"] = channel("all", "active")
	}
	if w.IntN(2) == 0 {
		c.Tags = append(c.Tags, "plan-a", "own")
	}
}

// saySomething lets a record speak of being contacted and of tags.
func (w *oneByOne) saySomething(data map[string]any) {
	said := []any{true, false, "yes", "no", nil, "qwerty"}
	for _, name := range []string{"dnd", "sms_opt_out", "status"} {
		if w.IntN(3) == 0 {
			data[name] = said[w.IntN(len(said))]
		}
	}
	if data["status"] != nil {
		data["status"] = []string{"unsubscribed", "active"}[w.IntN(2)]
	}
	if w.IntN(2) == 0 {
		data["tags"] = [][]string{{}, {"plan-a"}, {"plan-b", "vip"}, {"news"}}[w.IntN(4)]
	}
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

// trusted is the value of the key trusted most.
func (w *oneByOne) trusted(data map[string]any) any {
	for _, name := range w.order {
		if v := data[strings.TrimPrefix(name, "custom_field:")]; v != nil {
			return v
		}
	}
	return nil
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
		before := map[string]string{}
		for _, c := range w.there {
			before[p.Put(c)] = stoppedBy(c)
			time.Sleep(time.Second)
		}
		j := job{workers: 1, limits: small(max(size, 1))}
		for i, mode := range w.modes {
			j.streams = append(j.streams, stream{name: "s" + strconv.Itoa(i), mode: mode, onDelete: w.how, reject: w.rejects,
				plan: crm.PlanOptions{MatchOn: slices.Clone(w.order), Tags: []string{"heropixel"}, ManagedTags: []string{"plan-*"}, ClearNulls: w.clears, LiftsDND: w.lifts}})
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
		w.stopsKept(t, p, before)
		for _, c := range p.Contacts() { // what is open may be told so or not at all
			p.Edit(c.ID, forgetOpen)
		}
		end = p.end()
	})
	return end, log
}

// stopsKept holds a world to what must be true of everybody who had said stop,
// as far as contacts were told by it before: nobody is gone, and nothing is open
// that was closed, unless records may lift it.
func (w *oneByOne) stopsKept(t *testing.T, p *place, before map[string]string) {
	now := map[string]string{}
	for _, c := range p.Contacts() {
		now[c.ID] = " " + stoppedBy(c) + " "
	}
	for id, stops := range before {
		got, there := now[id]
		if stops != "" && !there {
			t.Errorf("who was stopped by %s is gone: %s", stops, w)
		}
		for _, stop := range strings.Fields(stops) {
			if !strings.Contains(got, " "+stop+" ") && (!w.lifts || strings.HasSuffix(stop, ":permanent")) {
				t.Errorf("who was stopped by %s is by %q now: %s", stops, got, w)
			}
		}
	}
}

// forgetOpen takes out what is said of channels that are open.
func forgetOpen(c *sandbox.Contact) {
	if c.Fields["dnd"] == false {
		delete(c.Fields, "dnd")
	}
	settings, _ := c.Fields["dndSettings"].(map[string]any)
	maps.DeleteFunc(settings, func(_ string, v any) bool { return v.(map[string]any)["status"] == "inactive" })
	if len(settings) == 0 {
		delete(c.Fields, "dndSettings")
	}
}

// TestWindowsEndAsRecordsOneByOne: what a record means is decided after all
// records before it, so it makes no difference whether records come together or
// each in a sync of its own. Only who is deleted and inserted again within a window
// is not deleted for the moment in between. -histories, if raised, plays all worlds.
func TestWindowsEndAsRecordsOneByOne(t *testing.T) {
	endsAsOneByOne(t, 2000, false)
}

// TestConsentEndsAsRecordsOneByOne does the same where people say stop and no,
// or nothing that is clear, and managed tags come and go.
func TestConsentEndsAsRecordsOneByOne(t *testing.T) { endsAsOneByOne(t, 2000, true) }

func endsAsOneByOne(t *testing.T, seeds uint64, consent bool) {
	t.Parallel()
	switch {
	case testing.Short():
		seeds /= 20
	case *histories <= defaultHistories:
		seeds /= 4
	}
	for seed := range seeds {
		w := newOneByOne(seed, consent)
		if w.revives && w.how == object.Delete {
			continue
		}
		want, wantLog := w.end(t, 0)
		for _, size := range []int{1, 2, 100} {
			got, log := w.end(t, size)
			if !slices.Equal(got, want) {
				t.Errorf("seed %d, windows of %d: %s\nends as\n%s\nwant\n%s\n%s\n%s", seed, size, w, strings.Join(got, "\n"), strings.Join(want, "\n"), log, wantLog)
			}
		}
	}
}
