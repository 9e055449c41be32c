package words

import (
	"slices"
	"strings"
	"unicode"
)

// Names outside these lengths are compared with nothing: a letter is near to
// too many, and a page of text is no name.
const shortestName, longestName = 2, 64

// shortestBeginning is how much of a name says which is meant.
const shortestBeginning = 4

// NearestOrBegun is Nearest where the beginning of a name will do too: match is
// match_on.
func NearestOrBegun(name string, known []string) int {
	if i := Nearest(name, known); i >= 0 {
		return i
	}
	begun := string(appendPlain(nil, name))
	if len(begun) < shortestBeginning {
		return -1
	}
	return slices.IndexFunc(known, func(k string) bool { return strings.HasPrefix(string(appendPlain(nil, k)), begun) })
}

// Nearest returns the index of the one of known that name is most likely a
// misspelling of, or -1. Case, blanks and the signs - and _ do not matter.
func Nearest(name string, known []string) int {
	if len(name) < shortestName || len(name) > longestName {
		return -1
	}
	best, least := -1, 1+max(1, len(name)/4) // more edits than this is another word
	c := comparison{name: appendPlain(nil, name)}
	for i, k := range known {
		if d := c.distance(k, least); d < least {
			best, least = i, d
		}
	}
	return best
}

// appendPlain appends a name without what people vary and mean nothing by.
func appendPlain(to []rune, name string) []rune {
	for _, r := range name {
		if r != '_' && r != '-' && r != ' ' {
			to = append(to, unicode.ToLower(r))
		}
	}
	return to
}

// comparison counts the edits that make other names of one: a character added,
// taken away or replaced, or two neighbours swapped.
type comparison struct {
	name  []rune
	other []rune
	rows  [3][]int // the last rows of the table of edits: for a beginning of name, by the length of a beginning of other
}

// distance is the number of edits from name to other, or any number that is not
// below least if it is not.
func (c *comparison) distance(other string, least int) int {
	c.other = appendPlain(c.other[:0], other)
	if d := len(c.other) - len(c.name); d >= least || -d >= least {
		return least
	}
	before, last, row := &c.rows[0], &c.rows[1], &c.rows[2]
	*last = (*last)[:0]
	for j := range len(c.other) + 1 {
		*last = append(*last, j)
	}
	for i, letter := range c.name {
		*row = append((*row)[:0], i+1)
		fewest := i + 1
		for j, other := range c.other {
			d := (*last)[j]
			if letter != other {
				d++
			}
			d = min(d, (*last)[j+1]+1, (*row)[j]+1)
			if i > 0 && j > 0 && letter == c.other[j-1] && c.name[i-1] == other {
				d = min(d, (*before)[j-1]+1)
			}
			*row = append(*row, d)
			fewest = min(fewest, d)
		}
		if fewest > least { // a swap can save one more
			return least
		}
		before, last, row = last, row, before
	}
	return (*last)[len(c.other)]
}
