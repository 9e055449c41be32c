package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// keywords are those that the platform's form understands. It knows no anyOf, allOf or $ref.
var keywords = []string{
	"$schema", "additionalProperties", "airbyte_hidden", "airbyte_secret", "always_show", "const", "default", "description", "enum",
	"examples", "format", "group", "groups", "items", "maximum", "minItems", "minLength", "minimum", "multiline", "oneOf", "order",
	"pattern", "pattern_descriptor", "properties", "required", "title", "type", "uniqueItems",
}

type specification struct {
	DocumentationURL   string   `json:"documentationUrl"`
	ProtocolVersion    string   `json:"protocol_version"`
	Incremental        bool     `json:"supportsIncremental"`
	Modes              []string `json:"supported_destination_sync_modes"`
	ConnectionSpecific struct {
		Properties map[string]map[string]any `json:"properties"`
		Groups     []struct{ ID string }     `json:"groups"`
	} `json:"connectionSpecification"`
}

func read(t *testing.T) specification {
	t.Helper()
	var d specification
	if err := json.Unmarshal(JSON(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDocument(t *testing.T) {
	d := read(t)
	if d.DocumentationURL == "" || d.ProtocolVersion != "0.2.0" || !d.Incremental {
		t.Errorf("documentationUrl %q, protocol_version %q, supportsIncremental %v", d.DocumentationURL, d.ProtocolVersion, d.Incremental)
	}
	if want := []string{"append", "append_dedup", "overwrite", "update", "soft_delete"}; !slices.Equal(d.Modes, want) {
		t.Errorf("supported_destination_sync_modes %q, want %q", d.Modes, want)
	}
}

func TestCopiesAreTheCallers(t *testing.T) {
	for name, read := range map[string]func() json.RawMessage{"JSON": JSON, "Connection": Connection} {
		read()[0] = 'x'
		if read()[0] != '{' {
			t.Errorf("%s: a caller changed the specification", name)
		}
	}
}

// TestForm holds every schema of the connection specification to what the platform can show.
func TestForm(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(Connection(), &root); err != nil {
		t.Fatal(err)
	}
	walk(t, "", root)
}

func walk(t *testing.T, path string, s map[string]any) {
	for key := range s {
		if !slices.Contains(keywords, key) {
			t.Errorf("%s: keyword %s is not understood by the platform", path, key)
		}
	}
	if pattern, ok := s["pattern"].(string); ok {
		if _, err := regexp.Compile(pattern); err != nil || s["pattern_descriptor"] == nil {
			t.Errorf("%s: pattern without a descriptor, or wrong: %v", path, err)
		}
	}
	properties, _ := s["properties"].(map[string]any)
	orders := map[any]string{}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		property := properties[name].(map[string]any)
		if other, taken := orders[property["order"]]; taken || property["order"] == nil {
			t.Errorf("%s.%s: no order, or the one of %q", path, name, other)
		}
		orders[property["order"]] = name
		if property["const"] == nil && (property["title"] == nil || property["description"] == nil) {
			t.Errorf("%s.%s: no title or description", path, name)
		}
		walk(t, path+"."+name, property)
	}
	required, _ := s["required"].([]any)
	for _, name := range required {
		if properties[name.(string)] == nil {
			t.Errorf("%s: requires %v, which it does not have", path, name)
		}
	}
	if items, ok := s["items"].(map[string]any); ok {
		walk(t, path+"[]", items)
	}
	options, _ := s["oneOf"].([]any)
	for i, option := range options {
		option := option.(map[string]any)
		constants := 0
		for _, p := range option["properties"].(map[string]any) {
			if p.(map[string]any)["const"] != nil {
				constants++
			}
		}
		if constants != 1 || option["title"] == nil {
			t.Errorf("%s: option %d needs a title and one property with a constant", path, i)
		}
		walk(t, fmt.Sprintf("%s(%d)", path, i), option)
	}
}

func TestGroups(t *testing.T) {
	d := read(t)
	used := map[any]bool{}
	for name, property := range d.ConnectionSpecific.Properties {
		used[property["group"]] = true
		if !slices.ContainsFunc(d.ConnectionSpecific.Groups, func(g struct{ ID string }) bool { return g.ID == property["group"] }) {
			t.Errorf("%s: group %v does not exist", name, property["group"])
		}
	}
	if len(used) != len(d.ConnectionSpecific.Groups) {
		t.Errorf("%d groups, %d used", len(d.ConnectionSpecific.Groups), len(used))
	}
}

// TestDefaultsAndExamplesAreValid: what the form offers must be what the form accepts.
func TestDefaultsAndExamplesAreValid(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	if err := compiler.AddResource("connection.json", strings.NewReader(string(Connection()))); err != nil {
		t.Fatal(err)
	}
	schema := compiler.MustCompile("connection.json")
	for name, property := range read(t).ConnectionSpecific.Properties {
		for _, example := range offered(property) {
			config := map[string]any{
				"credentials": map[string]any{"auth_type": "personal_access_token", "access_token": "pit-1"},
				"location_id": "ve9EPM428h8vShlRW1KT",
			}
			config[name] = example
			if err := schema.Validate(config); err != nil {
				t.Errorf("%s: %v is offered and refused: %v", name, example, err)
			}
		}
	}
}

// offered lists the values that the form shows for a property: its default and examples, and each alternative filled in from those of
// its own properties.
func offered(property map[string]any) []any {
	values, _ := property["examples"].([]any)
	values = slices.Clone(values)
	if d, ok := property["default"]; ok {
		values = append(values, d)
	}
	options, _ := property["oneOf"].([]any)
	for _, option := range options {
		filled := map[string]any{}
		for key, p := range option.(map[string]any)["properties"].(map[string]any) {
			filled[key] = "something"
			if own := offered(p.(map[string]any)); len(own) > 0 {
				filled[key] = own[0]
			}
		}
		values = append(values, filled)
	}
	return values
}

// TestSecretsAreMarked: the platform hides what is marked, so a key that by its name is a secret must be, and no other.
func TestSecretsAreMarked(t *testing.T) {
	secret := regexp.MustCompile(`token$|secret|access_key`)
	for name, property := range read(t).ConnectionSpecific.Properties {
		options, _ := property["oneOf"].([]any)
		for _, option := range options {
			for key, p := range option.(map[string]any)["properties"].(map[string]any) {
				if marked := p.(map[string]any)["airbyte_secret"] == true; marked != secret.MatchString(key) {
					t.Errorf("%s.%s: airbyte_secret is %v", name, key, marked)
				}
			}
		}
	}
}

// protocol is the Airbyte protocol's own schema; it is kept beside the project, not in it.
const protocol = "../../shared/airbyte/"

func reference(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(protocol + name)
	if os.IsNotExist(err) {
		t.Skipf("the platform's %s is not here to compare with", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}
