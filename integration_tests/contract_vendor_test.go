package integration_tests

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// vendorFiles is where the vendor's description of the API lies. It is not part of the module.
const vendorFiles = "../../shared/openapi"

// contractFiles are the vendor's files that describe operations that the sandbox answers.
var contractFiles = []string{"contacts", "locations", "oauth", "users", "businesses", "objects", "custom-fields", "opportunities", "calendars"}

// jsonObject is a JSON object.
type jsonObject = map[string]any

// vendor is what the vendor's files say, one document for each of contractFiles.
type vendor struct {
	documents map[string]*openapi3.T
}

// vendorSource is the vendor's files as they lie there.
type vendorSource struct {
	documents map[string][]byte
	common    jsonObject // the schemas that the others refer to
	older     jsonObject // the schemas of an older edition, which describe more
}

// readVendor reads the vendor's files. Where they are absent, the test is skipped.
func readVendor(t *testing.T) vendorSource {
	t.Helper()
	s := vendorSource{documents: map[string][]byte{}}
	for _, name := range contractFiles {
		s.documents[name] = readVendorFile(t, "apps/"+name+".json")
	}
	s.common = schemasOf(t, readVendorFile(t, "common/common-schemas.json"))
	s.older = schemasOf(t, readVendorFile(t, "history/contacts-de87e88.json"))
	return s
}

func readVendorFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(vendorFiles, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the vendor's description of the API is not here: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	return data
}

func schemasOf(t *testing.T, document []byte) jsonObject {
	t.Helper()
	var doc struct {
		Components struct{ Schemas jsonObject }
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Components.Schemas
}

// load gives the documents with the defects repaired, made strict, and cut down to the operations.
func (s vendorSource) load(t *testing.T, operations []string, repaired []defect) vendor {
	t.Helper()
	v := vendor{documents: map[string]*openapi3.T{}}
	for _, name := range contractFiles {
		var doc jsonObject
		// The common schemas are put into each document, so that a defect of theirs is repaired as any other.
		if err := json.Unmarshal(bytes.ReplaceAll(s.documents[name], []byte("../common/common-schemas.json#"), []byte("#")), &doc); err != nil {
			t.Fatal(err)
		}
		cutPaths(doc, operations)
		schemas := doc["components"].(jsonObject)["schemas"].(jsonObject)
		maps.Copy(schemas, copyTree(t, s.common))
		for _, d := range repaired {
			if d.patch == "" || d.file != "" && d.file != name {
				continue
			}
			for _, schema := range d.older {
				schemas[schema] = copyTree(t, s.older[schema].(jsonObject))
			}
			var patch jsonObject
			if err := json.Unmarshal([]byte(d.patch), &patch); err != nil {
				t.Fatalf("the patch of %q: %v", d.what, err)
			}
			mergePatch(doc, patch)
		}
		declareAll(doc)
		v.documents[name] = parse(t, name, doc)
	}
	return v
}

// parse reads a document with the library that judges by it.
func parse(t *testing.T, name string, doc jsonObject) *openapi3.T {
	t.Helper()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := openapi3.NewLoader().LoadFromDataWithPath(text, &url.URL{Path: name})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return parsed
}

// cutPaths drops the operations that are not asked for.
func cutPaths(doc jsonObject, operations []string) {
	paths := doc["paths"].(jsonObject)
	for template, item := range paths {
		maps.DeleteFunc(item.(jsonObject), func(method string, _ any) bool {
			return !slices.Contains(operations, strings.ToUpper(method)+" "+template)
		})
		if len(item.(jsonObject)) == 0 {
			delete(paths, template)
		}
	}
}

// mergePatch applies a JSON merge patch (RFC 7386). A key of it may be several, with | between them, and one with a * stands for those
// keys that are there and match it.
func mergePatch(into, patch jsonObject) {
	for keys, change := range patch {
		for _, k := range patchKeys(into, keys) {
			object, isObject := change.(jsonObject)
			at, there := into[k].(jsonObject)
			switch {
			case change == nil:
				delete(into, k)
			case isObject && there:
				mergePatch(at, object)
			case isObject:
				fresh := jsonObject{}
				mergePatch(fresh, object)
				into[k] = fresh
			default:
				into[k] = change
			}
		}
	}
}

func patchKeys(into jsonObject, keys string) []string {
	var out []string
	for key := range strings.SplitSeq(keys, "|") {
		if !strings.Contains(key, "*") {
			out = append(out, key)
			continue
		}
		for there := range into {
			if fits, _ := path.Match(key, there); fits || key == "*" { // the patterns are our own
				out = append(out, there)
			}
		}
	}
	return out
}

// declareAll lets no object have properties that are not declared: the vendor refuses them in requests, and in answers
// they would be something that nobody has written down.
func declareAll(v any) {
	switch v := v.(type) {
	case jsonObject:
		_, declares := v["properties"].(jsonObject)
		if _, said := v["additionalProperties"]; declares && !said {
			v["additionalProperties"] = false
		}
		for key, part := range v {
			if key != "example" {
				declareAll(part)
			}
		}
	case []any:
		for _, part := range v {
			declareAll(part)
		}
	}
}

func copyTree(t *testing.T, v jsonObject) jsonObject {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var fresh jsonObject
	if err := json.Unmarshal(text, &fresh); err != nil {
		t.Fatal(err)
	}
	return fresh
}

// find gives the operation that a request is for, and what stands at the places of its path.
func (v vendor) find(method, at string) (op vendorOperation, ok bool) {
	for _, name := range contractFiles {
		doc := v.documents[name]
		for template, item := range doc.Paths.Map() {
			vars, literals, fits := fitPath(template, at)
			declared := item.GetOperation(method)
			if fits && declared != nil && (!ok || literals > op.literals) {
				op, ok = vendorOperation{method + " " + template, doc, item, declared, vars, literals}, true
			}
		}
	}
	return op, ok
}

// schema gives the properties that the body of an operation has.
func (v vendor) schema(name string) openapi3.Schemas {
	method, at, _ := strings.Cut(name, " ")
	op, _ := v.find(method, at)
	return op.declared.RequestBody.Value.Content.Get("application/json").Schema.Value.Properties
}

// vendorOperation is one that the vendor describes, as asked for by a request.
type vendorOperation struct {
	name     string
	doc      *openapi3.T
	item     *openapi3.PathItem
	declared *openapi3.Operation
	vars     map[string]string
	literals int // parts of the path that no placeholder stands for
}

// fitPath lays a path over a template.
func fitPath(template, at string) (vars map[string]string, literals int, ok bool) {
	want, got := strings.Split(template, "/"), strings.Split(at, "/")
	if len(want) != len(got) {
		return nil, 0, false
	}
	vars = map[string]string{}
	for i, part := range want {
		switch {
		case strings.HasPrefix(part, "{") && got[i] != "":
			vars[strings.Trim(part, "{}")] = got[i]
		case part == got[i]:
			literals++
		default:
			return nil, 0, false
		}
	}
	return vars, literals, true
}
