package contacts_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/sandbox"
)

// States leave as soon as their records are done, also where the API allows
// little or is slow, where a change of tags is made for many contacts at once,
// where people wait for each other, and while one has to be planned anew.
func TestStatesLeaveInTime(t *testing.T) {
	const people, every = 300, 10
	boston := func(i int) string { return fmt.Sprintf(`{"email":%q,"city":"Boston"}`, crowdEmail(i)) }
	lists := func(n int) func(int) string {
		return func(i int) string {
			return fmt.Sprintf(`{"email":%q,"city":"Boston","tags":"list %d"}`, crowdEmail(i), i%n)
		}
	}
	pairs := func(i int) string {
		return fmt.Sprintf(`{"email":%q,"city":"Boston","phone":"+1202555%04d"}`, crowdEmail(i), 100+i/2)
	}
	for name, tt := range map[string]struct {
		limit      int
		latency    time.Duration
		mode       airbyte.SyncMode
		data       func(i int) string
		known      bool // they are there, without city and tag
		vanish     bool // one of them, when it is to be written
		first, gap time.Duration
	}{
		"creates":                 {100, 200 * time.Millisecond, "", boston, false, false, 5 * time.Second, 10 * time.Second},
		"creates, little allowed": {25, 200 * time.Millisecond, "", boston, false, false, 5 * time.Second, 12 * time.Second},
		// Four questions of 5 s come first, and one of the first ten may have to wait for the next 10 s of the limit.
		"creates, slow answers":         {100, 5 * time.Second, "", boston, false, false, 40 * time.Second, 20 * time.Second},
		"creates, pairs share a phone":  {25, 200 * time.Millisecond, "", pairs, false, false, 25 * time.Second, 25 * time.Second},
		"updates, little allowed":       {25, 200 * time.Millisecond, "", boston, true, false, 12 * time.Second, 30 * time.Second},
		"updates, four changes of tags": {25, 200 * time.Millisecond, "", lists(4), true, false, 12 * time.Second, 30 * time.Second},
		"many changes of tags":          {100, 200 * time.Millisecond, "", lists(15), true, false, 12 * time.Second, 30 * time.Second},
		"a contact vanishes meanwhile":  {25, 200 * time.Millisecond, "", boston, true, true, 12 * time.Second, 30 * time.Second},
		"only updates, nobody is there": {25, 200 * time.Millisecond, airbyte.Update, boston, false, false, 15 * time.Second, 25 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{Burst: tt.limit, Latency: tt.latency})
				if tt.known {
					p.crowd(people)
				}
				if tt.vanish {
					id := p.with(crowdEmail(40)).ID
					p.before("PUT", "/contacts/"+id, func() { p.Delete(id) })
				}
				first, gap, out := p.timed(job{plan: heropixel, mode: tt.mode}, people, every, tt.data)
				if len(out.states) != people/every || tt.mode == "" && p.finished() != people {
					t.Errorf("%d states, %d contacts are finished", len(out.states), p.finished())
				}
				if first > tt.first || gap > tt.gap {
					t.Errorf("the first state left after %s, want %s; gaps of up to %s, want %s", first, tt.first, gap, tt.gap)
				}
			})
		})
	}
}

// timed syncs people with a state after every so many, and returns when the first
// state left, and the longest time between two.
func (p *place) timed(j job, people, every int, data func(i int) string) (first, gap time.Duration, out outcome) {
	p.t.Helper()
	var input strings.Builder
	for i := range people {
		input.WriteString(records(data(i)))
		if i%every == every-1 {
			input.WriteString(state("people", i+1))
		}
	}
	begun := time.Now()
	last := begun
	j.release = func(*airbyte.State) {
		now := time.Now()
		if first == 0 {
			first = now.Sub(last)
		} else {
			gap = max(gap, now.Sub(last))
		}
		last = now
	}
	out = p.must(j, input.String())
	p.t.Logf("the first state after %s, gaps of %s at most, all after %s, %d requests", first, gap, time.Since(begun), out.usage.Requests)
	return first, gap, out
}

