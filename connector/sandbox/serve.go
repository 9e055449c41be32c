package sandbox

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path"
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
	if strings.TrimSuffix(path.Clean(r.URL.Path), "/") != strings.TrimSuffix(r.URL.Path, "/") {
		s.serveOther(w, r, &answer{404, nil}) // the mux would redirect
		return
	}
	s.mux.ServeHTTP(w, r)
}

// receive reads a request of an operation, nil for none, and says whether there is anything left to answer.
func (s *Server) receive(w http.ResponseWriter, r *http.Request, o *operation) (c *call, open bool) {
	// The body is read whole before anything else: only then does the server notice a client that has gone.
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "body unreadable or too large", http.StatusRequestEntityTooLarge)
		return nil, false
	}
	c = &call{Request: r, w: w, raw: raw}
	if o != nil {
		c.operation = o.name()
	}
	s.mu.Lock()
	s.counting().counts[c.operation]++
	s.mu.Unlock()
	if agent := r.UserAgent(); strings.HasPrefix(agent, "Go-http-client/") || strings.HasPrefix(agent, "Python-urllib/") {
		// what the vendor's gateway does to programs that do not introduce themselves
		s.sendBytes(c, 403, "text/plain; charset=UTF-8", []byte("error code: 1010"))
		return nil, false
	}
	sleep(r, s.opts.Latency)
	return c, true
}

// serveOther answers what is no operation of the API.
func (s *Server) serveOther(w http.ResponseWriter, r *http.Request, a *answer) {
	if c, open := s.receive(w, r, nil); open {
		s.send(c, a)
	}
}

// serve lets a call past the guards to its handler, unless a fault is due.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, o *operation) {
	c, open := s.receive(w, r, o)
	if !open {
		return
	}
	if refusal := s.authorise(r, o.scope); refusal != nil {
		s.send(c, refusal)
		return
	}
	if !strings.HasPrefix(o.path, "/oauth/") && !s.spend() { // signing in costs no quota
		s.send(c, &answer{429, throttled})
		return
	}
	f, due, err := s.due(o.name(), r)
	switch {
	case err != nil:
		s.send(c, refuse(400, FaultHeader+": "+err.Error()))
	case due:
		s.fail(o, c, f)
	default:
		s.send(c, s.handle(o, c))
	}
}

// handle checks the call against what its operation declares and runs the handler, with the lock held.
func (s *Server) handle(o *operation, c *call) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = c
	defer func() { s.current = nil }()
	s.touch(c.PathValue("contactId"))
	id := s.opts.LocationID
	switch {
	case strings.Contains(o.path, "{locationId}"):
		id = c.PathValue("locationId")
	case o.name() == "GET /opportunities/search":
		id = c.URL.Query().Get("location_id")
	case o.method == "GET" && (!strings.Contains(o.path, "{") || strings.Contains(o.path, "{objectKey}")):
		id = c.URL.Query().Get("locationId")
	}
	if id != s.opts.LocationID {
		return elsewhere()
	}
	if o.body != nil {
		if refusal := s.read(c, s.declared(o)); refusal != nil {
			return refusal
		}
	}
	return o.handle(s, c)
}

// touch notes that the call that is carried out is about a contact. An id of "" is none.
func (s *Server) touch(contact string) {
	if c := s.current; c != nil && contact != "" && !slices.Contains(c.contacts, contact) {
		c.contacts = append(c.contacts, contact)
	}
}

// declared is what an operation declares of its body.
func (s *Server) declared(o *operation) shape {
	switch {
	case o.name() == "PUT /contacts/{contactId}" && s.is(PutTakesAll):
		return updatable.with(shape{"companyName": orNull(aString), "gender": orNull(aString)})
	case o.name() == "POST /contacts/{contactId}/tasks" && s.is(CompletedOptional):
		return creatableTask.with(shape{"completed": aBool})
	}
	return o.body
}

// read decodes the body, none at all being an empty one, and checks it. Another location is refused before anything else.
func (s *Server) read(c *call, declared shape) *answer {
	if c.body = (object{}); len(c.raw) > 0 && json.Unmarshal(c.raw, &c.body) != nil || c.body == nil {
		return refuse(400, "Unexpected token in JSON")
	}
	_, known := declared["locationId"]
	if id, given := c.body["locationId"]; given && known && id != s.opts.LocationID {
		return elsewhere()
	}
	if wrong := declared.check(c.body); len(wrong) > 0 {
		return unprocessable(wrong...)
	}
	return nil
}

// elsewhere refuses locations other than the token's own.
func elsewhere() *answer { return refuse(403, "The token does not have access to this location.") }

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

// send writes an answer and records it.
func (s *Server) send(c *call, a *answer) {
	s.sendBytes(c, a.status, "application/json; charset=utf-8", encode(a.body))
}

func (s *Server) sendBytes(c *call, status int, kind string, body []byte) {
	s.record(c, status)
	for name, value := range s.rateHeaders() {
		setHeader(c.w, c.Request, name, value)
	}
	if len(body) > 0 {
		c.w.Header().Set("Content-Type", kind)
	}
	if c.w.Header().Get("Content-Length") == "" {
		c.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body) // a client that has gone is no concern of the API's
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
	return out
}

// reset breaks the connection so that the client sees it die, not end.
func (s *Server) reset(c *call) {
	s.record(c, 0)
	conn, _, err := http.NewResponseController(c.w).Hijack()
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
