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
	slices.SortFunc(c.unread, func(a, b *consentColumn) int { return cmp.Compare(a.told, b.told) })
	for _, column := range slices.Compact(c.unread) {
		field := t.Display(column.by.fields()[0])
		notes = append(notes, trouble.Note{Field: field, Column: column.told, Rule: ruleUnclear, Dropped: true})
		if covered := c.stops.is(byAll) || column.by&^c.stops == 0; !covered && want.UnclearConsent == nil {
			want.UnclearConsent = &trouble.Reject{Code: trouble.ConsentUnclear, Field: field, Column: column.told, Reason: ruleUnclear}
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
