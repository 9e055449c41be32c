package ghl

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// What each endpoint's schema declares of the fields that a contact is written
// with. A declared field that an answer leaves out is empty; about the others
// the answer says nothing unless it spells them out.
var (
	fieldsOfCreate = []string{
		"firstName", "lastName", "email", "phone", "address1", "city", "state", "country",
		"postalCode", "companyName", "website", "dateOfBirth", "source", "dnd", "assignedTo",
	}
	fieldsOfSearch = fieldsOfCreate // with address for address1
	fieldsOfGet    = append([]string{"timezone"}, fieldsOfCreate...)
	fieldsOfAny    = append([]string{"gender"}, fieldsOfGet...)
)

// contactJSON is a contact as any endpoint spells it; nil if the answer had none.
type contactJSON map[string]any

// contact reads a contact whose endpoint declares the given fields; nil means
// that nothing is declared.
func (j contactJSON) contact(declared []string) Contact {
	c := Contact{ID: text(j["id"]), Fields: map[string]any{}, DateAdded: text(j["dateAdded"])}
	if j == nil {
		return c
	}
	for _, name := range declared {
		c.Fields[name] = nil
	}
	for _, name := range fieldsOfAny {
		if v, told := j.field(name); told {
			c.Fields[name] = v
		}
	}
	custom, told := j["customFields"]
	c.CustomFieldsTold = told || declared != nil
	c.CustomFields = customFieldValues(custom)
	c.Tags = texts(j["tags"])
	c.AdditionalEmails = texts(j["additionalEmails"])
	c.AdditionalPhones = texts(j["additionalPhones"])
	if after, ok := j["searchAfter"]; ok && after != nil {
		c.SearchAfter, _ = json.Marshal(after) // it was JSON a moment ago: cannot fail
	}
	return c
}

// field looks a field up under the names that the endpoints use for it. The
// deprecated list lower-cases names and keeps the true ones under "…Raw".
func (j contactJSON) field(name string) (any, bool) {
	switch name {
	case "firstName", "lastName":
		if raw, ok := j[name+"Raw"]; ok && raw != nil {
			return raw, true
		}
	case "address1":
		if v, ok := j[name]; ok {
			return v, true
		}
		name = "address"
	}
	v, ok := j[name]
	return v, ok
}

func customFieldValues(list any) []CustomFieldValue {
	items, _ := list.([]any)
	var values []CustomFieldValue
	for _, item := range items {
		m, _ := item.(map[string]any)
		if id := text(m["id"]); id != "" {
			values = append(values, CustomFieldValue{ID: id, Value: customValue(m)})
		}
	}
	return values
}

// customValue: reads answer "value"; the other two are the names of writing,
// which some answers echo.
func customValue(m map[string]any) any {
	for _, name := range []string{"value", "field_value", "fieldValue"} {
		if v, ok := m[name]; ok {
			return v
		}
	}
	return nil
}

// text is the string of a JSON string or number, else "".
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// texts is the strings of a JSON array; the vendor lists additional emails both
// as strings and as objects.
func texts(v any) []string {
	items, _ := v.([]any)
	var list []string
	for _, item := range items {
		s := text(item)
		if m, ok := item.(map[string]any); ok {
			s = text(m["email"]) + text(m["phone"])
		}
		if s != "" {
			list = append(list, s)
		}
	}
	return list
}

// decode reads one JSON document, numbers as json.Number.
func decode(body []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return d.Decode(out)
}

// escapeControls escapes raw control characters inside JSON strings: the
// server's answers can hold them, and they are not JSON. What needs no change
// is returned as it is.
func escapeControls(body []byte) []byte {
	var out []byte
	copied, inString := 0, false
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case b == '"':
			inString = !inString
		case b == '\\' && inString:
			i++
		case b < 0x20 && inString:
			out = append(out, body[copied:i]...)
			out = fmt.Appendf(out, `\u%04x`, b)
			copied = i + 1
		}
	}
	if copied == 0 {
		return body
	}
	return append(out, body[copied:]...)
}
