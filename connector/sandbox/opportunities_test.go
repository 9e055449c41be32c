package sandbox

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var sales, onboarding = DefaultPipelines()[0], DefaultPipelines()[1]

// deal gives the body of a new opportunity in the first pipeline.
func deal(contact, more string) string {
	return `{LOC,"pipelineId":"` + sales.ID + `","name":"Roof","status":"open","contactId":"` + contact + `"` + more + `}`
}

func (c *client) createDeal(contact, more string) string {
	c.t.Helper()
	return told(c.ok(201, "POST", "/opportunities/", deal(contact, more)), "opportunity")["id"].(string)
}

func TestOpportunityIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{})
		ann := c.create(`"email":"ann@example.com"`)
		id := c.createDeal(ann, `,"monetaryValue":1200.5,"source":"fair","customFields":[{"id":"ofText00000000000001","field_value":"D-1"},
{"key":"seats","field_value":7},{"key":"opportunity.plan","field_value":"Pro"},{"id":"ofDate00000000000005","field_value":"2026-10-25"},{"id":"cfText00000000000001","field_value":"x"}]`)
		one := func() Opportunity { return c.Opportunities()[0] }
		equal(t, "stored", []any{one().Name, one().StageID, one().Value, one().Source, one().CustomFields}, []any{"Roof", sales.Stages[0].ID, 1200.5, "fair",
			object{"ofText00000000000001": "D-1", "ofNumerical000000002": 7, "ofDate00000000000005": "2026-10-25"}})
		time.Sleep(time.Second)
		at := "/opportunities/" + id
		c.ok(200, "PUT", at, `{"pipelineStageId":"`+sales.Stages[2].ID+`","customFields":[{"id":"ofText00000000000001","field_value":""}]}`)
		equal(t, "moved", []any{one().StageID, one().LastStageChange.Sub(one().LastStatusChange), len(one().CustomFields)}, []any{sales.Stages[2].ID, time.Second, 2})
		equal(t, "lost", c.ok(200, "PUT", at+"/status", `{"status":"lost","lostReasonId":"lrNoAnswer0000000002"}`)["succeded"], true)
		equal(t, "with its reason", []any{one().Status, one().LostReasonID}, []any{"lost", "lrNoAnswer0000000002"})
		read := told(c.ok(200, "GET", at, ""), "opportunity")
		equal(t, "read", []any{read["contactId"], read["status"], read["lostReasonId"], read["monetaryValue"], read["assignedTo"], read["customFields"]},
			[]any{ann, "lost", "lrNoAnswer0000000002", 1200.5, nil, []any{}})
		c.ok(200, "PUT", at, `{"pipelineId":"`+onboarding.ID+`","status":"won"}`)
		equal(t, "in another pipeline", []any{one().StageID, one().Status, one().LostReasonID}, []any{onboarding.Stages[0].ID, "won", ""})
		c.ok(200, "DELETE", at, "")
		equal(t, "left", len(c.Opportunities()), 0)
		equal(t, "writes", c.WritesByKind(), map[string]int{"contacts": 1, "opportunities": 5})
		c.createDeal(ann, "")
		c.ok(200, "DELETE", "/contacts/"+ann, "")
		equal(t, "of nobody", len(c.Opportunities()), 0)
	})
}

func TestSecondOpenOpportunity(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		c := newClient(t, Options{AllowDuplicateOpportunities: allowed})
		ann := c.create(`"email":"ann@example.com"`)
		first := c.createDeal(ann, "")
		setting := told(c.ok(200, "GET", "/locations/"+loc, ""), "location")["settings"].(object)
		equal(t, "the setting", setting["allowDuplicateOpportunity"], allowed)
		if allowed {
			c.createDeal(ann, "")
			continue
		}
		refused := c.ok(400, "POST", "/opportunities/", deal(ann, ""))
		equal(t, "refused", []any{refused["code"], refused["meta"]}, []any{"OPPORTUNITY_NO_DUPLICATE", object{"existingId": first}})
		closed := c.createDeal(ann, `,"status":"won"`)
		c.ok(400, "PUT", "/opportunities/"+closed+"/status", `{"status":"open"}`)
		c.ok(201, "POST", "/opportunities/", strings.ReplaceAll(deal(ann, ""), sales.ID, onboarding.ID))
		c.ok(400, "PUT", "/opportunities/"+first, `{"pipelineId":"`+onboarding.ID+`"}`)
		c.ok(200, "PUT", "/opportunities/"+first, `{"name":"Roof and gutter"}`)
		c.createDeal(c.create(`"email":"bob@example.com"`), "")
		equal(t, "opportunities", len(c.Opportunities()), 4)
	}
}

