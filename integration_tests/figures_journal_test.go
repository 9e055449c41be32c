package integration_tests

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"destination-gohighlevel/connector/sandbox"
)

// TestFiguresOfTheJournal holds what is recorded of a new contact to what the README says of it: 16 MB for 20,000.
func TestFiguresOfTheJournal(t *testing.T) {
	f := figure{name: "new, recorded", records: 1000, person: citizen, writes: 1000}
	folder := filepath.Join(t.TempDir(), "journal")
	synctest.Test(t, func(t *testing.T) {
		syncInside(t, sandbox.New(sandbox.Options{}), f, f.reader(), map[string]any{"journal": map[string]any{"storage_type": "Local", "path": folder}})
	})
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	info, err := os.Stat(files[0])
	if err != nil {
		t.Fatal(err)
	}
	each := info.Size() / int64(f.records)
	t.Logf("%d bytes a new contact: %.1f MB for 20,000", each, float64(each)*20_000/1e6)
	if each > 850 {
		t.Errorf("%d bytes for each new contact, want 850 at most", each)
	}
}
