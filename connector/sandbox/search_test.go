package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// names gives the first names that a search finds, sorted.
func (c *client) names(body string) string {
	c.t.Helper()
	var out []string
	for _, p := range c.ok(200, "POST", "/contacts/search", body)["contacts"].([]any) {
		out = append(out, p.(object)["firstName"].(string))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestFilters(t *testing.T) {
	c := newClient(t, Options{})
	c.Put(Contact{ID: "idAda", DateAdded: time.UnixMilli(1000), AdditionalEmails: []string{"old@example.com"}, Tags: []string{"vip", "big deal"},
		Fields: object{"firstName": "Ada", "lastName": "Adams", "email": "Ada@example.com", "phone": "+12025550101", "city": "Austin", "dateOfBirth": "1990-01-02",
			"dndSettings": object{"SMS": object{"status": "active"}}},
		CustomFields: object{"cfText00000000000001": "N1", "cfNumerical000000003": 5, "cfDate00000000000009": "2024-05-06"}})
	c.Put(Contact{ID: "idBen", DateAdded: time.UnixMilli(2000), Tags: []string{"vip"}, Fields: object{"firstName": "Ben", "email": "ben@example.com", "dnd": true},
		CustomFields: object{"cfMultipleOption0008": []string{"News"}, "cfNumerical000000003": 9}})
	c.Put(Contact{ID: "idClara", DateAdded: time.UnixMilli(3000), Fields: object{"firstName": "Clara", "phone": "+12025550103", "city": "Boston"},
		CustomFields: object{"cfTextboxList0000010": object{"7e0c3a52-9a39-4c53-8a86-0f8d0c4f5a01": "here"}}})
	for _, tt := range []struct{ field, op, value, want string }{
		{"id", "eq", `"idBen"`, "Ben"},
		{"id", "not_eq", `"idBen"`, "Ada Clara"},
		{"email", "eq", `"ADA@EXAMPLE.COM"`, "Ada"},
		{"email", "contains_set", `["none@example.com","Ada@example.com","ben@example.com"]`, "Ada Ben"},
		{"id", "contains_set", `["idClara","none"]`, "Clara"},
		{"phone", "contains_set", `["+12025550101"]`, "Ada"},
		{"tags", "contains_set", `["none","big deal"]`, "Ada"},
		{"email", "eq", `"old@example.com"`, ""},
		{"email", "not_exists", `null`, "Clara"},
		{"phone", "eq", `"+12025550103"`, "Clara"},
		{"phone", "contains", `"55501"`, "Ada Clara"},
		{"contactName", "eq", `"ada adams"`, "Ada"},
		{"firstNameLowerCase", "eq", `"ada"`, "Ada"},
		{"firstNameLowerCase", "eq", `"Ada"`, ""},
		{"city", "exists", `null`, "Ada Clara"},
		{"city", "not_contains", `"ost"`, "Ada Ben"},
		{"tags", "eq", `"vip"`, "Ada Ben"},
		{"tags", "eq", `["none","big deal"]`, "Ada"},
		{"tags", "contains", `"deal"`, "Ada"},
		{"tags", "not_eq", `"vip"`, "Clara"},
		{"dnd", "eq", `true`, "Ben"},
		{"dndSettings.SMS.status", "eq", `"active"`, "Ada"},
		{"dateAdded", "range", `{"gt":1000,"lte":2000}`, "Ben"},
		{"dateAdded", "range", `{"gte":"1970-01-01T00:00:03Z"}`, "Clara"},
		{"dateAdded", "range", `{"gte":"1970-01-01"}`, ""}, // midnight in New York
		{"dateOfBirth", "range", `{"lt":"1991-01-01"}`, "Ada"},
		{"customFields.cfText00000000000001", "eq", `"N1"`, "Ada"},
		{"customFields.cfText00000000000001", "not_exists", `null`, "Ben Clara"},
		{"customFields.cfNumerical000000003", "eq", `5`, "Ada"},
		{"customFields.cfNumerical000000003", "range", `{"gt":5}`, "Ben"},
		{"customFields.cfDate00000000000009", "range", `{"gte":"2024-05-06T00:00:00Z"}`, "Ada"},
		{"customFields.cfMultipleOption0008", "eq", `"News"`, "Ben"},
		{"customFields.cfTextboxList0000010.7e0c3a52-9a39-4c53-8a86-0f8d0c4f5a01", "eq", `"here"`, "Clara"},
		{"opportunities", "nested", `{}`, ""},
	} {
		equal(t, tt.field+" "+tt.op+" "+tt.value, c.names(leaf(tt.field, tt.op, tt.value)), tt.want)
	}
	const a, b = `{"field":"email","operator":"eq","value":"Ada@example.com"}`, `{"field":"id","operator":"eq","value":"idClara"}`
	for filters, want := range map[string]string{
		a + "," + b: "",
		`{"group":"OR","filters":[` + a + "," + b + `]}`:                                                                          "Ada Clara",
		`{"group":"OR","filters":[{"group":"AND","filters":[` + a + "," + b + `]},` + b + `]}`:                                    "Clara",
		`{"group":"OR","filters":[` + b + `,{"field":"tags","operator":"eq","value":"vip"}]}`:                                     "Ada Ben Clara",
		`{"field":"tags","operator":"eq","value":"vip"},{"field":"city","operator":"eq","value":"Austin"}`:                        "Ada",
		`{"group":"AND","filters":[{"field":"tags","operator":"eq","value":"vip"},{"field":"tags","operator":"eq","value":"x"}]}`: "",
	} {
		equal(t, filters, c.names(`{LOC,"pageLimit":9,"filters":[`+filters+`]}`), want)
	}
	equal(t, "query", c.names(`{LOC,"pageLimit":9,"query":"ADA"}`), "Ada")

	c.Edit("idAda", func(p *Contact) {
		p.Fields["email"] = "new@example.com"
		p.CustomFields["cfText00000000000001"] = "N2"
		p.Tags = nil
	})
	for field, values := range map[string][2]string{"email": {"Ada@example.com", "new@example.com"}, "customFields.cfText00000000000001": {"N1", "N2"}} {
		equal(t, "old "+field, c.names(leaf(field, "eq", `"`+values[0]+`"`)), "")
		equal(t, "new "+field, c.names(leaf(field, "eq", `"`+values[1]+`"`)), "Ada")
	}
	equal(t, "tag gone", c.names(leaf("tags", "eq", `"vip"`)), "Ben")
}

func TestSearchPaging(t *testing.T) {
	c := newClient(t, Options{})
	c.Seed(2500)
	for _, extra := range []string{``, `,"sort":[{"field":"dateAdded","direction":"asc"}]`, `,"sort":[{"field":"lastNameLowerCase","direction":"desc"}]`,
		`,"sort":[{"field":"lastNameLowerCase","direction":"asc"},{"field":"email","direction":"desc"}]`,
		`,"filters":[{"field":"tags","operator":"eq","value":"customer"}]`, `,"filters":[{"field":"city","operator":"not_eq","value":"Austin"}]`} {
		seen, after, total := map[string]bool{}, "", 0.0
		for {
			out := c.ok(200, "POST", "/contacts/search", `{LOC,"pageLimit":400`+extra+after+`}`)
			page := out["contacts"].([]any)
			total = out["total"].(float64)
			for _, p := range page {
				id := p.(object)["id"].(string)
				if seen[id] {
					t.Fatalf("%s: %s twice", extra, id)
				}
				seen[id] = true
			}
			if len(page) < 400 {
				break
			}
			cursor := page[len(page)-1].(object)["searchAfter"].([]any)
			after = `,"searchAfter":` + jsonOf(cursor)
		}
		if len(seen) != int(total) || total < 500 {
			t.Errorf("%s: saw %d of %v", extra, len(seen), total)
		}
	}
	newest := c.ok(200, "POST", "/contacts/search", `{LOC,"pageLimit":2,"page":2}`)["contacts"].([]any)
	all := c.Contacts()
	equal(t, "page 2, newest first", newest[0].(object)["id"], all[2497].ID)
}

// TestSearchDuring: whoever was added in a stretch of time is found, and counted, page after page, whatever else is asked for.
func TestSearchDuring(t *testing.T) {
	c := newClient(t, Options{})
	for i := range 3000 {
		c.Put(Contact{ID: fmt.Sprintf("id%05d", i), DateAdded: time.UnixMilli(int64(10_000 + i/3*2)).UTC(), Fields: map[string]any{"city": []string{"Austin", "Boston"}[i%2]}})
	}
	all := c.Contacts()
	for _, bounds := range []string{`{"gt":10000}`, `{"gte":10100,"lte":11000}`, `{"gt":10100,"lt":11000}`, `{"gt":10100.5,"lte":11000.5}`, `{"lt":10000}`, `{"gt":11998,"lt":12001}`,
		`{"gte":11000,"lt":10500}`, `{"lte":1e300}`, `{"gte":"1970-01-01T00:00:11Z"}`} {
		var limits object
		if err := json.Unmarshal([]byte(bounds), &limits); err != nil {
			t.Fatal(err)
		}
		within, _ := numbers(limits)
		for more, passes := range map[string]func(Contact) bool{
			``: func(Contact) bool { return true },
			`,{"field":"city","operator":"eq","value":"Austin"}`: func(p Contact) bool { return p.Fields["city"] == "Austin" },
			`,{"field":"id","operator":"not_eq","value":"id00700"},{"field":"id","operator":"not_eq","value":"nobody"},{"field":"id","operator":"not_eq","value":"id00700"}`: func(p Contact) bool { return p.ID != "id00700" },
		} {
			var want []string
			for _, p := range all {
				if within(float64(p.DateAdded.UnixMilli())) && passes(p) {
					want = append(want, p.ID)
				}
			}
			for _, direction := range []string{"asc", "desc"} {
				var got []string
				for after := ""; ; {
					out := c.ok(200, "POST", "/contacts/search", `{LOC,"pageLimit":101,"filters":[{"field":"dateAdded","operator":"range","value":`+bounds+`}`+more+
						`],"sort":[{"field":"dateAdded","direction":"`+direction+`"}]`+after+`}`)
					page := out["contacts"].([]any)
					for _, p := range page {
						got = append(got, p.(object)["id"].(string))
					}
					if int(out["total"].(float64)) != len(want) {
						t.Fatalf("%s%s: total %v, want %d", bounds, more, out["total"], len(want))
					}
					if len(page) < 101 {
						break
					}
					after = `,"searchAfter":` + jsonOf(page[100].(object)["searchAfter"])
				}
				if direction == "desc" {
					slices.Reverse(got)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s%s %s: %d people, want %d", bounds, more, direction, len(got), len(want))
				}
			}
		}
	}
}

func jsonOf(v any) string { return string(encode(v)) }

func TestIndexLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{IndexLag: time.Minute})
		find := func() string { return c.names(`{LOC,"pageLimit":9}`) }
		id := c.create(`"firstName":"Ada"`)
		equal(t, "at once", find(), "")
		c.ok(200, "GET", "/contacts/"+id, "") // the store knows
		time.Sleep(59 * time.Second)
		equal(t, "just before", find(), "")
		time.Sleep(time.Second)
		equal(t, "after", find(), "Ada")
		c.ok(200, "PUT", "/contacts/"+id, `{"firstName":"Eve","tags":["x"]}`)
		equal(t, "tag lags", c.names(leaf("tags", "eq", `"x"`)), "")
		time.Sleep(time.Minute)
		equal(t, "changed", c.names(leaf("tags", "eq", `"x"`)), "Eve")
		c.ok(200, "DELETE", "/contacts/"+id, "")
		equal(t, "deletion lags", find(), "Eve")
		time.Sleep(time.Minute)
		equal(t, "deleted", find(), "")
		c.Put(Contact{Fields: object{"firstName": "Ben"}})
		equal(t, "by hand", find(), "Ben")
	})
}

func TestManyContacts(t *testing.T) {
	c := newClient(t, Options{})
	const n = 20_000
	c.Seed(n)
	var leaves []string
	for i := range 100 {
		leaves = append(leaves, fmt.Sprintf(`{"field":"email","operator":"eq","value":"%s"}`, Person(i * 100).Fields["email"]))
	}
	out := c.ok(200, "POST", "/contacts/search", `{LOC,"pageLimit":500,"filters":[{"group":"OR","filters":[`+strings.Join(leaves, ",")+`]}]}`)
	equal(t, "total", out["total"], 100)
	for i, p := range c.Contacts() {
		if i%3 > 0 {
			c.Delete(p.ID)
		}
	}
	equal(t, "left", c.primary.all.size, (n+2)/3)
	equal(t, "index", len(c.primary.emails.one), (n+2)/3)
	at := time.UnixMilli(0)
	for _, p := range c.Contacts() {
		if p.DateAdded.Before(at) {
			t.Fatal("out of order")
		}
		at = p.DateAdded
	}
}
