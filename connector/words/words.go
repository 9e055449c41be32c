// Package words writes numbers, lists and names for people, so that all
// messages write them alike. It must not know what they are about.
package words

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Grouped writes a number with its thousands apart: 198,059.
func Grouped[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Count is a number of things whose plural ends in s: 1 record, 2,000 records.
func Count[N int | int64](n N, thing string) string { return Plural(n, thing, thing+"s") }

// Ranked counts things by name, most first: "7 apples, 1 pear".
func Ranked(counts map[string]int64) string {
	var parts []string
	for _, name := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	}) {
		parts = append(parts, Grouped(counts[name])+" "+name)
	}
	return strings.Join(parts, ", ")
}

// Plural is a number of things, or of a whole clause about them: 1 line was
// skipped, 2,000 lines were skipped.
func Plural[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Grouped(n) + " " + many
}

// Noun is the word for so many things whose plural ends in s, without their
// number: the tag a, the tags a and b.
func Noun(n int, thing string) string {
	if n == 1 {
		return thing
	}
	return thing + "s"
}

// List joins items as in a sentence: 2, 4 and 7.
func List(items []string) string {
	last := len(items) - 1
	if last < 1 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:last], ", ") + " and " + items[last]
}

// Cut shortens a text to so many characters, and marks that it did.
func Cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Singular is one of things that are named in the plural: businesses, opportunities,
// custom_fields.
func Singular(plural string) string {
	one := strings.ReplaceAll(plural, "_", " ")
	if y, ok := strings.CutSuffix(one, "ies"); ok {
		return y + "y"
	}
	if ss, ok := strings.CutSuffix(one, "sses"); ok {
		return ss + "ss"
	}
	return strings.TrimSuffix(one, "s")
}
