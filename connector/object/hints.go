package object

import (
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/words"
)

// WarnOptIns names the columns that say yes to being contacted, once each: they
// are not written, and whoever says no there would be contacted.
func (s *Stream) WarnOptIns(log zerolog.Logger) {
	columns := slices.DeleteFunc(s.Plan.OptIns(), func(c crm.OptIn) bool { return slices.Contains(s.optIns, c) })
	if len(columns) == 0 {
		return
	}
	s.optIns = append(s.optIns, columns...)
	var names, entries []string
	for _, c := range columns {
		names, entries = append(names, c.Column), append(entries, c.Mapping)
	}
	log.Warn().Str("stream", s.ID.String()).Msgf("%s: %s. So that nobody is contacted who says no there, add to field_mapping: %s",
		words.Plural(len(columns), "column says yes to being contacted and is not followed", "columns say yes to being contacted and are not followed"),
		words.List(names), strings.Join(entries, ", "))
}

// WarnUnmatched lists columns that match nothing, with the nearest field of each;
// what says which they are. Those that say yes to being contacted are told by
// WarnOptIns.
func (s *Stream) WarnUnmatched(log zerolog.Logger, what string, hints []crm.Hint) {
	var parts []string
	for _, h := range hints {
		if !h.OptIn {
			parts = append(parts, h.String())
		}
	}
	if len(parts) > 0 {
		log.Warn().Str("stream", s.ID.String()).Msg(what + ": " + strings.Join(parts, ", "))
	}
}
