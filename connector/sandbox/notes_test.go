package sandbox

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// told gives what an answer says of a thing.
func told(answer object, thing string) object { return answer[thing].(object) }

func TestNotesOfAContact(t *testing.T) {
	c := newClient(t, Options{})
	ann := c.create(`"email":"ann@example.com"`)
	at := "/contacts/" + ann + "/notes"
	note := told(c.ok(201, "POST", at, `{"body":"called\nleft a message","userId":"usr00000000000000001"}`), "note")
	id := note["id"].(string)
	equal(t, "told", []any{note["contactId"], note["body"], note["userId"], note["title"], note["pinned"]}, []any{ann, "called\nleft a message", "usr00000000000000001", nil, false})
	c.ok(201, "POST", at, `{"body":"second"}`)
	equal(t, "changed", told(c.ok(200, "PUT", at+"/"+id, `{"title":"Call","pinned":true}`), "note")["body"], "called\nleft a message")
	equal(t, "read", told(c.ok(200, "GET", at+"/"+id, ""), "note")["title"], "Call")
	equal(t, "listed", len(c.ok(200, "GET", at, "")["notes"].([]any)), 2)
	c.ok(200, "DELETE", at+"/"+id, "")
	equal(t, "left", len(c.Notes()), 1)
	equal(t, "writes", c.WritesByKind(), map[string]int{"contacts": 1, "notes": 4})
	c.ok(200, "DELETE", "/contacts/"+ann, "")
	equal(t, "of nobody", len(c.Notes()), 0)
}

func TestTasksOfAContact(t *testing.T) {
	c := newClient(t, Options{})
	ann := c.create(`"email":"ann@example.com"`)
	at := "/contacts/" + ann + "/tasks"
	task := told(c.ok(201, "POST", at, `{"title":"Call","dueDate":"2026-10-25T11:00:00+02:00","completed":false,"body":"soon"}`), "task")
	id := task["id"].(string)
	delete(task, "id")
	equal(t, "told", task, object{"contactId": ann, "title": "Call", "dueDate": "2026-10-25T09:00:00.000Z", "completed": false, "body": "soon"})
	c.ok(200, "PUT", at+"/"+id, `{"assignedTo":"usr00000000000000001","body":""}`)
	equal(t, "completed", told(c.ok(200, "PUT", at+"/"+id+"/completed", `{"completed":true}`), "task")["completed"], true)
	equal(t, "read", told(c.ok(200, "GET", at+"/"+id, ""), "task")["assignedTo"], "usr00000000000000001")
	equal(t, "listed", len(c.ok(200, "GET", at, "")["tasks"].([]any)), 1)
	stored := c.Tasks()[0]
	equal(t, "stored", []any{stored.Title, stored.Body, stored.Completed}, []any{"Call", "", true})
	c.ok(200, "DELETE", at+"/"+id, "")
	equal(t, "left", len(c.Tasks()), 0)
	equal(t, "writes", c.WritesByKind(), map[string]int{"contacts": 1, "tasks": 4})
}

func TestNotesAndTasksAreRefused(t *testing.T) {
	c := newClient(t, Options{})
	ann, bob := c.create(`"email":"ann@example.com"`), c.create(`"email":"bob@example.com"`)
	note, task := c.PutNote(Note{ContactID: ann, Body: "x"}), c.PutTask(Task{ContactID: ann, Title: "x"})
	notes, tasks, search := "/contacts/"+ann+"/notes", "/contacts/"+ann+"/tasks", "/locations/"+loc+"/tasks/search"
	for _, tt := range []struct {
		status                        int
		method, path, body, complaint string
	}{
		{422, "POST", notes, `{}`, "body must be a string"},
		{422, "POST", notes, `{"body":" "}`, "body should not be empty"},
		{422, "POST", notes, `{LOC,"body":"x"}`, "property locationId should not exist"},
		{422, "PUT", notes + "/" + note, `{"pinned":"yes"}`, "pinned must be a boolean"},
		{400, "POST", "/contacts/none/notes", `{"body":"x"}`, "Contact with id none not found"},
		{400, "GET", "/contacts/none/notes", ``, "Contact with id none not found"},
		{400, "GET", notes + "/none", ``, "Note with id none not found"},
		{400, "PUT", "/contacts/" + bob + "/notes/" + note, `{"body":"y"}`, "Note with id " + note},
		{400, "DELETE", "/contacts/none/notes/" + note, ``, "Contact with id none not found"},
		{422, "POST", tasks, `{"title":"x","completed":false}`, "dueDate must be a valid ISO 8601"},
		{422, "POST", tasks, `{"title":"x","completed":false,"dueDate":"2026-10-25"}`, "dueDate must be a valid ISO 8601"},
		{422, "POST", tasks, `{"title":"x","dueDate":"2026-10-25T11:00:00Z"}`, "completed must be a boolean"},
		{422, "POST", tasks, `{"title":"","completed":false,"dueDate":"2026-10-25T11:00:00Z"}`, "title should not be empty"},
		{422, "PUT", tasks + "/" + task, `{"contactId":"x"}`, "property contactId should not exist"},
		{422, "PUT", tasks + "/" + task, `{"assignedTo":null}`, "assignedTo must be a string"},
		{422, "PUT", tasks + "/" + task + "/completed", `{}`, "completed must be a boolean"},
		{400, "PUT", tasks + "/none/completed", `{"completed":true}`, "Task with id none not found"},
		{400, "GET", "/contacts/" + bob + "/tasks/" + task, ``, "Task with id " + task},
		{400, "GET", "/contacts/none/tasks", ``, "Contact with id none not found"},
		{400, "DELETE", tasks + "/none", ``, "Task with id none not found"},
		{422, "POST", search, `{"limit":1001}`, "limit must not be greater than 1000"},
		{422, "POST", search, `{"contactId":"` + ann + `"}`, "contactId must be an array"},
		{422, "POST", search, `{"contactId":["` + strings.Repeat(`x","`, 100) + `x"]}`, "no more than 100"},
		{403, "POST", "/locations/elsewhere/tasks/search", `{}`, ""},
	} {
		if status, _, text := c.send(tt.method, tt.path, tt.body); status != tt.status || !strings.Contains(text, tt.complaint) {
			t.Errorf("%s %s %s: %d %s", tt.method, tt.path, tt.body, status, text)
		}
	}
	equal(t, "stored", []any{c.Notes()[0].Body, c.Tasks()[0].Title}, []any{"x", "x"})
}

