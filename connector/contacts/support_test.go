package contacts_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/contacts"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// inProcess carries requests to a handler without a network, so that a test
// can run in a synctest bubble.
type inProcess struct{ handler http.Handler }

var errReset = errors.New("connection reset")

func (p inProcess) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
	w := httptest.NewRecorder()
	defer func() {
		switch fault := recover(); fault {
		case nil:
		case http.ErrAbortHandler:
			resp, err = nil, errReset
		default:
			panic(fault)
		}
	}()
	p.handler.ServeHTTP(w, in)
	resp = w.Result()
	if told := w.Header().Get("Content-Length"); told != "" && told != fmt.Sprint(w.Body.Len()) {
		resp.Body = io.NopCloser(io.MultiReader(resp.Body, broken{}))
	}
	return resp, nil
}

// broken is the end of an answer that was cut off.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// place is a sandbox and how to reach it.
type place struct {
	*sandbox.Server
	t         testing.TB
	url       string
	transport http.RoundTripper
}

func inside(t testing.TB, o sandbox.Options) *place {
	s := sandbox.New(o)
	return &place{s, t, "http://example.com", inProcess{s}}
}

func overHTTP(t testing.TB, o sandbox.Options) *place {
	s := sandbox.New(o)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return &place{s, t, server.URL, nil}
}

// stream says what a user configures about one stream.
type stream struct {
	name   string // "" is people
	mode   airbyte.SyncMode
	schema string
	cursor []string
	rows   []string // primary key, top-level columns
	plan   crm.PlanOptions
	reject bool // identity conflicts
	warn   bool // of what breaks the schema
	list   bool // of suppressions

	onDelete   object.Removal // "" is remove_tags
	ignore     bool           // deletes
	onMissing  object.Removal
	limit      int    // removal_limit_percent, 0 is 10
	generation *int64 // and minimum, unless that is given
	minimum    *int64
}

// job is one sync.
type job struct {
	streams []stream // none is one stream of the mode
	mode    airbyte.SyncMode
	plan    crm.PlanOptions
	limits  load.Limits
	workers int
	release func(s *airbyte.State)
	pause   time.Duration // of the source after each state
	store   load.Store
	journal *journal.Journal
	dry     bool // nothing is written

	businesses object.Businesses // nil is none

	maxCreates, maxUpdates *int64
	stop                   context.Context // ends to stop the sync; nil: never
}

// outcome is what a sync has said.
type outcome struct {
	states []string
	log    string
	usage  ghl.Usage
	told   []object.Outcome // what became, or would become, of each person
	err    error
}

// has fails the test unless the log contains the text.
func (o outcome) has(t testing.TB, text string) {
	t.Helper()
	if !strings.Contains(o.log, text) {
		t.Errorf("the log lacks %q:\n%s", text, o.log)
	}
}

// sync runs the lines through the engine as the write verb does.
func (p *place) sync(j job, input string) outcome {
	p.t.Helper()
	return p.syncFrom(j, j.source(input))
}

// source is the input of a job, which comes to a rest after each state if the job pauses. (A state that sleeps while it leaves would hold a
// lock, for which time does not go on in a bubble.)
func (j job) source(input string) io.Reader {
	if j.pause == 0 {
		return strings.NewReader(input)
	}
	r := &resting{pause: j.pause}
	for line := range strings.Lines(input) {
		if r.parts == nil || strings.Contains(r.parts[len(r.parts)-1], `"STATE"`) {
			r.parts = append(r.parts, "")
		}
		r.parts[len(r.parts)-1] += line
	}
	return r
}

type resting struct {
	parts []string
	pause time.Duration
}

func (r *resting) Read(b []byte) (int, error) {
	if len(r.parts) == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.parts[0])
	if r.parts[0] = r.parts[0][n:]; n > 0 {
		return n, nil
	}
	if r.parts = r.parts[1:]; len(r.parts) == 0 {
		return 0, io.EOF
	}
	time.Sleep(r.pause)
	return r.Read(b)
}

func (p *place) syncFrom(j job, input io.Reader) outcome {
	p.t.Helper()
	ctx := p.t.Context()
	if j.stop != nil {
		ctx = j.stop
	}
	at := p.Options()
	client, err := ghl.New(ghl.Options{URL: p.url, LocationID: at.LocationID, Transport: p.transport,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: at.Token}), Grace: 8 * time.Second})
	if err != nil {
		p.t.Fatal(err)
	}
	target, err := gateway.Open(ctx, client)
	if err != nil {
		p.t.Fatal(err)
	}
	if j.dry {
		target = gateway.NewDryRun(target)
	}
	if len(j.streams) == 0 {
		j.streams = []stream{{mode: j.mode, plan: j.plan}}
	}
	var out outcome
	var mu sync.Mutex
	var log bytes.Buffer
	o := object.Options{
		Workers: func() int { return cmp.Or(j.workers, client.Callers()) },
		Log:     zerolog.New(zerolog.SyncWriter(&log)),
		Observe: func(o object.Outcome) { out.told = append(out.told, o) },
		Brake:   load.NewBrake(j.maxCreates, j.maxUpdates),

		Businesses: j.businesses,
		Journal:    j.journal,
	}
	c := load.Config{
		Limits: j.limits,
		Log:    o.Log,
		Usage: func() load.Usage {
			u := client.Usage()
			return load.Usage{Requests: u.Requests, DailyRemaining: u.DailyRemaining}
		},
		Release: func(s *airbyte.State, accepted, rejected int64) error {
			mu.Lock()
			defer mu.Unlock()
			if j.release != nil {
				j.release(s)
			}
			out.states = append(out.states, string(s.Bytes(accepted, rejected)))
			return nil
		},
		Store: withJournal(j.store, j.journal),
		Grace: 8 * time.Second,
	}
	var streams []*object.Stream
	for _, s := range j.streams {
		streams = append(streams, p.open(target, s))
	}
	out.err = run(ctx, streams, o, c, input)
	if err := j.journal.Close(p.t.Context()); err != nil && out.err == nil {
		p.t.Fatal(err)
	}
	out.log, out.usage = log.String(), client.Usage()
	return out
}

