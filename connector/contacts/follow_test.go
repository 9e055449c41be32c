package contacts_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// notesBeside stands for the notes of contacts: it panics over some until they are handed in alone.
type notesBeside struct{ written []string }

func (n *notesBeside) Prepare(*load.Record)         {}
func (n *notesBeside) Finish(context.Context) error { return nil }
func (n *notesBeside) Write(_ context.Context, w *load.Window) error {
	for _, r := range w.Records {
		if strings.Contains(string(r.Data), "rotten") && len(w.Records) > 1 {
			panic("a mistake")
		}
		n.written = append(n.written, string(r.Data))
		if err := w.Done(r, load.Outcome{Status: load.Created}); err != nil {
			return err
		}
	}
	return nil
}

// unwritten keeps what was not written.
type unwritten struct {
	mu  sync.Mutex
	all []load.Unwritten
}

func (s *unwritten) Add(_ context.Context, u load.Unwritten) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, u)
	return nil
}
func (s *unwritten) Flush(context.Context) error { return nil }
func (s *unwritten) Pending() bool               { return false }

// withNotes syncs records whose column "remarks" holds notes.
func (p *place) withNotes(kept *unwritten, lines ...string) (counts load.Counts, notes *notesBeside, log string, err error) {
	at := p.Options()
	client, err := ghl.New(ghl.Options{URL: p.url, LocationID: at.LocationID, Transport: p.transport,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: at.Token})})
	if err != nil {
		p.t.Fatal(err)
	}
	target, err := gateway.Open(p.t.Context(), client)
	if err != nil {
		p.t.Fatal(err)
	}
	people := p.open(target, stream{plan: heropixel})
	notes = &notesBeside{}
	derived := &object.Stream{Stream: load.Stream{Kind: "notes", Stream: airbyte.Stream{ID: airbyte.StreamID{Name: "people.remarks"}}, Object: notes, Derived: true}}
	people.Nested = []object.Nested{{Column: "remarks", Object: "notes", Text: "body", Streams: [2]*object.Stream{derived, derived}}}
	var text strings.Builder
	o := object.Options{Workers: func() int { return 4 }, Log: zerolog.New(zerolog.SyncWriter(&text)), Brake: load.NewBrake(nil, nil)}
	people.Object = people.In.Writer([]*object.Stream{people}, o)
	err = load.Run(p.t.Context(), airbyte.NewReader(io.Reader(strings.NewReader(records(lines...)+state("people", 1)))), load.Config{
		Streams: []*load.Stream{&people.Stream, &derived.Stream}, Log: o.Log, Usage: func() load.Usage { return load.Usage{} }, Store: kept,
		Release: func(*airbyte.State, int64, int64) error { return nil },
	})
	return people.Counts(), notes, text.String(), err
}

// TestLeftOutValuesOfRecordsWithNotesAreKeptWithTheRecord: who corrects them needs it.
func TestLeftOutValuesOfRecordsWithNotesAreKeptWithTheRecord(t *testing.T) {
	p, kept := inside(t, sandbox.Options{}), &unwritten{}
	_, _, log, err := p.withNotes(kept, `{"email":"ana@example.com","phone":"nonsense","remarks":"Called."}`, `{"email":"ben@example.com","phone":"nonsense"}`)
	if err != nil || len(kept.all) != 2 {
		t.Fatalf("%v, %d kept\n%s", err, len(kept.all), log)
	}
	for _, u := range kept.all {
		if !json.Valid(u.Data) {
			t.Errorf("line %d is kept with %q", u.Line, u.Data)
		}
	}
}

// TestAPanicOfWhatFollowsCostsNoContact: a window that is written anew, since what follows from its records panics, asks for the same.
func TestAPanicOfWhatFollowsCostsNoContact(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		t.Run(fmt.Sprint(duplicates), func(t *testing.T) {
			p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
			counts, notes, log, err := p.withNotes(&unwritten{}, `{"email":"ana@example.com","remarks":["rotten"]}`, `{"email":"ben@example.com","remarks":"fine"}`)
			if err != nil {
				t.Errorf("%v", err)
			}
			t.Logf("%+v\n%s", counts, log)
			if len(notes.written) != 2 {
				t.Errorf("notes %q, want both", notes.written)
			}
			for _, c := range p.Contacts() {
				t.Log(c.Fields)
			}
			if n := len(p.Contacts()); n != 2 {
				t.Errorf("%d contacts, want 2", n)
			}
		})
	}
}
