package integration_tests

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"destination-gohighlevel/connector/sandbox"
)

// discovered is a stream as a source's catalog has it.
type discovered struct {
	Name       string          `json:"name"`
	Schema     json.RawMessage `json:"json_schema"`
	Modes      []string        `json:"supported_sync_modes"`
	PrimaryKey [][]string      `json:"source_defined_primary_key"`
	Cursor     []string        `json:"default_cursor_field"`
	Defined    bool            `json:"source_defined_cursor"`
}

// discover asks what can be read.
func (s *contractStage) discover(t *testing.T) []discovered {
	t.Helper()
	messages, code := s.run(t, "discover --source", nil, "", "")
	var answer struct {
		Catalog struct {
			Streams []discovered `json:"streams"`
		} `json:"catalog"`
	}
	if code != 0 || len(messages) != 1 || json.Unmarshal([]byte(messages[0].line), &answer) != nil {
		t.Fatalf("exit code %d: %s", code, own(messages, ""))
	}
	return answer.Catalog.Streams
}

// configured chooses a stream in a mode, as the platform does.
func (d discovered) configured(t *testing.T, mode string) string {
	t.Helper()
	stream, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	cursor, err := json.Marshal(d.Cursor)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"stream":%s,"sync_mode":%q,"destination_sync_mode":"append_dedup","cursor_field":%s,"primary_key":[["id"]]}`, stream, mode, cursor)
}

// sourceMessage is what a source prints, as far as the test looks at it.
type sourceMessage struct {
	Record struct {
		Stream string         `json:"stream"`
		Data   map[string]any `json:"data"`
	} `json:"record"`
	State struct {
		Stream struct {
			Descriptor struct {
				Name string `json:"name"`
			} `json:"stream_descriptor"`
		} `json:"stream"`
		Stats struct {
			Count float64 `json:"recordCount"`
		} `json:"sourceStats"`
	} `json:"state"`
	Trace struct {
		Status struct {
			Descriptor struct {
				Name string `json:"name"`
			} `json:"stream_descriptor"`
			Status string `json:"status"`
		} `json:"stream_status"`
	} `json:"trace"`
}

// TestWhatIsDiscoveredIsRead: every stream of the catalog can be read in each of its modes; its records are as its schema says and bear its
// keys, its statuses come in their order, and its last state counts its last record.
func TestWhatIsDiscoveredIsRead(t *testing.T) {
	t.Parallel()
	s := newContractStage(t, sandbox.Options{Calendars: sandbox.DefaultCalendars(), Users: []sandbox.User{{ID: "user0000000000000001", Name: "Ada", Email: "ada@example.com"}}}, false)
	s.Seed(20)
	s.SeedWork()
	s.PutBusiness(sandbox.Business{Properties: jsonObject{"name": "Acme"}})
	for _, d := range s.discover(t) {
		for _, mode := range d.Modes {
			t.Run(d.Name+" "+mode, func(t *testing.T) {
				schema, err := jsonschema.CompileString(d.Name, string(d.Schema))
				if err != nil {
					t.Fatal(err)
				}
				messages, code := s.run(t, "read", nil, `{"streams":[`+d.configured(t, mode)+`]}`, "")
				var statuses []string
				records, stated := 0, 0.0
				for _, line := range messages {
					var m sourceMessage
					if err := json.Unmarshal([]byte(line.line), &m); err != nil {
						t.Fatal(err)
					}
					switch line.Type {
					case "RECORD":
						records++
						if err := schema.Validate(m.Record.Data); err != nil || m.Record.Stream != d.Name {
							t.Fatalf("a record of %s is not as the schema says: %v", m.Record.Stream, err)
						}
						for _, path := range append(slices.Clone(d.PrimaryKey), cursorPath(d)...) {
							if m.Record.Data[path[0]] == nil {
								t.Errorf("a record has no %s", path[0])
							}
						}
					case "STATE":
						if stated += m.State.Stats.Count; m.State.Stream.Descriptor.Name != d.Name || int(stated) != records {
							t.Errorf("a state of %s counts %v records of %d", m.State.Stream.Descriptor.Name, stated, records)
						}
					case "TRACE":
						if status := m.Trace.Status; status.Status != "" {
							statuses = append(statuses, status.Status)
						}
					}
				}
				if got := strings.Join(statuses, " "); code != 0 || records == 0 || int(stated) != records || got != "STARTED RUNNING COMPLETE" {
					t.Errorf("exit code %d, %d records, %v of them stated, statuses %s\n%s", code, records, stated, got, own(messages, ""))
				}
			})
		}
	}
}

// cursorPath is where the cursor is, if there is one.
func cursorPath(d discovered) [][]string {
	if len(d.Cursor) == 0 {
		return nil
	}
	return [][]string{d.Cursor}
}
