package crm

import (
	"cmp"
	"slices"
)

// learn works out what a column means. The hint is nil if it feeds something, or
// if its feeding nothing is nothing to tell.
func (p *Plan) learn(in *container, name string, at int32) (*column, *Hint) {
	c := &column{name: name}
	l := learner{Plan: p, column: c, in: in, name: name, means: name, path: in.path + name, at: at}
	if declared, ok := p.declared.Declared(name); ok && in.isTop() {
		l.means = declared
	}
	if in.isTop() {
		l.seeDeletions()
	}
	mapped, off := l.mappings()
	if !off {
		l.speaks()
	}
	switch {
	case off, mapped:
		c.claimed = true
		return c, nil
	case in.isTop() && p.table.isIDColumn(name):
		l.ownID()
		return c, nil
	}
	m := p.table.meaning(l.means, in.scope)
	if m.field >= 0 && !isConsent(p.table.fields[m.field].Name) {
		l.natural(m)
		l.entriesSpeak(p.table.fields[m.field])
	}
	l.look()
	_, declared := p.declared.Declared(name)
	switch {
	case len(c.routes) > 0, c.inside != nil, c.stops(), !in.isTop(), isInternal(name):
		return c, nil
	case at == undeclared && declared: // another spelling of one that has its hint
		return c, nil
	}
	hint := p.hintOf(name, m)
	if hint != nil && len(c.consent) > 0 {
		hint.OptIn, hint.Nearest, hint.Why = c.consent[0].kind >= optIn, "", c.consent[0].kind.why()
	}
	return c, hint
}

// learner works out one column.
type learner struct {
	*Plan
	column *column
	in     *container
	name   string // in which it arrives
	means  string // in which it is declared: of "Téléphone" a cache leaves "t_l_phone"
	path   string
	at     int32
}

func (l *learner) add(t *route) {
	t.path, t.at, t.deep = l.path, l.at, int32(l.in.depth)
	if declared, ok := l.declared.Declared(l.name); ok && l.in.isTop() {
		t.at, t.spelled = l.positions[declared], declared != l.name
	}
	t.shown, t.origin = l.Shown(t.name()), t.origin|l.origin(t)
	f := l.table.fields[t.field]
	if f.Type == Phone && !f.Custom && t.entry == nil && !t.fallback {
		second := *t
		second.fallback, second.grade = true, secondChoice
		t.second = &second
	}
	switch f.Type {
	case Email, Phone, TagList, SingleOption, MultiOption:
		l.column.inText = true
	}
	l.column.inPath = l.column.inPath || t.within != ""
	l.column.routes = append(l.column.routes, t)
}

// mappings adds what the configuration says of a column. A column that is mapped
// feeds nothing else, and one that is switched off feeds nothing by its name.
func (l *learner) mappings() (mapped, off bool) {
	for _, e := range l.entries {
		within, leads := "", e.Value == nil && fold(e.From) == fold(l.path)
		if l.in.isTop() {
			within, leads = l.declared.leads(e.From, l.name)
			e.seen = e.seen || leads
		}
		if leads && within == "" {
			mapped, off = mapped || e.field >= 0, off || e.field < 0
		}
		if leads && l.in.isTop() {
			l.mapTo(e, within)
		}
	}
	return mapped, off
}

// mapTo adds what one mapping says of a column, or of a path below it.
func (l *learner) mapTo(e *entry, within string) {
	switch {
	case e.field < 0:
	case isConsent(l.table.fields[e.field].Name):
		t := &route{path: l.path, within: within}
		l.column.consent = append(l.column.consent, &consentRoute{path: l.path, within: within, entry: e,
			consentColumn: mappedConsent(l.table.fields[e.field], e.Negate, l.Shown(t.name()))})
	default:
		t := &route{field: e.field, rank: rank{grade: grade(e.index)}, when: e.When, entry: e, within: within}
		if f := l.table.fields[e.field]; f.Type == ID || f.Name == fieldContact {
			t.origin = doubtful
		}
		l.add(t)
	}
}

// seeDeletions notes where a column says that the source deleted the record.
func (l *learner) seeDeletions() {
	for _, d := range l.deletions {
		if within, leads := l.declared.leads(d.from, l.name); leads {
			d.seen = true
			l.column.deletes = append(l.column.deletes, deletes{d, within})
		}
	}
}

// origin tells what is known of the values of a route by where they come from.
func (l *learner) origin(t *route) origin {
	name := l.name
	if declared, ok := l.declared.Declared(name); ok && l.in.isTop() {
		name = declared
	}
	if !l.in.isTop() {
		return originOf(name, nil)
	}
	return l.reader.origin(name, t.within)
}

