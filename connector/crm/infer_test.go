package crm

import (
	"encoding/json"
	"testing"
)

var inferred = []struct {
	schema   string
	dataType string
	ok       bool
	values   []string // what a record of that schema may hold
}{
	{`{"type":"string"}`, "TEXT", true, []string{`"a"`, `"2024-05-06"`, `"007"`, `"a\nb"`, `"[1]"`, `"1e3"`}},
	{`{"type":["null","string"]}`, "TEXT", true, []string{`"a"`}},
	{`{"type":["string"],"format":"email"}`, "TEXT", true, []string{`"Ana@example.com"`}},
	{`{"type":"string","format":"time"}`, "TEXT", true, []string{`"10:00:00"`}},
	{`{"type":"string","airbyte_type":"time_without_timezone"}`, "TEXT", true, []string{`"10:00"`}},
	{`{"type":"string","format":"date"}`, "DATE", true, []string{`"2024-02-29"`, `"1890-01-01"`}},
	{`{"type":["null","string"],"format":"date-time"}`, "DATE", true, []string{`"2024-05-06T10:00:00Z"`, `"2024-05-06T23:59:59.123456+02:00"`}},
	{`{"type":"string","airbyte_type":"date"}`, "DATE", true, []string{`"2024-05-06"`}},
	{`{"type":"string","airbyte_type":"timestamp_with_timezone"}`, "DATE", true, []string{`"2024-05-06 10:00:00+00"`}},
	{`{"type":"string","airbyte_type":"timestamp_without_timezone"}`, "DATE", true, []string{`"2024-05-06T10:00:00"`}},
	{`{"type":"integer"}`, "NUMERICAL", true, []string{`0`, `-7`, `12345678901234567890`}},
	{`{"type":["number","null"]}`, "NUMERICAL", true, []string{`1.50`, `-1e-7`, `1E+20`, `100.0`}},
	{`{"type":["integer","number"]}`, "NUMERICAL", true, []string{`3`}},
	{`{"type":"boolean"}`, "TEXT", true, []string{`true`, `false`}},
	{`{"type":"array","items":{"type":"string"}}`, "LARGE_TEXT", true, []string{`["a","b, c"]`, `["a\nb",null]`, `[["a"],{"b": 1.0}]`, `[true,1.50]`}},
	{`{"type":"object","properties":{}}`, "LARGE_TEXT", true, []string{`{}`, `{ "a": [1, "é\u0007\r\n"] }`}},
	{`{"type":["null","array","object"]}`, "LARGE_TEXT", true, []string{`{"a":null}`, `[{}]`}},
	{`{"type":["string","array"]}`, "LARGE_TEXT", true, []string{`"a"`, `["a"]`}},
	{`{"type":["string","integer"]}`, "TEXT", true, []string{`"a"`, `1`, `1.0`}},
	{`{"type":["boolean","number"]}`, "TEXT", true, []string{`true`, `1e3`}},
	{`{"oneOf":[{"type":"null"},{"type":"integer"}]}`, "NUMERICAL", true, []string{`5`}},
	{`{"oneOf":[{"type":"string","format":"date"},{"type":"string"}]}`, "TEXT", true, []string{`"2024-05-06"`, `"soon"`}},
	{`{"oneOf":[{"type":"string","format":"date"},{"type":"integer"}]}`, "TEXT", true, []string{`"2024-05-06"`, `5`}},
	{`{"anyOf":[{"type":"string"},{"type":"object"},{"oneOf":[{"type":"array"}]}]}`, "LARGE_TEXT", true, []string{`"a"`, `{"b":1}`}},
	{`{"type":"string","oneOf":[{"type":"string"}]}`, "TEXT", true, []string{`"a"`}},
	{`{"$ref":"WellKnownTypes.json#/definitions/Date"}`, "DATE", true, []string{`"2024-05-06"`}},
	{`{"$ref":"WellKnownTypes.json#/definitions/TimestampWithTimezone"}`, "DATE", true, []string{`"2024-05-06T10:00:00Z"`}},
	{`{"$ref":"WellKnownTypes.json#/definitions/Integer"}`, "NUMERICAL", true, []string{`5`, `"5"`}},
	{`{"$ref":"WellKnownTypes.json#/definitions/Boolean"}`, "TEXT", true, []string{`true`}},
	{`{"oneOf":[{"$ref":"WellKnownTypes.json#/definitions/Number"},{"type":"null"}]}`, "NUMERICAL", true, []string{`5.5`}},
	{`null`, "TEXT", false, []string{`"a"`, `1`, `true`, `{"a":[1]}`, `[[1]]`}},
	{``, "TEXT", false, []string{`"a"`}},
	{`{}`, "TEXT", false, []string{`"a"`}},
	{`true`, "TEXT", false, []string{`{"a":"b"}`}},
	{`{"type":"null"}`, "TEXT", false, []string{`"a"`}},
	{`{"type":"any"}`, "TEXT", false, []string{`"a"`}},
	{`{"type":[1]}`, "TEXT", false, []string{`"a"`}},
	{`{"type":7,"format":7}`, "TEXT", false, []string{`"a"`}},
	{`{"oneOf":[{},{"type":"integer"}]}`, "TEXT", false, []string{`"a"`, `1`}},
	{`{"oneOf":7}`, "TEXT", false, []string{`"a"`}},
	{`{"$ref":"#/definitions/Date"}`, "TEXT", false, []string{`"a"`}},
	{`{"type":`, "TEXT", false, []string{`"a"`}},
}

func TestInferType(t *testing.T) {
	for _, test := range inferred {
		dataType, ok := InferType(json.RawMessage(test.schema))
		if dataType != test.dataType || ok != test.ok {
			t.Errorf("%s: %s, %v; want %s, %v", test.schema, dataType, ok, test.dataType, test.ok)
		}
		for _, value := range test.values {
			checkRoundTrip(t, CustomField("cf", "contact.column", "Column", dataType, nil), value)
		}
	}
}

// checkRoundTrip: a value maps without a fault, and what the API then returns
// is no difference.
func checkRoundTrip(t *testing.T, f Field, value string) {
	t.Helper()
	table := Contacts.Table(f)
	p, err := Compile(table, PlanOptions{MatchOn: []string{"email"}, Columns: []string{"email", "column"}})
	if err != nil {
		t.Fatal(err)
	}
	want, notes := mapped(t, p, `{"email":"a@example.com","column":`+value+`}`)
	for _, n := range notes {
		if n.Dropped {
			t.Errorf("%s as %s: dropped: %s", value, f.Type, n.Rule)
		}
	}
	sent, err := json.Marshal(want.Values["cf"].Data)
	if err != nil || isEmpty(want.Values["cf"].Data) {
		t.Fatalf("%s as %s: became %s (%v)", value, f.Type, sent, err)
	}
	have := &Contact{Values: map[string]any{"email": "a@example.com", "cf": f.Canonical(decode(sent))}}
	if c := Diff(table, want, Defaults{}, have); !c.Empty() || len(c.Unknown) > 0 {
		t.Errorf("%s as %s: read back it differs: %+v", value, f.Type, c)
	}
}
