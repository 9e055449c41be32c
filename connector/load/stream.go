package load

import (
	"encoding/json"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// Stream is one configured stream with all that is needed to write it.
type Stream struct {
	airbyte.Stream
	Object string // the name of the object it is written to
	Target object.Target
	Plan   *crm.Plan
	// Tags are the tags that every contact of this stream gets.
	Tags []string
	// WarnOnly lets records that break the schema through, counted.
	WarnOnly bool
	// RejectConflicts rejects a record whose identifiers belong to two
	// contacts.
	RejectConflicts bool

	validator *validator
	tally     *tally
}

// unique reports whether a person gets one contact whatever the location
// allows.
func (s *Stream) unique() bool { return s.Mode != airbyte.Append }

// matches reports whether contacts are looked for at all: append into a
// location that allows duplicates creates always.
func (s *Stream) matches() bool { return s.unique() || !s.Target.Facts().AllowsDuplicates }

// entry is one record on its way: what it asks for, or why it was rejected.
type entry struct {
	stream *Stream
	ticket Ticket
	want   crm.Desired
	cursor json.RawMessage
	reject *crm.Reject
}

// prepare validates and maps one record. It never fails: what is wrong with
// the record becomes its rejection.
func (s *Stream) prepare(r *airbyte.Record, t Ticket) entry {
	e := entry{stream: s, ticket: t}
	var unknown []string
	for _, c := range r.Changes {
		unknown = append(unknown, c.Field)
	}
	if bad := s.validator.check(r.Data, unknown); bad != nil {
		if !s.WarnOnly || bad.Code != CodeSchemaViolation {
			e.reject = bad
			return e
		}
		s.tally.note(crm.Note{Field: bad.Field, Rule: "breaks the schema: " + bad.Reason})
	}
	want, notes, err := s.Plan.Map(r.Data, unknown)
	for _, n := range notes {
		s.tally.note(n)
	}
	if err != nil {
		e.reject = asReject(err)
		return e
	}
	e.want = want
	if s.Mode == airbyte.AppendDedup {
		e.cursor = cursorAt(r.Data, s.CursorField)
	}
	return e
}
