package connector

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// withBelongings are three people with two notes, two tasks and an appointment each.
func withBelongings(t *testing.T, o sandbox.Options) (p place, id string) {
	t.Helper()
	o.Calendars = sandbox.DefaultCalendars()
	p = newPlace(t, o, nil)
	for range 3 {
		id = p.Put(sandbox.Contact{Fields: map[string]any{"firstName": "Ada"}})
		for range 2 {
			p.PutNote(sandbox.Note{ContactID: id, Body: "Called."})
			p.PutTask(sandbox.Task{ContactID: id, Title: "Call", Due: time.Now()})
		}
		p.PutAppointment(sandbox.Appointment{ContactID: id, CalendarID: o.Calendars[1].ID, Title: "Roof", Start: time.Date(2026, 7, 1, 14, 0, 0, 0, time.UTC)})
	}
	p.Edit(id, func(c *sandbox.Contact) { c.Fields["email"] = "ada@example.com" })
	return p, id
}

// nested is a contact with lists of what belongs to it.
type nested struct {
	ID, FirstName string
	Notes         []struct{ Body string }
	Tasks         []struct{ Title string }
	Appointments  []struct{ Title, Calendar, StartTime string }
}

// TestExportOfAContact: one line on standard output, with the notes, tasks and appointments; a file of each in a directory.
func TestExportOfAContact(t *testing.T) {
	t.Parallel()
	p, id := withBelongings(t, sandbox.Options{})
	for _, who := range []string{id, "ada@example.com"} {
		p.ResetCounts()
		stdout, stderr := p.run(t, exitOK, "export", "--contact", who)
		var c nested
		if err := json.Unmarshal([]byte(stdout), &c); err != nil || strings.Count(stdout, "\n") != 1 || c.ID != id || c.FirstName != "Ada" || len(c.Notes) != 2 || len(c.Tasks) != 2 {
			t.Errorf("%v\n%s", err, stdout)
		}
		if len(c.Appointments) != 1 || c.Appointments[0].Calendar != "Installation" || c.Appointments[0].StartTime != "2026-07-01T10:00:00-04:00" {
			t.Errorf("appointments: %+v", c.Appointments)
		}
		if !strings.Contains(stderr, "1 contact, 2 notes, 2 tasks and 1 appointment exported") {
			t.Errorf("it says\n%s", stderr)
		}
		want := map[string]int{"POST /contacts/search": 4, "GET /contacts/{contactId}/notes": 1, "POST /locations/{locationId}/tasks/search": 1,
			"GET /contacts/{contactId}/appointments": 1, "GET /calendars/": 1, "GET /locations/{locationId}": 1, "GET /locations/{locationId}/customFields": 1}
		if got := p.Requests(); !maps.Equal(got, want) {
			t.Errorf("requests: %v, want %v", got, want)
		}
	}
	p.run(t, exitOK, "export", "--contact", id, "--format", "csv", "--to", "{DIR}/out")
	for name, lines := range map[string]int{"contacts": 2, "notes": 3, "tasks": 3, "appointments": 2} {
		if csv := p.get(t, "out/"+name+".csv"); strings.Count(csv, "\n") != lines {
			t.Errorf("%s:\n%s", name, csv)
		}
	}
	if stdout, stderr := p.run(t, exitOK, "export", "--contact", "nobody@example.com"); stdout != "" || !strings.Contains(stderr, "finds no contact with this id or email") {
		t.Errorf("of nobody: %s\n%s", stdout, stderr)
	}
	if stdout, _ := p.run(t, exitOK, "export", "--contact", id, "--object", "notes"); strings.Count(stdout, "\n") != 2 {
		t.Errorf("notes alone: %s", stdout)
	}
}

// TestExportOfAContactInPart: what the token may not read is absent and told, and the rest is there.
func TestExportOfAContactInPart(t *testing.T) {
	t.Parallel()
	p, id := withBelongings(t, sandbox.Options{Scopes: readScopes})
	stdout, stderr := p.run(t, exitError, "export", "--contact", id)
	var c map[string]json.RawMessage
	if err := json.Unmarshal([]byte(stdout), &c); err != nil || c["tasks"] != nil || c["notes"] == nil || c["appointments"] == nil {
		t.Errorf("%v: %v", err, slices.Sorted(maps.Keys(c)))
	}
	if !strings.Contains(stderr, "The token lacks the scope locations/tasks.readonly.") || !strings.Contains(stderr, "not complete") {
		t.Errorf("it says\n%s", stderr)
	}
}

// TestExportOfAContactWithAFieldOfThatName: a custom field keeps its name.
func TestExportOfAContactWithAFieldOfThatName(t *testing.T) {
	t.Parallel()
	p, id := withBelongings(t, sandbox.Options{CustomFields: []sandbox.CustomField{{ID: "cfNotes0000000000001", Name: "Notes", Key: "contact.notes", DataType: "TEXT", Model: "contact"}}})
	p.Edit(id, func(c *sandbox.Contact) { c.CustomFields = map[string]any{"cfNotes0000000000001": "mine"} })
	stdout, _ := p.run(t, exitOK, "export", "--contact", id)
	var c map[string]json.RawMessage
	if err := json.Unmarshal([]byte(stdout), &c); err != nil || string(c["notes"]) != `"mine"` || !strings.Contains(string(c["contact_notes"]), "Called.") {
		t.Errorf("%v\n%s", err, stdout)
	}
}
