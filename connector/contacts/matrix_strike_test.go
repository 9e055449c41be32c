package contacts_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// callOf names the kind of call that a request is.
func callOf(r *http.Request) string {
	path := r.URL.Path
	switch {
	case path == "/oauth/token":
		return "token"
	case path == "/oauth/locationToken":
		return "location-token"
	case path == "/contacts/search":
		return searchOf(bodyOf(r))
	case path == "/contacts/search/duplicate":
		return "duplicate-lookup"
	case path == "/contacts/upsert":
		return "upsert"
	case strings.HasPrefix(path, "/contacts/bulk/tags/update/"):
		return "bulk-tags-" + path[strings.LastIndexByte(path, '/')+1:]
	case strings.HasSuffix(path, "/customFields"):
		return map[string]string{"GET": "custom-fields", "POST": "create-custom-field"}[r.Method]
	case strings.HasPrefix(path, "/locations/"):
		return "location"
	}
	if r.Method == http.MethodPost && strings.Contains(bodyOf(r), appendedName) {
		return "create-appended"
	}
	return map[string]string{"POST": "create", "PUT": "update", "DELETE": "delete", "GET": "read"}[r.Method]
}

// searchOf tells what a search is for.
func searchOf(body string) string {
	for _, of := range [][2]string{{`"field":"timezone"`, "confirm-time-zones"}, {`"field":"tags"`, "list-by-tag"}, {`"filters":[]`, "list"}, {`"field":"id"`, "search-by-id"}} {
		if strings.Contains(body, of[0]) {
			return of[1]
		}
	}
	return "look-up"
}

// blow lets requests of one kind of call go wrong.
type blow struct {
	call  string
	after int    // so many pass first
	times int    // then so many fail; -1: until the sync ends
	fault string // for sandbox.FaultHeader
}

// striker deals the blows, and counts the calls.
type striker struct {
	next     http.RoundTripper
	t        testing.TB
	answered atomic.Int64

	mu    sync.Mutex
	blows []blow
	seen  map[string]int // calls
	hit   map[string]int // calls that went wrong, all, and by call and fault
	lost  []identity     // of creates that nobody can tell the fate of
	spent time.Time      // when a refresh token may have been, the answer being lost; zero: no
	late  bool           // a refresh token was used later than the vendor allows
}

// identity is by what a create's contact can be asked for.
type identity struct{ Email, Phone, LastName string }

func (s *striker) RoundTrip(r *http.Request) (*http.Response, error) {
	call := callOf(r)
	fault := s.fault(call)
	s.watch(r, call, fault)
	if fault != "" {
		r = r.Clone(r.Context())
		r.Header.Set(sandbox.FaultHeader, fault)
	}
	resp, err := s.next.RoundTrip(r)
	s.answered.Add(1)
	if ended := r.Context().Err(); ended != nil { // nobody waits for this answer any more
		resp, err = nil, ended
	}
	if err != nil || doubtful(fault) {
		s.lose(r, call)
	}
	return resp, err
}

func (s *striker) fault(call string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.seen[call]
	s.seen[call]++
	for i := range s.blows {
		b := &s.blows[i]
		if b.call != call || n < b.after || b.times == 0 {
			continue
		}
		b.times--
		s.hit[call]++
		s.hit[call+b.fault]++
		return b.fault
	}
	return ""
}

// calm ends all faults, between two syncs.
func (s *striker) calm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blows, s.lost = nil, nil
}

// doubtful tells whether an answer that a fault has spoilt leaves open what was
// done.
func doubtful(fault string) bool {
	switch fault {
	case "", ":throttle", ":exhausted", ":status:status=401", ":status:status=403", ":html:status=403":
		return false
	}
	return !strings.HasPrefix(fault, ":skew") && !strings.HasPrefix(fault, ":slow")
}

// applied tells whether a call takes effect whose answer a fault spoils.
func applied(fault string) bool {
	kind, _, _ := strings.Cut(strings.TrimPrefix(fault, ":"), ":")
	switch sandbox.FaultKind(kind) {
	case sandbox.FaultStatusApplied, sandbox.FaultTimeoutApplied, sandbox.Fault422Applied, sandbox.FaultResetAfter,
		sandbox.FaultTruncated, sandbox.FaultCut, sandbox.FaultEmptyBody, sandbox.FaultSlow:
		return true
	}
	return false
}

// grace is for how long the vendor gives the same pair for a refresh token.
const grace = 30 * time.Second

// watch sees that no create whose answer was lost is repeated before the
// primary store was asked, and how long refresh tokens are used.
func (s *striker) watch(r *http.Request, call, fault string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch call {
	case "token":
		s.late = s.late || !s.spent.IsZero() && time.Since(s.spent) >= grace
		if fault == "" {
			s.spent = time.Time{}
		} else if s.spent.IsZero() && applied(fault) {
			s.spent = time.Now()
		}
	case "duplicate-lookup":
		q := r.URL.Query()
		s.lost = slices.DeleteFunc(s.lost, func(i identity) bool {
			return i.Email != "" && i.Email == q.Get("email") || i.Phone != "" && i.Phone == q.Get("number")
		})
	case "create", "create-appended":
		if slices.Contains(s.lost, s.identity(r)) {
			s.t.Errorf("a create whose answer was lost is repeated blindly")
		}
	}
}

// lose notes that the answer of a create says nothing.
func (s *striker) lose(r *http.Request, call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if call == "create" || call == "create-appended" {
		s.lost = append(s.lost, s.identity(r))
	}
}

func (s *striker) identity(r *http.Request) (i identity) {
	if err := json.Unmarshal([]byte(bodyOf(r)), &i); err != nil {
		s.t.Errorf("a create cannot be read: %v", err)
	}
	return i
}
