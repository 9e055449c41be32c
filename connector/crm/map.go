package crm

import (
	"bytes"
	"slices"
	"strings"
)

// cell is what the record says of one field.
type cell struct {
	raw     []byte // nil: nothing
	column  string
	fit     rank
	when    When
	origin  origin
	unknown bool // the platform says it lost the value: leave the field alone
}

// record is one record on its way through a plan.
type record struct {
	coercer
	plan    *Plan
	unknown []string
	filled  int // cells with a raw value
	want    Desired
	faults  map[int]string // identifiers that were dropped, by field
}

// Map turns one record, a JSON object, into the contact it asks for. unknown
// lists the fields of the record's meta.changes, as names or paths: they are
// left alone.
//
// data must be valid JSON, as every line is that a reader has let through: it
// is not checked again, and Map may panic if it is not.
//
// The error is always a [*Reject]: invalid_record if data is no JSON object,
// no_identifier if no match key has a valid value. Notes are returned with an
// error too, and Desired.Deleted and UnreadKey. A Plan keeps scratch space and memory of columns and values: Map
// must not be called by several goroutines at once. The result does not refer
// to data.
func (p *Plan) Map(data []byte, unknown []string) (Desired, []Note, error) {
	data = bytes.TrimLeft(data, " \n\r\t")
	if len(data) == 0 || data[0] != '{' {
		return Desired{}, nil, &Reject{Code: CodeInvalidRecord, Reason: "not a JSON object"}
	}
	clear(p.cells)
	r := &record{plan: p, unknown: unknown, coercer: coercer{reader: p.reader, region: p.defaults.Country}}
	eachMember(data, r.collect)
	r.want.Values = make(map[string]Value, r.filled)
	r.want.Tags, r.want.ManagedTags = slices.Clone(p.tags), p.managed
	id := r.fill()
	r.splitName()
	r.findKeys(id)
	if len(r.want.Keys) == 0 {
		return Desired{Deleted: r.want.Deleted, UnreadKey: r.want.UnreadKey}, r.notes, r.noIdentifier()
	}
	return r.want, r.notes, nil
}

// collect keeps the raw value of a column for each field it feeds.
func (r *record) collect(key, raw []byte) {
	if string(key) == deletedColumn && tellsDeletion(raw) {
		r.want.Deleted = true
	}
	routes, known := r.plan.routes[string(key)]
	if !known {
		routes, known = r.plan.late[string(key)]
	}
	if !known {
		routes = r.plan.lateRoutes(string(key))
	}
	for i := range routes {
		to := &routes[i]
		c := &r.plan.cells[to.field]
		if len(r.unknown) > 0 && r.isUnknown(to) {
			c.unknown = true
			continue
		}
		value := raw
		if to.path != "" {
			var found bool
			if value, found = follow(raw, to.path); !found {
				continue
			}
		}
		if c.raw != nil && (c.fit < to.fit || c.fit == to.fit && c.column < to.column) {
			continue
		}
		if c.raw == nil {
			r.filled++
		}
		c.raw, c.column, c.fit, c.when, c.origin = value, to.column, to.fit, to.when, to.origin
	}
}

// isUnknown reports whether the value of a route, or a part of it, or what it
// is a part of, was lost.
func (r *record) isUnknown(to *route) bool {
	for _, u := range r.unknown {
		u = strings.TrimPrefix(u, "$.")
		if u == to.from || strings.HasPrefix(u, to.from+".") || strings.HasPrefix(to.from, u+".") {
			return true
		}
	}
	return false
}

