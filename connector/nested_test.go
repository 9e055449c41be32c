package connector

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// nestedColumns send columns of contacts to notes and tasks.
var nestedColumns = map[string]any{"field_mapping": []any{map[string]any{"from": "remarks", "to": "notes"}, map[string]any{"from": "crm.todo", "to": "tasks"}}}

// TestNestedStreamsHaveMappingsOfTheirOwn, under the name that the log has for them.
func TestNestedStreamsHaveMappingsOfTheirOwn(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	settings := map[string]any{"field_mapping": []any{map[string]any{"stream": "people", "from": "remarks", "to": "notes"},
		map[string]any{"stream": "people.remarks", "from": "said", "to": "body"}}}
	out, code := ran(t, "write", server, settings, catalogOf(`people: {"email":{"type":"string"},"remarks":{}}`), `people: {"email":"a@example.com","remarks":[{"said":"Hello."}]}`)
	if got := belongings(server); code != 0 || !slices.Equal(got, []string{`a@example.com note "" "Hello."`}) || strings.Contains(out, "no effect") {
		t.Errorf("code %d, %q\n%s", code, got, out)
	}
	settings["field_mapping"] = []any{map[string]any{"from": "remarks", "to": "notes", "when": "if_empty"}}
	out, code = ran(t, "write", server, settings, catalogOf(`people: {"email":{"type":"string"},"remarks":{}}`))
	if code != 1 || !strings.Contains(out, `the column \"remarks\" is sent to notes as it is`) {
		t.Errorf("code %d\n%s", code, out)
	}
}

// belongings are the notes and tasks of the location, each with the email of its contact.
func belongings(server *sandbox.Server) []string {
	emails := map[string]string{}
	for _, c := range server.Contacts() {
		emails[c.ID] = fmt.Sprint(c.Fields["email"])
	}
	var out []string
	for _, n := range server.Notes() {
		out = append(out, fmt.Sprintf("%s note %q %q", emails[n.ContactID], n.Title, n.Body))
	}
	for _, task := range server.Tasks() {
		out = append(out, fmt.Sprintf("%s task %q %q %s %t", emails[task.ContactID], task.Title, task.Body, task.Due.Format("2006-01-02"), task.Completed))
	}
	slices.Sort(out)
	return out
}

// TestNestedColumnsAreNotesAndTasks of the record's contact, in each form in which sources give them, and once only.
func TestNestedColumnsAreNotesAndTasks(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	server.Put(sandbox.Contact{Fields: map[string]any{"email": "old@example.com", "country": "US", "source": "web"}, Tags: []string{"heropixel"}})
	catalog := catalogOf(`people: {"email":{"type":"string"},"remarks":{},"crm":{"type":"object"}}`)
	records := []string{
		`people: {"email":"a@example.com","remarks":"Called.","crm":{"todo":[{"title":"Call back","dueDate":"2026-12-24","completed":true}]}}`,
		`people: {"email":"b@example.com","remarks":["First.","Second.",null," "],"crm":{"todo":null}}`,
		`people: {"email":"old@example.com","remarks":[{"body":"Of the source.","title":"Visit","id":7}]}`,
		`people: {"email":"c@example.com","remarks":"[{\"body\":\"As text.\"}]"}`,
		`people: {"email":"d@example.com","remarks":7}`,
		`people: {"phone":"nobody","remarks":"Of nobody."}`,
	}
	want := []string{
		`a@example.com note "" "Called."`, `a@example.com task "Call back" "" 2026-12-24 true`,
		`b@example.com note "" "First."`, `b@example.com note "" "Second."`,
		`c@example.com note "" "As text."`, `old@example.com note "Visit" "Of the source.\n[ref:people.remarks/7]"`,
	}
	preview, _ := ran(t, "preview", server, nestedColumns, catalog, records...)
	if server.Writes() != 0 || strings.Count(preview, `{"action":"create","stream":"people.remarks"`) != 5 || strings.Count(preview, `{"action":"create","stream":"people.crm.todo"`) != 1 ||
		!strings.Contains(preview, `{"field":"notes","from":["remarks"]}`) {
		t.Errorf("%d writes of a preview that says\n%s", server.Writes(), preview)
	}
	for i, says := range []string{"people.remarks", "people.crm.todo"} {
		server.ResetCounts()
		out, code := ran(t, "write", server, nestedColumns, catalog, records...)
		if got := belongings(server); code != 0 || !slices.Equal(got, want) || i == 1 && server.Writes() != 0 {
			t.Errorf("code %d, %d writes, %q\nwant %q\n%s", code, server.Writes(), got, want, out)
		}
		for _, text := range []string{says, `notes ← remarks`, "tasks ← crm.todo", "neither a text nor an object, nor a list of them, left out: line 5"} {
			if !strings.Contains(out, text) {
				t.Errorf("it does not say %q:\n%s", text, out)
			}
		}
	}
	records[2] = strings.Replace(records[2], "Of the source.", "Changed.", 1)
	server.ResetCounts()
	if out, code := ran(t, "write", server, nestedColumns, catalog, records...); code != 0 || server.Writes() != 1 || !strings.Contains(strings.Join(belongings(server), "\n"), "Changed.") {
		t.Errorf("code %d, %d writes, %q\n%s", code, server.Writes(), belongings(server), out)
	}
}

// TestColumnsOfNotesAreToldApart: entries of two columns with one key are two notes.
func TestColumnsOfNotesAreToldApart(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	settings := map[string]any{"field_mapping": []any{map[string]any{"from": "calls", "to": "notes"}, map[string]any{"from": "visits", "to": "notes"}}}
	for range 2 {
		_, code := ran(t, "write", server, settings, catalogOf(`people: {"email":{},"calls":{},"visits":{}}`), `people: {"email":"a@example.com","calls":[{"id":1,"body":"Called."}],"visits":[{"id":1,"body":"Visited."}]}`)
		want := []string{`a@example.com note "" "Called.\n[ref:people.calls/1]"`, `a@example.com note "" "Visited.\n[ref:people.visits/1]"`}
		if got := belongings(server); code != 0 || !slices.Equal(got, want) || server.Writes() != 3 {
			t.Errorf("code %d, %d writes, %q", code, server.Writes(), got)
		}
	}
}
