// Package integration_tests holds what can only be seen from outside the packages: the whole binary, its image, and the shape of
// the module.
package integration_tests

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "destination-gohighlevel"

// leaves are packages that import nothing of the module but these; everybody may import them.
var leaves = []string{"connector/bug", "connector/jsonscan", "connector/trouble", "connector/words"}

// arrows names for each package of the module what it may import of the module besides the leaves. Each package must stand here.
var arrows = map[string][]string{
	"cmd/destination-gohighlevel": {"connector"},
	"connector": {
		"spec", "connector/airbyte", "connector/config", "connector/contacts", "connector/contacts/gateway", "connector/crm", "connector/ghl", "connector/load",
		"connector/journal", "connector/object", "connector/records", "connector/rejects", "connector/source", "connector/storage",
		"connector/sandbox", // for the demo
		"connector/sheet",   // for import
		"connector/export", "connector/undo",
	},
	"connector/airbyte":               {},
	"connector/bug":                   {},
	"connector/config":                {"spec"},
	"connector/contacts":              {"connector/airbyte", "connector/contacts/gateway", "connector/crm", "connector/ghl", "connector/journal", "connector/load", "connector/object"},
	"connector/contacts/gateway":      {"connector/crm", "connector/ghl", "connector/journal", "connector/load", "connector/object"},
	"connector/crm":                   {},
	"connector/export":                {},
	"connector/ghl":                   {},
	"connector/journal":               {"connector/storage"},
	"connector/jsonscan":              {},
	"connector/load":                  {"connector/airbyte"}, // it knows no word of a CRM
	"connector/object":                {"connector/airbyte", "connector/crm", "connector/ghl", "connector/journal", "connector/load", "connector/schema"},
	"connector/records":               {"connector/airbyte", "connector/crm", "connector/ghl", "connector/journal", "connector/load", "connector/object"},
	"connector/rejects":               {"connector/storage"},
	"connector/sandbox":               {},
	"connector/schema":                {},
	"connector/source":                {"connector/crm", "connector/ghl", "connector/object"}, // it knows no word of the protocol
	"connector/storage":               {},
	"connector/undo":                  {"connector/contacts/gateway", "connector/crm", "connector/ghl", "connector/journal", "connector/object"},
	"connector/sheet":                 {},
	"connector/trouble":               {},
	"connector/words":                 {},
	"integration_tests":               {},
	"integration_tests/naive":         {}, // it shares nothing with what it is measured beside
	"integration_tests/naive/upserts": {"integration_tests/naive"},
	"spec":                            {},
}

// vague are names that say nothing about what a package is for.
var vague = []string{"util", "utils", "common", "helper", "helpers", "types", "misc", "shared", "base"}

type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// packages lists the module as the go command sees it.
func packages(t *testing.T) map[string]listed {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	list.Dir = ".."
	var stderr bytes.Buffer
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	all := map[string]listed{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(p.ImportPath, module+"/")] = p
	}
}

func TestArrows(t *testing.T) {
	for name, p := range packages(t) {
		allowed, known := arrows[name]
		if !known {
			t.Errorf("%s: not in the table of arrows; add it, with what it may import", name)
		}
		for _, imported := range ours(p.Imports) {
			if !slices.Contains(allowed, imported) && !slices.Contains(leaves, imported) {
				t.Errorf("%s imports %s; it may import %q and the leaves", name, imported, allowed)
			}
		}
		if slices.Contains(vague, path.Base(name)) {
			t.Errorf("%s: the name does not say what the package is for", name)
		}
	}
}

// TestSandboxAndClientShareNothing also looks at tests: a mistake about the API that both made would pass every test.
func TestSandboxAndClientShareNothing(t *testing.T) {
	p := packages(t)["connector/sandbox"]
	for _, imported := range ours(slices.Concat(p.Imports, p.TestImports, p.XTestImports)) {
		if imported != "connector/sandbox" {
			t.Errorf("connector/sandbox imports %s; it may import nothing of the module", imported)
		}
	}
}

func ours(imports []string) []string {
	var result []string
	for _, i := range imports {
		if name, ok := strings.CutPrefix(i, module+"/"); ok {
			result = append(result, name)
		}
	}
	return result
}
