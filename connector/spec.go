package connector

import (
	"context"
	"flag"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/spec"
)

// runSpec prints the specification. It depends on nothing but the binary.
func runSpec(_ context.Context, _ IO, out *airbyte.Writer, args []string) error {
	if err := parse(flag.NewFlagSet("spec", flag.ContinueOnError), args); err != nil {
		return err
	}
	return out.Spec(spec.JSON())
}
