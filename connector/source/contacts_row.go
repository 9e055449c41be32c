package source

import (
	"context"
	"encoding/json"
	"strings"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// contactRows turns contacts into rows. Ids that mean nothing in another location become
// what means something there: custom fields their keys, users their emails, businesses
// their names.
type contactRows struct {
	columns  []crm.Property
	owner    func(ctx context.Context, id string) (string, error)
	business func(ctx context.Context, c ghl.Contact) (any, error)
}

func newContactRows(l *Location, table *crm.Table) *contactRows {
	r := &contactRows{owner: l.owner, business: l.business}
	for _, p := range table.Properties() {
		if p.Name != "name" && p.Field.Told(crm.Search) { // firstName and lastName say what name does
			r.columns = append(r.columns, p)
		}
	}
	return r
}

// row is a contact as a JSON object of its columns. What is empty is null, and what the
// answer did not tell is absent.
func (r *contactRows) row(ctx context.Context, c ghl.Contact) (json.RawMessage, error) {
	row := map[string]any{addedField: orNull(c.DateAdded), changedField: orNull(c.DateUpdated)}
	custom := make(map[string]any, len(c.CustomFields))
	for _, v := range c.CustomFields {
		custom[v.ID] = v.Value
	}
	for _, p := range r.columns {
		if v, told, err := r.value(ctx, c, custom, p.Field); err != nil {
			return nil, err
		} else if told {
			row[p.Name] = v
		}
	}
	return json.Marshal(row)
}

// value is what a contact has in a field; told is false where the answer does not say.
func (r *contactRows) value(ctx context.Context, c ghl.Contact, custom map[string]any, f *crm.Field) (v any, told bool, err error) {
	switch {
	case f.Custom:
		return f.Canonical(custom[f.Name]), c.CustomFieldsTold, nil
	case f.Type == crm.ID:
		return c.ID, true, nil
	case f.Type == crm.TagList:
		return append([]string{}, c.Tags...), true, nil
	case f.Type == crm.Link:
		v, err = r.business(ctx, c)
		return v, true, err
	case f.Type == crm.Channel:
		_, channel, _ := strings.Cut(f.Name, ".")
		stopped := c.Channels[channel] != ""
		return stopped, stopped || c.ChannelsTold == ghl.Told, nil
	case f.Type == crm.Bool && c.InboundStopped: // nobody but the person may lift what they have said, so a copy keeps it
		return true, true, nil
	}
	v, told = c.Fields.Get(f.Name)
	if v = f.Canonical(v); v != nil && f.Type == crm.UserID {
		v, err = r.owner(ctx, textOf(v))
	}
	return v, told, err
}

// moment is the schema of a time.
var moment = map[string]any{"type": nullable("string"), "format": "date-time", "airbyte_type": "timestamp_with_timezone"}

// schema declares the columns: any of them but the id can be empty.
func (r *contactRows) schema() json.RawMessage {
	columns := columnsOf(r.columns)
	columns[addedField], columns[changedField] = moment, moment
	return objectSchema(columns)
}

// columnsOf are the schemas of columns by their names: any of them but the id can be empty.
func columnsOf(properties []crm.Property) map[string]any {
	columns := map[string]any{}
	for _, p := range properties {
		about := map[string]any{"title": p.Schema.Title, "type": nullable(p.Schema.Type)}
		switch {
		case p.Field.Type == crm.ID:
			about["type"] = p.Schema.Type
		case p.Field.Type == crm.Date:
			about["format"] = p.Schema.Format
		case p.Schema.Type == "array":
			about["items"] = map[string]any{"type": "string"}
		}
		columns[p.Name] = about
	}
	return columns
}

// fixed is a schema that is known without asking.
func fixed(schema json.RawMessage) func(context.Context) (json.RawMessage, error) {
	return func(context.Context) (json.RawMessage, error) { return schema, nil }
}

// objectSchema is the schema of rows with these columns, as which more may follow.
func objectSchema(properties map[string]any) json.RawMessage {
	schema, err := json.Marshal(map[string]any{"type": "object", "additionalProperties": true, "properties": properties})
	if err != nil {
		panic(err) // texts and lists always encode
	}
	return schema
}

func nullable(kind string) []string { return []string{"null", kind} }

// orNull is a text, or null where there is none.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func textOf(v any) string {
	text, _ := v.(string)
	return text
}
