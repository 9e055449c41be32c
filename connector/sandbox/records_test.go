package sandbox

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const records = "/objects/business/records"

func (c *client) createRecord(properties string) (id string, told object) {
	c.t.Helper()
	record := c.ok(201, "POST", records, `{LOC,"properties":{`+properties+`}}`)["record"].(object)
	return record["id"].(string), record["properties"].(object)
}

func TestRecordHoldsProperties(t *testing.T) {
	c := newClient(t, Options{})
	id, told := c.createRecord(`"name":"Acme","postalcode":"02101","account_number":"A-1","employees":7,"turnover":{"currency":"default","value":12.5},
"regions":["north_america"],"industry":"Retail","services":["web_design","Events"],"founded":"1999-12-31","references.reference_one":"Bob","tier":"gold"`)
	want := object{"name": "Acme", "postalcode": "02101", "account_number": "A-1", "employees": 7, "turnover": object{"currency": "default", "value": 12.5},
		"regions": []any{"north_america"}, "industry": "retail", "services": []any{"web_design"}, "references.reference_one": "Bob", "tier": "gold"}
	equal(t, "told", told, want) // a date without a time and the label of a choice are dropped without a word
	equal(t, "stored", c.oneBusiness(id), want)
	equal(t, "read", c.ok(200, "GET", records+"/"+id, "")["record"].(object)["properties"], want)
	classic := c.ok(200, "GET", "/businesses/"+id, "")["business"].(object)
	equal(t, "the other API", []any{classic["postalCode"], len(classic["customFields"].([]any))}, []any{"02101", 8})
}

func TestRecordIsChanged(t *testing.T) {
	for _, tt := range []struct {
		field, held, change string
		want                any // nil is empty
		status              int
	}{
		{"account_number", `"A-1"`, `"A-2"`, "A-2", 200},
		{"account_number", `"A-1"`, `""`, nil, 200},
		{"account_number", `"A-1"`, `null`, "A-1", 422},
		{"employees", `7`, `null`, nil, 200},
		{"employees", `7`, `""`, 7, 422},
		{"turnover", `{"currency":"default","value":1}`, `2`, object{"currency": "default", "value": 1}, 422},
		{"turnover", `{"currency":"default","value":1}`, `null`, nil, 200},
		{"industry", `"retail"`, `"Real Estate"`, "real_estate", 200},
		{"industry", `"retail"`, `"Fishing"`, "retail", 200},
		{"industry", `"retail"`, `""`, nil, 200},
		{"founded", `"1999-12-31T00:00:00.000Z"`, `"2000-01-01"`, "1999-12-31T00:00:00.000Z", 200},
		{"founded", `"1999-12-31T00:00:00.000Z"`, `"2000-01-01T00:00:00.000Z"`, "2000-01-01T00:00:00.000Z", 200},
		{"founded", `"1999-12-31T00:00:00.000Z"`, `null`, nil, 200},
		{"services", `["events"]`, `{"add":["web_design","events"]}`, []string{"events", "web_design"}, 200},
		{"services", `["events"]`, `{"add":["Web Design"]}`, []string{"events"}, 200},
		{"services", `["events","web_design"]`, `{"add":["print_media"],"remove":["events"]}`, []string{"web_design", "print_media"}, 200},
		{"services", `["events"]`, `{"remove":["events"]}`, nil, 200},
		{"services", `["events"]`, `["web_design"]`, []string{"events"}, 422},
		{"services", `["events"]`, `"web_design"`, nil, 200},
		{"regions", `["north_america"]`, `{"add":["Western Europe"]}`, []string{"north_america", "western_europe"}, 200},
		{"regions", `["north_america"]`, `["western_europe"]`, []string{"north_america"}, 422},
		{"references.reference_one", `"Bob"`, `"Eve"`, "Eve", 200},
		{"references.reference_one", `"Bob"`, `""`, nil, 200},
	} {
		c := newClient(t, Options{})
		id, _ := c.createRecord(`"name":"Acme","` + tt.field + `":` + tt.held)
		c.ok(tt.status, "PUT", records+"/"+id+"?locationId="+loc, `{"properties":{"`+tt.field+`":`+tt.change+`}}`)
		equal(t, tt.field+" "+tt.change, c.oneBusiness(id)[tt.field], tt.want)
	}
}

