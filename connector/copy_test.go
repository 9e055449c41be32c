package connector

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// TestCopy: the rows that a read of one location gives make another one that is equal by keys, with none of the first one's ids, and make no
// write the second time.
func TestCopy(t *testing.T) {
	t.Parallel() // opportunities are looked for a while after the last ones were written
	people := 2000
	if testing.Short() {
		people = 200
	}
	a := sandbox.New(sandbox.Options{LocationID: "locationA", Burst: 10_000, Users: sandbox.DefaultUsers(), Pipelines: sandbox.DefaultPipelines()})
	b := sandbox.New(sandbox.Options{LocationID: "locationB", Burst: 10_000, Pipelines: withoutIDs(), Users: []sandbox.User{{Name: "Tara Tan", Email: "tara.tan@example.com"}, {Name: "Rosa Reyes", Email: "rosa.reyes@example.com"}}})
	populate(a, people)
	rows := rowsOf(a)
	settings := map[string]any{"tags": []string{}, "source": "", "default_country": "", "create_missing_custom_fields": true,
		"field_mapping": []map[string]any{{"from": "id", "to": ""}, {"from": "contact_id", "to": ""}, {"from": "dateAdded", "to": ""}, {"from": "dateUpdated", "to": ""}}}
	catalog := copyCatalog()
	said, code := synced(t, b, settings, catalog, rows...)
	if code != exitOK || strings.Contains(said, "rejected, ") {
		t.Fatalf("%.3000s", said)
	}
	want, got := portrait(a), portrait(b)
	for key := range want {
		if !reflect.DeepEqual(got[key], want[key]) {
			t.Errorf("%s is %v, not %v", key, got[key], want[key])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d things, not %d", len(got), len(want))
	}
	if fields := len(b.CustomFields()); fields != len(a.CustomFields()) {
		t.Errorf("%d custom fields, not %d", fields, len(a.CustomFields()))
	}
	requests := b.Total()
	if most := len(rows) * 21 / 20; requests > most {
		t.Errorf("%d requests for %d rows: %v", requests, len(rows), b.Requests())
	}
	before := b.Writes()
	if said, code := synced(t, b, settings, catalog, rows...); code != exitOK || b.Writes() != before {
		t.Errorf("again: %d writes, %v: %.3000s", b.Writes()-before, b.WritesByKind(), said)
	}
	if again := b.Total() - requests; again > people*3/5 { // a read for each contact with a note
		t.Errorf("again: %d requests", again)
	}
}

func withoutIDs() []sandbox.Pipeline {
	pipelines := sandbox.DefaultPipelines()
	slices.Reverse(pipelines)
	for i := range pipelines {
		pipelines[i].ID, pipelines[i].Stages = "", slices.Clone(pipelines[i].Stages)
		for j := range pipelines[i].Stages {
			pipelines[i].Stages[j].ID = ""
		}
	}
	return pipelines
}

// populate fills a location with people, every second of whom has a note, every third a task, every fourth an opportunity.
func populate(s *sandbox.Server, people int) {
	pipeline, user := sandbox.DefaultPipelines()[0], sandbox.DefaultUsers()[0]
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	businesses := []string{}
	for i := range 10 {
		businesses = append(businesses, s.PutBusiness(sandbox.Business{Properties: map[string]any{"name": fmt.Sprint("Works ", i), "website": fmt.Sprintf("https://w%d.example.com", i)}}))
	}
	for i := range people {
		c := sandbox.Person(i)
		c.ID, c.Tags = "", []string{"customer"}
		c.CustomFields = nil
		c.Fields["businessId"], c.Fields["companyName"] = businesses[i%10], fmt.Sprint("Works ", i%10)
		if i%4 == 0 || i%5 == 0 { // whose opportunity has an owner gets that one
			c.Fields["assignedTo"] = user.ID
		}
		switch i % 7 {
		case 1:
			c.Fields["dnd"] = true
		case 2:
			c.Fields["dndSettings"] = map[string]any{"SMS": map[string]any{"status": "active"}}
		}
		id := s.Put(c)
		if i%2 == 0 {
			s.PutNote(sandbox.Note{ContactID: id, Body: fmt.Sprint("Called about ", i)})
		}
		if i%3 == 0 {
			s.PutTask(sandbox.Task{ContactID: id, Title: fmt.Sprint("Call ", i), Due: day, AssignedTo: user.ID})
		}
		if i%4 == 0 {
			s.PutOpportunity(sandbox.Opportunity{ContactID: id, Name: fmt.Sprint("Deal ", i), PipelineID: pipeline.ID, StageID: pipeline.Stages[i%3].ID, Status: "open", Value: float64(i), AssignedTo: user.ID})
		}
	}
}

// rowsOf are the rows that a read of the location gives, contacts' own ids among them.
func rowsOf(s *sandbox.Server) (rows []string) {
	add := func(stream string, row map[string]any) {
		data, _ := json.Marshal(row)
		rows = append(rows, stream+": "+string(data))
	}
	names, emails := map[any]any{}, map[string]any{}
	user := sandbox.DefaultUsers()[0]
	for _, b := range s.Businesses() {
		names[b.ID] = b.Properties["name"]
		add("businesses", map[string]any{"id": b.ID, "name": b.Properties["name"], "website": b.Properties["website"]})
	}
	for _, c := range s.Contacts() {
		row := map[string]any{"id": c.ID, "tags": c.Tags, "dateAdded": c.DateAdded, "dateUpdated": c.DateUpdated, "business": names[c.Fields["businessId"]]}
		for _, field := range []string{"email", "phone", "firstName", "lastName", "address1", "city", "state", "postalCode", "country", "companyName", "dnd", "source", "website"} {
			row[field] = c.Fields[field]
		}
		if c.Fields["assignedTo"] != nil {
			row["assignedTo"] = user.Email
		}
		if settings, ok := c.Fields["dndSettings"].(map[string]any); ok && settings["SMS"] != nil {
			row["dnd_sms"] = true
		}
		emails[c.ID] = c.Fields["email"]
		add("contacts", row)
	}
	for _, n := range s.Notes() {
		add("notes", map[string]any{"id": n.ID, "contact_id": n.ContactID, "contact_email": emails[n.ContactID], "body": n.Body})
	}
	for _, task := range s.Tasks() {
		add("tasks", map[string]any{"id": task.ID, "contact_id": task.ContactID, "contact_email": emails[task.ContactID], "title": task.Title, "dueDate": task.Due, "completed": task.Completed, "assignedTo": user.Email})
	}
	pipeline := sandbox.DefaultPipelines()[0]
	for _, o := range s.Opportunities() {
		stage := pipeline.Stages[slices.IndexFunc(pipeline.Stages, func(s sandbox.Stage) bool { return s.ID == o.StageID })]
		add("opportunities", map[string]any{"id": o.ID, "contact_id": o.ContactID, "contact_email": emails[o.ContactID], "name": o.Name, "pipeline": pipeline.Name, "stage": stage.Name, "status": o.Status, "value": o.Value, "owner": user.Email})
	}
	return rows
}

func copyCatalog() string {
	catalog := catalogOf(`businesses: {"id":{},"name":{},"website":{}}`,
		`contacts: {"id":{},"email":{},"phone":{},"firstName":{},"lastName":{},"address1":{},"city":{},"state":{},"postalCode":{},"country":{},"companyName":{},"website":{},"source":{},"tags":{},"dnd":{},"dnd_sms":{},"assignedTo":{},"business":{},"dateAdded":{"type":"string","format":"date-time"},"dateUpdated":{"type":"string","format":"date-time"}}`,
		`notes: {"id":{},"contact_id":{},"contact_email":{},"body":{}}`, `tasks: {"id":{},"contact_id":{},"contact_email":{},"title":{},"dueDate":{},"completed":{},"assignedTo":{}}`,
		`opportunities: {"id":{},"contact_id":{},"contact_email":{},"name":{},"pipeline":{},"stage":{},"status":{},"value":{},"owner":{}}`)
	catalog = strings.ReplaceAll(catalog, `{"stream":`, `{"primary_key":[["id"]],"stream":`)
	return strings.Replace(catalog, `"primary_key":[["id"]],"stream":{"name":"contacts"`, `"primary_key":[["id"]],"cursor_field":["dateUpdated"],"stream":{"name":"contacts"`, 1)
}

// portrait is what a location holds by keys that mean the same in each: emails and names in place of ids.
func portrait(s *sandbox.Server) map[string]any {
	things, emails, businesses, users, stages := map[string]any{}, map[any]string{}, map[any]any{}, map[string]string{}, map[string]string{}
	o := s.Options()
	for _, u := range o.Users {
		users[u.ID] = u.Email
	}
	for _, p := range o.Pipelines {
		for _, stage := range p.Stages {
			stages[stage.ID] = p.Name + ", " + stage.Name
		}
	}
	for _, b := range s.Businesses() {
		businesses[b.ID] = b.Properties["name"]
		things[fmt.Sprint("business ", b.Properties["name"])] = b.Properties["website"]
	}
	for _, c := range s.Contacts() {
		emails[c.ID] = c.Fields["email"].(string)
		about := map[string]any{"tags": c.Tags, "business": businesses[c.Fields["businessId"]]}
		for name, v := range c.Fields {
			if name != "businessId" && name != "businessName" && name != "assignedTo" && name != "dndSettings" {
				about[name] = v
			}
		}
		owner, _ := c.Fields["assignedTo"].(string)
		about["owner"] = users[owner]
		channels, _ := c.Fields["dndSettings"].(map[string]any)
		sms, _ := channels["SMS"].(map[string]any)
		about["sms"] = sms["status"]
		things["contact "+emails[c.ID]] = about
	}
	for _, n := range s.Notes() {
		text, _, _ := strings.Cut(n.Body, "\n")
		things["note of "+emails[n.ContactID]] = text
	}
	for _, task := range s.Tasks() {
		things["task of "+emails[task.ContactID]] = []any{task.Title, task.Due.UTC(), task.Completed, users[task.AssignedTo]}
	}
	for _, deal := range s.Opportunities() {
		things["deal of "+emails[deal.ContactID]] = []any{deal.Name, stages[deal.StageID], deal.Status, deal.Value, users[deal.AssignedTo]}
	}
	return things
}
