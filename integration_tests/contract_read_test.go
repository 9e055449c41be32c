package integration_tests

import (
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// sourceAsks is what the program must have asked for to read all streams.
var sourceAsks = []string{"GET /businesses/", "GET /contacts/{contactId}/notes", "GET /custom-fields/object-key/{objectKey}", "GET /locations/{locationId}/customFields",
	"GET /opportunities/lost-reason", "GET /opportunities/pipelines", "GET /opportunities/search", "GET /users/", "POST /contacts/search",
	"POST /locations/{locationId}/tasks/search", "POST /objects/{schemaKey}/records/search", "POST /opportunities/search"}

// TestContractOfReading holds what the program asks for all streams, and the answers, to the vendor's description.
func TestContractOfReading(t *testing.T) {
	t.Parallel()
	v := readVendor(t).load(t, sandbox.New(sandbox.Options{}).Routes(), slices.Concat(defects, belongingDefects, opportunityDefects))
	asked := map[string]bool{}
	for _, fields := range [][]sandbox.CustomField{nil, sandbox.DefaultCustomFields()} {
		s := newContractStage(t, sandbox.Options{CustomFields: fields, Users: sandbox.DefaultUsers(), LostReasons: []sandbox.LostReason{{ID: "reason00000000000001", Name: "No answer"}}}, false)
		s.Seed(120)
		s.SeedWork()
		pipeline := sandbox.DefaultPipelines()[0]
		for _, c := range s.Contacts() {
			s.PutBusiness(sandbox.Business{Properties: jsonObject{"name": "Acme " + c.ID}})
			s.PutOpportunity(sandbox.Opportunity{ContactID: c.ID, Name: "Lost", PipelineID: pipeline.ID, StageID: pipeline.Stages[0].ID, Status: "lost", LostReasonID: "reason00000000000001"})
		}
		var configured []string
		for _, d := range s.discover(t) {
			configured = append(configured, d.configured(t, "full_refresh"))
		}
		if messages, code := s.run(t, "read", nil, `{"streams":[`+strings.Join(configured, ",")+`]}`, ""); code != 0 {
			t.Fatalf("exit code %d: %s", code, own(messages, ""))
		}
		for _, e := range s.exchanges {
			if err := v.judge(e); err != nil {
				t.Error(err)
			}
			if op, found := v.find(e.method, e.url.Path); found {
				asked[op.name] = asked[op.name] || e.status/100 == 2
			}
		}
	}
	for _, op := range sourceAsks {
		if !asked[op] {
			t.Errorf("the program has not asked for %s", op)
		}
	}
}
