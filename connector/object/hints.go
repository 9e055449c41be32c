package object

import (
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/words"
)

// WarnOptIns names the columns that speak of being contacted and are not followed,
// once each: whoever says no there would be contacted.
func (s *Stream) WarnOptIns(log zerolog.Logger) {
	columns := slices.DeleteFunc(s.Plan.OptIns(), func(c crm.OptIn) bool { return slices.Contains(s.optIns, c) })
	s.optIns = append(s.optIns, columns...)
	for _, kind := range []struct {
		cutOff    bool
		one, many string
	}{
		{false, "column says yes to being contacted and is not followed", "columns say yes to being contacted and are not followed"},
		{true, "column looks like an opt-out whose name was cut off, and is not followed", "columns look like opt-outs whose names were cut off, and are not followed"},
	} {
		var names, entries []string
		for _, c := range columns {
			if c.CutOff == kind.cutOff {
				names, entries = append(names, c.Column), append(entries, c.Mapping)
			}
		}
		if len(names) > 0 {
			log.Warn().Str("stream", s.ID.String()).Msgf("%s: %s. So that nobody is contacted who says no there, add to field_mapping: %s",
				words.Plural(len(names), kind.one, kind.many), words.List(names), strings.Join(entries, ", "))
		}
	}
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
