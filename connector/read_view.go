package connector

import (
	"bytes"
	"encoding/json"
	"errors"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/jsonscan"
)

// rowsView shows people what is read: the columns of a row that are not empty.
type rowsView struct{ pane }

// Record implements [readOutput].
func (v *rowsView) Record(stream airbyte.StreamID, data json.RawMessage) error {
	id, _ := jsonscan.Text(jsonscan.Member(data, "id"))
	var text bytes.Buffer
	say(&text, "%s %s", stream, id)
	lines := &textView{out: &text}
	for name, value := range jsonscan.Members(data) {
		if isEmpty(value) || string(name) == "id" {
			continue
		}
		lines.row(string(name), "%s", shown(readValue(value)))
	}
	_, _ = v.Write(text.Bytes())
	if v.err != nil {
		return errors.Join(errStdout, v.err)
	}
	return nil
}

// isEmpty reports whether a value says nothing: null, a text or a list without content.
func isEmpty(value []byte) bool {
	return jsonscan.IsNull(value) || string(value) == `""` || string(value) == "[]" || string(value) == "{}"
}

// readValue is a value as [shown] takes it.
func readValue(value []byte) any {
	if text, ok := jsonscan.Text(value); ok {
		return text
	}
	var list []string
	if json.Unmarshal(value, &list) == nil {
		return list
	}
	return json.RawMessage(value)
}

// StreamState implements [readOutput]: people have the rows.
func (v *rowsView) StreamState(airbyte.StreamID, json.RawMessage, int64) error { return nil }

// StreamStatus implements [readOutput].
func (v *rowsView) StreamStatus(airbyte.StreamID, string) error { return nil }

// Estimate implements [readOutput].
func (v *rowsView) Estimate(airbyte.StreamID, int64) error { return nil }
