package integration_tests

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
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

// slow makes the writes of some hundred people take seconds, so that a sync can be caught in the middle.
const slow = 100 * time.Millisecond

// process is the program under way.
type process struct {
	*exec.Cmd
	stdout, stderr *buffer
}

// buffer can be read while a process still writes to it.
type buffer struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.String()
}

// start starts the program. stdout, where given, takes the place of the buffer.
func start(t *testing.T, dir string, stdin io.Reader, stdout *os.File, args ...string) *process {
	t.Helper()
	p := prepare(t, dir, stdin, stdout, args...)
	p.run(t)
	return p
}

// prepare is start for whom something else is to be set before the program runs.
func prepare(t *testing.T, dir string, stdin io.Reader, stdout *os.File, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	p := &process{exec.CommandContext(ctx, self), &buffer{}, &buffer{}}
	p.Args, p.Dir, p.Stdin, p.Stderr = append([]string{program}, args...), dir, stdin, p.stderr
	if p.Stdout = p.stdout; stdout != nil {
		p.Stdout = stdout
	}
	p.WaitDelay = time.Second
	return p
}

func (p *process) run(t *testing.T) {
	t.Helper()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() }) // it has ended long since, if all went well
}

// end waits for the process and gives its exit code; -1 if a signal killed it.
func (p *process) end(t *testing.T) int {
	t.Helper()
	var exit *exec.ExitError
	if err := p.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return p.ProcessState.ExitCode()
}

// messages gives what the process printed, held to the protocol.
func (p *process) messages(t *testing.T) []message {
	t.Helper()
	messages, err := readMessages(p.stdout.String())
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

// syncFiles makes a sandbox and a directory with a config.json for it and the catalog of people.
func syncFiles(t testing.TB, o sandbox.Options) (server *sandbox.Server, dir string) {
	t.Helper()
	server, config := serveSandbox(t.Cleanup, o)
	dir = t.TempDir()
	for name, data := range map[string][]byte{"config.json": config, "catalog.json": []byte(peopleCatalog)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return server, dir
}

func startWrite(t *testing.T, dir string, stdin io.Reader, stdout *os.File) *process {
	t.Helper()
	return start(t, dir, stdin, stdout, "write", "--config", "config.json", "--catalog", "catalog.json")
}

// until waits for something that happens outside the test.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// holdsOnce fails unless the sandbox holds each of the first n people exactly once and nobody else.
func holdsOnce(t *testing.T, server *sandbox.Server, n int) {
	t.Helper()
	count := map[any]int{}
	for _, c := range server.Contacts() {
		count[c.Fields["email"]]++
	}
	for i := 1; i <= n; i++ {
		if count[personEmail(i)] != 1 {
			t.Errorf("person %d is there %d times", i, count[personEmail(i)])
		}
	}
	if len(count) != n {
		t.Errorf("%d people, want %d", len(count), n)
	}
}

// acknowledged gives how many people the states speak for, and fails if one of them is not in the sandbox, or the counts of the states
// do not add up to it.
func acknowledged(t *testing.T, server *sandbox.Server, messages []message) int {
	t.Helper()
	held := map[any]bool{}
	for _, c := range server.Contacts() {
		held[c.Fields["email"]] = true
	}
	through, sum := 0, 0.0
	for _, m := range ofType(messages, "STATE") {
		if m.State.Stream.State.Through <= through {
			t.Errorf("the state of %d people comes after that of %d", m.State.Stream.State.Through, through)
		}
		through = m.State.Stream.State.Through
		sum += m.State.Stats.Accepted + m.State.Stats.Rejected
	}
	for i := 1; i <= through; i++ {
		if !held[personEmail(i)] {
			t.Errorf("person %d of %d is acknowledged and not there", i, through)
		}
	}
	if sum != float64(through) {
		t.Errorf("the states count %v records, want %d", sum, through)
	}
	return through
}

// finish runs the whole sync again, which must complete what a run before it left.
func finish(t *testing.T, server *sandbox.Server, dir string, n, every int) {
	t.Helper()
	p := startWrite(t, dir, bytes.NewReader(people(n, every)), nil)
	if code := p.end(t); code != 0 {
		t.Fatalf("the next run: exit code %d\n%s", code, p.stdout)
	}
	if got := acknowledged(t, server, p.messages(t)); got != n {
		t.Errorf("the next run acknowledged %d people, want %d", got, n)
	}
	holdsOnce(t, server, n)
}

func TestTerminatedSync(t *testing.T) {
	t.Parallel()
	const n, every = 400, 20
	server, dir := syncFiles(t, sandbox.Options{Latency: slow})
	p := startWrite(t, dir, bytes.NewReader(people(n, every)), nil)
	until(t, "some contacts", func() bool { return len(server.Contacts()) > 3*every })
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	told := time.Now()
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d, want 0\n%s", code, p.stdout)
	}
	if took := time.Since(told); took > 10*time.Second {
		t.Errorf("it took %v to end", took)
	}
	messages := p.messages(t)
	if len(ofType(messages, "TRACE")) > 0 {
		t.Errorf("a stop that was asked for is no failure:\n%s", p.stdout)
	}
	if through := acknowledged(t, server, messages); through < every {
		t.Errorf("%d people are acknowledged, while %d were written", through, len(server.Contacts()))
	}
	finish(t, server, dir, n, every)
}

// TestTerminatedWhileIdle stops a sync whose source is silent.
func TestTerminatedWhileIdle(t *testing.T) {
	t.Parallel()
	server, dir := syncFiles(t, sandbox.Options{})
	source, feed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := startWrite(t, dir, source, nil)
	defer func() { _ = errors.Join(source.Close(), feed.Close()) }()
	if _, err := feed.Write(people(5, 5)); err != nil {
		t.Fatal(err)
	}
	until(t, "the state, though the input goes on", func() bool { return strings.Contains(p.stdout.String(), `"type":"STATE"`) })
	holdsOnce(t, server, 5)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d, want 0\n%s", code, p.stdout)
	}
	if got := acknowledged(t, server, p.messages(t)); got != 5 {
		t.Errorf("%d people are acknowledged, want 5", got)
	}
}

