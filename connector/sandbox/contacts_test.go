package sandbox

import (
	"strings"
	"testing"
	"time"
)

func TestDuplicates(t *testing.T) {
	c := newClient(t, Options{})
	ada := c.create(`"firstName":"Ada","lastName":"Adams","email":"Ada@Example.com","phone":"(202) 555-0123"`)
	ben := c.create(`"firstName":"Ben","email":"ben@example.com","phone":"+12025550124"`)
	for _, tt := range []struct{ method, path, body, field string }{
		{"POST", "/contacts/", `{LOC,"email":"ada@example.com","phone":"+12025550124"}`, "email"},
		{"POST", "/contacts/", `{LOC,"email":"new@example.com","phone":"+1 202 555 0123"}`, "phone"},
		{"PUT", "/contacts/" + ben, `{"email":"ADA@example.com"}`, "email"},
		{"PUT", "/contacts/" + ben, `{"phone":"2025550123"}`, "phone"},
	} {
		_, body, text := c.send(tt.method, tt.path, tt.body)
		equal(t, text, body["meta"], object{"contactId": ada, "contactName": "Ada Adams", "matchingField": tt.field})
		equal(t, text, body["message"], "This location does not allow duplicated contacts.")
		equal(t, text, body["statusCode"], 400)
	}
	equal(t, "phone", c.one(ada).Fields["phone"], "+12025550123")
	c.ok(200, "PUT", "/contacts/"+ada, `{"email":"ada@example.com"}`) // her own

	out := c.ok(200, "GET", "/contacts/search/duplicate?locationId="+loc+"&number=%2B12025550124", "")
	equal(t, "duplicate", out["contact"].(object)["id"], ben)
	plus := c.create(`"email":"ada+shop@example.com"`)
	for query, want := range map[string]any{"email=none@example.com": nil, "email=ada%2Bshop@example.com": plus, "email=ada+shop@example.com": nil,
		"number=+12025550124": nil, "number=12025550124": nil, "number=2025550124": nil} {
		got, _ := c.ok(200, "GET", "/contacts/search/duplicate?locationId="+loc+"&"+query, "")["contact"].(object)
		equal(t, query, got["id"], want)
	}

	other := newClient(t, Options{AllowDuplicates: true})
	other.create(`"email":"ada@example.com"`)
	other.create(`"email":"ada@example.com"`)
	equal(t, "allowed", len(other.Contacts()), 2)
	byPhone := newClient(t, Options{MatchOrder: []string{"phone"}})
	byPhone.create(`"email":"ada@example.com"`)
	byPhone.create(`"email":"ada@example.com"`)
	equal(t, "email not in the preference", len(byPhone.Contacts()), 2)
}

func TestUpsert(t *testing.T) {
	c := newClient(t, Options{})
	up := func(status int, body string) (bool, object) {
		out := c.ok(status, "POST", "/contacts/upsert", "{LOC,"+body+"}")
		return out["new"].(bool), out["contact"].(object)
	}
	isNew, ada := up(201, `"email":"ada@example.com","gender":"female","tags":["A"],"createNewIfDuplicateAllowed":true`)
	id := ada["id"].(string)
	equal(t, "new", isNew, true)
	isNew, again := up(200, `"email":"ADA@example.com","gender":"male","companyName":"Acme","createNewIfDuplicateAllowed":true`)
	equal(t, "new", isNew, false)
	equal(t, "id", again["id"], id)
	got := c.one(id)
	equal(t, "gender", got.Fields["gender"], "female")
	equal(t, "company", got.Fields["companyName"], "Acme")
	equal(t, "tags untouched", got.Tags, []string{"a"})

	ben := c.create(`"email":"ben@example.com","phone":"+12025550124"`)
	up(200, `"email":"ada@example.com","phone":"+12025550124","city":"Austin","tags":["B","b","C "]`)
	got = c.one(id)
	equal(t, "second identifier", got.Fields["phone"], nil)
	equal(t, "city", got.Fields["city"], "Austin")
	equal(t, "tags replaced", got.Tags, []string{"b", "c"})
	equal(t, "other", c.one(ben).Fields["phone"], "+12025550124")

	c.Edit(id, func(p *Contact) { p.AdditionalEmails = []string{"second@example.com"} })
	up(200, `"email":"second@example.com"`)
	got = c.one(id)
	equal(t, "primary", got.Fields["email"], "second@example.com")
	equal(t, "additional", len(got.AdditionalEmails), 0)

	d := newClient(t, Options{AllowDuplicates: true})
	for i, status := range []int{201, 200, 201} {
		body := `{LOC,"email":"a@example.com","createNewIfDuplicateAllowed":` + []string{"false", "false", "true"}[i] + `}`
		equal(t, body, d.ok(status, "POST", "/contacts/upsert", body)["new"], status == 201)
	}
}

