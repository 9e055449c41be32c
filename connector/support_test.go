package connector

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// synced runs write against a sandbox with settings beside its own, and gives
// what was printed.
func synced(t *testing.T, server *sandbox.Server, settings map[string]any, catalog string, records ...string) (stdout string, code int) {
	t.Helper()
	return ran(t, "write", server, settings, catalog, records...)
}

// ran is synced for any verb.
func ran(t *testing.T, verb string, server *sandbox.Server, settings map[string]any, catalog string, records ...string) (stdout string, code int) {
	t.Helper()
	listener := httptest.NewServer(server)
	defer listener.Close()
	var conf map[string]any
	if err := json.Unmarshal(server.Config(listener.URL), &conf); err != nil {
		t.Fatal(err)
	}
	for key, value := range settings {
		conf[key] = value
	}
	data, err := json.Marshal(conf)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"config.json": string(data), "catalog.json": catalog} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var input strings.Builder
	for _, r := range records {
		stream, data, _ := strings.Cut(r, ": ")
		input.WriteString(`{"type":"RECORD","record":{"stream":"` + stream + `","emitted_at":1,"data":` + data + `}}` + "\n")
	}
	var out printed
	var stderr bytes.Buffer
	args := []string{verb, "--config", filepath.Join(dir, "config.json")}
	if catalog != "" {
		args = append(args, "--catalog", filepath.Join(dir, "catalog.json"))
	}
	code = Run(t.Context(), IO{Stdin: strings.NewReader(input.String()), Stdout: &out, Stderr: &stderr}, args)
	return out.String() + stderr.String(), code
}

// catalogOf gives each stream, "name: schema of its columns", the mode append_dedup.
func catalogOf(streams ...string) string {
	var list []string
	for _, s := range streams {
		name, columns, _ := strings.Cut(s, ": ")
		list = append(list, `{"stream":{"name":"`+name+`","json_schema":{"type":"object","properties":`+columns+`}},"destination_sync_mode":"append_dedup"}`)
	}
	return `{"streams":[` + strings.Join(list, ",") + `]}`
}
