package ghl

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// once answers one call and returns what was sent.
func once(t *testing.T, status int, body string, call func(*Client) error) seen {
	t.Helper()
	s := scripted(say(status, body))
	if err := call(newTestClient(t, s)); err != nil {
		t.Fatal(err)
	}
	if len(s.seen) != 1 {
		t.Fatalf("%d requests", len(s.seen))
	}
	return s.seen[0]
}

func expect(t *testing.T, got seen, method, uri, body string) {
	t.Helper()
	if got.method != method || got.uri != uri || got.body != body {
		t.Errorf("sent %s %s %s\nwant %s %s %s", got.method, got.uri, got.body, method, uri, body)
	}
}

func TestCreateContact(t *testing.T) {
	var contact Contact
	given := ContactBody{"firstName": "Ann", "customFields": []map[string]any{{"id": "f1", "field_value": 1}}}
	got := once(t, 201, `{"contact":{"id":"c1","firstName":"Ann","dnd":false,"tags":["a"],"dateAdded":"2026-01-01T00:00:00.000Z",
		"customFields":[{"id":"f1","value":10.50},{"id":"f2","value":["x","y"]}]}}`, func(c *Client) (err error) {
		contact, err = c.CreateContact(t.Context(), given)
		return err
	})
	expect(t, got, "POST", "/contacts/", `{"customFields":[{"field_value":1,"id":"f1"}],"firstName":"Ann","locationId":"loc1"}`)
	if _, changed := given["locationId"]; changed {
		t.Error("the caller's map was changed")
	}
	want := Contact{
		ID: "c1", Tags: []string{"a"}, DateAdded: "2026-01-01T00:00:00.000Z", FieldsTold: true, CustomFieldsTold: true,
		CustomFields: []CustomFieldValue{{"f1", json.Number("10.50")}, {"f2", []any{"x", "y"}}},
		Fields: empty([]string{"firstName", "lastName", "email", "phone", "address1", "city", "state", "country", "postalCode",
			"companyName", "businessId", "website", "dateOfBirth", "source", "dnd", "assignedTo"}, map[string]any{"firstName": "Ann", "dnd": false}),
	}
	if !reflect.DeepEqual(contact, want) {
		t.Errorf("got  %+v\nwant %+v", contact, want)
	}
}

// empty is the fields, nil unless set.
func empty(names []string, set map[string]any) (fields Fields) {
	for i, name := range fieldNames {
		if slices.Contains(names, name) {
			fields.told |= 1 << i
		}
		fields.values[i] = set[name]
	}
	return fields
}

func TestWhatAnAnswerDoesNotTellIsAbsent(t *testing.T) {
	create := func(c *Client) (Contact, error) { return c.CreateContact(t.Context(), nil) }
	get := func(c *Client) (Contact, error) { return c.GetContact(t.Context(), "c") }
	search := func(c *Client) (Contact, error) {
		page, err := c.SearchContacts(t.Context(), Search{})
		return page.Contacts[0], err
	}
	duplicate := func(c *Client) (Contact, error) {
		found, err := c.FindDuplicate(t.Context(), "a@example.com", "")
		return *found, err
	}
	for name, tc := range map[string]struct {
		call          func(*Client) (Contact, error)
		body          string
		absent, empty []string
		custom        bool
	}{
		"create":    {create, `{"contact":{"id":"c"}}`, []string{"timezone", "gender"}, []string{"email", "companyName", "address1"}, true},
		"get":       {get, `{"contact":{"id":"c","email":null}}`, []string{"gender"}, []string{"email", "timezone"}, true},
		"search":    {search, `{"contacts":[{"id":"c","address":null}]}`, []string{"timezone", "gender", "address"}, []string{"address1", "dnd"}, true},
		"spelt":     {search, `{"contacts":[{"id":"c","timezone":null}]}`, []string{"gender"}, []string{"timezone"}, true},
		"duplicate": {duplicate, `{"contact":{"id":"c","city":null}}`, []string{"email", "gender", "timezone"}, nil, false},
	} {
		once(t, 200, tc.body, func(client *Client) error {
			c, err := tc.call(client)
			for _, f := range tc.absent {
				if _, told := c.Fields.Get(f); told {
					t.Errorf("%s: %s is told", name, f)
				}
			}
			for _, f := range tc.empty {
				if v, told := c.Fields.Get(f); !told || v != nil {
					t.Errorf("%s: %s is %v, told %t", name, f, v, told)
				}
			}
			if c.CustomFieldsTold != tc.custom {
				t.Errorf("%s: custom fields told: %t", name, c.CustomFieldsTold)
			}
			if c.FieldsTold != (len(tc.empty) > 0) {
				t.Errorf("%s: fields told: %t", name, c.FieldsTold)
			}
			return err
		})
	}
}

