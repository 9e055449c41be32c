package integration_tests

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestStreamsByACache runs each stream of testdata/streams with all its records as PyAirbyte's default cache gives them back, while the
// catalog stays the source's: the end state is the same.
func TestStreamsByACache(t *testing.T) {
	varyStreams(t, func(t *testing.T, s *situation) {
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
	varyStreams(t, func(_ *testing.T, s *situation) {
		s.Catalog = bytes.ReplaceAll(s.Catalog, []byte(`"append"`), []byte(`"append_dedup"`)) // append would create always
		s.Location.AllowDuplicates = true
	})
}

func varyStreams(t *testing.T, vary func(t *testing.T, s *situation)) {
	const dir = "testdata/streams"
	for _, path := range situationFiles(t, dir) {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := readSituation(t, path)
			vary(t, s)
			verdict(t, filepath.Base(dir)+"/"+name, s.play(t))
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
