package crm

import (
	"cmp"
	"slices"
	"strings"

	"destination-gohighlevel/connector/trouble"
)

// consents is what the columns of one record say together of being contacted.
// The strictest counts: one column that stops a channel outweighs all that leave
// it open. The zero value says nothing.
type consents struct {
	stops, opens sense // ways
	unread       []*consentColumn
	nothing      map[string]bool // texts that stand for no value
}

// add enters what one value says.
func (c *consents) add(said *consents) {
	c.stops, c.opens, c.unread = c.stops|said.stops, c.opens|said.opens, append(c.unread, said.unread...)
}

// unclear enters a column that cannot be read.
func (c *consents) unclear(column *consentColumn) { c.unread = append(c.unread, column) }

// apply enters into want what was said, and returns a note for each column that
// could not be read. Where that leaves open whether the person may be contacted,
// want is unclear. lifts says that a no may be taken back.
func (c *consents) apply(t *Table, want *Desired, lifts bool) []trouble.Note {
	var notes []trouble.Note
	var doubtful sense
	slices.SortFunc(c.unread, func(a, b *consentColumn) int { return cmp.Compare(a.shown, b.shown) })
	for _, column := range slices.Compact(c.unread) {
		field := t.Display(column.by.fields()[0])
		notes = append(notes, trouble.Note{Field: field, Column: column.shown, Rule: ruleUnclear, Dropped: true})
		if covered := c.stops.is(byAll) || column.by&^c.stops == 0; !covered && want.UnclearConsent == nil {
			want.UnclearConsent = &trouble.Reject{Code: trouble.ConsentUnclear, Field: field, Column: column.shown, Reason: ruleUnclear}
		}
		if doubtful |= column.by; column.isGeneral() {
			doubtful |= byAll | byAny
		}
	}
	for _, w := range ways {
		if stop := c.stops.is(w.by); (stop || c.opens.is(w.by) && !doubtful.is(w.by)) && t.Field(w.field) != nil {
			if want.Values == nil {
				want.Values = make(map[string]Value)
			}
			want.Values[w.field] = Value{Data: stopped(w.field, stop), Lifts: lifts}
		}
	}
	return notes
}

// consentValue is what one column of a record says of being contacted.
type consentValue struct {
	by  *consentRoute
	raw []byte // nil: it was lost on its way
}

// keepConsent keeps what a column says until it is known whether its wrapper counts.
func (r *record) keepConsent(t *consentRoute, raw []byte) {
	if t.nested {
		r.plan.mayStop(t)
	}
	if r.lost != nil && r.lost.has((&route{path: t.path, within: t.within}).name()) {
		r.plan.said = append(r.plan.said, consentValue{by: t})
		return
	}
	value, found := follow(raw, t.within)
	if !found {
		return
	}
	if value[0] == '{' {
		value = untyped(value)
		if inner := pick(value, entryValues[:1]); inner != nil { // {"value": true, "timestamp": …}
			value = inner
		}
	}
	c := candidate{raw: value}
	if t.entry != nil {
		translated := *t.entry
		translated.Negate = false // the reading of words turns round
		translated.translate(r.plan.reader, &c)
	}
	r.plan.said = append(r.plan.said, consentValue{t, c.raw})
}

// decideConsent enters what all columns together say of being contacted.
func (r *record) decideConsent() {
	if len(r.plan.said) == 0 {
		return
	}
	all := &r.plan.consents
	*all = consents{nothing: r.nothing, unread: all.unread[:0]}
	for _, h := range r.plan.said {
		switch {
		case !r.isOpen(h.by.gate):
		case h.raw == nil:
			h.by.lost(all)
		default:
			h.by.read(h.raw, all)
		}
	}
	r.notes = append(r.notes, all.apply(r.plan.table, &r.want, r.plan.options.LiftsDND)...)
}

// OptIn is a column that speaks of being contacted and is not followed. It says
// yes, where false may mean that nobody ever asked, or it may be an opt-out.
type OptIn struct {
	Column  string
	Mapping string // the entry of field_mapping that makes a no in it count
	CutOff  bool   // its name looks like that of an opt-out which was cut off
}

// OptIns returns the columns that speak of being contacted and are not followed, in
// the order of the alphabet, as far as they are declared or have been met.
func (p *Plan) OptIns() []OptIn { return slices.Clone(p.optIns) }

// enterConsent keeps what a column is about, to be told.
func (p *Plan) enterConsent(t *consentRoute) {
	if t.kind >= optIn {
		if name := p.Shown(t.path); name != "" && !p.reader.holdsNested(t.path) {
			p.optIns = append(p.optIns, OptIn{name, t.mapping(name), t.kind == cutOff})
			slices.SortFunc(p.optIns, func(a, b OptIn) int { return strings.Compare(a.Column, b.Column) })
		}
		return
	}
	if t.kind == soft {
		if !t.nested { // or if an object is met in it
			p.mayStop(t)
		}
		return
	}
	for _, field := range t.by.fields() {
		if i, ok := p.table.index[field]; ok {
			p.feeds[i] = append(p.feeds[i], feed{route: &route{field: i, path: t.path, within: t.within, shown: t.shown, entry: t.entry}})
		}
	}
}

// mayStop notes which fields a column may stop that is mostly about other things.
func (p *Plan) mayStop(t *consentRoute) {
	for _, field := range t.by.fields() {
		if i, ok := p.table.index[field]; ok {
			p.stoppable[i] = true
		}
	}
}
