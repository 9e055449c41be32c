package sandbox

import (
	"fmt"
	"strings"
	"testing"
)

// TestVariants asks each open question twice: as the sandbox answers by itself, and in the variant.
func TestVariants(t *testing.T) {
	const ada = "aaaaaaaaaaaaaaaaaaaa"
	const field, set = `"filters":[{"field":"email","operator":"%s","value":%s}]}`, `["Ada@example.com"]`
	find := func(op, value string) string { return fmt.Sprintf(`{LOC,"pageLimit":9,`+field, op, value) }
	for _, tt := range []struct {
		variant      Variant
		op, body     string
		usual, other string // status and a part of the answer
	}{
		{UpsertIs200, "POST /contacts/upsert", `{LOC,"email":"new@example.com"}`, `201 "new":true`, `200 "new":true`},
		{UpsertIs200, "POST /contacts/upsert", `{LOC,"phone":"+12025550100"}`, `200 "new":false`, `200 "new":false`},
		{NobodyIs422, "POST /contacts/", `{LOC,"name":"Ada"}`, `400 "statusCode":422`, `422 "statusCode":422`},
		{MissingIs404, "GET /contacts/none", ``, `400 Contact with id none not found`, `404 "message":"Contact not found"`},
		{PhoneDropped, "PUT /contacts/" + ada, `{"phone":"12","city":"Paris"}`, `400 Invalid phone`, `200 "phone":"+12025550100"`},
		{EmailLowered, "PUT /contacts/" + ada, `{"email":"New@example.com"}`, `200 "email":"New@`, `200 "email":"new@`},
		{EmailExact, "POST /contacts/search", find("eq", `"ada@example.com"`), `200 "total":1`, `200 "total":0`},
		{EmailExact, "POST /contacts/search", find("eq", `"Ada@example.com"`), `200 "total":1`, `200 "total":1`},
		{EmailExact, "POST /contacts/search", find("contains_set", `["ADA@example.com"]`), `200 "total":1`, `200 "total":0`},
		{NullsKept, "PUT /contacts/" + ada, `{"email":null,"city":"Paris"}`, `200 "city":"Paris","customFields"`, `200 "email":"Ada@example.com"`},
		{PutTakesAll, "PUT /contacts/" + ada, `{"companyName":"Acme","gender":"x"}`, `422 property companyName should not exist`, `200 "companyName":"Acme"`},
		{PutTakesAll, "PUT /contacts/" + ada, `{LOC}`, `422 property locationId`, `422 property locationId`},
		{DateByFieldValue, "PUT /contacts/" + ada, `{"customFields":[{"id":"cfDate00000000000009","field_value":"2024-05-06"}]}`, `200 "customFields":[]`, `200 "value":"2024-05-06"`},
		{BulkTexts, "POST /contacts/bulk/tags/update/add", `{LOC,"contacts":["` + ada + `"],"tags":["x"]}`, `201 "contactId":"` + ada, `201 "responses":["Tags updated"]`},
		{PageOf100, "POST /contacts/search", `{LOC,"pageLimit":101}`, `200 "total":1`, `400 pageLimit must not be greater than 100`},
		{SetsRefused, "POST /contacts/search", find("contains_set", set), `200 "total":1`, `400 Invalid Operator (contains_set)`},
		{SetsIgnored, "POST /contacts/search", find("contains_set", set), `200 "total":1`, `200 "contacts":[],"total":0`},
		{DNDEmptied, "POST /contacts/search", `{LOC,"pageLimit":1}`, `200 "dndSettings":{"SMS"`, `200 "dndSettings":{}`},
		{DNDUntold, "POST /contacts/search", `{LOC,"pageLimit":1}`, `200 "dndSettings":{"SMS"`, `200 "dnd":false,"email"`},
		{MissingIs404, "GET /contacts/" + ada + "/notes/none", ``, `400 Note with id none not found`, `404 "message":"Note not found"`},
		{NotesAsHTML, "GET /contacts/" + ada + "/notes", ``, `200 "body":"a \u0026 b\nc"`, `200 "body":"\u003cp\u003ea \u0026amp; b\u003c/p\u003e\u003cp\u003ec\u003c/p\u003e"`},
		{CompletedOptional, "POST /contacts/" + ada + "/tasks", `{"title":"x","dueDate":"2026-10-25T11:00:00Z"}`, `422 completed must be`, `201 "completed":false`},
		{CompletedOptional, "POST /contacts/" + ada + "/tasks", `{"title":"x","dueDate":"2026-10-25T11:00:00Z","completed":1}`, `422 completed must be`, `422 completed must be`},
		{TasksOf10, "POST /locations/" + loc + "/tasks/search", `{"contactId":["` + strings.Repeat(`a","`, 10) + `a"]}`, `200 "tasks":[]`, `422 no more than 10 elements`},
		{MissingIs404, "GET /opportunities/none", ``, `400 Opportunity with id none not found`, `404 "message":"Opportunity not found"`},
		{ValuesByDetail, "GET /opportunities/oppAda00000000000001", ``, `200 "customFields":[]`, `200 "fieldValue":"D-1"`},
		{ValuesByDetail, "GET /opportunities/search?location_id=" + loc, ``, `200 "customFields":[]`, `200 "fieldValue":"D-1"`},
		{ValuesByDetail, "POST /opportunities/search", `{LOC}`, `201 "fieldValueString":"D-1"`, `201 "customFields":[]`},
		{ClosedAreDuplicates, "POST /opportunities/", deal(ada, ""), `201 "name":"Roof"`, `400 "existingId":"oppAda00000000000001"`},
		{OwnersApart, "PUT /opportunities/oppAda00000000000001", `{"assignedTo":"x"}`, `200 "assignedTo":"x"`, `200 "assignedTo":"x"`},
	} {
		for v, want := range map[Variant]string{0: tt.usual, tt.variant: tt.other} {
			c := newClient(t, Options{Variant: v})
			c.Put(Contact{ID: ada, Fields: object{"email": "Ada@example.com", "phone": "+12025550100", "dndSettings": object{"SMS": object{"status": "active"}}}})
			c.PutNote(Note{ContactID: ada, Body: "a & b\nc"})
			c.PutOpportunity(Opportunity{ID: "oppAda00000000000001", ContactID: ada, PipelineID: sales.ID, Status: "won", CustomFields: object{"ofText00000000000001": "D-1"}})
			method, path, _ := strings.Cut(tt.op, " ")
			status, _, text := c.send(method, path, tt.body)
			code, part, _ := strings.Cut(want, " ")
			if fmt.Sprint(status) != code || !strings.Contains(text, part) {
				t.Errorf("%q: %s %s: %d %s, want %s", v, tt.op, tt.body, status, text, want)
			}
		}
	}
}

func TestParseVariant(t *testing.T) {
	all := Variant(0)
	for _, v := range Variants() {
		got, err := ParseVariant(v.String())
		if err != nil || got != v || v == 0 {
			t.Errorf("%q: %v, %v", v, got, err)
		}
		all |= v
	}
	equal(t, "names", all.String(), strings.Join(variantNames, ","))
	if _, err := ParseVariant("sets"); err == nil || !strings.Contains(err.Error(), "sets-refused") {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestMostFilters(t *testing.T) {
	c := newClient(t, Options{})
	leaves := func(n int) string {
		return strings.TrimSuffix(strings.Repeat(`{"field":"id","operator":"eq","value":"a"},`, n), ",")
	}
	group := func(n int) string { return `{"group":"OR","filters":[` + leaves(n) + `]}` }
	for filters, status := range map[string]int{leaves(100): 200, leaves(101): 400, group(100): 200, group(101): 400, group(100) + "," + group(100): 200} {
		if got, _, text := c.send("POST", "/contacts/search", `{LOC,"pageLimit":9,"filters":[`+filters+`]}`); got != status {
			t.Errorf("%d leaves: %d %s, want %d", strings.Count(filters, "field"), got, text, status)
		}
	}
}
