package ghl

import (
	"context"
	"net/url"
)

// CustomFieldOption is one choice of a custom field. ID is "" where the server
// lists plain labels.
type CustomFieldOption struct{ ID, Label string }

// CustomField is the definition of a custom field. Key is "contact.<slug>", or
// "business.<slug>" or "opportunity.<slug>" where it is theirs; DataType is the vendor's word, MONETORY included.
// OpenOptions tells that labels besides Options are allowed.
type CustomField struct {
	ID, Name, Key, DataType string
	Options                 []CustomFieldOption
	OpenOptions             bool
}

// CustomFields reads the definitions of all custom fields of contacts, which
// the server gives in one answer. Safe to repeat.
//
//ghl:operation GET /locations/{locationId}/customFields
func (c *Client) CustomFields(ctx context.Context) ([]CustomField, error) {
	return c.customFields(ctx, "contact")
}

// OpportunityFields is to opportunities what [Client.CustomFields] is to contacts.
//
//ghl:operation GET /locations/{locationId}/customFields
func (c *Client) OpportunityFields(ctx context.Context) ([]CustomField, error) {
	return c.customFields(ctx, "opportunity")
}

func (c *Client) customFields(ctx context.Context, model string) ([]CustomField, error) {
	r := request{path: []string{c.location}, query: url.Values{"model": {model}}}
	return readList(ctx, c, opCustomFields, r, list[customFieldJSON, CustomField]{name: "customFields", entry: func(f *customFieldJSON) (CustomField, bool) {
		return f.customField(), f.Model == "" || f.Model == model
	}})
}

// NewCustomField is a custom field to create. DataType is one of
// the vendor's words. The server wants both: without either it creates nothing,
// and only shows whether it would let the token.
type NewCustomField struct{ Name, DataType string }

// CreateCustomField creates a custom field of contacts and returns it with the
// id and key that the server chose. It is not safe to repeat: where an attempt
// may have reached the server and no clear answer came, the error is Ambiguous
// and the caller must read CustomFields before it sends again. A name that is
// taken is Rejected.
//
//ghl:operation POST /locations/{locationId}/customFields
func (c *Client) CreateCustomField(ctx context.Context, field NewCustomField) (CustomField, error) {
	body := map[string]any{"model": "contact"}
	for name, value := range map[string]string{"name": field.Name, "dataType": field.DataType} {
		if value != "" { // an empty one is not the same as none: a field without a name could come of it
			body[name] = value
		}
	}
	var answer struct {
		envelope
		CustomField customFieldJSON `json:"customField"`
	}
	if err := c.do(ctx, opCreateField, request{path: []string{c.location}, body: body}, &answer); err != nil {
		return CustomField{}, err
	}
	if answer.CustomField.ID == "" {
		return CustomField{}, opCreateField.fault(Ambiguous, "the answer names no custom field")
	}
	return answer.CustomField.customField(), nil
}

// customFieldJSON is a definition as the server tells it.
type customFieldJSON struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	FieldKey string `json:"fieldKey"`
	DataType string `json:"dataType"`
	Model    string `json:"model"`
	Options  []any  `json:"picklistOptions"`
	Open     any    `json:"isAllowedCustomOption"` // true, false or null
	// Of a business the same under other names.
	Choices     []any `json:"options"`
	OpenChoices any   `json:"allowCustomOption"`
}

func (j customFieldJSON) customField() CustomField {
	if j.Options == nil {
		j.Options = j.Choices
	}
	return CustomField{ID: j.ID, Name: j.Name, Key: j.FieldKey, DataType: j.DataType,
		Options: options(j.Options), OpenOptions: j.Open == true || j.OpenChoices == true}
}

// options reads choices given as labels or as objects, which have an id or a key.
func options(list []any) []CustomFieldOption {
	var choices []CustomFieldOption
	for _, item := range list {
		option := CustomFieldOption{Label: text(item)}
		if m, ok := item.(map[string]any); ok {
			option = CustomFieldOption{ID: text(m["id"]) + text(m["key"]), Label: text(m["label"])}
		}
		if option.Label != "" {
			choices = append(choices, option)
		}
	}
	return choices
}
