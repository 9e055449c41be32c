package contacts

import "slices"

// cover returns which right ends of a bipartite graph are in a smallest vertex
// cover of it; graph holds the right ends that each left end is joined to. They
// are found by a largest matching: alternating ways lead to them from the left
// ends that it lacks (Kőnig's theorem).
func cover(graph [][]int, right int) []bool {
	matches, tried := slices.Repeat([]int{-1}, right), make([]bool, right)
	var match func(left int) bool
	match = func(left int) bool {
		for _, r := range graph[left] {
			if matches[r] < 0 {
				matches[r] = left
				return true
			}
		}
		for _, r := range graph[left] {
			if tried[r] {
				continue
			}
			if tried[r] = true; match(matches[r]) {
				matches[r] = left
				return true
			}
		}
		return false
	}
	var lacking []int
	for left := range graph {
		clear(tried)
		if !match(left) {
			lacking = append(lacking, left)
		}
	}
	clear(tried)
	for _, left := range lacking {
		match(left) // in vain, but it tries all ways from there
	}
	return tried
}
