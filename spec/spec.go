// Package spec holds the connector's specification: the names, defaults, choices and secrets of its configuration, as the
// platform shows them to a user. It is a leaf: it must not know how a configuration is read or used.
package spec

import (
	"bytes"
	_ "embed"
	"encoding/json"
)

//go:embed spec.json
var document []byte

// connection is taken out of the document once; a document that cannot be read is a fault of the build.
var connection = func() json.RawMessage {
	var d struct {
		ConnectionSpecification json.RawMessage `json:"connectionSpecification"`
	}
	if err := json.Unmarshal(document, &d); err != nil {
		panic("spec.json: " + err.Error())
	}
	return d.ConnectionSpecification
}()

// JSON returns the whole ConnectorSpecification of the Airbyte protocol. The caller owns the copy.
func JSON() json.RawMessage { return bytes.Clone(document) }

// Connection returns the JSON schema of the configuration, the document's connectionSpecification. The caller owns the copy.
func Connection() json.RawMessage { return bytes.Clone(connection) }
