package connector

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// reader is who reads a location as the platform does: of a read it keeps the rows before the last state of their stream, and
// begins the next read with that state.
type reader struct {
	place
	states map[string]string
	rows   map[string]map[string]bool // the ids by stream
}

func newReader(p place) *reader {
	return &reader{p, map[string]string{}, map[string]map[string]bool{}}
}

// read reads; where stdout breaks off, or the read fails, so be it.
func (r *reader) read(ctx context.Context, t *testing.T, url string, lost *atomic.Bool) (stdout string, code int) {
	t.Helper()
	r.put(t, "config.json", string(r.Config(url)))
	r.put(t, "state.json", strings.Join(slices.Collect(maps.Values(r.states)), "\n"))
	out := &breakingOff{lost: lost}
	args := []string{"read", "--config", filepath.Join(r.dir, "config.json"), "--catalog", filepath.Join(r.dir, "catalog.json"), "--state", filepath.Join(r.dir, "state.json")}
	code = Run(ctx, IO{Stdin: strings.NewReader(""), Stdout: out, Stderr: &printed{}}, args)
	fresh := map[string][]string{}
	for line := range strings.Lines(out.text()) {
		var m struct {
			Type   string
			Record struct {
				Stream string
				Data   struct{ ID string }
			}
			State struct {
				Stream struct {
					Descriptor struct{ Name string } `json:"stream_descriptor"`
				}
			}
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		switch m.Type {
		case "RECORD":
			fresh[m.Record.Stream] = append(fresh[m.Record.Stream], m.Record.Data.ID)
		case "STATE":
			name := m.State.Stream.Descriptor.Name
			r.states[name] = line
			if r.rows[name] == nil {
				r.rows[name] = map[string]bool{}
			}
			for _, id := range fresh[name] {
				r.rows[name][id] = true
			}
			fresh[name] = nil
		}
	}
	return out.text(), code
}

// breakingOff loses what is written from a moment on.
type breakingOff struct {
	printed
	lost *atomic.Bool
}

func (w *breakingOff) Write(b []byte) (int, error) {
	if w.lost.Load() {
		return len(b), nil
	}
	return w.printed.Write(b)
}

func (w *breakingOff) text() string { return w.String() }

// wantAll wants the rows of everything there is.
func (r *reader) wantAll(t *testing.T, when string) {
	t.Helper()
	want := map[string]map[string]bool{"contacts": {}, "notes": {}, "tasks": {}, "businesses": {}, "opportunities": {}}
	for _, c := range r.Contacts() {
		want["contacts"][c.ID] = true
	}
	for _, n := range r.Notes() {
		want["notes"][n.ID] = true
	}
	for _, k := range r.Tasks() {
		want["tasks"][k.ID] = true
	}
	for _, b := range r.Businesses() {
		want["businesses"][b.ID] = true
	}
	for _, o := range r.Opportunities() {
		want["opportunities"][o.ID] = true
	}
	for name, ids := range r.rows {
		if !maps.Equal(ids, want[name]) {
			t.Errorf("%s: %d %s are read, want %d", when, len(ids), name, len(want[name]))
		}
	}
}

// mixedCatalog has contacts by their changes, and all of the other objects.
func mixedCatalog() string {
	return strings.TrimSuffix(readCatalog, "]}") + "," + strings.TrimPrefix(sourceCatalog("tasks", "notes", "businesses", "opportunities"), `{"streams":[`)
}

// peopled fills a location with people of whom each has a note, a task, an opportunity and a business.
func peopled(t *testing.T, o sandbox.Options, n int) place {
	p := newPlace(t, o, nil)
	p.Seed(n)
	for i, c := range p.Contacts() {
		p.PutNote(sandbox.Note{ContactID: c.ID, Body: fmt.Sprint("Met ", i)})
		p.PutTask(sandbox.Task{ContactID: c.ID, Title: fmt.Sprint("Call ", i)})
		p.PutOpportunity(sandbox.Opportunity{ContactID: c.ID, Name: fmt.Sprint("Deal ", i), PipelineID: sandbox.DefaultPipelines()[0].ID, StageID: sandbox.DefaultPipelines()[0].Stages[0].ID})
		p.PutBusiness(sandbox.Business{Properties: map[string]any{"name": fmt.Sprint("Works ", i)}})
	}
	p.put(t, "catalog.json", mixedCatalog())
	return p
}

// TestReadKilledAnywhere: the process is killed at a request, at each in turn, and goes on from its last states: nothing is lost.
func TestReadKilledAnywhere(t *testing.T) {
	t.Parallel()
	p := peopled(t, sandbox.Options{Variant: sandbox.PageOf100}, 105) // of which the second page has five
	var requests, fatal atomic.Int64
	var lost atomic.Bool
	var kill context.CancelFunc
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if requests.Add(1) == fatal.Load() {
			lost.Store(true)
			kill()
			panic(http.ErrAbortHandler)
		}
		p.ServeHTTP(w, q)
	}))
	t.Cleanup(listener.Close)
	run := func(r *reader, at int64) int {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		requests.Store(0)
		fatal.Store(at)
		lost.Store(false)
		kill = cancel
		_, code := r.read(ctx, t, listener.URL, &lost)
		return code
	}
	smooth := newReader(p)
	if code := run(smooth, 0); code != exitOK || len(smooth.rows) != 5 {
		t.Fatalf("exit code %d", code)
	}
	smooth.wantAll(t, "undisturbed")
	step := int64(1)
	if testing.Short() {
		step = 9
	}
	last := requests.Load()
	for at := int64(1); at <= last; at += step {
		r := newReader(p)
		run(r, at)
		if code := run(r, 0); code != exitOK || len(r.rows) != 5 {
			t.Errorf("killed at request %d: exit code %d", at, code)
		}
		r.wantAll(t, fmt.Sprintf("killed at request %d", at))
	}
}

