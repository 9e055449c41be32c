package connector

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// familyCatalog is a stream of contacts and one each of what belongs to them, with the key id.
const familyCatalog = `{"streams":[
	{"stream":{"name":"contacts","json_schema":{"properties":{"email":{},"first_name":{}}}},"destination_sync_mode":"append_dedup","primary_key":[["email"]]},
	{"stream":{"name":"calls","json_schema":{"properties":{"id":{},"email":{},"body":{},"author":{}}}},"destination_sync_mode":"append_dedup","primary_key":[["id"]]},
	{"stream":{"name":"tasks","json_schema":{"properties":{"id":{},"email":{},"title":{},"due":{}}}},"destination_sync_mode":"append_dedup","primary_key":[["id"]]},
	{"stream":{"name":"opportunities","json_schema":{"properties":{"email":{},"name":{},"pipeline":{},"value":{}}}},"destination_sync_mode":"append_dedup"}]}`

var callsAreNotes = map[string]any{"streams": []any{map[string]any{"name": "calls", "object": "notes"}}}

// family are contacts with two notes and two tasks each, and those of the deals as well; every so many of them has changed, all of it.
func family(contacts, changed, deals int) (records []string) {
	say := func(i int, what string) string {
		if changed > 0 && i%changed == 0 {
			what += " again"
		}
		return what
	}
	var calls, tasks []string
	for i := range contacts {
		email := fmt.Sprintf("p%d@example.com", i)
		records = append(records, fmt.Sprintf(`contacts: {"email":%q,"first_name":%q}`, email, say(i, "Ann")))
		for n := range 2 {
			calls = append(calls, fmt.Sprintf(`calls: {"id":%d,"email":%q,"body":%q}`, 2*i+n, email, say(i, "Called.")))
			tasks = append(tasks, fmt.Sprintf(`tasks: {"id":%d,"email":%q,"title":%q,"due":"2026-12-24"}`, 2*i+n, email, say(i, "Call")))
		}
	}
	for i := range deals {
		tasks = append(tasks, fmt.Sprintf(`opportunities: {"email":"p%d@example.com","name":%q,"pipeline":"Sales","value":100}`, i, say(i, "Deal")))
	}
	return slices.Concat(records, calls, tasks)
}

// TestWhatAFamilyCosts: a write for each, and nothing is read of a contact that the sync has created; again, no write, a read for each
// contact with notes and for each hundred with tasks.
func TestWhatAFamilyCosts(t *testing.T) {
	t.Parallel()
	const n = 1000
	deals := n
	if testing.Short() {
		deals = 0 // a sync that meets old ones waits until search knows them
	}
	server := sandbox.New(sandbox.Options{})
	for _, tt := range []struct {
		what                string
		changed             int
		writes, most, total int
	}{
		{"everything is new", 0, 5*n + deals, (5*n + deals) * 105 / 100, 2 * n},
		{"the same again", 0, 0, n + 2*n/100 + deals/100 + n/90 + 1 + 10, 2 * n},
		{"3 % have changed", 33, 5*31 + deals*31/n, 6*31 + 31 + n + 2*n/100 + deals/100 + n/90 + 1 + 10, 2 * n},
	} {
		server.ResetCounts()
		out, code := ran(t, "write", server, callsAreNotes, familyCatalog, family(n, tt.changed, deals)...)
		if code != 0 || server.Writes() != tt.writes || server.Total() > tt.most {
			t.Errorf("%s: ended with %d after %d writes of %d requests, want %d of at most %d: %v\n%s", tt.what, code, server.Writes(), server.Total(), tt.writes, tt.most, server.Requests(), out)
		}
		if notes, tasks := len(server.Notes()), len(server.Tasks()); notes != tt.total || tasks != tt.total || len(server.Opportunities()) != deals {
			t.Errorf("%s: %d notes, %d tasks, %d opportunities", tt.what, notes, tasks, len(server.Opportunities()))
		}
		t.Logf("%s: %d requests, %d of them writes", tt.what, server.Total(), server.Writes())
	}
	again := 0
	for i, note := range server.Notes() {
		task := server.Tasks()[i]
		if strings.HasPrefix(note.Body, "Called. again\n[ref:calls/") && strings.HasSuffix(note.Body, "]") {
			again++
		}
		if task.Title == "Call again" && strings.HasPrefix(task.Body, "[ref:tasks/") && task.Due.Equal(time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)) {
			again++
		}
	}
	if again != 4*31 {
		t.Errorf("%d notes and tasks are changed", again)
	}
}

