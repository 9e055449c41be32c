package crm

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/trouble"
)

// When says under which condition a value is written.
type When uint8

const (
	// Always writes whenever the value differs.
	Always When = iota
	// IfEmpty writes only where the CRM holds nothing.
	IfEmpty
	// IfNewer writes only if the record is later than what others have last changed in
	// the contact. Of do-not-disturb and tags it says nothing.
	IfNewer
)

// PlanOptions is what a user says about one stream.
type PlanOptions struct {
	Columns        []string        // declared columns of the stream, in the order of its schema
	Schema         json.RawMessage // the stream's JSON schema, nil if there is none: what columns hold
	Mappings       []Mapping       // beat all other matching
	When           When            // when columns are written of which no mapping says it
	PrimaryKey     []string        // columns, or dotted paths; what they feed of the match keys goes first
	MatchOn        []string        // some of [Kind.Keys] and "custom_field:<key>" in order of trust
	ParentOn       []string        // the same for the contact that an object belongs to; see [Table.OfContact]
	Tags           []string        // tags every object of the stream gets, if its kind has tags
	ManagedTags    []string        // tags, or "prefix*", that the source decides about
	DefaultCountry string          // ISO 3166 alpha-2
	DefaultSource  string
	Notation       Notation  // how texts are read
	Today          time.Time // when the sync runs: no birthday with a two-digit year is after it
	ClearNulls     bool      // null clears the field instead of leaving it alone
	LiftsDND       bool      // false and "no" lift a do-not-disturb, unless it is permanent
	DeletedWhen    []string  // columns or paths: a record with a true value or a date in one is deleted
	Users          []User    // of the location; nil: they are not known, and assignedTo takes ids only
}

// User is somebody who works in the location.
type User struct{ ID, Name, FirstName, LastName, Email string }

// PlanError lists every fault of a stream's mapping.
type PlanError struct{ Faults []string }

// Error joins the faults with "; ".
func (e *PlanError) Error() string { return strings.Join(e.Faults, "; ") }

// Plan is the compiled way from a stream's records to objects of a [Kind]. It is
// not safe for concurrent use, because [Plan.Map] is not.
type Plan struct {
	table      *Table
	tags       []string
	managed    []string
	defaults   Defaults
	region     string // the default country: it completes phones, also where it is written nowhere
	options    PlanOptions
	matchOn    []int    // fields in order of trust
	ofRow      int      // how many of these, the first, the primary key feeds
	matchRefs  []string // the same as the configuration names them
	parentOn   []int    // fields by which the contact is found that the object belongs to
	parentRefs []string
	country    int // field, -1 if the table has none

	declared  *Columns
	positions map[string]int32 // of declared columns in the schema
	entries   []*entry         // what the configuration maps
	deletions []*deletion
	headless  bool // one of the declared names is data, so all of them may be

	top          *container // the record
	containers   []*container
	entryMembers jsonscan.Names[ranks] // members of entries that may bear a name
	gates        kept[gate]
	places       kept[place]
	learnt       int         // columns beyond the schema that are remembered
	feeds        [][]feed    // by field
	gated        []*column   // of the top level that count only if their wrapper does
	constants    []candidate // what every record has, by the configuration
	stoppable    []bool      // by field: a column may stop it that is mostly about something else
	optIns       []OptIn
	alwaysSaid   []consentValue
	unmatched    []Hint
	guesses      int // columns that were compared with all fields
	late         []Hint

	placeFields []int // by which addresses are told apart

	members  []jsonscan.Pair // scratch: of the record
	offered  []uint64        // scratch of Map: a bit for each field that the record offers something for
	cells    []cell          // scratch, by field
	more     []candidate     // scratch: candidates of fields that have several
	sorted   []candidate     // scratch: those of one field
	said     []consentValue  // scratch: what the record says of being contacted
	consents consents        // scratch: what that means together
	current  record          // scratch
	memos    []memo          // by field
	reader   *reader
	record   int         // how many records have been mapped
	looks    []Lookalike // columns of records without an identifier that look like one
}

