package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const aBusinessID = "63771dcac1116f0e21de8e12"

func (c *client) createBusiness(body string) string {
	c.t.Helper()
	return c.ok(201, "POST", "/businesses/", "{LOC,"+body+"}")["buiseness"].(object)["id"].(string)
}

// oneBusiness gives the properties of a stored business.
func (c *client) oneBusiness(id string) object {
	c.t.Helper()
	for _, b := range c.Businesses() {
		if b.ID == id {
			return b.Properties
		}
	}
	c.t.Fatalf("no business %s", id)
	return nil
}

func TestBusinessIsWritten(t *testing.T) {
	c := newClient(t, Options{})
	id := c.createBusiness(`"name":"Acme","postalCode":"02101","city":"Boston","email":"info@example.com"`)
	if !objectID.MatchString(id) {
		t.Errorf("the id is %q", id)
	}
	told := c.ok(200, "PUT", "/businesses/"+id, `{"city":"","country":"united states"}`)["buiseness"].(object)
	equal(t, "told", []any{told["name"], told["postalCode"], told["city"], told["country"]}, []any{"Acme", "02101", nil, "united states"})
	equal(t, "stored", c.oneBusiness(id), object{"name": "Acme", "postalcode": "02101", "country": "united states", "email": "info@example.com"})
	equal(t, "read", c.ok(200, "GET", "/businesses/"+id, "")["business"].(object)["name"], "Acme")
	c.createBusiness(`"name":"Acme"`)
	equal(t, "no duplicate is recognised", len(c.Businesses()), 2)
}

func TestBusinessIsRefused(t *testing.T) {
	c := newClient(t, Options{})
	id := c.createBusiness(`"name":"Acme"`)
	for _, tt := range []struct {
		status                        int
		method, path, body, complaint string
	}{
		{422, "POST", "/businesses/", `{LOC}`, "name"},
		{422, "POST", "/businesses/", `{LOC,"name":" "}`, "name should not be empty"},
		{422, "POST", "/businesses/", `{"name":"Acme"}`, "locationId must be a string"},
		{403, "POST", "/businesses/", `{"name":"Acme","locationId":"elsewhere"}`, ""},
		{422, "PUT", "/businesses/" + id, `{LOC,"name":"Acme"}`, "property locationId should not exist"},
		{422, "PUT", "/businesses/" + id, `{"postalcode":"1"}`, "property postalcode should not exist"},
		{422, "PUT", "/businesses/" + id, `{"customFields":[{"id":"x","value":"y"}]}`, "customFields must be an object"},
		{422, "PUT", "/businesses/" + id, `{"city":null}`, "city must be a string"},
		{400, "PUT", "/businesses/Acme", `{"city":"Boston"}`, "not a valid ObjectId"},
		{400, "GET", "/businesses/" + aBusinessID, ``, "not found"},
		{400, "GET", "/businesses/?locationId=" + loc + "&limit=101", ``, "limit"},
		{403, "GET", "/businesses/?locationId=elsewhere", ``, ""},
	} {
		if status, _, text := c.send(tt.method, tt.path, tt.body); status != tt.status || !strings.Contains(text, tt.complaint) {
			t.Errorf("%s %s %s: %d %s", tt.method, tt.path, tt.body, status, text)
		}
	}
	equal(t, "stored", c.oneBusiness(id), object{"name": "Acme"})
}

func TestBusinessesAreListed(t *testing.T) {
	c := newClient(t, Options{})
	for i := range 103 {
		c.PutBusiness(Business{Properties: object{"name": fmt.Sprint(i)}})
	}
	names := func(query string) (names []any) {
		for _, b := range c.ok(200, "GET", "/businesses/?locationId="+loc+query, "")["businesses"].([]any) {
			names = append(names, b.(object)["name"])
		}
		return names
	}
	equal(t, "the first page", len(names("")), 100)
	equal(t, "the second page", names("&limit=100&skip=100"), []any{"100", "101", "102"})
	equal(t, "a page that is not there", names("&skip=200"), nil)
}

func TestContactsAreLinked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{IndexLag: time.Minute})
		business := c.createBusiness(`"name":"Acme"`)
		ann, bob := c.create(`"email":"ann@example.com"`), c.create(`"email":"bob@example.com"`)
		time.Sleep(time.Minute)
		link := func(to string, ids ...string) []any {
			return c.ok(200, "POST", "/contacts/bulk/business", `{LOC,"businessId":`+to+`,"ids":["`+strings.Join(ids, `","`)+`"]}`)["ids"].([]any)
		}
		equal(t, "linked", link(`"`+business+`"`, ann, "aaaaaaaaaaaaaaaaaaaa", bob), []string{ann, bob})
		equal(t, "the store", c.ok(200, "GET", "/contacts/"+ann, "")["contact"].(object)["businessId"], business)
		found := func() object {
			return c.ok(200, "POST", "/contacts/search", `{LOC,"pageLimit":1,"filters":[{"field":"email","operator":"eq","value":"ann@example.com"}]}`)["contacts"].([]any)[0].(object)
		}
		equal(t, "the index", found()["businessId"], nil)
		time.Sleep(time.Minute)
		equal(t, "the index later", []any{found()["businessId"], found()["businessName"]}, []any{business, "Acme"})
		equal(t, "unlinked", link("null", ann), []string{ann})
		equal(t, "the store after", c.one(ann).Fields["businessId"], nil)
		c.DeleteBusiness(business)
		equal(t, "no link to what is gone", c.one(bob).Fields["businessId"], nil)
		for body, complaint := range map[string]string{
			`{LOC,"ids":["` + ann + `"]}`:                                                        "businessId must be a string",
			`{LOC,"businessId":null,"ids":["` + strings.Repeat(`x","`, 50) + `x"]}`:              "no more than 50",
			`{LOC,"businessId":"` + business + `","ids":["` + ann + `"]}`:                        "Business not found",
			`{"businessId":null,"ids":["` + ann + `"]}`:                                          "locationId",
			`{LOC,"businessId":null,"ids":[]}`:                                                   "ids should not be empty",
			`{"locationId":"elsewhere","businessId":null,"ids":["aaaaaaaaaaaaaaaaaaaa"]}`:        "does not have access",
			`{LOC,"businessId":null,"ids":["aaaaaaaaaaaaaaaaaaaa"],"contacts":["aaaaaaaaaaaa"]}`: "property contacts should not exist",
		} {
			if status, _, text := c.send("POST", "/contacts/bulk/business", body); status/100 != 4 || !strings.Contains(text, complaint) {
				t.Errorf("%s: %d %s", body, status, text)
			}
		}
		c.ok(422, "PUT", "/contacts/"+ann, `{"businessId":"`+business+`"}`)
	})
}

func TestBusinessesAreShown(t *testing.T) {
	c := newClient(t, Options{})
	if page := c.raw("GET", "/", "").Body.String(); strings.Contains(page, "businesses</h2>") {
		t.Error("the page has businesses where there are none")
	}
	c.createBusiness(`"name":"Acme & Sons","city":"Boston"`)
	for path, want := range map[string]string{"/": "<td>Acme &amp; Sons</td>", "/_sandbox/businesses": `"city":"Boston"`} {
		if got := c.raw("GET", path, "").Body.String(); !strings.Contains(got, want) {
			t.Errorf("%s: no %s in %s", path, want, got)
		}
	}
}
