package connector

import (
	"fmt"
	"slices"
	"strings"

	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// introduction tells, before anything of a stream is written, what becomes of
// its columns, and which settings have no effect.
type introduction struct {
	*job
	streams []*object.Stream
	met     map[*object.Stream]bool // whose records, or declared columns, are known
	told    map[crm.Missing]bool
}

// introduce begins with what the catalog declares. A stream that declares no
// columns is known by its first records only.
func (j *job) introduce(streams []*object.Stream) *introduction {
	in := &introduction{j, streams, map[*object.Stream]bool{}, map[crm.Missing]bool{}}
	for _, s := range streams {
		in.met[s] = len(s.Columns()) > 0
	}
	in.warnMissing()
	return in
}

// begin is told of streams whose first records have been read. The error names
// every stream in which nobody could be recognised.
func (in *introduction) begin(begun []*load.Stream) error {
	unlock := in.lockPlans()
	defer unlock()
	var faults []string
	for _, s := range in.streams {
		if !slices.Contains(begun, &s.Stream) {
			continue
		}
		in.met[s] = true
		if !s.Plan.IsFed() {
			faults = append(faults, nobody(s))
			continue
		}
		in.mapping(s)
	}
	in.warnMissing()
	if len(faults) > 0 {
		return &setupError{faults}
	}
	return nil
}

// lockPlans keeps records from being mapped, so that plans may be looked at.
func (in *introduction) lockPlans() (unlock func()) {
	for _, s := range in.streams {
		s.Lock()
	}
	return func() {
		for _, s := range in.streams {
			s.Unlock()
		}
	}
}

// mapping tells the whole mapping of a stream, and the keys that find nobody. A
// key that nobody has asked for is no cause of alarm.
func (in *introduction) mapping(s *object.Stream) {
	text, unfed := "mapping: "+s.Plan.Describe(), s.Plan.Unfed()
	settings := in.conf.ForStream(s.ID.Namespace, s.ID.Name)
	asked := func(key string) bool {
		return (settings.OwnKeys || settings.NamesKeys && s.In.Table().Kind() == crm.Contacts) && slices.Contains(settings.MatchOn, key)
	}
	if unasked := slices.DeleteFunc(slices.Clone(unfed), asked); len(unasked) > 0 {
		text += " · nobody is found by " + strings.Join(unasked, " or ") + ": no column feeds it"
	}
	if s.Plan.AsksForTime() {
		text += " · written only where " + strings.Join(s.CursorField, ".") + " is later than what others have changed in the contact (if_newer)"
	}
	if !in.shows {
		in.log.Info().Str("stream", s.ID.String()).Msg(text)
	}
	for _, key := range unfed {
		if !asked(key) {
			continue
		}
		in.log.Warn().Str("stream", s.ID.String()).Msgf("match_on: no column feeds %s, so nobody is found by it; add the column that holds it to field_mapping, or take the key out of match_on", key)
	}
}

// mostNamed is how many columns a fault names.
const mostNamed = 20

// nobody is the fault of a stream in which nobody could be recognised, with the
// columns that look like a key, else with those that feed nothing.
func nobody(s *object.Stream) string {
	text := fmt.Sprintf("stream %s: no column feeds %s, so nobody could be recognised", s.ID, strings.Join(s.Plan.Unfed(), " or "))
	looks := s.Plan.Lookalikes()
	if len(looks) > 0 {
		var parts []string
		for _, l := range looks {
			parts = append(parts, fmt.Sprintf("%q looks like one of them: add to field_mapping %s", l.Column, l.Mapping()))
		}
		return text + "; the column " + strings.Join(parts, ", or ")
	}
	var names []string
	for _, hint := range append(s.Plan.Unmatched(), s.Plan.Late()...) {
		names = append(names, hint.String())
	}
	if len(names) == 0 {
		return text + "; add to field_mapping the column that holds one of them"
	}
	if more := len(names) - mostNamed; more > 0 {
		names = append(names[:mostNamed], words.Grouped(more)+" more")
	}
	return text + "; add to field_mapping the column that holds one of them; those that feed nothing are " + strings.Join(names, ", ")
}

// warnMissing names the columns of settings that no stream has, once each, as
// soon as all streams that a setting is for are known.
func (in *introduction) warnMissing() {
	had := map[crm.Missing]bool{} // by a stream, or it may be
	var all []crm.Missing
	for _, s := range in.streams {
		missing := s.Plan.Missing()
		for _, m := range named(in.conf.ForStream(s.ID.Namespace, s.ID.Name)) {
			all = append(all, m)
			had[m] = had[m] || !in.met[s] || !slices.Contains(missing, m)
		}
	}
	for _, m := range all {
		if !had[m] && !in.told[m] {
			in.told[m] = true
			in.log.Warn().Msgf("%s names the column %q, which no stream has%s: it has no effect", m.Setting, m.Column, in.nearest(m.Column))
		}
	}
}

// named are the columns that the settings of a stream name.
func named(settings config.StreamSettings) []crm.Missing {
	var all []crm.Missing
	for _, m := range settings.Mappings {
		if m.Value == nil {
			all = append(all, crm.Missing{Setting: "field_mapping", Column: m.From})
		}
	}
	for _, column := range settings.DeletedWhen {
		all = append(all, crm.Missing{Setting: "deleted_when", Column: column})
	}
	return all
}

// nearest proposes a column instead of one that is not there.
func (in *introduction) nearest(column string) string {
	for _, s := range in.streams {
		columns := s.Columns()
		if i := words.Nearest(column, columns); i >= 0 && s.Plan.Shown(columns[i]) != "" {
			return fmt.Sprintf(" (did you mean %q?)", columns[i])
		}
	}
	return ""
}
