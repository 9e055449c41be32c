package contacts_test

import (
	"strings"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// TestColumnsArriveInAnotherSpelling: a cache renames the columns and sends the source's own catalog. The cursor, the primary key and the
// schema speak of the renamed ones then.
func TestColumnsArriveInAnotherSpelling(t *testing.T) {
	plan := crm.PlanOptions{Columns: []string{"Updated At", "Customer ID"}, MatchOn: []string{"email"}}

	t.Run("the cursor", func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.must(job{streams: []stream{{cursor: []string{"Updated At"}, plan: plan}}}, records(
			`{"email":"ana@example.com","city":"Boston","updated_at":"2026-02-01"}`,
			`{"email":"ana@example.com","city":"Austin","updated_at":"2026-01-01"}`,
			`{"email":"ben@example.com","city":"Austin","updated_at":"2026-01-01","Updated At":null}`,
			`{"email":"ben@example.com","city":"Boston","UPDATED AT":"2026-02-01","updated_at":"2025-01-01"}`))
		all := p.Contacts()
		if len(all) != 2 || all[0].Fields["city"] != "Boston" || all[1].Fields["city"] != "Boston" {
			t.Errorf("the older record has the last word: %v", all)
		}
	})
	t.Run("the primary key", func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.must(job{streams: []stream{{rows: []string{"Customer ID"}, plan: plan}}},
			records(`{"email":"ana@example.com","customer_id":7}`, `{"email":"ana.lee@example.com","customer_id":7}`))
		if all := p.Contacts(); len(all) != 1 || all[0].Fields["email"] != "ana.lee@example.com" {
			t.Errorf("versions of a row became %d contacts", len(all))
		}
	})
	t.Run("the schema", func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		const schema = `{"type":"object","required":["Customer ID"],"properties":{"Customer ID":{"type":"integer"}}}`
		out := p.must(job{streams: []stream{{mode: airbyte.Append, schema: schema, plan: plan}}}, records(
			`{"email":"ana@example.com","customer_id":7}`, `{"email":"ben@example.com","customer_id":"seven"}`, `{"city":"Boston"}`))
		out.has(t, `1 created · 0 updated · 0 unchanged · 2 rejected (2 schema_violation)`)
		out.has(t, `Customer ID: has the wrong type: expected integer, but got string: line 2.`)
	})
}

// TestASchemaCostsOnlyWhatIsWrong: what a field can read is written, and each column that breaks its schema is told with its lines.
func TestASchemaCostsOnlyWhatIsWrong(t *testing.T) {
	p := inside(t, sandbox.Options{})
	const schema = `{"type":"object","required":["email","nick"],"properties":{"email":{"type":"string"},"nick":{"type":["null","string"]},"phone":{"type":"string"},
		"postalCode":{"type":["null","string"]},"meta":{"type":"object","properties":{"score":{"type":"integer"}}},"exempt":{"type":"string"}}}`
	out := p.must(job{streams: []stream{{mode: airbyte.Append, schema: schema, warn: true, plan: crm.PlanOptions{}}}}, records(
		`{"email":"ana@example.com","nick":null,"phone":6175550101,"postalCode":10001,"exempt":[]}`,
		`{"email":"ben@example.com","nick":null,"meta":{"score":1.5},"exempt":[]}`,
		`{"email":"eva@example.com","meta":{"score":1e1000001},"huge":1e1000001}`))
	out.has(t, `3 created · 0 updated · 0 unchanged · 0 rejected`)
	for _, c := range p.Contacts() {
		if c.Fields["email"] == "ana@example.com" && (c.Fields["phone"] != "+16175550101" || c.Fields["postalCode"] != "10001") {
			t.Errorf("what the fields can read is lost: %v", c.Fields)
		}
	}
	for _, line := range []string{`column \"exempt\": breaks the schema: has the wrong type: expected string, but got array: lines 1 and 2`,
		`column \"meta\": breaks the schema: has the wrong type: expected integer or null, but got number: line 2`,
		`column \"nick\": breaks the schema: is required and missing: line 3`} {
		out.has(t, line)
	}
	if strings.Contains(out.log, `"huge\": breaks`) {
		t.Error("a column that the schema does not have broke it")
	}
}
