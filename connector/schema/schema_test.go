package schema

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	compare "github.com/google/go-cmp/cmp"
)

// values are a record.
type values map[string]json.RawMessage

func (v values) check(s *Schema, unknown ...string) []Violation {
	var record []Value
	for name, value := range v {
		record = append(record, Value{s.Column(name), value})
	}
	return s.Check(record, func(column string) bool { return slices.Contains(unknown, column) })
}

// check holds a record against a schema of which nothing may be said beforehand.
func check(t *testing.T, schema, data string, unknown ...string) []Violation {
	t.Helper()
	return record(t, Compile(json.RawMessage(schema), func(string, string) {}), data, unknown...)
}

func record(t *testing.T, s *Schema, data string, unknown ...string) []Violation {
	t.Helper()
	var columns values
	if err := json.Unmarshal([]byte(data), &columns); err != nil {
		t.Fatal(err)
	}
	return columns.check(s, unknown...)
}

func TestSchemasAreHeldAgainstRecords(t *testing.T) {
	const secret = "Secret-Value"
	props := func(name, schema string) string {
		return `{"type":"object","properties":{"` + name + `":` + schema + `}}`
	}
	for _, tt := range []struct {
		name, schema, data string
		unknown            []string
		field              string // of the rejection, "" for none
	}{
		{"no schema", ``, `{"a":1}`, nil, ""},
		{"null schema", `null`, `{"a":1}`, nil, ""},
		{"null property", props("a", `null`), `{"a":{"b":1}}`, nil, ""},
		{"right type", props("a", `{"type":"string"}`), `{"a":"x"}`, nil, ""},
		{"wrong type", props("a", `{"type":"integer"}`), `{"a":"Secret-Value"}`, nil, "a"},
		{"one of types", props("a", `{"type":["null","string"]}`), `{"a":5}`, nil, "a"},
		{"null of a plain type", props("a", `{"type":"string"}`), `{"a":null}`, nil, ""},
		{"unknown type", props("a", `{"type":"timestamp"}`), `{"a":5}`, nil, ""},
		{"unknown type among others", props("a", `{"type":["string","uuid"]}`), `{"a":5}`, nil, ""},
		{"undeclared column", props("a", `{"type":"string"}`), `{"b":5}`, nil, ""},
		{"big integer", props("a", `{"type":"integer"}`), `{"a":123456789012345678901234567890}`, nil, ""},
		{"well-known string", props("a", `{"$ref":"WellKnownTypes.json#/definitions/String"}`), `{"a":5}`, nil, "a"},
		{"well-known date", props("a", `{"$ref":"WellKnownTypes.json#/definitions/Date"}`), `{"a":"2024-01-02"}`, nil, ""},
		{"well-known date broken", props("a", `{"$ref":"WellKnownTypes.json#/definitions/Date"}`), `{"a":"Secret-Value"}`, nil, "a"},
		{"well-known integer as text", props("a", `{"$ref":"WellKnownTypes.json#/definitions/Integer"}`), `{"a":"5"}`, nil, ""},
		{"union fits twice", props("a", `{"oneOf":[{"type":"string"},{"type":["string","integer"]}]}`), `{"a":"x"}`, nil, ""},
		{"union fits nowhere", props("a", `{"oneOf":[{"type":"string"},{"type":"integer"}]}`), `{"a":true}`, nil, "a"},
		{"format is an annotation", props("a", `{"type":"string","format":"date"}`), `{"a":"x"}`, nil, ""},
		{"nested", props("a", `{"type":"object","properties":{"b":{"type":"integer"}}}`), `{"a":{"b":"Secret-Value"}}`, nil, "a"},
		{"list", props("a", `{"type":"array","items":{"type":"integer"}}`), `{"a":[1,"Secret-Value"]}`, nil, "a"},
		{"enum", props("a", `{"enum":["x"]}`), `{"a":"Secret-Value"}`, nil, "a"},
		{"pattern", props("a", `{"pattern":"^x"}`), `{"a":"Secret-Value"}`, nil, "a"},
		{"pattern of another dialect", props("a", `{"pattern":"(?=x)"}`), `{"a":"Secret-Value"}`, nil, ""},
		{"required", `{"required":["a"]}`, `{}`, nil, "a"},
		{"required and not told", `{"required":["a","b"]}`, `{"b":1}`, []string{"a"}, ""},
		{"one of two required not told", `{"required":["a","b"]}`, `{}`, []string{"a"}, "b"},
		{"not told", props("a", `{"type":"integer"}`), `{"a":"x"}`, []string{"a"}, ""},
		{"name with a slash", props("a/b~c", `{"type":"integer"}`), `{"a/b~c":"x"}`, nil, "a/b~c"},
		{"properties are no object", `{"properties":[1]}`, `{"a":1}`, nil, ""},
		{"schema is a list", `[]`, `{"a":1}`, nil, ""},
		{"reference to nowhere", props("a", `{"$ref":"#/definitions/gone"}`), `{"a":1}`, nil, ""},
		{"reference to itself", `{"$ref":"#"}`, `{"a":1}`, nil, ""},
		{"local reference", `{"definitions":{"n":{"type":"integer"}},"properties":{"a":{"$ref":"#/definitions/n"}}}`, `{"a":"x"}`, nil, "a"},
		{"nonsense everywhere", `{"required":"a","enum":5,"items":7,"oneOf":{},"type":{},"additionalProperties":"x"}`, `{"a":1}`, nil, ""},
		{"required and null", `{"required":["a"],"properties":{"a":{"type":"string"}}}`, `{"a":null}`, nil, "a"},
		{"required, null allowed", `{"required":["a"],"properties":{"a":{"type":["null","string"]}}}`, `{"a":null}`, nil, ""},
		{"required, null allowed, absent", `{"required":["a"],"properties":{"a":{"type":["null","string"]}}}`, `{}`, nil, "a"},
		{"required, null among forms", `{"required":["a"],"properties":{"a":{"oneOf":[{"type":"null"},{"type":"string"}]}}}`, `{"a":null}`, nil, ""},
		{"required, null no constant", `{"required":["a"],"properties":{"a":{"const":"x"}}}`, `{"a":null}`, nil, "a"},
		{"null inside", props("a", `{"type":"object","properties":{"b":{"type":"string"},"c":{"enum":["x"]},"d":{"$ref":"#/n"}}}`) + "", `{"a":{"b":null,"c":null,"d":null}}`, nil, ""},
		{"required inside", props("a", `{"type":"object","required":["b"],"properties":{"b":{"type":"string"}}}`), `{"a":{"b":null}}`, nil, "a"},
		{"required inside, null allowed", props("a", `{"type":"object","required":["b"],"properties":{"b":{"type":["string","null"]}}}`), `{"a":{"b":null}}`, nil, ""},
		{"no other columns", `{"properties":{"a":{}},"additionalProperties":false}`, `{"a":1,"b":2}`, nil, "b"},
		{"the platform's columns", `{"properties":{"a":{}},"additionalProperties":false}`, `{"a":1,"_airbyte_raw_id":"x","_ab_cdc_lsn":5}`, nil, ""},
		{"other columns", `{"additionalProperties":{"type":"string"}}`, `{"b":2}`, nil, "b"},
		{"columns by form", `{"properties":{"a_b":{}},"patternProperties":{"^a_":{"type":"string"},"(":false},"additionalProperties":false}`, `{"a_b":1}`, nil, "a_b"},
		{"columns of no form", `{"patternProperties":{"^a_":{"type":"string"}},"additionalProperties":false}`, `{"c d":1}`, nil, "(record)"},
		{"one of two columns", `{"anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{"b":1}`, nil, ""},
		{"neither of two columns", `{"anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{"a":null}`, nil, "(record)"},
		{"either may be not told", `{"anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{"a":null}`, []string{"a"}, ""},
		{"the whole is a reference", `{"$ref":"#/definitions/p","definitions":{"p":{"properties":{"a":{"type":"integer"}}}}}`, `{"a":"x"}`, nil, "a"},
		{"parts of a record", `{"allOf":[{"properties":{"a b":{"type":"integer"}}},{"properties":{"c":{"type":"string"}}}]}`, `{"a b":"x","c":"x"}`, nil, "a b"},
		{"a reference into a column", `{"properties":{"a":{"type":"integer"},"b":{"$ref":"#/properties/a"}}}`, `{"b":"x"}`, nil, "b"},
		{"a chain that ends nowhere", `{"properties":{"a":{"$ref":"#/x"}},"x":{"$ref":"#/y"},"y":{"$ref":"#/x"}}`, `{"a":"x"}`, nil, ""},
		{"a list of persons", `{"definitions":{"p":{"type":"object","properties":{"n":{"type":"integer"},"next":{"$ref":"#/definitions/p"}}}},"properties":{"a":{"$ref":"#/definitions/p"}}}`,
			`{"a":{"n":1,"next":{"next":{"n":"x"}}}}`, nil, "a"},
		{"senseless columns", `{"properties":{"a":{"type":"string","maxLength":1e400,"minLength":-1,"pattern":5,"enum":[],"multipleOf":0},"b":{"maxLength":3}}}`, `{"a":"xxxx","b":"xxxx"}`, nil, "b"},
		{"limits of draft 4", props("a", `{"type":"number","minimum":5,"exclusiveMinimum":true}`), `{"a":4}`, nil, "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := check(t, tt.schema, tt.data, tt.unknown...)
			switch {
			case len(found) == 0 && tt.field != "":
				t.Error("the record passed")
			case len(found) > 0 && tt.field == "":
				t.Errorf("the record was rejected: %v", found)
			case len(found) > 0 && cmp.Or(found[0].Column, "(record)") != tt.field:
				t.Errorf("the violation names %q, want %q", found[0].Column, tt.field)
			case strings.Contains(fmt.Sprint(found), secret):
				t.Errorf("the violation tells the value: %v", found)
			}
		})
	}
}

