package ghl

import (
	"context"
	"net/url"
	"strings"
)

// BusinessFields reads the definitions of the custom fields of businesses, which
// the server gives in one answer, without those of files, whose values cannot be
// written. It does not always list the options of a field. Safe to repeat.
//
//ghl:operation GET /custom-fields/object-key/{objectKey}
func (c *Client) BusinessFields(ctx context.Context) ([]CustomField, error) {
	r := request{query: url.Values{"locationId": {c.location}}}
	return readList(ctx, c, opBusinessFields, r, list[customFieldJSON, CustomField]{name: "fields", entry: func(f *customFieldJSON) (CustomField, bool) {
		f.FieldKey = businessPrefix + strings.TrimPrefix(f.FieldKey, businessPrefix) // as all keys of businesses begin
		field := f.customField()
		return field, field.DataType != "FILE_UPLOAD" && !isStandard(property(field))
	}})
}
