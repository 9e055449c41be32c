package integration_tests

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"destination-gohighlevel/connector"
)

// program is the name under which scripts and tests start the connector.
const program = "destination-gohighlevel"

// sourceProgram is the name by which it speaks as a source.
const sourceProgram = "source-gohighlevel"

// TestMain lets the test binary be the program, when it is started under its name: with -race, and no build of its own.
func TestMain(m *testing.M) {
	testscript.Main(waiting{m}, map[string]func(){program: runProgram, sourceProgram: runProgram})
}

// waiting runs more tests side by side than there are processors, unless -parallel says how many: these wait more than they work, for the
// pauses of the program.
type waiting struct{ *testing.M }

func (w waiting) Run() int {
	if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	return w.M.Run()
}

// runProgram does what main does.
func runProgram() {
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		<-signals
		stop()
		<-signals
		os.Exit(0)
	}()
	streams := connector.IO{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, AsSource: connector.IsSource(os.Args[0])}
	os.Exit(profiled(func() int { return connector.Run(ctx, streams, os.Args[1:]) }))
}

// TestScripts runs testdata/script. The commands that the scripts have beside testscript's own are in the table below.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUp,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"sandbox":  cmdSandbox,
			"config":   cmdConfig,
			"run":      cmdRun,
			"expand":   cmdExpand,
			"people":   cmdPeople,
			"put":      cmdPut,
			"remove":   cmdRemove,
			"inject":   cmdInject,
			"reset":    cmdReset,
			"contacts": cmdContacts,
			"contact":  cmdContact,
			"requests": cmdRequests,
			"writes":   cmdWrites,
			"status":   cmdStatus,
			"trace":    cmdTrace,
			"log":      cmdLog,
			"states":   cmdStates,
			"private":  cmdPrivate,
			"samejson": cmdSameJSON,
			"control":  cmdControl,
			"expire":   cmdExpire,
			"revoke":   cmdRevoke,
			"pause":    cmdPause,
			"unpause":  cmdUnpause,
		},
	})
}

// setUp gives each script a world of its own and the fixtures that it shares with others.
func setUp(env *testscript.Env) error {
	w, err := newWorld()
	if err != nil {
		return err
	}
	env.Values[worldKey{}] = w
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	env.Setenv("FAKER", here+"/testdata/faker")
	env.Setenv("SPEC", here+"/../spec/spec.json")
	return nil
}
