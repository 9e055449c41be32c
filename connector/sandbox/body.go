package sandbox

import (
	"encoding/json"
	"maps"
	"slices"
)

// kind is what a property of a body must be.
type kind func(name string, v any) string // the complaint, or ""

// decode reads a body as a JSON object. None at all is an empty one.
func (c *call) decode() (object, *answer) {
	if len(c.raw) == 0 {
		return object{}, nil
	}
	var body object
	if json.Unmarshal(c.raw, &body) != nil || body == nil {
		return nil, refuse(400, "Unexpected token in JSON")
	}
	return body, nil
}

// check holds a body against the properties that an endpoint declares and gives everything that is wrong with it.
func check(body object, declared map[string]kind, required ...string) []string {
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(body)) {
		test, ok := declared[name]
		if !ok {
			wrong = append(wrong, "property "+name+" should not exist")
		} else if complaint := test(name, body[name]); complaint != "" {
			wrong = append(wrong, complaint)
		}
	}
	for _, name := range required {
		if _, ok := body[name]; !ok {
			wrong = append(wrong, declared[name](name, nil))
		}
	}
	return wrong
}

func aString(name string, v any) string {
	if _, ok := v.(string); !ok {
		return name + " must be a string"
	}
	return ""
}

func aNumber(name string, v any) string {
	if _, ok := v.(float64); !ok {
		return name + " must be a number conforming to the specified constraints"
	}
	return ""
}

func aBool(name string, v any) string {
	if _, ok := v.(bool); !ok {
		return name + " must be a boolean value"
	}
	return ""
}

func anArray(name string, v any) string {
	if _, ok := v.([]any); !ok {
		return name + " must be an array"
	}
	return ""
}

func someStrings(name string, v any) string {
	if complaint := anArray(name, v); complaint != "" {
		return complaint
	}
	if _, ok := stringList(v); !ok {
		return "each value in " + name + " must be a string"
	}
	return ""
}

func someObjects(name string, v any) string {
	if complaint := anArray(name, v); complaint != "" {
		return complaint
	}
	for _, e := range v.([]any) {
		if _, ok := e.(object); !ok {
			return "each value in nested property " + name + " must be either object or array"
		}
	}
	return ""
}

func anEmail(name string, v any) string {
	if text, ok := v.(string); !ok || !validEmail(text) {
		return name + " must be an email"
	}
	return ""
}

func aCountry(name string, v any) string {
	if code, ok := v.(string); !ok || !countries[code] {
		return name + " must be valid"
	}
	return ""
}

func aDate(name string, v any) string {
	if text, ok := v.(string); ok {
		if _, ok := normaliseDate(text); ok {
			return ""
		}
	}
	return name + " must be a valid date"
}

// orNull lets null through.
func orNull(k kind) kind {
	return func(name string, v any) string {
		if v == nil {
			return ""
		}
		return k(name, v)
	}
}

var channels = []string{"Call", "Email", "SMS", "WhatsApp", "GMB", "FB"}

// settingOf is what a channel's setting declares.
var settingOf = map[string]kind{"status": aString, "message": aString, "code": aString}

func dndSettings(name string, v any) string {
	return eachStatus(name, v, channels, "active", "inactive", "permanent")
}

func inboundDND(name string, v any) string {
	return eachStatus(name, v, []string{"all"}, "active", "inactive")
}

func eachStatus(name string, v any, keys []string, statuses ...string) string {
	settings, ok := v.(object)
	if !ok {
		return name + " must be an object"
	}
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if !slices.Contains(keys, key) {
			return name + ".property " + key + " should not exist"
		}
		setting, ok := settings[key].(object)
		if !ok {
			return name + "." + key + " must be an object"
		}
		if status, ok := setting["status"].(string); !ok || !slices.Contains(statuses, status) {
			return name + "." + key + ".status must be a valid enum value"
		}
		if wrong := check(setting, settingOf); len(wrong) > 0 {
			return name + "." + key + "." + wrong[0]
		}
	}
	return ""
}
