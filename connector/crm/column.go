package crm

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// column is what a plan knows of a column, or of a member of an object: the
// fields that its value feeds, and what it is looked into as.
type column struct {
	name     string
	next     *column // that came after it in a record, if any has
	targets  []*target
	inside   *container // of an object's members; nil: it is not looked into
	entries  *container // of a list's entries that bear a name; nil: none are looked for
	opens    *gate      // it holds an email or phone, so the wrapper that it is in counts
	consent  []*consentTarget
	deletes  []deletes
	inText   bool // a text in it may be a list or an object
	isObject bool // by the schema
	claimed  bool // the configuration says what becomes of it
}

// target is one way from a column to a field.
type target struct {
	field int
	rank
	path      string // of the column, with the dots of where it lies: "properties.email"
	when      When
	fallback  bool    // it identifies nobody
	entry     *entry  // the mapping that says so, nil if it is the name
	within    string  // the rest of the mapping's path, below the column
	told      string  // its name, as far as it may be told
	gate      *gate   // of the wrapper that it is in, nil if in none
	place     *place  // the address that it is a part of, nil if of none
	origin    origin  // what is known of its values besides their text
	doubtful  bool    // a valid value may mean something else
	completes bool    // a value makes the address more than a geolocation
	second    *target // the same for entries of second choice in a list, nil if it makes no difference
}

// deletes is one way in which a column says that the source deleted the record.
type deletes struct {
	*deletion
	within string // below the column
}

// consentTarget is one way in which a column speaks of being contacted.
type consentTarget struct {
	*consentColumn
	path   string
	within string // the rest of a mapping's path, below the column
	entry  *entry // the mapping that says so, nil if it is the name
	gate   *gate
}

// rank orders the candidates of a field; the lowest wins. Nothing in it depends
// on which record or column came first.
type rank struct {
	grade   grade
	at      int32 // in the schema
	spelled bool  // the column arrives in another spelling than declared
}

// grade is how well a column fits a field: mappings in their order, names of the
// top level by their fit, what lies in a shape, what is of second choice.
type grade int32

const (
	topLevel     grade = 1 << 20 // plus a fit
	inShape      grade = 2 << 20
	secondChoice grade = 3 << 20
)

// undeclared is the place in the schema of a column that is not in it.
const undeclared = math.MaxInt32

