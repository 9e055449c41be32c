package ghl

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// bareOpportunity has a name and nothing else.
func bareOpportunity(id, contact string) Opportunity {
	o := Opportunity{ID: id, ContactID: contact, Fields: map[string]any{}}
	for _, field := range opportunityFields {
		o.Fields[field] = nil
	}
	o.Fields["name"] = "Deal"
	return o
}

func TestWritesOfOpportunities(t *testing.T) {
	body := OpportunityBody{Fields: map[string]any{"name": "Deal", "assignedTo": nil, "monetaryValue": nil}, Custom: []CustomFieldValue{{"f1", "x"}, {"f2", nil}}}
	const sent = `{"assignedTo":"","customFields":[{"field_value":"x","id":"f1"},{"field_value":"","id":"f2"}],"monetaryValue":0,"name":"Deal"}`
	const created = `{"assignedTo":"","contactId":"c1","customFields":[{"field_value":"x","id":"f1"},{"field_value":"","id":"f2"}],"locationId":"loc1","monetaryValue":0,"name":"Deal"}`
	create := func(c *Client) (Opportunity, error) { return c.CreateOpportunity(t.Context(), "c1", body) }
	update := func(c *Client) (Opportunity, error) { return c.UpdateOpportunity(t.Context(), "o1", body) }
	get := func(c *Client) (Opportunity, error) { return c.GetOpportunity(t.Context(), "o1") }
	bare := bareOpportunity("o1", "c1")
	for _, tt := range []struct {
		call                       func(*Client) (Opportunity, error)
		answer, method, path, sent string
		want                       Opportunity
	}{
		{create, `{"opportunity":{"id":"o1","name":"Deal"}}`, "POST", "/opportunities/", created, bare},
		{update, `{"opportunity":{"id":"o1","name":"Deal","contactId":"c1"}}`, "PUT", "/opportunities/o1", sent, bare},
		{update, `{}`, "PUT", "/opportunities/o1", sent, Opportunity{ID: "o1", Fields: map[string]any{}}},
		{get, `{"opportunity":{"id":"o1","name":"Deal","contactId":"c1"}}`, "GET", "/opportunities/o1", "", bare},
	} {
		got := once(t, 200, tt.answer, func(c *Client) error {
			told, err := tt.call(c)
			if !reflect.DeepEqual(told, tt.want) {
				t.Errorf("%s: got %+v, want %+v", tt.method, told, tt.want)
			}
			return err
		})
		expect(t, got, tt.method, tt.path, tt.sent)
	}
	for reason, sent := range map[string]string{"": `{"status":"won"}`, "r1": `{"lostReasonId":"r1","status":"won"}`} {
		got := once(t, 200, `{"succeded":true}`, func(c *Client) error { return c.SetOpportunityStatus(t.Context(), "o1", "won", reason) })
		expect(t, got, "PUT", "/opportunities/o1/status", sent)
	}
	expect(t, once(t, 200, `{"succeded":true}`, func(c *Client) error { return c.DeleteOpportunity(t.Context(), "o1") }), "DELETE", "/opportunities/o1", "")
}

