package load

import (
	"fmt"
	"strings"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/schema"
)

// open makes the stream ready to hold records against its schema. What of the
// schema cannot be used is told, now or when a record first shows it.
func (s *Stream) open(log zerolog.Logger) {
	s.names = newSpellings(s.Plan.Columns())
	s.schema = schema.Compile(s.Schema, func(column, reason string) {
		what := "records are"
		if column != "" {
			what = "the column " + s.told(column) + " is"
		}
		log.Warn().Str("stream", s.ID.String()).Msgf("%s not validated: %s", what, reason)
	})
	s.validates = !s.schema.Empty()
}

// validate holds a record against its stream's schema. What it breaks is noted,
// or, where the user wants that, a reason to reject it. A row that the source
// deleted may come without its other columns.
func (s *Stream) validate(values *columns, unknown []string) ([]crm.Note, *crm.Reject) {
	if !s.validates {
		return nil, nil
	}
	broken := s.schema.Check(values.all(), func(column string) bool { return isUnknown(column, unknown) })
	if len(broken) == 0 || s.Plan.Deleted(values.data) {
		return nil, nil
	}
	if s.WarnOnly {
		notes := make([]crm.Note, len(broken))
		for i, v := range broken {
			notes[i] = crm.Note{Column: s.Plan.Tell(v.Column), Rule: "breaks the schema: " + v.Reason, Warns: true}
		}
		return notes, nil
	}
	first := broken[0]
	column := s.Plan.Tell(first.Column)
	return nil, &crm.Reject{Code: CodeSchemaViolation, Field: column, Column: column, Reason: first.Reason}
}

// isUnknown reports whether the value of a column, or a part of it, was lost on
// the way.
func isUnknown(column string, unknown []string) bool {
	for _, u := range unknown {
		if rest, ok := strings.CutPrefix(strings.TrimPrefix(u, "$."), column); ok && (rest == "" || rest[0] == '.') {
			return true
		}
	}
	return false
}

// told is the name of a column in a sentence.
func (s *Stream) told(column string) string {
	if name := s.Plan.Tell(column); name != "" {
		return fmt.Sprintf("%q", name)
	}
	return "whose name looks like a person's data"
}
