package source

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// TestBusinessesAreRowsThatWriteTakes: custom fields under their keys, options by their labels.
func TestBusinessesAreRowsThatWriteTakes(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	acme := server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme", "postalcode": "02101", "website": "https://acme.example.com", "account_number": "A-1",
		"employees": float64(12), "services": []string{"web_design", "events"}, "industry": "real_estate", "founded": "1985-09-06T00:00:00.000Z",
		"turnover": map[string]any{"currency": "default", "value": 12.5}, "references.reference_one": "Bolt"}})
	s := open(t, server).businesses()
	got := read(t, s, &sink{})
	if len(got.rows) != 1 || len(got.states) != 1 || string(got.states[0]) != "{}" {
		t.Fatalf("%d rows, states %s", len(got.rows), got.states)
	}
	for column, want := range map[string]any{"id": acme, "name": "Acme", "postalCode": "02101", "website": "https://acme.example.com", "account_number": "A-1", "employees": 12.0,
		"services": []any{"Web Design", "Events"}, "industry": "Real Estate", "founded": "1985-09-06", "turnover": 12.5, "references": map[string]any{"reference_one": "Bolt"}, "city": nil, "tier": nil} {
		if v, told := got.rows[0][column]; !told || !reflect.DeepEqual(v, want) {
			t.Errorf("%s is %v (told: %v), want %v", column, v, told, want)
		}
	}
	expectDeclared(t, s, got.rows)
}

// expectDeclared checks that a stream declares the columns of its rows.
func expectDeclared(t *testing.T, s Stream, rows []map[string]any) {
	t.Helper()
	schema, err := s.Schema(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var declared struct{ Properties map[string]any }
	if err := json.Unmarshal(schema, &declared); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for column := range row {
			if declared.Properties[column] == nil {
				t.Errorf("%s is not declared", column)
			}
		}
	}
}

// TestBusinessesAreReadByARequestPerHundred, with a state after each, whether they have custom fields or not.
func TestBusinessesAreReadByARequestPerHundred(t *testing.T) {
	for request, fields := range map[string][]sandbox.CustomField{"POST /objects/{schemaKey}/records/search": sandbox.DefaultBusinessFields(), "GET /businesses/": sandbox.DefaultCustomFields()} {
		server := sandbox.New(sandbox.Options{CustomFields: fields})
		want := map[string]map[string]any{}
		for i := range 350 {
			name := fmt.Sprint("Works ", i)
			want[server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": name}})] = map[string]any{"name": name}
		}
		s := open(t, server).businesses()
		got := read(t, s, &sink{})
		expectRows(t, got.rows, want)
		if n := server.Requests()[request]; n != 4 || len(got.states) != 4 || server.Total() != 5 {
			t.Errorf("%d states, requests %v", len(got.states), server.Requests())
		}
		if rest := read(t, s, &sink{states: got.states[:2]}); len(rest.rows) == 0 || len(rest.rows) > 152 {
			t.Errorf("%d rows after two pages of four", len(rest.rows))
		}
	}
}

// TestTasksGoOnWhereTheyWere: there is a state after each page, and behind the last one that of a whole.
func TestTasksGoOnWhereTheyWere(t *testing.T) {
	s := open(t, withChildren(10, 2500, 0)).tasks()
	got := read(t, s, &sink{})
	if len(got.states) != 3 || string(got.last()) != "{}" {
		t.Fatalf("states: %s", got.states)
	}
	if rest := read(t, s, &sink{states: got.states[:1]}); len(rest.rows) != 1500 {
		t.Errorf("%d rows after the first thousand, want 1,500", len(rest.rows))
	}
	if again := read(t, s, got); len(again.rows) != 2500 {
		t.Errorf("%d rows after the end, want all again", len(again.rows))
	}
}
