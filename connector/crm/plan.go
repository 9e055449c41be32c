package crm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/words"
)

// When says under which condition a value is written.
type When int

const (
	// Always writes whenever the value differs.
	Always When = iota
	// IfEmpty writes only where the CRM holds nothing.
	IfEmpty
)

// Mapping sends one column to one field. Several mappings to one field are tried
// in order, record by record.
type Mapping struct {
	// From is a column, or a dotted path into nested objects and lists
	// ("address.city", "emails.0", "answers.*.email"; "*" is the first entry that
	// has the rest). A column whose name contains the dots wins over the path.
	From string
	To   string // anything that [Table.Find] takes; "": the column is not written
	When When
	// Value stands in place of From: the same for every record.
	Value *string
	// Values translates before the field reads the value.
	Values []Translation
	Negate bool // turns true and false round
}

// Translation is one word of a [Mapping]: a value, compared as text in any case,
// and what it becomes. From "*" is every other value, but not null; To "" is
// none.
type Translation struct{ From, To string }

// PlanOptions is what a user says about one stream.
type PlanOptions struct {
	Columns        []string        // declared columns of the stream, in the order of its schema
	Schema         json.RawMessage // the stream's JSON schema, nil if there is none: what columns hold
	Mappings       []Mapping       // beat all other matching
	PrimaryKey     []string        // top-level columns; those that map to a match key go first
	MatchOn        []string        // "id", "email", "phone", "custom_field:<key>" in order of trust
	Tags           []string        // tags every contact of the stream gets
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

// Hint names a column that feeds no field, and why.
type Hint struct {
	Column     string
	Nearest    string // the field whose name is nearest, if one is near
	Instead    string // the column or path that feeds the field this one is named after
	Undeclared bool   // the stream does not declare Instead: a mapping most likely misspells it
}

// String is the column with the reason in parentheses, as a user reads it.
func (h Hint) String() string {
	switch {
	case h.Undeclared:
		return fmt.Sprintf("%s (its field is mapped from %q, which the stream does not declare)", h.Column, h.Instead)
	case h.Instead != "":
		return fmt.Sprintf("%s (its field is fed by %q)", h.Column, h.Instead)
	case h.Nearest != "":
		return fmt.Sprintf("%s (did you mean %s?)", h.Column, h.Nearest)
	}
	return h.Column
}

// rank says how well a column fits a field; the lowest wins.
type rank int

const (
	byMapping rank = iota
	byMappedPath
	byName
	byAlias
)

// route is one way from a column to a field.
type route struct {
	field  int
	column string // top-level column
	path   string // below the column, "" for the column itself
	from   string // column and path
	fit    rank
	when   When
	origin origin
}

// Bounds on what a plan remembers of columns that the catalog did not declare:
// their names come from the data.
const (
	mostLateColumns = 1000
	mostLateHints   = 50
	longestHint     = 64 // characters of a column's name
)

// Plan is the compiled way from a stream's records to contacts. It is not safe
// for concurrent use, because [Plan.Map] is not.
type Plan struct {
	table      *Table
	declared   *Columns
	tags       []string
	managed    []string
	defaults   Defaults
	clearNulls bool
	liftsDND   bool
	matchOn    []int              // fields in order of trust
	country    int                // field, -1 if the table has none
	routes     map[string][]route // declared and mapped columns; empty: known to match nothing
	late       map[string][]route // undeclared columns met so far
	unmatched  []Hint
	lateHints  []Hint
	taken      []bool // by field: fed by a declared or mapped column
	lateTaken  []bool // by field: fed by an undeclared column
	order      []int  // fields as Map reads them: the country first, for it completes phones
	cells      []cell // scratch of Map, by field
	memos      []memo // by field
	reader     *reader
}

// Compile decides which column feeds which field. All faults are reported at
// once, in a [*PlanError].
func Compile(t *Table, o PlanOptions) (*Plan, error) {
	p := &Plan{
		table:      t,
		declared:   NewColumns(o.Columns),
		tags:       appendTags(nil, o.Tags),
		defaults:   Defaults{Source: strings.TrimSpace(o.DefaultSource)},
		managed:    appendTags(nil, o.ManagedTags),
		clearNulls: o.ClearNulls,
		liftsDND:   o.LiftsDND,
		country:    -1,
		routes:     make(map[string][]route),
		late:       make(map[string][]route),
		taken:      make([]bool, len(t.fields)),
		lateTaken:  make([]bool, len(t.fields)),
		cells:      make([]cell, len(t.fields)),
		memos:      newMemos(t),
		reader:     newReader(o),
	}
	if i, ok := t.index[fieldCountry]; ok {
		p.country = i
		p.order = append(p.order, i)
	}
	for i := range t.fields {
		if i != p.country {
			p.order = append(p.order, i)
		}
	}
	c := &compiler{Plan: p, options: o}
	c.country()
	c.matchKeys()
	c.mappings()
	c.columns()
	c.primaryKey()
	if len(c.faults) > 0 {
		return nil, &PlanError{Faults: c.faults}
	}
	return p, nil
}

// Unmatched returns the declared columns that feed no field, sorted; also
// those that lost their field to a mapping or to a better name.
func (p *Plan) Unmatched() []Hint { return slices.Clone(p.unmatched) }

// Late returns undeclared columns met in records so far that match nothing, at
// most 50 of them, in order of appearance.
func (p *Plan) Late() []Hint { return slices.Clone(p.lateHints) }

// MatchOn returns the names of the match keys in order of trust, those of the
// stream's primary key first.
func (p *Plan) MatchOn() []string {
	names := make([]string, len(p.matchOn))
	for i, field := range p.matchOn {
		names[i] = p.table.fields[field].Name
	}
	return names
}

// Columns returns the declared columns, by every spelling in which they arrive.
func (p *Plan) Columns() *Columns { return p.declared }

// Defaults returns what fills a contact where neither record nor CRM say anything.
func (p *Plan) Defaults() Defaults { return p.defaults }

// Fields returns the fields whose values this plan can write, in table order:
// without id and tags, with the parts of a full name, and with country if it
// has a default. Undeclared columns add to it as records bring them.
func (p *Plan) Fields() []*Field {
	name, hasName := p.table.index[fieldName]
	named := hasName && (p.taken[name] || p.lateTaken[name])
	var fields []*Field
	for i, f := range p.table.fields {
		writes := p.taken[i] || p.lateTaken[i] || i == p.country && p.defaults.Country != "" ||
			named && (f.Name == fieldFirstName || f.Name == fieldLastName)
		if writes && f.Type != ContactID && f.Type != TagList {
			fields = append(fields, f)
		}
	}
	return fields
}

// lateRoutes resolves a column that the catalog did not declare and that was
// not met before.
func (p *Plan) lateRoutes(column string) []route {
	var routes []route
	i, fit, ok := p.match(column)
	switch {
	case ok && !p.taken[i]:
		routes = []route{{field: i, column: column, from: column, fit: fit, origin: p.reader.origin(column, "")}}
		p.lateTaken[i] = true
	case !ok && !isSilent(column) && len(p.lateHints) < mostLateHints && len(p.late) < mostLateColumns:
		p.lateHints = append(p.lateHints, Hint{Column: words.Cut(column, longestHint), Nearest: p.table.Nearest(column)})
	}
	if len(p.late) < mostLateColumns {
		p.late[column] = routes
	}
	return routes
}

// match finds the field a column feeds by its name alone.
func (p *Plan) match(column string) (i int, fit rank, ok bool) {
	if isInternal(column) {
		return 0, 0, false
	}
	if isIDColumn(column) {
		i, ok = p.table.index[fieldID]
		if !ok || !slices.Contains(p.matchOn, i) {
			return 0, 0, false
		}
		if column == fieldID {
			return i, byName, true
		}
		return i, byAlias, true
	}
	i, fit, ok = p.table.resolve(column)
	if ok && (p.table.fields[i].Type == Unwritable || p.table.fields[i].Type == ContactID) {
		return 0, 0, false
	}
	return i, fit, ok
}

// isInternal reports whether a column belongs to the platform, not to the user.
func isInternal(column string) bool {
	return strings.HasPrefix(column, "_ab_") || strings.HasPrefix(column, "_airbyte_")
}

// isSilent reports whether a column that matches nothing is worth no hint.
func isSilent(column string) bool { return isInternal(column) || isIDColumn(column) }
