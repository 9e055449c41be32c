package contacts

import (
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// Every edge has an end in the cover, and no cover is smaller.
func TestCoverIsTheSmallest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		left, right := 1+random.IntN(6), 1+random.IntN(6)
		graph := make([][]int, left)
		for l := range graph {
			for r := range right {
				if random.IntN(3) == 0 {
					graph[l] = append(graph[l], r)
				}
			}
		}
		size := 0
		in := cover(graph, right)
		for _, chosen := range in {
			if chosen {
				size++
			}
		}
		for _, ends := range graph {
			if slices.ContainsFunc(ends, func(r int) bool { return !in[r] }) {
				size++ // the left end is in it
			}
		}
		least := left
		for chosen := range 1 << right {
			n := bits.OnesCount(uint(chosen))
			for _, ends := range graph {
				if slices.ContainsFunc(ends, func(r int) bool { return chosen>>r&1 == 0 }) {
					n++
				}
			}
			least = min(least, n)
		}
		if size != least {
			t.Fatalf("%d ends cover %v, it takes %d", size, graph, least)
		}
	}
}

// A thousand people with a hundred tags each take no long time.
func TestCoverOfManyTags(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	graph := make([][]int, 1000)
	for l := range graph {
		for range 100 {
			graph[l] = append(graph[l], random.IntN(500))
		}
	}
	n := 0
	for _, chosen := range cover(graph, 500) {
		if chosen {
			n++
		}
	}
	if n != 500 {
		t.Errorf("%d tags are given one by one, want all", n)
	}
}
