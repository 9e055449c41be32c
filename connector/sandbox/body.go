package sandbox

import (
	"maps"
	"slices"
)

// shape is what an operation declares of its body: the properties there may be.
type shape map[string]kind

// kind is what a property must be.
type kind struct {
	wrong  func(name string, v any) string // the complaint, or ""
	needed bool
}

// check gives everything that is wrong with a body.
func (s shape) check(body object) []string {
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if k, declared := s[name]; !declared {
			wrong = append(wrong, "property "+name+" should not exist")
		} else if complaint := k.wrong(name, body[name]); complaint != "" {
			wrong = append(wrong, complaint)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if _, given := body[name]; s[name].needed && !given {
			wrong = append(wrong, s[name].wrong(name, nil))
		}
	}
	return wrong
}

// with gives the shape with more properties, or others in the place of its own.
func (s shape) with(more shape) shape {
	out := maps.Clone(s)
	maps.Copy(out, more)
	return out
}

// when is a kind that a test decides.
func when(right func(v any) bool, complaint string) kind {
	return kind{wrong: func(name string, v any) string {
		if right(v) {
			return ""
		}
		return name + " " + complaint
	}}
}

// a is the kind of all values of a JSON type.
func a[T any](complaint string) kind {
	return when(func(v any) bool { _, is := v.(T); return is }, complaint)
}

var (
	aString = a[string]("must be a string")
	aNumber = a[float64]("must be a number conforming to the specified constraints")
	aBool   = a[bool]("must be a boolean value")
	anArray = a[[]any]("must be an array")

	anEmail = when(func(v any) bool { text, is := v.(string); return is && validEmail(text) }, "must be an email")
	aDate   = when(func(v any) bool { _, valid := normaliseDate(plain(v)); return valid }, "must be a valid date")

	aCountry = when(func(v any) bool { return countries[plain(v)] }, "must be valid")

	someStrings = anArray.and("each value in ", when(func(v any) bool { _, are := stringList(v); return are }, "must be a string"))
	someObjects = anArray.and("each value in nested property ", when(func(v any) bool {
		return !slices.ContainsFunc(v.([]any), func(e any) bool { _, is := e.(object); return !is })
	}, "must be either object or array"))
	oneOrMoreStrings = someStrings.and("", when(func(v any) bool { return len(v.([]any)) > 0 }, "should not be empty"))

	dndSettings = eachStatus([]string{"Call", "Email", "SMS", "WhatsApp", "GMB", "FB"}, "active", "inactive", "permanent")
	inboundDND  = eachStatus([]string{"all"}, "active", "inactive")
)

// needed is a kind that must not be missing.
func needed(k kind) kind {
	k.needed = true
	return k
}

// orNull lets null through.
func orNull(k kind) kind {
	return kind{wrong: func(name string, v any) string {
		if v == nil {
			return ""
		}
		return k.wrong(name, v)
	}}
}

// oneOf is the kind of some texts.
func oneOf(texts ...string) kind {
	return when(func(v any) bool { text, is := v.(string); return is && slices.Contains(texts, text) }, "must be a valid enum value")
}

// and asks for more of what is right so far, and puts words before the complaint.
func (k kind) and(before string, more kind) kind {
	return kind{wrong: func(name string, v any) string {
		if complaint := k.wrong(name, v); complaint != "" {
			return complaint
		}
		if complaint := more.wrong(name, v); complaint != "" {
			return before + complaint
		}
		return ""
	}}
}

// eachStatus is the kind of settings by key, each with one of some statuses.
func eachStatus(keys []string, statuses ...string) kind {
	setting := shape{"status": needed(oneOf(statuses...)), "message": aString, "code": aString}
	return kind{wrong: func(name string, v any) string {
		settings, is := v.(object)
		if !is {
			return name + " must be an object"
		}
		for _, key := range slices.Sorted(maps.Keys(settings)) {
			of, is := settings[key].(object)
			switch {
			case !slices.Contains(keys, key):
				return name + ".property " + key + " should not exist"
			case !is:
				return name + "." + key + " must be an object"
			}
			if wrong := setting.check(of); len(wrong) > 0 {
				return name + "." + key + "." + wrong[0]
			}
		}
		return ""
	}}
}
