package integration_tests

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// moment is when a run is cut short, at the request that was chosen.
type moment int

const (
	onArrival  moment = iota // before the API acts on it; it never does, if the program is killed
	onApplied                // after the API has acted on it, before it answers
	onAnswered               // after it was answered
)

// how is what cuts a run short.
type how int

const (
	notAtAll  how = iota
	killed        // SIGKILL
	told          // SIGTERM
	deaf          // nobody reads stdout any more
	forgotten     // the platform dies: nobody reads stdout any more, and the program is killed
)

// crashCut says how and when a run is cut short: at its k-th request, after so many states, or after a time.
type crashCut struct {
	how     how
	request int
	moment  moment
	state   int
	after   time.Duration
}

func (c crashCut) String() string {
	who := []string{"not cut short", "killed", "told to stop", "not read any more", "left alone"}[c.how]
	switch {
	case c.request > 0:
		return fmt.Sprintf("%s at request %d, %s", who, c.request, []string{"on arrival", "when applied", "when answered"}[c.moment])
	case c.state > 0:
		return fmt.Sprintf("%s at state %d", who, c.state)
	}
	return fmt.Sprintf("%s after %v", who, c.after)
}

// platform is a small model of what runs the connector: it starts it, keeps its states, and starts it again from the last one.
type platform struct {
	*testing.T
	binary  string
	mode    crashMode
	api     *sandbox.Server
	dir     string
	before  map[string]bool // contacts that are there before any run
	through int             // the last state that came
	starts  []int           // the state from which each run began
}

// buildCrashProgram builds the program as it is shipped. It is removed when the test ends.
func buildCrashProgram(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), program)
	if out, err := exec.Command("go", "build", "-o", path, "../cmd/"+program).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func newPlatform(t *testing.T, binary string, m crashMode) *platform {
	p := &platform{T: t, binary: binary, mode: m, api: m.location(), dir: t.TempDir(), before: map[string]bool{}}
	p.write("catalog.json", m.catalog())
	for _, c := range p.api.Contacts() {
		p.before[c.ID] = true
	}
	return p
}

func (p *platform) write(name string, data []byte) {
	if err := os.WriteFile(filepath.Join(p.dir, name), data, 0o600); err != nil {
		p.Fatal(err)
	}
}

// configure writes a configuration for the API at an address.
func (p *platform) configure(url string) {
	var doc map[string]any
	if err := json.Unmarshal(p.api.Config(url), &doc); err != nil {
		p.Fatal(err)
	}
	doc["journal"] = map[string]any{"storage_type": "Local", "path": "journal"}
	for key, value := range p.mode.settings {
		doc[key] = value
	}
	data, err := json.Marshal(doc)
	if err != nil {
		p.Fatal(err)
	}
	p.write("config.json", data)
}

// attempt is one run of the program.
type attempt struct {
	*platform
	cut     crashCut
	cmd     *exec.Cmd
	stdout  *os.File
	stderr  buffer
	started chan struct{} // closed once the program runs
	ended   context.Context
	cutAt   time.Time // when it was cut short
	once    sync.Once

	mu       sync.Mutex
	requests int
}

// run runs the program from the last state until it ends, and gives its exit code, -1 if it was killed. It fails if a state is ahead of
// its records, or its counts are wrong.
func (p *platform) run(c crashCut) (a *attempt, code int) {
	p.starts = append(p.starts, p.through)
	input, rejects := p.mode.source(p.through)
	a = &attempt{platform: p, cut: c, started: make(chan struct{})}
	server := httptest.NewServer(a)
	defer server.Close() // waits for the requests under way
	defer server.CloseClientConnections()
	p.configure(server.URL)
	a.start(input)
	if c.after > 0 {
		defer time.AfterFunc(c.after, a.strike).Stop()
	}
	a.read(rejects)
	var exit *exec.ExitError
	if err := a.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		p.Fatal(err)
	}
	if a.ended.Err() != nil {
		a.Errorf("%v: it did not end within %v\n%s", c, longestRun, &a.stderr)
	}
	return a, a.cmd.ProcessState.ExitCode()
}

// longestRun is far more than any run takes, also where many share a machine.
const longestRun = 4 * time.Minute

