package ghl

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

const testToken = "pit-00000000-0000-4000-8000-000000000000"

// roundTrip is a server in the process.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answer is a response with the given header pairs.
func answer(status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// cutBody breaks off after its text.
type cutBody struct{ io.Reader }

func (c cutBody) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
func (cutBody) Close() error { return nil }

// script answers with its steps in turn and with the last one for ever after.
type script struct {
	mu    sync.Mutex
	steps []func(*http.Request) (*http.Response, error)
	seen  []seen
}

// seen is a request as the server got it.
type seen struct {
	method, uri, body string
	header            http.Header
	at                time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	var body bytes.Buffer
	if r.Body != nil {
		if _, err := body.ReadFrom(r.Body); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	s.seen = append(s.seen, seen{r.Method, r.URL.RequestURI(), body.String(), r.Header.Clone(), time.Now()})
	step := s.steps[min(len(s.seen), len(s.steps))-1]
	s.mu.Unlock()
	return step(r)
}

func say(status int, body string, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return answer(status, body, headers...), nil }
}

func breakWith(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func sayCut(status int, body string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		r := answer(status, "")
		r.Body = cutBody{strings.NewReader(body)}
		return r, nil
	}
}

func scripted(steps ...func(*http.Request) (*http.Response, error)) *script {
	return &script{steps: steps}
}

func newTestClient(t testing.TB, transport http.RoundTripper, change ...func(*Options)) *Client {
	t.Helper()
	o := Options{
		URL: "http://api.example.com", LocationID: "loc1", Transport: transport,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: testToken}),
	}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