func TestCustomFields(t *testing.T) {
	const text, num, money, single, multi, date, boxes = "cfText00000000000001", "cfNumerical000000003", "cfMonetory0000000005",
		"cfSingleOption000007", "cfMultipleOption0008", "cfDate00000000000009", "cfTextboxList0000010"
	const blog = "7e0c3a52-9a39-4c53-8a86-0f8d0c4f5a01"
	absent := "absent"
	for _, tt := range []struct {
		name, id, element string
		want              any
	}{
		{"field_value", text, `"field_value":"b"`, "b"},
		{"value", text, `"value":"b"`, "b"},
		{"fieldValue", text, `"fieldValue":"b"`, "b"},
		{"text cleared", text, `"field_value":""`, absent},
		{"text null", text, `"field_value":null`, "old"},
		{"number", num, `"field_value":7`, 7},
		{"number as text", money, `"field_value":"7.5"`, 7.5},
		{"no number", num, `"field_value":"many"`, 1},
		{"number cleared", num, `"field_value":""`, absent},
		{"option", single, `"field_value":"Large"`, "Large"},
		{"wrong option", single, `"field_value":"large"`, "Small"},
		{"option cleared", single, `"field_value":""`, absent},
		{"options", multi, `"field_value":["Offers","None"]`, []string{"Offers"}},
		{"no known option", multi, `"field_value":["None"]`, []string{"News"}},
		{"empty options", multi, `"field_value":[]`, []string{}},
		{"options cleared", multi, `"field_value":""`, absent},
		{"day", date, `"value":"2024-03-04"`, "2024-03-04"},
		{"day of a time", date, `"value":"2024-03-04T23:00:00Z"`, "2024-03-04"},
		{"empty date", date, `"value":""`, "2020-01-02"},
		{"a day under the name of other values", date, `"field_value":"2024-03-04"`, "2020-01-02"},
		{"null date", date, `"value":null`, absent},
		{"texts", boxes, `"field_value":{"` + blog + `":"https://example.com","x":"y"}`, object{blog: "https://example.com"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, Options{})
			id := c.Put(Contact{Fields: object{"firstName": "Ada"}, CustomFields: object{text: "old", num: 1, money: 1, single: "Small",
				multi: []string{"News"}, date: "2020-01-02"}})
			c.ok(200, "PUT", "/contacts/"+id, `{"customFields":[{"id":"`+tt.id+`",`+tt.element+`},{"id":"unknown","value":"x"},`+
				`{"key":"contact.customer_number","value":"x"}]}`)
			got, ok := c.one(id).CustomFields[tt.id]
			if !ok {
				got = absent
			}
			equal(t, tt.name, got, tt.want)
			if _, ok := c.one(id).CustomFields["unknown"]; ok {
				t.Error("unknown field stored")
			}
		})
	}
}

func TestStandardFields(t *testing.T) {
	c := newClient(t, Options{})
	id := c.create(`"name":"Ada May Adams","email":"ada@example.com","dateOfBirth":"09/25/1990","city":"Austin"`)
	got := c.one(id)
	equal(t, "first", got.Fields["firstName"], "Ada")
	equal(t, "last", got.Fields["lastName"], "May Adams")
	equal(t, "born", got.Fields["dateOfBirth"], "1990-09-25")
	for _, form := range []string{"1990/09/26", "09/26/1990", "1990-09-26", "09-26-1990", "1990.09.26", "09.26.1990", "1990_09_26", "09_26_1990"} {
		c.ok(200, "PUT", "/contacts/"+id, `{"dateOfBirth":null}`)
		equal(t, "cleared", c.one(id).Fields["dateOfBirth"], nil)
		c.ok(200, "PUT", "/contacts/"+id, `{"dateOfBirth":"`+form+`"}`)
		equal(t, form, c.one(id).Fields["dateOfBirth"], "1990-09-26")
	}
	c.ok(200, "PUT", "/contacts/"+id, `{"city":null,"email":null,"dndSettings":{"SMS":{"status":"permanent"}}}`)
	got = c.one(id)
	equal(t, "city", got.Fields["city"], nil)
	equal(t, "email", got.Fields["email"], nil)
	_, _, text := c.send("PUT", "/contacts/"+id, `{"dndSettings":{"SMS":{"status":"inactive"}}}`)
	if !strings.Contains(text, "Not authorized to update permanent dnd setting for SMS") {
		t.Error(text)
	}
	abroad := newClient(t, Options{Country: "DE"})
	if status, _, _ := abroad.send("POST", "/contacts/", `{LOC,"phone":"2025550123"}`); status != 400 {
		t.Errorf("bare number outside the US: %d, want 400", status)
	}
}

