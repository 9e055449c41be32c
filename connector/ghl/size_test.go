package ghl

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// packed is a text, compressed.
func packed(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestAnswersThatUnpackToTooMuch: two hundred calls at once are answered with 10 MB each, sent as some KB.
func TestAnswersThatUnpackToTooMuch(t *testing.T) {
	long := strings.Repeat("x", 10<<20)
	for name, c := range map[string]struct {
		status int
		body   string
		call   func(*Client) error
		kind   Kind
	}{
		"creates": {201, `{"contact":{"id":"c1","firstName":"` + long + `"}}`, func(c *Client) error {
			_, err := c.CreateContact(t.Context(), ContactBody{"email": "ann@example.com"})
			return err
		}, Ambiguous},
		"reads": {200, `{"contact":{"id":"c1","tags":[` + strings.Repeat(`[],`, 3<<20) + `1]}}`, func(c *Client) error {
			_, err := c.GetContact(t.Context(), "c1")
			return err
		}, Bug},
		"dense": {200, `{"contact":{"id":"c1","customFields":[` + strings.Repeat(`1,`, 500<<10) + `1]}}`, func(c *Client) error {
			_, err := c.GetContact(t.Context(), "c1")
			return err
		}, Bug},
		"pages": {200, `{"contacts":[{"id":"c1","customFields":[` + strings.Repeat(`{"id":1},`, 1<<20) + `{}]}],"total":1}`, func(c *Client) error {
			_, err := c.SearchContacts(t.Context(), Search{PageLimit: 100})
			return err
		}, Bug},
		"refusals": {422, `{"message":[` + strings.Repeat(`"x",`, 5<<19) + `"x"]}`, func(c *Client) error {
			_, err := c.UpdateContact(t.Context(), "c1", ContactBody{"city": "Rome"})
			return err
		}, Transient},
	} {
		t.Run(name, func(t *testing.T) {
			body := packed(t, c.body)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				w.Header().Set("x-ratelimit-max", fmt.Sprint(noLimit))
				w.WriteHeader(c.status)
				_, _ = w.Write(body)
			}))
			defer server.Close()
			client := newTestClient(t, nil, func(o *Options) { o.URL, o.MaxRetryTime = server.URL, time.Millisecond })
			runtime.GC()
			peak := watchHeap(t)
			var calls sync.WaitGroup
			many := 200
			if testing.Short() {
				many = 20
			}
			for range many {
				calls.Go(func() {
					if err := c.call(client); err == nil || KindOf(err) != c.kind {
						t.Errorf("%v, want a fault that is %s", err, c.kind)
					}
				})
			}
			calls.Wait()
			if got := peak(); got > 300<<20 {
				t.Errorf("the heap grew to %d MB", got>>20)
			}
		})
	}
}

// watchHeap samples how large the heap is; the function that it returns ends that and gives the largest, in bytes.
func watchHeap(t *testing.T) func() uint64 {
	t.Helper()
	usual := debug.SetGCPercent(20) // garbage, of which more is left the busier the machine is, hardly counts
	t.Cleanup(func() { debug.SetGCPercent(usual) })
	ended, done := make(chan struct{}), make(chan struct{})
	var largest atomic.Uint64
	go func() {
		defer close(done)
		for tick := time.NewTicker(2 * time.Millisecond); ; {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			largest.Store(max(largest.Load(), m.HeapInuse))
			select {
			case <-ended:
				tick.Stop()
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 {
		close(ended)
		<-done
		return largest.Load()
	}
}

// TestLongAnswersShareTheRoom: what is longer than a short answer waits until there is room for it.
func TestLongAnswersShareTheRoom(t *testing.T) {
	r := newRoom()
	var leaves []func()
	for range roomForLong / maxOne {
		_, leave, err := r.read(t.Context(), new(bytes.Buffer), strings.NewReader(strings.Repeat("x", shortAnswer+1)), maxOne)
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leave)
	}
	if r.free.TryAcquire(1) {
		t.Fatal("there is room left")
	}
	_, leave, err := r.read(t.Context(), new(bytes.Buffer), strings.NewReader(strings.Repeat("x", shortAnswer)), maxOne)
	if err != nil {
		t.Fatal("a short answer waits:", err)
	}
	for _, leave := range append(leaves, leave) {
		leave()
	}
	if !r.free.TryAcquire(roomForLong) {
		t.Error("not all room was given back")
	}
	if maxAnswer(opSearchContacts, 500) > roomForLong {
		t.Error("a full page has no room")
	}
}

func TestAnswersHaveTheSizeOfWhatWasAsked(t *testing.T) {
	for name, c := range map[string]struct {
		most int
		len  int
		err  error
	}{"up to its bound": {10, 10, nil}, "beyond it": {10, 11, errTooLong}, "long": {shortAnswer + 10, shortAnswer + 10, nil}, "too long": {shortAnswer + 10, shortAnswer + 11, errTooLong}} {
		body, leave, err := newRoom().read(t.Context(), new(bytes.Buffer), strings.NewReader(strings.Repeat("x", c.len)), int64(c.most))
		leave()
		if !errors.Is(err, c.err) || len(body) != min(c.most, c.len) {
			t.Errorf("%s: %d bytes, %v", name, len(body), err)
		}
	}
}

// TestAPageIsNoLongerThanAskedFor: a server that ignores the limit would be believed in what it says about the end of the list.
func TestAPageIsNoLongerThanAskedFor(t *testing.T) {
	c := newTestClient(t, scripted(say(200, `{"contacts":[{"id":"a"},{"id":"b"},{"id":"c"}],"total":3}`)))
	if _, err := c.SearchContacts(t.Context(), Search{PageLimit: 2}); KindOf(err) != Bug || !strings.Contains(err.Error(), "more than was asked for") {
		t.Errorf("%v", err)
	}
	if page, err := c.SearchContacts(t.Context(), Search{PageLimit: 3}); err != nil || len(page.Contacts) != 3 {
		t.Errorf("%v, %v", page, err)
	}
}

// TestTokensAreShort: the endpoint of tokens is read no further than a token.
func TestTokensAreShort(t *testing.T) {
	long := strings.Repeat("x", 2<<20)
	s, err := NewOAuth(OAuth{URL: "http://api.example.com", ClientID: "id", ClientSecret: "secret", RefreshToken: "refresh", LocationID: "loc1",
		Transport: scripted(say(200, `{"access_token":"a1","scope":"`+long+`"}`))})
	if err != nil {
		t.Fatal(err)
	}
	var token *oauth2.Token
	if token, err = s.Token(); err == nil || KindOf(err) != Bug {
		t.Errorf("%v, %v", token, err)
	}
}