// start starts the program.
func (a *attempt) start(input []byte) {
	read, write, err := os.Pipe()
	if err != nil {
		a.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), longestRun)
	a.Cleanup(cancel)
	a.ended = ctx
	a.cmd = exec.CommandContext(ctx, a.binary, "write", "--config", "config.json", "--catalog", "catalog.json")
	a.cmd.Dir, a.cmd.Stdin, a.cmd.Stdout, a.cmd.Stderr = a.dir, bytes.NewReader(input), write, &a.stderr
	a.cmd.WaitDelay = time.Second
	a.stdout = read
	if err := a.cmd.Start(); err != nil {
		a.Fatal(err)
	}
	_ = write.Close()
	close(a.started)
}

// read reads stdout to its end, and looks at each state in the moment in which it comes.
func (a *attempt) read(rejects map[int]int) {
	defer a.stdout.Close()
	lines := bufio.NewReader(a.stdout)
	for states := 0; ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return // what came of a line that was cut short is no message
		}
		messages, err := readMessages(line)
		if err != nil {
			a.Error(err)
			continue
		}
		switch m := messages[0]; m.Type {
		case "TRACE":
			if a.cut.how != deaf {
				a.Errorf("a failure: %s", line)
			}
		case "STATE":
			states++
			a.accept(m, rejects)
			if states == a.cut.state {
				a.strike()
				if a.cut.how == forgotten {
					return
				}
			}
		}
	}
}

// accept keeps a state.
func (a *attempt) accept(m message, rejects map[int]int) {
	through, stats := m.State.Stream.State.Through, m.State.Stats
	if through != a.through+crashStates {
		a.Errorf("the state of line %d comes after that of %d", through, a.through)
	}
	a.through = through
	if fault := a.mode.behind(a.api.Contacts(), through); fault != "" {
		a.Errorf("%v: the state of line %d is ahead of its records: %s", a.cut, through, fault)
	}
	if bad := float64(rejects[through]); stats.Rejected != bad || stats.Accepted != crashStates-bad {
		a.Errorf("the state of line %d counts %v accepted and %v rejected, want %v and %v", through, stats.Accepted, stats.Rejected, crashStates-bad, bad)
	}
}

// strike cuts the run short.
func (a *attempt) strike() {
	a.once.Do(func() {
		<-a.started
		a.mu.Lock()
		a.cutAt = time.Now()
		a.mu.Unlock()
		switch a.cut.how {
		case killed, forgotten:
			_ = a.cmd.Process.Kill() // it may have ended by itself
		case told:
			_ = a.cmd.Process.Signal(syscall.SIGTERM)
		case deaf:
			_ = a.stdout.Close()
		}
	})
}

// ServeHTTP is the API, with the cut at one of its requests.
func (a *attempt) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone while it sent
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	a.audit(r, body)
	a.mu.Lock()
	a.requests++
	chosen := a.requests == a.cut.request
	a.mu.Unlock()
	switch {
	case !chosen:
		a.api.ServeHTTP(w, r)
	case a.cut.moment == onArrival:
		if a.strike(); a.cut.how != killed {
			a.api.ServeHTTP(w, r)
		}
	case a.cut.moment == onApplied:
		answer := httptest.NewRecorder()
		a.api.ServeHTTP(answer, r)
		a.strike()
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // to nobody, if it was killed
	default:
		a.api.ServeHTTP(w, r)
		_ = http.NewResponseController(w).Flush()
		a.strike()
	}
}

// wasCut tells whether the run was cut short before it ended, and how long ago.
func (a *attempt) wasCut() (ago time.Duration, cut bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return time.Since(a.cutAt), !a.cutAt.IsZero()
}

// expect holds the end of a run to what cut it short, and reports whether it was.
func (a *attempt) expect(code int) (wasCut bool) {
	a.Helper()
	took, wasCut := a.wasCut()
	if said := a.stderr.String(); said != "" && (!wasCut || a.cut.how != deaf) || strings.Contains(said, "goroutine") {
		a.Errorf("%v: stderr: %s", a.cut, said)
	}
	switch {
	case !wasCut, a.cut.how == told:
		if code != 0 {
			a.Errorf("%v: exit code %d, want 0", a.cut, code)
		}
	case a.cut.how == deaf:
		if code != 1 {
			a.Errorf("%v: exit code %d, want 1", a.cut, code)
		}
	case code != -1 && code != 0: // it may have ended in the same moment
		a.Errorf("%v: exit code %d before it was killed", a.cut, code)
	}
	if wasCut && took > 10*time.Second {
		a.Errorf("%v: it took %v to end", a.cut, took)
	}
	return wasCut
}
