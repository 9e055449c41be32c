package connector

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// copyScopes are those of a token that reads what a copy takes.
var copyScopes = append([]string{"locations/tasks.readonly", "businesses.readonly", "objects/record.readonly", "opportunities.readonly", "pipelines.readonly"}, readScopes...)

// copySettings are those by which write adds nothing of its own to a copy and takes no id of the other location for one of its own.
var copySettings = map[string]any{"tags": []string{}, "source": "", "default_country": "", "create_missing_custom_fields": true,
	"field_mapping": []map[string]any{{"from": "id", "to": ""}, {"from": "contact_id", "to": ""}, {"from": "dateAdded", "to": ""}, {"from": "dateUpdated", "to": ""}}}

// TestCopy: a read of one location piped into a write of another makes that one equal by keys, with none of the first one's ids; the second
// time it makes no write.
func TestCopy(t *testing.T) {
	t.Parallel() // opportunities are looked for a while after the last ones were written
	people := 2000
	if testing.Short() {
		people = 300
	}
	own := []sandbox.CustomField{{Name: "Shoe size", Key: "shoe_size", DataType: "NUMERICAL"}, {Name: "Motto", Key: "motto", DataType: "TEXT"}}
	fields := slices.Concat(sandbox.DefaultCustomFields(), sandbox.DefaultBusinessFields(), sandbox.DefaultOpportunityFields())
	a := newPlace(t, sandbox.Options{LocationID: "locationA", Burst: 10_000, Scopes: copyScopes, CustomFields: slices.Concat(fields, own), Users: sandbox.DefaultUsers(), Pipelines: sandbox.DefaultPipelines(),
		LostReasons: []sandbox.LostReason{{ID: "reason00000000000001", Name: "No answer"}}}, nil)
	b := newPlace(t, sandbox.Options{LocationID: "locationB", Burst: 10_000, CustomFields: fieldsWithoutIDs(fields), Pipelines: withoutIDs(), LostReasons: []sandbox.LostReason{{Name: "Too dear"}, {Name: "No answer"}},
		Users: []sandbox.User{{Name: "Tara Tan", Email: "tara.tan@example.com"}, {Name: "Rosa Reyes", Email: "rosa.reyes@example.com"}}}, copySettings)
	populate(a.Server, people)
	for _, p := range []place{a, b} {
		p.put(t, "catalog.json", copyCatalog(t, a))
	}
	a.ResetCounts()
	if said := copied(t, a, b); strings.Contains(said, "rejected, ") {
		t.Fatalf("%.3000s", said)
	}
	want, got := portrait(a.Server), portrait(b.Server)
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
	if most := people + people/10; a.Writes() > 0 || a.Total() > most { // one for the notes of each contact
		t.Errorf("%d requests to read %d people: %v", a.Total(), people, a.Requests())
	}
	rows, requests := len(want), b.Total()
	if most := rows*21/20 + people/12; requests > most { // why an opportunity is lost takes a request of its own
		t.Errorf("%d requests for %d rows: %v", requests, rows, b.Requests())
	}
	before := b.Writes()
	if said := copied(t, a, b); b.Writes() != before {
		t.Errorf("again: %d writes, %v: %.3000s", b.Writes()-before, b.WritesByKind(), said)
	}
	if again := b.Total() - requests; again > people*3/5 { // a read for each contact with a note
		t.Errorf("again: %d requests", again)
	}
}

// copied pipes a read of one location into a write of another, and gives what that said.
func copied(t *testing.T, from, to place) string {
	t.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		var stderr printed
		code := Run(t.Context(), IO{Stdin: strings.NewReader(""), Stdout: in, Stderr: &stderr}, []string{"read", "--config", from.dir + "/config.json", "--catalog", from.dir + "/catalog.json"})
		_ = in.Close() // the write sees its end, or that it does not come
		read <- fmt.Sprint(code, stderr.String())
	}()
	var stdout, stderr printed
	code := Run(t.Context(), IO{Stdin: out, Stdout: &stdout, Stderr: &stderr}, []string{"write", "--config", to.dir + "/config.json", "--catalog", to.dir + "/catalog.json"})
	if said := <-read; code != exitOK || said != "0" {
		t.Fatalf("read: %s; write: exit code %d\n%.3000s%.3000s", said, code, stdout.String(), stderr.String())
	}
	return stdout.String() + stderr.String()
}

// copyCatalog chooses of what can be read all that a copy writes, in that order.
func copyCatalog(t *testing.T, p place) string {
	t.Helper()
	stdout, _ := p.run(t, exitOK, "discover", "--source")
	var told struct {
		Catalog struct{ Streams []map[string]any }
	}
	if err := json.Unmarshal([]byte(stdout), &told); err != nil {
		t.Fatal(err)
	}
	var streams []map[string]any
	for _, s := range told.Catalog.Streams {
		if slices.Contains([]any{"businesses", "contacts", "notes", "tasks", "opportunities"}, s["name"]) {
			streams = append(streams, map[string]any{"stream": s, "sync_mode": "full_refresh", "destination_sync_mode": "append_dedup", "primary_key": s["source_defined_primary_key"], "cursor_field": s["default_cursor_field"]})
		}
	}
	catalog, err := json.Marshal(map[string]any{"streams": streams})
	if err != nil || len(streams) != 5 {
		t.Fatalf("%d streams to copy, %v", len(streams), err)
	}
	return string(catalog)
}