// run has the engine write lines to the streams of one target.
func run(ctx context.Context, streams []*object.Stream, o object.Options, c load.Config, input io.Reader) error {
	w := streams[0].In.Writer(streams, o)
	for _, s := range streams {
		s.Object = w
		c.Streams = append(c.Streams, &s.Stream)
	}
	if c.What = "contacts"; streams[0].In.Facts().DryRun {
		c.What = "dry run, contacts"
	}
	return load.Run(ctx, airbyte.NewReader(input), c)
}

// open compiles a stream as the write verb does, with the user's defaults.
func (p *place) open(target gateway.Target, s stream) *object.Stream {
	p.t.Helper()
	if s.name == "" {
		s.name = "people"
	}
	if s.mode == "" {
		s.mode = airbyte.AppendDedup
	}
	if s.plan.MatchOn == nil {
		s.plan.MatchOn = []string{"email", "phone"}
	}
	s.plan.DefaultCountry, s.plan.DefaultSource = "US", "capitalaudience"
	if s.onDelete == "" && !s.ignore {
		s.onDelete = object.RemoveTags
	}
	if s.limit == 0 {
		s.limit = 10
	}
	if s.minimum == nil {
		s.minimum = s.generation
	}
	in, kind := contacts.In(target), "contacts"
	if s.list {
		in, kind = contacts.Suppressions().As(in), "suppressions"
	}
	plan, err := crm.Compile(in.Table(), s.plan)
	if err != nil {
		p.t.Fatal(err)
	}
	return &object.Stream{
		Stream: load.Stream{Kind: kind, Stream: airbyte.Stream{ID: airbyte.StreamID{Name: s.name}, Mode: s.mode, Schema: json.RawMessage(s.schema),
			CursorField: s.cursor, PrimaryKey: paths(s.rows), GenerationID: s.generation, MinimumGenerationID: s.minimum}},
		In: in, Plan: plan, Tags: s.plan.Tags, RejectConflicts: s.reject, WarnOnly: s.warn,
		OnDelete: s.onDelete, OnMissing: s.onMissing, RemovalLimit: s.limit,
	}
}

func paths(columns []string) [][]string {
	var out [][]string
	for _, c := range columns {
		out = append(out, []string{c})
	}
	return out
}

// must runs a sync that has to succeed.
func (p *place) must(j job, input string) outcome {
	p.t.Helper()
	out := p.sync(j, input)
	if out.err != nil {
		p.t.Fatalf("the sync failed: %v\n%s", out.err, out.log)
	}
	return out
}

// records makes one line of each record's data, all of stream people.
func records(data ...string) string {
	var b strings.Builder
	for _, d := range data {
		b.WriteString(record("people", d))
	}
	return b.String()
}

func record(stream, data string) string {
	return fmt.Sprintf(`{"type":"RECORD","record":{"stream":%q,"data":%s,"emitted_at":0}}`+"\n", stream, data)
}

func state(stream string, number int) string {
	return fmt.Sprintf(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":%q},"stream_state":{"n":%d}}}}`+"\n", stream, number)
}

// encode is one record's data.
func encode(data map[string]any) string {
	b, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// only is the single contact of the location.
func (p *place) only() sandbox.Contact {
	p.t.Helper()
	all := p.Contacts()
	if len(all) != 1 {
		p.t.Fatalf("%d contacts, want 1", len(all))
	}
	return all[0]
}

// with is the contact that has this email.
func (p *place) with(email string) sandbox.Contact {
	p.t.Helper()
	all := p.Contacts()
	i := slices.IndexFunc(all, func(c sandbox.Contact) bool { return c.Fields["email"] == email })
	if i < 0 {
		p.t.Fatalf("no contact has the email %s", email)
	}
	return all[i]
}

// end is what a location holds, without what differs from run to run.
func (p *place) end() []string {
	var out []string
	for _, c := range p.Contacts() {
		tags := slices.Sorted(slices.Values(c.Tags))
		b, err := json.Marshal([]any{c.Fields, c.CustomFields, tags})
		if err != nil {
			p.t.Fatal(err)
		}
		out = append(out, string(b))
	}
	slices.Sort(out)
	return out
}

// field checks one standard field; "" is empty.
func field(t testing.TB, c sandbox.Contact, name string, want any) {
	t.Helper()
	got := c.Fields[name]
	if got == nil {
		got = ""
	}
	if got != want {
		t.Errorf("%s is %v, want %v", name, got, want)
	}
}

func tags(t testing.TB, c sandbox.Contact, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := slices.Sorted(slices.Values(c.Tags)); !slices.Equal(got, want) {
		t.Errorf("tags %v, want %v", got, want)
	}
}
