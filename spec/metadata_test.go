package spec

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"
)

type metadata struct {
	Data struct {
		DefinitionID     string `yaml:"definitionId"`
		DockerRepository string `yaml:"dockerRepository"`
		DockerImageTag   string `yaml:"dockerImageTag"`
		ProtocolVersion  string `yaml:"protocolVersion"`
		DocumentationURL string `yaml:"documentationUrl"`
		Icon             string
		AllowedHosts     struct{ Hosts []string } `yaml:"allowedHosts"`
		Tags             []string
		DataActivation   bool `yaml:"supportsDataActivation"`
		Refreshes        bool `yaml:"supportsRefreshes"`
	}
}

func file(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readMetadata(t *testing.T) metadata {
	t.Helper()
	var m metadata
	if err := yaml.Unmarshal(file(t, "metadata.yaml"), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMetadataIsValid(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft7
	compiler.AssertFormat = true
	var schema any
	if err := json.Unmarshal(reference(t, "ConnectorMetadataDefinitionV0.json"), &schema); err != nil {
		t.Fatal(err)
	}
	repair(schema)
	bundle, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource("metadata.json", bytes.NewReader(bundle)); err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := yaml.Unmarshal(file(t, "metadata.yaml"), &tree); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("metadata.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(tree); err != nil {
		t.Errorf("%#v", err)
	}
}

// repair takes from the platform's bundle what is no valid JSON schema: its parts' own $id, at which its references do not resolve,
// and a type of its authors' own language.
func repair(node any) {
	switch node := node.(type) {
	case map[string]any:
		if _, isText := node["$id"].(string); isText {
			delete(node, "$id")
		}
		if node["type"] == "ConnectorMetric" {
			delete(node, "type")
		}
		for _, child := range node {
			repair(child)
		}
	case []any:
		for _, child := range node {
			repair(child)
		}
	}
}

// TestMetadataAgrees holds the metadata to the specification and to the image.
func TestMetadataAgrees(t *testing.T) {
	m, d, image := readMetadata(t).Data, read(t), string(file(t, "Dockerfile"))
	if m.ProtocolVersion != d.ProtocolVersion {
		t.Errorf("protocol %q, the specification says %q", m.ProtocolVersion, d.ProtocolVersion)
	}
	if m.DocumentationURL != d.DocumentationURL {
		t.Errorf("documentation at %q, the specification says %q", m.DocumentationURL, d.DocumentationURL)
	}
	if _, err := uuid.Parse(m.DefinitionID); err != nil {
		t.Errorf("definitionId: %v", err)
	}
	if !m.DataActivation || !m.Refreshes || !slices.Contains(m.Tags, "language:go") {
		t.Errorf("data activation %v, refreshes %v, tags %q", m.DataActivation, m.Refreshes, m.Tags)
	}
	api, err := url.Parse(d.ConnectionSpecific.Properties["api_url"]["default"].(string))
	if err != nil {
		t.Fatal(err)
	}
	hosts := []string{api.Host, "*.amazonaws.com"} // the API, and where every setting that names a bucket can have it
	for name, property := range d.ConnectionSpecific.Properties {
		if text, err := json.Marshal(property); err != nil || strings.Contains(string(text), `"s3_endpoint":`) {
			hosts = append(hosts, "${"+name+".s3_endpoint}")
		}
	}
	if slices.Sort(hosts); !slices.Equal(slices.Sorted(slices.Values(m.AllowedHosts.Hosts)), hosts) {
		t.Errorf("allowed hosts %q, want %q", m.AllowedHosts.Hosts, hosts)
	}
	if svg := string(file(t, m.Icon)); !strings.HasPrefix(svg, "<svg ") || !strings.Contains(svg, `viewBox="0 0 250 250"`) {
		t.Error("the icon is no square drawing")
	}
	for _, version := range regexp.MustCompile(`ARG VERSION=(\S+)`).FindAllStringSubmatch(image, -1) {
		if version[1] != m.DockerImageTag {
			t.Errorf("image version %q, the metadata says %q", version[1], m.DockerImageTag)
		}
	}
	for _, line := range []string{
		"ARG VERSION=" + m.DockerImageTag,
		"LABEL io.airbyte.name=" + m.DockerRepository,
		"LABEL io.airbyte.version=$VERSION",
	} {
		if !strings.Contains(image, line+"\n") {
			t.Errorf("the Dockerfile has no line %q", line)
		}
	}
	entry := regexp.MustCompile(`ENV AIRBYTE_ENTRYPOINT=(\S+)\nENTRYPOINT \["(.*)"\]`).FindStringSubmatch(image)
	if len(entry) != 3 || entry[1] != entry[2] {
		t.Errorf("AIRBYTE_ENTRYPOINT and ENTRYPOINT differ: %q", entry)
	}
}