// fieldsWithoutIDs are the fields of another location, which has ids of its own for them.
func fieldsWithoutIDs(fields []sandbox.CustomField) []sandbox.CustomField {
	fields = slices.Clone(fields)
	for i := range fields {
		fields[i].ID = ""
	}
	return fields
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
	pipeline, user, keys := sandbox.DefaultPipelines()[0], sandbox.DefaultUsers()[0], map[string]string{}
	for _, f := range s.CustomFields() {
		keys[f.Key] = f.ID
	}
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	businesses := []string{}
	for i := range 10 {
		businesses = append(businesses, s.PutBusiness(sandbox.Business{Properties: map[string]any{"name": fmt.Sprint("Works ", i), "website": fmt.Sprintf("https://w%d.example.com", i),
			"postalcode": fmt.Sprint("0210", i), "account_number": fmt.Sprint("A-", i), "employees": float64(i), "industry": "retail", "services": []string{"events", "web_design"}, "founded": "1985-09-06T00:00:00.000Z"}}))
	}
	for i := range people {
		c := sandbox.Person(i)
		c.ID, c.Tags = "", []string{"customer"}
		c.CustomFields = map[string]any{keys["contact.customer_number"]: fmt.Sprint("N-", i), keys["contact.interests"]: []string{"News", "Events"}, keys["contact.member_since"]: "2020-02-29",
			keys["contact.size"]: "Large", keys["contact.shoe_size"]: float64(36 + i%10), keys["contact.motto"]: fmt.Sprint("Say ", i)}
		c.Fields["businessId"], c.Fields["companyName"] = businesses[i%10], fmt.Sprint("Works ", i%10)
		if i%2 == 0 { // else the location tells the id alone
			c.Fields["businessName"] = fmt.Sprint("Works ", i%10)
		}
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
			deal := sandbox.Opportunity{ContactID: id, Name: fmt.Sprint("Deal ", i), PipelineID: pipeline.ID, StageID: pipeline.Stages[i%3].ID, Status: "open", Value: float64(i), AssignedTo: user.ID, Source: "fair",
				CustomFields: map[string]any{keys["opportunity.deal_number"]: fmt.Sprint("D-", i), keys["opportunity.products"]: []string{"Web", "Print"}}}
			switch i % 12 {
			case 4:
				deal.Status, deal.LostReasonID = "lost", "reason00000000000001"
			case 8:
				deal.Status = "won"
			}
			s.PutOpportunity(deal)
		}
	}
}

// portrait is what a location holds by keys that mean the same in each: emails and names in place of ids.
func portrait(s *sandbox.Server) map[string]any {
	things, emails, businesses, names, keys := map[string]any{}, map[any]string{}, map[any]any{}, map[string]string{}, map[string]string{}
	o := s.Options()
	for _, u := range o.Users {
		names[u.ID] = u.Email
	}
	for _, reason := range o.LostReasons {
		names[reason.ID] = reason.Name
	}
	for _, p := range o.Pipelines {
		for _, stage := range p.Stages {
			names[stage.ID] = p.Name + ", " + stage.Name
		}
	}
	for _, f := range s.CustomFields() {
		keys[f.ID] = f.Key
	}
	byKey := func(custom map[string]any) map[string]any {
		values := map[string]any{}
		for id, v := range custom {
			values[keys[id]] = v
		}
		return values
	}
	for _, b := range s.Businesses() {
		businesses[b.ID] = b.Properties["name"]
		things[fmt.Sprint("business ", b.Properties["name"])] = b.Properties
	}
	for _, c := range s.Contacts() {
		emails[c.ID] = c.Fields["email"].(string)
		about := map[string]any{"tags": c.Tags, "business": businesses[c.Fields["businessId"]], "custom": byKey(c.CustomFields)}
		for name, v := range c.Fields {
			if name != "businessId" && name != "businessName" && name != "assignedTo" && name != "dndSettings" {
				about[name] = v
			}
		}
		owner, _ := c.Fields["assignedTo"].(string)
		about["owner"] = names[owner]
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
		things["task of "+emails[task.ContactID]] = []any{task.Title, task.Due.UTC(), task.Completed, names[task.AssignedTo]}
	}
	for _, deal := range s.Opportunities() {
		things["deal of "+emails[deal.ContactID]] = []any{deal.Name, names[deal.StageID], deal.Status, names[deal.LostReasonID], deal.Value, names[deal.AssignedTo], deal.Source, byKey(deal.CustomFields)}
	}
	return things
}
