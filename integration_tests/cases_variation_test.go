package integration_tests

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestCasesInALargeLocation runs each file of testdata/cases among some hundred people who have nothing to do with it: so many that a sync
// looks people up in place of reading the whole location. None of them is touched.
func TestCasesInALargeLocation(t *testing.T) {
	vary(t, "testdata/cases", func(_ *testing.T, s *situation) { s.crowd = 400 })
}

// TestStreamsByACache runs each stream of testdata/streams with all its records as PyAirbyte's default cache gives them back, while the
// catalog stays the source's: the end state is the same.
func TestStreamsByACache(t *testing.T) {
	vary(t, "testdata/streams", func(t *testing.T, s *situation) {
		for _, run := range s.Runs {
			for i := range run {
				run[i] = cached(t, run[i])
			}
		}
	})
}

// TestStreamsWhereDuplicatesAreAllowed runs each stream in a location that allows duplicates: a stream that is deduplicated creates nobody
// twice, and the end state is the same.
func TestStreamsWhereDuplicatesAreAllowed(t *testing.T) {
	vary(t, "testdata/streams", func(_ *testing.T, s *situation) {
		s.Catalog = bytes.ReplaceAll(s.Catalog, []byte(`"append"`), []byte(`"append_dedup"`)) // append would create always
		s.Location.AllowDuplicates = true
	})
}

// TestStreamsOneByOne runs a sync for each record of a stream: whom it leaves is the same. What is counted is each sync's own.
func TestStreamsOneByOne(t *testing.T) {
	vary(t, "testdata/streams", func(_ *testing.T, s *situation) {
		var runs [][]json.RawMessage
		for _, run := range s.Runs {
			for _, line := range run {
				if bytes.Contains(line, []byte(`"RECORD"`)) {
					runs = append(runs, []json.RawMessage{line})
				}
			}
		}
		s.Runs = runs
		s.Expect = expectation{exact: true, Contacts: s.Expect.Contacts, uncounted: true}
	})
}

// vary runs the files of a folder, each changed in some way.
func vary(t *testing.T, dir string, change func(t *testing.T, s *situation)) {
	for i, path := range situationFiles(t, dir) {
		if testing.Short() && i%5 != 0 {
			continue // the files themselves are all tried
		}
		name := situationName(dir, path)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := readSituation(t, path)
			change(t, s)
			if faults := s.play(t); len(faults) > 0 {
				t.Error(strings.Join(faults, "\n"))
			}
		})
	}
}

var unlike = regexp.MustCompile(`[^a-z0-9_]`)

// cached gives a record with its columns in small letters, everything else in them an underscore, and its numbers as decimal text. Another
// message stays as it is.
func cached(t *testing.T, line json.RawMessage) json.RawMessage {
	t.Helper()
	var m struct {
		Type   string         `json:"type"`
		Record map[string]any `json:"record"`
	}
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatal(err)
	}
	if m.Type != "RECORD" {
		return line
	}
	renamed := map[string]any{}
	for name, value := range m.Record["data"].(map[string]any) {
		if n, ok := value.(float64); ok {
			value = strconv.FormatFloat(n, 'f', 9, 64)
		}
		renamed[unlike.ReplaceAllString(strings.ToLower(name), "_")] = value
	}
	m.Record["data"] = renamed
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
