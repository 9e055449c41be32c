package schema

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// softened is a schema of which what sources really send compiles: null schemas, unknown types and senseless keywords mean anything,
// references into the document get the library's addresses, and format is the annotation that draft 7 makes it.
func (c *compiler) softened(node any) (any, error) {
	c.tooDeep = false
	soft := c.soften(node, 0)
	if c.tooDeep {
		return nil, errDeep
	}
	return soft, nil
}

func (c *compiler) soften(node any, depth int) any {
	c.tooDeep = c.tooDeep || depth > deepest
	switch n := node.(type) {
	case bool:
		return n
	case map[string]any:
		if !c.tooDeep {
			return c.softenObject(n, depth+1)
		}
	}
	return true // null, a text, a number or a list is no schema
}

func (c *compiler) softenObject(n map[string]any, depth int) any {
	if elsewhere := c.softenRef(n["$ref"]); elsewhere != nil {
		return elsewhere
	}
	out := make(map[string]any, len(n))
	for keyword, v := range n {
		var soft any
		switch keyword {
		case "properties":
			soft = c.softenMembers(keyword, v, setOf(texts(n["required"])), depth)
		case "patternProperties":
			soft = c.softenMembers(keyword, v, nil, depth)
		case "oneOf": // sources use it for unions whose branches overlap
			if keyword = "anyOf"; n[keyword] == nil {
				soft = c.softenList(v, depth)
			}
		case "anyOf", "allOf":
			soft = c.softenList(v, depth)
		case "const":
			out[keyword], _ = bounded(v)
		case "items":
			if soft = c.softenList(v, depth); soft == nil {
				soft = c.soften(v, depth)
			}
		case "additionalProperties", "not", "contains":
			soft = c.soften(v, depth)
		default:
			soft = softenPlain(keyword, v)
		}
		if soft != nil {
			out[keyword] = soft
		}
	}
	return out
}

// softenRef is what a reference to another schema stands for; nil if there is none that can be followed.
func (c *compiler) softenRef(v any) any {
	ref, ok := v.(string)
	if !ok {
		return nil
	}
	if known, ok := wellKnown(ref); ok {
		return known
	}
	if strings.HasPrefix(ref, "#") {
		return map[string]any{"$ref": c.refer(ref)}
	}
	return nil
}

// softenMembers softens the schemas of an object's members. A member that need not be there may be null, which is how some platforms
// spell that it is not.
func (c *compiler) softenMembers(keyword string, v any, required map[string]bool, depth int) any {
	members, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	soft := make(map[string]any, len(members))
	for name, member := range members {
		if keyword == "patternProperties" && !compiles(name) {
			continue
		}
		if soft[name] = c.soften(member, depth); !required[name] {
			soft[name] = orNull(soft[name])
		}
	}
	return soft
}

// orNull allows null beside what a softened schema allows. Null stands last, so that what is told of a value is what the schema says.
func orNull(soft any) any {
	s, ok := soft.(map[string]any)
	if !ok {
		return soft
	}
	for _, keyword := range []string{"$ref", "anyOf", "allOf", "not", "enum", "const"} {
		if _, ok := s[keyword]; ok {
			return map[string]any{"anyOf": []any{s, map[string]any{"type": "null"}}}
		}
	}
	if types, ok := s["type"].([]any); ok && !slices.Contains(types, any("null")) {
		s = maps.Clone(s)
		s["type"] = append(slices.Clone(types), "null")
	}
	return s
}

// softenList softens a list of schemas; what is no list, or an empty one, says nothing.
func (c *compiler) softenList(v any, depth int) any {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return nil
	}
	soft := make([]any, len(list))
	for i, item := range list {
		soft[i] = c.soften(item, depth)
	}
	return soft
}

// softenPlain returns the value of a keyword that holds no schema, as far as it makes sense; else nil.
func softenPlain(keyword string, v any) any {
	switch keyword {
	case "type":
		return softenType(v)
	case "required":
		if names := texts(v); len(names) > 0 {
			return names
		}
	case "enum":
		if list, ok := v.([]any); ok && len(list) > 0 {
			safe, _ := bounded(list)
			return safe
		}
	case "pattern":
		if form, ok := v.(string); ok && compiles(form) {
			return form
		}
	default:
		if n, ok := v.(json.Number); ok {
			return softenBound(keyword, n)
		}
	}
	return nil
}

// softenBound returns the number of a keyword that bounds values, as far as it makes sense; else nil.
func softenBound(keyword string, n json.Number) any {
	switch keyword {
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
		return boundedNumber(n)
	case "multipleOf":
		if isPositive(n) {
			return boundedNumber(n)
		}
	case "minLength", "maxLength", "minItems", "maxItems":
		if isCount(n) {
			return n
		}
	}
	return nil
}

func compiles(form string) bool {
	_, err := regexp.Compile(form)
	return err == nil
}

// jsonTypes are the types there are.
var jsonTypes = []string{"null", "boolean", "object", "array", "number", "string", "integer"}

// softenType lists the types that a schema allows. It is nil if there is none or one of them is unknown: the schema says nothing then
// that could be held against a value.
func softenType(v any) any {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var types []any
	for _, t := range list {
		name, ok := t.(string)
		if !ok || !slices.Contains(jsonTypes, name) {
			return nil
		}
		if !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	if types == nil {
		return nil
	}
	return types
}

// texts are the texts in a list, each once.
func texts(v any) []string {
	list, _ := v.([]any)
	var names []string
	seen := map[string]bool{}
	for _, item := range list {
		if name, ok := item.(string); ok && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// wellKnown are the platform's types that schemas refer to. They travel as texts, except booleans; the patterns are the protocol's.
func wellKnown(ref string) (schema any, ok bool) {
	_, name, ok := strings.Cut(ref, "WellKnownTypes.json#/definitions/")
	if known := wellKnownTypes[name]; ok && known != nil {
		return known, true
	}
	return true, ok
}

func allowing(types ...any) map[string]any { return map[string]any{"type": types} }

func matching(form string) map[string]any {
	return map[string]any{"type": []any{"string"}, "pattern": form}
}

const (
	date  = `\d{4}-\d{2}-\d{2}`
	clock = `\d{2}:\d{2}:\d{2}(\.\d+)?`
	zone  = `(Z|[+\-]\d{1,2}:\d{2})`
)

var wellKnownTypes = map[string]map[string]any{
	"String":                   allowing("string"),
	"Number":                   allowing("string", "number"),
	"Integer":                  allowing("string", "integer"),
	"Boolean":                  allowing("boolean"),
	"BinaryData":               matching(`^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$`),
	"Date":                     matching(`^` + date + `( BC)?$`),
	"TimestampWithTimezone":    matching(`^` + date + `T` + clock + zone + `( BC)?$`),
	"TimestampWithoutTimezone": matching(`^` + date + `T` + clock + `( BC)?$`),
	"TimeWithTimezone":         matching(`^` + clock + zone + `$`),
	"TimeWithoutTimezone":      matching(`^` + clock + `$`),
}
