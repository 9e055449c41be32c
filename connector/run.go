package connector

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/words"
)

// IO are the streams of the process. Stdout belongs to the protocol in spec,
// check, discover and write.
type IO struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// AsSource makes spec, check and discover speak as a source, as --source does.
	AsSource bool
	// Transport carries the requests of write to the API; nil is the network.
	Transport http.RoundTripper
}

// IsSource reports whether the program was called by the name of a source.
func IsSource(program string) bool { return filepath.Base(program) == sourceName }

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// Run executes one verb and returns the exit code of the process. When ctx
// ends, a sync stops reading, finishes and acknowledges what is on the wire, and
// Run returns 0, nine seconds later at the latest, whatever the verb is doing
// then. A fatal error has been printed as one TRACE ERROR, or on stderr by what
// speaks to people (what is aloud in verbs.go, and preview as text), and Run returns 1; wrong
// usage is told on stderr with 2. Run never panics.
func Run(ctx context.Context, c IO, args []string) int {
	// Go's HTTP client writes there what it was sent unasked, which can be a contact.
	log.SetOutput(io.Discard)
	out := airbyte.NewWriter(c.Stdout)
	return within(ctx, out.Broken(), func() int { return run(ctx, c, out, args) })
}

func run(ctx context.Context, c IO, out *airbyte.Writer, args []string) int {
	args = trimArgs(args)
	if len(args) == 0 {
		return usage(c, verbs())
	}
	if args[0] == "help" || slices.Contains(args, "--help") || slices.Contains(args, "-h") {
		help(c.Stdout, args[:min(2, len(args))])
		return exitOK
	}
	v := find(args[0])
	if v == nil {
		return usage(c, verbs(), noVerb(args[0]))
	}
	err := bug.Guard(func() error { return v.run(ctx, c, out, args[1:]) })
	var (
		wrong  *usageError
		spoken *spokenError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errAnswered):
		return exitError
	case errors.As(err, &wrong) && wrong.known:
		return misused(c, withoutSecrets(args, wrong.faults)...)
	case errors.As(err, &wrong):
		return usage(c, []verb{*v}, withoutSecrets(args, wrong.faults)...)
	case errors.As(err, &spoken):
		return speak(c, err)
	}
	return fail(c, out, err)
}

// noVerb proposes the verb that may be meant.
func noVerb(name string) string {
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	text := "there is no verb " + quoted(name)
	if i := words.Nearest(name, names); i >= 0 {
		text += "; did you mean " + names[i] + "?"
	}
	return text
}

// fail prints a fatal error where the platform looks for it, and where people do who
// have piped that away.
func fail(c IO, out *airbyte.Writer, err error) int {
	f := explain(err)
	err = out.TraceError(airbyte.TraceError{Message: f.message, Internal: f.internal, Type: f.kind})
	if err != nil || isTerminal(c.Stderr) && !isTerminal(c.Stdout) { // people see what a program reads
		say(c.Stderr, "%s", f.message)
	}
	return exitError
}

// errAnswered is a failure of which all has been said.
var errAnswered = errors.New("the answer was no")

// usageError is a command line that cannot be understood.
type usageError struct {
	faults []string
	known  bool // all flags are, only values are wrong: no list of flags helps
}

func (e *usageError) Error() string { return strings.Join(e.faults, "; ") }

// misuse is a command line with one fault.
func misuse(format string, args ...any) error {
	return &usageError{faults: []string{fmt.Sprintf(format, args...)}}
}

func misused(c IO, faults ...string) int {
	for _, f := range faults {
		say(c.Stderr, "destination-gohighlevel: %s", f)
	}
	return exitUsage
}

// usage answers a command line that cannot be understood with what there is to
// know of some verbs. Who asked for it gets it on stdout, from help.
func usage(c IO, list []verb, faults ...string) int {
	if misused(c, faults...); len(faults) > 0 {
		say(c.Stderr, "")
	}
	listVerbs(c.Stderr, list)
	return exitUsage
}

// spokenError is told to people on stderr, in words, and stdout gets no TRACE.
type spokenError struct{ err error }

func (e *spokenError) Error() string { return e.err.Error() }
func (e *spokenError) Unwrap() error { return e.err }

// spoken runs what speaks to people.
func spoken(run func() error) error {
	if err := bug.Guard(run); err != nil {
		return &spokenError{err}
	}
	return nil
}

// aloud is a verb that speaks to people.
func aloud(name string, run verbFunc) verbFunc {
	return func(ctx context.Context, c IO, out *airbyte.Writer, args []string) error {
		return spoken(func() error { return inScene(scene{verb: name}, run(ctx, c, out, args)) })
	}
}

func speak(c IO, err error) int {
	f := explain(err)
	say(c.Stderr, "destination-gohighlevel: %s", f.message)
	if broken := new(bug.Error); errors.As(err, &broken) {
		say(c.Stderr, "%s", f.internal) // the details that the message speaks of
	}
	return exitError
}

// say writes a line for people; where that fails there is nobody to tell.
func say(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintln(w, words.Printable(fmt.Sprintf(format, args...)))
}

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
		return flagFault(flags, args, err)
	}
	if flags.NArg() > 0 {
		return misuse("%s: unexpected argument %s", flags.Name(), quoted(flags.Arg(0)))
	}
	for _, name := range required {
		if flags.Lookup(name).Value.String() == "" {
			return misuse("%s: --%s is missing", flags.Name(), name)
		}
	}
	return nil
}
