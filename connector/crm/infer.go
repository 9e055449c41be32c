package crm

import (
	"encoding/json"
	"strings"
)

// The data types of custom fields that [InferType] chooses from.
const (
	dataText      = "TEXT"
	dataLargeText = "LARGE_TEXT"
	dataNumerical = "NUMERICAL"
	dataDate      = "DATE"
)

// InferType returns the data type a custom field needs to hold every value of a
// column: what is written to such a field reads back as an equal value. It
// takes the column's JSON schema. Where a column may hold values of several
// types, the field is one of text.
//
// Booleans become text, "true" or "false": the API has no type for them, and
// options would have to match in wording. Lists and objects become large text.
// Dates with a time become dates, because no type of the API keeps both.
//
// ok is false if the schema is null, allows anything or is not understood: the
// data type is TEXT then, which takes any value.
func InferType(schema json.RawMessage) (dataType string, ok bool) {
	var decoded any
	if err := json.Unmarshal(schema, &decoded); err != nil {
		return dataText, false
	}
	types := make(map[string]bool)
	addDataTypes(types, decoded)
	if types[""] || len(types) == 0 {
		return dataText, false
	}
	if len(types) == 1 {
		for only := range types {
			return only, true
		}
	}
	if types[dataLargeText] {
		return dataLargeText, true
	}
	return dataText, true
}

// addDataTypes adds the data type of each kind of value that a schema allows
// besides null; "" stands for anything.
func addDataTypes(types map[string]bool, schema any) {
	s, _ := schema.(map[string]any)
	for _, union := range []string{"oneOf", "anyOf"} {
		members, is := s[union].([]any)
		for _, member := range members {
			addDataTypes(types, member)
		}
		if is && s["type"] == nil {
			return
		}
	}
	switch named := s["type"].(type) {
	case string:
		addDataType(types, named, s)
	case []any:
		for _, each := range named {
			name, _ := each.(string)
			addDataType(types, name, s)
		}
	default:
		ref, _ := s["$ref"].(string)
		_, name, _ := strings.Cut(ref, "WellKnownTypes.json#/definitions/")
		types[wellKnownTypes[name]] = true
	}
}

// The data types for JSON's types, and for the platform's that stand in their place.
var dataTypes = map[string]string{
	"string": dataText, "boolean": dataText, "integer": dataNumerical, "number": dataNumerical, "array": dataLargeText, "object": dataLargeText,
}

var wellKnownTypes = map[string]string{
	"Date": dataDate, "TimestampWithTimezone": dataDate, "TimestampWithoutTimezone": dataDate, "Number": dataNumerical, "Integer": dataNumerical,
	"String": dataText, "Boolean": dataText, "BinaryData": dataText, "TimeWithTimezone": dataText, "TimeWithoutTimezone": dataText,
}

func addDataType(types map[string]bool, name string, s map[string]any) {
	switch {
	case name == "null":
	case name == "string" && isDateSchema(s):
		types[dataDate] = true
	default:
		types[dataTypes[name]] = true
	}
}

func isDateSchema(s map[string]any) bool {
	format, _ := s["format"].(string)
	kind, _ := s["airbyte_type"].(string)
	return format == "date" || format == "date-time" || kind == "date" || strings.HasPrefix(kind, "timestamp_")
}
