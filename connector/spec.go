package connector

import (
	"context"
	"flag"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/spec"
)

// runSpec prints the specification. It depends on nothing but the binary.
func runSpec(_ context.Context, c IO, out *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("spec", flag.ContinueOnError)
	asSource := flags.Bool("source", c.AsSource, "")
	if err := parse(flags, args); err != nil {
		return err
	}
	if *asSource {
		return out.Spec(spec.Source())
	}
	return out.Spec(spec.JSON())
}
