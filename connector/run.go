package connector

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/load"
)

// IO are the streams of the process. Stdout belongs to the protocol in spec,
// check, discover and write.
type IO struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// verb is one thing the program can do.
type verb struct {
	about string
	run   func(ctx context.Context, c IO, out *airbyte.Writer, args []string) error
}

func verbs() map[string]verb {
	return map[string]verb{
		"spec":     {"print the specification of the configuration", runSpec},
		"check":    {"try a configuration: --config FILE", runCheck},
		"discover": {"list what can be written, for the platform to map: --config FILE", runDiscover},
		"write":    {"write the records on stdin: --config FILE --catalog FILE", runWrite},
		"preview":  {"show what write would do, and write nothing: --config FILE --catalog FILE [--format text|json]", runPreview},
		"demo":     {"watch 1,000 people land in an embedded GoHighLevel: [--serve]", runDemo},
		"sandbox":  {"serve an embedded GoHighLevel: [--listen ADDRESS] [--contacts N] [--allow-duplicates] [--burst N] [--daily N]\n           [--index-lag 60s] [--latency 100ms] [--oauth] [--agency] [--token-life 24h]\n           [--scopes LIST] [--fault OPERATION:KIND…] [--token T] [--location ID]", runSandbox},
	}
}

// verbOrder is the order in which usage lists the verbs.
var verbOrder = []string{"spec", "check", "discover", "write", "preview", "demo", "sandbox"}

// Run executes one verb and returns the exit code of the process. When ctx
// ends, a sync stops reading, finishes and acknowledges what is in flight, and
// Run returns 0. A fatal error has been printed as one TRACE ERROR, and Run
// returns 1; wrong usage is told on stderr with 2. Run never panics.
func Run(ctx context.Context, c IO, args []string) (code int) {
	out := airbyte.NewWriter(c.Stdout)
	defer func() {
		if recover() != nil { // its value may hold data, its stack does not
			code = fail(c, out, &load.PanicError{Stack: string(debug.Stack())})
		}
	}()
	args = trimArgs(args)
	if slices.ContainsFunc(args, func(a string) bool { return a == "--help" || a == "-h" || a == "help" }) {
		_ = usage(c, "")
		return exitOK
	}
	if len(args) == 0 {
		return usage(c, "")
	}
	v, ok := verbs()[args[0]]
	if !ok {
		return usage(c, fmt.Sprintf("there is no verb %q", args[0]))
	}
	err := v.run(ctx, c, out, args[1:])
	var wrong *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &wrong):
		return usage(c, wrong.text)
	}
	return fail(c, out, err)
}

// fail prints a fatal error where the platform looks for it.
func fail(c IO, out *airbyte.Writer, err error) int {
	f := explain(err)
	if out.TraceError(airbyte.TraceError{Message: f.message, Internal: f.internal, Type: f.kind}) != nil {
		say(c.Stderr, "%s", f.message)
	}
	return exitError
}

// usageError is a command line that cannot be understood.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usage(c IO, fault string) int {
	if fault != "" {
		say(c.Stderr, "destination-gohighlevel: %s\n", fault)
	}
	say(c.Stderr, "usage: destination-gohighlevel VERB [FLAGS]")
	for _, name := range verbOrder {
		say(c.Stderr, "  %-8s %s", name, verbs()[name].about)
	}
	return exitUsage
}

// say writes a line for people; where that fails there is nobody to tell.
func say(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }

// trimArgs drops empty arguments, which a shell's eval may leave behind.
func trimArgs(args []string) []string {
	var out []string
	for _, a := range args {
		if a = strings.TrimSpace(a); a != "" {
			out = append(out, a)
		}
	}
	return out
}

// parse reads the flags of a verb; every name in required must be given.
func parse(flags *flag.FlagSet, args []string, required ...string) error {
	flags.SetOutput(io.Discard)
	if err := flags.Parse(args); err != nil {
		return &usageError{flags.Name() + ": " + err.Error()}
	}
	if flags.NArg() > 0 {
		return &usageError{fmt.Sprintf("%s: unexpected argument %q", flags.Name(), flags.Arg(0))}
	}
	for _, name := range required {
		if flags.Lookup(name).Value.String() == "" {
			return &usageError{fmt.Sprintf("%s: --%s is missing", flags.Name(), name)}
		}
	}
	return nil
}
