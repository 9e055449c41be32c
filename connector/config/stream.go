package config

import (
	"cmp"
	"slices"
)

// StreamSettings are what holds for one stream once its own settings have replaced the general ones.
type StreamSettings struct {
	Object      string // "" if the configuration names none
	Tags        []string
	ManagedTags []string
	MatchOn     []string
	NamesKeys   bool   // MatchOn is the configuration's, not the default
	OwnKeys     bool   // MatchOn is the stream's own
	When        string // Always, which "" is too, IfEmpty or IfNewer
	DeletedWhen []string
	StageMoves  string         // Always, which "" is too, or Forward
	Mappings    []FieldMapping // the more special ones first; of several with one field the first that has a value is meant
}

// ForStream resolves the settings of a stream. Settings for "namespace and name" beat those for the name alone, which beat the
// general ones; mappings add up, the more special ones first. The result shares no memory with c.
func (c Config) ForStream(namespace, name string) StreamSettings {
	settings := StreamSettings{Tags: c.Tags, ManagedTags: c.ManagedTags, MatchOn: c.MatchOn, NamesKeys: c.Names("match_on"), Mappings: c.mappings(namespace, name)}
	for _, ns := range slices.Compact([]string{"", namespace}) {
		i := slices.IndexFunc(c.Streams, func(s Stream) bool { return s.Name == name && s.Namespace == ns })
		if i < 0 {
			continue
		}
		s := c.Streams[i]
		settings.Object = cmp.Or(s.Object, settings.Object)
		override(&settings.Tags, s.Tags)
		override(&settings.ManagedTags, s.ManagedTags)
		override(&settings.MatchOn, s.MatchOn)
		settings.OwnKeys = settings.OwnKeys || s.MatchOn != nil
		settings.NamesKeys = settings.NamesKeys || settings.OwnKeys
		settings.When = cmp.Or(s.When, settings.When)
		settings.StageMoves = cmp.Or(s.StageMoves, settings.StageMoves)
		if len(s.DeletedWhen) > 0 {
			settings.DeletedWhen = s.DeletedWhen
		}
	}
	for _, list := range []*[]string{&settings.Tags, &settings.ManagedTags, &settings.MatchOn, &settings.DeletedWhen} {
		*list = slices.Clone(*list)
	}
	return settings
}

func override(list, own *[]string) {
	if own != nil {
		*list = *own
	}
}

// mappings returns the field mappings of a stream. Whether a column is written is for the most special entry to say: one that switches it
// off drops the less special ones of the column, one that writes it those that switch it off.
func (c Config) mappings(namespace, name string) []FieldMapping {
	var result []FieldMapping
	for _, scope := range slices.Compact([]string{qualified(namespace, name), name, ""}) {
		special := len(result)
		for _, m := range c.FieldMapping {
			overruled := func(s FieldMapping) bool {
				return m.From != "" && s.From == m.From && (s.To == "" || m.To == "")
			}
			if m.Stream == scope && !slices.ContainsFunc(result[:special], overruled) {
				result = append(result, m)
			}
		}
	}
	return result
}

func qualified(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "." + name
}