// TestOpportunitiesRefused: what answers that are refusals, or no answers to what was asked, mean.
func TestOpportunitiesRefused(t *testing.T) {
	create := func(c *Client) error { _, err := c.CreateOpportunity(t.Context(), "c1", OpportunityBody{}); return err }
	update := func(c *Client) error { _, err := c.UpdateOpportunity(t.Context(), "o1", OpportunityBody{}); return err }
	get := func(c *Client) error { _, err := c.GetOpportunity(t.Context(), "o1"); return err }
	status := func(c *Client) error { return c.SetOpportunityStatus(t.Context(), "o1", "won", "") }
	remove := func(c *Client) error { return c.DeleteOpportunity(t.Context(), "o1") }
	pipelines := func(c *Client) error { _, err := c.Pipelines(t.Context()); return err }
	reasons := func(c *Client) error { _, err := c.LostReasons(t.Context()); return err }
	for _, tt := range []struct {
		call   func(*Client) error
		status int
		answer string
		want   Kind
	}{
		{create, 201, `{"opportunity":{"id":"o1","contactId":"c2"}}`, Ambiguous},
		{create, 201, `{"opportunity":{}}`, Ambiguous},
		{create, 201, `{"opportunity":7}`, Ambiguous},
		{create, 422, `{"message":["pipelineId must be a string"]}`, Rejected},
		{create, 400, `{"message":"Contact not found"}`, Rejected},
		{update, 400, `{"message":"Opportunity not found"}`, Gone},
		{update, 404, ``, Gone},
		{update, 400, `{"message":"The pipeline stage is invalid"}`, Rejected},
		{update, 401, `{"message":"The token is not authorized for this scope."}`, ScopeMissing},
		{get, 400, `{"message":"something else"}`, Gone},
		{get, 200, `{}`, Gone},
		{get, 200, `{"opportunity":{"id":"o2"}}`, Bug},
		{status, 200, `{"succeded":false}`, Rejected},
		{status, 404, `{}`, Gone},
		{remove, 404, `{}`, Gone},
		{pipelines, 200, `{}`, Bug},
		{pipelines, 200, `{"pipelines":{}}`, Bug},
		{pipelines, 401, `{"message":"Unauthorized"}`, ScopeMissing},
		{pipelines, 403, `{"message":"Forbidden resource"}`, ScopeMissing},
		{pipelines, 401, `{"message":"Invalid JWT"}`, Unauthorized},
		{pipelines, 403, `{"message":"The token does not have access to this location."}`, Forbidden},
		{pipelines, 403, `<html>`, Forbidden},
		{reasons, 200, `{}`, Bug},
		{reasons, 401, `{"message":"Unauthorized"}`, Unauthorized},
	} {
		if err := tt.call(newTestClient(t, scripted(say(tt.status, tt.answer)))); err == nil || KindOf(err) != tt.want {
			t.Errorf("%d %s: %v, want %s", tt.status, tt.answer, err, tt.want)
		}
	}
	for name, step := range map[string]*script{"503": scripted(say(503, `{}`)), "cut": scripted(sayCut(201, `{"opp`))} {
		synctest.Test(t, func(t *testing.T) {
			_, err := newTestClient(t, step).CreateOpportunity(t.Context(), "c1", OpportunityBody{})
			if KindOf(err) != Ambiguous || len(step.seen) != 1 {
				t.Errorf("%s: %v after %d requests", name, err, len(step.seen))
			}
		})
	}
}

// TestTheOpportunityThatThereIs: a refused double tells which one it would be a double of, by its code and not by its words.
func TestTheOpportunityThatThereIs(t *testing.T) {
	for _, tt := range []struct {
		answer string
		want   Kind
		id     string
	}{
		{`{"statusCode":400,"message":"Can not create duplicate opportunity for the contact.","code":"OPPORTUNITY_NO_DUPLICATE","meta":{"existingId":"o9"}}`, Duplicate, "o9"},
		{`{"message":"","code":"OPPORTUNITY_NO_DUPLICATE"}`, Duplicate, ""},
		{`{"message":"Can not create duplicate opportunity for the contact.","code":"OTHER","meta":[]}`, Rejected, ""},
	} {
		_, err := newTestClient(t, scripted(say(400, tt.answer))).CreateOpportunity(t.Context(), "c1", OpportunityBody{})
		var e *Error
		if !errors.As(err, &e) || e.Kind != tt.want || e.ExistingID != tt.id || (e.Reason == OpportunityExists) != (tt.want == Duplicate) {
			t.Errorf("%s: %+v", tt.answer, e)
		}
	}
}

func TestPipelines(t *testing.T) {
	got := once(t, 200, `{"pipelines":[{"id":"p1","name":"Sales","showInFunnel":true,"stages":[{"id":"s2","name":"Won over","position":1},
		{"id":"s1","name":"New","position":0,"showInFunnel":true}]},{"id":"p2","name":"Empty","stages":[]}]}`, func(c *Client) error {
		pipelines, err := c.Pipelines(t.Context())
		want := []Pipeline{{Named{"p1", "Sales"}, []Named{{"s1", "New"}, {"s2", "Won over"}}}, {Named: Named{"p2", "Empty"}}}
		if !reflect.DeepEqual(pipelines, want) {
			t.Errorf("got %+v", pipelines)
		}
		return err
	})
	expect(t, got, "GET", "/opportunities/pipelines?locationId=loc1", "")
	got = once(t, 200, `{"lostReasons":[{"id":"r1","name":"Price","locationId":"loc1"}],"total":1}`, func(c *Client) error {
		reasons, err := c.LostReasons(t.Context())
		if !slices.Equal(reasons, []Named{{"r1", "Price"}}) {
			t.Errorf("got %+v", reasons)
		}
		return err
	})
	expect(t, got, "GET", "/opportunities/lost-reason?limit=100&locationId=loc1&skip=0", "")
}

