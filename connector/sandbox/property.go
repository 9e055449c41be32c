package sandbox

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// setProperties writes properties over a business that may be changed: all of them, or none where one is refused.
func (s *Server) setProperties(b Business, properties object, update bool) *answer {
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		f, known := s.property(key)
		if !known {
			return refuse(400, "We couldn't validate the mapped field "+key)
		}
		v, fate, understood := f.acceptProperty(properties[key], b.Properties[key], update)
		switch {
		case !understood:
			return unprocessable("We couldn't apply updates to " + f.Name + " due to an unexpected format")
		case fate == stored:
			b.Properties[key] = v
		case fate == cleared:
			delete(b.Properties, key)
		}
	}
	return nil
}

// acceptProperty decides what a value written to the field of a business does, and gives its stored form.
func (f CustomField) acceptProperty(v, held any, update bool) (canonical any, does fate, understood bool) {
	switch f.DataType {
	case "CHECKBOX", "MULTIPLE_OPTIONS":
		return f.acceptChoices(v, held, update)
	case "NUMERICAL":
		n, ok := v.(float64)
		return n, fateOf(ok), ok || v == nil
	case "MONETORY":
		m, ok := v.(object)
		_, number := m["value"].(float64)
		return v, fateOf(ok), v == nil || number && m["currency"] == "default"
	case "DATE":
		return acceptMoment(v)
	case "SINGLE_OPTIONS", "RADIO":
		label, ok := v.(string)
		key, known := f.choice(label, true)
		if label != "" && !known && !f.OpenOptions {
			return nil, ignored, ok
		}
		return key, fateOf(label != ""), ok
	case "FILE_UPLOAD", "TEXTBOX_LIST":
		return nil, ignored, false
	}
	text, ok := v.(string)
	return text, fateOf(text != ""), ok
}

// acceptMoment takes a date with its time of day. One without is dropped without a word; only null clears.
func acceptMoment(v any) (canonical any, does fate, understood bool) {
	if v == nil {
		return nil, cleared, true
	}
	moment, is := v.(string)
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return nil, ignored, is
	}
	return at.UTC().Format(isoMillis), stored, true
}

// fateOf is what becomes of a value that is there, or not.
func fateOf(there bool) fate {
	if there {
		return stored
	}
	return cleared
}

// choice gives the key of an option, as which a label counts only where said so.
func (f CustomField) choice(given string, labels bool) (key string, known bool) {
	for _, label := range f.Options {
		if key := slug(label); given == key || labels && given == label {
			return key, true
		}
	}
	return given, false
}

// acceptChoices takes a list when the business is created, and what to add and to remove when it is updated. A text in its place wipes the
// field; a label in the place of a key counts for a CHECKBOX only.
func (f CustomField) acceptChoices(v, held any, update bool) (canonical any, does fate, understood bool) {
	var add, remove []string
	if update {
		change, isChange := v.(object)
		add, _ = stringList(change["add"])
		remove, _ = stringList(change["remove"])
		if _, isText := v.(string); !isChange {
			return nil, cleared, isText
		}
	} else if add, understood = stringList(v); !understood {
		return nil, ignored, false
	}
	keys, _ := held.([]string)
	keys = slices.Clone(keys)
	for _, given := range add {
		if key, known := f.choice(given, f.DataType == "CHECKBOX"); (known || f.OpenOptions) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	keys = slices.DeleteFunc(keys, func(key string) bool { return slices.Contains(remove, key) })
	return keys, fateOf(len(keys) > 0), true
}

// property gives the definition of a property of businesses by its short key. A standard one and a text box hold plain text.
func (s *Server) property(key string) (CustomField, bool) {
	if slices.Contains(standardProperties, key) {
		return CustomField{Name: key}, true
	}
	for _, f := range s.fields {
		switch box, isBox := strings.CutPrefix(key, f.short()+"."); {
		case f.Model != modelBusiness:
		case f.short() == key:
			return f, true
		case isBox && slices.ContainsFunc(f.TextBoxes, func(b TextBox) bool { return b.ID == box }):
			return CustomField{ID: f.ID, Name: key}, true
		}
	}
	return CustomField{}, false
}

// short is the name that the objects API has for a field of businesses.
func (f CustomField) short() string { return strings.TrimPrefix(f.Key, f.Model+".") }
