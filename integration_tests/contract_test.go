package integration_tests

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// TestContract holds each request that the program can send, and each answer that the sandbox can give, to the vendor's own
// description of the API, repaired where that is known to be wrong. A repair that nothing needs is a fault too.
func TestContract(t *testing.T) {
	t.Parallel()
	files, defects := readVendor(t), slices.Concat(defects, belongingDefects, opportunityDefects, calendarDefects)
	routes := sandbox.New(sandbox.Options{}).Routes()
	exchanges := slices.Concat(sayAll(t), sayBusinesses(t), sayChildren(t, sandbox.Options{}), sayOpportunities(t, sandbox.Options{}),
		sayCalendars(t, sandbox.Options{}), hearAll(t))
	heardAll(t, files.load(t, routes, nil), exchanges)

	repaired := files.load(t, routes, defects)
	seen := map[string]bool{}
	for _, e := range exchanges {
		if err := repaired.judge(e); err != nil && !seen[fmt.Sprint(err)] {
			seen[fmt.Sprint(err)] = true
			t.Errorf("%v\n", err)
		}
	}
	if t.Failed() {
		return
	}
	slices.SortStableFunc(exchanges, func(a, b exchange) int { return len(a.answer) - len(b.answer) }) // what is judged fast goes first
	for i, d := range defects {
		without := files.load(t, routes, slices.Delete(slices.Clone(defects), i, i+1))
		if !slices.ContainsFunc(exchanges, func(e exchange) bool { return without.judge(e) != nil }) {
			t.Errorf("nothing needs the repair of %q", d.what)
		}
	}
}

// TestContractIsHeld breaks exchanges that are as they should be, each in one place.
func TestContractIsHeld(t *testing.T) {
	t.Parallel()
	v := readVendor(t).load(t, sandbox.New(sandbox.Options{}).Routes(), slices.Concat(defects, belongingDefects, opportunityDefects, calendarDefects))
	good := func() exchange {
		return exchange{
			ofClient: true, method: http.MethodPut, url: &url.URL{Scheme: "https", Host: "example.com", Path: "/contacts/x"},
			header: http.Header{"Version": {"2021-07-28"}, "Authorization": {"Bearer pit-sandbox"}, "Content-Type": {"application/json"}},
			body:   []byte(`{"city":"Boston"}`), status: 200, answerHeader: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
			answer: []byte(`{"succeded":true,"contact":{"id":"x","city":"Boston"}}`),
		}
	}
	if err := v.judge(good()); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(*exchange){
		"a property that PUT does not have": func(e *exchange) { e.body = []byte(`{"companyName":"x"}`) },
		"a number for a text":               func(e *exchange) { e.body = []byte(`{"city":1}`) },
		"no version":                        func(e *exchange) { e.header.Del("Version") },
		"no token":                          func(e *exchange) { e.header.Del("Authorization") },
		"an undeclared header":              func(e *exchange) { e.header.Set("X-Trace", "1") },
		"an undeclared parameter":           func(e *exchange) { e.url.RawQuery = "locationId=x" },
		"a body that DELETE does not have":  func(e *exchange) { e.method = http.MethodDelete },
		"a path that is not described":      func(e *exchange) { e.url.Path = "/contact/x" },
		"an undeclared status":              func(e *exchange) { e.status = 204 },
		"an undeclared property of answers": func(e *exchange) { e.answer = []byte(`{"contact":{"ID":"x"}}`) },
		"a list for an object in an answer": func(e *exchange) { e.answer = []byte(`[]`) },
		"no answer":                         func(e *exchange) { e.answer = nil },
	} {
		e := good()
		if spoil(&e); v.judge(e) == nil {
			t.Errorf("%s: not seen", what)
		}
	}
}

// heardAll fails unless the client has sent each of its operations and had a success, and each answer was heard that an
// operation of the sandbox can give.
func heardAll(t *testing.T, v vendor, exchanges []exchange) {
	t.Helper()
	sent, heard, said := map[string]bool{}, map[string][]string{}, map[string][]byte{}
	for _, e := range exchanges {
		op, ok := v.find(e.method, e.url.Path)
		if !ok {
			t.Fatalf("%s %s is not described", e.method, e.url.Path)
		}
		sent[op.name] = sent[op.name] || e.ofClient && e.status/100 == 2
		if e.ofClient {
			said[op.name] = append(said[op.name], e.body...)
		}
		heard[op.name] = append(heard[op.name], fmt.Sprint(e.status))
	}
	for _, name := range ghl.Operations() {
		if !sent[name] {
			t.Errorf("the client has not sent %s with success", name)
		}
	}
	for name, never := range map[string][]string{
		"POST /contacts/":           {"name"},         // which is sent as first and last name
		"PUT /contacts/{contactId}": {"name", "tags"}, // which would replace all
	} {
		declared := v.schema(name)
		for _, f := range crm.Contacts.Fields() {
			can := declared[f.Name] != nil && !slices.Contains(never, f.Name)
			if can && !bytes.Contains(said[name], []byte(`"`+f.Name+`":`)) {
				t.Errorf("the client has not sent %s in %s", f.Name, name)
			}
		}
	}
	if search := said["POST /contacts/search"]; !bytes.Contains(search, []byte(`"searchAfter":[`)) || !bytes.Contains(search, []byte(`"group":"AND"`)) {
		t.Error("the client has not sent each form of a search")
	}
	for _, name := range sandbox.New(sandbox.Options{}).Routes() {
		slices.Sort(heard[name])
		if got := strings.Join(slices.Compact(heard[name]), " "); got != answersOf[name] {
			t.Errorf("the answers of %s: %s, want %q", name, got, answersOf[name])
		}
	}
}

