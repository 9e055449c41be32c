package load

import (
	"bytes"
	"encoding/json"
	"slices"

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

// tooLong names a key that neither search nor any other endpoint can look for.
func tooLong(keys []crm.Key) string {
	for _, k := range keys {
		if len(k.Value) > object.MaxKey && !slices.Contains(identifiers, k.Field) {
			return k.Field
		}
	}
	return ""
}

// deletedAt is the column that says that the source deleted the row.
const deletedAt = "_ab_cdc_deleted_at"

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
	// A row that the source deleted may come without its other columns.
	deleted := bytes.Contains(r.Data, []byte(deletedAt)) && cursorAt(r.Data, []string{deletedAt}) != nil
	if bad := s.validator.check(r.Data, unknown); bad != nil && !deleted {
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
	if key := tooLong(want.Keys); key != "" {
		e.reject = &crm.Reject{Code: crm.CodeInvalidRecord, Field: key, Reason: "is too long to be matched: search takes 75 characters"}
		return e
	}
	e.want = want
	if s.Mode == airbyte.AppendDedup {
		e.cursor = cursorAt(r.Data, s.CursorField)
	}
	return e
}
