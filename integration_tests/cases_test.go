package integration_tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// situation is one file of testdata/cases or testdata/streams: what is in the location before, what the user configured, what the source
// sends, and what must be there afterwards.
type situation struct {
	About string `json:"about"` // in a sentence
	Kind  string `json:"kind"`  // situations of one kind have one cause or one rule
	Issue string `json:"issue"` // which part of the work it belongs to
	Where string `json:"where"` // where such a report stands in public

	Location place            `json:"location"`
	Contacts []map[string]any `json:"contacts"` // as HighLevel has them before
	Config   map[string]any   `json:"config"`   // without what the sandbox gives
	Catalog  json.RawMessage  `json:"catalog"`

	Runs   [][]json.RawMessage `json:"runs"`   // syncs, a line of stdin each message
	Repeat *bool               `json:"repeat"` // whether the last sync, run once more, writes nothing; nil is true
	Expect expectation         `json:"expect"`

	crowd int // how many people are there beside who have nothing to do with it
}

// TestCases holds each file of testdata/cases to its own expectation.
func TestCases(t *testing.T) {
	vary(t, "testdata/cases", func(*testing.T, *situation) {})
}

// TestStreams does the same with streams as real sources publish them. Whatever such a file does not name must be empty: every field of
// HighLevel, every tag, every channel, every reject.
func TestStreams(t *testing.T) {
	vary(t, "testdata/streams", func(*testing.T, *situation) {})
}

// situationName gives a file's path within its folder, without its ending.
func situationName(dir, path string) string {
	return strings.TrimSuffix(filepath.ToSlash(strings.TrimPrefix(path, dir+string(filepath.Separator))), ".json")
}

func situationFiles(t *testing.T, dir string) []string {
	t.Helper()
	var paths []string
	for _, pattern := range []string{"*.json", "*/*.json"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	if len(paths) == 0 {
		t.Fatalf("%s is empty", dir)
	}
	return paths
}

// readSituation reads a file. A key that it should not have is a fault: it would be an expectation that nobody looks at.
func readSituation(t *testing.T, path string) *situation {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := new(situation)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		t.Fatal(err)
	}
	s.Expect.exact = strings.HasPrefix(filepath.ToSlash(path), "testdata/streams/")
	return s
}

// play runs all syncs of a situation and gives what is not as it must be.
func (s *situation) play(t *testing.T) (faults []string) {
	w := s.build(t)
	var said, last []message
	for i := range s.Runs {
		messages, code := w.sync(t, i)
		said, last = append(said, messages...), messages
		if code != s.Expect.Exit && !s.Expect.uncounted {
			faults = append(faults, fmt.Sprintf("sync %d ended with %d, want %d", i+1, code, s.Expect.Exit))
		}
	}
	faults = append(faults, s.Expect.faults(w.look(said, last))...)
	if s.Repeat == nil || *s.Repeat {
		if _, _ = w.sync(t, len(s.Runs)-1); w.server.Writes() > 0 {
			faults = append(faults, fmt.Sprintf("the last sync once more made %d writes: %v", w.server.Writes(), w.server.Requests()))
		}
	}
	if len(faults) > 0 {
		faults = append(faults, w.told(said))
	}
	return faults
}
