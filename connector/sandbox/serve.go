package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	maxBody   = 10 << 20
	throttled = `{"statusCode":429,"message":"Too Many Requests"}`
	challenge = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
)

// ServeHTTP answers like the API. GET / is a page for people; paths under /_sandbox are helpers for scripts.
// Neither is counted, limited or protected.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/_sandbox/") {
		s.serveHelper(w, r)
		return
	}
	// The body is read whole before anything else: only then does the server notice a client that has gone.
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "body unreadable or too large", http.StatusRequestEntityTooLarge)
		return
	}
	route, vars, near := match(r.Method, r.URL.Path)
	operation := ""
	if route.handle != nil {
		operation = route.operation()
	}
	s.mu.Lock()
	s.counts[operation]++
	s.mu.Unlock()
	if agent := r.UserAgent(); strings.HasPrefix(agent, "Go-http-client/") || strings.HasPrefix(agent, "Python-urllib/") {
		// what the vendor's gateway does to programs that do not introduce themselves
		s.sendBytes(w, r, operation, 403, "text/plain; charset=UTF-8", []byte("error code: 1010"))
		return
	}
	sleep(r, s.opts.Latency)
	switch {
	case near:
		s.send(w, r, operation, *refuse(401, "Unauthorized"))
	case route.handle == nil:
		s.send(w, r, operation, answer{404, nil})
	default:
		s.serveRoute(w, route, &call{r, vars, raw})
	}
}

// serveRoute lets the call past the guards to its handler, unless a fault is due.
func (s *Server) serveRoute(w http.ResponseWriter, route route, c *call) {
	op := route.operation()
	if refusal := s.authorise(c.Request, route.scope); refusal != nil {
		s.send(w, c.Request, op, *refusal)
		return
	}
	if !strings.HasPrefix(route.path, "/oauth/") && !s.spend() { // signing in costs no quota
		s.send(w, c.Request, op, answer{429, throttled})
		return
	}
	f, due, err := s.due(op, c.Request)
	switch {
	case err != nil:
		s.send(w, c.Request, op, *refuse(400, FaultHeader+": "+err.Error()))
	case due:
		s.fail(w, route, c, f)
	default:
		s.send(w, c.Request, op, s.handle(route, c))
	}
}

// handle runs the handler with the lock held.
func (s *Server) handle(route route, c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return route.handle(s, c)
}

// authorise checks the Version header, the token and its scope, in this order.
func (s *Server) authorise(r *http.Request, scope string) *answer {
	if scope == "" {
		return nil
	}
	switch version := r.Header.Get("Version"); version {
	case "2021-07-28", "2021-04-15", "2023-02-21", "v3":
	case "":
		return refuse(401, "version header was not found.")
	default:
		return refuse(401, "version header is invalid")
	}
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	userType := s.userType(token)
	switch {
	case bearer && userType != "":
	case strings.HasPrefix(token, "pit-"):
		return refuse(401, "Invalid Private Integration token")
	case strings.Count(token, ".") == 2:
		return refuse(401, "Invalid token: access token is invalid")
	default:
		return refuse(401, "Invalid JWT")
	}
	if refusal := wrongClass(userType, scope); refusal != nil {
		return refusal
	}
	if s.opts.Scopes != nil && !slices.Contains(s.opts.Scopes, scope) {
		return refuse(401, "The token is not authorized for this scope.")
	}
	return nil
}

// location refuses ids other than the token's own.
func (s *Server) location(id any) *answer {
	if id != s.opts.LocationID {
		return refuse(403, "The token does not have access to this location.")
	}
	return nil
}

// send writes an answer and records it.
func (s *Server) send(w http.ResponseWriter, r *http.Request, operation string, a answer) {
	s.sendBytes(w, r, operation, a.status, "application/json; charset=utf-8", encode(a.body))
}

func (s *Server) sendBytes(w http.ResponseWriter, r *http.Request, operation string, status int, kind string, body []byte) {
	s.record(operation, status)
	for name, value := range s.rateHeaders() {
		setHeader(w, r, name, value)
	}
	if len(body) > 0 {
		w.Header().Set("Content-Type", kind)
	}
	if w.Header().Get("Content-Length") == "" {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone is no concern of the API's
}

// encode gives the bytes of an answer's body.
func encode(body any) []byte {
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return []byte(b)
	case object:
		b["traceId"] = uuid.NewString()
	}
	out, err := json.Marshal(body)
	if err != nil {
		panic(err) // all of it came from JSON
	}
	return rawControls(out)
}

// rawControls leaves line ends and tabs in strings as they are, which JSON forbids and the vendor does.
func rawControls(body []byte) []byte {
	if !bytes.Contains(body, []byte(`\n`)) && !bytes.Contains(body, []byte(`\t`)) {
		return body
	}
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			out = append(out, body[i])
			continue
		}
		switch i++; body[i] {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		default:
			out = append(out, '\\', body[i])
		}
	}
	return out
}

// reset breaks the connection so that the client sees it die, not end.
func (s *Server) reset(w http.ResponseWriter, operation string) {
	s.record(operation, 0)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // not a connection of our own: the server behind w breaks it
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // close with RST
	}
	_ = conn.Close()
}

// sleep waits, or less if the client goes.
func sleep(r *http.Request, d time.Duration) {
	if d > 0 {
		hang(r, d)
	}
}

// hang waits until the client goes, at most d where d is not 0.
func hang(r *http.Request, d time.Duration) {
	var bound <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		bound = t.C
	}
	select {
	case <-r.Context().Done():
	case <-bound:
	}
}
