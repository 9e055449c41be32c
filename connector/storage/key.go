package storage

import "strings"

// Join puts segments together and leaves empty ones out.
func Join(segments ...string) string {
	var kept []string
	for _, s := range segments {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "/")
}
