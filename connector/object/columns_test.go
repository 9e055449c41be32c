package object

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/schema"
)

func TestCursorAtFollowsThePath(t *testing.T) {
	const data = `{"at":5,"none":null,"meta":{"at":"x"}}`
	for path, want := range map[string]string{"at": "5", "none": "", "gone": "", "meta.at": `"x"`, "at.deeper": "", "": ""} {
		steps := strings.Split(path, ".")
		if path == "" {
			steps = nil
		}
		c := columnsOf(nil, "")
		c.begin([]byte(data))
		if got := string(c.path(steps)); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}

func columnsOf(declared []string, raw string) *columns {
	return newColumns(crm.NewColumns(declared), schema.Compile(json.RawMessage(raw), func(_, reason string) { panic(reason) }))
}

// columnsByMap is what the values of a record are, said plainly.
func columnsByMap(data []byte, names *crm.Columns) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	if json.Unmarshal(data, &all) != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		declared, ok := names.Declared(name)
		if !ok || declared == name {
			continue
		}
		if have := all[declared]; have == nil || string(have) == "null" {
			all[declared] = all[name]
		}
		delete(all, name)
	}
	return all
}

// TestColumnsAreThoseOfAMap: records taken apart one after another hold what a decoder finds in each: with names
// twice, in several spellings, with escapes, nulls and more columns than are remembered.
func TestColumnsAreThoseOfAMap(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	columns := []string{"First Name", "email", "Téléphone", "n_1"}
	declared := crm.NewColumns(columns)
	names := []string{"First Name", "first_name", "FIRST NAME", "firstname", "email", "E-Mail", `\u0065mail`, "Téléphone", "t_l_phone", "telephone", "N1", "n_1", "other", "OTHER", "", `a\"b`}
	values := []string{"null", `"x"`, "1", "-1.5e3", `{"a":[1,"]"]}`, `[]`, "true", `"\ud83d"`}
	for _, many := range []bool{false, true} {
		c := columnsOf(columns, "")
		for n := range 3000 {
			var members []string
			for range d.IntN(8) {
				name := names[d.IntN(len(names))]
				if many && d.IntN(3) == 0 {
					name = fmt.Sprint("column ", d.IntN(5000))
				}
				members = append(members, fmt.Sprintf(`"%s" :%s`, name, values[d.IntN(len(values))]))
			}
			data := []byte(" {" + strings.Join(members, " ,") + "}\n")
			want := columnsByMap(data, declared)
			if c.begin(data); n%3 == 0 {
				c.take()
				c.begin(data)
			}
			got := map[string]json.RawMessage{}
			for _, v := range c.all() {
				if _, twice := got[v.Name]; twice {
					t.Fatalf("%s: %s comes twice", data, v.Name)
				}
				got[v.Name] = v.JSON
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s: (-want +got)\n%s", data, diff)
			}
			for _, name := range append(names, "column 7") {
				value, ok := c.value(name)
				if expected, has := want[name]; ok != has || string(value) != string(expected) {
					t.Fatalf("%s: %q is %s, %v, want %s", data, name, value, ok, expected)
				}
			}
		}
	}
}

const stagesSchema = `{"type":"object","required":["email"],"properties":{"email":{"type":"string"},"phone":{"type":["null","string"]},
"first_name":{"type":["null","string"]},"last_name":{"type":["null","string"]},"city":{"type":["null","string"]},"visits":{"type":["null","integer"]},
"member_since":{"type":["null","string"],"format":"date"},"topics":{"type":["null","array"],"items":{"type":"string"}}}}`

const stagesRecord = `{"email":"ana@example.com","phone":"+12025550123","first_name":"Ana","last_name":"Lopez","city":null,"visits":7,
"member_since":"2024-03-04","topics":["News","Offers"]}`

func BenchmarkValidate(b *testing.B) {
	c := columnsOf([]string{"email", "phone", "first_name", "last_name", "city", "visits", "member_since", "topics"}, stagesSchema)
	b.ReportAllocs()
	for b.Loop() {
		c.begin([]byte(stagesRecord))
		if broken := c.schema.Check(c.all(), func(string) bool { return false }); broken != nil {
			b.Fatal(broken)
		}
	}
}
