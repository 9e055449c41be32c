package crm

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Canonical brings a value of the API's answer, decoded from JSON, into the
// form in which [Equal] compares it and [Value] holds it. Empty strings, lists
// and objects become nil. It never fails: what it does not understand stays as
// it is, and differs from every valid value. It is idempotent.
func (f *Field) Canonical(v any) any {
	if n, ok := v.(float64); ok {
		v = json.Number(strconv.FormatFloat(n, 'f', -1, 64))
	}
	if isEmpty(v) {
		return nil
	}
	switch f.Type {
	case MultiOption:
		return f.canonicalList(v)
	case TagList:
		return tagsOf(texts(v))
	case TextboxList:
		return canonicalBoxes(v)
	case File:
		return v
	}
	return f.canonicalScalar(v)
}

func (f *Field) canonicalScalar(v any) any {
	switch known := v.(type) {
	case bool:
		if f.Type == Bool {
			return v
		}
	case json.Number:
		if ms, err := known.Int64(); f.Type == Date && err == nil { // the API means milliseconds
			if date, ok := epochDate(ms); ok {
				return date
			}
		}
	}
	s := strings.TrimSpace(textOf(v))
	if s == "" {
		return nil
	}
	switch f.Type {
	case Bool:
		if b, ok := normaliseBool(s); ok {
			return b
		}
	case Number, Money:
		if n, ok := readNumber(s, false); ok {
			return json.Number(n)
		}
	}
	if s = f.canonicalText(s); v == any(s) {
		return v // as most are: to make one anew takes memory
	}
	return s
}

func (f *Field) canonicalText(s string) string {
	switch f.Type {
	case Email, Channel:
		return strings.ToLower(s)
	case Phone:
		if p := normalisePhone(s, ""); p.fault == "" {
			return p.e164
		}
	case Country:
		if code, ok := englishCountry(s); ok {
			return code
		}
	case Date, Time:
		if d := (dateReading{}).as(f.Type, s); d.date != "" {
			return d.date
		}
	case SingleOption:
		if label, ok := listedLabel(f, s); ok {
			return label
		}
	}
	return s
}

func (f *Field) canonicalList(v any) any {
	list := texts(v)
	if s, ok := v.(string); ok {
		if _, whole := listedLabel(f, s); !whole {
			list = strings.Split(s, ",")
		}
	}
	var labels textSet
	for _, s := range list {
		s = strings.TrimSpace(s)
		if label, ok := listedLabel(f, s); ok {
			s = label
		}
		if s != "" {
			labels.add(s)
		}
	}
	if len(labels.list) == 0 {
		return nil
	}
	return labels.list
}

func canonicalBoxes(v any) any {
	boxes := make(map[string]string)
	switch v := v.(type) {
	case map[string]string:
		for id, s := range v {
			boxes[id] = strings.TrimSpace(s)
		}
	case map[string]any:
		for id, member := range v {
			boxes[id] = strings.TrimSpace(textOf(member))
		}
	default:
		return v
	}
	maps.DeleteFunc(boxes, func(_, s string) bool { return s == "" })
	if len(boxes) == 0 {
		return nil
	}
	return boxes
}

// texts are the members of a list as text; a scalar is a list of one.
func texts(v any) []string {
	switch v := v.(type) {
	case []string:
		return v
	case []any:
		list := make([]string, 0, len(v))
		for _, member := range v {
			list = append(list, textOf(member))
		}
		return list
	case nil:
		return nil
	}
	return []string{textOf(v)}
}

// textOf is a decoded JSON value as text: lists of scalars joined, objects as JSON.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []string:
		return strings.Join(v, ", ")
	case []any:
		return strings.Join(texts(v), ", ")
	}
	return jsonOf(v)
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case []string:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	case map[string]string:
		return len(v) == 0
	}
	return false
}

// Equal reports whether two canonical values of f mean the same to the CRM:
// emails, countries, options and genders without case, phones by their digits,
// numbers by value as far as the CRM can hold them, lists as sets, texts after
// trimming, and those with markup by [PlainText]. nil and empty are equal. Channels
// are equal if both stop messages or none does.
func Equal(f *Field, a, b any) bool {
	return same(a, b) || f.essence(a) == f.essence(b)
}

// same reports whether two values are equal as they stand, as most are.
func same(a, b any) bool {
	switch x := a.(type) {
	case string, json.Number:
		return x == b
	case []string:
		y, ok := b.([]string)
		return ok && slices.Equal(x, y)
	case map[string]string:
		y, ok := b.(map[string]string)
		return ok && maps.Equal(x, y)
	}
	return false
}

// essence is what of a value makes a difference: a number or a text, unless it is empty.
type essence struct {
	text   string
	number float64
	filled bool
}

// essence is equal for two values exactly if they mean the same to the CRM.
func (f *Field) essence(v any) essence {
	switch {
	case f.Type == Channel && stops(v):
		return essence{filled: true}
	case f.Type == Channel, isEmpty(v):
		return essence{}
	}
	var s string
	switch f.Type {
	case MultiOption, TagList:
		s = setOf(texts(v))
	case TextboxList, File:
		s = jsonOf(v)
	default:
		s = strings.TrimSpace(textOf(v))
	}
	switch f.Type {
	case Number, Money: // a finer difference than a double can hold would be written again on every run
		if n, err := strconv.ParseFloat(s, 64); err == nil && !math.IsNaN(n) {
			return essence{number: n, filled: true}
		}
	case Email, Country, SingleOption:
		s = foldCase(s)
	case Phone:
		s = cmp.Or(digitsOf(s), s)
	}
	switch about := f.about(); {
	case about.markup:
		s = PlainText(s)
	case about.loose:
		s = foldCase(collapseSpaces(s))
	}
	return essence{text: s, filled: true}
}

// setOf is a text for a list, whatever its members' order, case and number.
func setOf(list []string) string {
	set := make([]string, len(list))
	for i, s := range list {
		set[i] = foldText(s)
	}
	slices.Sort(set)
	return strings.Join(slices.Compact(set), "\n")
}
