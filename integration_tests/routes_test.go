package integration_tests

import (
	"slices"
	"testing"

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
