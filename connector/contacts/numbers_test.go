package contacts

import (
	"math/rand/v2"
	"runtime"
	"testing"
)

// TestNumbersAreKeptInLittleMemory: what was put is there, nothing else is, and each takes 16 bytes at most.
func TestNumbersAreKeptInLittleMemory(t *testing.T) {
	for _, count := range []int{1, 1000, 50_000, 1_000_000} {
		random := rand.New(rand.NewPCG(1, uint64(count)))
		before := heap()
		n := &numbers{}
		for i := range count {
			n.put(random.Uint64(), uint32(i+1))
		}
		if per := float64(heap()-before) / float64(count); count >= 50_000 && per > 16 {
			t.Errorf("%.1f bytes for each of %d", per, count)
		}
		random = rand.New(rand.NewPCG(1, uint64(count)))
		for i := range count {
			hash := random.Uint64()
			if got := n.get(hash); got != uint32(i+1) {
				t.Fatalf("%d of %d: %d", i, count, got)
			}
			if i%2 == 0 {
				n.put(hash, 0)
			}
			if got := n.get(hash); (got == 0) != (i%2 == 0) {
				t.Fatalf("%d of %d was taken out: %d", i, count, got)
			}
		}
		for range count {
			if got := n.get(random.Uint64()); got != 0 {
				t.Fatalf("%d is the number of what was never put", got)
			}
		}
	}
	n := &numbers{}
	if n.put(0, 7); n.get(0) != 7 || n.get(1<<56) != 0 {
		t.Error("a hash of zeros")
	}
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
