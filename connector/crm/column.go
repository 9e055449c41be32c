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
	place    int // in the order of its container, from 1 on; 0 if no record had it yet
	routes   []*route
	inside   *container // of an object's members; nil: it is not looked into
	entries  *container // of a list's entries that bear a name; nil: none are looked for
	opens    *gate      // it holds an email or phone, so the wrapper that it is in counts
	consent  []*consentRoute
	deletes  []deletes
	inText   bool // a text in it may be a list or an object
	inPath   bool // a mapping leads below it
	isObject bool // by the schema
	claimed  bool // the configuration says what becomes of it
}

// route is one way from a column to a field.
type route struct {
	field int
	rank
	path      string // of the column, with the dots of where it lies: "properties.email"
	when      When
	fallback  bool   // it identifies nobody
	entry     *entry // the mapping that says so, nil if it is the name
	within    string // the rest of the mapping's path, below the column
	shown     string // its name, as far as it may be shown
	gate      *gate  // of the wrapper that it is in, nil if in none
	place     *place // the address that it is a part of, nil if of none
	origin    origin // what is known of its values besides their text
	completes bool   // a value makes the address more than a geolocation
	second    *route // the same for entries of second choice in a list, nil if it makes no difference
}

// deletes is one way in which a column says that the source deleted the record.
type deletes struct {
	*deletion
	within string // below the column
}

// consentRoute is one way in which a column speaks of being contacted.
type consentRoute struct {
	*consentColumn
	path   string
	within string // the rest of a mapping's path, below the column
	entry  *entry // the mapping that says so, nil if it is the name
	gate   *gate
	nested bool // only the objects in it speak: {"email": …, "is_unsubscribed": true}
}

// rank orders the candidates of a field, whichever came first; the lowest wins.
type rank struct {
	grade   grade
	at      int32 // in the schema
	spelled bool  // the column arrives in another spelling than declared
	deep    int32 // how many objects it is inside of
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

func (t *route) compare(other *route) int {
	return cmp.Or(cmp.Compare(t.grade, other.grade), compareBools(t.within != "", other.within != ""), cmp.Compare(t.at, other.at), compareBools(t.spelled, other.spelled), cmp.Compare(t.deep, other.deep),
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
func (t *route) name() string {
	if t.within == "" {
		return t.path
	}
	return t.path + "." + t.within
}

// gate: a wrapper counts if it holds an email or phone, by the schema or in the record.
type gate struct {
	declared bool
	record   int  // in which it was seen last
	language bool // it is opened by names in another language, within the wrapper around it
	within   *gate
}

// place is one address of a record.
type place struct {
	own      bool // an address of its own, not what lies beside a person's name
	complete int  // the record in which it was seen last to be more than a geolocation
	barred   int  // the record in which it contradicts a better one
}

// isGeolocation reports whether a record's address says no more than where somebody was.
func (p *place) isGeolocation(record int) bool { return p != nil && p.own && p.complete != record }

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
	order   []*column // those that records had, in the order in which they came
	awaited int       // the place in it of the one that most likely comes next
	came    bool      // a record had something in it
	fed     bool      // and it fed a field
	isMap   bool      // what it holds beyond the schema is named by people
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
	if in.awaited < len(in.order) && in.order[in.awaited].name == string(key) {
		in.awaited++
		return in.order[in.awaited-1]
	}
	c, known := in.members[string(key)]
	if !known {
		var kept bool
		if c, kept = p.meet(in, string(key)); !kept {
			return c
		}
	}
	if c.place == 0 {
		in.order = append(in.order, c)
		c.place = len(in.order)
	}
	in.awaited = c.place
	return c
}

// meet works out what a new member means, and reports whether it is remembered.
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

// enter keeps a column, and its routes, which tell what feeds which field.
func (p *Plan) enter(in *container, name string, c *column) {
	in.members[name] = c
	for _, t := range c.routes {
		p.feeds[t.field] = append(p.feeds[t.field], feed{t, c})
	}
	if in.isTop() && len(c.routes) > 0 && !slices.ContainsFunc(c.routes, func(t *route) bool { return t.gate == nil }) {
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

// kept is what is known of shapes by their paths, for long or for one record.
type kept[V any] struct{ long, brief map[string]*V }

// of returns what is kept under a key, else keeps fresh there.
func (k *kept[V]) of(key string, forLong bool, fresh V) *V {
	if v := cmp.Or(k.long[key], k.brief[key]); v != nil {
		return v
	}
	in := &k.brief
	if forLong {
		in = &k.long
	}
	if *in == nil {
		*in = make(map[string]*V)
	}
	(*in)[key] = &fresh
	return &fresh
}

// gateOf is the gate of a wrapper, kept as long as what is in it is remembered.
func (p *Plan) gateOf(key string) *gate { return p.gates.of(key, p.learnt < mostLearnt, gate{}) }

func (p *Plan) placeOf(key string, own bool) *place {
	return p.places.of(key, p.learnt < mostLearnt, place{own: own})
}
