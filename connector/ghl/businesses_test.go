package ghl

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
)

const businessID = "63771dcac1116f0e21de8e12"

// bareBusiness has a name and nothing else.
func bareBusiness(name any) Business {
	b := Business{ID: businessID, Fields: map[string]any{}}
	for field := range standardFields {
		b.Fields[field] = nil
	}
	b.Fields["name"] = name
	return b
}

var industry = CustomField{Key: "business.industry", DataType: "SINGLE_OPTIONS", Options: []CustomFieldOption{{ID: "real_estate", Label: "Real Estate"}}}

func TestCreateBusiness(t *testing.T) {
	recorded := bareBusiness("Acme")
	recorded.CustomTold, recorded.Custom = true, map[string]any{"business.industry": "real_estate", "business.links": map[string]any{"blog": "x"}, "business.turnover": json.Number("7")}
	for _, tt := range []struct {
		body              BusinessBody
		answer, uri, sent string
		want              Business
	}{
		{BusinessBody{Fields: map[string]any{"name": "Acme"}}, `{"success":true,"buiseness":{"id":"` + businessID + `","name":"Acme"}}`,
			"/businesses/", `{"locationId":"loc1","name":"Acme"}`, bareBusiness("Acme")},
		{BusinessBody{Fields: map[string]any{"name": "Acme", "postalCode": "02101"}, Custom: []CustomChange{{Field: industry, To: "Real Estate"}, {Field: CustomField{Key: "business.note"}}}},
			`{"record":{"id":"` + businessID + `","properties":{"name":"Acme","industry":"real_estate","links.blog":"x","turnover":{"currency":"default","value":7}}}}`,
			"/objects/business/records", `{"locationId":"loc1","properties":{"industry":"real_estate","name":"Acme","postalcode":"02101"}}`, recorded},
	} {
		got := once(t, 201, tt.answer, func(c *Client) error {
			b, err := c.CreateBusiness(t.Context(), tt.body)
			if !reflect.DeepEqual(b, tt.want) {
				t.Errorf("got  %+v\nwant %+v", b, tt.want)
			}
			return err
		})
		expect(t, got, "POST", tt.uri, tt.sent)
	}
}

// TestCreateOfABusinessIsNotRepeated: what was not clearly answered may have happened, and a second one would be a double.
func TestCreateOfABusinessIsNotRepeated(t *testing.T) {
	for name, step := range map[string]*script{
		"503": scripted(say(503, `{}`)), "no id": scripted(say(201, `{"success":true}`)), "another form": scripted(say(201, `[]`)), "cut": scripted(sayCut(201, `{"buis`)),
	} {
		for _, custom := range [][]CustomChange{nil, {{Field: industry, To: "x"}}} {
			synctest.Test(t, func(t *testing.T) {
				step.seen = nil
				_, err := newTestClient(t, step).CreateBusiness(t.Context(), BusinessBody{Fields: map[string]any{"name": "Acme"}, Custom: custom})
				if KindOf(err) != Ambiguous || len(step.seen) != 1 {
					t.Errorf("%s: %v after %d requests", name, err, len(step.seen))
				}
			})
		}
	}
}

func TestUpdateBusiness(t *testing.T) {
	for _, tt := range []struct {
		body              BusinessBody
		answer, uri, sent string
		want              Business
	}{
		{BusinessBody{Fields: map[string]any{"city": nil}}, `{"success":true,"buiseness":{"id":"` + businessID + `","name":"Acme"}}`,
			"/businesses/" + businessID, `{"city":""}`, bareBusiness("Acme")},
		{BusinessBody{Fields: map[string]any{"city": "Rome"}, Custom: []CustomChange{{Field: industry}}}, `{"success":true}`,
			"/objects/business/records/" + businessID + "?locationId=loc1", `{"properties":{"city":"Rome","industry":""}}`, Business{ID: businessID, Fields: map[string]any{}}},
	} {
		got := once(t, 200, tt.answer, func(c *Client) error {
			b, err := c.UpdateBusiness(t.Context(), businessID, tt.body)
			if !reflect.DeepEqual(b, tt.want) {
				t.Errorf("got  %+v\nwant %+v", b, tt.want)
			}
			return err
		})
		expect(t, got, "PUT", tt.uri, tt.sent)
	}
}

