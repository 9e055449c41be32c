package integration_tests

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"
)

// message is what the tests look at in a line of stdout.
type message struct {
	Type string `json:"type"`
	Log  struct {
		Level   string `json:"level"`
		Message string `json:"message"`
	} `json:"log"`
	ConnectionStatus struct {
		Status  string `json:"status"`
		Message string `json:"message"`
	} `json:"connectionStatus"`
	State struct {
		Stats struct {
			Accepted float64 `json:"recordCount"`
			Rejected float64 `json:"rejectedRecordCount"`
		} `json:"destinationStats"`
		Stream struct {
			State struct {
				Through int `json:"through"` // as people writes it
			} `json:"stream_state"`
		} `json:"stream"`
	} `json:"state"`
	Trace struct {
		Type  string `json:"type"`
		Error struct {
			Message     string `json:"message"`
			Internal    string `json:"internal_message"`
			FailureType string `json:"failure_type"`
		} `json:"error"`
	} `json:"trace"`

	Control struct {
		ConnectorConfig struct {
			Config json.RawMessage `json:"config"`
		} `json:"connectorConfig"`
	} `json:"control"`

	line string
}

// protocolFile is the platform's schema of its messages. It is not part of the module: where it is absent, lines are held only to
// being JSON objects of a known type.
const protocolFile = "../../shared/airbyte/airbyte_protocol.yaml"

// protocolSchema compiles the schema of a message; nil where the file is absent.
var protocolSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	data, err := os.ReadFile(protocolFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var doc map[string]any
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	delete(doc, "$id") // an address; nothing is to be fetched
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem://protocol", bytes.NewReader(text)); err != nil {
		return nil, err
	}
	return c.Compile("mem://protocol#/definitions/AirbyteMessage")
})

// readMessages reads stdout as the platform does, and refuses what it would refuse.
func readMessages(stdout string) ([]message, error) {
	if stdout != "" && !strings.HasSuffix(stdout, "\n") {
		return nil, errors.New("the last line of stdout is not ended")
	}
	schema, err := protocolSchema()
	if err != nil {
		return nil, err
	}
	var messages []message
	for line := range strings.Lines(stdout) {
		line = strings.TrimSuffix(line, "\n")
		m := message{line: line}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			return nil, fmt.Errorf("a line of stdout is no message: %w", err)
		}
		switch m.Type {
		case "LOG", "RECORD", "SPEC", "CONNECTION_STATUS", "CATALOG", "DESTINATION_CATALOG", "CONTROL", "STATE", "TRACE":
		default:
			return nil, fmt.Errorf("stdout has a message of type %q", m.Type)
		}
		if schema != nil {
			d := json.NewDecoder(strings.NewReader(line))
			d.UseNumber()
			var v any
			if err := d.Decode(&v); err != nil {
				return nil, err
			}
			if err := schema.Validate(withoutNulls(v)); err != nil {
				return nil, fmt.Errorf("a %s message is not as the protocol wants it: %w", m.Type, err)
			}
		}
		messages = append(messages, m)
	}
	return messages, nil
}

// withoutNulls drops the nulls of objects: to the platform they are absent, and a state has those that its source spelt out.
func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, part := range v {
			if part == nil {
				delete(v, key)
			} else {
				v[key] = withoutNulls(part)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return v
}

// ofType picks the messages of a type.
func ofType(messages []message, kind string) []message {
	var out []message
	for _, m := range messages {
		if m.Type == kind {
			out = append(out, m)
		}
	}
	return out
}

// own gives everything that the program said in its own words: all but the states, which are the source's, and the configuration that
// CONTROL gives back, which is the user's and holds the tokens.
func own(messages []message, stderr string) string {
	var b strings.Builder
	for _, m := range messages {
		if m.Type != "STATE" && m.Type != "CONTROL" {
			b.WriteString(m.line + "\n")
		}
	}
	return b.String() + stderr
}