// speaks adds what a column's name says of being contacted, unless a mapping
// says it: a column that is kept in another field as well still counts.
func (l *learner) speaks() {
	if _, ok := l.table.index[fieldDND]; !ok || len(l.column.consent) > 0 || !l.in.scope.whole {
		return
	}
	shown := l.Shown(l.path)
	c, g := newConsentColumn(l.means, shown), l.in.gate
	if c == nil {
		folded := fold(l.means)
		for cut := len(folded) - 1; c == nil && cut > 0 && len(folded) <= longestName; cut-- {
			if s, ok := l.table.kind.shapes[folded[:cut]]; ok && s.whole {
				c, g = newConsentColumn(folded[cut:], shown), l.gateOf(join(l.in.key, s.name))
			}
		}
	}
	if c == nil {
		c = cutConsentColumn(l.means, shown)
	}
	if c != nil {
		l.column.consent = append(l.column.consent, &consentRoute{consentColumn: c, path: l.path, gate: g})
	}
}

// entriesSpeak adds what entries of emails or phones may say of being contacted.
func (l *learner) entriesSpeak(f *Field) {
	if _, ok := l.table.index[fieldDND]; !ok || f.Custom {
		return
	}
	if kind, known := InferType(l.reader.schemas[l.name]); known && kind != dataLargeText {
		return // it holds no entries
	}
	if c := entriesConsent(f, l.Shown(l.path)); c != nil {
		l.column.consent = append(l.column.consent, &consentRoute{consentColumn: c, path: l.path, gate: l.in.gate, nested: true})
	}
}

// stops reports whether the column is one that asks for a no: it is followed,
// while of others only what is plainly said.
func (c *column) stops() bool {
	return slices.ContainsFunc(c.consent, func(t *consentRoute) bool { return t.kind == optOut })
}

// ownID leads a column to the object's id, if records are matched by that.
func (l *learner) ownID() {
	i, ok := l.table.index[fieldID]
	if !ok || !l.matches(i) {
		return
	}
	fit := byAlias
	if l.name == fieldID {
		fit = byName
	}
	l.add(&route{field: i, rank: rank{grade: topLevel + grade(fit)}, origin: doubtful})
}

// natural leads a column to the field that its name means.
func (l *learner) natural(m meaning) {
	f := l.table.fields[m.field]
	about := f.about()
	t := &route{field: m.field, rank: rank{grade: l.gradeOf(m)}, when: cmp.Or(about.when, l.options.When), fallback: m.fallback, gate: l.in.gate}
	if about.doubtful || m.fit == byAlias && about.noKeys {
		t.origin = doubtful
	}
	if f.isPlace() {
		t.place = l.placeOf(join(l.in.key, m.place), m.address || l.in.scope.place && m.place == "")
		t.completes = about.part == partStreet || about.part == partPostcode
		if l.in.scope.place {
			t.gate = l.in.around
		}
	}
	if m.wrapper != "" {
		t.gate = l.gateOf(join(l.in.key, m.wrapper))
	}
	switch {
	case t.gate != nil && l.table.kind.identifies(f):
		l.opens(t.gate)
	case m.fit == byLanguage && f.isName():
		l.opens(l.languageGate(m, t.gate))
	case m.fit == byShared:
		t.gate = l.languageGate(m, t.gate)
	}
	l.add(t)
}

func (l *learner) gradeOf(m meaning) grade {
	switch {
	case m.fallback:
		return secondChoice + grade(m.fit)
	case m.shaped || !l.in.isTop():
		return inShape + grade(m.fit)
	}
	return topLevel + grade(m.fit)
}

// opens notes that the column opens a gate: by the schema, or where a record has it.
func (l *learner) opens(g *gate) {
	l.column.opens = g
	g.declared = g.declared || l.at != undeclared
}

// languageGate is the gate of names that several languages have.
func (l *learner) languageGate(m meaning, around *gate) *gate {
	g := l.gateOf("language of " + join(l.in.key, m.wrapper))
	g.language, g.within = true, around
	return g
}

// look decides what a column is looked into as.
func (l *learner) look() {
	if l.in.scope.name || l.in.depth == deepest {
		return
	}
	shape, ok := l.table.kind.shapes[fold(l.means)]
	if !l.in.scope.whole { // addresses by their kinds: {"home": {"city": …}}
		shape, ok = shape.asPlace(), ok && shape.place
	}
	if ok {
		inner := &container{path: l.path + ".", key: join(l.in.key, shape.name), scope: shape.scope,
			gate: l.in.gate, around: l.in.gate, depth: l.in.depth + 1, members: map[string]*column{}}
		if shape.whole && !shape.own {
			inner.gate = l.gateOf(inner.key)
		}
		l.column.inside = inner
	}
	if len(l.column.routes) == 0 && l.in.scope.whole && !shape.place && !shape.scope.name {
		l.column.entries = &container{path: l.path + ".", scope: scope{whole: true}, gate: l.in.gate, depth: l.in.depth + 1, members: map[string]*column{}}
	}
	l.column.inText = l.column.inText || ok || l.column.entries != nil
}
