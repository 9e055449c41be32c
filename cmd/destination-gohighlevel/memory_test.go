package main

import "testing"

// TestTheMemoryLimitFollowsWhatIsInUse: it leaves half as much again, but never less nor more than it may.
func TestTheMemoryLimitFollowsWhatIsInUse(t *testing.T) {
	const mb = 1 << 20
	for inUse, want := range map[uint64]int64{0: 130, 50: 130, 100: 150, 120: 180, 500: 180} {
		if got := memoryLimit(inUse * mb); got != want*mb {
			t.Errorf("%d MB in use: limit %d MB, want %d MB", inUse, got/mb, want)
		}
	}
}