// TestReadOverDays: where the day's quota ends a read, it says so and where it goes on; the next days' reads go on from there, ask
// for no contact's notes twice, and nothing is lost.
func TestReadOverDays(t *testing.T) {
	t.Parallel()
	p := peopled(t, sandbox.Options{Variant: sandbox.PageOf100}, 250)
	var lost atomic.Bool
	r := newReader(p)
	notes, days := 0, 0
	for code := exitError; code != exitOK; days++ {
		if days == 9 {
			t.Fatal("it does not come to an end")
		}
		day := anotherDay(p, 100)
		listener := httptest.NewServer(day)
		var stdout string
		stdout, code = r.read(t.Context(), t, listener.URL, &lost)
		listener.Close()
		notes += day.Requests()["GET /contacts/{contactId}/notes"]
		if code == exitOK {
			continue
		}
		for _, want := range []string{`"INCOMPLETE"`, `"failure_type":"transient_error"`, "The location's daily quota of API requests is used up; it resets in ",
			"Every row up to the last state of a stream was read; the next read goes on from there."} {
			if !strings.Contains(stdout, want) {
				t.Errorf("nothing of %q\n%s", want, stdout[max(0, len(stdout)-1000):])
			}
		}
	}
	r.wantAll(t, "in the end")
	if len(r.rows) != 5 || notes > 250+days || days > 5 {
		t.Errorf("%d streams were read, by %d requests for notes in %d days", len(r.rows), notes, days)
	}
}

// anotherDay is a location as it is, on a day with a quota of its own.
func anotherDay(p place, quota int) *sandbox.Server {
	o := p.Options()
	o.Daily = quota
	s := sandbox.New(o)
	for _, c := range p.Contacts() {
		s.Put(c)
	}
	for _, n := range p.Notes() {
		s.PutNote(n)
	}
	for _, k := range p.Tasks() {
		s.PutTask(k)
	}
	for _, b := range p.Businesses() {
		s.PutBusiness(b)
	}
	for _, o := range p.Opportunities() {
		s.PutOpportunity(o)
	}
	return s
}
