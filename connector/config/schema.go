package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"destination-gohighlevel/connector/words"
)

// schema is the part of JSON schema that the specification uses.
type schema struct {
	Type       string             `json:"type"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
	OneOf      []*schema          `json:"oneOf"`
	Enum       []string           `json:"enum"`
	Const      string             `json:"const"`
	Default    any                `json:"default"`
	Format     string             `json:"format"`
	MinItems   int                `json:"minItems"`
	Minimum    *int64             `json:"minimum"`
	Maximum    *int64             `json:"maximum"`
	Order      int                `json:"order"`
	Secret     bool               `json:"airbyte_secret"`
	Hidden     bool               `json:"airbyte_hidden"`
}

// keys are the property names in the order the user sees them, so that faults come in that order too.
func (s *schema) keys() []string {
	return slices.SortedFunc(maps.Keys(s.Properties), func(a, b string) int {
		return s.Properties[a].Order - s.Properties[b].Order
	})
}

// checker collects the faults of one configuration. Each path is reported once, the first fault being the cause of others
// there and below.
type checker struct {
	faults []string
	seen   map[string]bool
}

// fault reports that what stands at path breaks a rule. The text must not hold a value of the configuration.
func (c *checker) fault(path, format string, args ...any) {
	for p := path; p != ""; p = p[:max(0, strings.LastIndexAny(p, ".["))] {
		if c.seen[p] {
			return
		}
	}
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.seen[path] = true
	c.say(path, fmt.Sprintf(format, args...))
}

func (c *checker) say(path, rule string) {
	if path == "" {
		rule = "it " + rule
	} else {
		rule = path + ": " + rule
	}
	c.faults = append(c.faults, rule)
}

// err returns the faults as an *Error, or nil if there are none.
func (c *checker) err() error {
	if len(c.faults) == 0 {
		return nil
	}
	return &Error{Faults: c.faults}
}

// value holds v to s and returns it with defaults filled in and without nulls and unknown keys; nil if it is unusable.
func (c *checker) value(path string, s *schema, v any) any {
	switch s.Type {
	case "object":
		if v, ok := v.(map[string]any); ok {
			return c.object(path, s, v)
		}
	case "array":
		if v, ok := v.([]any); ok {
			return c.list(path, s, v)
		}
	case "string":
		if s.Format == dateTime {
			return date(v)
		}
		if v, ok := v.(string); ok {
			return c.text(path, s, v)
		}
	case "integer":
		if v, ok := v.(json.Number); ok {
			return c.whole(path, s, v)
		}
	case "boolean":
		if v, ok := v.(bool); ok {
			return v
		}
	}
	c.fault(path, "must be %s", s.kind())
	return nil
}

func (c *checker) list(path string, s *schema, v []any) any {
	if len(v) < s.MinItems {
		c.fault(path, "must not be empty")
	}
	clean := make([]any, len(v))
	for i, item := range v {
		// A bad item stays, as null, so that the items after it keep their numbers in later faults.
		clean[i] = c.value(fmt.Sprintf("%s[%d]", path, i), s.Items, item)
	}
	return clean
}

func (c *checker) object(path string, whole *schema, v map[string]any) any {
	s := c.option(path, whole, v)
	clean := make(map[string]any, len(s.Properties))
	for _, key := range s.keys() {
		property := s.Properties[key]
		switch {
		case v[key] != nil:
			clean[key] = c.value(join(path, key), property, v[key])
		case slices.Contains(s.Required, key):
			c.fault(join(path, key), "missing")
		case property.Default != nil:
			clean[key] = property.Default
		}
	}
	for _, key := range slices.Sorted(maps.Keys(v)) {
		switch other := whole.optionWith(key); {
		case s.Properties[key] != nil || platformKey(key):
		case other != nil:
			tag, word := other.choice()
			c.say(join(path, key), "only with "+tag+" "+word)
		default:
			c.unknown(path, key, s.keys())
		}
	}
	return clean
}

// option returns s, or the one of its alternatives that the value names in the alternatives' constant property.
func (c *checker) option(path string, s *schema, v map[string]any) *schema {
	if len(s.OneOf) == 0 {
		return s
	}
	var tag string
	var choices []string
	for _, option := range s.OneOf {
		key, word := option.choice()
		if v[key] == word {
			return option
		}
		tag, choices = key, append(choices, word)
	}
	if v[tag] == nil {
		c.fault(join(path, tag), "missing; must be one of %s", strings.Join(choices, ", "))
	} else {
		c.fault(join(path, tag), "must be one of %s", strings.Join(choices, ", "))
	}
	// The first option that knows most of the keys is the best guess at what was meant, and so at what else is wrong.
	return slices.MaxFunc(s.OneOf, func(a, b *schema) int { return a.knows(v) - b.knows(v) })
}

// choice returns the property that all alternatives share, and the word in it that names this one.
func (s *schema) choice() (key, word string) {
	for key, property := range s.Properties {
		if property.Const != "" {
			return key, property.Const
		}
	}
	return "", ""
}

// knows counts the keys of v that s has.
func (s *schema) knows(v map[string]any) int {
	n := 0
	for key := range v {
		if s.Properties[key] != nil {
			n++
		}
	}
	return n
}

// optionWith returns the first alternative that has the key, or nil.
func (s *schema) optionWith(key string) *schema {
	if i := slices.IndexFunc(s.OneOf, func(o *schema) bool { return o.Properties[key] != nil }); i >= 0 {
		return s.OneOf[i]
	}
	return nil
}

// plainKey is what a mistyped key looks like. Others may be a secret that slipped into a key's place, and are not repeated.
var plainKey = regexp.MustCompile(`^[A-Za-z_ -]{1,40}$`)

func (c *checker) unknown(path, key string, known []string) {
	near := words.NearestOrBegun(key, known)
	switch {
	case near >= 0:
		c.say(join(path, key), "unknown; did you mean "+known[near]+"?")
	case plainKey.MatchString(key):
		c.say(join(path, key), "unknown; known are "+strings.Join(known, ", "))
	default:
		c.say(path, "holds an unknown key; known are "+strings.Join(known, ", "))
	}
}

// platformKey tells the keys that platforms add for their own use, such as __injected_declarative_manifest.
func platformKey(key string) bool {
	return strings.HasPrefix(key, "_") || strings.HasPrefix(key, "airbyte_")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
