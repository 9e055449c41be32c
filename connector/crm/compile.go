package crm

import (
	"fmt"
	"slices"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
)

// compiler fills a Plan and collects the faults.
type compiler struct {
	*Plan
	faults []string
	next   int32 // place in the schema of the next column
}

func (c *compiler) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *compiler) defaultCountry() {
	c.region, _ = c.reader.country(c.options.DefaultCountry)
	if i := c.country; i >= 0 && c.table.fields[i].about().filled {
		c.defaults.Country = c.region
	}
}

func (c *compiler) matchKeys() {
	keys := c.table.kind.Keys()
	switch {
	case len(c.options.MatchOn) == 0 && c.table.kind.Parent == nil:
		c.fault("match_on: needs at least one key")
	case len(c.options.MatchOn) > 0 && c.table.kind.ByRow:
		c.fault("match_on: %s are known by the primary key of their stream: leave it out there; their contact is found by the general match_on", c.table.kind.Name)
		return
	}
	for _, ref := range c.options.MatchOn {
		var f *Field
		switch {
		case slices.Contains(keys, ref):
			f = c.table.Field(ref)
		case strings.HasPrefix(ref, customPrefix):
			f = c.table.Find(ref)
		}
		switch {
		case f == nil && !strings.HasPrefix(ref, customPrefix):
			c.noKey(ref, keys)
			continue
		case f == nil:
			c.fault("match_on: %q does not exist%s", ref, c.nearest(strings.TrimPrefix(ref, customPrefix)))
			continue
		case !f.searchable():
			c.fault("match_on: %q cannot be searched (%s)", ref, f.Type)
			continue
		}
		i := c.table.index[f.Name]
		if c.matches(i) {
			c.fault("match_on: %q is given twice", ref)
			continue
		}
		c.matchOn, c.matchRefs = append(c.matchOn, i), append(c.matchRefs, ref)
	}
}

// noKey is the fault of what is no key of the kind, which has these and custom fields.
func (c *compiler) noKey(ref string, keys []string) {
	if len(keys) == 0 {
		c.fault("match_on: %q is no key of %s, which only custom_field:<key> is; their contact is found by the general match_on", ref, c.table.kind.Name)
		return
	}
	c.fault("match_on: %q is not one of %s, custom_field:<key>", ref, strings.Join(keys, ", "))
}

// searchable reports whether the API can find a contact by equality of f.
func (f *Field) searchable() bool {
	switch f.Type {
	case ID, Text, LargeText, Email, Phone, Number, Money, SingleOption:
		return true
	}
	return false
}