func TestUpdateContact(t *testing.T) {
	var contact Contact
	update := func(c *Client) (err error) {
		contact, err = c.UpdateContact(t.Context(), "c1", ContactBody{"city": nil})
		return err
	}
	got := once(t, 200, `{"succeded":true,"contact":{"id":"c1","city":"Y"}}`, update)
	expect(t, got, "PUT", "/contacts/c1", `{"city":null}`)
	if contact.Fields.Value("city") != "Y" {
		t.Errorf("%+v", contact)
	}
	once(t, 200, `{"succeded":true}`, update)
	if contact.ID != "c1" || contact.Fields.Told() != 0 || contact.CustomFieldsTold {
		t.Errorf("an answer that tells nothing: %+v", contact)
	}
}

func TestUpsertContact(t *testing.T) {
	for _, created := range []bool{true, false} {
		body := map[bool]string{true: `{"new":true,"contact":{"id":"c1"}}`, false: `{"new":false,"contact":{"id":"c1"}}`}[created]
		got := once(t, 200, body, func(c *Client) error {
			_, told, err := c.UpsertContact(t.Context(), ContactBody{"email": "a@example.com"})
			if told != created {
				t.Errorf("created %t", told)
			}
			return err
		})
		expect(t, got, "POST", "/contacts/upsert", `{"email":"a@example.com","locationId":"loc1"}`)
	}
}

