package integration_tests

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/sandbox"
)

// Clients of the API that others wrote work with the sandbox: it shares no belief with them. CLIENTS=1 lets the tests install them.
var (
	vendorSDK = nodePackage("@gohighlevel/api-client@3.1.0", "CLIENTS", "20 MB, some seconds")
	singerTap = pythonPackage("oviond-tap-go-high-level==0.0.1", "CLIENTS", "100 MB, some seconds")
)

// listenSandbox opens a sandbox at a URL.
func listenSandbox(t *testing.T) (server *sandbox.Server, url string) {
	t.Helper()
	server, config := serveSandbox(t.Cleanup, sandbox.Options{Interval: 100 * time.Millisecond})
	var doc struct {
		URL string `json:"api_url"`
	}
	if err := json.Unmarshal(config, &doc); err != nil {
		t.Fatal(err)
	}
	return server, doc.URL
}

// sdk is the vendor's SDK in a process of its own.
type sdk struct {
	t      *testing.T
	calls  *json.Encoder
	reader *bufio.Reader
}

// startSDK lets the SDK talk to a sandbox.
func startSDK(t *testing.T, dir string, server *sandbox.Server, url string) *sdk {
	t.Helper()
	script, err := filepath.Abs("testdata/clients/sdk.cjs")
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "node", script)
	run.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(dir, "node_modules"), "API_URL="+url, "API_TOKEN="+server.Options().Token)
	run.Stderr = os.Stderr
	stdin, err := run.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Skipf("node cannot be run: %v", err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_, _ = io.Copy(io.Discard, stdout)
		_ = run.Wait()
	})
	return &sdk{t, json.NewEncoder(stdin), bufio.NewReader(stdout)}
}

// call calls a method of the SDK and gives its result, or the status and message of the error that it threw.
func (s *sdk) call(method string, args ...any) (result jsonObject, status int, message string) {
	s.t.Helper()
	if err := s.calls.Encode(jsonObject{"call": method, "args": args}); err != nil {
		s.t.Fatal(err)
	}
	line, err := s.reader.ReadBytes('\n')
	if err != nil {
		s.t.Fatalf("%s: the SDK has ended: %v", method, err)
	}
	var answer struct {
		Result  jsonObject
		Status  int
		Message string
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		s.t.Fatalf("%s: %v in %s", method, err, line)
	}
	return answer.Result, answer.Status, answer.Message
}

// ok calls a method that must succeed.
func (s *sdk) ok(method string, args ...any) jsonObject {
	s.t.Helper()
	result, status, message := s.call(method, args...)
	if message != "" || status != 0 {
		s.t.Fatalf("%s: %d %s", method, status, message)
	}
	return result
}

// TestTheVendorsSDK creates, reads, updates, finds, tags and deletes in the sandbox by the vendor's own client.
func TestTheVendorsSDK(t *testing.T) {
	dir := installed(t, vendorSDK)[0]
	server, url := listenSandbox(t)
	location := server.Options().LocationID
	s := startSDK(t, dir, server, url)

	created := s.ok("contacts.createContact", jsonObject{"locationId": location, "email": "ada@example.com", "firstName": "Ada", "address1": "1 Main St\nBack door",
		"customFields": []any{jsonObject{"id": "cfNumerical000000003", "field_value": 7}}})["contact"].(jsonObject)
	id := jsonObject{"contactId": created["id"]}
	if got := s.ok("contacts.getContact", id)["contact"].(jsonObject); got["address1"] != "1 Main St\nBack door" {
		t.Errorf("read: %v", got)
	}
	s.ok("contacts.updateContact", id, jsonObject{"city": "Boston", "phone": "+12025550123"})
	if upserted := s.ok("contacts.upsertContact", jsonObject{"locationId": location, "email": "ada@example.com", "companyName": "Acme"}); upserted["new"] != false {
		t.Errorf("upsert of somebody who is there: %v", upserted)
	}
	if upserted := s.ok("contacts.upsertContact", jsonObject{"locationId": location, "email": "bob@example.com"}); upserted["new"] != true {
		t.Errorf("upsert of somebody new: %v", upserted)
	}
	s.ok("contacts.addTags", id, jsonObject{"tags": []string{"VIP", "Lead"}})
	s.ok("contacts.removeTags", id, jsonObject{"tags": []string{"lead"}})
	for _, kind := range []string{"add", "remove"} {
		s.ok("contacts.createAssociation", jsonObject{"type": kind}, jsonObject{"contacts": []any{created["id"]}, "tags": []string{kind}, "locationId": location, "removeAllTags": false})
	}
	found := s.ok("contacts.searchContactsAdvanced", jsonObject{"locationId": location, "pageLimit": 10, "page": 1, "filters": []any{
		jsonObject{"field": "tags", "operator": "eq", "value": "vip"}, jsonObject{"field": "id", "operator": "contains_set", "value": []any{created["id"]}}}})
	if found["total"] != 1.0 {
		t.Errorf("search: %v", found)
	}
	duplicate := s.ok("contacts.getDuplicateContact", jsonObject{"locationId": location, "number": "+12025550123"})
	if duplicate["contact"].(jsonObject)["id"] != created["id"] {
		t.Errorf("duplicate: %v", duplicate)
	}
	if _, status, message := s.call("contacts.createContact", jsonObject{"locationId": location, "email": "ada@example.com"}); status != 400 || !strings.Contains(message, "duplicated") {
		t.Errorf("a second Ada: %d %q", status, message)
	}
	for _, method := range []string{"locations.getLocation", "locations.getCustomFields", "locations.getLocationTags", "users.getUserByLocation"} {
		s.ok(method, jsonObject{"locationId": location})
	}
	server.Inject(sandbox.Fault{Operation: "GET /contacts/{contactId}", Kind: sandbox.FaultThrottle})
	s.ok("contacts.getContact", id) // the SDK waits as the headers say

	s.ok("contacts.deleteContact", jsonObject{"contactId": server.Contacts()[1].ID})
	got := server.Contacts()
	want := []sandbox.Contact{{ID: created["id"].(string), Tags: []string{"vip", "add"}, CustomFields: map[string]any{"cfNumerical000000003": 7.0},
		Fields: map[string]any{"email": "ada@example.com", "firstName": "Ada", "address1": "1 Main St\nBack door", "city": "Boston", "phone": "+12025550123",
			"companyName": "Acme", "type": "lead"}, DateAdded: got[0].DateAdded, DateUpdated: got[0].DateUpdated}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the sandbox holds (-want +got):\n%s", diff)
	}
}

