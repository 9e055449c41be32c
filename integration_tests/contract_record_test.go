package integration_tests

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// exchange is a request and its answer, as they went over the wire.
type exchange struct {
	ofClient bool // and not one that only a broken client would send
	method   string
	url      *url.URL
	header   http.Header
	body     []byte

	status       int
	answerHeader http.Header
	answer       []byte
}

// recorder keeps what goes to a sandbox and what it answers.
type recorder struct {
	*sandbox.Server
	mu        sync.Mutex
	exchanges []exchange
}

// ServeHTTP passes a request of the client on.
func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	answer := r.pass(req, true)
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // a client that has gone misses it
}

// ask sends a request that the client never would: "METHOD /path", headers as "Name: value", and a body. What no header says
// otherwise is as the client has it.
func (r *recorder) ask(t *testing.T, operation, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	method, path, _ := strings.Cut(operation, " ")
	req := httptest.NewRequestWithContext(t.Context(), method, "http://sandbox.example.com"+path, strings.NewReader(body))
	for _, header := range slices.Concat([]string{"Version: 2021-07-28", "Authorization: Bearer " + r.Options().Token,
		"Content-Type: application/json", "User-Agent: contract-test"}, headers) {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Set(name, value)
	}
	return r.pass(req, false)
}

func (r *recorder) pass(req *http.Request, ofClient bool) *httptest.ResponseRecorder {
	e := exchange{ofClient: ofClient, method: req.Method, url: req.URL, header: req.Header.Clone()}
	e.body, _ = io.ReadAll(req.Body) // of a test's own client
	req.Body = io.NopCloser(bytes.NewReader(e.body))
	answer := httptest.NewRecorder()
	r.Server.ServeHTTP(answer, req)
	e.status, e.answerHeader, e.answer = answer.Code, answer.Header().Clone(), bytes.Clone(answer.Body.Bytes())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.exchanges = append(r.exchanges, e)
	return answer
}