func TestGetContactToleratesRawControlCharacters(t *testing.T) {
	got := once(t, 200, "{\"contact\":{\"id\":\"c1\",\"companyName\":\"a\nb\tc \\\"d\x01\",\n\"source\":\"\\\\\"},\"traceId\":\"t\"}", func(c *Client) error {
		contact, err := c.GetContact(t.Context(), "c1")
		if contact.Fields.Value("companyName") != "a\nb\tc \"d\x01" || contact.Fields.Value("source") != `\` {
			t.Errorf("%+v", contact)
		}
		return err
	})
	expect(t, got, "GET", "/contacts/c1", "")
}

func TestFindDuplicate(t *testing.T) {
	var found *Contact
	find := func(email, number string) func(*Client) error {
		return func(c *Client) (err error) { found, err = c.FindDuplicate(t.Context(), email, number); return err }
	}
	got := once(t, 200, `{"contact":{"id":"c1","email":"a@example.com"}}`, find("a@example.com", "+12025550123"))
	expect(t, got, "GET", "/contacts/search/duplicate?email=a%40example.com&locationId=loc1&number=%2B12025550123", "")
	if found == nil || found.ID != "c1" || found.Fields.Told() != 1 {
		t.Errorf("%+v", found)
	}
	got = once(t, 200, `{"contact":null,"traceId":"t"}`, find("", "+12025550123"))
	if found != nil || strings.Contains(got.uri, "email") {
		t.Errorf("%+v after %s", found, got.uri)
	}
}

func TestSearchContacts(t *testing.T) {
	var page SearchPage
	search := func(s Search) func(*Client) error {
		return func(c *Client) (err error) { page, err = c.SearchContacts(t.Context(), s); return err }
	}
	const found = `{"contacts":[{"id":"c1","address":"1 Main","additionalEmails":["b@example.com",{"email":"c@example.com"}],
		"additionalPhones":[],"searchAfter":[1631087949919,"c1"]}],"total":7,"traceId":"t"}`
	got := once(t, 200, found, search(Search{
		Filters:   []Filter{Or(Eq("email", "a@example.com"), And(Eq("dnd", false), Filter{Field: "phone", Operator: "exists"}))},
		PageLimit: 500,
	}))
	expect(t, got, "POST", "/contacts/search", `{"filters":[{"group":"OR","filters":[{"field":"email","operator":"eq","value":"a@example.com"},`+
		`{"group":"AND","filters":[{"field":"dnd","operator":"eq","value":false},{"field":"phone","operator":"exists"}]}]}],`+
		`"locationId":"loc1","pageLimit":500}`)
	c := page.Contacts[0]
	if page.Total != 7 || c.Fields.Value("address1") != "1 Main" || string(c.SearchAfter) != `[1631087949919,"c1"]` ||
		!slices.Equal(c.AdditionalEmails, []string{"b@example.com", "c@example.com"}) {
		t.Errorf("%+v", page)
	}
	got = once(t, 200, `{"contacts":[],"total":0}`, search(Search{SearchAfter: c.SearchAfter}))
	expect(t, got, "POST", "/contacts/search", `{"filters":[],"locationId":"loc1","pageLimit":100,"searchAfter":[1631087949919,"c1"]}`)
	if page.Total != 0 || len(page.Contacts) != 0 {
		t.Errorf("%+v", page)
	}
}

func TestBulkTags(t *testing.T) {
	const told = `{"succeded":true,"errorCount":1,"responses":[
		{"contactId":"c2","message":"contact is deleted","type":"error"},
		{"contactId":"c1","message":"Tags updated","type":"success","oldTags":["x"],"tagsAdded":["a"]}]}`
	want := []TagResult{
		{ContactID: "c1", OK: true, Changed: []string{"a"}, Message: "Tags updated"},
		{ContactID: "c2", Message: "contact is deleted"},
		{ContactID: "c3", Message: "the answer does not name the contact"},
	}
	for kind, call := range map[string]func(*Client) ([]TagResult, error){
		"add": func(c *Client) ([]TagResult, error) {
			return c.AddTags(t.Context(), []string{"c1", "c2", "c3"}, []string{"a"})
		},
		"remove": func(c *Client) ([]TagResult, error) {
			return c.RemoveTags(t.Context(), []string{"c1", "c2", "c3"}, []string{"a"})
		},
	} {
		var results []TagResult
		got := once(t, 201, told, func(c *Client) (err error) { results, err = call(c); return err })
		expect(t, got, "POST", "/contacts/bulk/tags/update/"+kind, `{"contacts":["c1","c2","c3"],"locationId":"loc1","tags":["a"]}`)
		if !reflect.DeepEqual(results, want) {
			t.Errorf("%s: %+v", kind, results)
		}
	}
	s := scripted(say(500, ""))
	if results, err := newTestClient(t, s).AddTags(t.Context(), nil, []string{"a"}); results != nil || err != nil || len(s.seen) != 0 {
		t.Errorf("without contacts: %v %v", results, err)
	}
}

// TestBulkTagsToldOtherwise: the tags are written by the time an answer cannot be understood, so it is no fault.
func TestBulkTagsToldOtherwise(t *testing.T) {
	const unnamed = "the answer does not name the contact"
	done := []TagResult{{ContactID: "c1", OK: true}, {ContactID: "c2", OK: true}}
	open := []TagResult{{ContactID: "c1", Message: unnamed}, {ContactID: "c2", Message: unnamed}}
	for body, want := range map[string][]TagResult{
		`{"succeded":true,"errorCount":0,"responses":["c1","c2"]}`:                           done,
		`{"succeeded":true,"errorCount":0,"responses":[{"id":"c1"},7,null,[["c2"]]]}`:        done,
		`{"succeded":true,"errorCount":0}`:                                                   done,
		`{"succeded":true,"errorCount":1,"responses":["c1","c2"]}`:                           open,
		`{"succeded":false,"errorCount":0,"responses":["c1"]}`:                               open,
		`{"responses":{"c1":"success"}}`:                                                     open,
		`["c1","c2"]`:                                                                        open,
		`"Tags updated"`:                                                                     open,
		`{"succeded":"yes","errorCount":null,"responses":[{"contactId":{"a":1},"type":[]}]}`: open,
		`{"succeded":true,"errorCount":0,"responses":[{"contactId":"c1","type":"success","message":"Ann has vip now"},"c2"]}`: {
			{ContactID: "c1", OK: true}, {ContactID: "c2", Message: unnamed},
		},
	} {
		results, err := newTestClient(t, scripted(say(201, body))).AddTags(t.Context(), []string{"c1", "c2"}, []string{"vip"})
		if err != nil || !reflect.DeepEqual(results, want) {
			t.Errorf("%s: %+v, %v", body, results, err)
		}
	}
}

func TestLocation(t *testing.T) {
	for body, want := range map[string]Location{
		`{"location":{"id":"loc1","name":"N","country":"US","timezone":"US/Central","settings":{"allowDuplicateContact":true}}}`: {"loc1", "N", "US", "US/Central", true, true, false},
		`{"location":{"id":"loc1","settings":{"allowDuplicateContact":false}}}`:                                                  {ID: "loc1", AllowDuplicatesKnown: true},
		`{"location":{"id":"loc1","settings":{"allowDuplicateOpportunity":false}}}`:                                              {ID: "loc1", OneOpportunity: true},
		`{"location":{"id":"loc1","settings":{"allowDuplicateOpportunity":true}}}`:                                               {ID: "loc1"},
		`{"location":{"id":"loc1","settings":null}}`:                                                                             {ID: "loc1"},
	} {
		got := once(t, 200, body, func(c *Client) error {
			location, err := c.Location(t.Context())
			if location != want {
				t.Errorf("%+v, want %+v", location, want)
			}
			return err
		})
		expect(t, got, "GET", "/locations/loc1", "")
	}
}

func TestCustomFields(t *testing.T) {
	var fields []CustomField
	got := once(t, 200, `{"customFields":[
		{"id":"f1","name":"Size","fieldKey":"contact.size","dataType":"RADIO","model":"contact","picklistOptions":["S","M"],"isAllowedCustomOption":false},
		{"id":"f2","name":"Parts","fieldKey":"contact.parts","dataType":"TEXTBOX_LIST","picklistOptions":[{"id":"o1","label":"L","prefillValue":""}],"isAllowedCustomOption":null},
		{"id":"f4","name":"Topics","fieldKey":"contact.topics","dataType":"CHECKBOX","picklistOptions":["A"],"isAllowedCustomOption":true},
		{"id":"f3","name":"Deal","fieldKey":"opportunity.deal","dataType":"TEXT","model":"opportunity"}]}`, func(c *Client) (err error) {
		fields, err = c.CustomFields(t.Context())
		return err
	})
	expect(t, got, "GET", "/locations/loc1/customFields?model=contact", "")
	want := []CustomField{
		{"f1", "Size", "contact.size", "RADIO", []CustomFieldOption{{"", "S"}, {"", "M"}}, false},
		{"f2", "Parts", "contact.parts", "TEXTBOX_LIST", []CustomFieldOption{{"o1", "L"}}, false},
		{"f4", "Topics", "contact.topics", "CHECKBOX", []CustomFieldOption{{"", "A"}}, true},
	}
	if !reflect.DeepEqual(fields, want) {
		t.Errorf("%+v", fields)
	}
	got = once(t, 200, `{"customFields":[{"id":"f1","fieldKey":"contact.size","model":"contact"},{"id":"f3","name":"Deal","fieldKey":"opportunity.deal","dataType":"TEXT","model":"opportunity"}]}`, func(c *Client) (err error) {
		fields, err = c.OpportunityFields(t.Context())
		return err
	})
	expect(t, got, "GET", "/locations/loc1/customFields?model=opportunity", "")
	if want := []CustomField{{ID: "f3", Name: "Deal", Key: "opportunity.deal", DataType: "TEXT"}}; !reflect.DeepEqual(fields, want) {
		t.Errorf("%+v", fields)
	}
}

func TestUsers(t *testing.T) {
	var users []User
	got := once(t, 200, `{"users":[
		{"id":"u1","name":"Rep One","firstName":"Rep","lastName":"One","email":"rep.one@example.com","deleted":false,"roles":{"type":"account"}},
		{"id":"u2","name":null,"email":"rep.two@example.com"},{"id":"u3","name":"Gone","deleted":true},{"name":"Nobody"}]}`, func(c *Client) (err error) {
		users, err = c.Users(t.Context())
		return err
	})
	expect(t, got, "GET", "/users/?locationId=loc1", "")
	want := []User{{"u1", "Rep One", "Rep", "One", "rep.one@example.com"}, {ID: "u2", Email: "rep.two@example.com"}}
	if !reflect.DeepEqual(users, want) {
		t.Errorf("%+v", users)
	}
}

func TestAnswersWithoutTheirContent(t *testing.T) {
	for name, call := range map[string]func(*Client) error{
		"search":   func(c *Client) error { _, err := c.SearchContacts(t.Context(), Search{}); return err },
		"location": func(c *Client) error { _, err := c.Location(t.Context()); return err },
		"fields":   func(c *Client) error { _, err := c.CustomFields(t.Context()); return err },
		"users":    func(c *Client) error { _, err := c.Users(t.Context()); return err },
		"upsert":   func(c *Client) error { _, _, err := c.UpsertContact(t.Context(), nil); return err },
	} {
		var e *Error
		if err := call(newTestClient(t, scripted(say(200, `{}`)))); !errors.As(err, &e) || e.Kind != Bug {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := newTestClient(t, scripted(say(200, `{"contact":null}`))).GetContact(t.Context(), "c1")
	if KindOf(err) != Gone {
		t.Errorf("get: %v", err)
	}
}

func TestEscapeControls(t *testing.T) {
	for in, want := range map[string]string{
		"{\n\"a\": 1}":         "{\n\"a\": 1}",
		"{\"a\":\"x\ny\"}":     `{"a":"x\u000ay"}`,
		"{\"a\\\"\n\":\"\t\"}": `{"a\"\u000a":"\u0009"}`,
		`"\\"` + "\n":          `"\\"` + "\n",
		"\"":                   "\"",
		"\"\\":                 "\"\\",
	} {
		if got := string(escapeControls([]byte(in))); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestDataRaceFreeUsage(t *testing.T) {
	c := newTestClient(t, roundTrip(func(*http.Request) (*http.Response, error) { return answer(200, oneContact), nil }))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 20 {
			_ = c.Usage()
		}
	}()
	for range 20 {
		if _, err := c.GetContact(t.Context(), "c1"); err != nil {
			t.Error(err)
		}
	}
	<-done
	u := c.Usage()
	u.ByOperation["x"] = 1
	if n := c.Usage().ByOperation; n["x"] != 0 || n["GET /contacts/{contactId}"] != 20 {
		t.Errorf("%v", n)
	}
}

func TestCreateCustomField(t *testing.T) {
	var field CustomField
	create := func(c *Client) (err error) {
		field, err = c.CreateCustomField(t.Context(), NewCustomField{Name: "Loyalty Tier", DataType: "TEXT"})
		return err
	}
	got := once(t, 201, `{"customField":{"id":"f9","name":"Loyalty Tier","fieldKey":"contact.loyalty_tier","dataType":"TEXT","model":"contact"}}`, create)
	expect(t, got, "POST", "/locations/loc1/customFields", `{"dataType":"TEXT","model":"contact","name":"Loyalty Tier"}`)
	if want := (CustomField{ID: "f9", Name: "Loyalty Tier", Key: "contact.loyalty_tier", DataType: "TEXT"}); !reflect.DeepEqual(field, want) {
		t.Errorf("%+v", field)
	}
	for name, tc := range map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		want   Kind
	}{
		"exists":    {say(422, `{"statusCode":422,"message":["A custom field with this name already exists"],"error":"Unprocessable Entity"}`), Rejected},
		"no field":  {say(201, `{}`), Ambiguous},
		"no JSON":   {say(201, `<html>`), Ambiguous},
		"500":       {say(500, ``), Ambiguous},
		"cut":       {sayCut(201, `{"customField":`), Ambiguous},
		"no scope":  {say(401, `{"message":"The token is not authorized for this scope."}`), ScopeMissing},
		"timed out": {say(401, `{"message":"Command timed out"}`), Ambiguous},
	} {
		s := scripted(tc.answer)
		if err := create(newTestClient(t, s)); err == nil || KindOf(err) != tc.want || len(s.seen) != 1 {
			t.Errorf("%s: %v after %d requests, want %s after one", name, err, len(s.seen), tc.want)
		}
	}
}