func TestRecordIsRefused(t *testing.T) {
	c := newClient(t, Options{})
	id, _ := c.createRecord(`"name":"Acme"`)
	at := records + "/" + id
	for _, tt := range []struct {
		status                        int
		method, path, body, complaint string
	}{
		{400, "POST", records, `{"properties":{"name":"x"}}`, "LocationId is not specified"},
		{422, "POST", records + "?locationId=" + loc, `{LOC,"properties":{"name":"x"}}`, "property locationId should not exist"},
		{400, "POST", records, `{LOC,"properties":{"city":"x"}}`, "required_property_missing"},
		{422, "POST", records, `{LOC,"properties":{"name":"x"},"owner":["y"]}`, "property owner should not exist"},
		{422, "POST", records, `{LOC,"properties":{"name":"x","services":{"add":["events"]}}}`, "unexpected format"},
		{404, "POST", "/objects/custom_objects.pet/records", `{LOC,"properties":{}}`, "Custom Object (custom_objects.pet) not found"},
		{404, "PUT", at, `{"properties":{"city":"x"}}`, "not found"},
		{403, "PUT", at + "?locationId=elsewhere", `{"properties":{"city":"x"}}`, ""},
		{422, "PUT", at + "?locationId=" + loc, `{LOC,"properties":{"city":"x"}}`, "property locationId should not exist"},
		{422, "PUT", at + "?locationId=" + loc, `{}`, "properties must be an object"},
		{400, "PUT", at + "?locationId=" + loc, `{"properties":{"city":"x","business.account_number":"y"}}`, "couldn't validate the mapped field"},
		{400, "PUT", at + "?locationId=" + loc, `{"properties":{"postalCode":"y"}}`, "couldn't validate the mapped field"},
		{400, "PUT", records + "/Acme?locationId=" + loc, `{"properties":{"city":"x"}}`, "not a valid ObjectId"},
		{400, "GET", records + "/" + aBusinessID, ``, "not found"},
		{422, "POST", records + "/search", `{LOC,"page":1,"pageLimit":101}`, "pageLimit"},
		{400, "POST", records + "/search", `{LOC,"page":1,"pageLimit":1,"searchAfter":[1,"x"]}`, "searchAfter"},
		{404, "GET", "/custom-fields/object-key/custom_objects.pet?locationId=" + loc, ``, "not found"},
		{403, "GET", "/custom-fields/object-key/business", ``, ""},
	} {
		if status, _, text := c.send(tt.method, tt.path, tt.body); status != tt.status || !strings.Contains(text, tt.complaint) {
			t.Errorf("%s %s %s: %d %s", tt.method, tt.path, tt.body, status, text)
		}
	}
	equal(t, "stored", c.oneBusiness(id), object{"name": "Acme"})
}

func TestRecordsAreSearched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{IndexLag: time.Minute})
		search := func(body string) []any {
			var names []any
			for _, r := range c.ok(201, "POST", records+"/search", "{LOC,"+body+"}")["records"].([]any) {
				names = append(names, r.(object)["properties"].(object)["name"])
			}
			return names
		}
		id, _ := c.createRecord(`"name":"Acme","services":["events"]`)
		c.PutBusiness(Business{Properties: object{"name": "Acme Roofing"}})
		equal(t, "what came a moment ago", search(`"page":1,"pageLimit":10,"query":"","searchAfter":[]`), []any{"Acme Roofing"})
		time.Sleep(time.Minute)
		equal(t, "all", search(`"page":1,"pageLimit":10`), []any{"Acme Roofing", "Acme"})
		equal(t, "the second page", search(`"page":2,"pageLimit":1`), []any{"Acme"})
		equal(t, "a part of a value", search(`"page":1,"pageLimit":10,"query":"acme"`), []any{"Acme Roofing", "Acme"})
		equal(t, "another", search(`"page":1,"pageLimit":10,"query":"EVENT"`), []any{"Acme"})
		equal(t, "the documented form", search(`"page":1,"pageLimit":10,"query":"name:Acme"`), nil)
		c.ok(200, "PUT", "/businesses/"+id, `{"name":"Acme Ltd"}`)
		equal(t, "before the change arrives", search(`"page":1,"pageLimit":10,"query":"Ltd"`), nil)
		time.Sleep(time.Minute)
		equal(t, "after", search(`"page":1,"pageLimit":10,"query":"Ltd"`), []any{"Acme Ltd"})
	})
}

func TestFieldsOfBusinesses(t *testing.T) {
	c := newClient(t, Options{})
	fields := c.ok(200, "GET", "/custom-fields/object-key/business?locationId="+loc, "")["fields"].([]any)
	equal(t, "fields", len(fields), len(DefaultBusinessFields()))
	for _, f := range fields {
		if f := f.(object); f["fieldKey"] == "business.industry" {
			equal(t, "options", f["options"], []any{object{"key": "real_estate", "label": "Real Estate"}, object{"key": "retail", "label": "Retail"}})
		}
	}
	const founder = `{LOC,"objectKey":"business","fieldKey":"business.founder","parentId":"cfFolder000000000001","dataType":"TEXT","showInForms":true,"name":"Founder"}`
	equal(t, "created", c.ok(201, "POST", "/custom-fields/", founder)["field"].(object)["fieldKey"], "business.founder")
	for body, complaint := range map[string]string{
		founder: "already exists",
		strings.ReplaceAll(founder, "cfFolder000000000001", "x"):                       "Folder not found",
		strings.ReplaceAll(founder, `"objectKey":"business"`, `"objectKey":"contact"`): "not found",
		`{LOC,"objectKey":"business","name":"Founder"}`:                                "parentId must be a string",
	} {
		if status, _, text := c.send("POST", "/custom-fields/", body); status/100 != 4 || !strings.Contains(text, complaint) {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
	c.createRecord(`"name":"Acme","founder":"Ada"`)
	for _, model := range []string{"contact", "all"} {
		for _, f := range c.ok(200, "GET", "/locations/"+loc+"/customFields?model="+model, "")["customFields"].([]any) {
			if f.(object)["model"] == "business" {
				t.Errorf("model %s: a field of businesses", model)
			}
		}
	}
	c.ok(404, "GET", "/locations/"+loc+"/customFields/business.industry", "")
}