// So they do where many different changes of tags are needed, and with few calls:
// while others are to be written, those that the first state waits for.
func TestStatesLeaveInTimeWhateverTheTags(t *testing.T) {
	const people = 300
	lists := func(n int) func(i int) []string {
		return func(i int) []string { return []string{fmt.Sprintf("list %d", i%n)} }
	}
	subsets := func(i int) (tags []string) { // of six tags, by the bits of a number
		for bit := range 6 {
			if i*37>>bit&1 == 1 {
				tags = append(tags, fmt.Sprintf("list %d", bit))
			}
		}
		return tags
	}
	known := func(*sandbox.Contact, int) bool { return true }
	for name, tt := range map[string]struct {
		every  int
		tags   func(i int) []string
		before func(c *sandbox.Contact, i int) bool // who is there, with email and country
		most   int64                                // requests
	}{
		"ten lists":              {10, lists(10), known, 380},
		"a hundred lists":        {10, lists(100), known, 520},
		"a tag for each":         {10, lists(people), known, 610},
		"any of six tags":        {10, subsets, known, 390},
		"a state after each":     {1, lists(100), known, 450},
		"one state":              {people, lists(10), known, 318},
		"one state, of six tags": {people, subsets, known, 314},
		"some are new, some done": {10, lists(10), func(c *sandbox.Contact, i int) bool {
			if i%3 == 1 {
				c.Fields["city"] = "Boston"
			}
			return i%3 < 2
		}, 280},
		"creates bring theirs": {10, lists(people), func(*sandbox.Contact, int) bool { return false }, 306},
		"few lack tags":        {10, lists(10), func(_ *sandbox.Contact, i int) bool { return i%33 == 5 }, 325},
		"from one list to another": {10, lists(10), func(c *sandbox.Contact, i int) bool {
			c.Tags = lists(10)(i + 1)
			return true
		}, 450},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{Burst: 25, Latency: 200 * time.Millisecond})
				for i := range people {
					c := sandbox.Contact{Fields: map[string]any{"email": crowdEmail(i), "country": "US"}}
					if tt.before(&c, i) {
						p.Put(c)
					}
				}
				one := &oneAtATime{next: p.transport, busy: map[string]bool{}}
				p.transport = one
				plan := heropixel
				plan.ManagedTags = []string{"list *"}
				first, gap, out := p.timed(job{plan: plan}, people, tt.every, func(i int) string {
					return encode(map[string]any{"email": crowdEmail(i), "city": "Boston", "tags": tt.tags(i)})
				})
				if gap > 25*time.Second || first > 25*time.Second && tt.every < people { // two bursts at most behind its writes
					t.Errorf("the first state left after %s, with gaps of up to %s", first, gap)
				}
				if out.usage.Requests > tt.most {
					t.Errorf("%d requests, want %d at most", out.usage.Requests, tt.most)
				}
				if len(out.states) != people/tt.every || one.met {
					t.Errorf("%d states; two calls at a time about one contact: %v", len(out.states), one.met)
				}
				for i := range people {
					tags(t, p.with(crowdEmail(i)), append(tt.tags(i), "heropixel")...)
				}
			})
		})
	}
}

// oneAtATime sees whether two calls change tags of one contact at the same time.
type oneAtATime struct {
	next http.RoundTripper
	mu   sync.Mutex
	busy map[string]bool
	met  bool
}

func (o *oneAtATime) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Path, "/contacts/bulk/tags/") {
		return o.next.RoundTrip(r)
	}
	var body struct{ Contacts []string }
	if err := json.Unmarshal([]byte(bodyOf(r)), &body); err != nil {
		return nil, err
	}
	mark := func(busy bool) {
		o.mu.Lock()
		defer o.mu.Unlock()
		for _, id := range body.Contacts {
			o.met = o.met || busy && o.busy[id]
			o.busy[id] = busy
		}
	}
	mark(true)
	defer mark(false)
	return o.next.RoundTrip(r)
}

// TestStatesLeaveInTimeWherePeopleWait: who shares a phone with somebody before them waits until that one is written and tagged. So few of
// those behind go before that no state is kept back for long.
func TestStatesLeaveInTimeWherePeopleWait(t *testing.T) {
	const people = 300
	for name, tt := range map[string]struct{ phone, tag func(i int) int }{
		"households of two":               {func(i int) int { return i / 2 }, func(int) int { return 0 }},
		"households of two, each its tag": {func(i int) int { return i / 2 }, func(i int) int { return i }},
		"households of three, ten tags":   {func(i int) int { return i / 3 }, func(i int) int { return i % 10 }},
		"companies of five, each its tag": {func(i int) int { return i / 5 }, func(i int) int { return i }},
		"companies of ten, ten tags":      {func(i int) int { return i / 10 }, func(i int) int { return i % 10 }},
		"phones come again far behind":    {func(i int) int { return i % 150 }, func(i int) int { return i % 10 }},
		"phones in no order":              {func(i int) int { return i * 7919 % 120 }, func(i int) int { return i % 10 }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{Burst: 25, Latency: 200 * time.Millisecond, AllowDuplicates: true})
				p.crowd(people)
				first, gap, out := p.timed(job{plan: heropixel}, people, 10, func(i int) string {
					return encode(map[string]any{"email": crowdEmail(i), "city": "Boston", "phone": fmt.Sprintf("+1202555%04d", 100+tt.phone(i)),
						"tags": fmt.Sprintf("list %d", tt.tag(i))})
				})
				if first > 25*time.Second || gap > 30*time.Second || len(out.states) != people/10 {
					t.Errorf("%d states, the first after %s, with gaps of up to %s", len(out.states), first, gap)
				}
				for i := range people {
					c := p.with(crowdEmail(i))
					field(t, c, "phone", fmt.Sprintf("+1202555%04d", 100+tt.phone(i)))
					tags(t, c, "heropixel", fmt.Sprintf("list %d", tt.tag(i)))
				}
			})
		})
	}
}
