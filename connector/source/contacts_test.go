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
	if err := named(l.Streams(), "contacts").Read(context.Background(), from, to); err != nil {
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

// TestCustomFieldsAreNotAskedAgain by the next read, unless a contact has a new one, or a day has passed.
func TestCustomFieldsAreNotAskedAgain(t *testing.T) {
	badge := sandbox.CustomField{ID: "cfText00000000000001", Name: "Badge", Key: "contact.badge", DataType: "TEXT"}
	size := sandbox.CustomField{ID: "cfText00000000000002", Name: "Size", Key: "contact.size", DataType: "TEXT"}
	const asked = "GET /locations/{locationId}/customFields"
	changed := func(server *sandbox.Server, custom map[string]any) {
		server.Put(sandbox.Contact{ID: "contact0000000000001", Fields: map[string]any{"email": "bo@example.com"}, CustomFields: custom})
	}
	before := sandbox.New(sandbox.Options{CustomFields: []sandbox.CustomField{badge}})
	changed(before, map[string]any{badge.ID: "B7"})
	first := &sink{}
	contactsOf(t, open(t, before), nil, first)
	var kept map[string]any
	if err := json.Unmarshal(first.last(), &kept); err != nil {
		t.Fatal(err)
	}
	later := func(days float64) json.RawMessage {
		kept["fields"].(map[string]any)["at"] = float64(time.Now().UnixMilli()) - days*24*3600*1000
		state, err := json.Marshal(kept)
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	for name, tt := range map[string]struct {
		days     float64
		custom   map[string]any
		requests int
		size     any
	}{
		"at once":                {0, map[string]any{badge.ID: "B8"}, 0, nil},
		"a new field":            {0, map[string]any{badge.ID: "B8", size.ID: "L"}, 1, "L"},
		"a day later":            {1, map[string]any{badge.ID: "B8"}, 1, nil},
		"a clock that is behind": {-1, map[string]any{badge.ID: "B8"}, 1, nil},
	} {
		after := sandbox.New(sandbox.Options{CustomFields: []sandbox.CustomField{badge, size}})
		changed(after, tt.custom)
		got := &sink{}
		contactsOf(t, open(t, after), later(tt.days), got)
		if n := after.Requests()[asked]; len(got.rows) != 1 || got.rows[0]["badge"] != "B8" || got.rows[0]["size"] != tt.size || n != tt.requests {
			t.Errorf("%s: asked %d times, want %d: %v", name, n, tt.requests, got.rows)
		}
	}
}
