package integration_tests

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// TestRecordsFromATerminal shows what people get who have forgotten to pipe records in: a word on stderr, rather than a program that
// seems to hang. Nothing that platforms use for stdin is taken for a terminal.
func TestRecordsFromATerminal(t *testing.T) {
	t.Parallel()
	const word = "reading records from the terminal; Ctrl-D ends\n"
	_, dir := syncFiles(t, sandbox.Options{})
	for _, verb := range []string{"write", "preview"} {
		screen, terminal := openTerminal(t)
		p := start(t, dir, terminal, nil, verb, "--config", "config.json", "--catalog", "catalog.json")
		if _, err := screen.WriteString("\x04"); err != nil {
			t.Fatal(err)
		}
		if code := p.end(t); code != 0 || strings.Count(p.stderr.String(), word) != 1 || strings.Contains(p.stdout.String(), word) {
			t.Errorf("%s: exit code %d, stderr %q, stdout %s", verb, code, p.stderr, p.stdout)
		}
		_ = terminal.Close()
		nothing, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		p = start(t, dir, nothing, nil, verb, "--config", "config.json", "--catalog", "catalog.json")
		if code := p.end(t); code != 0 || strings.Contains(p.stderr.String(), word) {
			t.Errorf("%s of nothing: exit code %d, stderr %q", verb, code, p.stderr)
		}
		_ = nothing.Close()
	}
}

// TestCheckSpeaksOnATerminal: people get words, and programs the protocol.
func TestCheckSpeaksOnATerminal(t *testing.T) {
	t.Parallel()
	_, dir := syncFiles(t, sandbox.Options{})
	s := sit(t, dir, nil, "check", "--config", "config.json", "--strict")
	s.sees(t, `Connected to "Sandbox" (private integration token): `)
	if code := s.end(t); code != 0 || strings.ContainsAny(s.stdout.String(), "{\x1b") {
		t.Errorf("exit code %d, the screen:\n%s", code, s.stdout)
	}
	amend(t, filepath.Join(dir, "config.json"), func(doc map[string]any) { doc["location_id"] = "nowhere" })
	s = sit(t, dir, nil, "check", "--config", "config.json", "--strict")
	s.sees(t, "Check that location_id is the sub-account in which the token was made")
	if code := s.end(t); code != 1 || strings.ContainsAny(s.stdout.String(), "{\x1b") {
		t.Errorf("exit code %d, the screen:\n%s", code, s.stdout)
	}
}

// TestTheProtocolOnATerminal: docker run -t has one terminal for stdout and stderr, and a platform reads it.
func TestTheProtocolOnATerminal(t *testing.T) {
	t.Parallel()
	_, dir := syncFiles(t, sandbox.Options{})
	s := sit(t, dir, bytes.NewReader(people(5, 5)), "write", "--config", "config.json", "--catalog", "catalog.json")
	s.sees(t, "contacts: 5 read · 5 created ")
	code := s.end(t)
	messages, err := readMessages(strings.ReplaceAll(s.stdout.String(), "\r\n", "\n"))
	if code != 0 || err != nil || len(ofType(messages, "STATE")) != 1 || strings.Contains(s.stdout.String(), "\x1b") {
		t.Errorf("exit code %d, %v, the screen:\n%s", code, err, s.stdout)
	}
}
