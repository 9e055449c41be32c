package connector

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// undoWorlds runs a test in random worlds: UNDO_WORLDS of them if that is set, from UNDO_SEED on.
func undoWorlds(t *testing.T, short, usual int, test func(w *undoWorld)) {
	t.Helper()
	worlds, seed := usual, 0
	if testing.Short() {
		worlds = short
	}
	for name, to := range map[string]*int{"UNDO_WORLDS": &worlds, "UNDO_SEED": &seed} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				t.Fatalf("%s is no number", name)
			}
			*to = n
		}
	}
	for n := range worlds {
		synctest.Test(t, func(t *testing.T) {
			w := newUndoWorld(t, uint64(seed+n))
			if test(w); t.Failed() {
				t.Fatalf("UNDO_SEED=%d: %s", seed+n, strings.Join(w.story, "\n"))
			}
		})
	}
}

// TestUndoTakesBackWhatNobodyTouched: after random syncs of all objects, and random changes by others in between, undo leads to the location
// in which there never was a sync, but for what others have touched. A second undo has nothing left to do.
func TestUndoTakesBackWhatNobodyTouched(t *testing.T) {
	t.Parallel()
	undoWorlds(t, 15, 100, func(w *undoWorld) {
		w.live(cut{})
		before := pictureOf(w.Server)
		recreate := w.IntN(2) == 0
		w.undo(undoOptions{recreate: recreate}, cut{})
		w.judge(before, recreate)
		w.rest()
		w.ResetCounts()
		w.undo(undoOptions{recreate: recreate}, cut{})
		if n := w.Writes(); n > 0 {
			w.t.Errorf("a second undo sent %d writes: %v", n, w.WritesByKind())
		}
	})
}

// TestUndoOfAnUndo leads back to what was there after the syncs, for whatever has not been deleted or created since.
func TestUndoOfAnUndo(t *testing.T) {
	t.Parallel()
	undoWorlds(t, 8, 40, func(w *undoWorld) {
		w.live(cut{})
		before := pictureOf(w.Server)
		runs := w.runs()
		w.undo(undoOptions{}, cut{})
		w.rest()
		var undone []string
		for _, run := range w.runs() {
			if !slices.Contains(runs, run) {
				undone = append(undone, run)
			}
		}
		between := pictureOf(w.Server)
		for _, run := range undone {
			w.undo(undoOptions{run: run}, cut{})
		}
		now := pictureOf(w.Server)
		for _, key := range before.sorted("") {
			if between[key] == nil || now[key] == nil {
				continue // what was deleted comes back under another id, if at all
			}
			for _, field := range fieldsOf(before[key], now[key]) {
				if !same(before[key][field], now[key][field]) && !isStop(field) && !w.linksToLost(before[key], field, now) {
					w.t.Errorf("%s of %s is %v after an undo of the undo, want %v (between: %v)", field, key, now[key][field], before[key][field], between[key][field])
				}
			}
		}
	})
}

// linksToLost reports whether a field is a link to what is no longer there.
func (w *undoWorld) linksToLost(h held, field string, now picture) bool {
	id, _ := h[field].(string)
	return field == "businessId" && now["businesses/"+id] == nil
}

// TestUndoOfKilledSyncs: wherever a sync was killed, and whatever answers were lost, undo takes back what it has done.
func TestUndoOfKilledSyncs(t *testing.T) {
	t.Parallel()
	undoWorlds(t, 8, 40, func(w *undoWorld) {
		w.disturb()
		w.live(cut{1 + w.IntN(40), w.IntN(2) == 0})
		before := pictureOf(w.Server)
		recreate := w.IntN(2) == 0
		w.undo(undoOptions{recreate: recreate}, cut{})
		w.judge(before, recreate)
	})
}

// TestUndoKilled: an undo that is killed at any request, with faults before, and run again ends as if it had not been killed.
func TestUndoKilled(t *testing.T) {
	t.Parallel()
	undoWorlds(t, 10, 60, func(w *undoWorld) {
		w.live(cut{})
		before := pictureOf(w.Server)
		recreate := w.IntN(2) == 0
		for range 1 + w.IntN(3) {
			w.disturb()
			w.undo(undoOptions{recreate: recreate}, cut{1 + w.IntN(40), w.IntN(2) == 0})
			w.rest()
		}
		w.undo(undoOptions{recreate: recreate}, cut{})
		w.judge(before, recreate)
	})
}

// rest lets search catch up, at times.
func (w *undoWorld) rest() {
	time.Sleep([]time.Duration{2 * time.Second, 2 * time.Minute}[w.IntN(2)]) // of the bubble; runs are told apart by their seconds
}

// judge holds the location to what it should be after an undo.
func (w *undoWorld) judge(before picture, recreate bool) {
	w.t.Helper()
	w.tell("undo, recreate=%v", recreate)
	for _, wrong := range w.wrongs(before, pictureOf(w.Server), recreate) {
		w.t.Error(wrong)
	}
}
