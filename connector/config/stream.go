package config

import (
	"slices"
	"strings"
)

// StreamSettings are what holds for one stream once its own settings have replaced the general ones.
type StreamSettings struct {
	Object   string // "" if the configuration names none
	Tags     []string
	MatchOn  []string
	Mappings []FieldMapping // no field twice; the more special mapping of a field is the one that stays
}

// ForStream resolves the settings of a stream. Settings for "namespace and name" beat those for the name alone, which beat the
// general ones; mappings add up, and the more special one of a field wins. The result shares no memory with c.
func (c Config) ForStream(namespace, name string) StreamSettings {
	settings := StreamSettings{Tags: c.Tags, MatchOn: c.MatchOn, Mappings: c.mappings(namespace, name)}
	for _, ns := range slices.Compact([]string{"", namespace}) {
		i := slices.IndexFunc(c.Streams, func(s Stream) bool { return s.Name == name && s.Namespace == ns })
		if i < 0 {
			continue
		}
		s := c.Streams[i]
		if s.Object != "" {
			settings.Object = s.Object
		}
		if s.Tags != nil {
			settings.Tags = *s.Tags
		}
		if s.MatchOn != nil {
			settings.MatchOn = *s.MatchOn
		}
	}
	settings.Tags, settings.MatchOn = slices.Clone(settings.Tags), slices.Clone(settings.MatchOn)
	return settings
}

// mappings returns the field mappings of a stream, general ones first, each field once.
func (c Config) mappings(namespace, name string) []FieldMapping {
	var result []FieldMapping
	for _, scope := range slices.Compact([]string{"", name, qualified(namespace, name)}) {
		for _, m := range c.FieldMapping {
			if m.Stream != scope {
				continue
			}
			result = slices.DeleteFunc(result, func(general FieldMapping) bool {
				return strings.EqualFold(general.To, m.To)
			})
			result = append(result, m)
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