func TestTags(t *testing.T) {
	c := newClient(t, Options{})
	id := c.create(`"firstName":"Ada","tags":["VIP"]`)
	out := c.ok(201, "POST", "/contacts/"+id+"/tags", `{"tags":["vip","New"]}`)
	equal(t, "tags", out["tags"], []string{"vip", "new"})
	equal(t, "added", out["tagsAdded"], []string{"new"})
	out = c.ok(200, "DELETE", "/contacts/"+id+"/tags", `{"tags":["VIP","none"]}`)
	equal(t, "tags", out["tags"], []string{"new"})
	equal(t, "removed", out["tagsRemoved"], []string{"vip"})
	c.ok(200, "PUT", "/contacts/"+id, `{"tags":["Other"]}`)
	equal(t, "replaced", c.one(id).Tags, []string{"other"})
	names := ""
	for _, tag := range c.ok(200, "GET", "/locations/"+loc+"/tags", "")["tags"].([]any) {
		names += tag.(object)["name"].(string) + " "
	}
	equal(t, "definitions outlive removal", names, "new other vip ")

	gone := c.create(`"firstName":"Ben"`)
	c.ok(200, "DELETE", "/contacts/"+gone, "")
	out = c.ok(201, "POST", "/contacts/bulk/tags/update/add", `{LOC,"tags":["X"],"contacts":["`+id+`","short","`+gone+`","aaaaaaaaaaaaaaaaaaaa"]}`)
	equal(t, "errors", out["errorCount"], 3)
	for i, want := range []string{"Tags updated", "contact id is not a valid firebase id", "contact is deleted", "contact does not belong to location"} {
		equal(t, want, out["responses"].([]any)[i].(object)["message"], want)
	}
	equal(t, "bulk added", c.one(id).Tags, []string{"other", "x"})
	out = c.ok(201, "POST", "/contacts/bulk/tags/update/remove", `{LOC,"tags":["x"],"contacts":["`+id+`"]}`)
	equal(t, "bulk removed", out["responses"].([]any)[0].(object)["tagsRemoved"], []string{"x"})
	for _, kind := range []string{"add", "remove"} {
		c.ok(201, "POST", "/contacts/bulk/tags/update/"+kind, `{LOC,"tags":["y"],"removeAllTags":false,"contacts":["`+id+`"]}`)
	}
	equal(t, "none but y removed", c.one(id).Tags, []string{"other"})
	c.ok(201, "POST", "/contacts/bulk/tags/update/remove", `{LOC,"tags":["y"],"removeAllTags":true,"contacts":["`+id+`"]}`)
	equal(t, "all removed", len(c.one(id).Tags), 0)
}

