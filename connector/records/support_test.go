package records_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/records"
	"destination-gohighlevel/connector/sandbox"
	"destination-gohighlevel/connector/trouble"
)

// inProcess carries requests to a handler without a network, so that a test can run in a synctest bubble.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	defer func() {
		if recover() != nil {
			resp, err = nil, errors.New("connection reset")
		}
	}()
	p.handler.ServeHTTP(w, in)
	return w.Result(), nil
}

// place is a sandbox and how to reach it.
type place struct {
	*sandbox.Server
	t      testing.TB
	ghosts []sandbox.Contact // that are deleted, and that search still tells of
}

func newPlace(t testing.TB, o sandbox.Options) *place { return &place{Server: sandbox.New(o), t: t} }

// stream says what a user configures about one stream.
type stream struct {
	name   string // "" is companies
	mode   airbyte.SyncMode
	cursor string
	plan   crm.PlanOptions
	key    string         // column of the primary key; "" is none
	delete object.Removal // what is done with what the source has deleted
}

// job is one sync.
type job struct {
	of      *object.Descriptor // whose streams they are; nil is businesses
	streams []stream           // none is one with the defaults
	dry     bool
	limits  load.Limits
	creates *int64
	release func()          // of a state
	stop    context.Context // ends to stop the sync; nil: never
}

// outcome is what a sync has said.
type outcome struct {
	states []string
	log    string
	counts load.Counts // of all streams
	told   []object.Outcome
	err    error
}

// sync runs lines through the engine as the write verb does.
func (p *place) sync(j job, lines ...string) (out outcome) {
	p.t.Helper()
	ctx := cmp.Or(j.stop, p.t.Context())
	at := p.Options()
	client, err := ghl.New(ghl.Options{URL: "http://example.com", LocationID: at.LocationID, Transport: inProcess{p},
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: at.Token}), Grace: 8 * time.Second})
	if err != nil {
		p.t.Fatal(err)
	}
	in := p.location(ctx, client, j)
	var log bytes.Buffer
	var mu sync.Mutex
	o := object.Options{Log: zerolog.New(zerolog.SyncWriter(&log)), Brake: load.NewBrake(j.creates, nil),
		Observe: func(o object.Outcome) { out.told = append(out.told, o) }, Contacts: people{p}}
	c := load.Config{Limits: j.limits, Log: o.Log, Usage: func() load.Usage { return load.Usage{DailyRemaining: -1} }, Grace: 8 * time.Second,
		Release: func(s *airbyte.State, accepted, rejected int64) error {
			mu.Lock()
			defer mu.Unlock()
			if j.release != nil {
				j.release()
			}
			out.states = append(out.states, string(s.Bytes(accepted, rejected)))
			return nil
		}}
	if len(j.streams) == 0 {
		j.streams = []stream{{}}
	}
	var streams []*object.Stream
	for _, s := range j.streams {
		streams = append(streams, p.open(in, s))
	}
	w := in.Writer(streams, o)
	for _, s := range streams {
		s.Object = w
		c.Streams = append(c.Streams, &s.Stream)
	}
	out.err = load.Run(ctx, airbyte.NewReader(strings.NewReader(strings.Join(lines, ""))), c)
	out.log = log.String()
	for _, s := range streams {
		n := s.Counts()
		out.counts.Created += n.Created
		out.counts.Updated += n.Updated
		out.counts.Unchanged += n.Unchanged
		out.counts.Rejected += n.Rejected
		out.counts.Removed += n.Removed
	}
	return out
}

func (p *place) location(ctx context.Context, client *ghl.Client, j job) object.Location {
	p.t.Helper()
	open := func() (object.Location, error) { return records.Businesses().Open(ctx, client, j.dry) }
	if j.of != nil {
		open = func() (object.Location, error) { return j.of.Under(ctx, somewhere{dry: j.dry}, client) }
	}
	in, err := open()
	if err != nil {
		p.t.Fatal(err)
	}
	return in
}

