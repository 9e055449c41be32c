package connector

import (
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

const companiesCatalog = `companies: {"name":{"type":"string"},"domain":{"type":["null","string"]},"Account Number":{"type":["null","string"]},"employees":{"type":["null","integer"]}}`

// TestBusinessesGoThroughAllVerbs, which know them by their descriptor alone.
func TestBusinessesGoThroughAllVerbs(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme Inc.", "employees": 7.0}})
	server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Twice"}})
	server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "twice"}})
	settings := map[string]any{
		"streams":  []any{map[string]any{"name": "companies", "object": "businesses"}},
		"match_on": []string{"email"}, "source": "web", "create_missing_custom_fields": true,
		"field_mapping": []any{map[string]any{"from": "name", "to": "firstName", "stream": "people"}, map[string]any{"from": "nick", "to": "firstName"}},
	}
	records := []string{
		`companies: {"name":"ACME INC.","domain":"acme.example.com","Account Number":"A-1","employees":8}`,
		`companies: {"name":"Bolt","domain":null,"employees":3}`,
		`companies: {"name":"Twice"}`, `companies: {"domain":"c.example.com"}`,
	}
	catalog := catalogOf(companiesCatalog)
	for _, tt := range []struct {
		verb, catalog string
		says          []string
		not           string
	}{
		{"discover", "", []string{`"object_name":"businesses","sync_mode":"append_dedup"`, `"account_number"`, `"object_name":"contacts"`}, ""},
		{"check", "", []string{`SUCCEEDED`}, ""},
		{"preview", catalog, []string{`"action":"create","stream":"companies","lines":[2],"fields":{"business.employees":{"old":null,"new":3},"name":{"old":null,"new":"Bolt"}}`,
			`"business.employees":{"old":7,"new":8}`, `"code":"ambiguous"`, `"object":"businesses"`, `"match_on":["name"]`, `"business.name":{"created":1,"changed":0}`}, "heropixel"},
		{"write", catalog, []string{`businesses: 4 read · 1 created · 1 updated · 0 unchanged · 2 rejected (1 ambiguous, 1 no_identifier)`}, "heropixel"},
		{"write", catalog, []string{`businesses: 4 read · 0 created · 0 updated · 2 unchanged · 2 rejected (1 ambiguous, 1 no_identifier)`}, ""},
	} {
		out, code := ran(t, tt.verb, server, settings, tt.catalog, records...)
		if code != 0 {
			t.Fatalf("%s ends with %d:\n%s", tt.verb, code, out)
		}
		for _, text := range tt.says {
			if !strings.Contains(out, text) {
				t.Errorf("%s does not say %s:\n%s", tt.verb, text, out)
			}
		}
		if tt.not != "" && strings.Contains(out, tt.not) {
			t.Errorf("%s says %s:\n%s", tt.verb, tt.not, out)
		}
	}
	if n := len(server.Businesses()); n != 4 || len(server.Contacts()) != 0 {
		t.Errorf("%d businesses, %d contacts", n, len(server.Contacts()))
	}
}

// TestCheckOfBusinesses asks for their scopes only where a stream names them, or a contact may create them.
func TestCheckOfBusinesses(t *testing.T) {
	server := sandbox.New(sandbox.Options{Scopes: []string{"contacts.readonly", "contacts.write", "locations.readonly", "locations/customFields.readonly"}})
	if out, _ := ran(t, "check", server, nil, ""); !strings.Contains(out, "SUCCEEDED") {
		t.Errorf("without businesses: %s", out)
	}
	for _, settings := range []map[string]any{
		{"streams": []any{map[string]any{"name": "businesses", "match_on": []string{"website", "name"}}}},
		{"create_missing_businesses": true},
	} {
		if out, _ := ran(t, "check", server, settings, ""); !strings.Contains(out, "lacks the scopes businesses.readonly and businesses.write.") {
			t.Errorf("with %v it does not ask for the scopes: %s", settings, out)
		}
	}
}
