package crm

import (
	"cmp"
	"slices"

	"destination-gohighlevel/connector/trouble"
)

// consents is what the columns of one record say together of being contacted.
// The strictest counts: one column that stops a channel outweighs all that leave
// it open. The zero value says nothing.
type consents struct {
	stops, opens []string // fields
	unread       []*consentColumn
	nothing      map[string]bool // texts that stand for no value
}

func (c *consents) stop(fields []string) { c.stops = append(c.stops, fields...) }
func (c *consents) open(fields []string) { c.opens = append(c.opens, fields...) }

// add enters what one value says.
func (c *consents) add(said *consents) {
	c.stops, c.opens, c.unread = append(c.stops, said.stops...), append(c.opens, said.opens...), append(c.unread, said.unread...)
}

// unclear enters a column that cannot be read.
func (c *consents) unclear(column *consentColumn) { c.unread = append(c.unread, column) }

// apply enters into want what was said, and returns a note for each column that
// could not be read. Where that leaves open whether the person may be contacted,
// want is unclear. lifts says that a no may be taken back.
func (c *consents) apply(t *Table, want *Desired, lifts bool) []trouble.Note {
	for _, field := range c.stops {
		c.set(t, want, field, true, lifts)
	}
	var notes []trouble.Note
	slices.SortFunc(c.unread, func(a, b *consentColumn) int { return cmp.Compare(a.told, b.told) })
	c.unread = slices.Compact(c.unread)
	for _, column := range c.unread {
		field := column.fields[0]
		notes = append(notes, trouble.Note{Field: t.Display(field), Column: column.told, Rule: ruleUnclear, Dropped: true})
		if !c.covers(column.fields) && want.UnclearConsent == nil {
			want.UnclearConsent = &trouble.Reject{Code: trouble.ConsentUnclear, Field: t.Display(field), Column: column.told, Reason: ruleUnclear}
		}
	}
	for _, field := range c.opens {
		doubtful := slices.ContainsFunc(c.unread, func(u *consentColumn) bool { return u.general || slices.Contains(u.fields, field) })
		if !slices.Contains(c.stops, field) && !doubtful {
			c.set(t, want, field, false, lifts)
		}
	}
	return notes
}

// covers reports whether all these fields are stopped anyway.
func (c *consents) covers(fields []string) bool {
	return slices.Contains(c.stops, fieldDND) || within(fields, c.stops)
}

func (c *consents) set(t *Table, want *Desired, field string, stop, lifts bool) {
	if t.Field(field) == nil {
		return
	}
	if want.Values == nil {
		want.Values = make(map[string]Value)
	}
	want.Values[field] = Value{Data: stopped(field, stop), Lifts: lifts}
}
