package crm

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitName(t *testing.T) {
	for in, want := range map[string][2]string{
		"Ana Lopez":                  {"Ana", "Lopez"},
		"Ana  Maria Lopez":           {"Ana Maria", "Lopez"},
		"Lopez, Ana Maria":           {"Ana Maria", "Lopez"},
		"Ana Lopez, Jr.":             {"Ana", "Lopez, Jr."},
		"Ana":                        {"Ana", ""},
		"Lopez,":                     {"Lopez", ""},
		",":                          {"", ""},
		"":                           {"", ""},
		"Ludwig van Beethoven":       {"Ludwig", "van Beethoven"},
		"Vincent van der Berg":       {"Vincent", "van der Berg"},
		"Jean Claude Van Damme":      {"Jean Claude", "Van Damme"},
		"Oscar de la Hoya":           {"Oscar", "de la Hoya"},
		"Maria da Silva Santos":      {"Maria", "da Silva Santos"},
		"Van Morrison":               {"Van", "Morrison"},
		"Al Pacino":                  {"Al", "Pacino"},
		"De Niro, Robert":            {"Robert", "De Niro"},
		"Tariq ibn Ziyad":            {"Tariq", "ibn Ziyad"},
		"Jill St. John":              {"Jill", "St. John"},
		"José Ortega y Gasset":       {"José", "Ortega y Gasset"},
		"John Smith Jr.":             {"John", "Smith Jr."},
		"Vincent van der Berg III":   {"Vincent", "van der Berg III"},
		"John A. Smith, M.D., Ph.D.": {"John A.", "Smith, M.D., Ph.D."},
		"Smith Jr., John":            {"John", "Smith Jr."},
		"Smith, John, Jr.":           {"John", "Smith, Jr."},
		"SMITH, John A.":             {"John A.", "SMITH"},
		"Smith Jr.":                  {"Smith", "Jr."},
		"Jr.":                        {"Jr.", ""},
		"John van":                   {"John", "van"},
		"王小明":                        {"王小明", ""},
	} {
		if first, last := splitName(in); first != want[0] || last != want[1] {
			t.Errorf("splitName(%q) = %q, %q; want %q", in, first, last, want)
		}
	}
}

// TestAFullNameThatIsTheSame: how a rule splits a name is no reason to write it.
func TestAFullNameThatIsTheSame(t *testing.T) {
	table, p := testTable(), testPlan(t, nil)
	for _, test := range []struct {
		record      string
		first, last any
		want        map[string]any
	}{
		{`"name":"María José García López"`, "María José", "García López", nil},
		{`"name":"García López, María José"`, "María José", "García López", nil},
		{`"name":"Mary Ann  Smith"`, "Mary", "Ann Smith", nil},
		{`"name":"Prince"`, "Prince", nil, nil},
		{`"name":"Prince"`, nil, "Prince", nil},
		{`"name":"Mary Ann Smith"`, "Mary", "Smith", map[string]any{"firstName": "Mary Ann"}},
		{`"name":"Mary Ann Smith"`, nil, nil, map[string]any{"firstName": "Mary Ann", "lastName": "Smith"}},
		{`"name":"Mary Ann Smith","first_name":"Mary Ann"`, "Mary", "Ann Smith", map[string]any{"firstName": "Mary Ann", "lastName": "Smith"}},
	} {
		want, _ := mapped(t, p, `{"email":"a@example.com",`+test.record+`}`)
		have := &Contact{Values: map[string]any{"email": "a@example.com", "firstName": test.first, "lastName": test.last}}
		if diff := cmp.Diff(test.want, Diff(table, want, Defaults{}, have).Set); diff != "" {
			t.Errorf("%s: %s", test.record, diff)
		}
		name, _ := have.Held("name")
		printed := &Contact{Values: map[string]any{"email": "a@example.com"}, Prints: printsOf(map[string]Print{
			"name": Fingerprint(table.Field("name"), name), "firstName": Fingerprint(table.Field("firstName"), test.first),
			"lastName": Fingerprint(table.Field("lastName"), test.last),
		})}
		if c := Diff(table, want, Defaults{}, printed); len(c.Set) > 0 || (len(c.Unknown) > 0) != (test.want != nil) {
			t.Errorf("%s: by its print: %+v", test.record, c)
		}
	}
}

// TestMergeOfNames: as if one record were written after the other, where
// both give the whole name, but for where a rule splits it.
func TestMergeOfNames(t *testing.T) {
	table, p := testTable(), testPlan(t, nil)
	records := []string{`"city":"Oslo"`, `"name":"Mary Ann Smith"`, `"first_name":"Mary","last_name":"Ann Smith"`, `"name":"Smith, Mary"`,
		`"name":"Mary Ann Smith","first_name":"Mary"`, `"name":"Ann van Smith"`}
	parts := []any{nil, "Mary", "Mary Ann", "Smith", "Ann Smith", "Ann van", "van Smith"}
	for range 3000 {
		pick := func() Desired {
			want, _ := mapped(t, p, `{"email":"a@example.com",`+records[rand.N(len(records))]+`}`)
			return want
		}
		older, newer := pick(), pick()
		have := &Contact{Values: map[string]any{"email": "a@example.com", "city": nil, "firstName": parts[rand.N(len(parts))], "lastName": parts[rand.N(len(parts))]}}
		apart := Apply(have, Diff(table, older, Defaults{}, have))
		apart = Apply(apart, Diff(table, newer, Defaults{}, apart))
		merged := Merge(older, newer)
		together := Apply(have, Diff(table, merged, Defaults{}, have))
		wanted, _ := apart.Held("name")
		if got, _ := together.Held("name"); got != wanted || apart.Values["city"] != together.Values["city"] {
			t.Fatalf("%+v\nthen %+v\non %v: %q, not %q", older, newer, have.Values, got, wanted)
		}
		if c := Diff(table, merged, Defaults{}, together); !c.Empty() {
			t.Fatalf("%+v is not settled: %+v", merged, c)
		}
	}
}
