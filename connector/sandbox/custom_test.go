package sandbox

import "testing"

// TestOpenOptions: a field says whether labels besides its own are allowed,
// and stores or silently discards them accordingly.
func TestOpenOptions(t *testing.T) {
	for _, tt := range []struct {
		dataType, value string
		closed, open    any
	}{
		{"SINGLE_OPTIONS", `"New"`, "A", "New"},
		{"RADIO", `"New"`, "A", "New"},
		{"RADIO", `["New"]`, "A", "A"},
		{"CHECKBOX", `["New","B","New"]`, []string{"B"}, []string{"New", "B"}},
		{"MULTIPLE_OPTIONS", `["New"]`, []string{"A"}, []string{"New"}},
		{"MULTIPLE_OPTIONS", `["New",""]`, []string{"A"}, []string{"New"}},
		{"MULTIPLE_OPTIONS", `["",7]`, []string{"A"}, []string{"A"}},
	} {
		for open, want := range map[bool]any{false: tt.closed, true: tt.open} {
			c := newClient(t, Options{CustomFields: []CustomField{
				{ID: "f", Name: "F", DataType: tt.dataType, Options: []string{"A", "B"}, OpenOptions: open}}})
			told := c.ok(200, "GET", "/locations/"+loc+"/customFields/f", "")["customField"].(object)
			equal(t, "told", told["isAllowedCustomOption"], open)
			var held any = []string{"A"}
			if _, many := tt.closed.([]string); !many {
				held = "A"
			}
			id := c.Put(Contact{CustomFields: object{"f": held}})
			c.ok(200, "PUT", "/contacts/"+id, `{"customFields":[{"id":"f","field_value":`+tt.value+`}]}`)
			equal(t, tt.dataType+" "+tt.value, c.one(id).CustomFields["f"], want)
		}
	}
}
