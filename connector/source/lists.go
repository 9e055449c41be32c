package source

import (
	"context"
	"encoding/json"

	"destination-gohighlevel/connector/ghl"
)

// whole is the state after a read of all rows, from which the next one starts anew.
var whole = json.RawMessage(`{}`)

// listed is a stream of what the server tells in so many requests: a read is always of all rows.
func listed[T any](name string, requests int, columns map[string]any, all func(context.Context) ([]T, error), row func(T) map[string]any) Stream {
	return Stream{
		Name: name, Schema: fixed(objectSchema(columns)), PrimaryKey: []string{"id"},
		Estimate: func(ctx context.Context, _ json.RawMessage) (rows, asks int64, err error) {
			answer, err := all(ctx)
			return int64(len(answer)), int64(requests), err
		},
		Read: func(ctx context.Context, _ json.RawMessage, to Sink) error {
			answer, err := all(ctx)
			if err != nil {
				return err
			}
			for _, entry := range answer {
				data, err := json.Marshal(row(entry))
				if err != nil {
					return err
				}
				if err := to.Row(data); err != nil {
					return err
				}
			}
			return to.State(whole)
		},
	}
}

// staff is the stream of users.
func (l *Location) staff() Stream {
	text := map[string]any{"type": nullable("string")}
	columns := map[string]any{"id": map[string]any{"type": "string"}, "name": text, "firstName": text, "lastName": text, "email": text}
	return listed("users", 1, columns, l.client.Users, func(u ghl.User) map[string]any {
		return map[string]any{"id": u.ID, "name": orNull(u.Name), "firstName": orNull(u.FirstName), "lastName": orNull(u.LastName), "email": orNull(u.Email)}
	})
}

// pipelines is the stream of pipelines, each with its stages in their order.
func (l *Location) pipelines() Stream {
	named := map[string]any{"id": map[string]any{"type": "string"}, "name": map[string]any{"type": nullable("string")}}
	columns := map[string]any{"id": named["id"], "name": named["name"],
		"stages": map[string]any{"type": "array", "items": map[string]any{"type": "object", "properties": named}}}
	return listed("pipelines", 1, columns, l.client.Pipelines, func(p ghl.Pipeline) map[string]any {
		stages := make([]map[string]any, len(p.Stages))
		for i, s := range p.Stages {
			stages[i] = map[string]any{"id": s.ID, "name": orNull(s.Name)}
		}
		return map[string]any{"id": p.ID, "name": orNull(p.Name), "stages": stages}
	})
}

// tags is the stream of the tags that the location knows, on a contact or not.
func (l *Location) tags() Stream {
	columns := map[string]any{"id": map[string]any{"type": "string"}, "name": map[string]any{"type": nullable("string")}}
	return listed("tags", 1, columns, l.client.LocationTags, func(t ghl.Named) map[string]any {
		return map[string]any{"id": t.ID, "name": orNull(t.Name)}
	})
}

// customFields is the stream of the custom fields of contacts, opportunities and
// businesses, which their keys tell apart: "contact.size".
func (l *Location) customFields() Stream {
	text := map[string]any{"type": nullable("string")}
	columns := map[string]any{"id": map[string]any{"type": "string"}, "name": text, "key": text, "dataType": text,
		"options": map[string]any{"type": "array", "items": map[string]any{"type": "string"}}}
	kinds := []func(context.Context) ([]ghl.CustomField, error){l.client.CustomFields, l.client.OpportunityFields, l.client.BusinessFields}
	all := func(ctx context.Context) (fields []ghl.CustomField, err error) {
		for _, kind := range kinds {
			more, err := kind(ctx)
			if err != nil {
				return nil, err
			}
			fields = append(fields, more...)
		}
		return fields, nil
	}
	return listed("custom_fields", len(kinds), columns, all, func(f ghl.CustomField) map[string]any {
		options := make([]string, len(f.Options))
		for i, o := range f.Options {
			options[i] = o.Label
		}
		return map[string]any{"id": f.ID, "name": orNull(f.Name), "key": orNull(f.Key), "dataType": orNull(f.DataType), "options": options}
	})
}
