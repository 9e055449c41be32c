package contacts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// hooked does something just before the first request of a kind goes.
type hooked struct {
	next         http.RoundTripper
	method, path string // the path begins so
	once         *sync.Once
	do           func()
}

func (h hooked) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == h.method && strings.HasPrefix(r.URL.Path, h.path) {
		h.once.Do(h.do)
	}
	return h.next.RoundTrip(r)
}

// before lets something happen between the decision to send the first such
// request and its arrival.
func (p *place) before(method, path string, do func()) {
	p.transport = hooked{p.transport, method, path, &sync.Once{}, do}
}

// blinded is a search that finds nobody.
type blinded struct{ next http.RoundTripper }

func (b blinded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err != nil || r.URL.Path != "/contacts/search" || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	resp.Body = io.NopCloser(strings.NewReader(`{"contacts":[],"total":0}`))
	resp.Header.Del("Content-Length")
	return resp, nil
}

// blind takes the search index away.
func (p *place) blind() { p.transport = blinded{p.transport} }

// api sends one request as another program would: search lags behind it.
func (p *place) api(method, path string, body any) {
	p.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(b))
	r.Header.Set("Authorization", "Bearer "+p.Options().Token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Version", "2021-07-28")
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	if w.Code >= 300 {
		p.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
}

// tagged counts the contacts with a tag.
func (p *place) tagged(tag string) int {
	n := 0
	for _, c := range p.Contacts() {
		if slices.Contains(c.Tags, tag) {
			n++
		}
	}
	return n
}

// counts checks the one state of a sync.
func (o outcome) counts(t testing.TB, accepted, rejected int) {
	t.Helper()
	want := fmt.Sprintf(`"recordCount":%d.0,"rejectedRecordCount":%d.0`, accepted, rejected)
	if len(o.states) != 1 || !strings.Contains(o.states[0], want) {
		t.Errorf("states %v, want one with %s", o.states, want)
	}
}

// rewritten is the request with a text in its body replaced by another.
func rewritten(r *http.Request, from, to string) *http.Request {
	if r.Body == nil {
		return r
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(body, []byte(from), []byte(to))))
	r.ContentLength = -1
	return r
}

// id is the contact with this id as it is now.
func (p *place) id(id string) sandbox.Contact {
	p.t.Helper()
	all := p.Contacts()
	i := slices.IndexFunc(all, func(c sandbox.Contact) bool { return c.ID == id })
	if i < 0 {
		p.t.Fatal("the contact is gone")
	}
	return all[i]
}

// altered writes something else into the body of each write to a contact.
type altered struct {
	next     http.RoundTripper
	from, to string
}

func (a altered) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPut && r.Method != http.MethodPost || strings.Contains(r.URL.Path, "search") {
		return a.next.RoundTrip(r)
	}
	return a.next.RoundTrip(rewritten(r, a.from, a.to))
}

// lying answers creates whose body holds a text with a refusal of its own.
type lying struct {
	next       http.RoundTripper
	text, body string
}

func (l lying) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || r.URL.Path != "/contacts/" || !strings.Contains(bodyOf(r), l.text) {
		return l.next.RoundTrip(r)
	}
	return answered(r, http.StatusBadRequest, l.body), nil
}

// stale shows a text in searches that has been replaced since by another.
type stale struct {
	next    http.RoundTripper
	now, by string
}

func (s stale) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(r)
	if err != nil || r.URL.Path != "/contacts/search" {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	body = bytes.ReplaceAll(body, []byte(`"`+s.now+`"`), []byte(`"`+s.by+`"`))
	return answered(r, resp.StatusCode, string(body)), nil
}
