package integration_tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"destination-gohighlevel/connector"
	"destination-gohighlevel/connector/sandbox"
)

// contractStage is where the program acts before a recorder.
type contractStage struct {
	*recorder
	dir    string
	config jsonObject
}

// newContractStage opens a sandbox to the program; with oauth it signs in by the sandbox's app.
func newContractStage(t *testing.T, o sandbox.Options, oauth bool) *contractStage {
	t.Helper()
	s := &contractStage{recorder: &recorder{Server: sandbox.New(o)}, dir: t.TempDir()}
	listener := httptest.NewServer(s.recorder)
	t.Cleanup(listener.Close)
	config := s.Config(listener.URL)
	if oauth {
		config = s.OAuthConfig(listener.URL)
	}
	if err := json.Unmarshal(config, &s.config); err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs a verb in this process with settings beside those of the sandbox's configuration, and gives what it printed, held to
// the protocol.
func (s *contractStage) run(t *testing.T, verb string, settings jsonObject, catalog, input string) ([]message, int) {
	t.Helper()
	config := maps.Clone(s.config)
	maps.Copy(config, settings)
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"config.json": text, "catalog.json": []byte(catalog)} {
		if err := os.WriteFile(filepath.Join(s.dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := append(strings.Fields(verb), "--config", filepath.Join(s.dir, "config.json"))
	if catalog != "" {
		args = append(args, "--catalog", filepath.Join(s.dir, "catalog.json"))
	}
	var stdout, stderr bytes.Buffer
	code := connector.Run(t.Context(), connector.IO{Stdin: strings.NewReader(input), Stdout: &stdout, Stderr: &stderr}, args)
	messages, err := readMessages(stdout.String())
	if err != nil {
		t.Fatalf("%s: %v", verb, err)
	}
	return messages, code
}

// sync writes records in a mode, fails the test if that fails, and gives what was printed.
func (s *contractStage) sync(t *testing.T, mode string, settings jsonObject, records ...string) []message {
	t.Helper()
	var input strings.Builder
	for _, record := range records {
		fmt.Fprintf(&input, `{"type":"RECORD","record":{"stream":"people","emitted_at":1,"data":%s}}`+"\n", strings.ReplaceAll(record, "\n", ""))
	}
	input.WriteString(`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1.5,"stream_status":{"stream_descriptor":{"name":"people"},"status":"COMPLETE"}}}` + "\n")
	key := `[["email"]]`
	if settings["match_on"] != nil {
		key = "[]"
	}
	catalog := `{"streams":[{"stream":{"name":"people","json_schema":{"type":"object","properties":{"email":{},"assigned_to":{},"shoe_size":{"type":"number"}}},"supported_sync_modes":["full_refresh"]},
"sync_mode":"full_refresh","destination_sync_mode":"` + mode + `","primary_key":` + key + `,"generation_id":1,"minimum_generation_id":1,"sync_id":1}]}`
	messages, code := s.run(t, "write", settings, catalog, input.String())
	if code != 0 {
		t.Fatalf("%s: exit code %d: %s", mode, code, own(messages, ""))
	}
	return messages
}

// wholePerson is a record of everything that can be written of a contact, and changedPerson one that differs in all of it.
const (
	wholePerson = `{"email":"ada@example.com","phone":"+12025550123","first_name":"Ada","last_name":"Lovelace","address1":"1 Main St","city":"Boston",
"state":"MA","country":"US","postal_code":"02101","company":"Engines","website":"https://example.com","timezone":"America/New_York",
"date_of_birth":"1990-09-25","gender":"female","source":"web","tags":["One","Two"],"dnd":true,"assigned_to":"sandboxUser000000000",
"customer_number":"C-1","story":"long\nand\tlonger","visits":7,"office_phone":"+12025550124","lifetime_value":12.5,"topics":["News"],"size":"Small",
"interests":["Offers","Events"],"member_since":"2020-02-29","links":{"Blog":"https://example.com/blog"},"shirt":"Large",
"contract":{"f31175d4-2b06-4fc6-b7bc-74cd814c68cb":{"url":"https://example.com/f","documentId":"w2M9qTZ0ZJz8rGt02jdJ",
"meta":{"fieldname":"f","originalname":"f.pdf","encoding":"7bit","mimetype":"application/pdf","size":12,"uuid":"f31175d4-2b06-4fc6-b7bc-74cd814c68cb"}}}}`
	changedPerson = `{"email":"ada@example.com","phone":"+12025550125","first_name":"Augusta","last_name":"King","address1":"2 Main St","city":"Austin",
"state":"TX","country":"CA","postal_code":"73301","company":"Analysts","website":"https://example.com/2","timezone":"America/Chicago",
"date_of_birth":"1991-10-26","tags":["Three"],"dnd":false,"assigned_to":"sandboxUser000000001","customer_number":"C-2","story":"short","visits":8,
"office_phone":"+12025550126","lifetime_value":13.5,"topics":["News","Offers"],"size":"Medium","interests":["News"],"member_since":"2021-03-01",
"links":{"Shop":"https://example.com/shop"},"shirt":"Small"}`
	emptiedPerson = `{"email":"ada@example.com","phone":null,"first_name":null,"last_name":"King","address1":null,"city":null,"state":null,"country":null,
"postal_code":null,"company":null,"website":null,"timezone":null,"date_of_birth":null,"source":null,"customer_number":null,"story":null,"visits":null,
"office_phone":null,"lifetime_value":null,"topics":null,"size":null,"interests":null,"member_since":null,"links":null,"shirt":null,"contract":null}`
	deletedPerson = `{"email":"ada@example.com","_ab_cdc_deleted_at":"2026-01-01T00:00:00Z"}`
)

// sayAll makes the program send each request that it can send, and gives what went to and fro.
func sayAll(t *testing.T) []exchange {
	t.Helper()
	var all []exchange
	for _, duplicates := range []bool{false, true} {
		s := newContractStage(t, sandbox.Options{AllowDuplicates: duplicates, Burst: 100_000, Daily: 200_000,
			Users: []sandbox.User{{ID: "sandboxUser000000000", Name: "Rep One", Email: "rep.one@example.com"}, {ID: "sandboxUser000000001"}}}, false)
		for _, verb := range []string{"check", "discover"} {
			if messages, code := s.run(t, verb, jsonObject{"create_missing_custom_fields": true}, "", ""); code != 0 {
				t.Fatalf("%s: exit code %d: %s", verb, code, own(messages, ""))
			}
		}
		s.sync(t, "append_dedup", jsonObject{"create_missing_custom_fields": true}, wholePerson, `{"email":"bob@example.com","shoe_size":44}`)
		s.sync(t, "append_dedup", nil, changedPerson)
		s.sync(t, "append_dedup", jsonObject{"do_not_disturb": "sync", "field_mapping": []any{jsonObject{"from": "source", "to": "source"}}}, // which are not changed else
			`{"email":"ada@example.com","source":"fair","dnd":false}`)
		s.Put(sandbox.Contact{Fields: jsonObject{"email": "eve@example.com", "phone": "+12025550130"}})
		s.sync(t, "append", nil, `{"email":"dan@example.com","phone":"+12025550130"}`)
		s.sync(t, "update", nil, `{"id":"`+s.Contacts()[0].ID+`","city":"Paris"}`, `{"id":"contract000000000000","city":"Rome"}`)
		s.sync(t, "update", jsonObject{"match_on": []string{"phone"}}, `{"phone":"+12025550130","email":"eve.new@example.com","source":"web","dnd":true,"dnd_sms":true}`)
		s.sync(t, "append", jsonObject{"match_on": []string{"custom_field:customer_number"}}, `{"customer_number":"C-2","city":"Oslo"}`)
		s.sync(t, "append_dedup", nil, `{"email":"`+strings.Repeat("x", 70)+`@example.com"}`) // longer than search takes
		s.sync(t, "append_dedup", jsonObject{"null_values": "clear"}, emptiedPerson)
		s.sync(t, "soft_delete", nil, deletedPerson)
		s.sync(t, "soft_delete", jsonObject{"on_delete": "delete"}, `{"email":"bob@example.com","_ab_cdc_deleted_at":"2026-01-01T00:00:00Z"}`)
		s.sync(t, "overwrite", jsonObject{"on_missing": "delete", "removal_limit_percent": 100}, `{"email":"zoe@example.com"}`)
		s.Seed(501) // a listing has a second page, and looking up costs more
		var crowd []string
		for i := range 250 {
			crowd = append(crowd, fmt.Sprintf(`{"email":"crowd%d@example.com"}`, i))
		}
		s.sync(t, "update", nil, crowd...)
		all = append(all, s.exchanges...)
	}
	for _, company := range []bool{false, true} {
		s := newContractStage(t, sandbox.Options{OAuth: sandbox.OAuth{Company: company}}, true)
		s.ExpireAccessTokens()
		if messages, code := s.run(t, "check", nil, "", ""); code != 0 {
			t.Fatalf("check: exit code %d: %s", code, own(messages, ""))
		}
		all = append(all, s.exchanges...)
	}
	return all
}

// hearAll makes a sandbox give each answer that it can give, to requests that only a broken client would send.
func hearAll(t *testing.T) []exchange {
	t.Helper()
	s := &recorder{Server: sandbox.New(sandbox.Options{Burst: 100_000, OAuth: sandbox.OAuth{RefreshTokens: []string{"refresh"}}})}
	location := s.Options().LocationID
	person := jsonObject{"email": "ada@example.com", "phone": "+12025550123", "firstName": "Ada"}
	id := s.Put(sandbox.Contact{Fields: person, Tags: []string{"one"}})
	other := s.Put(sandbox.Contact{Fields: jsonObject{"email": "eve@example.com", "dndSettings": jsonObject{"SMS": jsonObject{"status": "permanent"}},
		"inboundDndSettings": jsonObject{"all": jsonObject{"status": "active"}}}})
	business := s.PutBusiness(sandbox.Business{Properties: jsonObject{"name": "Acme", "industry": "retail", "employees": 7.0, "regions": []string{"north_america"},
		"turnover": jsonObject{"currency": "default", "value": 1.5}, "founded": "1999-12-31T00:00:00.000Z", "references.reference_one": "Bob"}})
	gone := s.Put(sandbox.Contact{})
	s.Delete(gone)
	fill := strings.NewReplacer("$L", location, "$C", id, "$E", other, "$G", gone, "$B", business, "$N", noBusiness,
		"$D", s.PutOpportunity(sandbox.Opportunity{ContactID: id, PipelineID: "plSales0000000000001", CustomFields: jsonObject{"ofText00000000000001": "D-1",
			"ofNumerical000000002": 7.0, "ofMultipleOption0004": []string{"Web"}}}),
		"$O", s.PutNote(sandbox.Note{ContactID: id, Body: "x"}), "$T", s.PutTask(sandbox.Task{ContactID: id, Title: "x"}))
	for _, line := range strings.Split(fill.Replace(heardOfBelongings+heardOfOpportunities+heardOfCalendars+heardRequests), "\n") {
		if operation, body, ok := strings.Cut(line, " < "); ok {
			s.ask(t, operation, body)
		}
	}
	s.hearRefusals(t, location)
	s.hearTokens(t, location)
	return s.exchanges
}

const noBusiness = "63771dcac1116f0e21de8e12"

// heardRequests are the requests, each with its body.
const heardRequests = `
POST /contacts/ < {"locationId":"$L","email":"new@example.com","gender":"x","inboundDndSettings":{"all":{"status":"active"}},"dndSettings":{"SMS":{"status":"active","message":"m"}}}
POST /contacts/ < {"locationId":"$L","email":"ada@example.com"}
POST /contacts/ < {"locationId":"$L","name":"Nobody"}
POST /contacts/ < {"locationId":"$L","phone":"12"}
POST /contacts/ < {"locationId":"$L","email":"","country":"USA","nonsense":1,"customFields":{}}
POST /contacts/ < {"locationId":"elsewhere"}
POST /contacts/ < [
PUT /contacts/$C < {"city":"Austin"}
PUT /contacts/$C < {"email":"eve@example.com"}
PUT /contacts/$C < {"companyName":"x"}
PUT /contacts/$C < {"locationId":"$L"}
PUT /contacts/$E < {"dndSettings":{"SMS":{"status":"inactive"}}}
PUT /contacts/$G < {"city":"Austin"}
POST /contacts/upsert < {"locationId":"$L","email":"ada@example.com","city":"Paris"}
POST /contacts/upsert < {"locationId":"$L","email":"brand@example.com"}
POST /contacts/upsert < {"locationId":"$L","firstName":"Nobody"}
POST /contacts/upsert < {"locationId":"$L","email":"no address"}
POST /contacts/upsert < {"locationId":"elsewhere","email":"ada@example.com"}
GET /contacts/$C < 
GET /contacts/$E < 
GET /contacts/$G < 
GET /contacts/?locationId=$L&limit=2 < 
GET /contacts/?locationId=$L&query=nobody-has-this < 
GET /contacts/?locationId=$L&limit=101 < 
GET /contacts/?locationId=elsewhere < 
GET /contacts/search/duplicate?locationId=$L&email=ada%40example.com < 
GET /contacts/search/duplicate?locationId=$L&number=%2B19995550000 < 
GET /contacts/search/duplicate?locationId=$L < 
GET /contacts/search/duplicate?locationId=elsewhere&email=a < 
POST /contacts/search < {"locationId":"$L","pageLimit":1,"filters":[],"sort":[{"field":"email","direction":"asc"}]}
POST /contacts/search < {"locationId":"$L","pageLimit":501}
POST /contacts/search < {"locationId":"$L","pageLimit":1,"filters":[{"field":"additional_phones","operator":"eq","value":"x"}]}
POST /contacts/search < {"locationId":"$L","pageLimit":1,"filters":[{"field":"email","operator":"contains","value":"x"}]}
POST /contacts/search < {"locationId":"$L"}
POST /contacts/search < {"locationId":"elsewhere","pageLimit":1}
POST /contacts/bulk/tags/update/add < {"locationId":"$L","contacts":["$C","$G","short","aaaaaaaaaaaaaaaaaaaa"],"tags":["two"]}
POST /contacts/bulk/tags/update/remove < {"locationId":"$L","contacts":["$C"],"tags":[],"removeAllTags":true}
POST /contacts/bulk/tags/update/add < {"locationId":"$L","contacts":"$C"}
POST /contacts/bulk/tags/update/swap < {"locationId":"$L","contacts":["$C"],"tags":["x"]}
POST /contacts/bulk/tags/update/add < {"locationId":"elsewhere","contacts":["$C"],"tags":["x"]}
POST /contacts/bulk/tags/update/add < [
POST /contacts/$C/tags < {"tags":["three"]}
POST /contacts/$C/tags < {"tags":"three"}
POST /contacts/$G/tags < {"tags":["three"]}
DELETE /contacts/$C/tags < {"tags":["three"]}
DELETE /contacts/$C/tags < {}
DELETE /contacts/$G/tags < {"tags":["three"]}
GET /locations/$L < 
GET /locations/elsewhere < 
GET /locations/$L/customFields < 
GET /locations/$L/customFields?model=all < 
GET /locations/$L/customFields?model=business < 
GET /locations/elsewhere/customFields < 
GET /locations/$L/customFields/cfText00000000000001 < 
GET /locations/$L/customFields/contact.links < 
GET /locations/$L/customFields/contact.nothing < 
GET /locations/elsewhere/customFields/contact.links < 
POST /locations/$L/customFields < {"name":"New","dataType":"TEXTBOX_LIST","textBoxListOptions":[{"label":"A","prefillValue":""}]}
POST /locations/$L/customFields < {"name":"New","dataType":"TEXT"}
POST /locations/$L/customFields < {"name":"Other","dataType":"TEXT","locationId":"$L"}
POST /locations/elsewhere/customFields < {"name":"Other","dataType":"TEXT"}
POST /locations/$L/customFields < [
POST /contacts/bulk/business < {"locationId":"$L","ids":["$C"],"businessId":"$B"}
POST /contacts/bulk/business < {"locationId":"$L","ids":["$C"],"businessId":null}
POST /contacts/bulk/business < {"locationId":"$L","ids":["$C"],"businessId":"$N"}
POST /contacts/bulk/business < {"locationId":"$L","ids":["$C"]}
POST /contacts/bulk/business < {"locationId":"elsewhere","ids":["$C"],"businessId":null}
GET /businesses/?locationId=$L&limit=1&skip=0 < 
GET /businesses/?locationId=$L&limit=101 < 
GET /businesses/?locationId=elsewhere < 
POST /businesses/ < {"locationId":"$L","name":"Acme","phone":"+12025550123","email":"info@example.com","website":"example.com","address":"1 Main St","city":"Boston","postalCode":"02101","state":"MA","country":"us","description":"d"}
POST /businesses/ < {"locationId":"$L"}
POST /businesses/ < {"locationId":"elsewhere","name":"Acme"}
POST /businesses/ < [
GET /businesses/$B < 
GET /businesses/$N < 
PUT /businesses/$B < {"city":"Austin"}
PUT /businesses/$B < {"locationId":"$L"}
PUT /businesses/Acme < {"city":"Austin"}
POST /objects/business/records < {"locationId":"$L","properties":{"name":"Acme"}}
POST /objects/business/records < {"locationId":"$L","properties":{}}
POST /objects/business/records < {"locationId":"$L"}
POST /objects/business/records < {"locationId":"elsewhere","properties":{"name":"Acme"}}
POST /objects/other/records < {"locationId":"$L","properties":{"name":"Acme"}}
POST /objects/business/records/search < {"locationId":"$L","page":1,"pageLimit":10,"query":"","searchAfter":[]}
POST /objects/business/records/search < {"locationId":"$L","page":0,"pageLimit":10}
POST /objects/business/records/search < {"locationId":"$L"}
POST /objects/business/records/search < {"locationId":"elsewhere","page":1,"pageLimit":10}
POST /objects/other/records/search < {"locationId":"$L","page":1,"pageLimit":10}
GET /objects/business/records/$B < 
GET /objects/business/records/$N < 
GET /objects/other/records/$B < 
PUT /objects/business/records/$B?locationId=$L < {"properties":{"services":{"add":["events"]}}}
PUT /objects/business/records/$B?locationId=$L < {"properties":{"services":["events"]}}
PUT /objects/business/records/$N?locationId=$L < {"properties":{}}
PUT /objects/business/records/$B?locationId=elsewhere < {"properties":{}}
PUT /objects/business/records/$B < {"properties":{}}
POST /custom-fields/ < {"locationId":"$L","objectKey":"business","fieldKey":"business.founder","parentId":"cfFolder000000000001","dataType":"TEXT","showInForms":true,"name":"Founder"}
POST /custom-fields/ < {"locationId":"$L","objectKey":"business","fieldKey":"business.founder","parentId":"elsewhere","dataType":"TEXT","showInForms":true}
POST /custom-fields/ < {"locationId":"$L"}
POST /custom-fields/ < {"locationId":"elsewhere"}
POST /custom-fields/ < [
GET /custom-fields/object-key/business?locationId=$L < 
GET /custom-fields/object-key/business?locationId=elsewhere < 
GET /custom-fields/object-key/other?locationId=$L < 
GET /users/?locationId=$L < 
GET /users/?locationId=elsewhere < 
GET /locations/$L/tags < 
GET /locations/elsewhere/tags < 
POST /locations/$L/tags < {"name":"Four"}
POST /locations/$L/tags < {}
POST /locations/$L/tags < [
POST /locations/elsewhere/tags < {"name":"Four"}
DELETE /contacts/$C < 
DELETE /contacts/$C < 
`

// hearRefusals makes each operation refuse for what stands in front of all of them: the header, the token, the quota.
func (r *recorder) hearRefusals(t *testing.T, location string) {
	t.Helper()
	fill := strings.NewReplacer("{locationId}", location, "{contactId}", "aaaaaaaaaaaaaaaaaaaa", "{type}", "add", "{id}", "contact.links",
		"{businessId}", noBusiness, "{taskId}", "none", "{schemaKey}", "business", "{objectKey}", "business")
	narrow := &recorder{Server: sandbox.New(sandbox.Options{Scopes: []string{}})}
	for _, route := range r.Routes() {
		operation := fill.Replace(route)
		if route != "POST /oauth/token" {
			for _, header := range []string{"Version: ", "Version: 1999-01-01", "Authorization: Bearer pit-wrong", "Authorization: Bearer a.b.c",
				"Authorization: Bearer wrong"} {
				r.ask(t, operation, "", header)
			}
			narrow.ask(t, operation, "")
		}
		if strings.HasPrefix(route, "POST /oauth/") { // which costs no quota
			continue
		}
		r.Inject(sandbox.Fault{Operation: route, Kind: sandbox.FaultThrottle}, sandbox.Fault{Operation: route, Kind: sandbox.FaultCommandTimedOut})
		r.ask(t, operation, "")
		r.ask(t, operation, "")
	}
	r.exchanges = append(r.exchanges, narrow.exchanges...)
}

// hearTokens makes the two operations that give tokens answer.
func (r *recorder) hearTokens(t *testing.T, location string) {
	t.Helper()
	const form = "Content-Type: application/x-www-form-urlencoded"
	app := r.Options().OAuth
	known := "client_id=" + app.ClientID + "&client_secret=" + app.ClientSecret
	grant := known + "&grant_type=refresh_token&refresh_token="
	for _, body := range []string{"", known + "&grant_type=password", grant + "refresh", grant + "unknown", grant + "refresh&user_type=Company"} {
		r.ask(t, "POST /oauth/token", body, form)
	}
	r.PauseLocation(true)
	r.ask(t, "POST /oauth/token", grant+"refresh", form)
	r.ask(t, "POST /oauth/locationToken", "companyId=x&locationId="+location, form) // by a token of the location

	agency := &recorder{Server: sandbox.New(sandbox.Options{LocationID: location, OAuth: sandbox.OAuth{Company: true}})}
	token, refresh := agency.SignIn()
	company := agency.Options().OAuth
	agency.ask(t, "POST /oauth/token", "grant_type=refresh_token&client_id="+company.ClientID+"&client_secret="+company.ClientSecret+
		"&refresh_token="+refresh+"&user_type=Company", form)
	for _, body := range []string{"companyId=" + company.CompanyID + "&locationId=" + location, "", "companyId=x&locationId=y",
		"companyId=" + company.CompanyID + "&locationId=y"} {
		agency.ask(t, "POST /oauth/locationToken", body, form, "Authorization: Bearer "+token)
	}
	agency.ask(t, "GET /locations/"+location, "", "Authorization: Bearer "+token) // by a token of the agency
	agency.PauseLocation(true)
	agency.ask(t, "POST /oauth/locationToken", "companyId="+company.CompanyID+"&locationId="+location, form, "Authorization: Bearer "+token)
	r.exchanges = append(r.exchanges, agency.exchanges...)
}

var _ http.Handler = (*recorder)(nil)
