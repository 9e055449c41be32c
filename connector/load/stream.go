package load

import (
	"encoding/json"
	"slices"
	"sync"
	"sync/atomic"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/schema"
)

// Stream is one configured stream with all that is needed to write it.
type Stream struct {
	airbyte.Stream
	Object string // the name of the object it is written to
	Target object.Target
	Plan   *crm.Plan
	// Tags are the tags that every contact of this stream gets.
	Tags []string
	// WarnOnly lets records that break the schema through, counted and told.
	WarnOnly bool
	// RejectConflicts rejects a record whose identifiers belong to two
	// contacts.
	RejectConflicts bool
	// OnDelete is what happens to the contacts of a record that the source has
	// deleted.
	OnDelete Removal
	// OnMissing is what happens, after an overwrite, to contacts with the
	// stream's tags that the sync did not contain.
	OnMissing Removal
	// RemovalLimit is the greatest share of these contacts, in percent, that a
	// sync may remove.
	RemovalLimit int

	mapping   sync.Mutex // guards Plan, which learns columns from records
	begun     bool       // Begin was asked
	schema    *schema.Schema
	validates bool // the schema asks for something
	names     *spellings
	tally     *tally
	history   *history
	rows      *rows
	optIns    []crm.OptIn     // that have been told
	greatest  json.RawMessage // cursor seen so far
	seen      *seen
	// unread says that a record could not be read because of a mistake of ours.
	unread atomic.Bool
	// What the source has said last.
	complete, incomplete bool
}

// Removal is a way to take a contact out of what a stream has synced.
type Removal string

// The ways. The zero value is Keep.
const (
	Keep           Removal = ""
	RemoveTags     Removal = "remove_tags" // take the stream's own tags off
	DeleteContacts Removal = "delete"
)

// unique reports whether a person gets one contact whatever the location
// allows.
func (s *Stream) unique() bool { return s.Mode != airbyte.Append }

// creates reports whether a person who has no contact gets one.
func (s *Stream) creates() bool { return s.Mode != airbyte.Update && s.Mode != airbyte.SoftDelete }

// matches reports whether contacts are looked for at all: append into a
// location that allows duplicates creates always.
func (s *Stream) matches() bool { return s.unique() || !s.Target.Facts().AllowsDuplicates }

// dated reports whether the greatest cursor has the last word, not the latest
// record.
func (s *Stream) dated() bool { return s.unique() && len(s.CursorField) > 0 }

// removes reports whether the sync may end with a removal.
func (s *Stream) removes() bool { return s.OnMissing != Keep && s.replaces() }

// replaces reports whether what the sync delivers takes the place of all that
// was delivered before. Before generation 1 nothing was; PyAirbyte says 1 of
// every sync, and so does not ask for anything by it.
func (s *Stream) replaces() bool {
	if s.Mode != airbyte.AppendDedup {
		return s.Mode == airbyte.Overwrite
	}
	return s.GenerationID != nil && s.MinimumGenerationID != nil && *s.MinimumGenerationID == *s.GenerationID && *s.GenerationID >= 2
}

// tooLong names a key that neither search nor any other endpoint can look for.
func (s *Stream) tooLong(keys []crm.Key) string {
	for _, k := range keys {
		if len(k.Value) <= object.MaxKey || k.Identifies() {
			continue
		}
		return s.Target.Table().Display(k.Field)
	}
	return ""
}

// entry is one record on its way: what it asks for, or why it was rejected.
type entry struct {
	stream *Stream
	ticket Ticket
	line   int64
	data   json.RawMessage
	want   crm.Desired
	cursor json.RawMessage
	row    uint64     // of the primary key; 0: unknown
	notes  []crm.Note // what had to be changed or left out
	reject *crm.Reject
}

// looks reports whether contacts are looked for at all.
func (e *entry) looks() bool { return e.want.Deleted || e.stream.matches() }

// withoutCause are the notes without the one that has become the rejection.
func (e *entry) withoutCause() []crm.Note {
	return slices.DeleteFunc(e.notes, func(n crm.Note) bool { return n.Field == e.reject.Field && n.Rule == e.reject.Reason })
}

// order reads the cursor. A delete without one gets the greatest one seen before
// it: what was deleted after it was inserted must end deleted.
func (s *Stream) order(e *entry, values *columns) {
	if !s.dated() {
		return
	}
	e.cursor = values.at(s.CursorField)
	if e.want.Deleted && e.cursor == nil {
		e.cursor = s.greatest
	} else if compareCursors(e.cursor, s.greatest) > 0 {
		s.greatest = slices.Clone(e.cursor)
	}
}

// narrow leaves a delete the keys that it names, see [crm.MostTrusted]. One whose
// name cannot be read means nobody, rather than who has another of its keys.
func (s *Stream) narrow(want *crm.Desired) error {
	want.Keys = crm.MostTrusted(want.Keys)
	if want.UnreadKey == "" {
		return nil
	}
	want.Keys = nil
	return &crm.Reject{Code: crm.CodeNoIdentifier, Field: s.Target.Table().Display(want.UnreadKey),
		Reason: "the value cannot be read, and whoever has the record's other keys may be somebody else"}
}

// mapped is what a record asks for.
func (s *Stream) mapped(data json.RawMessage, unknown []string) (crm.Desired, []crm.Note, error) {
	s.mapping.Lock()
	defer s.mapping.Unlock()
	return s.Plan.Map(data, unknown)
}

// fields are what the stream can write, as far as it is known.
func (s *Stream) fields() []*crm.Field {
	s.mapping.Lock()
	defer s.mapping.Unlock()
	return s.Plan.Fields()
}

// prepare validates and maps one record. It never fails: what is wrong with
// the record becomes its rejection.
func (s *Stream) prepare(r *airbyte.Record, line int64, t Ticket) entry {
	e := entry{stream: s, ticket: t, line: line, data: r.Data}
	var unknown []string
	for _, c := range r.Changes {
		unknown = append(unknown, c.Field)
	}
	values := &columns{data: r.Data, names: s.names}
	if e.notes, e.reject = s.validate(values, unknown); e.reject != nil {
		if s.seen != nil { // whoever it is about is not missing
			want, _, _ := s.mapped(r.Data, unknown)
			e.want.Keys = want.Keys
		}
		return e
	}
	want, notes, err := s.mapped(r.Data, unknown)
	e.notes = append(e.notes, notes...)
	e.want = want
	e.want.Deleted = want.Deleted || s.Mode == airbyte.SoftDelete
	if e.want.Deleted && err == nil {
		err = s.narrow(&e.want)
	}
	if err != nil {
		e.reject = asReject(err)
		e.notes = e.withoutCause()
		if e.want.Deleted { // its row may be known
			e.row = s.row(values)
			s.order(&e, values)
		}
		return e
	}
	if key := s.tooLong(e.want.Keys); key != "" {
		e.reject = &crm.Reject{Code: crm.CodeInvalidRecord, Field: key, Reason: "is too long to be matched: search takes 75 characters"}
		return e
	}
	e.row = s.row(values)
	s.order(&e, values)
	return e
}