func (t *target) compare(other *target) int {
	return cmp.Or(cmp.Compare(t.grade, other.grade), compareBools(t.within != "", other.within != ""), cmp.Compare(t.at, other.at), compareBools(t.spelled, other.spelled),
		strings.Compare(t.path, other.path), strings.Compare(t.within, other.within))
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// name is the column or path as a user writes it in a mapping.
func (t *target) name() string {
	if t.within == "" {
		return t.path
	}
	return t.path + "." + t.within
}

// gate decides whether a wrapper counts: it does if it holds an email or phone,
// by the schema or in the record at hand.
type gate struct {
	declared bool
	record   int // in which it was seen last
}

// place is one address of a record.
type place struct {
	own      bool // an address of its own, not what lies beside a person's name
	complete int  // the record in which it was seen last to be more than a geolocation
	barred   int  // the record in which it contradicts a better one
}

// container is an object whose members are columns: the record itself, a
// wrapper, an address, or a list of named entries.
type container struct {
	path    string // what the names of its members follow, with a dot; "" for the record
	key     string // the shapes that it is made of: "properties/billing"
	scope   scope
	gate    *gate // of its members, nil if they count in any case
	around  *gate // of the parts of an address that it is
	depth   int
	members map[string]*column
	first   *column  // that came first in a record, if any has
	await   **column // where the member that is awaited next is noted
	came    bool     // a record had something in it
	fed     bool     // and it fed a field
	isMap   bool     // what it holds beyond the schema is named by people
}

// isTop reports whether c is the record itself.
func (c *container) isTop() bool { return c.path == "" }

// Bounds of what a plan remembers of columns that the schema does not declare:
// their names come from the data. What is not remembered is worked out anew.
const (
	mostLearnt = 1000
	mostHints  = 50
)

// member is what is known of a member of a container. Records of a stream mostly
// have the same columns in the same order, so the one that came next before is
// tried first: that is faster than to look its name up.
func (p *Plan) member(in *container, key []byte) *column {
	if c := *in.await; c != nil && c.name == string(key) {
		in.await = &c.next
		return c
	}
	c, known := in.members[string(key)]
	if !known {
		var kept bool
		if c, kept = p.meet(in, string(key)); !kept {
			return c
		}
	}
	if *in.await == nil {
		*in.await = c
	}
	in.await = &c.next
	return c
}

// meet works out what a member means that was not met before, and reports
// whether it is remembered.
func (p *Plan) meet(in *container, name string) (c *column, kept bool) {
	c, hint := p.learn(in, name, undeclared)
	if p.isKeyed(in, name) {
		hint = nil
	}
	if p.learnt == mostLearnt {
		return c, false
	}
	p.learnt++
	p.enter(in, name, c)
	if hint != nil && len(p.late) < mostHints {
		p.late = append(p.late, *hint)
	}
	return c, true
}

// enter keeps a column, and its targets, which tell what feeds which field.
func (p *Plan) enter(in *container, name string, c *column) {
	in.members[name] = c
	for _, t := range c.targets {
		p.feeds[t.field] = append(p.feeds[t.field], feed{t, c})
	}
	if in.isTop() && len(c.targets) > 0 && !slices.ContainsFunc(c.targets, func(t *target) bool { return t.gate == nil }) {
		p.gated = append(p.gated, c)
	}
	for _, t := range c.consent {
		p.enterConsent(t)
	}
	for _, inner := range []*container{c.inside, c.entries} {
		if inner != nil && in.isTop() {
			p.containers = append(p.containers, inner)
		}
	}
}

// learn works out what a column means. The hint is nil if it feeds something, or
// if its feeding nothing is nothing to tell.
func (p *Plan) learn(in *container, name string, at int32) (*column, *Hint) {
	c := &column{name: name}
	l := learner{Plan: p, column: c, in: in, name: name, path: in.path + name, at: at}
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
	case in.isTop() && isIDColumn(name):
		l.contactID()
		return c, nil
	}
	m := p.table.meaning(name, in.scope)
	if m.field >= 0 && !isConsent(p.table.fields[m.field].Name) {
		l.natural(m)
	}
	l.look()
	_, declared := p.declared.Declared(name)
	switch {
	case len(c.targets) > 0, c.inside != nil, c.stops(), !in.isTop(), isInternal(name):
		return c, nil
	case at == undeclared && declared: // another spelling of one that has its hint
		return c, nil
	}
	return c, p.hintOf(name, m)
}

// learner works out one column.
type learner struct {
	*Plan
	column *column
	in     *container
	name   string
	path   string
	at     int32
}

