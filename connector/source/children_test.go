package source

import (
	"context"
	"fmt"
	"testing"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// withChildren is a sandbox of contacts that have so many tasks and notes in turn.
func withChildren(contacts, tasks, notes int) *sandbox.Server {
	server := sandbox.New(sandbox.Options{Users: []sandbox.User{{ID: "user0000000000000001", Name: "Ada", Email: "ada@example.com"}}})
	ids := make([]string, contacts)
	for i := range ids {
		ids[i] = server.Put(sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("p%d@example.com", i), "phone": fmt.Sprintf("+1202555%04d", i)}})
	}
	for i := range tasks {
		server.PutTask(sandbox.Task{ContactID: ids[i%contacts], Title: fmt.Sprint("Call ", i), Body: "About it\n[ref:t]", Completed: i%2 == 0, AssignedTo: "user0000000000000001"})
	}
	for i := range notes {
		server.PutNote(sandbox.Note{ContactID: ids[i%contacts], Body: fmt.Sprint("Met ", i), UserID: "user0000000000000001", Pinned: i%2 == 0})
	}
	return server
}

// emails are those of the contacts by id.
func emails(server *sandbox.Server) map[string]any {
	of := map[string]any{}
	for _, c := range server.Contacts() {
		of[c.ID] = c.Fields["email"]
	}
	return of
}

// read reads a stream to its end.
func read(t *testing.T, s Stream, from *sink) *sink {
	t.Helper()
	got := &sink{}
	if err := s.Read(context.Background(), from.last(), got); err != nil {
		t.Fatal(err)
	}
	return got
}

// expectRows checks that the rows are these, by id.
func expectRows(t *testing.T, got []map[string]any, want map[string]map[string]any) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
	for _, row := range got {
		id, _ := row["id"].(string)
		if want[id] == nil {
			t.Fatalf("a row more than there is, or twice: %v", row)
		}
		for column, value := range want[id] {
			if row[column] != value {
				t.Fatalf("%s is %v, want %v", column, row[column], value)
			}
		}
		delete(want, id)
	}
}

// TestTasksAreReadByARequestPerThousand, and their contacts, each once, by one per two hundred.
func TestTasksAreReadByARequestPerThousand(t *testing.T) {
	server := withChildren(300, 2500, 0)
	of, want := emails(server), map[string]map[string]any{}
	for _, task := range server.Tasks() {
		want[task.ID] = map[string]any{"title": task.Title, "body": task.Body, "completed": task.Completed, "dueDate": task.Due.Format("2006-01-02T15:04:05.000Z"),
			"assignedTo": "ada@example.com", "contact_id": task.ContactID, "contact_email": of[task.ContactID]}
	}
	s := open(t, server).tasks()
	got := read(t, s, &sink{})
	expectRows(t, got.rows, want)
	if asked := server.Requests(); asked["POST /locations/{locationId}/tasks/search"] != 3 || asked["POST /contacts/search"] != 2 {
		t.Errorf("requests: %v", asked)
	}
	if rows, requests, err := open(t, server).tasks().Estimate(context.Background(), nil); rows != 2500 || requests != 5 || err != nil {
		t.Errorf("estimate: %d rows by %d requests, %v", rows, requests, err)
	}
}

// TestTasksAfterTheirContacts: of contacts that were read before, nothing is asked again.
func TestTasksAfterTheirContacts(t *testing.T) {
	server := withChildren(1200, 2500, 0)
	l := open(t, server)
	contactsOf(t, l, nil, &sink{})
	before, of := server.Requests(), emails(server)
	got := read(t, l.tasks(), &sink{})
	for _, row := range got.rows {
		if row["contact_email"] == nil || row["contact_email"] != of[row["contact_id"].(string)] {
			t.Fatalf("a task of %v, want %v", row["contact_email"], of[row["contact_id"].(string)])
		}
	}
	after := server.Requests()
	if len(got.rows) != 2500 || after["POST /contacts/search"] != before["POST /contacts/search"] || after["POST /locations/{locationId}/tasks/search"] != 3 {
		t.Errorf("%d rows, requests %v, before %v", len(got.rows), after, before)
	}
}

// TestTasksOfSomeContacts: where only some contacts are read, so are only their tasks.
func TestTasksOfSomeContacts(t *testing.T) {
	server := withChildren(10, 30, 0)
	l := open(t, server)
	l.only = []ghl.Filter{ghl.Eq("email", "p3@example.com")}
	got := read(t, l.tasks(), &sink{})
	for _, row := range got.rows {
		if row["contact_email"] != "p3@example.com" {
			t.Errorf("a task of another: %v", row)
		}
	}
	if asked := server.Requests(); len(got.rows) != 3 || asked["POST /locations/{locationId}/tasks/search"] != 1 || asked["POST /contacts/search"] != 1 {
		t.Errorf("%d rows, requests: %v", len(got.rows), asked)
	}
}

// TestTasksWithoutSetsOfIDs: a server that takes no set of ids tells tasks all the same.
func TestTasksWithoutSetsOfIDs(t *testing.T) {
	server := sandbox.New(sandbox.Options{Variant: sandbox.SetsRefused})
	contact := server.Put(sandbox.Contact{Fields: map[string]any{"email": "bo@example.com"}})
	server.PutTask(sandbox.Task{ContactID: contact, Title: "Call"})
	got := read(t, open(t, server).tasks(), &sink{})
	if len(got.rows) != 1 || got.rows[0]["contact_id"] != contact {
		t.Errorf("rows: %v", got.rows)
	}
}

// TestNotesAreReadByARequestPerContact, and those of changed contacts once they have been read.
func TestNotesAreReadByARequestPerContact(t *testing.T) {
	server := withChildren(600, 0, 700)
	of := emails(server)
	s, last := open(t, server).notes(), &sink{}
	if rows, requests, err := s.Estimate(context.Background(), nil); !s.OptIn || rows != 600 || requests != 602 || err != nil {
		t.Errorf("estimate: %d rows by %d requests, %v", rows, requests, err)
	}
	for _, asked := range []int{600, 1} {
		want := map[string]map[string]any{}
		for _, note := range server.Notes() {
			if asked == 1 && note.ContactID != server.Contacts()[7].ID {
				continue
			}
			want[note.ID] = map[string]any{"body": note.Body, "pinned": note.Pinned, "userId": "ada@example.com", "dateAdded": note.Added.Format("2006-01-02T15:04:05.000Z"),
				"contact_id": note.ContactID, "contact_email": of[note.ContactID]}
		}
		before := server.Requests()
		last = read(t, s, last)
		expectRows(t, last.rows, want)
		if notes := server.Requests()["GET /contacts/{contactId}/notes"] - before["GET /contacts/{contactId}/notes"]; notes != asked {
			t.Errorf("%d requests for notes, want %d", notes, asked)
		}
		changed := server.Contacts()[7]
		server.Edit(changed.ID, func(c *sandbox.Contact) { c.Fields["city"] = "Rome" })
	}
}

// TestNotesGoOnWhereTheyWere: an interrupted read reads no page of contacts again.
func TestNotesGoOnWhereTheyWere(t *testing.T) {
	server := withChildren(600, 0, 600)
	s := open(t, server).notes()
	first := read(t, s, &sink{})
	if len(first.states) != 2 {
		t.Fatalf("%d states, want one a page", len(first.states))
	}
	if rest := read(t, s, &sink{states: first.states[:1]}); len(rest.rows) != 100 {
		t.Errorf("%d rows after the first page of 500, want 100", len(rest.rows))
	}
}
