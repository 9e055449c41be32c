package airbyte

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// SourceStream is a stream as the answer of a source's discover describes it.
type SourceStream struct {
	Name          string          `json:"name"`
	Schema        json.RawMessage `json:"json_schema"`
	SyncModes     []string        `json:"supported_sync_modes"`
	DefinedCursor bool            `json:"source_defined_cursor,omitempty"`
	Cursor        []string        `json:"default_cursor_field,omitempty"`
	PrimaryKey    [][]string      `json:"source_defined_primary_key,omitempty"`
	Resumable     bool            `json:"is_resumable,omitempty"`
}

// The modes in which a source is read.
const (
	FullRefresh = "full_refresh"
	Incremental = "incremental"
)

// Catalog prints the answer of a source's discover.
func (w *Writer) Catalog(streams []SourceStream) error {
	return w.encode("CATALOG", "catalog", struct {
		Streams []SourceStream `json:"streams"`
	}{streams})
}

// Record prints a record, a JSON object.
func (w *Writer) Record(stream StreamID, data json.RawMessage) error {
	return w.encode("RECORD", "record", struct {
		Namespace string `json:"namespace,omitempty"`
		Stream    string `json:"stream"`
		Data      object `json:"data"`
		EmittedAt int64  `json:"emitted_at"` // milliseconds since 1970
	}{stream.Namespace, stream.Name, object(data), time.Now().UnixMilli()})
}

// descriptor names a stream in a message.
type descriptor struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

// streamState is what a STATE message of one stream holds.
type streamState struct {
	Descriptor descriptor      `json:"stream_descriptor"`
	State      json.RawMessage `json:"stream_state,omitempty"`
}

// StreamState prints where a read of a stream goes on, a JSON object, and how many records
// came since the state before.
func (w *Writer) StreamState(stream StreamID, state json.RawMessage, records int64) error {
	return w.encode("STATE", "state", struct {
		Type   StateKind       `json:"type"`
		Stream streamState     `json:"stream"`
		Stats  json.RawMessage `json:"sourceStats"`
	}{StateStream, streamState{descriptor{stream.Name, stream.Namespace}, state}, fmt.Appendf(nil, `{"recordCount":%d.0}`, records)})
}

// StreamStatus prints how far a read of a stream is: STARTED, RUNNING, COMPLETE or INCOMPLETE.
func (w *Writer) StreamStatus(stream StreamID, status string) error {
	return w.encode("TRACE", "trace", map[string]any{"type": "STREAM_STATUS", "emitted_at": time.Now().UnixMilli(),
		"stream_status": map[string]any{"stream_descriptor": descriptor{stream.Name, stream.Namespace}, "status": status}})
}

// Estimate prints how many records a read of a stream will give.
func (w *Writer) Estimate(stream StreamID, rows int64) error {
	estimate := map[string]any{"name": stream.Name, "type": "STREAM", "row_estimate": rows}
	if stream.Namespace != "" {
		estimate["namespace"] = stream.Namespace
	}
	return w.encode("TRACE", "trace", map[string]any{"type": "ESTIMATE", "emitted_at": time.Now().UnixMilli(), "estimate": estimate})
}

// ErrStates is a file of states that cannot be read.
var ErrStates = errors.New("it is neither a list of states of streams nor STATE messages, one a line")

// ParseStates reads where streams are to go on: a list of states, as the platform gives it,
// or the STATE messages of a read, of which the last of a stream counts. Empty is none.
func ParseStates(data []byte) (map[StreamID]json.RawMessage, error) {
	states := map[StreamID]json.RawMessage{}
	for d := json.NewDecoder(bytes.NewReader(trim(data))); ; {
		var next json.RawMessage
		if err := d.Decode(&next); errors.Is(err, io.EOF) {
			return states, nil
		} else if err != nil {
			return nil, ErrStates
		}
		list := []json.RawMessage{next}
		if next[0] == '[' && json.Unmarshal(next, &list) != nil {
			return nil, ErrStates
		}
		for _, one := range list {
			if err := addState(states, one); err != nil {
				return nil, err
			}
		}
	}
}

func addState(states map[StreamID]json.RawMessage, one json.RawMessage) error {
	type body struct {
		Type   string      `json:"type"`
		Stream streamState `json:"stream"`
	}
	var told struct {
		body
		State *body `json:"state"` // of a message
	}
	if err := json.Unmarshal(one, &told); err != nil {
		return ErrStates
	}
	if told.State != nil {
		told.body = *told.State
	}
	s := told.Stream
	switch {
	case string(one) == "{}":
		return nil
	case told.Type != string(StateStream) || s.Descriptor.Name == "":
		return ErrStates
	}
	states[StreamID{s.Descriptor.Namespace, s.Descriptor.Name}] = s.State
	return nil
}