func TestChangesOfCustomFields(t *testing.T) {
	services := []CustomFieldOption{{ID: "web_design", Label: "Web Design"}, {ID: "events", Label: "Events"}}
	for _, tt := range []struct {
		dataType        string
		from, to        any
		created, update string // the properties, "" for none
	}{
		{"TEXT", "a", "b", `"f":"b"`, `"f":"b"`},
		{"TEXT", "a", nil, ``, `"f":""`},
		{"NUMERICAL", nil, json.Number("7.50"), `"f":7.50`, `"f":7.50`},
		{"NUMERICAL", 7, nil, ``, `"f":null`},
		{"MONETORY", nil, 7, `"f":{"currency":"default","value":7}`, `"f":{"currency":"default","value":7}`},
		{"MONETORY", 7, nil, ``, `"f":null`},
		{"DATE", nil, "2020-02-29", `"f":"2020-02-29T00:00:00.000Z"`, `"f":"2020-02-29T00:00:00.000Z"`},
		{"DATE", "2020-02-29", nil, ``, `"f":null`},
		{"RADIO", nil, "Events", `"f":"events"`, `"f":"events"`},
		{"RADIO", nil, "Other", `"f":"Other"`, `"f":"Other"`},
		{"CHECKBOX", []string{"Events"}, []string{"Web Design", "Events"}, `"f":["web_design","events"]`, `"f":{"add":["web_design"],"remove":[]}`},
		{"MULTIPLE_OPTIONS", []string{"Events", "Other"}, nil, ``, `"f":{"add":[],"remove":["events","Other"]}`},
		{"TEXTBOX_LIST", map[string]string{"one": "a", "two": "b"}, map[string]string{"two": "c", "three": "d"}, `"f.one":"","f.three":"d","f.two":"c"`, `"f.one":"","f.three":"d","f.two":"c"`},
		{"TEXTBOX_LIST", map[string]string{"one": "a"}, nil, ``, `"f.one":""`},
	} {
		body := BusinessBody{Custom: []CustomChange{{Field: CustomField{Key: "business.f", DataType: tt.dataType, Options: services}, From: tt.from, To: tt.to}}}
		for create, want := range map[bool]string{true: tt.created, false: tt.update} {
			got, err := json.Marshal(body.properties(create))
			if err != nil || string(got) != "{"+want+"}" {
				t.Errorf("%s from %v to %v, create %t: %s, want {%s}", tt.dataType, tt.from, tt.to, create, got, want)
			}
		}
	}
}

