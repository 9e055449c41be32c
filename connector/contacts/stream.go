package contacts

import (
	"encoding/json"
	"slices"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// stream is one stream with what is remembered of its records.
type stream struct {
	*object.Stream
	target gateway.Target
	// suppresses says that its records name people who must not be contacted.
	suppresses bool
	history    *history
	rows       *rows
	seen       *seen
	greatest   json.RawMessage // cursor seen so far
	asksTime   bool            // a value may depend on when its record was changed
	unread     bool            // a record could not be read because of a mistake of ours
}

// unique reports whether a person gets one contact whatever the location
// allows.
func (s *stream) unique() bool { return s.Mode != airbyte.Append }

// creates reports whether a person who has no contact gets one.
func (s *stream) creates() bool { return s.Mode != airbyte.Update && s.Mode != airbyte.SoftDelete }

// matches reports whether contacts are looked for at all: append into a
// location that allows duplicates creates always.
func (s *stream) matches() bool { return s.unique() || !s.target.Facts().AllowsDuplicates }

// dated reports whether the greatest cursor has the last word, not the latest
// record.
func (s *stream) dated() bool { return s.unique() && len(s.CursorField) > 0 && !s.suppresses }

// removes reports whether a sync of the stream may end with a removal.
func removes(s *object.Stream) bool { return s.OnMissing != object.Keep && isReplacing(s) }

// isReplacing reports whether what the sync delivers takes the place of all that
// was delivered before. Before generation 1 nothing was; PyAirbyte says 1 of
// every sync, and so does not ask for anything by it.
func isReplacing(s *object.Stream) bool {
	if s.Mode != airbyte.AppendDedup {
		return s.Mode == airbyte.Overwrite
	}
	return s.GenerationID != nil && s.MinimumGenerationID != nil && *s.MinimumGenerationID == *s.GenerationID && *s.GenerationID >= 2
}

// tooLong names a key that neither search nor any other endpoint can look for.
func (s *stream) tooLong(keys []crm.Key) string {
	for _, k := range keys {
		if len(k.Value) <= gateway.MaxKey || k.Identifies() {
			continue
		}
		return s.target.Table().Display(k.Field)
	}
	return ""
}

// entry is one record on its way and what it asks for.
type entry struct {
	*load.Record
	stream *stream
	want   crm.Desired
	cursor json.RawMessage
	row    uint64 // of the primary key; 0: unknown
	late   *lateLink
	nested []object.Child // notes and tasks of the contact
}

// looks reports whether contacts are looked for at all.
func (e *entry) looks() bool { return e.want.Deleted || e.stream.matches() }

// entry is what Prepare has made of a record. Of one that the connector could not
// read because of a mistake, nobody knows whom it is about.
func (r *run) entry(record *load.Record) *entry {
	e, ok := record.Item.(*entry)
	if !ok {
		e = &entry{Record: record, stream: r.of[record.Stream]}
		e.stream.unread = true
	}
	return e
}

// Prepare validates and maps a record.
func (r *run) Prepare(record *load.Record) {
	s := r.of[record.Stream]
	e := &entry{Record: record, stream: s}
	p := s.Prepare(record)
	e.nested = p.Children
	if e.want = p.Want; s.suppresses {
		e.want = p.Want.Suppression()
		e.want.Deleted = true // it is written as a delete that says no more than "stop"
	}
	if key := s.tooLong(e.want.Keys); key != "" && record.Reject == nil {
		record.Reject = &trouble.Reject{Code: trouble.InvalidRecord, Field: key, Reason: "is too long to be matched: search takes 75 characters"}
	}
	if record.Reject != nil && record.Reject.Code == trouble.SchemaViolation {
		e.want = crm.Desired{Keys: p.Want.Keys} // whoever it is about is not missing
	} else if record.Reject == nil || e.want.Deleted { // else its row may be known
		if s.rows != nil {
			e.row = s.Row(&p)
		}
		s.order(e, &p)
		if s.asksTime {
			e.want.Date(crm.Moment(p.At(s.CursorField)))
		}
	}
	record.Item, record.Weight = e, e.weight()
}

// order reads the cursor. A delete without one gets the greatest one seen before
// it: what was deleted after it was inserted must end deleted.
func (s *stream) order(e *entry, p *object.Prepared) {
	if !s.dated() {
		return
	}
	e.cursor = p.At(s.CursorField)
	if e.want.Deleted && e.cursor == nil {
		e.cursor = slices.Clone(s.greatest)
	} else if object.CompareCursors(e.cursor, s.greatest) > 0 {
		s.greatest = append(s.greatest[:0], e.cursor...)
	}
}
