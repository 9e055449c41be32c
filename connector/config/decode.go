package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"destination-gohighlevel/connector/words"
)

// decode reads one JSON object. A fault says where reading stopped, never what stands there.
func decode(data []byte) (value any, fault string) {
	data = words.WithoutByteOrderMark(data)
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, "the file is empty"
	}
	if fault = words.WrongEncoding(data); fault != "" {
		return nil, fault
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			return nil, fmt.Sprintf("the file is not JSON (at byte %d)", syntax.Offset)
		}
		return nil, fmt.Sprintf("the file is not JSON (ends at byte %d)", len(data))
	}
	end := d.InputOffset()
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Sprintf("the file is not JSON (more follows at byte %d)", end)
	}
	if _, ok := value.(map[string]any); !ok {
		return nil, "the file must hold one JSON object"
	}
	return value, ""
}

// isCatalog recognises the other file of the command line, by the streams in its streams.
func isCatalog(value any) bool {
	document, _ := value.(map[string]any)
	streams, _ := document["streams"].([]any)
	if len(streams) == 0 {
		return false
	}
	for _, key := range []string{"credentials", "location_id"} {
		if _, ok := document[key]; ok {
			return false
		}
	}
	first, _ := streams[0].(map[string]any)
	_, ok := first["stream"].(map[string]any)
	return ok
}

// listDeletedWhen makes a list of a column that stands alone as a stream's deleted_when: most streams have one.
func listDeletedWhen(value any) {
	document, _ := value.(map[string]any)
	streams, _ := document["streams"].([]any)
	for _, s := range streams {
		stream, _ := s.(map[string]any)
		if column, ok := stream["deleted_when"].(string); ok {
			stream["deleted_when"] = []any{column}
		}
	}
}