// TestChildrenBeforeTheirContacts wait for them, however the input is ordered, and a few windows later too.
func TestChildrenBeforeTheirContacts(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	records := family(500, 0, 0)
	var late []string
	for _, r := range records[500:] {
		late = append(late, r, strings.Replace(strings.Replace(r, "Called.", "The last word.", 1), `"Call"`, `"Write"`, 1))
	}
	out, code := ran(t, "write", server, callsAreNotes, familyCatalog, append(late, records[:500]...)...)
	if code != 0 || len(server.Notes()) != 1000 || len(server.Tasks()) != 1000 || server.Writes() != 2500 {
		t.Fatalf("ended with %d: %d notes, %d tasks, %d writes\n%s", code, len(server.Notes()), len(server.Tasks()), server.Writes(), out)
	}
	for i, note := range server.Notes() {
		if task := server.Tasks()[i]; !strings.HasPrefix(note.Body, "The last word.\n[ref:") || task.Title != "Write" {
			t.Fatalf("%+v, %+v", note, task)
		}
	}
}

// TestMoreChildrenThanCanWait: what comes before its contacts and is not held is left to the next sync, which writes it.
func TestMoreChildrenThanCanWait(t *testing.T) {
	t.Parallel()
	n, left := 40_000, "30,000"
	if testing.Short() {
		n, left = 12_000, "2,000"
	}
	server := sandbox.New(sandbox.Options{})
	var records []string
	for i := range n {
		records = append(records, fmt.Sprintf(`calls: {"id":%d,"email":"p%d@example.com","body":"Called."}`, i, i%100))
	}
	for i := range 100 {
		records = append(records, fmt.Sprintf(`contacts: {"email":"p%d@example.com"}`, i))
	}
	out, code := ran(t, "write", server, callsAreNotes, familyCatalog, records...)
	if code != 1 || !strings.Contains(out, `"failure_type":"transient_error"`) || !strings.Contains(out, left+" records of the stream calls") || len(server.Notes()) != 10_000 {
		t.Fatalf("ended with %d and %d notes: %s", code, len(server.Notes()), out[max(0, len(out)-3000):])
	}
	if out, code = ran(t, "write", server, callsAreNotes, familyCatalog, records...); code != 0 || len(server.Notes()) != n {
		t.Errorf("the next sync ends with %d and %d notes: %s", code, len(server.Notes()), out[max(0, len(out)-3000):])
	}
}

