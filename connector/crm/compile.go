package crm

import (
	"fmt"
	"slices"
	"strings"
)

// compiler fills a Plan and collects the faults.
type compiler struct {
	*Plan
	options PlanOptions
	faults  []string
	feeds   map[int]string  // by field: the mapping's column
	mapped  map[string]bool // top-level columns a mapping reads
}

func (c *compiler) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *compiler) country() {
	given := strings.TrimSpace(c.options.DefaultCountry)
	if given == "" {
		return
	}
	code, ok := normaliseCountry(given)
	if !ok {
		c.fault("default_country: %q is not a country", given)
	}
	c.defaults.Country = code
}

func (c *compiler) matchKeys() {
	if len(c.options.MatchOn) == 0 {
		c.fault("match_on: needs at least one key")
	}
	for _, ref := range c.options.MatchOn {
		var f *Field
		switch {
		case ref == fieldID, ref == fieldEmail, ref == fieldPhone:
			f = c.table.Field(ref)
		case strings.HasPrefix(ref, customPrefix):
			f = c.table.Find(ref)
		}
		switch {
		case f == nil && !strings.HasPrefix(ref, customPrefix):
			c.fault("match_on: %q is not one of id, email, phone, custom_field:<key>", ref)
			continue
		case f == nil:
			c.fault("match_on: %q does not exist%s", ref, c.nearest(strings.TrimPrefix(ref, customPrefix)))
			continue
		case !f.searchable():
			c.fault("match_on: %q cannot be searched (%s)", ref, f.Type)
			continue
		}
		i := c.table.index[f.Name]
		if slices.Contains(c.matchOn, i) {
			c.fault("match_on: %q is given twice", ref)
			continue
		}
		c.matchOn = append(c.matchOn, i)
	}
}

// searchable reports whether the API can find a contact by equality of f.
func (f *Field) searchable() bool {
	switch f.Type {
	case ContactID, Text, LargeText, Email, Phone, Number, Money, SingleOption:
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
	c.feeds = make(map[int]string)
	c.mapped = make(map[string]bool)
	for _, m := range c.options.Mappings {
		f := c.table.Find(m.To)
		switch {
		case m.From == "":
			c.fault("field_mapping: a mapping to %q has no column", m.To)
		case f == nil:
			c.fault("field_mapping: %q: no field %q%s", m.From, m.To, c.nearest(m.To))
		case f.Type == Unwritable:
			c.fault("field_mapping: %q: field %q cannot be written", m.From, m.To)
		case f.Type == ContactID && !slices.Contains(c.matchOn, c.table.index[f.Name]):
			c.fault("field_mapping: %q: %q is only a match key: add it to match_on", m.From, m.To)
		default:
			c.mapping(m, c.table.index[f.Name])
		}
	}
}

func (c *compiler) mapping(m Mapping, field int) {
	if other, twice := c.feeds[field]; twice {
		if other == m.From {
			c.fault("field_mapping: %q to %q is given twice", m.From, m.To)
		} else {
			c.fault("field_mapping: %q and %q both go to %q", other, m.From, c.table.fields[field].display())
		}
		return
	}
	c.feeds[field] = m.From
	c.taken[field] = true
	exact := route{field: field, column: m.From, from: m.From, fit: byMapping, when: m.When, origin: c.reader.origin(m.From, "")}
	c.add(exact)
	if column, path, dotted := c.cutPath(m.From); dotted {
		c.add(route{field: field, column: column, path: path, from: m.From, fit: byMappedPath, when: m.When, origin: c.reader.origin(column, path)})
	}
}

// cutPath splits a dotted reference after its column. The longest declared
// column that begins it wins; a reference that is a column is no path.
func (c *compiler) cutPath(from string) (column, path string, dotted bool) {
	if slices.Contains(c.options.Columns, from) {
		return "", "", false
	}
	for i := len(from) - 1; i > 0; i-- {
		if from[i] == '.' && slices.Contains(c.options.Columns, from[:i]) {
			return from[:i], from[i+1:], true
		}
	}
	return strings.Cut(from, ".")
}

func (c *compiler) add(r route) {
	c.routes[r.column] = append(c.routes[r.column], r)
	c.mapped[r.column] = true
}

// columns matches what is left of the declared columns by name.
func (c *compiler) columns() {
	columns := slices.Clone(c.options.Columns)
	slices.Sort(columns)
	columns = slices.Compact(columns)
	type candidate struct {
		column string
		fit    rank
	}
	byField := make([][]candidate, len(c.table.fields))
	for _, column := range columns {
		if c.mapped[column] {
			continue
		}
		c.routes[column] = nil
		i, fit, ok := c.match(column)
		switch {
		case !ok && !isSilent(column):
			c.unmatched = append(c.unmatched, Hint{Column: column, Nearest: c.table.Nearest(column)})
		case ok && c.taken[i]:
			c.lose(column, c.feeds[i])
		case ok:
			byField[i] = append(byField[i], candidate{column, fit})
		}
	}
	for i, candidates := range byField {
		if len(candidates) == 0 {
			continue
		}
		slices.SortStableFunc(candidates, func(a, b candidate) int { return int(a.fit - b.fit) })
		best := candidates[0]
		c.taken[i] = true
		c.routes[best.column] = []route{{field: i, column: best.column, from: best.column, fit: best.fit, origin: c.reader.origin(best.column, "")}}
		for _, other := range candidates[1:] {
			if other.fit == best.fit {
				c.fault("columns %q and %q both go to %q: choose one with field_mapping",
					best.column, other.column, c.table.fields[i].display())
				continue
			}
			c.lose(other.column, best.column)
		}
	}
	slices.SortFunc(c.unmatched, func(a, b Hint) int { return strings.Compare(a.Column, b.Column) })
}

// lose records that a column's field is fed by another column or path.
func (c *compiler) lose(column, instead string) {
	if !isSilent(column) {
		c.unmatched = append(c.unmatched, Hint{Column: column, Instead: instead, Undeclared: !c.declares(instead)})
	}
}

// declares reports whether the stream has the column that a reference begins
// with. One that declares no columns may have any.
func (c *compiler) declares(from string) bool {
	column, _, dotted := c.cutPath(from)
	if !dotted {
		column = from
	}
	return len(c.options.Columns) == 0 || slices.Contains(c.options.Columns, column)
}

// primaryKey moves the match keys that the stream's primary key feeds to the front.
func (c *compiler) primaryKey() {
	var first []int
	for _, column := range c.options.PrimaryKey {
		for _, r := range c.routes[column] {
			if r.path == "" && slices.Contains(c.matchOn, r.field) && !slices.Contains(first, r.field) {
				first = append(first, r.field)
			}
		}
	}
	rest := slices.DeleteFunc(slices.Clone(c.matchOn), func(i int) bool { return slices.Contains(first, i) })
	c.matchOn = append(first, rest...)
}