// TestTheVendorsSDKAndBusinesses makes a business, changes it, finds it by both ways and links a contact to it.
func TestTheVendorsSDKAndBusinesses(t *testing.T) {
	dir := installed(t, vendorSDK)[0]
	server, url := listenSandbox(t)
	location := server.Options().LocationID
	s := startSDK(t, dir, server, url)

	business := s.ok("businesses.createBusiness", jsonObject{"name": "Acme", "locationId": location, "city": "Boston"})["buiseness"].(jsonObject)
	id := jsonObject{"businessId": business["id"]}
	s.ok("businesses.updateBusiness", id, jsonObject{"city": "Austin"})
	if got := s.ok("businesses.getBusiness", id)["business"].(jsonObject); got["name"] != "Acme" || got["city"] != "Austin" {
		t.Errorf("read: %v", got)
	}
	if all := s.ok("businesses.getBusinessesByLocation", jsonObject{"locationId": location})["businesses"].([]any); len(all) != 1 {
		t.Errorf("listed: %v", all)
	}
	found := s.ok("objects.searchObjectRecords", jsonObject{"schemaKey": "business"}, jsonObject{"locationId": location, "page": 1, "pageLimit": 10, "query": "acm", "searchAfter": []any{}})
	if found["total"] != 1.0 {
		t.Errorf("found: %v", found)
	}
	contact := server.Put(sandbox.Contact{Fields: map[string]any{"email": "ada@example.com"}})
	s.ok("contacts.addRemoveContactFromBusiness", jsonObject{"locationId": location, "ids": []string{contact}, "businessId": business["id"]})
	if got := server.Contacts()[0].Fields["businessId"]; got != business["id"] {
		t.Errorf("linked to %v", got)
	}
}

// TestASingerTap lets a public Singer tap read the contacts page by page.
func TestASingerTap(t *testing.T) {
	dir := installed(t, singerTap)[0]
	server, url := listenSandbox(t)
	server.Seed(45)
	server.Put(sandbox.Contact{Fields: map[string]any{"email": "eve@example.com", "address1": "1 Main St\nBack door", "city": "Bo\tston"}})
	for paged, requests := range map[bool]int{false: 1, true: 4} { // the tap itself ends after a page of 20; the page after the last holds nobody
		server.ResetCounts()
		job, err := json.Marshal(jsonObject{"url": url, "token": server.Options().Token, "location": server.Options().LocationID, "paged": paged})
		if err != nil {
			t.Fatal(err)
		}
		run := exec.CommandContext(t.Context(), filepath.Join(dir, "bin", "python"), "-W", "ignore", "testdata/clients/tap.py", string(job))
		run.Env = pythonEnv()
		out, err := run.Output()
		if err != nil {
			t.Fatalf("the tap: %v", err)
		}
		var ids, want []string
		for line := range strings.Lines(string(out)) {
			var m struct {
				Type   string
				Record struct{ ID, Email string }
			}
			if err := json.Unmarshal([]byte(line), &m); err != nil {
				t.Fatalf("%v in %s", err, line)
			}
			if m.Type == "RECORD" {
				ids = append(ids, m.Record.ID+" "+m.Record.Email)
			}
		}
		people := server.Contacts()
		slices.Reverse(people) // newest first
		for _, c := range people {
			want = append(want, fmt.Sprint(c.ID, " ", c.Fields["email"]))
		}
		if !paged {
			want = want[:20]
		}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Errorf("paged %t: people (-want +read):\n%s", paged, diff)
		}
		if n := server.Requests()["GET /contacts/"]; n != requests || server.Total() != n {
			t.Errorf("paged %t: %v, want %d requests", paged, server.Requests(), requests)
		}
	}
}