// TestEveryColumnIsTold: what is wrong with one column hides nothing of the others, and the order is not left to chance.
func TestEveryColumnIsTold(t *testing.T) {
	const schema = `{"required":["r","a b"],"properties":{"z":{"type":"integer"},"a b":{"type":["null","string"]},
		"m":{"type":"object","properties":{"n":{"type":"integer"},"o":{"type":"integer"}}},"k":{"enum":[1]},"u":{"oneOf":[{"type":"string"},{"type":"integer"}]}}}`
	want := []Violation{
		{"a b", "has the wrong type: expected null or string, but got number"},
		{"k", "breaks the schema's rule enum"},
		{"m", "has the wrong type: expected integer or null, but got string"},
		{"r", "is required and missing"},
		{"u", "has the wrong type: expected string, but got boolean"},
		{"z", "has the wrong type: expected integer, but got number"},
	}
	for range 10 {
		if diff := compare.Diff(want, check(t, schema, `{"z":1.5,"a b":5,"m":{"n":"x","o":"y"},"k":2,"u":true}`)); diff != "" {
			t.Fatal(diff)
		}
	}
	var wide, data []string
	for i := range 100 {
		wide, data = append(wide, fmt.Sprintf(`"c%02d":{"type":"integer"}`, i)), append(data, fmt.Sprintf(`"c%02d":"x"`, i))
	}
	if found := check(t, `{"properties":{`+strings.Join(wide, ",")+`}}`, `{`+strings.Join(data, ",")+`}`); len(found) != mostViolations || found[0].Column != "c00" {
		t.Errorf("%d violations of a hundred are told", len(found))
	}
}

