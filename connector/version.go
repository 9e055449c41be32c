package connector

import (
	"context"
	"flag"
	"runtime"
	"runtime/debug"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/ghl"
)

// runVersion prints what a report of a bug should name.
func runVersion(_ context.Context, c IO, _ *airbyte.Writer, args []string) error {
	if err := parse(flag.NewFlagSet("version", flag.ContinueOnError), args); err != nil {
		return err
	}
	commit := ""
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, s := range build.Settings {
			if s.Key == "vcs.revision" {
				commit = ", commit " + s.Value
			}
		}
	}
	say(c.Stdout, "destination-gohighlevel %s%s, %s %s/%s", ghl.Version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
