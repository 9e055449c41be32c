package load

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/words"
)

// tellTrouble logs the kinds of trouble that are new.
func (r *run) tellTrouble() {
	if r.Shows {
		return
	}
	for _, s := range r.Streams {
		s.tally.tell(r.Log.With().Str("stream", s.ID.String()).Logger())
	}
}

// report closes the sync: what became of each stream's records, with one line
// for each kind of fault.
func (r *run) report(reader *airbyte.Reader) {
	if n := reader.Skipped(); n > 0 {
		r.Log.Warn().Int64("first_line", reader.FirstSkipped()).Msgf("%s no message and skipped", words.Plural(n, "line of the input was", "lines of the input were"))
	}
	var sum Counts
	for _, s := range r.Streams {
		name := s.ID.String()
		if late := s.Plan.Late(); len(late) > 0 && !r.Shows {
			r.Log.Warn().Str("stream", name).Msg("columns beyond the schema that match no field: " + Hints(late))
		}
		if !r.Shows {
			s.WarnOptIns(r.Log)
			s.tally.report(r.Log.With().Str("stream", name).Logger())
		}
		counts := s.tally.snapshot()
		sum = sum.add(counts)
		if len(r.Streams) > 1 {
			r.Log.Info().Str("stream", name).Msgf("%s: %s", s.Object, counts)
		}
	}
	u := r.Usage()
	for _, fault := range slices.Sorted(maps.Keys(u.Faults)) {
		r.Log.Warn().Msgf("%s × %s", words.Grouped(u.Faults[fault]), fault)
	}
	r.Log.Info().Msgf("%s: %s · %s", r.objectName(), r.total(sum), cost(u, sum))
}

func (r *run) total(sum Counts) Counts {
	sum.RejectedBy = map[string]int64{}
	for _, s := range r.Streams {
		for code, n := range s.tally.snapshot().RejectedBy {
			sum.RejectedBy[code] += n
		}
	}
	return sum
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

func (r *run) objectName() string {
	if len(r.Streams) == 0 {
		return "records"
	}
	if r.Streams[0].Target.Facts().DryRun {
		return "dry run, " + r.Streams[0].Object
	}
	return r.Streams[0].Object
}

// Hints lists columns that match nothing, with the nearest field of each.
func Hints(hints []crm.Hint) string {
	parts := make([]string, 0, len(hints))
	for _, h := range hints {
		parts = append(parts, h.String())
	}
	return strings.Join(parts, ", ")
}