// TestNumbersOfAnySize: a number is compared exactly, and one that nobody can mean takes neither time nor memory, wherever it stands.
func TestNumbersOfAnySize(t *testing.T) {
	long := strings.Repeat("9", 2_000_000)
	for name, tt := range map[string]struct {
		schema, value string
		broken        bool
	}{
		"whole":                  {`{"type":"integer"}`, `1e1000001`, false},
		"whole, long exponent":   {`{"type":"integer"}`, `-1e99999999999999999999`, false},
		"no whole":               {`{"type":"integer"}`, `1e-1000001`, true},
		"zero":                   {`{"type":"integer"}`, `0.000e-1000001`, false},
		"whole by its exponent":  {`{"type":"integer"}`, `1.50e1`, false},
		"whole with zeros":       {`{"type":"integer"}`, `15.000`, false},
		"a fraction":             {`{"type":"integer"}`, `15.001`, true},
		"a tiny part":            {`{"type":"integer"}`, `1.` + strings.Repeat("0", 5000) + `1`, true},
		"a tiny part, with more": {`{"type":"integer","minimum":0}`, `1.` + strings.Repeat("0", 5000) + `1`, true},
		"many digits":            {`{"type":"integer"}`, long, false},
		"many digits, with more": {`{"type":"integer","minimum":5}`, long, false},
		"too small":              {`{"minimum":0}`, `-1e1000001`, true},
		"too great":              {`{"maximum":1e300}`, `1e1000001`, true},
		"in limits without end":  {`{"minimum":-1e1000001,"maximum":1e1000001}`, `5`, false},
		"out of such limits":     {`{"exclusiveMinimum":1e1000001}`, `5`, true},
		"a multiple":             {`{"multipleOf":0.01}`, `1e1000001`, false},
		"of a senseless one":     {`{"multipleOf":1e-1000001}`, `5`, false},
		"a choice":               {`{"enum":[1e1000001,"x"]}`, `5`, true},
		"a great choice":         {`{"enum":[12345678901234567890]}`, `12345678901234567891`, true},
		"the great choice":       {`{"enum":[12345678901234567890]}`, `12345678901234567890`, false},
		"a great constant":       {`{"const":9007199254740993}`, `9007199254740992`, true},
		"the great constant":     {`{"const":9007199254740993}`, `9007199254740993`, false},
		"inside":                 {`{"type":"array","items":{"type":"number"},"maxItems":1}`, `[1e1000001]`, false},
		"lengths":                {`{"maxLength":1e1000001,"minItems":1e1000001,"type":"string"}`, `"x"`, false},
		"words of no meaning":    {`{"default":1e1000001,"examples":[1e1000001],"type":"string"}`, `"x"`, false},
	} {
		begun := time.Now()
		var told []string
		s := Compile(json.RawMessage(`{"properties":{"a":`+tt.schema+`}}`), func(_, reason string) { told = append(told, reason) })
		found := record(t, s, `{"a":`+tt.value+`,"b":1e1000001}`)
		if (len(found) > 0) != tt.broken || told != nil {
			t.Errorf("%s: %v, told %q", name, found, told)
		}
		if spent := time.Since(begun); spent > 2*time.Second {
			t.Errorf("%s: took %v", name, spent)
		}
	}
}

