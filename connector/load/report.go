package load

import (
	"fmt"
	"maps"
	"slices"

	"destination-gohighlevel/connector/words"
)

// tellTrouble logs the kinds of trouble that are new.
func (r *run) tellTrouble() {
	if r.Shows {
		return
	}
	for _, s := range r.Streams {
		s.account.tell(r.Log.With().Str("stream", s.ID.String()).Logger())
	}
}

// report closes the sync: what became of each stream's records, with one line
// for each kind of fault.
func (r *run) report(input Input) {
	if n := input.Skipped(); n > 0 {
		r.Log.Warn().Int64("first_line", input.FirstSkipped()).Msgf("%s no message and skipped", words.Plural(n, "line of the input was", "lines of the input were"))
	}
	if r.End != nil {
		r.End()
	}
	var sum Counts
	for _, s := range r.Streams {
		name, counts := s.ID.String(), s.Counts()
		if s.Derived && counts.Read == 0 {
			continue
		}
		if !r.Shows {
			s.account.report(r.Log.With().Str("stream", name).Logger())
		}
		sum = sum.add(counts)
		if len(r.Streams) > 1 {
			r.Log.Info().Str("stream", name).Msgf("%s: %s", s.Kind, counts)
		}
	}
	u := r.Usage()
	for _, fault := range slices.Sorted(maps.Keys(u.Faults)) {
		r.Log.Warn().Msgf("%s × %s", words.Grouped(u.Faults[fault]), fault)
	}
	if !r.Shows {
		r.Log.Info().Msgf("%s: %s · %s", r.What, sum, cost(u, sum))
	}
}

// cost says what the sync has asked of the API.
func cost(u Usage, sum Counts) string {
	text := words.Count(u.Requests, "request")
	if sum.Read > 0 {
		text += fmt.Sprintf(" (%.2f per record)", float64(u.Requests)/float64(sum.Read))
	}
	if u.DailyRemaining >= 0 {
		text += fmt.Sprintf(" · %s left today", words.Grouped(u.DailyRemaining))
	}
	return text
}