// Compile decides which columns feed which fields. A [*PlanError] has all faults.
func Compile(t *Table, o PlanOptions) (*Plan, error) {
	if !json.Valid(o.Schema) {
		o.Schema = nil
	}
	p := &Plan{
		table:     t,
		options:   o,
		country:   t.places[partCountry],
		declared:  NewColumns(o.Columns),
		positions: make(map[string]int32, len(o.Columns)),
		deletions: deletionsOf(o.DeletedWhen),
		headless:  !trouble.Showable(o.Columns...),
		top:       &container{scope: scope{whole: true}, members: make(map[string]*column, len(o.Columns))},
		feeds:     make([][]feed, len(t.fields)),
		stoppable: make([]bool, len(t.fields)),
		offered:   make([]uint64, len(t.fields)/64+1),
		cells:     make([]cell, len(t.fields)),
		memos:     newMemos(t),
		reader:    newReader(o),
	}
	if t.Field(fieldTags) != nil {
		p.tags, p.managed = tagsOf(o.Tags), tagsOf(o.ManagedTags)
	}
	if f := t.Field(fieldSource); f != nil && f.about().filled {
		p.defaults.Source = strings.TrimSpace(o.DefaultSource)
	}
	for _, of := range comparedParts {
		if i := t.places[of]; i >= 0 {
			p.placeFields = append(p.placeFields, i)
		}
	}
	c := &compiler{Plan: p}
	c.defaultCountry()
	c.matchKeys()
	if t.kind.Parent != nil {
		c.parentKeys()
	}
	c.mappings()
	c.columns()
	c.primaryKey()
	for _, i := range slices.Concat(p.matchOn, p.parentOn) {
		p.reader.keys = append(p.reader.keys, t.fields[i])
	}
	if len(c.faults) > 0 {
		return nil, &PlanError{Faults: c.faults}
	}
	return p, nil
}

// MatchOn returns the match keys in order of trust, those of the primary key first.
func (p *Plan) MatchOn() []string {
	names := make([]string, len(p.matchOn))
	for i, field := range p.matchOn {
		names[i] = p.table.fields[field].Name
	}
	return names
}

// RowKeys returns those of [Plan.MatchOn] that the primary key feeds.
func (p *Plan) RowKeys() []string { return p.MatchOn()[:p.ofRow] }

// IsOnlyFed reports whether one column alone feeds a field, and its text always means the
// same: that of a phone depends on the country.
func (p *Plan) IsOnlyFed(name string) bool {
	i, ok := p.table.index[name]
	return ok && len(p.feeds[i]) == 1 && p.table.fields[i].Type != Phone
}

// matches reports whether records, or what they belong to, are found by a field.
func (p *Plan) matches(field int) bool {
	return slices.Contains(p.matchOn, field) || slices.Contains(p.parentOn, field)
}

// Columns returns the declared columns, by every spelling in which they arrive.
func (p *Plan) Columns() *Columns { return p.declared }

// Defaults returns what fills a contact where neither record nor CRM say anything.
func (p *Plan) Defaults() Defaults { return p.defaults }

// Fields returns the fields whose values this plan can write, in table order:
// without id, tags, links and what finds a parent, with the parts of a full name, and with country if it
// has a default. Undeclared columns add to it as records bring them.
func (p *Plan) Fields() []*Field {
	name, hasName := p.table.index[fieldName]
	named := hasName && len(p.feeds[name]) > 0
	var fields []*Field
	for i, f := range p.table.fields {
		writes := len(p.feeds[i]) > 0 || p.stoppable[i] || i == p.country && p.defaults.Country != "" ||
			named && (f.Name == fieldFirstName || f.Name == fieldLastName)
		if writes && !slices.Contains(p.parentOn, i) && f.Type != ID && f.Type != TagList && f.Type != Link {
			fields = append(fields, f)
		}
	}
	return fields
}

// Links returns the fields by which records are linked to other objects, in table
// order, as far as columns are declared or have been met.
func (p *Plan) Links() []*Field {
	var links []*Field
	for i, f := range p.table.fields {
		if f.Type == Link && len(p.feeds[i]) > 0 {
			links = append(links, f)
		}
	}
	return links
}

// isInternal reports whether a column belongs to the platform, not to the user.
func isInternal(column string) bool {
	return strings.HasPrefix(column, "_ab_") || strings.HasPrefix(column, "_airbyte_")
}
