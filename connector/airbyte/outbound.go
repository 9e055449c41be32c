package airbyte

import "encoding/json"

// outbound is the envelope of the messages we make ourselves.
type outbound struct {
	Type               string            `json:"type"`
	Log                *logMessage       `json:"log,omitempty"`
	Spec               json.RawMessage   `json:"spec,omitempty"`
	ConnectionStatus   *connectionStatus `json:"connectionStatus,omitempty"`
	DestinationCatalog json.RawMessage   `json:"destination_catalog,omitempty"`
	Control            *control          `json:"control,omitempty"`
	Trace              *trace            `json:"trace,omitempty"`
}

// raw returns the parts that a caller wrote: each must be a JSON object.
func (m *outbound) raw() []*json.RawMessage {
	switch m.Type {
	case "SPEC":
		return []*json.RawMessage{&m.Spec}
	case "DESTINATION_CATALOG":
		return []*json.RawMessage{&m.DestinationCatalog}
	case "CONTROL":
		return []*json.RawMessage{&m.Control.ConnectorConfig.Config}
	}
	return nil
}

type logMessage struct {
	Level   string `json:"level"`
	Message string `json:"message"`
}

type connectionStatus struct {
	Status  string `json:"status"`
	Message string `json:"message,omitempty"`
}

type control struct {
	Type            string          `json:"type"`
	EmittedAt       int64           `json:"emitted_at"` // milliseconds since 1970
	ConnectorConfig connectorConfig `json:"connectorConfig"`
}

type connectorConfig struct {
	Config json.RawMessage `json:"config"`
}

type trace struct {
	Type      string      `json:"type"`
	EmittedAt int64       `json:"emitted_at"` // milliseconds since 1970
	Error     *traceError `json:"error"`
}

type traceError struct {
	Message          string            `json:"message"`
	InternalMessage  string            `json:"internal_message,omitempty"`
	FailureType      FailureType       `json:"failure_type"`
	StreamDescriptor *streamDescriptor `json:"stream_descriptor,omitempty"`
}

type streamDescriptor struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}