func TestTasksAreSearched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{IndexLag: time.Minute})
		business := c.PutBusiness(Business{Properties: object{"name": "Acme"}})
		ann, bob := c.Put(Contact{}), c.Put(Contact{})
		c.ok(200, "POST", "/contacts/bulk/business", `{LOC,"businessId":"`+business+`","ids":["`+bob+`"]}`)
		search := func(body string) []any {
			titles := []any{}
			for _, r := range c.ok(200, "POST", "/locations/"+loc+"/tasks/search", body)["tasks"].([]any) {
				if r.(object)["_id"] == nil || r.(object)["id"] != nil {
					t.Errorf("the id of %v", r)
				}
				titles = append(titles, r.(object)["title"])
			}
			return titles
		}
		new := func(contact, title, more string) string {
			return told(c.ok(201, "POST", "/contacts/"+contact+"/tasks", `{"title":"`+title+`","dueDate":"2026-10-25T11:00:00Z"`+more+`}`), "task")["id"].(string)
		}
		done := new(ann, "one", `,"completed":false`)
		new(ann, "two", `,"completed":true,"assignedTo":"usr00000000000000001"`)
		c.PutTask(Task{ContactID: bob, Title: "three", Body: "by hand"})
		equal(t, "what came a moment ago", search(`{}`), []any{"three"})
		time.Sleep(time.Minute)
		both := `"contactId":["` + ann + `","` + bob + `"]`
		equal(t, "of both", len(search(`{`+both+`,"limit":1000}`)), 3)
		equal(t, "of one", search(`{"contactId":["`+ann+`","`+ann+`"]}`), []any{"one", "two"})
		equal(t, "pages", append(search(`{`+both+`,"limit":2}`), search(`{`+both+`,"limit":2,"skip":2}`)...), search(`{`+both+`}`))
		equal(t, "open", search(`{"contactId":["`+ann+`"],"completed":false}`), []any{"one"})
		equal(t, "of a user", search(`{"assignedTo":["usr00000000000000001"]}`), []any{"two"})
		equal(t, "of a business", search(`{"businessId":"`+business+`"}`), []any{"three"})
		equal(t, "a part of a text", search(`{"query":"HAND"}`), []any{"three"})
		c.ok(200, "PUT", "/contacts/"+ann+"/tasks/"+done+"/completed", `{"completed":true}`)
		equal(t, "before the change arrives", search(`{"completed":false,"contactId":["`+ann+`"]}`), []any{"one"})
		c.ok(200, "DELETE", "/contacts/"+ann, "")
		time.Sleep(time.Minute)
		equal(t, "those of a contact that is gone", search(`{}`), []any{"three"})
		for range 30 {
			c.PutTask(Task{ContactID: bob, Title: "more"})
		}
		equal(t, "the usual limit", len(search(`{}`)), 25)
	})
}

// TestATableForgets writes and removes so much that a table tidies up.
func TestATableForgets(t *testing.T) {
	c := newClient(t, Options{})
	kept := c.PutNote(Note{ContactID: "a", Body: "kept"})
	for range 3000 {
		c.DeleteNote(c.PutNote(Note{ContactID: "b", Body: "x"}))
	}
	last := c.PutNote(Note{ContactID: "a", Body: "last"})
	c.PutNote(Note{ID: kept, ContactID: "b", Body: "moved"})
	notes := c.Notes()
	equal(t, "notes", []any{notes[0].ID, notes[1].ID, len(notes)}, []any{last, kept, 2})
	equal(t, "of the first", len(c.notes.stored.of("a")), 1)
	if n := len(c.notes.stored.list); n > 1100 {
		t.Errorf("%d places for 2 notes", n)
	}
}
