package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const loc = "ve9EPM428h8vShlRW1KT"

// client talks to a sandbox in process.
type client struct {
	t *testing.T
	*Server
	header http.Header
}

func newClient(t *testing.T, o Options) *client {
	o.LocationID, o.Token = loc, "pit-00000000-0000-4000-8000-000000000000"
	return &client{t, New(o), http.Header{"Version": {"2021-07-28"}, "Authorization": {"Bearer " + o.Token}, "User-Agent": {"test"}}}
}

// send gives the status, the body and its text.
func (c *client) send(method, path, body string) (int, object, string) {
	c.t.Helper()
	w := c.raw(method, path, body)
	var out object
	if text := w.Body.String(); text != "" && json.Unmarshal(w.Body.Bytes(), &out) != nil && text[0] == '{' {
		c.t.Fatalf("%s %s: not JSON: %s", method, path, text)
	}
	return w.Code, out, w.Body.String()
}

func (c *client) raw(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(c.t.Context(), method, path, strings.NewReader(strings.ReplaceAll(body, "LOC", `"locationId":"`+loc+`"`)))
	r.Header = c.header
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w
}

// ok sends and wants a status.
func (c *client) ok(status int, method, path, body string) object {
	c.t.Helper()
	got, out, text := c.send(method, path, body)
	if got != status {
		c.t.Fatalf("%s %s %s: %d %s, want %d", method, path, body, got, text, status)
	}
	return out
}

// create gives the id of a new contact.
func (c *client) create(body string) string {
	c.t.Helper()
	return c.ok(201, "POST", "/contacts/", "{LOC,"+body+"}")["contact"].(object)["id"].(string)
}

