package crm

import "strings"

// isTimezone checks the shape of an IANA name. The database itself is not
// consulted: whether it is installed must not decide what is written.
func isTimezone(s string) bool {
	if s == "UTC" || s == "GMT" {
		return true
	}
	parts := strings.Split(s, "/")
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	for _, p := range parts {
		if p == "" || p[0] < 'A' || p[0] > 'Z' {
			return false
		}
		for i := range len(p) {
			if c := p[i]; !strings.ContainsRune("_-+", rune(c)) && (c < '0' || c > '9') &&
				(c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return false
			}
		}
	}
	return true
}
