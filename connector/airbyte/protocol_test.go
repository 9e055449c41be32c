package airbyte

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"
)

// protocolFile is the platform's own schema, where the tree has it.
const protocolFile = "../../../shared/airbyte/airbyte_protocol.yaml"

var messageSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	text, err := os.ReadFile(protocolFile)
	if err != nil {
		return nil, err
	}
	var protocol map[string]any
	if err := yaml.Unmarshal(text, &protocol); err != nil {
		return nil, err
	}
	asJSON, err := json.Marshal(protocol)
	if err != nil {
		return nil, err
	}
	url := protocol["$id"].(string)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(url, bytes.NewReader(asJSON)); err != nil {
		return nil, err
	}
	return compiler.Compile(url + "#/definitions/AirbyteMessage")
})

// protocolFault says what the protocol has against a message.
func protocolFault(t *testing.T, line []byte) error {
	t.Helper()
	schema, err := messageSchema()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the protocol schema is not in this tree")
	}
	if err != nil {
		t.Fatal(err)
	}
	var message any
	if err := json.Unmarshal(line, &message); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, line)
	}
	return schema.Validate(message)
}

func TestProtocolSchemaCanRefuse(t *testing.T) {
	for _, line := range []string{
		`{"type":"NOPE"}`,
		`{"type":"LOG","log":{"level":"info","message":"m"}}`,
		`{"type":"TRACE","trace":{"type":"ERROR","error":{"message":"m"}}}`,
		`{"type":"SPEC","spec":{}}`,
	} {
		if protocolFault(t, []byte(line)) == nil {
			t.Errorf("accepted: %s", line)
		}
	}
}
