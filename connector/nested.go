package connector

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// nests reports whether a mapping sends a column of contacts to another object: its
// entries are notes or tasks of the contact. A custom field of that name goes before.
func nests(m config.FieldMapping, table *crm.Table) bool {
	return (m.To == crm.Notes.Name || m.To == crm.Tasks.Name) && table.Kind() == crm.Contacts && table.Find(m.To) == nil
}

// nest prepares the streams that the nested columns of a stream are records of.
func (s *setup) nest(ctx context.Context, stream *object.Stream) error {
	settings := s.conf.ForStream(stream.ID.Namespace, stream.ID.Name)
	for _, m := range settings.Mappings {
		if !nests(m, stream.In.Table()) {
			continue
		}
		if m.Value != nil || len(m.Values) > 0 || m.Negate || cmp.Or(m.When, config.Always) != config.Always {
			s.faults = append(s.faults, fmt.Sprintf("stream %s: field_mapping: the column %q is sent to %s as it is; take value, values, negate and when out", stream.ID, m.From, m.To))
			continue
		}
		n := object.Nested{Column: m.From, Object: m.To}
		for i, of := range []airbyte.Stream{{}, {PrimaryKey: [][]string{{"id"}}, Schema: json.RawMessage(`{"properties":{"id":{}}}`)}} {
			of.ID = airbyte.StreamID{Namespace: stream.ID.Namespace, Name: stream.ID.Name + "." + m.From}
			of.ObjectName, of.Mode = m.To, airbyte.AppendDedup
			derived, err := s.stream(ctx, of)
			if err != nil || derived == nil { // it has faults
				return err
			}
			derived.Derived = true
			n.Streams[i], n.Text = derived, derived.In.Table().Kind().Required()[0]
		}
		stream.Nested = append(stream.Nested, n)
	}
	return nil
}

// notDerived are the streams that are in the input.
func notDerived(streams []*object.Stream) []*object.Stream {
	return slices.DeleteFunc(slices.Clone(streams), func(s *object.Stream) bool { return s.Derived })
}
