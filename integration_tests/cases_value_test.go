package integration_tests

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"testing"
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

// TestEquals holds the comparison itself to what the files rely on.
func TestEquals(t *testing.T) {
	object := func(pairs ...any) map[string]any { return map[string]any{pairs[0].(string): pairs[1]} }
	for _, c := range []struct {
		got, want any
		equal     bool
	}{
		{nil, nil, true}, {"", nil, true}, {[]string{}, nil, true}, {"x", nil, false}, {false, nil, false},
		{"12.5", 12.5, true}, {12.5, 12.5, true}, {"12.50 €", 12.5, false}, {5000.0, "5000", true},
		{"1990-03-15T00:00:00.000Z", "1990-03-15", true}, {637459200000.0, "1990-03-15", true}, {"1990-03-16", "1990-03-15", false},
		{[]string{"b", "a"}, []any{"a", "b"}, true}, {[]string{"a"}, []any{"a", "b"}, false}, {nil, []any{}, true}, {"a", []any{"a"}, true},
		{"FR", object("not", "US"), true}, {nil, object("not", "US"), true}, {"US", object("not", "US"), false},
		{nil, object("one_of", []any{nil, "GB"}), true}, {"US", object("one_of", []any{nil, "GB"}), false},
		{"Ada", object("matches", "^A"), true}, {"Bob", object("matches", "^A"), false},
		{object("status", "active"), object("status", "active"), true}, {object("status", "inactive"), object("status", "active"), false}, {nil, object("status", "active"), false},
	} {
		if got := equals(c.got, c.want); got != c.equal {
			t.Errorf("%v is %v: %v, want %v", shown(c.got), shown(c.want), got, c.equal)
		}
	}
}
