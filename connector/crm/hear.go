package crm

import (
	"slices"
	"strings"
)

// heard is what one column of a record says of being contacted.
type heard struct {
	by  *consentTarget
	raw []byte // nil: it was lost on its way
}

// hear keeps what a column says of being contacted until it is known whether the
// wrapper that it is in counts.
func (r *record) hear(t *consentTarget, raw []byte) {
	if t.nested {
		r.plan.stopsSoftly(t)
	}
	if r.lost != nil && r.lost.has((&target{path: t.path, within: t.within}).name()) {
		r.plan.said = append(r.plan.said, heard{by: t})
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
	r.plan.said = append(r.plan.said, heard{t, c.raw})
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
	r.notes = append(r.notes, all.apply(r.plan.table, &r.want, r.plan.liftsDND)...)
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
func (p *Plan) enterConsent(t *consentTarget) {
	if t.kind >= optIn {
		if name := p.Tell(t.path); name != "" && !p.reader.holdsNested(t.path) {
			p.optIns = append(p.optIns, OptIn{name, t.mapping(name), t.kind == cutOff})
			slices.SortFunc(p.optIns, func(a, b OptIn) int { return strings.Compare(a.Column, b.Column) })
		}
		return
	}
	if t.kind == soft {
		if !t.nested { // or if an object is met in it
			p.stopsSoftly(t)
		}
		return
	}
	for _, field := range t.by.fields() {
		if i, ok := p.table.index[field]; ok {
			told := &target{field: i, path: t.path, within: t.within, told: t.told, entry: t.entry}
			p.feeds[i] = append(p.feeds[i], feed{target: told})
		}
	}
}

// stopsSoftly notes which fields a column may stop that is mostly about something
// else.
func (p *Plan) stopsSoftly(t *consentTarget) {
	for _, field := range t.by.fields() {
		if i, ok := p.table.index[field]; ok {
			p.softly[i] = true
		}
	}
}
