package integration_tests

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// TestTheClientInEachVariant: it understands what belongs to contacts whatever the sandbox makes of an open question.
func TestTheClientInEachVariant(t *testing.T) {
	t.Parallel()
	for _, v := range sandbox.Variants() {
		t.Run(v.String(), func(t *testing.T) {
			sayChildren(t, sandbox.Options{Variant: v})
			sayOpportunities(t, sandbox.Options{Variant: v})
			sayCalendars(t, sandbox.Options{Variant: v})
		})
	}
}

// sayChildren makes the client send each request about notes and tasks, and gives what went to and fro.
func sayChildren(t *testing.T, o sandbox.Options) []exchange {
	t.Helper()
	r, client, must := contractClient(t, o)
	ctx, contact, other := t.Context(), r.Put(sandbox.Contact{}), r.Put(sandbox.Contact{})
	users, err := client.Users(ctx)
	must(err)
	note, err := client.CreateNote(ctx, contact, jsonObject{"body": "called", "title": "Call", "userId": users[0].ID, "color": "#FFAA00", "pinned": true})
	must(err)
	_, err = client.UpdateNote(ctx, contact, note.ID, jsonObject{"body": "called again", "title": nil, "pinned": false})
	must(err)
	task, err := client.CreateTask(ctx, contact, jsonObject{"title": "Call", "body": "about the roof", "dueDate": "2030-01-02T03:04:05Z", "completed": false, "assignedTo": users[0].ID})
	must(err)
	_, err = client.UpdateTask(ctx, contact, task.ID, jsonObject{"completed": true, "body": nil})
	must(err)
	_, err = client.CreateTask(ctx, other, jsonObject{"title": "Visit", "dueDate": "2030-01-02T03:04:05Z", "completed": false})
	must(err)

	notes, err := client.Notes(ctx, contact)
	must(err)
	if len(notes) != 1 || !strings.Contains(notes[0].Fields["body"].(string), "called again") || notes[0].Fields["pinned"] != false || notes[0].Fields["userId"] != users[0].ID {
		t.Errorf("notes %+v", notes)
	}
	tasks, err := client.Tasks(ctx, contact)
	must(err)
	if len(tasks) != 1 || tasks[0].Fields["title"] != "Call" || tasks[0].Fields["completed"] != true || tasks[0].Fields["assignedTo"] != users[0].ID {
		t.Errorf("tasks %+v", tasks)
	}
	both := []string{contact, other}
	for range 48 {
		both = append(both, r.Put(sandbox.Contact{}))
	}
	tasks, err = client.SearchTasks(ctx, both)
	must(err)
	of := map[string]bool{}
	for _, task := range tasks {
		of[task.ContactID] = true
	}
	if len(tasks) != 2 || !of[contact] || !of[other] {
		t.Errorf("tasks of both %+v", tasks)
	}
	must(client.DeleteNote(ctx, contact, note.ID))
	must(client.DeleteTask(ctx, contact, task.ID))
	for what, err := range map[string]error{"note": client.DeleteNote(ctx, contact, note.ID), "task": client.DeleteTask(ctx, contact, task.ID)} {
		if err == nil || ghl.KindOf(err) != ghl.Gone {
			t.Errorf("a %s that is deleted twice: %v", what, err)
		}
	}
	return r.exchanges
}

// sayOpportunities makes the client send each request about opportunities, and gives what went to and fro.
func sayOpportunities(t *testing.T, o sandbox.Options) []exchange {
	t.Helper()
	r, client, must := contractClient(t, o)
	ctx, contact := t.Context(), r.Put(sandbox.Contact{})
	pipelines, err := client.Pipelines(ctx)
	must(err)
	reasons, err := client.LostReasons(ctx)
	must(err)
	users, err := client.Users(ctx)
	must(err)
	_, err = client.LocationTags(ctx)
	must(err)
	fields, err := client.OpportunityFields(ctx)
	must(err)
	at := pipelines[0]
	body := ghl.OpportunityBody{Fields: jsonObject{"pipelineId": at.ID, "pipelineStageId": at.Stages[0].ID, "name": "Roof", "status": "open",
		"monetaryValue": 5, "assignedTo": users[0].ID, "source": "web"}}
	for _, f := range fields {
		if f.DataType == "TEXT" {
			body.Custom = append(body.Custom, ghl.CustomFieldValue{ID: f.ID, Value: "K-1"})
		}
	}
	created, err := client.CreateOpportunity(ctx, contact, body)
	must(err)
	_, err = client.CreateOpportunity(ctx, contact, body)
	var double *ghl.Error
	if !errors.As(err, &double) || double.Reason != ghl.OpportunityExists || double.ExistingID != created.ID {
		t.Errorf("a second open opportunity: %v", err)
	}
	_, err = client.UpdateOpportunity(ctx, created.ID, ghl.OpportunityBody{Fields: jsonObject{"pipelineStageId": at.Stages[1].ID, "monetaryValue": nil}, Custom: body.Custom})
	must(err)
	must(client.SetOpportunityStatus(ctx, created.ID, "lost", reasons[0].ID))
	told, err := client.GetOpportunity(ctx, created.ID)
	must(err)
	if told.Fields["status"] != "lost" || told.Fields["lostReasonId"] != reasons[0].ID || told.Fields["pipelineStageId"] != at.Stages[1].ID || told.ContactID != contact {
		t.Errorf("the opportunity is %+v", told)
	}
	const many = 105 // more than a page
	for range many {
		r.PutOpportunity(sandbox.Opportunity{ContactID: contact, PipelineID: at.ID, Name: "Gutter", Status: "won"})
	}
	for what, q := range map[string]ghl.OpportunityQuery{"pipeline": {PipelineID: at.ID}, "contact": {ContactID: contact}, "location": {}} {
		for _, custom := range []bool{false, true} {
			q.Custom = custom
			all, err := client.Opportunities(ctx, q)
			must(err)
			values := slices.ContainsFunc(all, func(o ghl.Opportunity) bool {
				return o.ID == created.ID && len(o.Custom) == len(body.Custom) && o.Custom[0].Value == "K-1"
			})
			if len(all) != many+1 || custom && !values {
				t.Errorf("%s: %d opportunities, custom fields told: %t", what, len(all), values)
			}
		}
	}
	must(client.DeleteOpportunity(ctx, created.ID))
	if _, err := client.GetOpportunity(ctx, created.ID); err == nil || ghl.KindOf(err) != ghl.Gone {
		t.Errorf("an opportunity that is deleted: %v", err)
	}
	return r.exchanges
}
