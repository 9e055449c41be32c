package crm

import "strings"

// lost are the fields of which the platform says that it lost their values on
// the way: names of columns, or paths. A nil lost has none.
type lost struct {
	names map[string]bool
	above map[string]bool // what they are a part of
}

func newLost(fields []string) *lost {
	if len(fields) == 0 {
		return nil
	}
	l := &lost{names: make(map[string]bool, len(fields)), above: make(map[string]bool)}
	for _, name := range fields {
		name = strings.TrimPrefix(name, "$.")
		l.names[name] = true
		for above := range stepsAbove(name) {
			l.above[above] = true
		}
	}
	return l
}

// has reports whether what is at a path, a part of it, or what it is a part of, was lost.
func (l *lost) has(path string) bool {
	if l == nil {
		return false
	}
	if l.names[path] || l.above[path] {
		return true
	}
	for above := range stepsAbove(path) {
		if l.names[above] {
			return true
		}
	}
	return false
}

// mostSteps bounds the steps of a path: what has more dots is a text.
const mostSteps = 32

// stepsAbove yields what a path is a part of: "a" and "a.b" for "a.b.c".
func stepsAbove(path string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i, steps := 0, 0; i < len(path) && steps < mostSteps; i++ {
			if path[i] != '.' {
				continue
			}
			if steps++; !yield(path[:i]) {
				return
			}
		}
	}
}
