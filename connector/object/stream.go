package object

import (
	"encoding/json"
	"fmt"
	"hash/maphash"
	"sync"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/schema"
	"destination-gohighlevel/connector/trouble"
)

// Stream is one configured stream with all that is needed to read its records.
type Stream struct {
	load.Stream
	In   Location // what it is written to
	Plan *crm.Plan
	// Tags are the tags that everything of this stream gets.
	Tags []string
	// WarnOnly lets records that break the schema through, counted and told.
	WarnOnly bool
	// RejectConflicts rejects a record whose identifiers belong to two
	// contacts.
	RejectConflicts bool
	// OnDelete is what happens to what a record is about that the source has
	// deleted.
	OnDelete Removal
	// OnMissing is what happens, after a full refresh that replaces, to what has the
	// stream's tags and was not in the sync.
	OnMissing Removal
	// ForwardOnly lets no stage of an opportunity move back.
	ForwardOnly bool
	// RemovalLimit is the greatest share of these, in percent, that a sync may
	// remove.
	RemovalLimit int

	// Nested are the columns whose entries are records of other objects.
	Nested []Nested

	mapping sync.Mutex // guards Plan, which learns columns from records
	schema  *schema.Schema
	columns *columns    // of the record that is prepared
	optIns  []crm.OptIn // that have been told
}

// Removal is a way to take something out of what a stream has synced.
type Removal string

// The ways. The zero value is Keep.
const (
	Keep       Removal = ""
	RemoveTags Removal = "remove_tags" // take the stream's own tags off
	Delete     Removal = "delete"
)

// Open makes the stream ready to read records. What of its schema cannot be used
// is told, now or when a record first shows it.
func (s *Stream) Open(log zerolog.Logger) {
	s.schema = schema.Compile(s.Schema, func(column, reason string) {
		what := "records are"
		if column != "" {
			what = "the column " + s.told(column) + " is"
		}
		log.Warn().Str("stream", s.ID.String()).Msgf("%s not validated: %s", what, reason)
	})
	s.columns = newColumns(s.Plan.Columns(), s.schema)
}

// Lock keeps records from being mapped until Unlock: mapping teaches the plan more
// columns, so it must not be looked at meanwhile.
func (s *Stream) Lock() { s.mapping.Lock() }

// Unlock ends Lock.
func (s *Stream) Unlock() { s.mapping.Unlock() }

// Fields are what the stream can write, as far as it is known.
func (s *Stream) Fields() []*crm.Field {
	s.Lock()
	defer s.Unlock()
	return s.Plan.Fields()
}

// Links are the fields by which the stream links to other objects, as far as it is
// known.
func (s *Stream) Links() []*crm.Field {
	s.Lock()
	defer s.Unlock()
	return s.Plan.Links()
}

// IsOnlyFed is [crm.Plan.IsOnlyFed].
func (s *Stream) IsOnlyFed(field string) bool {
	s.Lock()
	defer s.Unlock()
	return s.Plan.IsOnlyFed(field)
}

// ColumnOf is the column that feeds a field; "" if several do.
func (s *Stream) ColumnOf(field string) string {
	s.Lock()
	defer s.Unlock()
	for _, f := range s.Plan.Feeds() {
		if f.Field == field && len(f.From) == 1 {
			return f.From[0]
		}
	}
	return ""
}

// Prepared is what a record asks for.
type Prepared struct {
	Want     crm.Desired
	Children []Child
	stream   *Stream
}

// Prepare validates and maps a record. It never fails: what is wrong with the
// record becomes its rejection; then Want is what could be read all the same.
func (s *Stream) Prepare(r *load.Record) Prepared {
	var unknown []string
	for _, c := range r.Changes {
		unknown = append(unknown, c.Field)
	}
	s.columns.begin(r.Data)
	p := Prepared{stream: s}
	want, notes, reject := s.mapped(r.Data, unknown)
	p.Want = want
	if r.Notes, r.Reject = s.validate(unknown, want.Deleted); r.Reject != nil {
		return p
	}
	r.Notes = append(r.Notes, notes...)
	if len(s.Nested) > 0 {
		p.Children, notes = s.children()
		r.Notes = append(r.Notes, notes...)
	}
	p.Want.Deleted = want.Deleted || s.Mode == airbyte.SoftDelete
	if p.Want.Deleted && reject == nil {
		reject = s.narrow(&p.Want)
	}
	if reject != nil {
		r.Reject = reject
		r.Notes = withoutCause(r)
	}
	return p
}

// At reads the value at a path of nested columns, until the next record of the stream
// is prepared; nil if it is absent or null.
func (p *Prepared) At(path []string) json.RawMessage { return p.stream.columns.path(path) }

var rowSeed = maphash.MakeSeed()

// Row stands for the values of a record's primary key; 0 if it has none, or not
// all of it.
func (s *Stream) Row(p *Prepared) uint64 {
	if len(s.PrimaryKey) == 0 {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(rowSeed)
	for _, path := range s.PrimaryKey {
		value := p.At(path)
		if value == nil {
			return 0
		}
		_, _ = h.Write(value)
		_ = h.WriteByte(0)
	}
	_, _ = h.WriteString(s.ID.String())
	return h.Sum64()
}

// withoutCause are the notes without the one that has become the rejection.
func withoutCause(r *load.Record) []trouble.Note {
	var left []trouble.Note
	for _, n := range r.Notes {
		if n.Field != r.Reject.Field || n.Rule != r.Reject.Reason {
			left = append(left, n)
		}
	}
	return left
}

// narrow leaves a delete the keys that it names, see [crm.MostTrusted]. One whose
// name cannot be read means nobody, rather than who has another of its keys.
func (s *Stream) narrow(want *crm.Desired) *trouble.Reject {
	want.Keys = crm.MostTrusted(want.Keys)
	if want.UnreadKey == "" {
		return nil
	}
	want.Keys = nil
	return &trouble.Reject{Code: trouble.NoIdentifier, Field: s.In.Table().Display(want.UnreadKey),
		Reason: "the value cannot be read, and whoever has the record's other keys may be somebody else"}
}

// mapped is what a record asks for.
func (s *Stream) mapped(data json.RawMessage, unknown []string) (crm.Desired, []trouble.Note, *trouble.Reject) {
	s.mapping.Lock()
	defer s.mapping.Unlock()
	if jsonscan.First(jsonscan.Trim(data)) != '{' {
		return s.Plan.Map(data, unknown) // and be told so
	}
	return s.Plan.MapMembers(s.columns.members, unknown)
}

// told is the name of a column in a sentence.
func (s *Stream) told(column string) string {
	if name := s.Plan.Shown(column); name != "" {
		return fmt.Sprintf("%q", name)
	}
	return "whose name looks like a person's data"
}
