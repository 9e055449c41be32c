package trouble

import (
	"fmt"
	"slices"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/words"
)

// Names of columns and reasons come from the input and from the API: so much of
// them is kept.
const (
	longestName = 64 // characters of a column or field
	longestRule = 300
)

// Kind is one kind of thing that was wrong with records, or that had to be
// changed in them: what, and in which column and field.
type Kind struct {
	Code                string // of a rejection; "" if the records are written all the same
	Field, Column, Rule string
	Dropped, Warns      bool // as those of a [Note]
}

func noted(n Note) Kind {
	return Kind{Field: words.Cut(n.Field, longestName), Column: words.Cut(n.Column, longestName), Rule: words.Cut(n.Rule, longestRule),
		Dropped: n.Dropped, Warns: n.Warns}
}

func rejection(r Reject) Kind {
	return Kind{Code: r.Code, Field: words.Cut(r.Field, longestName), Column: words.Cut(r.Column, longestName), Rule: words.Cut(r.Reason, longestRule)}
}

// place says what is wrong and where, as in: phone (column "Mobile"): not a
// phone number.
func (k Kind) place() string {
	if where := Where(k.Field, k.Column); where != "" {
		return where + ": " + k.Rule
	}
	return k.Rule
}

// String is the place, and what came of it, as in: phone (column "Mobile"): not
// a phone number, left out.
func (k Kind) String() string {
	text := k.place()
	if k.Dropped {
		text += ", left out"
	}
	if k.Code != "" {
		text = "rejected, " + k.Code + ": " + text
	}
	return text
}

func (k Kind) level() zerolog.Level {
	if k.Code != "" || k.Dropped || k.Warns {
		return zerolog.WarnLevel
	}
	return zerolog.InfoLevel
}

// Total is one kind of trouble and the records it was met in.
type Total struct {
	Kind
	Count int64   // of records
	Lines []int64 // of the first ones, at most three
}

// String is the place and the lines, as in: phone (column "Mobile"): not a phone
// number: lines 2, 4 and 7, 12 in all.
func (t Total) String() string {
	return fmt.Sprintf("%s: %s", t.place(), &occurrences{count: t.Count, lines: t.Lines})
}

// occurrences are the records that one kind of trouble was met in.
type occurrences struct {
	count  int64
	lines  []int64 // the lowest ones, ascending
	last   int64   // line of the newest: several values of a record count once
	told   int64   // how many of them have been told
	sample string  // what the record of the lowest line looked like, if it was rejected
}

// add enters the record of a line. Records of a window come in any order.
func (o *occurrences) add(line int64) {
	if line > 0 && line == o.last {
		return
	}
	o.count++
	o.last = line
	if line > 0 {
		at, _ := slices.BinarySearch(o.lines, line)
		o.lines = slices.Insert(o.lines, at, line)
		o.lines = o.lines[:min(mostLines, len(o.lines))]
	}
}

// String tells the first lines and how many there are in all, as in: lines 2, 4
// and 7, 12 in all.
func (o *occurrences) String() string {
	if len(o.lines) == 0 { // it was about no record
		return words.Count(o.count, "time")
	}
	lines := make([]string, len(o.lines))
	for i, n := range o.lines {
		lines[i] = fmt.Sprint(n) // a place, not a quantity: 1204 is what an editor takes
	}
	text := words.Noun(len(lines), "line") + " " + words.List(lines)
	if o.count > int64(len(lines)) {
		text += fmt.Sprintf(", %s in all", words.Grouped(o.count))
	}
	return text
}
