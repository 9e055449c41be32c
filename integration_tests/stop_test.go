package integration_tests

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// gate counts the writes that arrive at a sandbox, and lets so many pass until it is opened, or any number.
type gate struct {
	*sandbox.Server
	writes atomic.Int64
	most   int64 // 0: any
	opened chan struct{}
	open   func()
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.URL.Path != "/contacts/search" {
		if n := g.writes.Add(1); g.most > 0 && n > g.most {
			<-g.opened
		}
	}
	g.Server.ServeHTTP(w, r)
}

// gatedFiles is syncFiles with a count of the writes.
func gatedFiles(t *testing.T, o sandbox.Options) (*gate, string) {
	t.Helper()
	g := &gate{Server: sandbox.New(o), opened: make(chan struct{})}
	g.open = sync.OnceFunc(func() { close(g.opened) })
	listener := httptest.NewServer(g)
	t.Cleanup(func() { g.open(); listener.CloseClientConnections(); listener.Close() })
	dir := t.TempDir()
	for name, data := range map[string][]byte{"config.json": g.Config(listener.URL), "catalog.json": []byte(peopleCatalog)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return g, dir
}

// afterStop is how many writes may still arrive: the signal needs a moment to reach the program.
const afterStop = 8

// TestAStopStops sends a signal in the middle, at a rate like the API's: no write begins any more, what was on the wire is written and what is
// acknowledged is there; the next sync ends as if nothing had happened.
func TestAStopStops(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"SIGTERM": syscall.SIGTERM, "Ctrl-C": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const n, every = 80, 5
			server, dir := gatedFiles(t, sandbox.Options{Burst: 50, Interval: 5 * time.Second, Latency: 200 * time.Millisecond})
			p := startWrite(t, dir, bytes.NewReader(people(n, every)), nil)
			until(t, "some contacts", func() bool { return len(server.Contacts()) > 3*every })
			before := server.writes.Load()
			told := time.Now()
			if err := p.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			until(t, "the word that it stops", func() bool { return strings.Contains(p.stdout.String(), "stopping: ") })
			if took := time.Since(told); took > time.Second {
				t.Errorf("it said so after %s", took)
			}
			if code := p.end(t); code != 0 {
				t.Errorf("exit code %d, want 0\n%s", code, p.stdout)
			}
			if took := time.Since(told); took > 3*time.Second {
				t.Errorf("it took %s to end", took)
			}
			if late := server.writes.Load() - before; late > afterStop {
				t.Errorf("%d writes began after the stop", late)
			}
			if written := int64(len(server.Contacts())); written != server.writes.Load() {
				t.Errorf("%d writes arrived, %d contacts were written", server.writes.Load(), written)
			}
			if through := acknowledged(t, server.Server, p.messages(t)); through < len(server.Contacts())-3*every {
				t.Errorf("%d people are acknowledged, while %d were written", through, len(server.Contacts()))
			}
			finish(t, server.Server, dir, n, every)
		})
	}
}

// stuck starts a sync whose output nobody reads, and waits until it stands still because of that.
func stuck(t *testing.T) (p *process, read *os.File) {
	t.Helper()
	server, dir := gatedFiles(t, sandbox.Options{})
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p = startWrite(t, dir, bytes.NewReader(people(2000, 1)), write)
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = read.Close() })
	seen := int64(-1)
	until(t, "a full stdout", func() bool {
		now := server.writes.Load()
		still := now > 100 && now == seen
		if seen = now; !still {
			time.Sleep(500 * time.Millisecond)
		}
		return still
	})
	return p, read
}

// TestAStopEndsASyncThatStandsStill: docker stop kills after ten seconds, of which the process takes nine; the rest of the bound is the
// machine's.
func TestAStopEndsASyncThatStandsStill(t *testing.T) {
	t.Parallel()
	p, _ := stuck(t)
	told := time.Now()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if took := time.Since(told); took > 15*time.Second {
		t.Errorf("it took %s to end", took)
	}
}

// TestASecondSignalDoesNotWait also for what stands still. A shell sees no 143.
func TestASecondSignalDoesNotWait(t *testing.T) {
	t.Parallel()
	p, _ := stuck(t)
	told := time.Now()
	for range 2 {
		if err := p.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond) // two that are pending at once are one
	}
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if took := time.Since(told); took > 3*time.Second {
		t.Errorf("it took %s to end", took)
	}
}
