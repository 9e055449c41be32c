package ghl

import (
	"context"
	"net/url"
	"strings"
	"unicode"
)

// BusinessFields reads the definitions of the custom fields of businesses, which
// the server gives in one answer, without those of files, whose values cannot be
// written. It does not always list the options of a field. Safe to repeat.
//
//ghl:operation GET /custom-fields/object-key/{objectKey}
func (c *Client) BusinessFields(ctx context.Context) ([]CustomField, error) {
	fields, _, err := c.businessFields(ctx)
	return fields, err
}

// businessFields also tells the folder that a new field can go to, "" if none.
func (c *Client) businessFields(ctx context.Context) (fields []CustomField, folder string, err error) {
	var folders []struct {
		ID string `json:"id"`
	}
	r := request{query: url.Values{"locationId": {c.location}}}
	fields, err = readList(ctx, c, opBusinessFields, r, list[customFieldJSON, CustomField]{name: "fields", also: map[string]any{"folders": &folders},
		entry: func(f *customFieldJSON) (CustomField, bool) {
			field := f.businessField()
			return field, field.DataType != "FILE_UPLOAD" && !isStandard(property(field))
		}})
	if len(folders) > 0 {
		folder = folders[0].ID
	}
	return fields, folder, err
}

// CreateBusinessField creates a custom field of businesses, in two requests: the
// first looks for one of that name, which is returned as it is, and for the folder
// that the server wants. So it may be called again where the error is Ambiguous.
//
//ghl:operation POST /custom-fields/
func (c *Client) CreateBusinessField(ctx context.Context, field NewCustomField) (CustomField, error) {
	key := slug(field.Name)
	if key == "" || field.DataType == "" {
		return CustomField{}, opCreateProperty.fault(Rejected, "a custom field needs a name with a letter or digit, and a data type")
	}
	fields, folder, err := c.businessFields(ctx)
	if err != nil {
		return CustomField{}, err
	}
	for _, f := range fields {
		if strings.EqualFold(f.Name, field.Name) {
			return f, nil
		}
	}
	if folder == "" {
		return CustomField{}, opCreateProperty.fault(Rejected, "the custom fields of companies have no folder; create one in HighLevel")
	}
	body := map[string]any{"locationId": c.location, "objectKey": "business", "parentId": folder, "showInForms": true,
		"name": field.Name, "dataType": field.DataType, "fieldKey": businessPrefix + key}
	var answer struct {
		envelope
		Field customFieldJSON `json:"field"`
	}
	if err := c.do(ctx, opCreateProperty, request{body: body}, &answer); err != nil {
		return CustomField{}, err
	}
	if answer.Field.ID == "" {
		return CustomField{}, opCreateProperty.fault(Ambiguous, "the answer names no custom field")
	}
	return answer.Field.businessField(), nil
}

// businessField is a definition whose key begins as all keys of businesses do.
func (j customFieldJSON) businessField() CustomField {
	j.FieldKey = businessPrefix + strings.TrimPrefix(j.FieldKey, businessPrefix)
	return j.customField()
}

// slug is the key that the server makes of a name: "Year, founded" is
// "year_founded".
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '_':
			return '_'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}
