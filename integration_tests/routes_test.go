package integration_tests

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// What the client can ask, the sandbox must answer: neither knows the other.
func TestSandboxRoutesEveryOperationOfTheClient(t *testing.T) {
	routes := sandbox.New(sandbox.Options{}).Routes()
	operations := ghl.Operations()
	if len(operations) < 10 {
		t.Fatalf("the client lists only %d operations", len(operations))
	}
	for _, operation := range operations {
		if !slices.Contains(routes, operation) {
			t.Errorf("the sandbox does not route %s", operation)
		}
	}
}

// The README lists what the sandbox answers, and nothing else.
func TestTheReadmeListsWhatTheSandboxAnswers(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var variants []string
	for _, v := range sandbox.Variants() {
		variants = append(variants, v.String())
	}
	for mark, want := range map[string][]string{"operations": sandbox.New(sandbox.Options{}).Routes(), "variants": variants} {
		_, after, _ := strings.Cut(string(readme), "<!-- "+mark+" -->")
		part, _, _ := strings.Cut(after, "<!-- /"+mark+" -->")
		var listed []string
		for _, quoted := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(part, -1) {
			listed = append(listed, quoted[1])
		}
		slices.Sort(want)
		slices.Sort(listed)
		if diff := cmp.Diff(want, listed); diff != "" {
			t.Errorf("%s (-sandbox +README):\n%s", mark, diff)
		}
	}
}
