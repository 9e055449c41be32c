package load

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/words"
)

// Bounds of what is remembered and told of trouble, by stream: names of columns
// and reasons come from the input and from the API.
const (
	mostKinds   = 1000 // are counted apart
	mostTold    = 25   // are told as they occur, and as many at the end
	mostNoted   = 10   // the same, of what costs nothing: it must not drown the others
	mostLines   = 3    // of the input, for each kind
	longestName = 64   // characters of a column or field
	longestRule = 300
)

// trouble is one kind of thing that was wrong with records, or that had to be
// changed in them: what, and in which column and field.
type trouble struct {
	code                string // of a rejection; "" if the record is written all the same
	field, column, rule string
	dropped, warns      bool // as those of a [crm.Note]
}

func noted(n crm.Note) trouble {
	return trouble{field: words.Cut(n.Field, longestName), column: words.Cut(n.Column, longestName), rule: words.Cut(n.Rule, longestRule),
		dropped: n.Dropped, warns: n.Warns}
}

func rejection(r crm.Reject) trouble {
	return trouble{code: r.Code, field: words.Cut(r.Field, longestName), column: words.Cut(r.Column, longestName), rule: words.Cut(r.Reason, longestRule)}
}

// String says what is wrong, as in: phone (column "Mobile"): not a phone
// number, left out.
func (k trouble) String() string {
	text := k.rule
	if where := crm.Where(k.field, k.column); where != "" {
		text = where + ": " + text
	}
	if k.dropped {
		text += ", left out"
	}
	if k.code != "" {
		text = "rejected, " + k.code + ": " + text
	}
	return text
}

func (k trouble) level() zerolog.Level {
	if k.code != "" || k.dropped || k.warns {
		return zerolog.WarnLevel
	}
	return zerolog.InfoLevel
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

// troubles is the account of what was wrong with the records of one stream.
// Each kind is told when it first occurs, with what is known of it then, and
// again at the end if there was more of it. Neither its memory nor what it logs
// grows with the records.
type troubles struct {
	kinds map[trouble]*occurrences
	fresh []trouble             // not told yet, in the order in which they occurred
	told  map[zerolog.Level]int // kinds
	// beyond counts the records with trouble of kinds that are too many to be
	// counted apart.
	beyond int64
}

// add enters a kind of trouble in the record of a line; 0 is no record. The
// data are those of a rejected record.
func (t *troubles) add(k trouble, line int64, data json.RawMessage) {
	o := t.kinds[k]
	if o == nil {
		if len(t.kinds) == mostKinds {
			t.beyond++
			return
		}
		if t.kinds == nil {
			t.kinds = map[trouble]*occurrences{}
		}
		o = &occurrences{}
		t.kinds[k] = o
		t.fresh = append(t.fresh, k)
	}
	o.add(line)
	if k.code != "" && o.lines[0] == line {
		o.sample = shape(data)
	}
}

// most is how many kinds of a level are told.
func most(level zerolog.Level) int {
	if level == zerolog.InfoLevel {
		return mostNoted
	}
	return mostTold
}

// tell logs the kinds that are new.
func (t *troubles) tell(log zerolog.Logger) {
	if t.told == nil {
		t.told = map[zerolog.Level]int{}
	}
	for _, k := range t.fresh {
		level := k.level()
		if t.told[level]++; t.told[level] <= most(level) {
			t.log(log, k)
		} else if level == zerolog.WarnLevel && t.told[level] == mostTold+1 {
			log.Warn().Msg("there are more kinds of trouble: they are counted, and told at the end")
		}
	}
	t.fresh = nil
}

// sum logs at the end what has not been told or has become more, the most
// frequent first.
func (t *troubles) sum(log zerolog.Logger) {
	var rest []trouble
	for k, o := range t.kinds {
		if o.count > o.told {
			rest = append(rest, k)
		}
	}
	slices.SortFunc(rest, func(a, b trouble) int {
		return cmp.Or(cmp.Compare(t.kinds[b].count, t.kinds[a].count), cmp.Compare(a.String(), b.String()))
	})
	told, more := map[zerolog.Level]int{}, map[zerolog.Level]int64{zerolog.WarnLevel: t.beyond}
	for _, k := range rest {
		level := k.level()
		if told[level]++; told[level] <= most(level) {
			t.log(log, k)
		} else {
			more[level] += t.kinds[k].count
		}
	}
	if n := more[zerolog.WarnLevel]; n > 0 {
		log.Warn().Msgf("trouble of other kinds: %s", words.Count(n, "time"))
	}
	if n := more[zerolog.InfoLevel]; n > 0 {
		log.Info().Msgf("read otherwise than it came in other ways: %s", words.Count(n, "time"))
	}
}

// all gives the kinds, the most frequent first.
func (t *troubles) all() []Trouble {
	list := make([]Trouble, 0, len(t.kinds))
	for k, o := range t.kinds {
		list = append(list, Trouble{Code: k.code, Field: k.field, Column: k.column, Rule: k.rule, LeftOut: k.dropped, Count: o.count, Lines: slices.Clone(o.lines)})
	}
	slices.SortFunc(list, func(a, b Trouble) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.String(), b.String()))
	})
	return list
}

func (t *troubles) log(log zerolog.Logger, k trouble) {
	o := t.kinds[k]
	o.told = o.count
	text := fmt.Sprintf("%s: %s", k, o)
	if k.code != "" {
		text += fmt.Sprintf(". Line %d has %s. What to do: %s", o.lines[0], o.sample, NextStep(k.code))
	}
	log.WithLevel(k.level()).Msg(text)
}
