package load_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// callOf names the kind of call that a request is.
func callOf(r *http.Request) string {
	path := r.URL.Path
	switch {
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
	answered atomic.Int64

	mu    sync.Mutex
	blows []blow
	seen  map[string]int  // calls
	hit   map[string]bool // calls that went wrong
}

func (s *striker) RoundTrip(r *http.Request) (*http.Response, error) {
	if fault := s.fault(callOf(r)); fault != "" {
		r = r.Clone(r.Context())
		r.Header.Set(sandbox.FaultHeader, fault)
	}
	resp, err := s.next.RoundTrip(r)
	s.answered.Add(1)
	if ended := r.Context().Err(); ended != nil { // nobody waits for this answer any more
		return nil, ended
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
		s.hit[call] = true
		return b.fault
	}
	return ""
}

// calm ends all faults.
func (s *striker) calm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blows = nil
}

// trial is a scenario played to its end: a sync, and others from the last
// states where it fails, as a platform does.
type trial struct {
	*scenario
	t       testing.TB
	place   *place
	striker *striker
	right   *verdict // what is right; nil: not known yet
	workers int

	acked   map[string]int // by stream: the last state
	settled map[string][2]int64
	errs    []error
	log     string        // of the last sync
	took    time.Duration // of all syncs

	seen   map[string]string // see held
	seenAt int64
}

// verdict is how a trial ended.
type verdict struct {
	rows     []string
	by       map[string]string
	settled  map[string][2]int64 // by stream: accepted, rejected
	counts   string              // the closing lines
	calls    map[string]int
	requests int
}

// play runs a scenario with faults.
func (s *scenario) play(t testing.TB, right *verdict, workers int, blows ...blow) *trial {
	p := s.place(t)
	tr := &trial{scenario: s, t: t, place: p, right: right, workers: workers, acked: map[string]int{}, settled: map[string][2]int64{}}
	tr.striker = &striker{next: p.transport, blows: blows, seen: map[string]int{}, hit: map[string]bool{}}
	p.transport = tr.striker
	for attempt := 0; attempt < 3; attempt++ {
		begun := time.Now()
		err := tr.sync()
		tr.took += time.Since(begun)
		if err == nil {
			return tr
		}
		tr.errs = append(tr.errs, err)
		tr.striker.calm()
		pause := time.Second
		if ghl.KindOf(err) == ghl.Exhausted {
			pause = 24 * time.Hour
		}
		time.Sleep(pause)
	}
	t.Fatalf("the syncs never get through: %v\n%s", tr.errs, tr.log)
	return nil
}

// sync is one sync from the last states on.
func (tr *trial) sync() error {
	ctx, p := tr.t.Context(), tr.place
	var log bytes.Buffer
	defer func() { tr.log = log.String() }()
	o := p.Options()
	client, err := ghl.New(ghl.Options{URL: p.url, LocationID: o.LocationID, Transport: p.transport,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: o.Token})})
	if err != nil {
		tr.t.Fatal(err)
	}
	target, err := object.Contacts().Open(ctx, client)
	if err != nil {
		return err
	}
	if err := addField(ctx, target); err != nil {
		return err
	}
	c := load.Config{
		Limits: load.Limits{Records: 12, Bytes: 1 << 20, Age: time.Minute, State: time.Minute}, Workers: tr.workers,
		Log: zerolog.New(zerolog.SyncWriter(&log)), Release: tr.release,
		Usage: func() load.Usage {
			u := client.Usage()
			return load.Usage{Requests: u.Requests, DailyRemaining: u.DailyRemaining, Faults: u.Faults}
		},
	}
	for _, name := range tr.order {
		c.Streams = append(c.Streams, p.open(target, tr.sources[name].stream))
	}
	return load.Run(ctx, airbyte.NewReader(strings.NewReader(tr.input(tr.acked))), c)
}

func addField(ctx context.Context, target object.Target) error {
	if target.Table().Find(shoeSize) != nil {
		return nil
	}
	_, err := target.AddField(ctx, shoeSize, "TEXT")
	return err
}

// release is what the platform does with a state: it must be news, and all
// before it must be as it will be in the end.
func (tr *trial) release(s *airbyte.State, accepted, rejected int64) error {
	var told struct {
		State struct {
			Stream struct {
				Descriptor struct{ Name string } `json:"stream_descriptor"`
				State      struct{ N int }       `json:"stream_state"`
			}
			Stats struct {
				Records  float64 `json:"recordCount"`
				Rejected float64 `json:"rejectedRecordCount"`
			} `json:"destinationStats"`
		}
	}
	if err := json.Unmarshal(s.Bytes(accepted, rejected), &told); err != nil {
		tr.t.Errorf("a state cannot be read: %v", err)
	}
	name, n := told.State.Stream.Descriptor.Name, told.State.Stream.State.N
	if n <= tr.acked[name] {
		tr.t.Errorf("state %d of %s left after state %d", n, name, tr.acked[name])
	}
	before := tr.acked[name]
	tr.acked[name] = n
	sum := tr.settled[name]
	tr.settled[name] = [2]int64{sum[0] + int64(told.State.Stats.Records), sum[1] + int64(told.State.Stats.Rejected)}
	if got := int(told.State.Stats.Records + told.State.Stats.Rejected); got != n-before {
		tr.t.Errorf("state %d of %s counts %d records, want %d", n, name, got, n-before)
	}
	if tr.right == nil || tr.large {
		return nil
	}
	by := tr.held()
	for _, subject := range tr.sources[name].subjects[:n] {
		if subject != sharer && by[subject] != tr.right.by[subject] {
			tr.t.Errorf("state %d of %s left when %s was\n%swant\n%s", n, name, subject, by[subject], tr.right.by[subject])
		}
	}
	return nil
}

// held is what the location holds under each email and phone, as of the last
// answer.
func (tr *trial) held() map[string]string {
	if n := tr.striker.answered.Load(); n != tr.seenAt {
		_, tr.seen = tr.place.rows()
		tr.seenAt = n
	}
	return tr.seen
}

var account = regexp.MustCompile(`^contacts: (\d+ read .*)$`)

// verdict sums the trial up.
func (tr *trial) verdict() *verdict {
	v := &verdict{settled: tr.settled, calls: tr.striker.seen, requests: tr.place.Total()}
	v.rows, v.by = tr.place.rows()
	for line := range strings.Lines(tr.log) {
		var told struct{ Stream, Message string }
		if err := json.Unmarshal([]byte(line), &told); err != nil {
			tr.t.Fatal(err)
		}
		if found := account.FindStringSubmatch(told.Message); found != nil && told.Stream != "" {
			v.counts += fmt.Sprintf("%s: %s\n", told.Stream, found[1])
		}
	}
	return v
}
