package contacts_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// lies are the ways in which an answer is changed; n chooses among the forms of one.
var lies = []func(resp *http.Response, body []byte, n int) []byte{
	func(_ *http.Response, body []byte, _ int) []byte { return body },
	func(resp *http.Response, body []byte, n int) []byte { // another status
		resp.StatusCode = []int{200, 201, 204, 301, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 599, 102}[n%19]
		return body
	},
	func(resp *http.Response, body []byte, n int) []byte { // quota headers that cannot be
		for _, name := range []string{"Max", "Remaining", "Interval-Milliseconds", "Daily-Remaining", "Limit-Daily", "Daily-Reset"} {
			resp.Header.Set("X-RateLimit-"+name, []string{"-1", "1", "99999999999999999999", "x", "1e9", ""}[n%6])
		}
		return body
	},
	func(_ *http.Response, body []byte, n int) []byte { return body[:n*len(body)/256] }, // cut
	func(_ *http.Response, _ []byte, n int) []byte { // something else altogether
		other := []string{``, `null`, `[]`, `{}`, `"ok"`, `0`, `true`, `<html>zqx</html>`, `{"contacts":null}`, `{"contacts":{}}`, `{"contact":null}`, `{"contact":[]}`,
			`{"contact":{"id":7}}`, `{"contact":{}}`, `{"responses":["zqx"]}`, `{"responses":[{}]}`, `{"statusCode":500}`, `{"statusCode":401,"message":"zqx@zqx.example.com"}`,
			`{"message":["zqx 2025550142"],"statusCode":422}`, `{"traceId":{},"meta":[],"message":{}}`, `{"total":-1,"contacts":[null]}`, `{"contacts":[1]}`, strings.Repeat(`[`, 20_000)}
		return []byte(other[n%len(other)])
	},
	func(_ *http.Response, body []byte, n int) []byte { // ids that are none
		return replaceMember(body, "id", []any{"", "..", "../contacts", "zqx zqx", 7, nil, true, []any{}, map[string]any{}, strings.Repeat("x", 5000), "a/b?c=d", "\x00"}[n%12])
	},
	func(_ *http.Response, body []byte, n int) []byte { // values of another type
		name := []string{"email", "phone", "tags", "customFields", "searchAfter", "contactId", "type", "total", "dnd", "dndSettings", "responses", "dateAdded"}[n%12]
		return replaceMember(body, name, []any{nil, 7, "x", []any{nil, map[string]any{}}, map[string]any{"a": []any{}}, true}[n/12%6])
	},
	func(_ *http.Response, body []byte, _ int) []byte { // another order
		return change(body, func(v any) any {
			if list, ok := v.([]any); ok {
				slices.Reverse(list)
			}
			return v
		})
	},
	func(_ *http.Response, body []byte, _ int) []byte { // everything twice
		return change(body, func(v any) any {
			if list, ok := v.([]any); ok {
				return append(list, list...)
			}
			return v
		})
	},
	func(_ *http.Response, body []byte, n int) []byte { // one byte
		if body = bytes.Clone(body); len(body) > 0 {
			body[n*len(body)/256] ^= byte(1 << (n % 8))
		}
		return body
	},
	func(resp *http.Response, body []byte, n int) []byte { // encodings
		switch n % 4 {
		case 0:
			return append([]byte("\xef\xbb\xbf"), body...)
		case 1:
			var wide []byte
			for _, b := range body {
				wide = append(wide, b, 0)
			}
			return wide
		case 2:
			resp.Header.Set("Content-Encoding", "gzip")
			return body
		}
		return bytes.ReplaceAll(body, []byte("a"), []byte("\xff\x01"))
	},
}

// change applies f to every value of a JSON document.
func change(body []byte, f func(any) any) []byte {
	var doc any
	if json.Unmarshal(body, &doc) != nil {
		return body
	}
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case map[string]any:
			for name := range v {
				v[name] = walk(v[name])
			}
		}
		return f(v)
	}
	changed, err := json.Marshal(walk(doc))
	if err != nil {
		panic(err) // it came from JSON
	}
	return changed
}

func replaceMember(body []byte, name string, value any) []byte {
	return change(body, func(v any) any {
		if object, ok := v.(map[string]any); ok && object[name] != nil {
			object[name] = value
		}
		return v
	})
}

// liar changes one answer after the other as the script says, two bytes for each, and is honest once the script is over. Of the two first
// answers, which open the location, the truth is told.
type liar struct {
	next   http.RoundTripper
	mu     sync.Mutex
	script []byte
	honest int // answers to come before the first lie
	asked  int
	odd    []string // requests that no honest or lying answer is a reason for
}

func (l *liar) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.asked++
	kind, n := 0, 0
	if l.asked > l.honest && len(l.script) > 1 {
		kind, n, l.script = int(l.script[0]), int(l.script[1]), l.script[2:]
	}
	if r.URL.Host != "example.com" || r.Method == http.MethodDelete || strings.Contains(r.URL.Path, "..") || strings.Contains(r.URL.Path, "/remove") {
		l.odd = append(l.odd, r.Method+" "+r.URL.String())
	}
	l.mu.Unlock()
	if kind%13 == 12 {
		return nil, errReset
	}
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if kind%13 == 11 { // done, and not told
		return nil, errReset
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(lies[kind%13](resp, body, n)))
	return resp, nil
}

const liedTo = 12 // people