func (l *learner) add(t *target) {
	t.path, t.at = l.path, l.at
	if declared, ok := l.declared.Declared(l.name); ok && l.in.isTop() {
		t.at, t.spelled = l.positions[declared], declared != l.name
	}
	t.told, t.origin = l.Tell(t.name()), l.origin(t)
	f := l.table.fields[t.field]
	if f.Name == fieldPhone && !f.Custom && t.entry == nil && !t.fallback {
		second := *t
		second.fallback, second.grade = true, secondChoice
		t.second = &second
	}
	switch f.Type {
	case Email, Phone, TagList, SingleOption, MultiOption:
		l.column.inText = true
	}
	l.column.targets = append(l.column.targets, t)
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
		t := &target{path: l.path, within: within}
		l.column.consent = append(l.column.consent, &consentTarget{path: l.path, within: within, entry: e,
			consentColumn: mappedConsent(l.table.fields[e.field], e.Negate, l.Tell(t.name()))})
	default:
		l.add(&target{field: e.field, rank: rank{grade: grade(e.index)}, when: e.When, entry: e, within: within,
			doubtful: l.table.fields[e.field].Type == ContactID})
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

// origin tells what is known of the values of a target by where they come from.
func (l *learner) origin(t *target) origin {
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
	if len(l.column.consent) > 0 || !l.in.scope.person {
		return
	}
	told := l.Tell(l.path)
	c, g := newConsentColumn(l.name, told), l.in.gate
	if c == nil {
		folded := fold(l.name)
		for cut := len(folded) - 1; c == nil && cut > 0 && len(folded) <= longestName; cut-- {
			if s, ok := shapes[folded[:cut]]; ok && s.person {
				c, g = newConsentColumn(folded[cut:], told), l.gateOf(join(l.in.key, s.name))
			}
		}
	}
	if c != nil {
		l.column.consent = append(l.column.consent, &consentTarget{consentColumn: c, path: l.path, gate: g})
	}
}

// stops reports whether the column is one that asks for a no: it is followed,
// while of others only what is plainly said.
func (c *column) stops() bool {
	return slices.ContainsFunc(c.consent, func(t *consentTarget) bool { return t.kind == optOut })
}

// contactID leads a column of contact ids to the id, if records are matched by
// it.
func (l *learner) contactID() {
	i, ok := l.table.index[fieldID]
	if !ok || !l.matches(i) {
		return
	}
	fit := byAlias
	if l.name == fieldID {
		fit = byName
	}
	l.add(&target{field: i, rank: rank{grade: topLevel + grade(fit)}, doubtful: true})
}

// natural leads a column to the field that its name means.
func (l *learner) natural(m meaning) {
	f := l.table.fields[m.field]
	t := &target{field: m.field, rank: rank{grade: topLevel}, fallback: m.fallback, gate: l.in.gate,
		doubtful: f.Name == fieldState && !f.Custom}
	if m.wrapper != "" || m.address || !l.in.isTop() {
		t.grade = inShape
	}
	if m.fallback {
		t.grade = secondChoice
	}
	t.grade += grade(m.fit)
	if f.isPlace() {
		t.place = l.placeOf(join(l.in.key, m.place), m.address || l.in.scope.place && m.place == "")
		t.completes = f.Name == fieldStreet || f.Name == fieldPostcode
		if l.in.scope.place {
			t.gate = l.in.around
		}
	}
	if m.wrapper != "" {
		t.gate = l.gateOf(join(l.in.key, m.wrapper))
	}
	if f.Name == fieldSource && !f.Custom {
		t.when = IfEmpty
	}
	if !f.Custom && (f.Name == fieldEmail || f.Name == fieldPhone) && t.gate != nil {
		l.column.opens = t.gate
		t.gate.declared = t.gate.declared || l.at != undeclared
	}
	l.add(t)
}

// look decides what a column is looked into as.
func (l *learner) look() {
	if !l.in.scope.person || l.in.depth == deepest {
		return
	}
	shape, ok := shapes[fold(l.name)]
	if ok {
		inner := &container{path: l.path + ".", key: join(l.in.key, shape.name), scope: scope{shape.person, shape.place},
			gate: l.in.gate, around: l.in.gate, depth: l.in.depth + 1, members: map[string]*column{}}
		if shape.person {
			inner.gate = l.gateOf(inner.key)
		}
		l.column.inside = inner
	}
	if len(l.column.targets) == 0 && !shape.place {
		l.column.entries = &container{path: l.path + ".", scope: scope{person: true}, gate: l.in.gate, depth: deepest, members: map[string]*column{}}
	}
	l.column.inText = l.column.inText || ok || l.column.entries != nil
}

// gateOf is the gate of a wrapper. Of columns that are not remembered it is kept
// for the record at hand only.
func (p *Plan) gateOf(key string) *gate {
	if g, ok := p.gates[key]; ok {
		return g
	}
	return keep(p.gates, p.briefGates, key, p.learnt < mostLearnt, &gate{})
}

func (p *Plan) placeOf(key string, own bool) *place {
	if at, ok := p.places[key]; ok {
		return at
	}
	return keep(p.places, p.briefPlaces, key, p.learnt < mostLearnt, &place{own: own})
}

// keep returns what is kept under a key, else keeps fresh there, for long or for
// one record.
func keep[V any](long, brief map[string]*V, key string, forLong bool, fresh *V) *V {
	kept := brief
	if forLong {
		kept = long
	} else if v, ok := brief[key]; ok {
		return v
	}
	kept[key] = fresh
	return fresh
}
