package connector

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

const (
	opLink   = "POST /contacts/bulk/business"
	opList   = "GET /businesses/"
	opMake   = "POST /businesses/"
	linkable = `people: {"email":{"type":"string"},"business":{"type":["null","string"]}}`
)

// links are the names of contacts' businesses by email.
func links(s *sandbox.Server) map[string]string {
	names := map[string]string{}
	for _, b := range s.Businesses() {
		names[b.ID] = fmt.Sprint(b.Properties["name"])
	}
	out := map[string]string{}
	for _, c := range s.Contacts() {
		id, _ := c.Fields["businessId"].(string)
		out[fmt.Sprint(c.Fields["email"])] = names[id]
	}
	return out
}

// TestContactsAreLinkedToBusinesses that are there, that the sync creates in another stream, or that it may create for them.
func TestContactsAreLinkedToBusinesses(t *testing.T) {
	for name, tt := range map[string]struct {
		settings map[string]any
		records  []string
		want     map[string]string
		says     string
		calls    int // that link
		creates  int
	}{
		"by name": {records: []string{`people: {"email":"a@example.com","business":"acme"}`, `people: {"email":"b@example.com"}`},
			want: map[string]string{"a@example.com": "Acme", "b@example.com": "", "old@example.com": "Acme"}, calls: 1},
		"by id": {records: []string{`people: {"email":"a@example.com","business":"63771dcac1116f0e21de8e12"}`},
			want: map[string]string{"a@example.com": "Acme", "old@example.com": "Acme"}, calls: 1},
		"another":           {records: []string{`people: {"email":"old@example.com","business":"Bolt"}`}, want: map[string]string{"old@example.com": "Bolt"}, calls: 1},
		"the same":          {records: []string{`people: {"email":"old@example.com","business":" ACME "}`}, want: map[string]string{"old@example.com": "Acme"}},
		"null says nothing": {records: []string{`people: {"email":"old@example.com","business":null}`}, want: map[string]string{"old@example.com": "Acme"}},
		"null takes it away": {settings: map[string]any{"null_values": "clear"}, records: []string{`people: {"email":"old@example.com","business":null}`},
			want: map[string]string{"old@example.com": ""}, calls: 1},
		"only if there is none": {settings: map[string]any{"field_mapping": []any{map[string]any{"from": "business", "to": "business", "when": "if_empty"}}},
			records: []string{`people: {"email":"old@example.com","business":"Bolt"}`, `people: {"email":"a@example.com","business":"Bolt"}`},
			want:    map[string]string{"old@example.com": "Acme", "a@example.com": "Bolt"}, calls: 1},
		"none of that name": {records: []string{`people: {"email":"a@example.com","business":"Coil"}`},
			want: map[string]string{"a@example.com": "", "old@example.com": "Acme"}, says: `business: no business has this name or id, left out: line 1`},
		"two of that name": {records: []string{`people: {"email":"a@example.com","business":"Twice"}`},
			want: map[string]string{"a@example.com": "", "old@example.com": "Acme"}, says: `business: several businesses have this name, left out: line 1`},
		"created": {settings: map[string]any{"create_missing_businesses": true},
			records: []string{`people: {"email":"a@example.com","business":"Coil"}`, `people: {"email":"b@example.com","business":"COIL"}`},
			want:    map[string]string{"a@example.com": "Coil", "b@example.com": "Coil", "old@example.com": "Acme"}, calls: 1, creates: 1},
		"another stream's": {records: []string{`people: {"email":"a@example.com","business":"Dyne"}`, `businesses: {"name":"Dyne"}`},
			want: map[string]string{"a@example.com": "Dyne", "old@example.com": "Acme"}, calls: 1, creates: 1},
	} {
		t.Run(name, func(t *testing.T) {
			server := sandbox.New(sandbox.Options{})
			acme := server.PutBusiness(sandbox.Business{ID: "63771dcac1116f0e21de8e12", Properties: map[string]any{"name": "Acme"}})
			for _, other := range []string{"Bolt", "Twice", "twice"} {
				server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": other}})
			}
			server.Put(sandbox.Contact{Fields: map[string]any{"email": "old@example.com", "businessId": acme, "country": "US", "source": "web"}, Tags: []string{"heropixel"}})
			catalog := catalogOf(linkable, `businesses: {"name":{"type":"string"}}`)
			preview, _ := ran(t, "preview", server, tt.settings, catalog, tt.records...)
			if server.Writes() != 0 || strings.Contains(preview, `"business":{"old"`) != (tt.calls > 0) {
				t.Errorf("%d writes of a preview that says\n%s", server.Writes(), preview)
			}
			for _, run := range []struct{ calls, creates int }{{tt.calls, tt.creates}, {0, 0}} {
				server.ResetCounts()
				out, code := ran(t, "write", server, tt.settings, catalog, tt.records...)
				got := server.Requests()
				if code != 0 || !maps.Equal(links(server), tt.want) || got[opLink] != run.calls || got[opMake] != run.creates || got[opList] > 1 {
					t.Errorf("%v, want %v; %v\n%s", links(server), tt.want, got, out)
				}
				if !strings.Contains(out, tt.says) {
					t.Errorf("it does not say %q:\n%s", tt.says, out)
				}
			}
		})
	}
}

