package load

import (
	"encoding/json"
	"strings"
	"testing"
)

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
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, _ := compileSchema(json.RawMessage(tt.schema))
			bad := v.check(json.RawMessage(tt.data), tt.unknown)
			switch {
			case bad == nil && tt.field != "":
				t.Error("the record passed")
			case bad != nil && tt.field == "":
				t.Errorf("the record was rejected: %v", bad)
			case bad != nil && bad.Field != tt.field:
				t.Errorf("the rejection names %q, want %q", bad.Field, tt.field)
			case bad != nil && strings.Contains(bad.Error(), secret):
				t.Errorf("the rejection tells the value: %v", bad)
			}
		})
	}
}