// TestChildrenGoThroughAllVerbs, which know them by their descriptors alone.
func TestChildrenGoThroughAllVerbs(t *testing.T) {
	server := sandbox.New(sandbox.Options{CustomFields: []sandbox.CustomField{{ID: "cf1", Name: "Customer Number", Key: "contact.customer_number", DataType: "TEXT"}},
		Users: []sandbox.User{{ID: "userZZZZZZZZZZZZZZZZ", Name: "Una User", Email: "una@example.com"}}})
	ann := server.Put(sandbox.Contact{Fields: map[string]any{"email": "ann@example.com"}, CustomFields: map[string]any{"cf1": "C-1"}})
	server.PutNote(sandbox.Note{ContactID: ann, Body: "Old\n[ref:calls/1]"})
	server.PutTask(sandbox.Task{ContactID: ann, Title: "Write", Body: "[ref:tasks/1]", Due: time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)})
	settings := map[string]any{"streams": callsAreNotes["streams"], "match_on": []string{"custom_field:customer_number", "email"}}
	records := []string{
		`calls: {"id":1,"Customer Number":"C-1","body":"New","author":"una user"}`, `calls: {"id":2,"email":"ann@example.com","body":"Second"}`,
		`calls: {"id":3,"email":"eve@example.com","body":"?"}`, `calls: {"id":4,"email":"ann@example.com","body":"By whom?","author":"Nobody"}`,
		`tasks: {"id":1,"email":"ann@example.com","title":"Write","due":"2026-12-24","status":"done"}`, `tasks: {"id":2,"email":"ann@example.com","title":"Call"}`,
	}
	for _, tt := range []struct {
		verb, catalog string
		says          []string
	}{
		{"discover", "", []string{`{"object_name":"notes","sync_mode":"append_dedup"`, `"object_name":"tasks","sync_mode":"update"`,
			`"contactId":{"type":"string","title":"Contact ID","description":"The id in HighLevel of the contact that it belongs to."},"customer_number":{`, `"matching_keys":[]},{"object_name":"notes","sync_mode":"overwrite"`}},
		{"check", "", []string{`SUCCEEDED`}},
		{"preview", familyCatalog, []string{`"note.body":{"created":1,"changed":1}`, `"not_written":[]`, `"code":"no_contact"`, `"code":"unknown_user"`, `"task.completed":{"created":0,"changed":1}`, `"code":"value_missing"`}},
		{"write", familyCatalog, []string{`notes: 4 read · 1 created · 1 updated · 0 unchanged · 2 rejected (1 no_contact, 1 unknown_user)`, `tasks: 2 read · 0 created · 1 updated · 0 unchanged · 1 rejected (1 value_missing)`}},
		{"write", familyCatalog, []string{`notes: 4 read · 0 created · 0 updated · 2 unchanged`, `tasks: 2 read · 0 created · 0 updated · 1 unchanged`}},
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
	}
	if n := server.Notes(); len(n) != 2 || n[0].Body != "New\n[ref:calls/1]" || n[0].UserID != "userZZZZZZZZZZZZZZZZ" || !server.Tasks()[0].Completed {
		t.Errorf("%+v, %+v", n, server.Tasks())
	}
}

// TestCheckOfChildren asks for the scope of tasks only where a stream is one of tasks, and tells a match_on that notes cannot have.
func TestCheckOfChildren(t *testing.T) {
	server := sandbox.New(sandbox.Options{Scopes: []string{"contacts.readonly", "contacts.write", "locations.readonly", "locations/customFields.readonly"}})
	if out, _ := ran(t, "check", server, callsAreNotes, ""); !strings.Contains(out, "SUCCEEDED") {
		t.Errorf("of notes: %s", out)
	}
	todos := map[string]any{"streams": []any{map[string]any{"name": "todos", "object": "tasks"}}}
	if out, _ := ran(t, "check", server, todos, ""); !strings.Contains(out, "lacks the scope locations/tasks.readonly") {
		t.Errorf("of tasks: %s", out)
	}
	keys := map[string]any{"streams": []any{map[string]any{"name": "calls", "object": "notes", "match_on": []string{"email"}}}}
	if out, _ := ran(t, "check", server, keys, ""); !strings.Contains(out, "notes are known by the primary key of their stream") {
		t.Errorf("of a match_on: %s", out)
	}
}

// TestNotesOfStreamsWithOneName would be taken for each other, since a note keeps the name of its stream and no namespace.
func TestNotesOfStreamsWithOneName(t *testing.T) {
	stream := func(namespace, mode string) string {
		return `{"stream":{"name":"calls","namespace":"` + namespace + `","json_schema":{"properties":{"id":{},"email":{},"body":{}}}},"destination_sync_mode":"append"` + mode + `}`
	}
	server := sandbox.New(sandbox.Options{})
	for keys, fault := range map[string]string{
		`,"primary_key":[["id"]]`: `streams north.calls and south.calls have one name, by which the notes of both are known: write them by two connections, one with a stream prefix`,
		``:                        ``,
	} {
		out, code := ran(t, "write", server, callsAreNotes, `{"streams":[`+stream("north", keys)+`,`+stream("south", keys)+`]}`)
		if failed := code != 0; failed != (fault != "") || !strings.Contains(out, fault) {
			t.Errorf("ended with %d, want %q\n%s", code, fault, out)
		}
	}
}
