package crm

import (
	"fmt"
	"slices"
	"strings"

	"destination-gohighlevel/connector/trouble"
	"destination-gohighlevel/connector/words"
)

// Hint names a column that feeds no field, and why.
type Hint struct {
	Column  string // its whole name
	Nearest string // the field that it may be meant for, "" if none is near
	Why     string // what it means instead, "" if its name is near by its letters only
	OptIn   bool   // it says yes to being contacted: see [Plan.OptIns]
}

// String is the column with the reason in parentheses, as a user reads it.
func (h Hint) String() string {
	column := words.Cut(h.Column, longestHint)
	switch {
	case h.Why != "" && h.Nearest != "":
		return fmt.Sprintf("%s (%s; map it to %s if that is what it holds)", column, h.Why, h.Nearest)
	case h.Why != "":
		return fmt.Sprintf("%s (%s)", column, h.Why)
	case h.Nearest != "":
		return fmt.Sprintf("%s (did you mean %s?)", column, h.Nearest)
	}
	return column
}

const (
	longestHint   = 64  // characters of a column's name that a hint shows
	mostGuesses   = 500 // columns that are compared with all fields: of more nobody reads
	shortestGuess = 4   // letters: of fewer, every name is near to some field
)

// hintOf says what a column that feeds nothing may mean; nil if it must not be shown.
func (p *Plan) hintOf(column string, m meaning) *Hint {
	if p.Shown(column) == "" {
		return nil
	}
	h := &Hint{Column: column, Why: m.why}
	switch {
	case m.near >= 0:
		h.Nearest = p.table.fields[m.near].display()
	case m.why == "" && p.guesses < mostGuesses && len(fold(column)) >= shortestGuess:
		p.guesses++
		h.Nearest = p.table.Nearest(column)
	}
	return h
}

// Shown is the name of a column as far as it may be shown; "" if not at all.
func (p *Plan) Shown(column string) string {
	if p.headless || !trouble.Showable(column) {
		return ""
	}
	return column
}

// isKeyed reports whether an undeclared member of a container is data: then the
// members are the keys of a map, and none of their names is shown.
func (p *Plan) isKeyed(in *container, name string) bool {
	if !in.isMap && !trouble.Showable(name) {
		in.isMap = true
		p.late = slices.DeleteFunc(p.late, func(h Hint) bool { return strings.HasPrefix(h.Column, in.path) })
	}
	return in.isMap
}

// Unmatched returns the declared columns that feed no field, sorted.
func (p *Plan) Unmatched() []Hint {
	hints := append(slices.DeleteFunc(slices.Clone(p.unmatched), p.holdsRecords), p.shut(true)...)
	slices.SortFunc(hints, func(a, b Hint) int { return strings.Compare(a.Column, b.Column) })
	return hints
}

// holdsRecords reports whether what is in a column goes to another object.
func (p *Plan) holdsRecords(h Hint) bool {
	return slices.ContainsFunc(p.entries, func(e *entry) bool { return e.Object != "" && strings.HasPrefix(e.From, h.Column+".") })
}

// Late returns columns met in records so far that feed no field though nobody
// could know before: those that the stream does not declare, at most 50 and in
// order of appearance, and objects in which nothing was understood.
func (p *Plan) Late() []Hint {
	late := slices.DeleteFunc(slices.Clone(p.late), func(h Hint) bool { // what a list of entries holds is known later
		c := p.top.members[h.Column]
		return c != nil && c.entries != nil && c.entries.fed
	})
	late = append(late, p.shut(false)...)
	for _, c := range p.containers {
		if name := p.Shown(strings.TrimSuffix(c.path, ".")); c.came && !c.fed && name != "" {
			late = append(late, Hint{Column: name, Why: "nothing in it feeds a field"})
		}
	}
	return late
}

// why tells why a column behind a gate that is shut feeds nothing.
func (g *gate) why() string {
	if g.language && !g.within.isShut() {
		return whyShared
	}
	return "no email or phone begins like it"
}

// shut returns the columns of the top level, declared or not, that are part of a
// wrapper which holds no email or phone.
func (p *Plan) shut(declared bool) []Hint {
	var hints []Hint
	for _, c := range p.gated {
		_, is := p.declared.Declared(c.name)
		if is != declared || p.top.isMap && !declared || p.Shown(c.name) == "" || slices.ContainsFunc(c.routes, func(t *route) bool { return !t.gate.isShut() }) {
			continue
		}
		hints = append(hints, Hint{Column: c.name, Nearest: p.table.fields[c.routes[0].field].display(), Why: c.routes[0].gate.why()})
	}
	return hints[:min(len(hints), mostHints)]
}
