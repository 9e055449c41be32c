package connector

import (
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// TestSuppressionsGoThroughAllVerbs, which know them by their descriptor alone:
// they add no request to a sync of contacts, no field and no tag.
func TestSuppressionsGoThroughAllVerbs(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	server.Put(sandbox.Contact{Fields: map[string]any{"email": "ann@example.com"}, Tags: []string{"vip"}})
	settings := map[string]any{
		"streams":  []any{map[string]any{"name": "people", "tags": []string{"newsletter"}}, map[string]any{"name": "unsubscribes", "object": "suppressions", "tags": []string{"gone"}}},
		"match_on": []string{"custom_field:customer_number", "email"}, "source": "web", "create_missing_custom_fields": true, "on_delete": "delete",
	}
	list := `unsubscribes: {"email":{"type":"string"},"reason":{"type":["null","string"]}}`
	people := `people: {"email":{"type":"string"}}`
	for _, tt := range []struct {
		verb, catalog string
		says          []string
		not           string
	}{
		{"discover", "", []string{`"object_name":"suppressions","sync_mode":"append_dedup"`, `"matching_keys":[["email"],["phone"],["id"]]`}, ""},
		{"check", "", []string{`SUCCEEDED`}, ""},
		{"preview", catalogOf(list, people), []string{`"action":"update","stream":"unsubscribes","lines":[1]`, `"dnd":{"old":false,"new":true}`, `"action":"create","stream":"people","lines":[3]`,
			`"stream":"unsubscribes","object":"suppressions","mode":"append_dedup","match_on":["email","phone","id"],"fields":[{"field":"email","from":["email"]}],"not_written":["reason"],"tags":[]}`}, "tags_added"},
		{"write", catalogOf(list, people), []string{`suppressions: 2 read · 0 created · 1 updated · 1 unchanged · 0 rejected`, `contacts: 1 read · 1 created`}, `"gone"`},
		{"write", catalogOf(list), []string{`suppressions: 2 read · 0 created · 0 updated · 2 unchanged · 0 rejected`, `mapping: email ← email · not written: reason`}, "the country"},
	} {
		records := []string{`unsubscribes: {"email":"ann@example.com","reason":"spam"}`, `unsubscribes: {"email":"bob@example.com"}`, `people: {"email":"bob@example.com"}`}
		if !strings.Contains(tt.catalog, "people") {
			records = records[:2]
		}
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
	for _, c := range server.Contacts() {
		if c.Fields["dnd"] != true || len(c.Tags) > 0 && c.Tags[0] != "vip" {
			t.Errorf("it ends as %v with tags %v", c.Fields, c.Tags)
		}
	}
	if n := server.Requests()["GET /locations/{locationId}"]; n != 4 { // check, preview, and two syncs
		t.Errorf("the location was read %d times", n)
	}
	if n := len(server.CustomFields()); n != len(server.Options().CustomFields) {
		t.Errorf("%d custom fields", n)
	}
}
