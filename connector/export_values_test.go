package connector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/export"
	"destination-gohighlevel/connector/sheet"
)

// exportedFields are custom fields of which some have the name of another, of a standard
// field, or none that can be a heading.
var exportedFields = []crm.Field{
	crm.CustomField("f1", "contact.note_text", "Note, text", "LARGE_TEXT", nil),
	crm.CustomField("f2", "contact.plan", "Plan", "SINGLE_OPTIONS", options("gold", "silver, old")),
	crm.CustomField("f3", "contact.likes", "Likes", "MULTIPLE_OPTIONS", options("tea", "coffee")),
	crm.CustomField("f4", "contact.wishes", "Wishes", "CHECKBOX", options("a", "b", "a, b", "c; d")),
	crm.CustomField("f5", "contact.score", "Score", "NUMERICAL", nil),
	crm.CustomField("f6", "contact.since", "Member since", "DATE", nil),
	crm.CustomField("f7", "contact.badge", "Badge", "TEXT", nil),
	crm.CustomField("f8", "contact.badge_2", "Badge", "TEXT", nil),
	crm.CustomField("f9", "contact.second_email", "Email", "TEXT", nil),
	crm.CustomField("f10", "contact.nameless", "", "TEXT", nil),
	crm.CustomField("f11", "contact.odd", "odd@name", "TEXT", nil),
}

func options(labels ...string) (list []crm.Option) {
	for _, l := range labels {
		list = append(list, crm.Option{ID: l, Label: l})
	}
	return list
}

// exportedSchema has the properties of contacts as they are read.
func exportedSchema() json.RawMessage {
	var names []string
	for _, f := range crm.Contacts.Fields() {
		switch {
		case f.Key != "":
			names = append(names, f.Key)
		case f.Name != "name":
			names = append(names, f.Name)
		}
	}
	for _, f := range exportedFields {
		names = append(names, f.Key[len("contact."):])
	}
	var b bytes.Buffer
	b.WriteString(`{"type":"object","properties":{`)
	for i, n := range append(names, "dateAdded", "dateUpdated", "additionalEmails", "additionalPhones") {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:{}", n)
	}
	b.WriteString("}}")
	return b.Bytes()
}

var awkward = []string{"Ada", "O'Neil", `say "hi"`, "two\nlines", "comma, semi; colon", "=1+1", "+x", "-x", "@x", "007", "1e5", "12.50", "Grüße 🎈", "[a]", "{b}", "'c", "true", "1985-09-06",
	"1,234", " ̈", "a|b", "sep=;", `\N x`, `back\slash`, `["a","b"]`, `""`, "#", "null value", "^d^", "a ::: b"}

func pick(r *rand.Rand, of []string) string { return of[r.IntN(len(of))] }

// some are a few of several, each once.
func some(r *rand.Rand, of []string) []string {
	of = slices.Clone(of)
	r.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
	return of[:r.IntN(min(4, len(of)+1))]
}

// awkwardContact is a contact as it is read, with values that files are known to spoil.
func awkwardContact(r *rand.Rand, n int) map[string]any {
	c := map[string]any{"id": fmt.Sprintf("%020d", n), "email": fmt.Sprintf("p%d@example.com", n), "phone": fmt.Sprintf("+1202555%04d", n%10000),
		"country": pick(r, []string{"US", "DE", "NO"}), "state": pick(r, []string{"ID", "Oslo", "Île-de-France"}), "dnd": r.IntN(2) == 0, "dnd_email": r.IntN(2) == 0,
		"tags":      some(r, []string{"vip", "a, b", "true", "o'neil", `"quoted"`, "[x]", "spring fair", "007", "=1", "a", "b"}),
		"dateAdded": "2026-08-31T14:00:00.000Z", "dateUpdated": "2026-08-31T14:00:01.000Z", "additionalEmails": []string{"other@example.com"},
		"dateOfBirth": "1985-09-06", "timezone": "Europe/Berlin", "source": pick(r, awkward), "website": "https://example.com/?a=1&b=2",
		"likes": some(r, []string{"tea", "coffee"}), "wishes": some(r, []string{"a", "b", "a, b", "c; d"}), "plan": pick(r, []string{"gold", "silver, old"}),
		"score": json.Number(pick(r, []string{"0", "-1.5", "1234567", "0.001"})), "since": "2020-02-29"}
	for _, name := range []string{"firstName", "lastName", "city", "companyName", "address1", "note_text", "badge", "badge_2", "second_email", "nameless", "odd"} {
		if r.IntN(5) > 0 {
			c[name] = pick(r, awkward)
		}
	}
	c["postalCode"] = pick(r, []string{"01234", "94107", "SW1A 1AA"})
	return c
}

// TestExportedValuesComeBack: what the CSV of contacts says is read as the same wishes as the
// rows themselves, and nothing of it is left out.
func TestExportedValuesComeBack(t *testing.T) {
	people := 400
	if testing.Short() {
		people = 60
	}
	table := crm.Contacts.Table(exportedFields...)
	schema := exportedSchema()
	var rows [][]byte
	var out bytes.Buffer
	pipe, err := export.NewPipe(&out, export.Plan{Format: export.CSV, Columns: exportColumns("contacts", schema, table, false)})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(18, 2))
	for n := range people {
		row, err := json.Marshal(awkwardContact(random, n))
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
		if err := pipe.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := pipe.Commit(); err != nil {
		t.Fatal(err)
	}
	file := bytes.NewReader(out.Bytes())
	form, err := sheet.Find(file)
	if err != nil {
		t.Fatal(err)
	}
	read, err := form.Rows(file)
	if err != nil {
		t.Fatal(err)
	}
	fromCSV, fromRows := exportPlan(t, table, form.Columns()), exportPlan(t, table, export.Properties(schema))
	if hints := fromCSV.Unmatched(); len(hints) > 4 {
		t.Errorf("feed nothing: %v", hints)
	}
	for _, row := range rows {
		want, _, rejected := fromRows.Map(row, nil)
		if rejected != nil {
			t.Fatalf("%s: %v", row, rejected)
		}
		cells, err := read.Next()
		if err != nil || cells.Fault != "" {
			t.Fatal(err, cells.Fault)
		}
		got, notes, rejected := fromCSV.Map(cells.Data, nil)
		if rejected != nil {
			t.Fatalf("%s: %v", cells.Data, rejected)
		}
		for _, n := range notes {
			if n.Dropped {
				t.Errorf("%+v\n%s", n, cells.Data)
			}
		}
		if diff := cmp.Diff(want.Values, got.Values); diff != "" {
			t.Errorf("%s\n%s", row, diff)
		}
		if diff := cmp.Diff(want.TagsFor(nil), got.TagsFor(nil)); diff != "" {
			t.Errorf("tags: %s\n%s", row, diff)
		}
	}
}

func exportPlan(t *testing.T, table *crm.Table, columns []string) *crm.Plan {
	t.Helper()
	p, err := crm.Compile(table, crm.PlanOptions{Columns: columns, MatchOn: []string{"email", "phone"}, Notation: crm.NotationOf("US"), Today: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
