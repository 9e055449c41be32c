package crm

import (
	"slices"

	"destination-gohighlevel/connector/trouble"
)

// Bounds of what a plan remembers of values, by field.
const (
	mostMemories  = 128
	firstMemories = 64 // if none of so many comes again, few ever do
	longestMemory = 64 // bytes of JSON
)

// memo remembers what became of the raw values of one field. Countries, states,
// tags, options and dates repeat, and to look one up costs no allocation.
// A field whose values do not repeat is soon left alone.
type memo struct {
	outcomes map[string]*outcome // by raw value
	hits     int                 // since it was last full
	off      bool
}

type outcome struct {
	from  origin // of the value; from elsewhere it may mean something else
	data  any
	fault string
	notes []trouble.Note
}

// coerce is [coercer.meant] with memory. What it remembers depends on nothing
// else, so not phones, which depend on the record's country.
func (r *record) coerce(field int, raw []byte, from origin) (data any, fault string) {
	f, m := r.plan.table.fields[field], &r.plan.memos[field]
	if m.off || len(raw) > longestMemory {
		return r.meant(f, raw, from)
	}
	if known := m.outcomes[string(raw)]; known != nil && known.from == from {
		m.hits++
		r.first = len(r.notes)
		for _, n := range known.notes {
			r.add(n)
		}
		return known.data, known.fault
	}
	before := len(r.notes)
	data, fault = r.meant(f, raw, from)
	m.learn(raw, &outcome{from, data, fault, slices.Clone(r.notes[before:])})
	return data, fault
}

// learn remembers what became of a value, unless the memory is not worth its keep. It
// starts anew when it is full.
func (m *memo) learn(raw []byte, o *outcome) {
	n := len(m.outcomes)
	if m.off = n == firstMemories && m.hits == 0 || n == mostMemories && m.hits < mostMemories; m.off {
		m.outcomes = nil
		return
	}
	if n == mostMemories {
		clear(m.outcomes)
		m.hits = 0
	}
	if m.outcomes == nil {
		m.outcomes = make(map[string]*outcome)
	}
	m.outcomes[string(raw)] = o
}

// newMemos makes the memories of a table's fields, but of those that identify.
func newMemos(t *Table) []memo {
	memos := make([]memo, len(t.fields))
	for i, f := range t.fields {
		memos[i].off = f.Type == Email || f.Type == Phone || f.Type == ID
	}
	return memos
}
