package integration_tests

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

const streamsCatalog = `{"streams":[
{"stream":{"name":"stops","json_schema":{}},"destination_sync_mode":"append"},
{"stream":{"name":"companies","json_schema":{}},"destination_sync_mode":"append_dedup","primary_key":[["name"]]},
{"stream":{"name":"people","json_schema":{"properties":{"email":{}}}},"destination_sync_mode":"append_dedup","primary_key":[["email"]]},
{"stream":{"name":"calls","json_schema":{}},"destination_sync_mode":"append_dedup","primary_key":[["id"]]},
{"stream":{"name":"todos","json_schema":{}},"destination_sync_mode":"append_dedup","primary_key":[["id"]]},
{"stream":{"name":"deals","json_schema":{}},"destination_sync_mode":"append_dedup","primary_key":[["deal_number"]]}]}`

// streamsSettings: each stream is of another object.
func streamsSettings() jsonObject {
	var streams []any
	for _, of := range [][2]string{{"stops", "suppressions"}, {"companies", "businesses"}, {"people", "contacts"}, {"calls", "notes"}, {"todos", "tasks"}} {
		streams = append(streams, jsonObject{"name": of[0], "object": of[1]})
	}
	return jsonObject{"on_delete": "delete", "create_missing_businesses": true,
		"streams": append(streams, jsonObject{"name": "deals", "object": "opportunities", "match_on": []any{"custom_field:deal_number"}})}
}

// whatStreamsSay are records about somebody new and about somebody who is there, with a note, a task and three opportunities.
const whatStreamsSay = `
stops {"email":"old@example.com","dnd_sms":true}
companies {"name":"Acme","phone":"(202) 555-0142","email":"info@example.com","website":"example.com","address":"1 Main St","city":"Boston","state":"MA","postal_code":"02101","country":"US","description":"engines"}
companies {"name":"Bolt","account_number":"A-1"}
companies {"name":"There","account_number":"A-2","city":"Rome"}
people {"email":"new@example.com","business":"Acme"}
people {"email":"old@example.com","business":"Missing"}
calls {"id":1,"email":"new@example.com","body":"Called.","title":"Call","author":"rosa.reyes@example.com","pinned":true,"color":"#ff0000"}
calls {"id":1,"email":"old@example.com","body":"Called again."}
calls {"id":2,"email":"old@example.com","_ab_cdc_deleted_at":"2026-01-01"}
todos {"id":1,"email":"new@example.com","title":"Call","description":"soon","due":"2026-12-24","status":"done","assigned_to":"Rosa Reyes"}
todos {"id":1,"email":"old@example.com","title":"Write","due":"2026-12-24T10:30:00Z"}
todos {"id":2,"email":"old@example.com","_ab_cdc_deleted_at":"2026-01-01"}
deals {"deal_number":"D-1","email":"new@example.com","pipeline":"Sales","stage":"Contacted","name":"Roof","status":"open","value":12.5,"owner":"Rosa Reyes","source":"web","seats":3,"products":"Web"}
deals {"deal_number":"D-2","email":"new@example.com","pipeline":"Onboarding","name":"Gutter","status":"lost","lost_reason":"No answer"}
deals {"deal_number":"D-3","email":"old@example.com","pipeline":"Sales","stage":"Closed","name":"Door","status":"lost","lost_reason":"No answer","value":7}
deals {"deal_number":"D-4","email":"old@example.com","_ab_cdc_deleted_at":"2026-01-01"}
`

// streamsSaid is what the program must have asked for to write them all.
var streamsSaid = []string{"DELETE /contacts/{contactId}/notes/{id}", "DELETE /contacts/{contactId}/tasks/{taskId}", "DELETE /opportunities/{id}",
	"POST /businesses/", "POST /contacts/", "POST /contacts/bulk/business", "POST /contacts/{contactId}/notes", "POST /contacts/{contactId}/tasks",
	"POST /objects/{schemaKey}/records", "POST /opportunities/", "PUT /businesses/{businessId}", "PUT /contacts/{contactId}",
	"PUT /contacts/{contactId}/notes/{id}", "PUT /contacts/{contactId}/tasks/{taskId}", "PUT /opportunities/{id}", "PUT /opportunities/{id}/status"}

// TestContractOfStreams holds what the program sends for streams of all objects, and the answers, to the vendor's description.
func TestContractOfStreams(t *testing.T) {
	t.Parallel()
	s := newContractStage(t, sandbox.Options{Burst: 100_000}, false)
	old := s.Put(sandbox.Contact{Fields: jsonObject{"email": "old@example.com", "country": "US", "source": "web"}, Tags: []string{"heropixel"}})
	s.PutBusiness(sandbox.Business{Properties: jsonObject{"name": "There", "account_number": "A-2"}})
	due := time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)
	for i := range 2 {
		s.PutNote(sandbox.Note{ContactID: old, Body: fmt.Sprintf("Old\n[ref:calls/%d]", i+1)})
		s.PutTask(sandbox.Task{ContactID: old, Title: "Old", Body: fmt.Sprintf("[ref:todos/%d]", i+1), Due: due})
		s.PutOpportunity(sandbox.Opportunity{ContactID: old, Name: "Old", PipelineID: "plSales0000000000001", Status: []string{"open", "won"}[i],
			CustomFields: map[string]any{"ofText00000000000001": fmt.Sprint("D-", i+3)}})
	}
	var input strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(whatStreamsSay), "\n") {
		stream, data, _ := strings.Cut(line, " ")
		fmt.Fprintf(&input, `{"type":"RECORD","record":{"stream":%q,"emitted_at":1,"data":%s}}`+"\n", stream, data)
	}
	messages, code := s.run(t, "write", streamsSettings(), streamsCatalog, input.String())
	if code != 0 || strings.Contains(own(messages, ""), "rejected, ") {
		t.Fatalf("exit code %d: %s", code, own(messages, ""))
	}
	v := readVendor(t).load(t, s.Routes(), slices.Concat(defects, belongingDefects, opportunityDefects))
	asked := map[string]bool{}
	for _, e := range s.exchanges {
		if err := v.judge(e); err != nil {
			t.Error(err)
		}
		if op, found := v.find(e.method, e.url.Path); found {
			asked[op.name] = asked[op.name] || e.status/100 == 2
		}
	}
	for _, op := range streamsSaid {
		if !asked[op] {
			t.Errorf("the program has not asked for %s", op)
		}
	}
}