// pageOf is a page of businesses whose ids are the numbers from first on.
func pageOf(list string, first, n int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"id":"%d","properties":{}}`, first+i)
	}
	return `{"` + list + `":[` + strings.Join(rows, ",") + `]}`
}

func TestBusinessesArePaged(t *testing.T) {
	for name, tt := range map[string]struct {
		list string
		read func(*Client) ([]Business, error)
		sent []string
	}{
		"businesses": {"businesses", func(c *Client) ([]Business, error) { return c.Businesses(t.Context()) },
			[]string{"GET /businesses/?limit=100&locationId=loc1&skip=0 ", "GET /businesses/?limit=100&locationId=loc1&skip=100 "}},
		"records": {"records", func(c *Client) ([]Business, error) { return c.BusinessRecords(t.Context()) }, []string{
			`POST /objects/business/records/search {"locationId":"loc1","page":1,"pageLimit":100,"query":"","searchAfter":[]}`,
			`POST /objects/business/records/search {"locationId":"loc1","page":2,"pageLimit":100,"query":"","searchAfter":[]}`}},
	} {
		s := scripted(say(200, pageOf(tt.list, 0, 100)), say(200, pageOf(tt.list, 98, 5)))
		all, err := tt.read(newTestClient(t, s))
		if err != nil || len(all) != 103 {
			t.Errorf("%s: %d businesses, %v", name, len(all), err)
		}
		var sent []string
		for _, r := range s.seen {
			sent = append(sent, r.method+" "+r.uri+" "+r.body)
		}
		if !reflect.DeepEqual(sent, tt.sent) {
			t.Errorf("%s: sent %q", name, sent)
		}
		for what, answer := range map[string]string{"a page that repeats": pageOf(tt.list, 0, 100), "no list": `{"success":true}`} {
			if all, err := tt.read(newTestClient(t, scripted(say(200, answer)))); KindOf(err) != Bug || all != nil {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}

func TestABusinessThatIsGone(t *testing.T) {
	get := func(c *Client) error { _, err := c.GetBusiness(t.Context(), businessID); return err }
	record := func(c *Client) error { _, err := c.GetBusinessRecord(t.Context(), businessID); return err }
	update := func(c *Client) error { _, err := c.UpdateBusiness(t.Context(), businessID, BusinessBody{}); return err }
	for _, tt := range []struct {
		call   func(*Client) error
		status int
		answer string
		want   Kind
	}{
		{get, 400, `{"message":"x is not a valid ObjectId"}`, Gone},
		{get, 400, `{"message":"something else"}`, Gone},
		{get, 200, `{}`, Gone},
		{get, 200, `{"business":{"id":"other"}}`, Bug},
		{get, 401, `{"message":"The token is not authorized for this scope."}`, ScopeMissing},
		{record, 404, `{"message":"not here"}`, Gone},
		{update, 400, `{"message":"x is not a valid ObjectId"}`, Gone},
		{update, 404, `{}`, Gone},
		{update, 400, `{"message":"something else"}`, Rejected},
		{update, 422, `{"message":["email must be an email"]}`, Rejected},
		{update, 200, `{"success":false}`, Rejected},
	} {
		if err := tt.call(newTestClient(t, scripted(say(tt.status, tt.answer)))); KindOf(err) != tt.want {
			t.Errorf("%d %s: %v, want %s", tt.status, tt.answer, err, tt.want)
		}
	}
}

func TestLinkBusiness(t *testing.T) {
	for _, tt := range []struct {
		business, answer, sent string
		linked                 []string
	}{
		{businessID, `{"success":true,"ids":["c2"]}`, `{"businessId":"` + businessID + `","ids":["c1","c2"],"locationId":"loc1"}`, []string{"c2"}},
		{"", `{"success":true}`, `{"businessId":null,"ids":["c1","c2"],"locationId":"loc1"}`, []string{"c1", "c2"}},
	} {
		got := once(t, 200, tt.answer, func(c *Client) error {
			linked, err := c.LinkBusiness(t.Context(), tt.business, []string{"c1", "c2"})
			if !reflect.DeepEqual(linked, tt.linked) {
				t.Errorf("linked %v", linked)
			}
			return err
		})
		expect(t, got, "POST", "/contacts/bulk/business", tt.sent)
	}
	s := scripted(say(200, `{"success":false}`))
	c := newTestClient(t, s)
	if _, err := c.LinkBusiness(t.Context(), businessID, []string{"c1"}); KindOf(err) != Rejected {
		t.Errorf("success false: %v", err)
	}
	if _, err := c.LinkBusiness(t.Context(), businessID, make([]string, MaxLink+1)); KindOf(err) != Bug {
		t.Errorf("too many: %v", err)
	}
	if linked, err := c.LinkBusiness(t.Context(), businessID, nil); linked != nil || err != nil || len(s.seen) != 1 {
		t.Errorf("none: %v, %v, %d requests", linked, err, len(s.seen))
	}
}

func TestBusinessFields(t *testing.T) {
	got := once(t, 200, `{"fields":[{"id":"f1","name":"Industry","fieldKey":"business.industry","dataType":"RADIO","allowCustomOption":true,
		"options":[{"key":"real_estate","label":"Real Estate"}]},{"id":"f2","name":"Note","fieldKey":"note","dataType":"TEXT"},
		{"id":"f3","fieldKey":"business.postalcode","dataType":"TEXT"},{"id":"f4","fieldKey":"business.contract","dataType":"FILE_UPLOAD"}],"folders":[]}`, func(c *Client) error {
		fields, err := c.BusinessFields(t.Context())
		want := []CustomField{{ID: "f1", Name: "Industry", Key: "business.industry", DataType: "RADIO", OpenOptions: true,
			Options: []CustomFieldOption{{ID: "real_estate", Label: "Real Estate"}}}, {ID: "f2", Name: "Note", Key: "business.note", DataType: "TEXT"}}
		if !reflect.DeepEqual(fields, want) {
			t.Errorf("got %+v", fields)
		}
		return err
	})
	expect(t, got, "GET", "/custom-fields/object-key/business?locationId=loc1", "")
	if _, err := newTestClient(t, scripted(say(200, `{}`))).BusinessFields(t.Context()); KindOf(err) != Bug {
		t.Errorf("no list: %v", err)
	}
}