// TestContactsAreLinkedToBusinessesThatComeLater: in a later window, with the record's last word, and without being held up by what never comes.
func TestContactsAreLinkedToBusinessesThatComeLater(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	old := server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Old"}})
	server.Put(sandbox.Contact{Fields: map[string]any{"email": "moved@example.com", "businessId": old, "country": "US", "source": "web"}, Tags: []string{"heropixel"}})
	var records []string
	say := func(lines ...string) { records = append(records, lines...) }
	fill := func(from int) {
		for i := range 1000 {
			say(fmt.Sprintf(`people: {"email":"p%d@example.com"}`, from+i))
		}
	}
	say(`people: {"email":"a@example.com","business":"Dyne"}`, `people: {"email":"b@example.com","business":"Nobody"}`, `people: {"email":"c@example.com","business":"Dyne"}`,
		`people: {"email":"moved@example.com","business":"dyne"}`, `people: {"email":"d@example.com","business":"Dyne"}`, `people: {"email":"d@example.com","business":"Old"}`)
	fill(0)
	say(`people: {"email":"c@example.com","business":"Old"}`)
	fill(1000)
	say(`businesses: {"name":"Dyne"}`)
	catalog := catalogOf(linkable, `businesses: {"name":{"type":"string"}}`)
	want := map[string]string{"a@example.com": "Dyne", "b@example.com": "", "c@example.com": "Old", "d@example.com": "Old", "moved@example.com": "Dyne"}
	preview, _ := ran(t, "preview", server, nil, catalog, records...)
	if !strings.Contains(preview, `"business":{"old":"Old","new":"Dyne"}`) {
		t.Errorf("a preview says\n%.3000s", preview)
	}
	for i, says := range []string{"2,005 created · 2 updated", "0 created · 2 updated"} { // the third contact has two businesses by turns
		server.ResetCounts()
		out, code := ran(t, "write", server, nil, catalog, records...)
		got := links(server)
		maps.DeleteFunc(got, func(_, name string) bool { return name == "" })
		if delete(want, "b@example.com"); code != 0 || !maps.Equal(got, want) || server.Requests()[opLink] != 3-i {
			t.Errorf("%v, want %v; %v\n%s", got, want, server.Requests(), out)
		}
		for _, text := range []string{says, "business: no business has this name or id, left out: line 2"} {
			if !strings.Contains(out, text) {
				t.Errorf("it does not say %q:\n%s", text, out)
			}
		}
	}
}

// TestManyWhoseBusinessNeverComesHoldNothingUp: beyond what is held, contacts are done without a link.
func TestManyWhoseBusinessNeverComesHoldNothingUp(t *testing.T) {
	t.Parallel()
	server := sandbox.New(sandbox.Options{})
	records := make([]string, 10_050)
	for i := range records {
		records[i] = fmt.Sprintf(`people: {"email":"p%d@example.com","business":"Nobody"}`, i)
	}
	out, code := ran(t, "write", server, nil, catalogOf(linkable, `businesses: {"name":{"type":"string"}}`), append(records, `businesses: {"name":"Dyne"}`)...)
	if n := len(server.Contacts()); code != 0 || n != len(records) || !strings.Contains(out, "too many records wait for theirs, left out") || !strings.Contains(out, "10,050 created") {
		t.Errorf("%d contacts, code %d\n%s", n, code, out)
	}
}

// TestLinksCostFewCalls: one for fifty contacts of a business, none where there is no such column.
func TestLinksCostFewCalls(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	var with, without []string
	for i := range 240 {
		email := fmt.Sprintf("p%d@example.com", i)
		with = append(with, fmt.Sprintf(`people: {"email":%q,"business":"B%d"}`, email, i%2))
		without = append(without, fmt.Sprintf(`people: {"email":%q}`, email))
	}
	settings := map[string]any{"create_missing_businesses": true}
	if out, code := ran(t, "write", server, settings, catalogOf(linkable), without...); code != 0 || server.Requests()[opList]+server.Requests()["GET /custom-fields/object-key/{objectKey}"] != 0 {
		t.Errorf("without the column: %v\n%s", server.Requests(), out)
	}
	server.ResetCounts()
	out, code := ran(t, "write", server, settings, catalogOf(linkable), with...)
	if got := server.Requests(); code != 0 || got[opLink] != 6 || got[opMake] != 2 || server.Writes() != 8 {
		t.Errorf("%v\n%s", got, out)
	}
	if names := slices.Compact(slices.Sorted(maps.Values(links(server)))); !slices.Equal(names, []string{"B0", "B1"}) {
		t.Errorf("linked to %v", names)
	}
}