// answersOf are the status codes that each operation of the sandbox can give.
var answersOf = map[string]string{
	"POST /contacts/":                                    "201 400 401 403 422 429",
	"GET /contacts/":                                     "200 400 401 403 429",
	"POST /contacts/upsert":                              "200 201 400 401 403 422 429",
	"POST /contacts/search":                              "200 400 401 403 422 429",
	"GET /contacts/search/duplicate":                     "200 400 401 403 429",
	"POST /contacts/bulk/tags/update/{type}":             "201 400 401 403 422 429",
	"POST /contacts/bulk/business":                       "200 400 401 403 422 429",
	"GET /contacts/{contactId}":                          "200 400 401 429",
	"PUT /contacts/{contactId}":                          "200 400 401 422 429",
	"DELETE /contacts/{contactId}":                       "200 400 401 429",
	"POST /contacts/{contactId}/tags":                    "201 400 401 422 429",
	"DELETE /contacts/{contactId}/tags":                  "200 400 401 422 429",
	"GET /contacts/{contactId}/notes":                    "200 400 401 429",
	"POST /contacts/{contactId}/notes":                   "201 400 401 422 429",
	"GET /contacts/{contactId}/notes/{id}":               "200 400 401 429",
	"PUT /contacts/{contactId}/notes/{id}":               "200 400 401 422 429",
	"DELETE /contacts/{contactId}/notes/{id}":            "200 400 401 429",
	"GET /contacts/{contactId}/tasks":                    "200 400 401 429",
	"POST /contacts/{contactId}/tasks":                   "201 400 401 422 429",
	"GET /contacts/{contactId}/tasks/{taskId}":           "200 400 401 429",
	"PUT /contacts/{contactId}/tasks/{taskId}":           "200 400 401 422 429",
	"DELETE /contacts/{contactId}/tasks/{taskId}":        "200 400 401 429",
	"PUT /contacts/{contactId}/tasks/{taskId}/completed": "200 400 401 422 429",
	"POST /locations/{locationId}/tasks/search":          "200 400 401 403 422 429",
	"GET /locations/{locationId}":                        "200 401 403 429",
	"GET /locations/{locationId}/customFields":           "200 401 403 422 429",
	"POST /locations/{locationId}/customFields":          "201 400 401 403 422 429",
	"GET /locations/{locationId}/customFields/{id}":      "200 401 403 404 429",
	"GET /locations/{locationId}/tags":                   "200 401 403 429",
	"POST /locations/{locationId}/tags":                  "200 400 401 403 422 429",
	"GET /businesses/":                                   "200 400 401 403 429",
	"POST /businesses/":                                  "201 400 401 403 422 429",
	"GET /businesses/{businessId}":                       "200 400 401 429",
	"PUT /businesses/{businessId}":                       "200 400 401 422 429",
	"POST /objects/{schemaKey}/records":                  "201 400 401 403 404 422 429",
	"POST /objects/{schemaKey}/records/search":           "201 400 401 403 404 422 429",
	"GET /objects/{schemaKey}/records/{id}":              "200 400 401 404 429",
	"PUT /objects/{schemaKey}/records/{id}":              "200 400 401 403 404 422 429",
	"POST /custom-fields/":                               "201 400 401 403 422 429",
	"GET /custom-fields/object-key/{objectKey}":          "200 401 403 404 429",
	"POST /opportunities/":                               "201 400 401 403 422 429",
	"POST /opportunities/upsert":                         "200 400 401 403 422 429",
	"GET /opportunities/search":                          "200 400 401 403 422 429",
	"POST /opportunities/search":                         "201 400 401 403 422 429",
	"GET /opportunities/pipelines":                       "200 401 403 429",
	"GET /opportunities/lost-reason":                     "200 400 401 403 429",
	"GET /opportunities/{id}":                            "200 400 401 429",
	"PUT /opportunities/{id}":                            "200 400 401 422 429",
	"DELETE /opportunities/{id}":                         "200 400 401 429",
	"PUT /opportunities/{id}/status":                     "200 400 401 422 429",
	"GET /users/":                                        "200 401 403 429",
	"GET /contacts/{contactId}/appointments":             "200 400 401 429",
	"GET /calendars/":                                    "200 401 403 429",
	"GET /calendars/events":                              "200 400 401 403 429",
	"POST /oauth/token":                                  "200 400",
	"POST /oauth/locationToken":                          "200 400 401 403 422",
}
