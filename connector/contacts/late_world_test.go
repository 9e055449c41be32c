package contacts_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/sandbox"
)

// TestLateLookupsDoubleNobody plays random worlds in which search cannot be relied on, each in its own way, and records come before and
// after it must know what was there: nobody is there twice in the end. One of them alone: -run 'TestLateLookupsDoubleNobody/seed=17$'.
func TestLateLookupsDoubleNobody(t *testing.T) {
	n := max(24, *histories/20)
	if testing.Short() {
		n = 8
	}
	for seed := range n {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newLateWorld(t, uint64(seed)).play() })
		})
	}
}

// lateWorld is a location that allows duplicates, and people of whom some are in it.
type lateWorld struct {
	*place
	mu     sync.Mutex // guards rng and shown while the sync is under way
	rng    *rand.Rand
	what   []string // it is like
	people []latePerson
	begun  time.Time       // the sync
	shown  map[string]bool // contacts that search has shown: whether lookups go on to

	strangers map[string]bool // contacts
}

type latePerson struct {
	email, phone string
	byPhone      bool // the location knows nothing else: records must bring it
}

func newLateWorld(t *testing.T, seed uint64) *lateWorld {
	w := &lateWorld{rng: rand.New(rand.NewPCG(seed, 19)), shown: map[string]bool{}, strangers: map[string]bool{}}
	o := sandbox.Options{AllowDuplicates: true, IndexLag: time.Duration(w.rng.IntN(75)) * time.Second, Burst: 100,
		Variant: pick(w, "variant", 0, 0, sandbox.EmailExact, sandbox.EmailLowered, sandbox.SetsIgnored, sandbox.SetsRefused)}
	w.place = inside(t, o)
	w.fill()
	if pick(w, "too large", false, true, true) {
		w.tooLarge()
	}
	if pick(w, "faults", false, false, true) {
		w.transport = w.faulty(w.transport)
	}
	switch pick(w, "search", "honest", "honest", "never by email", "nobody any more", "some no more") {
	case "never by email":
		w.lie(func(of map[string]any, _ string) bool { return strings.Contains(fmt.Sprint(of["filters"]), "email") })
	case "nobody any more":
		after := time.Duration(40+w.rng.IntN(120)) * time.Second
		w.lie(func(of map[string]any, _ string) bool { return !lists(of) && time.Since(w.begun) > after })
	case "some no more":
		w.lie(func(of map[string]any, id string) bool {
			goesOn, known := w.shown[id]
			if !known {
				w.shown[id] = w.rng.IntN(2) == 0
			}
			return known && !goesOn && !lists(of) && !w.strangers[id]
		})
	}
	return w
}

// pick picks what the world is like.
func pick[T any](w *lateWorld, what string, from ...T) T {
	v := from[w.rng.IntN(len(from))]
	w.what = append(w.what, fmt.Sprintf("%s: %v", what, v))
	return v
}

// roundTrip is a function as a transport.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// faulty makes one request in twenty go wrong.
func (w *lateWorld) faulty(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		w.mu.Lock()
		if w.rng.IntN(20) == 0 {
			w.Inject(faultsOfAll[w.rng.IntN(len(faultsOfAll))])
		}
		w.mu.Unlock()
		return next.RoundTrip(r)
	})
}

// lie leaves contacts out of what search answers.
func (w *lateWorld) lie(hides func(of map[string]any, id string) bool) {
	w.transport = searching{w.transport, func(of, answer map[string]any) {
		contacts, _ := answer["contacts"].([]any)
		answer["contacts"] = slices.DeleteFunc(contacts, func(c any) bool {
			id, _ := c.(map[string]any)["id"].(string)
			w.mu.Lock()
			defer w.mu.Unlock()
			return hides(of, id)
		})
	}}
}

// fill puts people into the location: strangers, and some of those whom records are about.
func (w *lateWorld) fill() {
	written := map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper, "mixed": func(s string) string { return strings.ToUpper(s[:1]) + s[1:] }}[pick(w, "emails", "lower", "upper", "mixed")]
	more := pick(w, "additional emails", false, false, true)
	strangers := pick(w, "strangers", 0, 30, 600)
	for i := range 150 {
		who := latePerson{email: fmt.Sprintf("p%d@example.com", i), phone: fmt.Sprintf("+1202555%04d", i)}
		there := w.rng.IntN(8)
		who.byPhone = there == 2
		w.people = append(w.people, who)
		c := sandbox.Contact{Tags: heropixel.Tags, // so that some records ask for nothing
			Fields: map[string]any{"email": written(who.email), "phone": who.phone, "country": "US", "source": "capitalaudience"}}
		switch there {
		case 0:
		case 1:
			delete(c.Fields, "phone")
		case 2:
			delete(c.Fields, "email")
		case 3:
			if more {
				c.AdditionalEmails, c.Fields["email"] = []string{who.email}, fmt.Sprintf("other%d@example.com", i)
			}
		default: // new
			continue
		}
		w.Put(c)
	}
	for i := range strangers {
		w.strangers[w.human(map[string]any{"email": written(fmt.Sprintf("stranger%d@example.com", i)), "phone": fmt.Sprintf("+1303555%04d", i)})] = true
	}
}

// play syncs records about the people, each up to four times, and counts their contacts.
func (w *lateWorld) play() {
	w.late()
	var input strings.Builder
	for i := range 250 {
		who := w.people[w.rng.IntN(len(w.people))]
		if w.rng.IntN(2) == 0 {
			who = latePerson{email: fmt.Sprintf("new%d@example.com", i), phone: fmt.Sprintf("+1505555%04d", i)}
			w.people = append(w.people, who)
		}
		data := fmt.Sprintf(`{"email":%q,"phone":%q,"city":"City %d"}`, who.email, who.phone, w.rng.IntN(3))
		if w.rng.IntN(3) == 0 && !who.byPhone {
			data = fmt.Sprintf(`{"email":%q}`, who.email)
		}
		input.WriteString(records(data))
		if w.rng.IntN(20) == 0 {
			input.WriteString(state("people", i))
		}
	}
	j := job{plan: heropixel, pause: pick(w, "pause", 2*time.Second, 10*time.Second, 30*time.Second),
		limits: load.Limits{Records: pick(w, "window", 10, 60, 200), Bytes: 1 << 20, Age: time.Minute, State: time.Second}}
	w.begun = time.Now()
	out := w.must(j, input.String())
	all := w.Contacts()
	for _, who := range w.people {
		var has []string
		for _, c := range all {
			emails := append(slices.Clone(c.AdditionalEmails), fmt.Sprint(c.Fields["email"]))
			if c.Fields["phone"] == who.phone || slices.ContainsFunc(emails, func(e string) bool { return strings.EqualFold(e, who.email) }) {
				has = append(has, fmt.Sprint(c.ID, c.Fields, c.AdditionalEmails))
			}
		}
		if len(has) > 1 {
			w.t.Errorf("%s is there %d times: %q", who.email, len(has), has)
		}
	}
	if w.t.Failed() {
		w.t.Logf("%q, lag %v, took %v: %v\n%s", w.what, w.Options().IndexLag, time.Since(w.begun), out.usage.ByOperation, out.log)
	}
}

// late are people whom another program writes just before the sync.
func (w *lateWorld) late() {
	for i := range 20 {
		who := latePerson{email: fmt.Sprintf("late%d@example.com", i), phone: fmt.Sprintf("+1404555%04d", i)}
		w.people = append(w.people, who)
		w.api("POST", "/contacts/", map[string]any{"locationId": w.Options().LocationID, "email": who.email, "phone": who.phone})
	}
}
