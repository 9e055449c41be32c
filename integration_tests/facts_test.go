package integration_tests

import (
	"encoding/json"
	"errors"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdRun runs the program, holds it to an exit code, its stdout to the protocol, and both streams to not telling the token.
// Input comes by testscript's own stdin command.
//
//	run CODE [ARGUMENT...]
func cmdRun(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	want, code := number(ts, args[0]), 0
	err := ts.Exec(program, args[1:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
	w := worldOf(ts)
	w.messages, w.said = nil, ts.ReadFile("stderr")
	if verb := strings.TrimSpace(strings.Join(args[1:], " ")); !strings.HasPrefix(verb, "demo") {
		w.messages, err = readMessages(ts.ReadFile("stdout"))
		ts.Check(err)
		w.said = own(w.messages, ts.ReadFile("stderr"))
	}
	if w.server != nil && strings.Contains(ts.ReadFile("stdout")+ts.ReadFile("stderr"), w.server.Options().Token) {
		ts.Fatalf("the token is printed")
	}
}

func number(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}

// cmdContacts counts the contacts that there are.
func cmdContacts(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	if got, want := len(sandboxOf(ts).Contacts()), number(ts, args[0]); got != want {
		ts.Fatalf("%d contacts, want %d", got, want)
	}
}

// cmdContact holds the one contact with an email address to the value of a field; see fieldOf.
//
//	contact EMAIL [FIELD VALUE]...
func cmdContact(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	server := sandboxOf(ts)
	found := 0
	for _, c := range server.Contacts() {
		if c.Fields["email"] != args[0] {
			continue
		}
		found++
		for pair := range slices.Chunk(args[1:], 2) {
			if got := fieldOf(server, c, pair[0]); got != pair[1] {
				ts.Fatalf("%s of %s is %q, want %q", pair[0], args[0], got, pair[1])
			}
		}
	}
	if found != 1 {
		ts.Fatalf("%d contacts with %s, want one", found, args[0])
	}
}

// cmdRequests counts the requests to an operation since the last reset; see sandbox.Server.Routes.
//
//	requests OPERATION N
func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	server := sandboxOf(ts)
	if !slices.Contains(server.Routes(), args[0]) {
		ts.Fatalf("no operation %q; there are %q", args[0], server.Routes())
	}
	if got, want := server.Requests()[args[0]], number(ts, args[1]); got != want {
		ts.Fatalf("%d requests to %s, want %d", got, args[0], want)
	}
}

// cmdWrites counts the requests that changed something since the last reset.
func cmdWrites(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	if got, want := sandboxOf(ts).Writes(), number(ts, args[0]); got != want {
		ts.Fatalf("%d writes, want %d: %v", got, want, sandboxOf(ts).Requests())
	}
}

// cmdStatus holds check to exactly one answer.
//
//	status SUCCEEDED|FAILED [PATTERN...]
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	messages := worldOf(ts).messages
	found := ofType(messages, "CONNECTION_STATUS")
	if len(found) != 1 || len(ofType(messages, "TRACE")) > 0 {
		ts.Fatalf("%d answers, want one and no TRACE", len(found))
	}
	if got := found[0].ConnectionStatus.Status; got != args[0] {
		ts.Fatalf("%s, want %s: %s", got, args[0], found[0].ConnectionStatus.Message)
	}
	match(ts, found[0].ConnectionStatus.Message, args[1:])
}

// cmdTrace holds the run to exactly one TRACE ERROR, or with ! to none.
//
//	trace FAILURE_TYPE [PATTERN...]
func cmdTrace(ts *testscript.TestScript, neg bool, args []string) {
	found := slices.DeleteFunc(ofType(worldOf(ts).messages, "TRACE"), func(m message) bool { return m.Trace.Type != "ERROR" })
	if neg {
		if len(found) > 0 {
			ts.Fatalf("unexpected TRACE: %s", found[0].line)
		}
		return
	}
	if len(found) != 1 {
		ts.Fatalf("%d TRACE ERROR messages, want one", len(found))
	}
	if got := found[0].Trace.Error.FailureType; got != args[0] {
		ts.Fatalf("%s, want %s: %s", got, args[0], found[0].Trace.Error.Message)
	}
	match(ts, found[0].Trace.Error.Message, args[1:])
}

func match(ts *testscript.TestScript, text string, patterns []string) {
	for _, p := range patterns {
		if !regexp.MustCompile(p).MatchString(text) {
			ts.Fatalf("%q does not match %s", text, p)
		}
	}
}

// cmdLog wants exactly one LOG line of a level to match, or with ! none. A level of * is any.
//
//	log LEVEL PATTERN
func cmdLog(ts *testscript.TestScript, neg bool, args []string) {
	pattern := regexp.MustCompile(args[1])
	found := 0
	for _, m := range ofType(worldOf(ts).messages, "LOG") {
		if (args[0] == "*" || m.Log.Level == args[0]) && pattern.MatchString(m.Log.Message) {
			found++
		}
	}
	want := 1
	if neg {
		want = 0
	}
	if found != want {
		ts.Fatalf("%d LOG lines match, want %d", found, want)
	}
}

// cmdStates holds the STATE lines, in their order and byte for byte, to the lines of a file. Without one there must be none.
func cmdStates(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	var got strings.Builder
	for _, m := range ofType(worldOf(ts).messages, "STATE") {
		got.WriteString(m.line + "\n")
	}
	want := ""
	if len(args) > 0 {
		want = ts.ReadFile(args[0])
	}
	if got.String() != want {
		ts.Fatalf("states:\n%swant:\n%s", got.String(), want)
	}
}

// cmdPrivate wants none of the words in anything that the program said in its own words.
func cmdPrivate(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	said := strings.ToLower(worldOf(ts).said)
	if said == "" {
		ts.Fatalf("the program said nothing")
	}
	for _, word := range args {
		if strings.Contains(said, strings.ToLower(word)) {
			ts.Fatalf("%q is printed", word)
		}
	}
}

// cmdSameJSON compares the value at a key of the only line of stdout with a file, as JSON.
//
//	samejson KEY FILE
func cmdSameJSON(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	var line map[string]any
	var want any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &line))
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &want))
	if !reflect.DeepEqual(line[args[0]], want) {
		ts.Fatalf("%s differs from %s", args[0], args[1])
	}
}