// one gives the stored contact of an id.
func (c *client) one(id string) Contact {
	c.t.Helper()
	for _, p := range c.Contacts() {
		if p.ID == id {
			return p
		}
	}
	c.t.Fatalf("no contact %s", id)
	return Contact{}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	g, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	w, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(g, w) {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}

// keys is the set of an object's properties.
func keys(o object) map[string]bool {
	out := map[string]bool{}
	for k := range o {
		out[k] = true
	}
	return out
}

func TestGuards(t *testing.T) {
	for _, tt := range []struct {
		name, header, value, path string
		status                    int
		want                      string
	}{
		{"no version", "Version", "", "/contacts/x", 401, `"version header was not found."`},
		{"unknown version", "Version", "2020-01-01", "/contacts/x", 401, `"version header is invalid"`},
		{"other token", "Authorization", "Bearer pit-x", "/contacts/x", 401, `"Invalid Private Integration token"`},
		{"other JWT", "Authorization", "Bearer a.b.c", "/contacts/x", 401, `"Invalid token: access token is invalid"`},
		{"no token", "Authorization", "", "/contacts/x", 401, `"Invalid JWT"`},
		{"missing scope", "", "", "/locations/" + loc + "/tags", 401, `"The token is not authorized for this scope."`},
		{"library agent", "User-Agent", "Go-http-client/1.1", "/contacts/x", 403, `error code: 1010`},
		{"other location", "", "", "/contacts/?locationId=other", 403, `"The token does not have access to this location."`},
		{"no location", "", "", "/contacts/", 403, `"The token does not have access to this location."`},
		{"letter case", "", "", "/Contacts/", 401, `"Unauthorized"`},
		{"letter case, and a slash", "", "", "/Contacts/abc/", 401, `"Unauthorized"`},
		{"added slash", "", "", "/contacts/abc/", 400, `"error":"Contact with id abc not found","status":400`},
		{"missing contact", "", "", "/contacts/abc", 400, `"error":"Contact with id abc not found","status":400`},
		{"limit", "", "", "/contacts/?limit=101&locationId=" + loc, 400, `"statusCode":400`},
		{"duplicate lookup with neither", "", "", "/contacts/search/duplicate?locationId=" + loc, 400, `"Pass at least one of number, email query parameter"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, Options{Scopes: []string{"contacts.readonly"}})
			if tt.header != "" {
				c.header.Set(tt.header, tt.value)
			}
			status, body, text := c.send("GET", tt.path, "")
			if status != tt.status || !strings.Contains(text, tt.want) {
				t.Errorf("got %d %s, want %d with %s", status, text, tt.status, tt.want)
			}
			if body != nil && body["traceId"] == nil {
				t.Error("no traceId")
			}
		})
	}
	c := newClient(t, Options{})
	for _, what := range []string{"GET /nowhere", "GET /contacts", "PUT /contacts/", "PATCH /contacts/abc", "GET /contacts/abc/tags", "DELETE /oauth/token", "GET //contacts/abc", "GET /contacts//abc", "GET /x/../contacts/abc", "POST /", "PUT /Contacts/"} {
		method, path, _ := strings.Cut(what, " ")
		if status, _, text := c.send(method, path, ""); status != 404 || text != "" {
			t.Errorf("%s: %d %q, want 404 and nothing", what, status, text)
		}
	}
}

func TestRefusedBodies(t *testing.T) {
	const post, put, up, find = "POST /contacts/", "PUT /contacts/aaaaaaaaaaaaaaaaaaaa", "POST /contacts/upsert", "POST /contacts/search"
	for _, tt := range []struct {
		op, body string
		status   int
		want     string
	}{
		{post, `{LOC,"email":"a@example.com","x":1}`, 422, `["property x should not exist"]`},
		{post, `{LOC,"email":"a@example.com","type":"lead"}`, 422, `["property type should not exist"]`},
		{post, `{LOC,"email":"a@example.com","createNewIfDuplicateAllowed":true}`, 422, `["property createNewIfDuplicateAllowed should not exist"]`},
		{put, `{LOC}`, 422, `["property locationId should not exist"]`},
		{put, `{"companyName":"x"}`, 422, `["property companyName should not exist"]`},
		{put, `{"gender":"x"}`, 422, `["property gender should not exist"]`},
		{put, `{"createNewIfDuplicateAllowed":true}`, 422, `["property createNewIfDuplicateAllowed should not exist"]`},
		{put, `{"additionalEmails":[]}`, 422, `["property additionalEmails should not exist"]`},
		{put, `{"customFields":{}}`, 422, `["customFields must be an array"]`},
		{put, `{"email":""}`, 422, `["email must be an email"]`},
		{put, `{"email":"nobody"}`, 422, `["email must be an email"]`},
		{put, `{"email":"ad\u00e1@example.com"}`, 422, `["email must be an email"]`},
		{put, `{"email":"ada@ex\u00e1mple.com"}`, 422, `["email must be an email"]`},
		{put, `{"email":"` + strings.Repeat("a", 65) + `@example.com"}`, 422, `["email must be an email"]`},
		{put, `{"country":"USA"}`, 422, `["country must be valid"]`},
		{put, `{"country":"us"}`, 422, `["country must be valid"]`},
		{put, `{"country":""}`, 422, `["country must be valid"]`},
		{put, `{"firstName":1,"tags":"a"}`, 422, `["firstName must be a string","tags must be an array"]`},
		{put, `{"postalCode":null}`, 422, `["postalCode must be a string"]`},
		{put, `{"dateOfBirth":"1.2.90"}`, 422, `["dateOfBirth must be a valid date"]`},
		{put, `{"dnd":"yes"}`, 422, `["dnd must be a boolean value"]`},
		{put, `{"dndSettings":{"email":{"status":"active"}}}`, 422, `["dndSettings.property email should not exist"]`},
		{put, `{"dndSettings":{"SMS":{"message":"x"}}}`, 422, `["dndSettings.SMS.status must be a valid enum value"]`},
		{put, `{"dndSettings":{"SMS":{"status":"on"}}}`, 422, `["dndSettings.SMS.status must be a valid enum value"]`},
		{put, `{"dndSettings":{"SMS":{"status":"active","since":"x"}}}`, 422, `["dndSettings.SMS.property since should not exist"]`},
		{put, `{"dndSettings":{"SMS":{"status":"active","code":7}}}`, 422, `["dndSettings.SMS.code must be a string"]`},
		{put, `{"inboundDndSettings":{"all":{"status":"permanent"}}}`, 422, `["inboundDndSettings.all.status must be a valid enum value"]`},
		{put, `{"phone":"12"}`, 400, `"statusCode":400`},
		{put, `{"phone":""}`, 400, `"statusCode":400`},
		{put, `{"phone":"12025550123"}`, 400, `"statusCode":400`},
		{put, `[`, 400, `"statusCode":400`},
		{put, `{}`, 400, `"error":"Contact with id aaaaaaaaaaaaaaaaaaaa not found","status":400`},
		{post, `{LOC,"name":"Ada Adams"}`, 400, `"message":"Contacts without email, phone, firstName and lastName are not allowed.","statusCode":422`},
		{post, `{"locationId":"x"}`, 403, `"The token does not have access to this location."`},
		{up, `{LOC,"firstName":"Ada"}`, 400, `"error":"Bad Request","message":"Pass at least one of number, email query parameter","statusCode":400`},
		{"POST /contacts/aaaaaaaaaaaaaaaaaaaa/tags", `{}`, 422, `["tags must be an array"]`},
		{"POST /contacts/bulk/tags/update/add", `{LOC,"contacts":["a","b","c"],"tags":["x"]}`, 400, `"statusCode":400`},
		{"POST /contacts/bulk/tags/update/add", `{LOC,"contacts":[],"tags":["x"]}`, 422, `["contacts should not be empty"]`},
		{"POST /contacts/bulk/tags/update/remove", `{LOC,"contacts":["a"],"tags":[]}`, 422, `["tags should not be empty"]`},
		{"POST /contacts/bulk/tags/update/add", `{LOC,"contactIds":["a"],"tags":["x"]}`, 422, `["property contactIds should not exist","contacts must be an array"]`},
		{"POST /contacts/bulk/tags/update/add", `{"contacts":["a"],"tags":["x"]}`, 400, `"LocationId can't be undefined"`},
		{"POST /locations/" + loc + "/customFields", `{LOC,"name":"a","dataType":"TEXT"}`, 422, `["property locationId should not exist"]`},
		{find, `{LOC}`, 422, `["pageLimit must be a number`},
		{find, `{"pageLimit":1}`, 422, `["locationId can't be undefined"]`},
		{find, `{LOC,"pageLimit":501}`, 400, `"statusCode":400`},
		{find, `{LOC,"pageLimit":500,"page":21}`, 400, `"statusCode":400`},
		{find, `{LOC,"pageLimit":1,"page":1,"searchAfter":[1,"a"]}`, 400, `"statusCode":400`},
		{find, leaf("additional_phones", "eq", `"x"`), 400, `"error":"Bad Request","message":"Invalid field additional_phones","statusCode":400`},
		{find, leaf("email", "contains", `"abc"`), 400, `"Invalid Operator (contains) passed for field email"`},
		{find, leaf("dateAdded", "eq", `1`), 400, `"Invalid Operator (eq) passed for field dateAdded"`},
		{find, leaf("city", "contains", `"ab"`), 400, `"Min. 3 characters required for applying contains filter"`},
		{find, leaf("email", "eq", `["a"]`), 400, `"Invalid value for 'eq' operator for 'email' field"`},
		{find, leaf("email", "eq", `"`+strings.Repeat("a", 76)+`"`), 400, `"Invalid value for 'eq' operator for 'email' field"`},
		{find, leaf("email", "contains_set", `"a"`), 400, `"Invalid value for 'contains_set' operator for 'email' field"`},
		{find, leaf("email", "contains_set", `[]`), 400, `"Invalid value for 'contains_set' operator for 'email' field"`},
		{find, leaf("email", "contains_set", `["a","b","c","d"]`), 400, `"Invalid value for 'contains_set' operator for 'email' field"`},
		{find, leaf("city", "contains_set", `["a"]`), 400, `"Invalid Operator (contains_set) passed for field city"`},
		{find, leaf("customFields.none", "eq", `"a"`), 400, `"Invalid Filter field type - customFields.none! Check if custom field exists"`},
		{find, leaf("customFields.cfDate00000000000009", "eq", `"a"`), 400, `"Invalid Operator (eq) passed for field customFields.cfDate00000000000009"`},
		{find, `{LOC,"pageLimit":1,"filters":[{"group":"OR","filters":[` + strings.Repeat(`{"field":"id","operator":"eq","value":"a"},`, 4) +
			`{"field":"id","operator":"eq","value":"a"}]}]}`, 400, `"statusCode":400`},
	} {
		t.Run(tt.op+tt.body, func(t *testing.T) {
			c := newClient(t, Options{MaxBulk: 2, MaxFilters: 4, MaxSet: 3})
			method, path, _ := strings.Cut(tt.op, " ")
			if status, _, text := c.send(method, path, tt.body); status != tt.status || !strings.Contains(text, tt.want) {
				t.Errorf("got %d %s, want %d with %s", status, text, tt.status, tt.want)
			}
			if len(c.Contacts()) > 0 {
				t.Error("something was written")
			}
		})
	}
}

// leaf is a search with one filter.
func leaf(field, op, value string) string {
	return `{LOC,"pageLimit":100,"filters":[{"field":"` + field + `","operator":"` + op + `","value":` + value + `}]}`
}

func TestRealConnection(t *testing.T) {
	s := New(Options{Burst: 5})
	web := httptest.NewServer(s)
	defer web.Close()
	send := func() (*http.Response, []byte, error) {
		r, err := http.NewRequestWithContext(t.Context(), "POST", web.URL+"/contacts/", strings.NewReader(
			`{"locationId":"`+s.Options().LocationID+`","firstName":"Ada"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Version": {"2021-07-28"}, "Authorization": {"Bearer " + s.Options().Token}, "User-Agent": {"test"}}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, nil, err
		}
		defer func() { _ = resp.Body.Close() }()
		b, err := io.ReadAll(resp.Body)
		return resp, b, err
	}
	resp, _, err := send()
	if err != nil || resp.StatusCode != 201 || resp.Header.Get("X-RateLimit-Remaining") != "4" {
		t.Fatalf("plain: %v %v", resp, err)
	}
	for _, tt := range []struct {
		kind  FaultKind
		added int
	}{{FaultResetBefore, 0}, {FaultResetAfter, 1}, {FaultTruncated, 1}} {
		before := len(s.Contacts())
		s.Inject(Fault{Kind: tt.kind})
		if _, b, err := send(); err == nil {
			t.Errorf("%s: no error, body %s", tt.kind, b)
		}
		if got := len(s.Contacts()) - before; got != tt.added {
			t.Errorf("%s: %d added, want %d", tt.kind, got, tt.added)
		}
	}
}

func TestHeaderCase(t *testing.T) {
	web := httptest.NewServer(New(Options{Burst: 5, Daily: 9}))
	defer web.Close()
	conn, err := net.Dial("tcp", web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "GET /contacts/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(conn)
	if err != nil || !bytes.Contains(text, []byte("\r\nx-ratelimit-max: 5\r\n")) || !bytes.Contains(text, []byte("\r\nx-ratelimit-daily-remaining: 9\r\n")) {
		t.Errorf("%v in %s", err, text)
	}
}
