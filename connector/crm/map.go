package crm

import (
	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/trouble"
)

// candidate is a value that a record offers for a field.
type candidate struct {
	raw      []byte // nil: the platform says that it lost the value
	to       *route
	sub      int32  // among the entries of a list
	origin   origin // besides the route's
	unturned bool   // it is neither true nor false, though a mapping turns it round
}

// cell is what a record offers for one field, if its bit is set in [Plan.offered].
type cell struct {
	first    [1]candidate // that was met
	several  bool         // there are others, in [Plan.more]
	unknown  bool         // the one that has the say was lost
	fallback bool         // the value comes from a column of second choice
}

// record is one record on its way through a plan.
type record struct {
	coercer
	plan   *Plan
	lost   *lost
	filled int // fields with a candidate

	inLanguage []string // the parts of a name whose columns are named in another language
	want       Desired
	faults     map[int]dropped // identifiers, and users of what belongs to a contact, that were left out, by field
}

// dropped is why an identifier was left out, and of which column.
type dropped struct{ column, rule string }

// Map turns one record, a JSON object, into the contact it asks for. unknown
// lists the fields of the record's meta.changes, as names or paths: they are
// left alone.
//
// data must be valid JSON, as every line is that a reader has let through: it
// is not checked again, and Map may panic if it is not.
//
// A record is rejected as invalid_record if data is no JSON object, no_identifier if
// no match key has a valid value, nor one by which the contact is found that the
// record belongs to, unknown_user if what belongs to a contact is somebody's who is
// no user. Notes are returned then too, and Desired.Deleted and UnreadKey. A Plan
// keeps scratch space and memory of columns and values: Map must not be called by
// several goroutines at once. The result does not refer to data.
func (p *Plan) Map(data []byte, unknown []string) (Desired, []trouble.Note, *trouble.Reject) {
	if jsonscan.First(jsonscan.Trim(data)) != '{' {
		return Desired{}, nil, &trouble.Reject{Code: trouble.InvalidRecord, Reason: "not a JSON object"}
	}
	clear(p.members)
	p.members = jsonscan.AppendMembers(p.members[:0], data)
	return p.MapMembers(p.members, unknown)
}

// MapMembers is [Plan.Map] of a record that is given by its members.
func (p *Plan) MapMembers(members []jsonscan.Pair, unknown []string) (Desired, []trouble.Note, *trouble.Reject) {
	p.begin()
	r := &p.current
	*r = record{plan: p, lost: newLost(unknown), coercer: coercer{reader: p.reader, region: p.region, ours: true}}
	p.top.awaited = 0
	for _, m := range members {
		r.take(p.member(p.top, m.Name), m.Value)
	}
	for i := range p.constants {
		r.keep(&p.constants[i])
	}
	r.want.Values = make(map[string]Value, r.filled)
	r.want.Tags, r.want.ManagedTags = p.tags, p.managed
	id := r.fill()
	r.splitName()
	r.decideConsent()
	r.findKeys(id)
	if len(r.want.Keys)+len(r.want.Parent) == 0 {
		return Desired{Deleted: r.want.Deleted, UnreadKey: r.want.UnreadKey}, r.notes, r.noIdentifier(members)
	}
	return r.want, r.notes, r.unknownUser()
}

// begin clears what was kept for the record before.
func (p *Plan) begin() {
	p.record++
	clear(p.offered)
	p.more, p.said = p.more[:0], append(p.said[:0], p.alwaysSaid...)
	clear(p.gates.brief)
	clear(p.places.brief)
}

// take offers a column's value to the fields that it feeds, and looks into it for more.
func (r *record) take(c *column, raw []byte) {
	r.open(c)
	if c.inText || c.inPath {
		raw = nestedInText(raw, c.inPath)
	}
	for _, d := range c.deletes {
		r.want.Deleted = r.want.Deleted || r.tells(d.deletion, d.within, raw)
	}
	nested := raw[0] == '{' || raw[0] == '['
	for _, t := range c.consent {
		if nested || !t.nested {
			r.keepConsent(t, raw)
		}
	}
	looked := nested && r.look(c, raw)
	for _, t := range c.routes {
		if !looked || t.entry != nil {
			r.offer(t, raw)
		}
	}
}

// open opens the gate that a column opens.
func (r *record) open(c *column) {
	if c.opens == nil {
		return
	}
	c.opens.record = r.plan.record
	if c.opens.language {
		r.inLanguage = append(r.inLanguage, r.plan.table.fields[c.routes[0].field].Name)
	}
}

// nestedInText returns the object, or the list of objects, that a text holds, as
// sources without them carry them; raw itself if it holds none. Lists of other
// things are left for the field to read, unless anyList.
func nestedInText(raw []byte, anyList bool) []byte {
	if raw[0] != '"' {
		return raw
	}
	nested := jsonscan.Nested(raw)
	for range jsonscan.Members(nested) {
		return nested // {} is an empty list, as Postgres writes it
	}
	for element := range jsonscan.Elements(nested) {
		if anyList || element[0] == '{' {
			return nested
		}
		break
	}
	return raw
}

// offer adds what a column holds to the candidates of a field.
func (r *record) offer(t *route, raw []byte) {
	if r.lost != nil && r.lost.has(t.name()) {
		r.keep(&candidate{to: t})
		return
	}
	if t.within != "" {
		var found bool
		if raw, found = follow(raw, t.within); !found {
			return
		}
	}
	if raw[0] == '{' {
		raw = untyped(raw)
	}
	if t.completes && !isBlank(raw) {
		t.place.complete = r.plan.record
	}
	c := candidate{raw: raw, to: t}
	if t.entry != nil {
		t.entry.translate(r.plan.reader, &c)
	}
	if (raw[0] == '{' || raw[0] == '[') && !c.unturned {
		r.offerNested(c)
		return
	}
	r.keep(&c)
}

// keep adds a candidate to its field. Of a column that comes twice the last one counts.
func (r *record) keep(c *candidate) {
	p, i := r.plan, c.to.field
	cell := &p.cells[i]
	switch bit := uint64(1) << (i % 64); {
	case p.offered[i/64]&bit == 0:
		p.offered[i/64] |= bit
		cell.first[0], cell.several, cell.unknown, cell.fallback = *c, false, false, false
		r.filled++
	case cell.first[0].to == c.to && cell.first[0].sub == c.sub:
		cell.first[0] = *c
	default:
		cell.several = true
		p.more = append(p.more, *c)
	}
}

// has reports whether the record offers something for a field.
func (p *Plan) has(field int) bool { return p.offered[field/64]&(1<<(field%64)) != 0 }
