package object

import (
	"strings"

	"destination-gohighlevel/connector/trouble"
)

// validate holds a record against its stream's schema. What it breaks is noted,
// or, where the user wants that, a reason to reject it. A row that the source
// deleted may come without its other columns.
func (s *Stream) validate(unknown []string, deleted bool) ([]trouble.Note, *trouble.Reject) {
	if deleted || s.schema.Empty() {
		return nil, nil
	}
	broken := s.schema.Check(s.columns.all(), func(column string) bool { return isUnknown(column, unknown) })
	if len(broken) == 0 {
		return nil, nil
	}
	if s.WarnOnly {
		notes := make([]trouble.Note, len(broken))
		for i, v := range broken {
			notes[i] = trouble.Note{Column: s.Plan.Shown(v.Column), Rule: "breaks the schema: " + v.Reason, Warns: true}
		}
		return notes, nil
	}
	first := broken[0]
	column := s.Plan.Shown(first.Column)
	return nil, &trouble.Reject{Code: trouble.SchemaViolation, Field: column, Column: column, Reason: first.Reason}
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
