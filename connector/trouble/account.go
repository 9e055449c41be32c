package trouble

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/words"
)

// Bounds of what is remembered and told, for each account.
const (
	mostKinds = 1000 // are counted apart
	mostTold  = 25   // are told as they occur, and as many at the end
	mostNoted = 10   // the same, of what costs nothing: it must not drown the others
	mostLines = 3    // of the input, for each kind
)

// Account is what was wrong with the records of one stream. Each kind is told
// when it first occurs, with what is known of it then, and again at the end if
// there was more of it. Neither its memory nor what it logs grows with the
// records. The zero value is empty; it is not safe for concurrent use.
type Account struct {
	kinds map[Kind]*occurrences
	fresh []Kind                // not told yet, in the order in which they occurred
	told  map[zerolog.Level]int // kinds
	// beyond counts the records with trouble of kinds that are too many to be
	// counted apart.
	beyond int64
}

// Note enters what was noted of the record of a line; 0 is no record.
func (a *Account) Note(line int64, notes ...Note) {
	for _, n := range notes {
		a.add(noted(n), line, nil)
	}
}

// Reject enters the rejection of the record of a line. Of its data the names of
// the columns are kept, as far as they may be told.
func (a *Account) Reject(line int64, r Reject, data json.RawMessage) { a.add(rejection(r), line, data) }

func (a *Account) add(k Kind, line int64, data json.RawMessage) {
	o := a.kinds[k]
	if o == nil {
		if len(a.kinds) == mostKinds {
			a.beyond++
			return
		}
		if a.kinds == nil {
			a.kinds = map[Kind]*occurrences{}
		}
		o = &occurrences{}
		a.kinds[k] = o
		a.fresh = append(a.fresh, k)
	}
	o.add(line)
	if k.Code != "" && o.lines[0] == line {
		o.sample = outline(data)
	}
}

// most is how many kinds of a level are told.
func most(level zerolog.Level) int {
	if level == zerolog.InfoLevel {
		return mostNoted
	}
	return mostTold
}

// Tell logs the kinds that are new since it was last called.
func (a *Account) Tell(log zerolog.Logger) {
	if a.told == nil {
		a.told = map[zerolog.Level]int{}
	}
	for _, k := range a.fresh {
		level := k.level()
		if a.told[level]++; a.told[level] <= most(level) {
			a.log(log, k)
		} else if level == zerolog.WarnLevel && a.told[level] == mostTold+1 {
			log.Warn().Msg("there are more kinds of trouble: they are counted, and told at the end")
		}
	}
	a.fresh = nil
}

// Sum logs at the end what has not been told or has become more, the most
// frequent first.
func (a *Account) Sum(log zerolog.Logger) {
	a.Tell(log)
	var rest []Kind
	for k, o := range a.kinds {
		if o.count > o.told {
			rest = append(rest, k)
		}
	}
	slices.SortFunc(rest, func(x, y Kind) int {
		return cmp.Or(cmp.Compare(a.kinds[y].count, a.kinds[x].count), cmp.Compare(x.String(), y.String()))
	})
	told, more := map[zerolog.Level]int{}, map[zerolog.Level]int64{zerolog.WarnLevel: a.beyond}
	for _, k := range rest {
		level := k.level()
		if told[level]++; told[level] <= most(level) {
			a.log(log, k)
		} else {
			more[level] += a.kinds[k].count
		}
	}
	if n := more[zerolog.WarnLevel]; n > 0 {
		log.Warn().Msgf("trouble of other kinds: %s", words.Count(n, "time"))
	}
	if n := more[zerolog.InfoLevel]; n > 0 {
		log.Info().Msgf("read otherwise than it came in other ways: %s", words.Count(n, "time"))
	}
}

// All gives the kinds, the most frequent first.
func (a *Account) All() []Total {
	list := make([]Total, 0, len(a.kinds))
	for k, o := range a.kinds {
		list = append(list, Total{k, o.count, slices.Clone(o.lines)})
	}
	slices.SortFunc(list, func(x, y Total) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.String(), y.String()))
	})
	return list
}

func (a *Account) log(log zerolog.Logger, k Kind) {
	o := a.kinds[k]
	o.told = o.count
	text := fmt.Sprintf("%s: %s", k, o)
	if k.Code != "" {
		text += fmt.Sprintf(". Line %d has %s. What to do: %s", o.lines[0], o.sample, NextStep(k.Code))
	}
	log.WithLevel(k.level()).Msg(text)
}
