package connector

import (
	"context"
	"fmt"
	"strings"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// missingField is a custom field to be created for a column that feeds nothing.
type missingField struct {
	stream   *object.Stream // the first one that has the column
	in       object.FieldAdder
	hint     crm.Hint
	dataType string
}

// createMissing creates a custom field for each column that matches none, once
// however many streams have it, and maps the columns anew. If there are more of
// them than the user allows, it creates none.
func (s *setup) createMissing(ctx context.Context, streams []*object.Stream) error {
	missing := s.missingFields(streams)
	if most := s.conf.MaxCustomFields; int64(len(missing)) > most {
		s.tellTooMany(missing, most)
		return nil
	}
	created := map[object.Location]bool{}
	for _, m := range missing {
		key, err := m.in.AddField(ctx, object.NewField{Name: m.hint.Column, DataType: m.dataType, Stream: m.stream.ID.String(), Journal: s.journal})
		if err != nil {
			return err
		}
		created[m.stream.In] = true
		s.tellCreated(m.stream, m.hint, fmt.Sprintf("created the custom field %s (%s)", key, m.dataType))
	}
	for _, stream := range streams {
		if created[stream.In] {
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

// missingFields lists what the streams lack. A stream in which nobody can be
// recognised waits: it most likely needs a mapping first, and a field is not
// easily taken back.
func (s *setup) missingFields(streams []*object.Stream) []missingField {
	type place struct {
		target object.Location
		column string
	}
	var missing []missingField
	seen := map[place]bool{}
	for _, stream := range streams {
		in, adds := stream.In.(object.FieldAdder)
		if !adds {
			continue
		}
		hints := stream.Plan.Unmatched()
		if len(hints) > 0 && !stream.Plan.IsFed() {
			s.log.Warn().Str("stream", stream.ID.String()).Msgf("no custom field is created for this stream as long as no column feeds %s", strings.Join(stream.Plan.Unfed(), " or "))
			continue
		}
		schemas := jsonscan.Properties(stream.Schema)
		for _, hint := range hints {
			at := place{stream.In, hint.Column}
			if seen[at] || stream.In.Table().Find(hint.Column) != nil {
				continue
			}
			seen[at] = true
			dataType, _ := crm.InferType(schemas[hint.Column])
			missing = append(missing, missingField{stream, in, hint, dataType})
		}
	}
	return missing
}

// Bounds of a list of columns: on a line of the log, and in all.
const (
	namesPerLine = 100
	mostNames    = 1000
)

// tellTooMany lists the columns that are too many for a field to be created for each.
func (s *setup) tellTooMany(missing []missingField, most int64) {
	s.log.Warn().Msgf("%s no field, which is more than max_custom_fields (%d) allows to create: none is created. Raise max_custom_fields, or map columns or switch them off by field_mapping",
		words.Plural(len(missing), "column matches", "columns match"), most)
	names := make([]string, 0, min(len(missing), mostNames))
	for _, m := range missing[:min(len(missing), mostNames)] {
		names = append(names, m.hint.String())
	}
	for len(names) > 0 {
		n := min(len(names), namesPerLine)
		s.log.Warn().Msg("they are " + strings.Join(names[:n], ", "))
		names = names[n:]
	}
	if more := len(missing) - mostNames; more > 0 {
		s.log.Warn().Msgf("and %s more", words.Grouped(more))
	}
}

// tellCreated logs a field that was created for a column, or would have been,
// and what its name may be a misspelling of.
func (s *setup) tellCreated(stream *object.Stream, hint crm.Hint, what string) {
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
