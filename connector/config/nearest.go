package config

import (
	"slices"
	"strings"

	"destination-gohighlevel/connector/words"
)

// nearest returns the known key that key is a likely misspelling or the beginning of, or "".
func nearest(key string, known []string) string {
	folded, all := fold(key), make([]string, len(known))
	for i, k := range known {
		all[i] = fold(k)
	}
	if i := words.Nearest(folded, all); i >= 0 {
		return known[i]
	}
	const telling = 4 // a shorter beginning says nothing
	if i := slices.IndexFunc(all, func(k string) bool { return strings.HasPrefix(k, folded) }); len(folded) >= telling && i >= 0 {
		return known[i]
	}
	return ""
}

// fold leaves what people vary without meaning to: case, and the sign between words.
func fold(key string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(key))
}
