package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

var errKilled = errors.New("killed")

// TestNobodyIsLostWhileOthersWrite: others create, change and delete contacts while a location is read, by a process that is
// killed now and then and goes on from its last state. Who was there throughout is read, and the next read has the last version.
func TestNobodyIsLostWhileOthersWrite(t *testing.T) {
	t.Parallel()
	histories := 300
	if testing.Short() {
		histories = 40
	}
	for seed := range histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHistory(t, rand.New(rand.NewPCG(uint64(seed), 18)))
				h.run(t)
			})
		})
	}
}

// history is a location with others who write to it, and one who reads it.
type history struct {
	random   *rand.Rand
	server   *sandbox.Server
	at       *Location
	others   func() // writes something
	quiet    bool
	ids      []string
	versions int
	read     map[string]string // the version of each contact that was read last
	from     json.RawMessage
}

func newHistory(t *testing.T, random *rand.Rand) *history {
	h := &history{random: random, server: sandbox.New(sandbox.Options{IndexLag: time.Duration(random.IntN(60)) * time.Second}), read: map[string]string{}}
	h.others, h.at = h.write, openThrough(t, h.server, h)
	for range 600 + random.IntN(700) {
		h.put()
	}
	return h
}

// openThrough opens a sandbox of which requests are handed to a transport.
func openThrough(t *testing.T, server *sandbox.Server, transport http.RoundTripper) *Location {
	t.Helper()
	o := server.Options()
	client, err := ghl.New(ghl.Options{URL: "http://sandbox.example.com", LocationID: o.LocationID, Transport: transport,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: o.Token})})
	if err != nil {
		t.Fatal(err)
	}
	return Open(client)
}

// RoundTrip implements [http.RoundTripper]: before each request others may write.
func (h *history) RoundTrip(r *http.Request) (*http.Response, error) {
	for range h.random.IntN(6) {
		if !h.quiet {
			h.others()
		}
	}
	return inProcess(h.server, r), nil
}

// inProcess asks a server without a network.
func inProcess(server http.Handler, r *http.Request) *http.Response {
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, in)
	return w.Result()
}

func (h *history) write() {
	i := h.random.IntN(len(h.ids))
	switch h.random.IntN(5) {
	case 0:
		h.put()
	case 1:
		h.ask("DELETE", "/contacts/"+h.ids[i], "")
		h.ids = append(h.ids[:i], h.ids[i+1:]...)
	default:
		h.versions++
		h.ask("PUT", "/contacts/"+h.ids[i], fmt.Sprintf(`{"firstName":"%d"}`, h.versions))
	}
	time.Sleep(time.Duration(h.random.IntN(10)) * time.Second)
}

// ask writes as another program does: search shows it late.
func (h *history) ask(method, path, body string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+h.server.Options().Token)
	r.Header.Set("Version", "2021-07-28")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "others/1")
	w := httptest.NewRecorder()
	if h.server.ServeHTTP(w, r); w.Code >= 300 {
		panic(fmt.Sprint(method, " was refused: ", w.Body))
	}
}

// put makes a new contact, often in the same millisecond as the one before; search shows it at once.
func (h *history) put() {
	h.versions++
	h.ids = append(h.ids, h.server.Put(sandbox.Contact{Fields: map[string]any{"firstName": fmt.Sprint(h.versions)}}))
	time.Sleep(time.Duration(h.random.IntN(2)) * time.Millisecond)
}

func (h *history) run(t *testing.T) {
	before := map[string]bool{}
	for _, c := range h.server.Contacts() {
		before[c.ID] = true
	}
	h.pass(t)
	for _, id := range h.ids {
		if before[id] && h.read[id] == "" {
			t.Fatal("a contact that was there throughout is not read")
		}
	}
	h.quiet = true
	time.Sleep(2 * time.Minute)
	h.pass(t)
	for _, c := range h.server.Contacts() {
		if h.read[c.ID] != c.Fields["firstName"] {
			t.Fatal("the last version of a contact is not read")
		}
	}
}

// pass reads to the end, however often it is killed.
func (h *history) pass(t *testing.T) {
	for kills := 0; ; kills++ {
		left := h.random.IntN(2000)
		to := &sink{err: func() error {
			if left--; left < 0 && kills < 5 {
				return errKilled
			}
			return nil
		}}
		err := named(h.at.Streams(), "contacts").Read(context.Background(), h.from, to)
		for _, row := range to.rows {
			h.read[row["id"].(string)] = row["firstName"].(string)
		}
		if last := to.last(); last != nil {
			h.from = last
		}
		if err == nil {
			return
		}
		if !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(h.random.IntN(600)) * time.Second)
	}
}

// TestNoChangeIsReadTwice, however many there were while the pass before was under way.
func TestNoChangeIsReadTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHistory(t, rand.New(rand.NewPCG(1, 18)))
		h.quiet = true
		for i, id := range h.ids { // as if each had been changed during the pass
			h.server.Put(sandbox.Contact{ID: id, Fields: map[string]any{"firstName": fmt.Sprint(i)}, DateUpdated: time.Now().Add(time.Duration(i) * time.Second)})
		}
		var last json.RawMessage
		for _, want := range []int{len(h.ids), 0, 0} {
			to := &sink{}
			if err := named(h.at.Streams(), "contacts").Read(context.Background(), last, to); err != nil {
				t.Fatal(err)
			}
			if len(to.rows) != want {
				t.Errorf("%d rows, want %d", len(to.rows), want)
			}
			last = to.last()
			time.Sleep(time.Hour)
		}
	})
}
