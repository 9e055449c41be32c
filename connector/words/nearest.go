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
	for i, k := range known {
		if d := distance(name, k); d < least {
			best, least = i, d
		}
	}
	return best
}

// distance is the number of edits between two names: a character added, taken
// away or replaced, or two neighbours swapped.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			d := rows[i-1][j-1]
			if x[i-1] != y[j-1] {
				d++
			}
			d = min(d, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(x)][len(y)]
}
