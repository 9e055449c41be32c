package integration_tests

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// wordsOf are names that a second way to write numbers, lists and near names for people would bear. The one way is connector/words.
var wordsOf = regexp.MustCompile(`(?i)^(plurals?|count|grouped|thousands|commas?|distance|levenshtein|nearest|ellipsis|truncate|shorten)$`)

// TestWordsAreInOnePlace: numbers look the same in every message only as long as one function writes them.
func TestWordsAreInOnePlace(t *testing.T) {
	err := filepath.WalkDir("../connector", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		folder := filepath.Base(filepath.Dir(path))
		if folder == "words" || folder == "sandbox" { // the sandbox shares nothing
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.Contains(source, []byte(`\xef\xbb\xbf`)) {
			t.Errorf("%s knows a byte order mark: connector/words is the place for it", path)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, 0)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && wordsOf.MatchString(f.Name.Name) {
				t.Errorf("%s declares %s: connector/words is the place for it", path, f.Name.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
