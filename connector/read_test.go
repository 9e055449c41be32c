package connector

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

const readCatalog = `{"streams":[{"stream":{"name":"contacts","json_schema":{},"supported_sync_modes":["full_refresh","incremental"]},
"sync_mode":"incremental","cursor_field":["dateUpdated"],"destination_sync_mode":"append_dedup","primary_key":[["id"]]}]}`

// readScopes are those of a token that may not write.
var readScopes = []string{"contacts.readonly", "locations.readonly", "locations/customFields.readonly", "users.readonly"}

// kinds counts what was printed: the types, and the statuses of streams.
func kinds(t *testing.T, stdout string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for line := range strings.Lines(stdout) {
		var m struct {
			Type  string
			Trace struct {
				Type   string
				Status struct{ Status string } `json:"stream_status"`
			}
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("not a message: %s", line)
		}
		counts[strings.Trim(m.Type+" "+m.Trace.Type+" "+m.Trace.Status.Status, " ")]++
	}
	return counts
}

// TestReadSpeaksAsASource, for a token that may only read.
func TestReadSpeaksAsASource(t *testing.T) {
	server := sandbox.New(sandbox.Options{Scopes: readScopes})
	server.Seed(3)
	stdout, code := ran(t, "read", server, nil, readCatalog)
	got := kinds(t, stdout)
	for kind, want := range map[string]int{"RECORD": 3, "STATE": 1, "TRACE STREAM_STATUS STARTED": 1, "TRACE STREAM_STATUS RUNNING": 1,
		"TRACE STREAM_STATUS COMPLETE": 1, "TRACE ESTIMATE": 1} {
		if got[kind] != want {
			t.Errorf("%d %s, want %d", got[kind], kind, want)
		}
	}
	if code != 0 || server.Writes() != 0 {
		t.Errorf("exit code %d, %d writes\n%s", code, server.Writes(), stdout)
	}
}

// TestAStreamThatFailsIsIncomplete, and the failure is told once, at the end.
func TestAStreamThatFailsIsIncomplete(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	fault, err := sandbox.ParseFault("POST /contacts/search:status:times=-1:status=403")
	if err != nil {
		t.Fatal(err)
	}
	server.Inject(fault)
	stdout, code := ran(t, "read", server, nil, readCatalog)
	if got := kinds(t, stdout); code != 1 || got["TRACE STREAM_STATUS INCOMPLETE"] != 1 || got["TRACE ERROR"] != 1 {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
}

// TestWhatCannotBeReadIsSaid: unknown streams, modes that a stream does not have.
func TestWhatCannotBeReadIsSaid(t *testing.T) {
	stdout, code := ran(t, "read", sandbox.New(sandbox.Options{}), nil, strings.Replace(readCatalog, `"contacts"`, `"people"`, 1))
	if code != 1 || !strings.Contains(stdout, `there is no stream \"people\"`) || !strings.Contains(stdout, "config_error") {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
}

// TestABrokenStateIsAConfigError and reads nothing.
func TestABrokenStateIsAConfigError(t *testing.T) {
	for _, text := range []string{`nonsense`, `[{"type":"GLOBAL"}]`} {
		path := filepath.Join(t.TempDir(), "state.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readStates(path)
		if err == nil || explain(err).kind != "config_error" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestReadingNeedsReadScopesOnly: check --read is content, and what else is missing is none of its business.
func TestReadingNeedsReadScopesOnly(t *testing.T) {
	server := sandbox.New(sandbox.Options{Scopes: readScopes})
	server.Seed(2)
	listener := httptest.NewServer(server)
	defer listener.Close()
	path := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(path, server.Config(listener.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args string
		want string
	}{{"check --config " + path + " --read", `"SUCCEEDED"`}, {"check --config " + path + " --read", "The stream opportunities cannot be read: The token lacks the scope pipelines.readonly."},
		{"check --config " + path + " --read", "The stream businesses cannot be read: The token lacks the scope objects/record.readonly."}, {"check --config " + path, `"FAILED"`},
		{"discover --config " + path + " --source", `"source_defined_primary_key":[["id"]]`}, {"spec --source", `"GoHighLevel Source"`}} {
		var out printed
		Run(t.Context(), IO{Stdin: strings.NewReader(""), Stdout: &out, Stderr: io.Discard}, strings.Fields(tt.args))
		if !strings.Contains(out.String(), tt.want) {
			t.Errorf("%s says nothing of %s\n%s", tt.args, tt.want, out.String())
		}
	}
}

// TestAFullRefreshReadsEverything, whatever state an earlier read has left, but goes on with one that was interrupted.
func TestAFullRefreshReadsEverything(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.Options{}, nil)
	p.Seed(1200)
	incremental := readCatalog
	full := strings.Replace(readCatalog, `"sync_mode":"incremental"`, `"sync_mode":"full_refresh"`, 1)
	records := func(catalog, state string, want int) (states []string) {
		t.Helper()
		p.put(t, "catalog.json", catalog)
		p.put(t, "state.json", state)
		stdout, _ := p.run(t, exitOK, "read", "--catalog", "{DIR}/catalog.json", "--state", "{DIR}/state.json")
		if got := kinds(t, stdout)["RECORD"]; got != want {
			t.Errorf("%d records, want %d", got, want)
		}
		for line := range strings.Lines(stdout) {
			if strings.HasPrefix(line, `{"type":"STATE"`) {
				states = append(states, line)
			}
		}
		return states
	}
	states := records(full, "", 1200)
	records(full, states[2], 1200)
	records(full, states[1], 200)
	records(incremental, states[2], 0)
	for i := range 700 {
		p.Put(sandbox.Contact{Fields: map[string]any{"firstName": fmt.Sprint("New ", i)}})
	}
	since := records(incremental, states[2], 700)
	records(full, since[0], 1900)
}
