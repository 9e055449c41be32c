package connector

import (
	"context"
	"encoding/json"
	"fmt"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
)

// createMissing creates a custom field for each column that matches none, once
// however many streams have it, and maps the columns anew.
func (s *setup) createMissing(ctx context.Context, streams []*load.Stream) error {
	created := map[object.Target]bool{}
	for _, stream := range streams {
		columns := stream.Schema
		for _, hint := range stream.Plan.Unmatched() {
			if stream.Target.Table().Find(hint.Column) != nil {
				continue
			}
			dataType, _ := crm.InferType(columnSchema(columns, hint.Column))
			key, err := stream.Target.AddField(ctx, hint.Column, dataType)
			if err != nil {
				return err
			}
			created[stream.Target] = true
			s.tellCreated(stream, hint, fmt.Sprintf("created the custom field %s (%s)", key, dataType))
		}
	}
	for _, stream := range streams {
		if created[stream.Target] {
			if err := s.compile(ctx, stream); err != nil {
				return err
			}
		}
	}
	if len(s.faults) > 0 {
		return &setupError{s.faults}
	}
	return nil
}

// tellCreated logs a field that was created for a column, or would have been,
// and what its name may be a misspelling of.
func (s *setup) tellCreated(stream *load.Stream, hint crm.Hint, what string) {
	event, doubt := s.log.Info(), ""
	if hint.Nearest != "" {
		event, doubt = s.log.Warn(), fmt.Sprintf("; did you mean %s? Then add a field_mapping", hint.Nearest)
	}
	switch {
	case s.conf.DryRun:
		event, what = s.log.Warn(), "a sync would have "+what
	case doubt != "":
		doubt += ", and delete the field in HighLevel"
	}
	event.Str("stream", stream.ID.String()).Msgf("%s for the column %q%s", what, hint.Column, doubt)
}

// columnSchema is what a stream's schema says of one column, nil if nothing.
func columnSchema(schema json.RawMessage, column string) json.RawMessage {
	var s struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if json.Unmarshal(schema, &s) != nil {
		return nil
	}
	return s.Properties[column]
}
