package integration_tests

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// undo takes back what the syncs of a location have done.
func (s *streamsSync) undo(kill int, applied bool) (requests int) {
	s.Helper()
	return s.start(kill, applied, nil, "undo", "--config", "config.json", "--journal", "journal", "--yes")
}

// TestCrashesOfUndo kills an undo at random requests and runs it again: the end is that of one that nothing disturbs, and whatever it sends
// its own journal tells of by then. CRASH_ROUNDS and CRASH_SEED are as in [TestCrashes].
func TestCrashesOfUndo(t *testing.T) {
	t.Parallel()
	binary, random := buildCrashProgram(t), rand.New(rand.NewPCG(crashSeed(t), 17))
	tries := 4 * crashRounds(t)
	if testing.Short() {
		tries = 1
	}
	synced := make([]*streamsSync, tries+1) // all before the first undo, which waits until search knows what a sync has written
	for i := range synced {
		synced[i] = newStreamsSync(t, binary, sandbox.Options{}, false)
		synced[i].run(0, false)
	}
	smooth := synced[tries]
	requests := smooth.undo(0, false)
	want := smooth.rows()
	if requests < 2*streamsPeople || streamsMark.MatchString(strings.Join(slices.DeleteFunc(slices.Clone(want), func(row string) bool {
		return strings.HasPrefix(row, "business ") || strings.HasSuffix(row, "dnd true")
	}), "\n")) {
		t.Fatalf("after %d requests there is %q", requests, want)
	}
	for try := range tries {
		random := rand.New(rand.NewPCG(random.Uint64(), 0))
		t.Run(fmt.Sprint("try", try), func(t *testing.T) {
			t.Parallel() // each waits until search knows what the undo before has written
			s := synced[try]
			s.T = t
			var kills []int
			for left := requests; len(kills) < 1+try%3 && left > 1; {
				kills = append(kills, 1+random.IntN(left))
				left = requests - s.undo(kills[len(kills)-1], random.IntN(2) == 0)
			}
			s.undo(0, false)
			if got := s.rows(); !slices.Equal(got, want) {
				t.Fatalf("after kills at %v: there is %q and not %q", kills, lackedBy(got, want), lackedBy(want, got))
			}
		})
	}
}
