package crm

import (
	"encoding/json"
	"hash/maphash"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Print is a value reduced to a hash. It tells whether a field still holds a
// value where keeping the value itself would cost too much memory: equal
// values of a field, in the sense of [Equal], have equal prints, and others
// have different ones but for a rare collision. The print of an empty value is
// 0, that of others never is. Prints of different fields say nothing about each
// other, and a print must not outlive the process.
type Print uint64

var printSeed = maphash.MakeSeed()

// Fingerprint returns the print of a canonical value of f. It is safe for
// concurrent use.
func Fingerprint(f *Field, v any) Print {
	if isEmpty(v) || f.Type == Channel && !stops(v) {
		return 0
	}
	return max(1, Print(f.hash(v)))
}

// hash follows [Equal], case by case.
func (f *Field) hash(v any) uint64 {
	switch f.Type {
	case Channel:
		return 1 // it stops messages, see Fingerprint
	case Number, Money:
		return hashNumber(textOf(v))
	case MultiOption, TagList:
		return hashSet(texts(v))
	case TextboxList, File:
		return hashDeep(v)
	}
	s := strings.TrimSpace(textOf(v))
	switch f.Type {
	case Email, Country, SingleOption:
		return hashText(foldCase(s))
	case Phone:
		if d := digitsOf(s); d != "" {
			return hashText(d)
		}
	}
	if f.about().markup {
		s = PlainText(s)
	}
	if f.about().loose {
		s = foldCase(collapseSpaces(s))
	}
	return hashText(s)
}

func hashText(s string) uint64 { return maphash.String(printSeed, s) }

func hashNumber(s string) uint64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(n) {
		return hashText(s)
	}
	return maphash.Comparable(printSeed, n)
}

// hashSet depends neither on the order of the members nor on how often each
// occurs.
func hashSet(members []string) (sum uint64) {
	hashes := make([]uint64, 0, 8)
	for _, m := range members {
		hashes = append(hashes, hashText(foldCase(strings.TrimSpace(m))))
	}
	slices.Sort(hashes)
	for _, h := range slices.Compact(hashes) {
		sum += h
	}
	return sum
}

// hashDeep gives values that [reflect.DeepEqual] takes for equal the same hash.
func hashDeep(v any) uint64 {
	type pair struct{ key, value any }
	of := func(key, value any) uint64 { return maphash.Comparable(printSeed, pair{key, value}) }
	sum := uint64(0)
	switch v := v.(type) {
	case map[string]string:
		sum = 1 // empty ones of different types differ
		for key, member := range v {
			sum += of(key, hashDeep(member))
		}
	case map[string]any:
		sum = 2
		for key, member := range v {
			sum += of(key, hashDeep(member))
		}
	case []any:
		sum = 3
		for _, element := range v {
			sum = of(sum, hashDeep(element))
		}
	case string:
		return of("string", v)
	case json.Number:
		return of("number", v.String())
	case float64:
		return of("float", v)
	default:
		return of("other", textOf(v))
	}
	return sum
}

// foldCase replaces each letter by one that stands for all its cases, so that
// two texts are equal exactly if [strings.EqualFold] says so.
func foldCase(s string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
				if next < r { // the orbit was left at its top: this is its lowest
					r = next
					break
				}
			}
		}
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}
