package integration_tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// TestChosenIDDecidesFirst is the registry's way with the contact's id as the key that the user chose: it is trusted more than the email,
// without a word in match_on.
func TestChosenIDDecidesFirst(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"update", "append_dedup"} {
		server, dir := syncFiles(t, sandbox.Options{})
		server.Put(sandbox.Contact{Fields: map[string]any{"email": "ada@example.com", "firstName": "Ada"}})
		ben := server.Put(sandbox.Contact{Fields: map[string]any{"email": "ben@example.com", "firstName": "Ben"}})
		amend(t, filepath.Join(dir, "catalog.json"), func(doc map[string]any) {
			stream := doc["streams"].([]any)[0].(map[string]any)
			stream["destination_sync_mode"], stream["destination_object_name"], stream["primary_key"] = mode, "contacts", [][]string{{"id"}}
			stream["stream"].(map[string]any)["json_schema"] = json.RawMessage(`{"type":"object","properties":{"id":{"type":"string"},"email":{"type":"string"},"firstName":{"type":"string"}}}`)
		})
		input := fmt.Sprintf(`{"type":"RECORD","record":{"stream":"people","emitted_at":1,"data":{"id":"%s","firstName":"Benjamin"}}}
{"type":"RECORD","record":{"stream":"people","emitted_at":1,"data":{"email":"ada@example.com","firstName":"Adele"}}}
`, ben)
		p := startWrite(t, dir, strings.NewReader(input), nil)
		if code := p.end(t); code != 0 {
			t.Fatalf("%s: exit code %d\n%s", mode, code, p.stdout)
		}
		names := map[any]any{}
		for _, c := range server.Contacts() {
			names[c.Fields["email"]] = c.Fields["firstName"]
		}
		if len(names) != 2 || names["ben@example.com"] != "Benjamin" || names["ada@example.com"] != "Adele" {
			t.Errorf("%s: the contacts are %v", mode, names)
		}
	}
}

// TestLimitAcknowledgesWhatIsWritten ends syncs by their limits: the states that leave speak for contacts that are there, and a sync
// without the limit finishes.
func TestLimitAcknowledgesWhatIsWritten(t *testing.T) {
	t.Parallel()
	server, dir := syncFiles(t, sandbox.Options{})
	limit := func(n any) {
		amend(t, filepath.Join(dir, "config.json"), func(doc map[string]any) { doc["max_creates_per_sync"] = n })
	}
	limit(1200)
	p := startWrite(t, dir, bytes.NewReader(people(1500, 50)), nil)
	if code := p.end(t); code != 1 {
		t.Fatalf("exit code %d, want 1", code)
	}
	if n := len(server.Contacts()); n != 1200 {
		t.Errorf("%d contacts, want 1200", n)
	}
	messages := p.messages(t)
	if through := acknowledged(t, server, messages); through < 1000 || through > 1200 {
		t.Errorf("%d people are acknowledged", through)
	}
	failed := ofType(messages, "TRACE")
	if len(failed) != 1 || failed[0].Trace.Error.FailureType != "config_error" || !strings.Contains(failed[0].Trace.Error.Message, "max_creates_per_sync is 1200") {
		t.Errorf("it ended with %v", failed)
	}
	limit(300) // for what is left
	p = startWrite(t, dir, bytes.NewReader(people(1500, 50)), nil)
	if code := p.end(t); code != 0 {
		t.Fatalf("exit code %d\n%s", code, p.stdout)
	}
	holdsOnce(t, server, 1500)
}

// TestPreviewOnATerminal shows what people get who do not ask for a format: a terminal is told from a pipe.
func TestPreviewOnATerminal(t *testing.T) {
	t.Parallel()
	_, dir := syncFiles(t, sandbox.Options{})
	pipe := start(t, dir, bytes.NewReader(people(1, 1)), nil, "preview", "--config", "config.json", "--catalog", "catalog.json")
	if code := pipe.end(t); code != 0 || !strings.HasPrefix(pipe.stdout.String(), "{") {
		t.Errorf("a pipe gets (exit code %d)\n%s", code, pipe.stdout)
	}
	screen, terminal := openTerminal(t)
	p := start(t, dir, bytes.NewReader(people(1, 1)), terminal, "preview", "--config", "config.json", "--catalog", "catalog.json")
	_ = terminal.Close() // the process has its own
	shown := &buffer{}
	shown.drain(screen) // until the process ends: then reading fails
	if code := p.end(t); code != 0 || !strings.HasPrefix(shown.String(), "A preview of ") || !strings.Contains(shown.String(), "\ncreate ") || !strings.Contains(shown.String(), "1 create · 0 update") {
		t.Errorf("a terminal gets (exit code %d)\n%s", code, shown)
	}
}

// drain takes everything that there is to read.
func (b *buffer) drain(f *os.File) {
	chunk := make([]byte, 4096)
	for {
		n, err := f.Read(chunk)
		_, _ = b.Write(chunk[:n])
		if err != nil {
			return
		}
	}
}