func TestKilledSync(t *testing.T) {
	for name, o := range map[string]sandbox.Options{
		"duplicates forbidden": {Latency: slow, IndexLag: 2 * time.Second},
		"duplicates allowed":   {Latency: slow, IndexLag: 2 * time.Second, AllowDuplicates: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const n, every = 200, 20
			server, dir := syncFiles(t, o)
			p := startWrite(t, dir, bytes.NewReader(people(n, every)), nil)
			until(t, "some contacts", func() bool { return len(server.Contacts()) > 3*every })
			if err := p.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if code := p.end(t); code != -1 {
				t.Errorf("exit code %d before it was killed", code)
			}
			acknowledged(t, server, p.messages(t))
			finish(t, server, dir, n, every)
		})
	}
}

// TestClosedStdout is how the platform cancels: nobody reads any more.
func TestClosedStdout(t *testing.T) {
	t.Parallel()
	server, dir := syncFiles(t, sandbox.Options{Latency: slow})
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := startWrite(t, dir, bytes.NewReader(people(400, 1)), write)
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	until(t, "some contacts", func() bool { return len(server.Contacts()) > 20 })
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	closed := time.Now()
	code := p.end(t)
	if took := time.Since(closed); took > 15*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if code != 1 {
		t.Errorf("exit code %d, want 1: what was written has not all been acknowledged", code)
	}
	if said := p.stderr.String(); strings.Contains(said, "panic") || strings.Contains(said, "goroutine") {
		t.Errorf("stderr: %s", said)
	}
	finish(t, server, dir, 400, 50)
}

// TestCheckGivesUp holds check to an end where nobody listens.
func TestCheckGivesUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := sandbox.New(sandbox.Options{}).Config("http://127.0.0.1:1")
	if err := os.WriteFile(filepath.Join(dir, "config.json"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	p := start(t, dir, nil, nil, "check", "--config", "config.json")
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if took := time.Since(began); took > 22*time.Second {
		t.Errorf("it took %v to end", took)
	}
	found := ofType(p.messages(t), "CONNECTION_STATUS")
	if len(found) != 1 || found[0].ConnectionStatus.Status != "FAILED" || !strings.Contains(found[0].ConnectionStatus.Message, "api_url") {
		t.Errorf("answers: %s", p.stdout)
	}
}

// sandboxIsReady waits for a sandbox process to serve, and for the configuration that it prints: the two come by different pipes.
func sandboxIsReady(t *testing.T, p *process) {
	t.Helper()
	until(t, "the sandbox", func() bool {
		return strings.Contains(p.stderr.String(), "ready") && json.Valid([]byte(p.stdout.String()))
	})
}

// TestSandboxVerb uses the sandbox as a person would: with the configuration that it prints.
func TestSandboxVerb(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir(), nil, nil, "sandbox", "--listen", "127.0.0.1:0", "--contacts", "3")
	sandboxIsReady(t, p)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(p.stdout.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	check := start(t, dir, nil, nil, "check", "--config", "config.json")
	if code := check.end(t); code != 0 {
		t.Errorf("check: exit code %d", code)
	}
	found := ofType(check.messages(t), "CONNECTION_STATUS")
	if len(found) != 1 || found[0].ConnectionStatus.Status != "SUCCEEDED" || !strings.Contains(found[0].ConnectionStatus.Message, "3 contacts") {
		t.Errorf("check: %s", check.stdout)
	}
	address := p.stderr.String()
	address = address[strings.Index(address, "http://"):]
	page, err := http.Get(strings.Fields(address)[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = page.Body.Close() }()
	if page.StatusCode != http.StatusOK {
		t.Errorf("the page: %s", page.Status)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d, want 0: %s", code, p.stderr)
	}
}
