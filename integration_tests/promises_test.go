package integration_tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPromisesNameTheirTests: what DESIGN.md names as the test of a promise is there, in the package that it names.
func TestPromisesNameTheirTests(t *testing.T) {
	page, err := os.ReadFile("../connector/DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| promise | shown by |")
	named := regexp.MustCompile(`(?:Test|Fuzz|Benchmark)[A-Z]\w*|\w+_test\.go|\w+\.txtar`)
	count := 0
	for row := range strings.Lines(table) {
		if !strings.HasPrefix(row, "| ") {
			continue
		}
		_, shown, _ := strings.Cut(row[2:], " | ")
		for part := range strings.SplitSeq(shown, "; ") {
			dir, names, found := strings.Cut(strings.TrimPrefix(strings.TrimSpace(part), "`"), "`: ")
			if !found {
				continue
			}
			for _, name := range named.FindAllString(names, -1) {
				if count++; !isThere(t, dir, name) {
					t.Errorf("%s: there is no %s", dir, name)
				}
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d tests are found on the page", count)
	}
}

// isThere reports whether a package, as the page calls it, has a test or a file of a test.
func isThere(t *testing.T, dir, name string) bool {
	t.Helper()
	switch dir {
	case "connector", "integration_tests", "spec", "cmd/destination-gohighlevel":
		dir = filepath.Join("..", dir)
	default:
		dir = filepath.Join("../connector", dir)
	}
	if filepath.Ext(name) != "" {
		for _, at := range []string{dir, filepath.Join(dir, "testdata/script")} {
			if _, err := os.Stat(filepath.Join(at, name)); err == nil {
				return true
			}
		}
		return false
	}
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