// lyingInput is their records, a state after every fourth.
func lyingInput() string {
	input := ""
	for i := range liedTo {
		input += records(fmt.Sprintf(`{"email":"zqx%d@zqx.example.com","phone":"+1202555%04d","first_name":"Zqx","city":"Zqxville"}`, i, 100+i))
		if i%4 == 3 {
			input += state("people", i+1)
		}
	}
	return input
}

// FuzzLyingAnswers: whatever a server answers, nothing panics, hangs, writes to somebody else, tells of a person or acknowledges what is
// not durable; and an honest run afterwards ends right.
func FuzzLyingAnswers(f *testing.F) {
	for kind := range 13 {
		for _, n := range []byte{0, 1, 5, 14, 100, 255} {
			f.Add(bytes.Repeat([]byte{byte(kind), n}, 3))
			f.Add(append(bytes.Repeat([]byte{0, 0}, 2), byte(kind), n, byte(kind+5), n))
		}
	}
	f.Add([]byte("908)8)"))                                             // a listing is refused, quoting somebody
	f.Add([]byte("\x00\x0090229C10810828102007\"1XZ8(1BB8a8888XC\x01")) // a phone that somebody has, denied three times
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		script := make([]byte, 2+random.IntN(38))
		for i := range script {
			script[i] = byte(random.Uint32())
		}
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		script = script[:min(len(script), 40)]
		synctest.Test(t, func(t *testing.T) { lieTo(t, script) })
	})
}

func lieTo(t *testing.T, script []byte) {
	p := inside(t, sandbox.Options{IndexLag: 10 * time.Second})
	p.human(map[string]any{"email": "stranger@example.com", "phone": "+12025559999", "city": "Nowhere", "country": "US"}, "human")
	p.human(map[string]any{"email": "zqx1@zqx.example.com", "city": "Old", "country": "US"}, "human")
	p.human(map[string]any{"phone": "+12025550102", "city": "Old", "country": "US"}, "human")
	stranger := p.with("stranger@example.com")
	time.Sleep(time.Minute)
	honest := p.transport

	p.openLied(&liar{next: honest, script: script})
	l := &liar{next: honest, script: script, honest: 2}
	p.transport = l
	began := time.Now()
	out := p.sync(job{plan: heropixel, workers: 4}, lyingInput())
	if broken := new(bug.Error); errors.As(out.err, &broken) {
		t.Fatalf("%v\n%s", out.err, broken.Stack)
	}
	if took := time.Since(began); took > 2*time.Hour || l.asked > 2000 {
		t.Errorf("it took %s and %d requests", took, l.asked)
	}
	told := out.log
	if out.err != nil {
		told += out.err.Error()
	}
	if strings.Contains(strings.ToLower(told), "zqx") || strings.Contains(told, "2025550142") {
		t.Errorf("a person is told: %s", told)
	}
	if len(l.odd) > 0 {
		t.Errorf("odd requests: %q", l.odd)
	}
	p.acknowledged(out)

	p.transport = honest
	time.Sleep(time.Minute)
	p.must(job{plan: heropixel}, lyingInput())
	if got := len(p.Contacts()); got != liedTo+1 {
		t.Errorf("%d contacts, want %d", got, liedTo+1)
	}
	for i := range liedTo {
		got := p.with(fmt.Sprintf("zqx%d@zqx.example.com", i))
		field(t, got, "city", "Zqxville")
		field(t, got, "phone", fmt.Sprintf("+1202555%04d", 100+i))
		if !slices.Contains(got.Tags, "heropixel") {
			t.Errorf("zqx%d lacks the tag", i)
		}
	}
	if now := p.with("stranger@example.com"); !maps.Equal(now.Fields, stranger.Fields) || !slices.Equal(now.Tags, stranger.Tags) {
		t.Errorf("the stranger was changed: %v", now)
	}
}

// openLied opens the location while it lies about itself.
func (p *place) openLied(l *liar) {
	o := p.Options()
	client, err := ghl.New(ghl.Options{URL: p.url, LocationID: o.LocationID, Transport: l, MaxRetryTime: time.Minute,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: o.Token})})
	if err != nil {
		p.t.Fatal(err)
	}
	err = bug.Guard(func() error {
		_, err := gateway.Open(p.t.Context(), client)
		return err
	})
	if broken := new(bug.Error); errors.As(err, &broken) {
		p.t.Fatalf("opening: %s\n%s", broken.Place, broken.Stack)
	}
}

// acknowledged fails if a state is out though a record before it is neither in the location nor rejected.
func (p *place) acknowledged(out outcome) {
	p.t.Helper()
	through := 0
	for _, s := range out.states {
		var doc struct {
			State struct {
				Stream struct {
					State struct{ N int } `json:"stream_state"`
				}
			}
		}
		if err := json.Unmarshal([]byte(s), &doc); err != nil {
			p.t.Fatal(err)
		}
		through = max(through, doc.State.Stream.State.N)
	}
	rejected := map[int64]bool{}
	for _, o := range out.told {
		for _, line := range o.Lines {
			rejected[line] = o.Reject != nil
		}
	}
	for i := range through {
		line := int64(i + 1 + i/4)
		written := slices.ContainsFunc(p.Contacts(), func(c sandbox.Contact) bool {
			return c.Fields["email"] == fmt.Sprintf("zqx%d@zqx.example.com", i) || c.Fields["phone"] == fmt.Sprintf("+1202555%04d", 100+i)
		})
		if !written && !rejected[line] {
			p.t.Errorf("the state after %d records is out, and that of line %d is not written", through, line)
		}
	}
}
