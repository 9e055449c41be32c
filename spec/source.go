package spec

import (
	"encoding/json"
	"slices"
)

var (
	sourceSettings = []string{"credentials", "location_id", "api_url", "daily_request_reserve"}
	sourceGroups   = []string{"connection", "limits"}
)

// Source returns the specification of the same program as a source: of the settings only
// how it signs in and how much it may ask. Any other means nothing there.
func Source() json.RawMessage {
	whole := decoded[map[string]json.RawMessage](document)
	settings := decoded[map[string]json.RawMessage](whole["connectionSpecification"])
	properties := decoded[map[string]json.RawMessage](settings["properties"])
	for name := range properties {
		if !slices.Contains(sourceSettings, name) {
			delete(properties, name)
		}
	}
	groups := slices.DeleteFunc(decoded[[]map[string]string](settings["groups"]), func(g map[string]string) bool {
		return !slices.Contains(sourceGroups, g["id"])
	})
	settings["title"], settings["properties"], settings["groups"] = encoded("GoHighLevel Source"), encoded(properties), encoded(groups)
	whole["connectionSpecification"] = encoded(settings)
	delete(whole, "supported_destination_sync_modes")
	return encoded(whole)
}

// decoded reads a part of the document, of which tests know that it can be read.
func decoded[T any](part json.RawMessage) (v T) {
	if err := json.Unmarshal(part, &v); err != nil {
		panic("spec.json: " + err.Error())
	}
	return v
}

func encoded(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic("spec.json: " + err.Error())
	}
	return data
}
