package connector

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheMapIsTrue: each file and folder that the package's page names is there.
func TestTheMapIsTrue(t *testing.T) {
	page, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`[\w*/.]+(\.go|\.json|/testdata/\w+)`).FindAllString(string(page), -1)
	if len(names) < 25 {
		t.Fatalf("only %d names are found", len(names))
	}
	folder := ""
	for _, name := range names {
		if i := strings.LastIndexByte(name, '/'); i >= 0 {
			folder = name[:i+1]
		}
		found := false
		for _, at := range []string{name, folder + name, "../" + name} { // a row names the folder once
			matches, err := filepath.Glob(at)
			found = found || err == nil && len(matches) > 0
		}
		if !found {
			t.Errorf("%s is not there", name)
		}
	}
}