// TestLinksThroughFaults: a lost answer costs a call, and what cannot be linked costs the link alone.
func TestLinksThroughFaults(t *testing.T) {
	records := []string{`people: {"email":"a@example.com","business":"Acme"}`, `people: {"email":"b@example.com"}`}
	settings := map[string]any{"create_missing_businesses": true}
	for name, tt := range map[string]struct {
		fault  sandbox.Fault
		scopes []string
		linked bool
		says   string
	}{
		"the link's answer is lost":            {fault: sandbox.Fault{Operation: opLink, Kind: sandbox.FaultResetAfter}, linked: true},
		"the business's answer is lost":        {fault: sandbox.Fault{Operation: opMake, Kind: sandbox.FaultResetAfter, Times: 2}, linked: true},
		"the business is not created":          {fault: sandbox.Fault{Operation: opMake, Kind: sandbox.FaultResetBefore, Times: 2}, linked: true},
		"the business is refused, but written": {fault: sandbox.Fault{Operation: opMake, Kind: sandbox.Fault422Applied}, linked: true},
		"the business is refused":              {fault: sandbox.Fault{Operation: opMake, Kind: sandbox.FaultStatus, Status: 422, Times: -1}, says: `business: not linked: `},
		"the link is refused":                  {fault: sandbox.Fault{Operation: opLink, Kind: sandbox.FaultStatus, Status: 400, Times: -1}, says: `business: not linked: `},
		"no right to read businesses": {scopes: []string{"contacts.readonly", "contacts.write", "locations.readonly", "locations/customFields.readonly"},
			says: `business: the token lacks the scope businesses.readonly, left out: line 1`},
	} {
		t.Run(name, func(t *testing.T) {
			server := sandbox.New(sandbox.Options{Scopes: tt.scopes})
			if tt.fault.Operation != "" {
				server.Inject(tt.fault)
			}
			out, code := ran(t, "write", server, settings, catalogOf(linkable), records...)
			if code != 0 || len(server.Contacts()) != 2 || len(server.Businesses()) > 1 || (links(server)["a@example.com"] == "Acme") != tt.linked {
				t.Errorf("ends with %d: %d businesses, %v\n%s", code, len(server.Businesses()), links(server), out)
			}
			if !strings.Contains(out, tt.says) {
				t.Errorf("it does not say %q:\n%s", tt.says, out)
			}
		})
	}
}

// TestARecordIsDoneOnceItIsLinked: until then it is not acknowledged, and the next sync links it.
func TestARecordIsDoneOnceItIsLinked(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme"}})
	records := []string{`people: {"email":"a@example.com","business":"Acme"}`, `people: {"email":"b@example.com"}`}
	server.Inject(sandbox.Fault{Operation: opLink, Kind: sandbox.FaultStatus, Status: 401})
	out, code := ran(t, "write", server, nil, catalogOf(linkable), records...)
	if code == 0 || !strings.Contains(out, "1 created · 0 updated · 0 unchanged · 1 under way or not finished") || links(server)["a@example.com"] != "" {
		t.Errorf("ends with %d, %v\n%s", code, links(server), out)
	}
	out, code = ran(t, "write", server, nil, catalogOf(linkable), records...)
	if code != 0 || !strings.Contains(out, "1 updated · 1 unchanged") || links(server)["a@example.com"] != "Acme" {
		t.Errorf("again it ends with %d, %v\n%s", code, links(server), out)
	}
}

// TestTheLastLinkCounts, whatever records come before it, as if each had come alone.
func TestTheLastLinkCounts(t *testing.T) {
	worlds := 200
	if testing.Short() {
		worlds = 30
	}
	for seed := range uint64(worlds) {
		r := rand.New(rand.NewPCG(seed, 5))
		server := sandbox.New(sandbox.Options{AllowDuplicates: r.IntN(2) == 0})
		creates, clears := r.IntN(2) == 0, r.IntN(2) == 0
		known := map[string]string{}
		for _, name := range []string{"Acme", "Bolt"} {
			server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": name}})
			known[strings.ToLower(name)] = name
		}
		settings := map[string]any{"create_missing_businesses": creates}
		if clears {
			settings["null_values"] = "clear"
		}
		want := map[string]string{}
		var records []string
		for range 1 + r.IntN(12) {
			email := fmt.Sprintf("%c@example.com", 'a'+r.IntN(3))
			business := []string{"Acme", "ACME", "Bolt", "Coil", "coil", ""}[r.IntN(6)]
			value := strconv.Quote(business)
			was := want[email]
			switch name := known[strings.ToLower(business)]; {
			case business == "":
				value = "null"
				if clears {
					was = ""
				}
			case name != "":
				was = name
			case creates:
				was, known["coil"] = "coil", "coil"
			}
			want[email] = was
			records = append(records, fmt.Sprintf(`people: {"email":%q,"business":%s}`, email, value))
		}
		out, code := ran(t, "write", server, settings, catalogOf(linkable), records...)
		got := links(server)
		for email, name := range got {
			got[email] = strings.ReplaceAll(name, "Coil", "coil")
		}
		if code != 0 || !maps.Equal(got, want) || server.Requests()[opMake] > 1 {
			t.Fatalf("world %d: %v, want %v; %v\n%s\n%s", seed, got, want, server.Requests(), strings.Join(records, "\n"), out)
		}
	}
}