// opportunitiesFrom are n rows of c1's in p1 whose ids are the numbers from first on; more is what else a row has.
func opportunitiesFrom(first, n int, more string) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"id":"%d","contactId":"c1","pipelineId":"p1"%s}`, first+i, more)
	}
	return `"opportunities":[` + strings.Join(rows, ",") + `]`
}

// TestOpportunitiesAreCounted by one request that lists hardly any.
func TestOpportunitiesAreCounted(t *testing.T) {
	s := scripted(say(200, `{`+opportunitiesFrom(0, 1, "")+`,"meta":{"total":1203}}`), say(200, `{"meta":{"total":3}}`))
	c := newTestClient(t, s)
	if n, err := c.CountOpportunities(t.Context(), OpportunityQuery{PipelineID: "p1"}); err != nil || n != 1203 {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := c.CountOpportunities(t.Context(), OpportunityQuery{}); KindOf(err) != Bug {
		t.Errorf("an answer without a list: %v", err)
	}
	if got := s.seen[0].uri; !strings.HasSuffix(got, "/opportunities/search?limit=1&location_id=loc1&pipeline_id=p1&status=all") {
		t.Error(got)
	}
}

func TestOpportunitiesArePaged(t *testing.T) {
	const cursor = `,"meta":{"total":103,"startAfter":1628008053263,"startAfterId":"99"}}`
	const next = "/opportunities/search?contact_id=c1&limit=100&location_id=loc1&pipeline_id=p1&startAfter=1628008053263&startAfterId=99&status=all"
	q := OpportunityQuery{PipelineID: "p1", ContactID: "c1"}
	s := scripted(say(200, `{`+opportunitiesFrom(0, 100, "")+cursor), say(200, `{`+opportunitiesFrom(98, 5, "")+cursor))
	all, err := newTestClient(t, s).Opportunities(t.Context(), q)
	if err != nil || len(all) != 103 || len(s.seen) != 2 {
		t.Fatalf("%d opportunities, %v", len(all), err)
	}
	expect(t, s.seen[0], "GET", "/opportunities/search?contact_id=c1&limit=100&location_id=loc1&pipeline_id=p1&status=all", "")
	expect(t, s.seen[1], "GET", next, "")

	for what, tt := range map[string]struct {
		answers  []string
		found    int
		requests int
	}{
		"a whole page is all": {[]string{opportunitiesFrom(0, 100, "") + `,"meta":{"total":100}}`}, 100, 1},
		"pages are short":     {[]string{opportunitiesFrom(0, 20, "") + strings.Replace(cursor, "103", "25", 1), opportunitiesFrom(20, 5, "") + `,"meta":{"total":25}}`}, 25, 2},
		"none":                {[]string{`"opportunities":[],"meta":{"total":0}}`}, 0, 1},
		"no next page":        {[]string{opportunitiesFrom(0, 100, "") + `,"meta":{"startAfter":7}}`}, -1, 1},
		"fewer than counted":  {[]string{opportunitiesFrom(0, 20, "") + cursor, `"opportunities":[],"meta":{"total":103}}`}, -1, 2},
		"one page again":      {[]string{opportunitiesFrom(0, 100, "") + cursor}, -1, 2},
		"more than asked for": {[]string{opportunitiesFrom(0, 101, "") + cursor}, -1, 1},
		"no list":             {[]string{`"meta":{"total":0}}`}, -1, 1},
		"another form":        {[]string{`"opportunities":{}}`}, -1, 1},
		"no id":               {[]string{`"opportunities":[{"contactId":"c1","pipelineId":"p1"}]}`}, -1, 1},
		"of another contact":  {[]string{`"opportunities":[{"id":"1","contactId":"c2","pipelineId":"p1"}]}`}, -1, 1},
		"of another pipeline": {[]string{`"opportunities":[{"id":"1","contactId":"c1","pipelineId":"p2"}]}`}, -1, 1},
		"of nobody":           {[]string{`"opportunities":[{"id":"1","pipelineId":"p1"}]}`}, -1, 1},
	} {
		s := &script{}
		for _, a := range tt.answers {
			s.steps = append(s.steps, say(200, "{"+a))
		}
		all, err := newTestClient(t, s).Opportunities(t.Context(), q)
		if (err != nil) != (tt.found < 0) || err != nil && (KindOf(err) != Bug || all != nil) || err == nil && len(all) != tt.found || len(s.seen) != tt.requests {
			t.Errorf("%s: %d opportunities after %d requests, %v", what, len(all), len(s.seen), err)
		}
	}
}

// TestCustomFieldsOfOpportunities: they are told by one search or the other, and then only that one is asked.
func TestCustomFieldsOfOpportunities(t *testing.T) {
	const values = `,"customFields":[{"id":"f1","fieldValue":"x"},{"id":"f2","type":"number","fieldValueNumber":7.50},{"id":"f3","fieldValueArray":["a"]},{"id":"f4","fieldValueString":null},{"fieldValue":"y"}]`
	want := []CustomFieldValue{{"f1", "x"}, {"f2", json.Number("7.50")}, {"f3", []any{"a"}}}
	for what, tt := range map[string]struct {
		listed, found string   // what the rows of either search have
		methods       []string // of two queries
		want          []CustomFieldValue
	}{
		"the first":  {values, "", []string{"GET", "GET"}, want},
		"the second": {"", values, []string{"GET", "POST", "POST"}, want},
		"spelt":      {"", strings.Replace(values, "customFields", "custom_fields", 1), []string{"GET", "POST", "POST"}, want},
		"neither":    {"", `,"customFields":[]`, []string{"GET", "POST", "GET", "POST"}, nil},
	} {
		var methods []string
		s := scripted(func(r *http.Request) (*http.Response, error) {
			methods = append(methods, r.Method)
			return answer(200, `{`+opportunitiesFrom(0, 2, map[string]string{"GET": tt.listed, "POST": tt.found}[r.Method])+`,"total":2}`), nil
		})
		c := newTestClient(t, s)
		for range 2 {
			all, err := c.Opportunities(t.Context(), OpportunityQuery{ContactID: "c1", Custom: true})
			if err != nil || len(all) != 2 || !reflect.DeepEqual(all[0].Custom, tt.want) {
				t.Errorf("%s: %+v, %v", what, all, err)
			}
		}
		if !slices.Equal(methods, tt.methods) {
			t.Errorf("%s: asked %v", what, methods)
		}
	}
	pages := scripted(say(200, `{`+opportunitiesFrom(0, 100, "")+`,"meta":{"total":102,"startAfter":7,"startAfterId":"99"}}`), say(201, `{`+opportunitiesFrom(0, 100, values)+`,"total":102}`),
		say(201, `{`+opportunitiesFrom(100, 2, values)+`,"total":102}`))
	all, err := newTestClient(t, pages).Opportunities(t.Context(), OpportunityQuery{ContactID: "c1", Custom: true})
	if err != nil || len(all) != 102 || len(pages.seen) != 3 || !reflect.DeepEqual(all[0].Custom, want) || !reflect.DeepEqual(all[101].Custom, want) {
		t.Errorf("in pages: %d after %d requests, %v", len(all), len(pages.seen), err)
	}
	order := scripted(say(200, `{`+opportunitiesFrom(0, 100, "")+`,"meta":{"total":102,"startAfter":7,"startAfterId":"99"}}`), say(201, `{`+opportunitiesFrom(2, 100, values)+`,"total":102}`),
		say(201, `{`+opportunitiesFrom(0, 2, values)+`,"total":102}`))
	if all, err := newTestClient(t, order).Opportunities(t.Context(), OpportunityQuery{ContactID: "c1", Custom: true}); err != nil || len(all) != 102 {
		t.Errorf("in another order: %d, %v", len(all), err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := scripted(say(200, `{`+opportunitiesFrom(0, 2, "")+`}`), say(201, `{"opportunities":[],"total":0}`))
		if _, err := newTestClient(t, s).Opportunities(t.Context(), OpportunityQuery{Custom: true}); err == nil || KindOf(err) != Transient {
			t.Errorf("a search that finds none: %v", err)
		}
	})
}

// TestTheOtherSearchIsPaged: by its cursor, wherever an answer has it, or by number; never by both.
func TestTheOtherSearchIsPaged(t *testing.T) {
	for what, tt := range map[string]struct{ row, more, sent string }{
		"row":    {`,"sort":[1628008053263,"99"]`, ``, `,"searchAfter":[1628008053263,"99"]`},
		"answer": {``, `,"searchAfter":[7,"99"]`, `,"searchAfter":[7,"99"]`},
		"number": {``, ``, `,"page":2`},
	} {
		s := scripted(say(201, `{`+opportunitiesFrom(0, 100, tt.row)+`,"total":101`+tt.more+`}`), say(201, `{`+opportunitiesFrom(100, 1, tt.row)+`,"total":101`+tt.more+`}`))
		c := newTestClient(t, s)
		c.tellsCustom(opSearchOpportunities, []Opportunity{{Custom: []CustomFieldValue{{"f1", "x"}}}})
		all, err := c.Opportunities(t.Context(), OpportunityQuery{PipelineID: "p1", Custom: true})
		if err != nil || len(all) != 101 || len(s.seen) != 2 {
			t.Fatalf("%s: %d opportunities, %v", what, len(all), err)
		}
		const filters = `{"filters":[{"field":"pipeline_id","operator":"eq","value":"p1"}],"limit":100,"locationId":"loc1"`
		expect(t, s.seen[0], "POST", "/opportunities/search", filters+`}`)
		expect(t, s.seen[1], "POST", "/opportunities/search", filters+tt.sent+`}`)
	}
}
