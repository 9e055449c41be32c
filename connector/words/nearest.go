package words

// Names outside these lengths are compared with nothing: a letter is near to
// too many, and a page of text is no name.
const shortestName, longestName = 2, 64

// Nearest returns the index of the one of known that name is most likely a
// misspelling of, or -1. What is not to matter, such as case, must have been
// taken out of all of them before.
func Nearest(name string, known []string) int {
	if len(name) < shortestName || len(name) > longestName {
		return -1
	}
	best, least := -1, 1+max(1, len(name)/4) // more edits than this is another word
	c := comparison{name: []rune(name)}
	for i, k := range known {
		if d := c.distance(k, least); d < least {
			best, least = i, d
		}
	}
	return best
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
	c.other = append(c.other[:0], []rune(other)...)
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