func TestOpportunityIsUpserted(t *testing.T) {
	c := newClient(t, Options{})
	ann := c.create(`"email":"ann@example.com"`)
	body := func(more string) string {
		return `{LOC,"pipelineId":"` + sales.ID + `","contactId":"` + ann + `"` + more + `}`
	}
	one := c.ok(200, "POST", "/opportunities/upsert", body(`,"name":"Roof"`))
	equal(t, "new", []any{one["new"], told(one, "opportunity")["status"]}, []any{true, "open"})
	two := c.ok(200, "POST", "/opportunities/upsert", body(`,"monetaryValue":5`))
	equal(t, "the same", []any{two["new"], told(two, "opportunity")["id"]}, []any{false, told(one, "opportunity")["id"]})
	c.ok(200, "POST", "/opportunities/upsert", body(`,"id":"`+told(one, "opportunity")["id"].(string)+`","status":"lost","lostReasonId":"lrTooExpensive000001"`))
	equal(t, "stored", []any{c.Opportunities()[0].Value, c.Opportunities()[0].LostReasonID}, []any{5, "lrTooExpensive000001"})
	c.ok(422, "POST", "/opportunities/upsert", body(``))
	c.ok(422, "POST", "/opportunities/upsert", body(`,"customFields":[]`))
	c.ok(400, "POST", "/opportunities/upsert", body(`,"id":"none"`))
}

func TestOpportunityIsRefused(t *testing.T) {
	c := newClient(t, Options{Scopes: []string{"contacts.write", "opportunities.readonly", "opportunities.write"}})
	ann := c.create(`"email":"ann@example.com"`)
	at := "/opportunities/" + c.createDeal(ann, "")
	for _, tt := range []struct {
		status                        int
		method, path, body, complaint string
	}{
		{400, "POST", "/opportunities/", deal("none", ""), "Contact with id none not found"},
		{400, "POST", "/opportunities/", strings.ReplaceAll(deal(ann, ""), sales.ID, "none"), "pipeline id is invalid"},
		{400, "POST", "/opportunities/", deal(ann, `,"pipelineStageId":"`+onboarding.Stages[0].ID+`"`), "stage id is invalid"},
		{422, "POST", "/opportunities/", deal(ann, `,"status":"all"`), "status must be a valid enum value"},
		{422, "POST", "/opportunities/", deal(ann, `,"lostReasonId":"x"`), "property lostReasonId should not exist"},
		{422, "POST", "/opportunities/", `{}`, "pipelineId must be a string"},
		{403, "POST", "/opportunities/", `{"locationId":"elsewhere"}`, ""},
		{422, "PUT", at, `{LOC}`, "property locationId should not exist"},
		{422, "PUT", at, `{"contactId":"x"}`, "property contactId should not exist"},
		{422, "PUT", at, `{"monetaryValue":"5"}`, "monetaryValue must be a number"},
		{400, "PUT", at, `{"pipelineStageId":"none"}`, "stage id is invalid"},
		{422, "PUT", at + "/status", `{}`, "status must be"},
		{400, "PUT", at + "/status", `{"status":"lost","lostReasonId":"none"}`, "lost reason id is invalid"},
		{400, "PUT", "/opportunities/none", `{}`, "Opportunity with id none not found"},
		{400, "PUT", "/opportunities/none/status", `{"status":"won"}`, "Opportunity with id none not found"},
		{400, "GET", "/opportunities/none", ``, "Opportunity with id none not found"},
		{400, "DELETE", "/opportunities/none", ``, "Opportunity with id none not found"},
		{401, "GET", "/opportunities/pipelines?locationId=" + loc, ``, "not authorized for this scope"},
		{403, "GET", "/opportunities/lost-reason?locationId=elsewhere", ``, ""},
		{403, "GET", "/opportunities/search?locationId=" + loc, ``, ""},
		{400, "GET", "/opportunities/search?location_id=" + loc + "&limit=101", ``, "limit"},
		{422, "GET", "/opportunities/search?location_id=" + loc + "&status=new", ``, "status"},
		{422, "POST", "/opportunities/search", `{LOC,"pageLimit":10}`, "property pageLimit should not exist"},
		{422, "POST", "/opportunities/search", `{LOC,"limit":101}`, "limit must not be greater than 100"},
		{422, "POST", "/opportunities/search", `{}`, "locationId can't be undefined"},
		{400, "POST", "/opportunities/search", `{LOC,"page":1,"searchAfter":[1,"x"]}`, "searchAfter"},
		{400, "POST", "/opportunities/search", `{LOC,"filters":[{"field":"contactId","operator":"eq","value":"x"}]}`, "Invalid field contactId"},
		{400, "POST", "/opportunities/search", `{LOC,"filters":[{"field":"contact_id","operator":"contains_set","value":["x"]}]}`, "Invalid Operator (contains_set)"},
		{400, "POST", "/opportunities/search", `{LOC,"sort":[{"field":"name","direction":"asc"}]}`, "Invalid sort field"},
	} {
		if status, _, text := c.send(tt.method, tt.path, tt.body); status != tt.status || !strings.Contains(text, tt.complaint) {
			t.Errorf("%s %s %s: %d %s", tt.method, tt.path, tt.body, status, text)
		}
	}
	equal(t, "stored", []any{len(c.Opportunities()), c.Opportunities()[0].StageID}, []any{1, sales.Stages[0].ID})
}

