package ghl

import (
	"context"
	"net/url"
)

// CustomFieldOption is one choice of a custom field. ID is "" where the server
// lists plain labels.
type CustomFieldOption struct{ ID, Label string }

// CustomField is the definition of a contact's custom field. Key is
// "contact.<slug>"; DataType is the vendor's word, MONETORY included.
type CustomField struct {
	ID, Name, Key, DataType string
	Options                 []CustomFieldOption
}

// CustomFields reads the definitions of all custom fields of contacts, which
// the server gives in one answer. Safe to repeat.
//
//ghl:operation GET /locations/{locationId}/customFields
func (c *Client) CustomFields(ctx context.Context) ([]CustomField, error) {
	var answer struct {
		CustomFields *[]struct {
			ID       string `json:"id"`
			Name     string `json:"name"`
			FieldKey string `json:"fieldKey"`
			DataType string `json:"dataType"`
			Model    string `json:"model"`
			Options  []any  `json:"picklistOptions"`
		} `json:"customFields"`
	}
	query := url.Values{"model": {"contact"}}
	if err := c.do(ctx, opCustomFields, request{value: c.location, query: query}, &answer); err != nil {
		return nil, err
	}
	if answer.CustomFields == nil {
		return nil, &Error{Operation: string(opCustomFields), Kind: Bug, Messages: []string{"the answer lists no custom fields"}}
	}
	var fields []CustomField
	for _, f := range *answer.CustomFields {
		if f.Model != "" && f.Model != "contact" {
			continue
		}
		fields = append(fields, CustomField{
			ID: f.ID, Name: f.Name, Key: f.FieldKey, DataType: f.DataType, Options: options(f.Options),
		})
	}
	return fields, nil
}

// options reads choices given as labels or as objects.
func options(list []any) []CustomFieldOption {
	var choices []CustomFieldOption
	for _, item := range list {
		option := CustomFieldOption{Label: text(item)}
		if m, ok := item.(map[string]any); ok {
			option = CustomFieldOption{ID: text(m["id"]), Label: text(m["label"])}
		}
		if option.Label != "" {
			choices = append(choices, option)
		}
	}
	return choices
}
