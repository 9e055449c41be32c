package integration_tests

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// differs compares a value that is there with what is wanted.
func differs(what string, got, want any) []string {
	if equals(got, want) {
		return nil
	}
	return []string{fmt.Sprintf("%s is %s, want %s", what, shown(got), shown(want))}
}

func shown(v any) string {
	if text, ok := v.(string); ok {
		return strconv.Quote(text)
	}
	return fmt.Sprint(v)
}

var day = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

// equals tells whether a value is what is wanted: null is empty or absent, a list is a set, a number may be read back as text, and a day
// in any form. An object with one of the keys one_of, not and matches says what is allowed.
func equals(got, want any) bool {
	switch w := want.(type) {
	case nil:
		return got == nil || got == "" || reflect.ValueOf(got).Kind() == reflect.Slice && reflect.ValueOf(got).Len() == 0
	case []string:
		return sameSet(got, w)
	case []any:
		return sameSet(got, textsOf(w))
	case float64:
		n, err := strconv.ParseFloat(asText(got), 64)
		return err == nil && n == w
	case string:
		if day.MatchString(w) {
			return dayOf(got) == w
		}
		return asText(got) == w
	case map[string]any:
		return allows(got, w)
	}
	return reflect.DeepEqual(got, want)
}

func allows(got any, want map[string]any) bool {
	if list, ok := want["one_of"].([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return equals(got, one) })
	}
	if not, ok := want["not"]; ok {
		return !equals(got, not)
	}
	if pattern, ok := want["matches"].(string); ok {
		return regexp.MustCompile(pattern).MatchString(asText(got))
	}
	have, ok := got.(map[string]any)
	return ok && maps.EqualFunc(have, want, equals)
}

// asText writes a single value as text; nothing is empty.
func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// dayOf gives the day of a date that is read back as a text or as milliseconds.
func dayOf(v any) string {
	if ms, ok := v.(float64); ok {
		return time.UnixMilli(int64(ms)).UTC().Format(time.DateOnly)
	}
	text := asText(v)
	return text[:min(len(text), len(time.DateOnly))]
}

func textsOf(list []any) []string {
	out := make([]string, 0, len(list))
	for _, v := range list {
		out = append(out, asText(v))
	}
	return out
}

func sameSet(got any, want []string) bool {
	var have []string
	switch g := got.(type) {
	case []string:
		have = g
	case []any:
		have = textsOf(g)
	case nil:
	default:
		have = []string{asText(g)}
	}
	set := func(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }
	return slices.Equal(set(have), set(want))
}