// TestSchemasWithABudget: references can double the work with every level, of the schema or of the value. Such a schema validates
// nothing, says so once, and the other columns are validated all the same.
func TestSchemasWithABudget(t *testing.T) {
	var pairs []string
	for i := range 60 {
		pairs = append(pairs, fmt.Sprintf(`"d%d":{"allOf":[{"$ref":"#/definitions/d%d"},{"$ref":"#/definitions/d%d"}]}`, i, i+1, i+1))
	}
	doubling := `"definitions":{` + strings.Join(pairs, ",") + `,"d60":{"type":"integer"}}`
	twice := `"definitions":{"d0":{"allOf":[{"properties":{"n":{"$ref":"#/definitions/d0"}}},{"properties":{"n":{"$ref":"#/definitions/d0"}}}]}}`
	deep := strings.Repeat(`{"n":`, 3000) + `1` + strings.Repeat(`}`, 3000)
	nested := strings.Repeat(`{"properties":{"n":`, 3000) + `{}` + strings.Repeat(`}}`, 3000)
	for name, tt := range map[string]struct{ definitions, column, value, reason string }{
		"of the schema":      {doubling, `{"$ref":"#/definitions/d0"}`, `"x"`, errCostly.Error()},
		"of the value":       {twice, `{"$ref":"#/definitions/d0"}`, deep, errCostly.Error()},
		"nested beyond use":  {`"x":1`, nested, deep, errDeep.Error()},
		"round and round":    {`"x":1`, `{"allOf":[{"$ref":"#/properties/a"}]}`, `1`, errUnclear.Error()},
		"a long, honest one": {`"x":1`, `{"type":"array","items":{"anyOf":[{"type":"null"},{"type":"object","properties":{"n":{"type":"integer"}}}]}}`, `[` + strings.Repeat(`{"n":1},`, 20_000) + `null]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			told := map[string]int{}
			s := Compile(json.RawMessage(`{`+tt.definitions+`,"properties":{"a":`+tt.column+`,"b":{"type":"string"}}}`), func(column, reason string) { told[column+": "+reason]++ })
			begun := time.Now()
			for range 3 {
				found := record(t, s, `{"a":`+tt.value+`,"b":5}`)
				if len(found) != 1 || found[0].Column != "b" {
					t.Fatalf("found %v", found)
				}
			}
			if spent := time.Since(begun); spent > time.Minute { // without a budget it would be years
				t.Errorf("took %v", spent)
			}
			want := map[string]int{}
			if tt.reason != "" {
				want["a: "+tt.reason] = 1
			}
			if diff := compare.Diff(want, told); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWhatIsToldOfSeveralFaultsIsTheSameEachTime: which of the broken parts of a column is told does not hang on the order of a map.
func TestWhatIsToldOfSeveralFaultsIsTheSameEachTime(t *testing.T) {
	const schema = `{"properties":{"a":{"type":"object","required":["z"],"properties":{"b":{"type":"integer","minimum":5},"c":{"type":"integer"},"d":{"type":"boolean"},"e":{"maxLength":1}}},
		"list":{"items":{"type":"object","properties":{"b":{"enum":[1]},"c":{"type":"integer"}}}}},"minProperties":9}`
	const data = `{"a":{"b":"x","c":"x","d":"x","e":"xx"},"list":[{"b":2,"c":"x"},{"b":2,"c":"x"}]}`
	first := fmt.Sprint(check(t, schema, data))
	for range 50 {
		if again := fmt.Sprint(check(t, schema, data)); again != first {
			t.Fatalf("%s, then %s", first, again)
		}
	}
}

func TestEmpty(t *testing.T) {
	for schema, want := range map[string]bool{
		``: true, `{}`: true, `[]`: true, `{"properties":{"a":{},"b":null,"c":{"title":"C"}},"additionalProperties":true}`: true,
		`{"properties":{"a":{"type":"string"}}}`: false, `{"required":["a"]}`: false, `{"additionalProperties":false}`: false, `{"not":{}}`: false,
	} {
		if got := Compile(json.RawMessage(schema), func(string, string) {}).Empty(); got != want {
			t.Errorf("%s: %v", schema, got)
		}
	}
}

func FuzzSchema(f *testing.F) {
	f.Add([]byte(`{"properties":{"a":{"type":["null","integer"],"minimum":1e1000001}},"required":["a"]}`), []byte(`{"a":1e1000001}`))
	f.Add([]byte(`{"$ref":"#/definitions/a~1b","definitions":{"a/b":{"oneOf":[{"$ref":"#"}]}}}`), []byte(`{"a":null}`))
	f.Add([]byte(`{"patternProperties":{"(":{}},"additionalProperties":{"$ref":"#/properties/x/items/0"},"properties":{"x":{"items":[{"const":null}]}}}`), []byte(`{"b":[1]}`))
	f.Fuzz(func(t *testing.T, schema, data []byte) {
		if len(schema)+len(data) > 10_000 || !json.Valid(schema) {
			return
		}
		var columns values
		if json.Unmarshal(data, &columns) != nil {
			return
		}
		s := Compile(schema, func(string, string) {})
		first := fmt.Sprint(columns.check(s))
		if again := fmt.Sprint(columns.check(s)); again != first {
			t.Errorf("%s, then %s", first, again)
		}
	})
}