func TestWhereOpportunitiesStand(t *testing.T) {
	c := newClient(t, Options{Pipelines: []Pipeline{{Name: "Renewals", Stages: []Stage{{Name: "Due"}, {Name: "Done"}}}}})
	one := c.ok(200, "GET", "/opportunities/pipelines?locationId="+loc, "")["pipelines"].([]any)[0].(object)
	stage := one["stages"].([]any)[1].(object)
	equal(t, "pipeline", []any{one["name"], one["id"], stage["name"], stage["id"], stage["position"]},
		[]any{"Renewals", c.Options().Pipelines[0].ID, "Done", c.Options().Pipelines[0].Stages[1].ID, 1})
	reasons := c.ok(200, "GET", "/opportunities/lost-reason?locationId="+loc+"&query=ANSWER", "")
	equal(t, "reasons", []any{reasons["total"], reasons["lostReasons"].([]any)[0].(object)["id"]}, []any{1, "lrNoAnswer0000000002"})
	equal(t, "the second", len(c.ok(200, "GET", "/opportunities/lost-reason?locationId="+loc+"&skip=1&limit=1", "")["lostReasons"].([]any)), 1)
	fields := c.ok(200, "GET", "/locations/"+loc+"/customFields?model=opportunity", "")["customFields"].([]any)
	equal(t, "fields", []any{len(fields), fields[0].(object)["fieldKey"]}, []any{5, "opportunity.deal_number"})
}

// deals names the opportunities of an answer.
func deals(answer object) []any {
	names := []any{}
	for _, r := range answer["opportunities"].([]any) {
		names = append(names, r.(object)["name"])
	}
	return names
}

func TestOpportunitiesAreListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{IndexLag: 2 * time.Second})
		ann := c.Put(Contact{Fields: object{"firstName": "Ann", "email": "ann@example.com"}, Tags: []string{"vip"}})
		for i, status := range []string{"open", "won", "lost"} {
			c.PutOpportunity(Opportunity{ContactID: ann, Name: fmt.Sprint(i), PipelineID: sales.ID, Status: status, CustomFields: object{"ofText00000000000001": "D-1"}})
		}
		list := func(query string) object {
			return c.ok(200, "GET", "/opportunities/search?location_id="+loc+query, "")
		}
		first := list("&limit=2")
		meta := first["meta"].(object)
		equal(t, "the first page", []any{deals(first), meta["total"]}, []any{[]any{"2", "1"}, 3})
		at, id := fmt.Sprintf("&startAfter=%.0f", meta["startAfter"]), "&startAfterId="+meta["startAfterId"].(string)
		equal(t, "half a cursor", []any{deals(list("&limit=2" + at)), deals(list("&limit=2" + id))}, []any{[]any{"2", "1"}, []any{"2", "1"}})
		equal(t, "the second page", deals(list("&limit=2"+at+id)), []any{"0"})
		equal(t, "by page", deals(list("&limit=2&page=2")), []any{"0"})
		equal(t, "by contact and status", deals(list("&contact_id="+ann+"&status=won")), []any{"1"})
		equal(t, "dates do nothing", deals(list("&status=all&order=added_asc&date=01-01-1999&endDate=01-02-1999")), []any{"0", "1", "2"})
		equal(t, "nothing there", deals(list("&pipeline_id="+onboarding.ID)), []any{})
		row := list("&q=ANN")["opportunities"].([]any)[0].(object)
		equal(t, "a row", []any{row["contact"], row["customFields"]}, []any{object{"id": ann, "name": "Ann", "email": "ann@example.com", "tags": []any{"vip"}}, []any{}})
		c.createDeal(ann, `,"status":"won"`)
		equal(t, "what came a moment ago", list("")["meta"].(object)["total"], 3)
		time.Sleep(2 * time.Second)
		equal(t, "after", list("")["meta"].(object)["total"], 4)
	})
}

