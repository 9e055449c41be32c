package source

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// open opens a sandbox.
func open(t testing.TB, server *sandbox.Server) *Location {
	t.Helper()
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	o := server.Options()
	client, err := ghl.New(ghl.Options{URL: listener.URL, LocationID: o.LocationID, Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: o.Token})})
	if err != nil {
		t.Fatal(err)
	}
	return Open(client)
}

// sink keeps what is handed over.
type sink struct {
	rows   []map[string]any
	states []json.RawMessage
	each   func() // before each row or state; may be nil
	err    func() error
}

func (s *sink) Row(data json.RawMessage) error {
	if s.each != nil {
		s.each()
	}
	if s.err != nil {
		if err := s.err(); err != nil {
			return err
		}
	}
	var row map[string]any
	if err := json.Unmarshal(data, &row); err != nil {
		return err
	}
	s.rows = append(s.rows, row)
	return nil
}

func (s *sink) State(state json.RawMessage) error {
	if s.each != nil {
		s.each()
	}
	s.states = append(s.states, state)
	return nil
}

// last is the state to go on from.
func (s *sink) last() json.RawMessage {
	if len(s.states) == 0 {
		return nil
	}
	return s.states[len(s.states)-1]
}

// named is the stream of a name.
func named(streams []Stream, name string) Stream {
	return streams[slices.IndexFunc(streams, func(s Stream) bool { return s.Name == name })]
}

// contactsOf reads contacts from a state.
func contactsOf(t testing.TB, l *Location, from json.RawMessage, to *sink) {
	t.Helper()
	streams, err := l.Streams(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := named(streams, "contacts").Read(context.Background(), from, to); err != nil {
		t.Fatal(err)
	}
}

// TestContactsAreRowsThatWriteTakes: ids of this location become what has a meaning in another.
func TestContactsAreRowsThatWriteTakes(t *testing.T) {
	server := sandbox.New(sandbox.Options{Users: []sandbox.User{{ID: "user0000000000000001", Name: "Ada", Email: "ada@example.com"}},
		CustomFields: []sandbox.CustomField{{ID: "cfText00000000000001", Name: "Badge", Key: "contact.badge", DataType: "TEXT"}}})
	acme := server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme"}})
	server.Put(sandbox.Contact{ID: "contact0000000000001", Tags: []string{"vip"}, Fields: map[string]any{"email": "bo@example.com", "address1": "1 Main Street",
		"assignedTo": "user0000000000000001", "businessId": acme, "businessName": "Acme"}, CustomFields: map[string]any{"cfText00000000000001": "B7"}})
	got := &sink{}
	contactsOf(t, open(t, server), nil, got)
	if len(got.rows) != 1 {
		t.Fatalf("%d rows", len(got.rows))
	}
	for column, want := range map[string]any{"id": "contact0000000000001", "email": "bo@example.com", "address1": "1 Main Street", "assignedTo": "ada@example.com",
		"business": "Acme", "badge": "B7", "phone": nil, "dnd": false} {
		if v, told := got.rows[0][column]; !told || v != want {
			t.Errorf("%s is %v (told: %v), want %v", column, v, told, want)
		}
	}
}

// TestReadingContactsCostsARequestPerPage, and what has changed since costs one.
func TestReadingContactsCostsARequestPerPage(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	begin := time.Now().Add(-time.Hour)
	for i := range 1500 {
		server.Put(sandbox.Contact{Fields: map[string]any{"firstName": "Bo"}, DateUpdated: begin.Add(time.Duration(i) * time.Second)})
	}
	l, first, next := open(t, server), &sink{}, &sink{}
	contactsOf(t, l, nil, first)
	server.Put(sandbox.Contact{Fields: map[string]any{"firstName": "New"}})
	if n := server.Requests()["POST /contacts/search"]; len(first.rows) != 1500 || n != 3 {
		t.Errorf("%d rows by %d requests, want 1500 by 3", len(first.rows), n)
	}
	contactsOf(t, l, first.last(), next)
	if len(next.rows) != 1 {
		t.Errorf("%d rows since, want the one that is new", len(next.rows))
	}
}
