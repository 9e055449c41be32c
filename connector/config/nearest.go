package config

import (
	"slices"
	"strings"
)

// nearest returns the known key that key is a likely misspelling or the beginning of, or "".
func nearest(key string, known []string) string {
	folded := fold(key)
	best, least := "", 1+len(folded)/3 // more changes than this is another word
	for _, k := range known {
		if d := distance(folded, fold(k)); d <= least && (best == "" || d < least) {
			best, least = k, d
		}
	}
	const telling = 4 // a shorter beginning says nothing
	if i := slices.IndexFunc(known, func(k string) bool { return strings.HasPrefix(fold(k), folded) }); best == "" && len(folded) >= telling && i >= 0 {
		return known[i]
	}
	return best
}

// fold leaves what people vary without meaning to: case, and the sign between words.
func fold(key string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(key))
}

// distance counts the bytes to insert, delete or replace to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
