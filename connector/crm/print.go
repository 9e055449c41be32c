package crm

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
)

// Print is a value reduced to a hash. It tells whether a field still holds a
// value where keeping the value itself would cost too much memory: equal
// values of a field, in the sense of [Equal], have equal prints, and others
// have different ones but for one in four thousand million. The print of an empty value is
// 0, that of others never is. Prints of different fields say nothing about each
// other, and a print must not outlive the process.
type Print uint32

var printSeed = maphash.MakeSeed()

// Fingerprint returns the print of a canonical value of f.
func Fingerprint(f *Field, v any) Print {
	if hash := Hash(f, v); hash != 0 {
		return max(1, Print(hash>>32))
	}
	return 0
}

// Hash returns a longer print of a canonical value of f, for what is kept of few.
func Hash(f *Field, v any) uint64 {
	switch e := f.essence(v); {
	case !e.filled:
		return 0
	case e.text == "":
		return max(1, maphash.Comparable(printSeed, e.number))
	default:
		return max(1, maphash.String(printSeed, e.text))
	}
}

// Prints are the fingerprints of some fields of a contact. Nobody changes them.
type Prints struct {
	Names []string // of the fields, see Field.Name, sorted; many contacts share them
	Marks []Print  // one for each
}

// Of is the fingerprint of a field, if there is one.
func (p Prints) Of(name string) (mark Print, ok bool) {
	i, ok := slices.BinarySearch(p.Names, name)
	if ok {
		mark = p.Marks[i]
	}
	return mark, ok
}

// without are the fingerprints of those fields that are kept.
func (p Prints) without(isGone func(name string) bool) (left Prints) {
	if !slices.ContainsFunc(p.Names, isGone) {
		return p
	}
	for i, name := range p.Names {
		if !isGone(name) {
			left.Names, left.Marks = append(left.Names, name), append(left.Marks, p.Marks[i])
		}
	}
	return left
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