func TestAnswers(t *testing.T) {
	c := newClient(t, Options{})
	out := c.ok(201, "POST", "/contacts/", `{LOC,"firstName":"Ada","lastName":"Adams","email":"Ada@example.com","gender":"female","address1":"1 Main St",
		"timezone":"UTC","dateOfBirth":"1990-09-25","customFields":[{"id":"cfDate00000000000009","value":"2020-01-02"}]}`)
	created := out["contact"].(object)
	equal(t, "created dateOfBirth", created["dateOfBirth"], "1990-09-25T00:00:00.000Z")
	id := created["id"].(string)
	got := c.ok(200, "GET", "/contacts/"+id, "")["contact"].(object)
	equal(t, "dateOfBirth", got["dateOfBirth"], "1990-09-25")
	equal(t, "emailLowerCase", got["emailLowerCase"], "ada@example.com")
	equal(t, "name", got["name"], "Ada Adams")
	list := c.ok(200, "GET", "/contacts/?locationId="+loc, "")
	listed := list["contacts"].([]any)[0].(object)
	equal(t, "firstName", listed["firstName"], "ada")
	equal(t, "firstNameRaw", listed["firstNameRaw"], "Ada")
	equal(t, "cursor of the last page", list["meta"].(object)["startAfterId"], id)
	found := c.ok(200, "POST", "/contacts/search", `{LOC,"pageLimit":1}`)["contacts"].([]any)[0].(object)
	want := object{}
	for name := range strings.FieldsSeq(`id additionalEmails additionalPhones address assignedTo businessId businessName city companyName country
		customFields dateAdded dateOfBirth dateUpdated dnd dndSettings email firstName lastName firstNameLowerCase lastNameLowerCase followers
		locationId phone phoneLabel postalCode source state tags type validEmail website attributionSource lastAttributionSource opportunities searchAfter`) {
		want[name] = 1
	}
	equal(t, "search answer", keys(found), keys(want))
	equal(t, "address", found["address"], "1 Main St")
	for name, answer := range map[string]object{"created": created, "got": got, "listed": listed, "found": found} {
		if _, ok := answer["gender"]; ok {
			t.Errorf("%s has a gender", name)
		}
	}
	c.ok(200, "DELETE", "/contacts/"+id, "")
	_, _, text := c.send("DELETE", "/contacts/"+id, "")
	if !strings.Contains(text, `"error":"Contact with id `+id+` not found","status":400`) {
		t.Error(text)
	}
}

func TestListPaging(t *testing.T) {
	c := newClient(t, Options{})
	c.Seed(250)
	seen, path := map[string]bool{}, ""
	for _, want := range []int{100, 100, 50, 0} {
		out := c.ok(200, "GET", "/contacts/?limit=100&locationId="+loc+path, "")
		equal(t, "page", len(out["contacts"].([]any)), want)
		equal(t, "total", out["meta"].(object)["total"], 250)
		for _, p := range out["contacts"].([]any) {
			seen[p.(object)["id"].(string)] = true
		}
		if next, ok := out["meta"].(object)["nextPageUrl"].(string); ok {
			_, after, _ := strings.Cut(next, "&startAfter=")
			path = "&startAfter=" + after
		}
	}
	equal(t, "seen", len(seen), 250)
}

func TestPutEditDelete(t *testing.T) {
	s := New(Options{})
	id := s.Put(Contact{Fields: object{"email": "a@example.com"}, Tags: []string{"VIP"}, DateAdded: time.Unix(1, 0)})
	s.Edit(id, func(c *Contact) {
		c.Fields["city"] = "Austin"
		c.Tags = append(c.Tags, "Two")
		c.DateAdded = time.Unix(2, 0)
	})
	copies := s.Contacts()
	copies[0].Fields["city"] = "elsewhere"
	got := s.Contacts()[0]
	equal(t, "city", got.Fields["city"], "Austin")
	equal(t, "tags", got.Tags, []string{"vip", "two"})
	equal(t, "count", len(s.Contacts()), 1)
	s.Delete(id)
	s.Delete(id)
	equal(t, "count", len(s.Contacts()), 0)
}

func TestDefinitions(t *testing.T) {
	c := newClient(t, Options{})
	at := "/locations/" + loc + "/customFields"
	out := c.ok(201, "POST", at, `{"name":"RTP - Portal Link","dataType":"SINGLE_OPTIONS","options":["a"],"model":"contact"}`)["customField"].(object)
	equal(t, "key", out["fieldKey"], "contact.rtp__portal_link")
	equal(t, "by key", c.ok(200, "GET", at+"/contact.rtp__portal_link", "")["customField"].(object)["picklistOptions"], []string{"a"})
	equal(t, "by id", c.ok(200, "GET", at+"/"+out["id"].(string), "")["customField"].(object)["name"], "RTP - Portal Link")
	equal(t, "list", len(c.ok(200, "GET", at, "")["customFields"].([]any)), len(DefaultCustomFields())+1)
	c.ok(422, "POST", at, `{"name":"rtp - portal link","dataType":"TEXT"}`)
	c.ok(422, "POST", at, `{"name":"New","dataType":"NONE"}`)
	equal(t, "tag", c.ok(200, "POST", "/locations/"+loc+"/tags", `{"name":"VIP"}`)["tag"].(object)["name"], "vip")
	settings := c.ok(200, "GET", "/locations/"+loc, "")["location"].(object)["settings"].(object)
	equal(t, "setting", settings["allowDuplicateContact"], false)
	c.ok(403, "GET", "/locations/other", "")
}
