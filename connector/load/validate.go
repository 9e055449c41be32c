package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"destination-gohighlevel/connector/crm"
)

// CodeSchemaViolation is the code of a record that breaks its stream's schema.
const CodeSchemaViolation = "schema_violation"

// validator holds a stream's JSON schema, compiled once.
type validator struct{ schema *jsonschema.Schema }

// wellKnown defines the platform's types that schemas refer to. They travel as
// strings, except booleans; the patterns are those of the protocol.
const wellKnown = `{"definitions":{
"String":{"type":"string"},
"BinaryData":{"type":"string","pattern":"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"},
"Date":{"type":"string","pattern":"^\\d{4}-\\d{2}-\\d{2}( BC)?$"},
"TimestampWithTimezone":{"type":"string","pattern":"^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+\\-]\\d{1,2}:\\d{2})( BC)?$"},
"TimestampWithoutTimezone":{"type":"string","pattern":"^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?( BC)?$"},
"TimeWithTimezone":{"type":"string","pattern":"^\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+\\-]\\d{1,2}:\\d{2})$"},
"TimeWithoutTimezone":{"type":"string","pattern":"^\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?$"},
"Number":{"type":["string","number"]},
"Integer":{"type":["string","integer"]},
"Boolean":{"type":"boolean"}}}`

const wellKnownURL = "schema://wellknown/WellKnownTypes.json"

// compileSchema compiles a stream's schema, leniently where sources are
// sloppy: a null or senseless part means "anything". A schema that cannot be
// compiled even so validates nothing, and the reason is returned beside it.
func compileSchema(raw json.RawMessage) (*validator, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return &validator{}, nil
	}
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return &validator{}, fmt.Errorf("the schema is no JSON: %w", err)
	}
	object, ok := soften(doc).(map[string]any)
	if !ok {
		return &validator{}, nil
	}
	object["$schema"] = "http://json-schema.org/draft-07/schema#"
	softened, err := json.Marshal(object)
	if err != nil {
		return &validator{}, err
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft7
	if err := c.AddResource(wellKnownURL, strings.NewReader(wellKnown)); err != nil {
		return &validator{}, err
	}
	if err := c.AddResource("schema://stream/schema.json", bytes.NewReader(softened)); err != nil {
		return &validator{}, errors.New("the schema cannot be read")
	}
	schema, err := c.Compile("schema://stream/schema.json")
	if err != nil {
		return &validator{}, errors.New("the schema cannot be compiled")
	}
	return &validator{schema}, nil
}

var jsonTypes = map[string]bool{"null": true, "boolean": true, "object": true, "array": true, "number": true, "string": true, "integer": true}

// soften rewrites a schema so that what sources really send compiles: null
// schemas and unknown types mean anything, well-known references are resolved
// and format is the annotation that draft 7 makes it.
func soften(node any) any {
	switch n := node.(type) {
	case nil:
		return true
	case bool:
		return n
	case map[string]any:
		return softenObject(n)
	}
	return true // a string, number or array is no schema
}

func softenObject(n map[string]any) map[string]any {
	out := make(map[string]any, len(n))
	for key, v := range n {
		switch key {
		case "properties", "definitions", "$defs", "patternProperties":
			if group, ok := v.(map[string]any); ok {
				soft := make(map[string]any, len(group))
				for name, sub := range group {
					soft[name] = soften(sub)
				}
				out[key] = soft
			}
		case "oneOf", "anyOf", "allOf":
			if list := softenList(v); list != nil {
				// Sources use oneOf for unions whose branches overlap.
				if key == "oneOf" {
					key = "anyOf"
				}
				out[key] = list
			}
		case "items":
			if list := softenList(v); list != nil {
				out[key] = list
			} else {
				out[key] = soften(v)
			}
		case "additionalProperties", "not", "contains":
			out[key] = soften(v)
		case "type":
			if types := softenType(v); types != nil {
				out[key] = types
			}
		case "$ref":
			if ref, ok := v.(string); ok {
				if i := strings.Index(ref, "WellKnownTypes.json"); i >= 0 {
					out[key] = "schema://wellknown/" + ref[i:]
				} else if strings.HasPrefix(ref, "#") {
					out[key] = ref
				}
			}
		case "required":
			if list, ok := v.([]any); ok {
				out[key] = list
			}
		case "enum", "const", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
			out[key] = v
		}
	}
	return out
}

func softenList(v any) []any {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return nil
	}
	out := make([]any, 0, len(list))
	for _, sub := range list {
		out = append(out, soften(sub))
	}
	return out
}

// softenType keeps the known types; nil if that leaves none or one of them is
// unknown, for then the schema says nothing that could be held against a value.
func softenType(v any) any {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, t := range list {
		if s, ok := t.(string); !ok || !jsonTypes[s] {
			return nil
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

// check holds a record against the schema. Nulls count as absent, because
// some platforms spell out every column; so do the fields in unknown, whose
// real value did not arrive. The rejection names the column and the rule.
func (v *validator) check(data json.RawMessage, unknown []string) *crm.Reject {
	if v.schema == nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var record map[string]any
	if err := d.Decode(&record); err != nil {
		return &crm.Reject{Code: "invalid_record", Reason: "the record is no JSON object"}
	}
	dropNulls(record)
	for _, name := range unknown {
		delete(record, name)
	}
	err := v.schema.Validate(record)
	var violation *jsonschema.ValidationError
	if err == nil || !errors.As(err, &violation) {
		return nil
	}
	return describe(violation, unknown)
}

// dropNulls removes nulls from objects at every level.
func dropNulls(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if member == nil {
				delete(v, name)
			} else {
				dropNulls(member)
			}
		}
	case []any:
		for _, item := range v {
			dropNulls(item)
		}
	}
}

// describe names the first broken rule, leaving out what only the unknown
// fields break; nil if nothing else is broken.
func describe(violation *jsonschema.ValidationError, unknown []string) *crm.Reject {
	for _, cause := range violation.Causes {
		if r := describe(cause, unknown); r != nil {
			return r
		}
	}
	if len(violation.Causes) > 0 {
		return nil
	}
	column, _, _ := strings.Cut(strings.TrimPrefix(violation.InstanceLocation, "/"), "/")
	column = strings.NewReplacer("~1", "/", "~0", "~").Replace(column)
	rule := violation.KeywordLocation[strings.LastIndexByte(violation.KeywordLocation, '/')+1:]
	reason := "breaks the schema's rule " + rule
	switch rule {
	case "type":
		reason = "has the wrong type: " + violation.Message // "expected integer, but got string"
	case "required":
		for _, name := range strings.Split(strings.TrimPrefix(violation.Message, "missing properties: "), ", ") {
			if name = strings.Trim(name, "'"); !slices.Contains(unknown, name) {
				return violates(name, "is required and missing")
			}
		}
		return nil
	}
	return violates(column, reason)
}

// violates is the rejection of a record that breaks a rule of the schema in a
// column, which is named as far as it may be.
func violates(column, reason string) *crm.Reject {
	if !crm.Tellable(column) {
		column = ""
	}
	return &crm.Reject{Code: CodeSchemaViolation, Field: column, Column: column, Reason: reason}
}
