package source

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// dealServer is a sandbox with so many opportunities.
func dealServer(variant sandbox.Variant, n int) *sandbox.Server {
	server := sandbox.New(sandbox.Options{Variant: variant, AllowDuplicateOpportunities: true, LostReasons: []sandbox.LostReason{{ID: "reason00000000000001", Name: "No answer"}},
		Users: []sandbox.User{{ID: "user0000000000000001", Name: "Ada", Email: "ada@example.com"}}})
	contact, pipeline := server.Put(sandbox.Contact{Fields: map[string]any{"email": "bo@example.com", "phone": "+12025550101"}}), sandbox.DefaultPipelines()[0]
	for i := range n {
		server.PutOpportunity(sandbox.Opportunity{ContactID: contact, Name: fmt.Sprint("Deal ", i), PipelineID: pipeline.ID, StageID: pipeline.Stages[1].ID, Status: "lost", LostReasonID: "reason00000000000001",
			AssignedTo: "user0000000000000001", Source: "web", Value: 12.5, CustomFields: map[string]any{"ofText00000000000001": fmt.Sprint("D-", i), "ofMultipleOption0004": []string{"Web", "Events"}}})
	}
	return server
}

// TestOpportunitiesAreRowsThatWriteTakes, whichever search tells their custom fields: names in place of ids.
func TestOpportunitiesAreRowsThatWriteTakes(t *testing.T) {
	for _, variant := range []sandbox.Variant{0, sandbox.ValuesByDetail} {
		server := dealServer(variant, 1)
		s, pipeline := open(t, server).opportunities(), sandbox.DefaultPipelines()[0]
		got := read(t, s, &sink{})
		if len(got.rows) != 1 || len(got.states) != 1 {
			t.Fatalf("%d rows, %d states", len(got.rows), len(got.states))
		}
		deal := server.Opportunities()[0]
		for column, want := range map[string]any{"id": deal.ID, "contact_id": deal.ContactID, "contact_email": "bo@example.com", "contact_phone": "+12025550101", "name": "Deal 0",
			"pipeline": pipeline.Name, "stage": pipeline.Stages[1].Name, "status": "lost", "value": 12.5, "owner": "ada@example.com", "lost_reason": "No answer", "source": "web",
			"deal_number": "D-0", "products": []any{"Web", "Events"}, "seats": nil, "updatedAt": deal.Updated.Format("2006-01-02T15:04:05.000Z")} {
			if v, told := got.rows[0][column]; !told || !reflect.DeepEqual(v, want) {
				t.Errorf("%v: %s is %v (told: %v), want %v", variant, column, v, told, want)
			}
		}
		expectDeclared(t, s, got.rows)
	}
}

// TestReadingOpportunitiesCostsARequestPerPage, and one more where the listing does not tell custom fields. An incremental read asks for
// those of what has changed alone.
func TestReadingOpportunitiesCostsARequestPerPage(t *testing.T) {
	const list, search = "GET /opportunities/search", "POST /opportunities/search"
	for variant, want := range map[sandbox.Variant]int{0: 3, sandbox.ValuesByDetail: 0} {
		server := dealServer(variant, 250)
		s := open(t, server).opportunities()
		if rows, requests, err := s.Estimate(context.Background(), nil); rows != 250 || requests != 6 || err != nil {
			t.Errorf("estimate: %d rows by %d requests, %v", rows, requests, err)
		}
		server.ResetCounts()
		first := read(t, s, &sink{})
		if asked := server.Requests(); len(first.rows) != 250 || len(first.states) != 3 || asked[list] != 3 || asked[search] != want {
			t.Errorf("%v: %d rows, %d states, requests %v", variant, len(first.rows), len(first.states), asked)
		}
		changed := server.Opportunities()[7]
		changed.Name, changed.Updated = "Other", changed.Updated.Add(time.Minute)
		server.PutOpportunity(changed)
		server.ResetCounts()
		next := read(t, s, first)
		if asked := server.Requests(); len(next.rows) != 1 || next.rows[0]["name"] != "Other" || next.rows[0]["deal_number"] != "D-7" || asked[list] != 3 || asked[search] != min(want, 1) {
			t.Errorf("%v: %d rows since, requests %v", variant, len(next.rows), asked)
		}
		if rest := read(t, s, &sink{states: first.states[:1]}); len(rest.rows) != 150 {
			t.Errorf("%d rows after the first page of 100, want 150", len(rest.rows))
		}
	}
}

// TestADealThatTheOtherSearchDoesNotKnowYet comes without its custom fields, and again with them.
func TestADealThatTheOtherSearchDoesNotKnowYet(t *testing.T) {
	server := dealServer(0, 3)
	blind := true
	l := openThrough(t, server, roundTripper(func(r *http.Request) *http.Response {
		w := httptest.NewRecorder()
		if r.Body == nil {
			r.Body = http.NoBody
		}
		server.ServeHTTP(w, r)
		if blind && r.Method == http.MethodPost {
			var found map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &found); err != nil {
				t.Fatal(err)
			}
			found["opportunities"] = found["opportunities"].([]any)[:2]
			w.Body.Reset()
			if err := json.NewEncoder(w.Body).Encode(found); err != nil {
				t.Fatal(err)
			}
		}
		return w.Result()
	}))
	first := read(t, l.opportunities(), &sink{})
	blind = false
	second := read(t, l.opportunities(), first)
	if _, told := first.rows[2]["deal_number"]; len(first.rows) != 3 || told || len(second.rows) != 1 || second.rows[0]["id"] != first.rows[2]["id"] || second.rows[0]["deal_number"] == nil {
		t.Errorf("first %v, then %v", first.rows, second.rows)
	}
}

// roundTripper is a server in the process.
type roundTripper func(*http.Request) *http.Response

// RoundTrip implements [http.RoundTripper].
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	return f(r.Clone(r.Context())), nil
}
