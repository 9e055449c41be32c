package sandbox

import (
	"maps"
	"slices"
	"time"
)

// Request is one line of [Server.Log].
type Request struct {
	Operation string // as in [Server.Routes], "" for a path the API does not have
	Status    int    // as answered; 0 where the connection was reset
	Time      time.Time
	Contacts  []string // the ids of those that it is about, as far as that is known: who was found by a search is not
	Sent      []string // the properties of its body, sorted
}

const logSize = 10_000

// part counts requests apart from others.
type part struct {
	name   string
	counts map[string]int // by operation
}

func newPart(name string) part { return part{name, map[string]int{}} }

// counting gives the part that is under way.
func (s *Server) counting() part { return s.parts[len(s.parts)-1] }

// Begin counts apart from here on: [Server.Requests] and what is made of it speak of the part under way, the page of all by name.
func (s *Server) Begin(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.counting().counts) == 0 {
		s.parts = s.parts[:len(s.parts)-1]
	}
	s.parts = append(s.parts, newPart(name))
}

// ResetCounts forgets the counts and the log. Contacts, faults and quotas stay.
func (s *Server) ResetCounts() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = []part{newPart("")}
	s.log, s.logged = nil, 0
}

// Requests gives how often each operation was called since the start, [Server.Begin] or [Server.ResetCounts], whatever the answer.
// Paths the API does not have are counted under "".
func (s *Server) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.counting().counts)
}

// Total gives the sum of [Server.Requests].
func (s *Server) Total() int { return total(s.Requests()) }

// Writes gives how many of the requests were to operations that change something, whatever the answer.
func (s *Server) Writes() int { return total(s.WritesByKind()) }

// WritesByKind splits [Server.Writes] by what was written: "contacts", "tags", "notes", "tasks", "businesses" and so on. A link of
// contacts to a business counts for "businesses".
func (s *Server) WritesByKind() map[string]int { return writesByKind(s.Requests()) }

func writesByKind(counts map[string]int) map[string]int {
	out := map[string]int{}
	for _, o := range operations {
		if n := counts[o.name()]; o.writes() && n > 0 {
			out[o.kind()] += n
		}
	}
	return out
}

func total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

// Log gives the last 10,000 requests in the order in which they were answered.
func (s *Server) Log() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answered()
}

func (s *Server) answered() []Request {
	if s.logged <= logSize {
		return slices.Clone(s.log)
	}
	at := s.logged % logSize
	return slices.Concat(s.log[at:], s.log[:at])
}

// record keeps one answered request. The caller holds no lock.
func (s *Server) record(c *call, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := Request{Operation: c.operation, Status: status, Time: time.Now(), Contacts: c.contacts}
	if len(c.contacts) > 0 {
		r.Sent = slices.DeleteFunc(slices.Sorted(maps.Keys(c.body)), func(name string) bool { return name == "locationId" })
	}
	if len(s.log) < logSize {
		s.log = append(s.log, r)
	} else {
		s.log[s.logged%logSize] = r
	}
	s.logged++
}