// fill coerces every cell into a value and returns the contact's id, if given.
func (r *record) fill() (id string) {
	for _, i := range r.plan.order {
		c, f := &r.plan.cells[i], r.plan.table.fields[i]
		if c.raw == nil || c.unknown {
			continue
		}
		before := len(r.notes)
		data, fault := r.coerce(i, c.raw, c.origin)
		if fault != "" {
			r.drop(f, fault)
		}
		for n := before; n < len(r.notes); n++ {
			r.notes[n].Column = told(c.column)
		}
		if fault != "" {
			r.fault(i, fault)
			if i == r.plan.country && fault != ruleNoCountry {
				r.want.OtherCountry, r.region = true, ""
			}
			continue
		}
		switch f.Type {
		case TagList:
			switch tags := data.(type) {
			case []string:
				r.want.Tags = appendTags(r.want.Tags, tags)
			case Phrase:
				r.want.Phrases = append(r.want.Phrases, tags)
			}
			r.want.TagsSaid = c.raw[0] != 'n' || r.plan.clearNulls
			continue
		case ContactID:
			id, _ = data.(string)
			continue
		case Country:
			if code, ok := data.(string); ok && i == r.plan.country {
				r.region = code
			}
		}
		switch data.(type) {
		case absent:
			continue
		case cleared:
			if c.when == Always {
				r.want.Values[f.Name] = Value{}
			}
			continue
		}
		if data == nil && (!r.plan.clearNulls || c.when == IfEmpty) {
			continue
		}
		r.want.Values[f.Name] = Value{Data: data, When: c.when, Lifts: r.plan.liftsDND && isConsent(f.Name)}
	}
	return id
}

func (r *record) fault(field int, rule string) {
	if !slices.Contains(r.plan.matchOn, field) {
		return
	}
	if r.faults == nil {
		r.faults = make(map[int]string)
	}
	r.faults[field] = rule
}

// splitName replaces a full name by the parts it fills: the CRM derives the
// full name from them.
func (r *record) splitName() {
	full, ok := r.want.Values[fieldName]
	if !ok {
		return
	}
	first, last := r.want.Values[fieldFirstName], r.want.Values[fieldLastName]
	name, _ := full.Data.(string)
	given, family := splitName(name)
	firstName, _ := first.Data.(string)
	lastName, _ := last.Data.(string)
	switch {
	case name == "" && firstName+lastName != "":
		delete(r.want.Values, fieldName) // a part outranks the empty whole
		return
	case firstName != "" && lastName == "":
		family = restOfName(name, firstName, "", family)
	case lastName != "" && firstName == "":
		given = restOfName(name, "", lastName, given)
	}
	filled := r.fillPart(fieldFirstName, firstName, given, full)
	filled = r.fillPart(fieldLastName, lastName, family, full) || filled
	if filled || firstName+lastName != "" {
		delete(r.want.Values, fieldName)
	}
}

// fillPart gives a part of the name its value unless the record has one, and
// reports whether the name can be told from its parts.
func (r *record) fillPart(field, has, part string, full Value) bool {
	i, ok := r.plan.table.index[field]
	if !ok {
		return false
	}
	switch {
	case has != "" || r.plan.cells[i].unknown:
	case part != "":
		r.want.Values[field] = Value{Data: part, When: full.When}
	case full.Data == nil:
		r.want.Values[field] = Value{When: full.When}
	}
	return true
}

func (r *record) findKeys(id string) {
	r.want.Keys = make([]Key, 0, len(r.plan.matchOn))
	for _, i := range r.plan.matchOn {
		f := r.plan.table.fields[i]
		value := id
		if f.Type != ContactID {
			value = keyText(r.want.Values[f.Name].Data)
		}
		_, faulty := r.faults[i]
		switch {
		case value != "":
			r.want.Keys = append(r.want.Keys, Key{Field: f.Name, Value: value})
		case len(r.want.Keys) == 0 && r.want.UnreadKey == "" && (faulty || r.plan.cells[i].unknown):
			r.want.UnreadKey = f.Name
		}
	}
}

// noIdentifier names what was wrong with the most trusted identifier, or the
// identifiers that are missing.
func (r *record) noIdentifier() *Reject {
	var names []string
	for _, i := range r.plan.matchOn {
		f := r.plan.table.fields[i]
		if rule, ok := r.faults[i]; ok {
			return &Reject{Code: CodeNoIdentifier, Field: f.display(), Column: told(r.plan.cells[i].column), Reason: rule}
		}
		names = append(names, f.display())
	}
	return &Reject{Code: CodeNoIdentifier, Reason: "no value for " + strings.Join(names, " or ")}
}