func TestOpportunitiesAreSearched(t *testing.T) {
	c := newClient(t, Options{})
	ann, bob := c.Put(Contact{Fields: object{"firstName": "Ann"}}), c.Put(Contact{Fields: object{"firstName": "Bob"}})
	ids := map[string]string{}
	for i, contact := range []string{ann, ann, bob} {
		ids[fmt.Sprint(i)] = c.PutOpportunity(Opportunity{ContactID: contact, Name: fmt.Sprint(i), PipelineID: sales.ID, StageID: sales.Stages[i].ID, Value: float64(100 * i),
			CustomFields: object{"ofText00000000000001": "D-1", "ofNumerical000000002": 7.0, "ofMultipleOption0004": []string{"Web"}}})
	}
	search := func(body string) object { return c.ok(201, "POST", "/opportunities/search", `{LOC`+body+`}`) }
	by := func(field, operator, value string) string {
		return `{"field":"` + field + `","operator":"` + operator + `","value":` + value + `}`
	}
	for filters, want := range map[string][]any{
		``:                                    {"2", "1", "0"},
		by("contact_id", "eq", `"`+ann+`"`):   {"1", "0"},
		by("contact_id", "eq", `["`+ann+`"]`): {}, // another shape: nothing, without a word
		by("contact_id", "not_eq", `["`+ann+`"]`):                                                                         {},
		by("id", "contains_set", `["`+ids["0"]+`","`+ids["2"]+`"]`):                                                       {"2", "0"},
		by("id", "contains_set", `"`+ids["0"]+`"`):                                                                        {},
		by("monetary_value", "range", `{"gt":0,"lte":100}`):                                                               {"1"},
		by("monetary_value", "range", `100`):                                                                              {},
		by("monetary_value", "eq", `200`):                                                                                 {"2"},
		by("date_added", "range", `{"gte":"2000-01-01","lt":"2001-01-01"}`):                                               {},
		by("status", "eq", `"open"`) + `,` + by("pipeline_stage_id", "not_eq", `"`+sales.Stages[1].ID+`"`):                {"2", "0"},
		`{"group":"OR","filters":[` + by("contact_id", "eq", `"`+bob+`"`) + `,` + by("id", "eq", `"`+ids["0"]+`"`) + `]}`: {"2", "0"},
	} {
		got := search(`,"filters":[` + filters + `]`)
		equal(t, filters, []any{deals(got), got["total"]}, []any{want, len(want)})
	}
	equal(t, "the oldest first", deals(search(`,"sort":[{"field":"date_added","direction":"asc"}]`)), []any{"0", "1", "2"})
	equal(t, "a part of a name", deals(search(`,"query":"BOB"`)), []any{"2"})
	equal(t, "the second page", deals(search(`,"limit":2,"page":2`)), []any{"0"})
	first := search(`,"limit":2`)["opportunities"].([]any)
	cursor := first[1].(object)["searchAfter"].([]any)
	equal(t, "after a row", deals(search(fmt.Sprintf(`,"limit":2,"searchAfter":[%.0f,"%s"]`, cursor[0], cursor[1]))), []any{"0"})
	equal(t, "custom fields", first[0].(object)["customFields"], []any{object{"id": "ofMultipleOption0004", "fieldValueArray": []any{"Web"}},
		object{"id": "ofNumerical000000002", "fieldValueNumber": 7}, object{"id": "ofText00000000000001", "fieldValueString": "D-1"}})
	found := c.ok(200, "POST", "/contacts/search", `{LOC,"pageLimit":1,"filters":[`+by("id", "eq", `"`+bob+`"`)+`]}`)["contacts"].([]any)[0].(object)
	nested := `{"field":"opportunities","operator":"nested","value":[` + by("pipelineStageId", "eq", `"`+sales.Stages[2].ID+`"`) + `,` + by("status", "eq", `"open"`) + `]}`
	equal(t, "contacts by opportunity", c.ok(200, "POST", "/contacts/search", `{LOC,"pageLimit":9,"filters":[`+nested+`]}`)["total"], 1)
	c.ok(400, "POST", "/contacts/search", `{LOC,"pageLimit":9,"filters":[`+strings.ReplaceAll(nested, "pipelineStageId", "name")+`]}`)
	equal(t, "of a contact found", found["opportunities"].([]any)[0].(object)["id"], ids["2"])
}

// TestAnOwnerOfAnOpportunity becomes its contact's, unless the location keeps them apart.
func TestAnOwnerOfAnOpportunity(t *testing.T) {
	for variant, want := range map[Variant]any{0: "usr00000000000000001", OwnersApart: nil} {
		c := newClient(t, Options{Variant: variant})
		ann := c.create(`"email":"ann@example.com"`)
		id := c.createDeal(ann, `,"assignedTo":"usr00000000000000001"`)
		equal(t, variant.String(), c.one(ann).Fields["assignedTo"], want)
		before := c.one(ann)
		c.ok(200, "PUT", "/opportunities/"+id, `{"assignedTo":"usr00000000000000001","name":"x"}`)
		if after := c.one(ann); !maps.Equal(before.Fields, after.Fields) || before.DateUpdated != after.DateUpdated {
			t.Errorf("variant %q: the same owner changes the contact", variant)
		}
	}
}
