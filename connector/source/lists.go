package source

import (
	"context"
	"encoding/json"

	"destination-gohighlevel/connector/ghl"
)

// listed is a stream of what the server tells in one answer: a read is always of all rows.
func listed[T any](name string, columns map[string]any, all func(context.Context) ([]T, error), row func(T) map[string]any) Stream {
	return Stream{
		Name: name, Schema: objectSchema(columns), PrimaryKey: []string{"id"},
		Estimate: func(ctx context.Context, _ json.RawMessage) (rows, requests int64, err error) {
			answer, err := all(ctx)
			return int64(len(answer)), 1, err
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
			return nil
		},
	}
}

// staff is the stream of users.
func (l *Location) staff() Stream {
	text := map[string]any{"type": nullable("string")}
	columns := map[string]any{"id": map[string]any{"type": "string"}, "name": text, "firstName": text, "lastName": text, "email": text}
	return listed("users", columns, l.client.Users, func(u ghl.User) map[string]any {
		return map[string]any{"id": u.ID, "name": orNull(u.Name), "firstName": orNull(u.FirstName), "lastName": orNull(u.LastName), "email": orNull(u.Email)}
	})
}

// pipelines is the stream of pipelines, each with its stages in their order.
func (l *Location) pipelines() Stream {
	named := map[string]any{"id": map[string]any{"type": "string"}, "name": map[string]any{"type": nullable("string")}}
	columns := map[string]any{"id": named["id"], "name": named["name"],
		"stages": map[string]any{"type": "array", "items": map[string]any{"type": "object", "properties": named}}}
	return listed("pipelines", columns, l.client.Pipelines, func(p ghl.Pipeline) map[string]any {
		stages := make([]map[string]any, len(p.Stages))
		for i, s := range p.Stages {
			stages[i] = map[string]any{"id": s.ID, "name": orNull(s.Name)}
		}
		return map[string]any{"id": p.ID, "name": orNull(p.Name), "stages": stages}
	})
}