func (p *place) open(in object.Location, s stream) *object.Stream {
	p.t.Helper()
	if in.Table().Kind().Parent != nil {
		s.plan.ParentOn = []string{"email"}
	} else if s.plan.MatchOn == nil {
		s.plan.MatchOn = crm.Businesses.MatchOn
	}
	s.plan.DefaultCountry, s.plan.Tags, s.plan.DefaultSource = "US", []string{"heropixel"}, "capitalaudience"
	plan, err := crm.Compile(in.Table(), s.plan)
	if err != nil {
		p.t.Fatal(err)
	}
	configured := airbyte.Stream{ID: airbyte.StreamID{Name: cmp.Or(s.name, "companies")}, Mode: cmp.Or(s.mode, airbyte.AppendDedup)}
	if s.cursor != "" {
		configured.CursorField = []string{s.cursor}
	}
	if s.key != "" {
		configured.PrimaryKey = [][]string{{s.key}}
	}
	return &object.Stream{Stream: load.Stream{Kind: in.Table().Kind().Name, Stream: configured}, In: in, Plan: plan, OnDelete: s.delete}
}

// somewhere is the contacts of a location, of which no more is asked than facts.
type somewhere struct {
	object.Location
	dry bool
}

func (s somewhere) Facts() object.Facts { return object.Facts{DryRun: s.dry} }

// people are the contacts of a sandbox by their emails. Who is to come is later.
type people struct{ *place }

func (p people) Find(_ context.Context, keys [][]crm.Key, last bool) ([]object.Parent, error) {
	found := make([]object.Parent, len(keys))
	for i, k := range keys {
		found[i] = object.Parent{Later: !last && strings.HasPrefix(k[0].Value, "later"), Reject: &trouble.Reject{Code: trouble.NoContact, Reason: "there is none"}}
		for _, c := range append(p.Contacts(), p.ghosts...) {
			if c.Fields["email"] == k[0].Value && !found[i].Later {
				found[i] = object.Parent{ID: c.ID, Created: strings.HasPrefix(k[0].Value, "new")}
			}
		}
	}
	return found, nil
}

func (p people) Gone(id string) {
	p.ghosts = slices.DeleteFunc(p.ghosts, func(c sandbox.Contact) bool { return c.ID == id })
}

// must runs a sync that has to succeed.
func (p *place) must(j job, lines ...string) outcome {
	p.t.Helper()
	out := p.sync(j, lines...)
	if out.err != nil {
		p.t.Fatalf("the sync failed: %v\n%s", out.err, out.log)
	}
	return out
}

// windowsOf are limits that make windows of so many records.
func windowsOf(size int) load.Limits {
	return load.Limits{Records: size, Bytes: 1 << 20, Age: time.Hour, State: time.Hour}
}

// has fails the test unless the log contains the text.
func (o outcome) has(t testing.TB, text string) {
	t.Helper()
	if !strings.Contains(o.log, text) {
		t.Errorf("the log lacks %q:\n%s", text, o.log)
	}
}

// companies makes a line of each record's data, all of stream companies.
func companies(data ...string) string {
	var b strings.Builder
	for _, d := range data {
		b.WriteString(record("companies", d))
	}
	return b.String()
}

func record(stream, data string) string {
	return fmt.Sprintf(`{"type":"RECORD","record":{"stream":%q,"data":%s,"emitted_at":0}}`+"\n", stream, data)
}

func state(stream string, number int) string {
	return fmt.Sprintf(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":%q},"stream_state":{"n":%d}}}}`+"\n", stream, number)
}

// holds fails the test unless these are the businesses of the location, each as the JSON of its properties.
func (p *place) holds(want ...string) {
	p.t.Helper()
	got := []string{}
	for _, b := range p.Businesses() {
		got = append(got, properties(b))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		p.t.Errorf("the location holds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// properties are those of a business as JSON.
func properties(b sandbox.Business) string {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(b.Properties); err != nil {
		panic(err)
	}
	return strings.TrimSpace(text.String())
}