func (c *compiler) nearest(name string) string {
	if near := c.table.Nearest(name); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

func (c *compiler) mappings() {
	for _, m := range c.options.Mappings {
		e := &entry{Mapping: m, field: -1, index: len(c.entries)}
		if m.To != "" {
			f := c.table.Find(m.To)
			if f != nil {
				e.field = c.table.index[f.Name]
			}
			if !c.writes(m, f) {
				continue
			}
		}
		e.compile()
		c.entries = append(c.entries, e)
	}
}

// writes checks where a mapping goes.
func (c *compiler) writes(m Mapping, f *Field) bool {
	switch {
	case f == nil:
		c.fault("field_mapping: %s: no field %q%s", m.origin(), m.To, c.nearest(m.To))
	case f.Type == Unwritable:
		c.fault("field_mapping: %s: field %q cannot be written", m.origin(), m.To)
	case f.Type == ID && !c.matches(c.table.index[f.Name]):
		c.fault("field_mapping: %s: %q is only a match key: add it to match_on", m.origin(), m.To)
	default:
		return true
	}
	return false
}

// origin is what a mapping takes its value from, as a message names it.
func (m Mapping) origin() string {
	if m.Value != nil && m.From == "" {
		return fmt.Sprintf("the value %q", *m.Value)
	}
	return fmt.Sprintf("%q", m.From)
}

// columns enters the columns that the stream declares, in the order of its
// schema, and the values that every record has.
func (c *compiler) columns() {
	declared := inOrder(c.options.Columns, c.options.Schema)
	for i, column := range declared {
		addFirst(c.positions, column.name, int32(i))
	}
	c.next = int32(len(declared))
	for _, column := range declared {
		c.declare(c.top, column)
	}
	if c.table.kind.ByRow { // the key is kept, if in no field
		c.unmatched = slices.DeleteFunc(c.unmatched, func(h Hint) bool { return slices.Contains(c.options.PrimaryKey, h.Column) })
	}
	slices.SortFunc(c.unmatched, func(a, b Hint) int { return strings.Compare(a.Column, b.Column) })
	for _, e := range c.entries {
		if e.Value != nil {
			c.constant(e)
		}
	}
}

// constant enters what every record has, by the configuration.
func (c *compiler) constant(e *entry) {
	t := &route{field: e.field, rank: rank{grade: grade(e.index)}, when: e.When, entry: e}
	c.feeds[e.field] = append(c.feeds[e.field], feed{route: t})
	raw := jsonscan.Quote(*e.Value)
	if f := c.table.fields[e.field]; isConsent(f.Name) {
		c.alwaysSaid = append(c.alwaysSaid, consentValue{&consentRoute{consentColumn: mappedConsent(f, false, ""), entry: e}, raw})
		return
	}
	c.constants = append(c.constants, candidate{to: t, raw: raw, origin: asTranslated})
}

// declare enters a column of the schema, and its members if it is looked into.
func (c *compiler) declare(in *container, column declaration) {
	if _, twice := in.members[column.name]; twice {
		return
	}
	at := c.next
	c.next++
	known, hint := c.learn(in, column.name, at)
	c.enter(in, column.name, known)
	if known.inside != nil {
		for _, inner := range declarations(column.schema) {
			c.declare(known.inside, inner)
			known.isObject = true
		}
		if len(known.routes) == 0 && in.isTop() && column.isScalar() {
			hint = c.hintOf(column.name, noMeaning)
		}
	}
	if hint != nil {
		c.unmatched = append(c.unmatched, *hint)
	}
}

// primaryKey moves the match keys that the stream's primary key feeds to the
// front. A custom field that the user has mapped the whole of it to is a match key
// in any case: it says which row a contact is. A part alone says that of no row,
// and neither does a field that only has the column's name.
func (c *compiler) primaryKey() {
	var first []int
	for _, name := range c.options.PrimaryKey {
		for _, t := range c.keysFedBy(name) {
			i := t.field
			if len(c.options.PrimaryKey) == 1 && !c.matches(i) && c.table.fields[i].Custom && t.entry != nil {
				c.matchOn, c.matchRefs = append(c.matchOn, i), append(c.matchRefs, customPrefix+c.table.fields[i].display())
			}
			if c.matches(i) && !slices.Contains(first, i) {
				first = append(first, i)
			}
		}
	}
	c.ofRow = len(first)
	keys, refs := c.matchOn, c.matchRefs
	c.matchOn, c.matchRefs = nil, nil
	for _, isFirst := range []bool{true, false} {
		for i, field := range keys {
			if slices.Contains(first, field) == isFirst {
				c.matchOn, c.matchRefs = append(c.matchOn, field), append(c.matchRefs, refs[i])
			}
		}
	}
}

// keysFedBy are the routes from the whole of a column to fields that may identify.
func (c *compiler) keysFedBy(name string) (keys []*route) {
	declared, _ := c.declared.Declared(name)
	column := c.top.members[declared]
	if column == nil {
		return nil
	}
	for _, t := range column.routes {
		if f := c.table.fields[t.field]; t.within == "" && !t.fallback && f.searchable() && (f.isKey() || c.matches(t.field)) {
			keys = append(keys, t)
		}
	}
	return keys
}
