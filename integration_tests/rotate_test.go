package integration_tests

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"destination-gohighlevel/connector"
	"destination-gohighlevel/connector/sandbox"
)

// oauthFiles makes a directory with the files of a sync that signs in by an app of a sandbox, served behind before.
func oauthFiles(t *testing.T, server *sandbox.Server, before func(r *http.Request)) (dir string) {
	t.Helper()
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before(r)
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		listener.CloseClientConnections()
		listener.Close()
	})
	dir = t.TempDir()
	for name, data := range map[string][]byte{"config.json": server.OAuthConfig(listener.URL), "catalog.json": []byte(peopleCatalog)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// keep does what the platform does with the only CONTROL of a run.
func keep(t *testing.T, dir string, messages []message) {
	t.Helper()
	found := ofType(messages, "CONTROL")
	if len(found) != 1 {
		t.Fatalf("%d CONTROL messages, want one", len(found))
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), found[0].Control.ConnectorConfig.Config, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestASyncRotatesOnce ends the access token before a sync, or in the middle of its writes.
func TestASyncRotatesOnce(t *testing.T) {
	for name, after := range map[string]int{"at the start": 0, "among writes": 30} {
		for whose, agency := range map[string]bool{"location": false, "agency": true} {
			t.Run(name+" of "+whose, func(t *testing.T) {
				t.Parallel()
				const n = 120
				server := sandbox.New(sandbox.Options{Latency: 10 * time.Millisecond, OAuth: sandbox.OAuth{Company: agency}})
				stdout := &buffer{}
				tokens := &buffer{} // of the time before the end
				dir := oauthFiles(t, server, func(r *http.Request) {
					bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
					ended := server.Refreshes() > 0
					switch {
					case strings.HasPrefix(r.URL.Path, "/oauth/"):
					case !ended && !strings.Contains(tokens.String(), bearer):
						_, _ = tokens.Write([]byte(bearer))
					case ended && !strings.Contains(tokens.String(), bearer) && !strings.Contains(stdout.String(), `"CONTROL"`):
						t.Errorf("%s %s uses a new token that nobody was told", r.Method, r.URL.Path)
					}
					if after > 0 && len(server.Contacts()) >= after && server.Refreshes() == 0 {
						server.ExpireAccessTokens()
					}
				})
				if after == 0 {
					server.ExpireAccessTokens()
				}
				code := connector.Run(t.Context(), connector.IO{Stdin: bytes.NewReader(people(n, 10)), Stdout: stdout, Stderr: os.Stderr},
					[]string{"write", "--config", filepath.Join(dir, "config.json"), "--catalog", filepath.Join(dir, "catalog.json")})
				messages, err := readMessages(stdout.String())
				if err != nil || code != 0 {
					t.Fatalf("exit code %d, %v\n%s", code, err, stdout)
				}
				if got := acknowledged(t, server, messages); got != n {
					t.Errorf("%d people are acknowledged", got)
				}
				holdsOnce(t, server, n)
				if server.Refreshes() != 1 || server.Requests()["POST /oauth/token"] != 1 {
					t.Errorf("%d refreshes by %d requests, want one", server.Refreshes(), server.Requests()["POST /oauth/token"])
				}
				keep(t, dir, messages)
			})
		}
	}
}

// TestKilledAfterRotation kills a sync between the CONTROL and the first answer to the new token. Its old refresh token is spent; what
// the platform kept is all there is.
func TestKilledAfterRotation(t *testing.T) {
	t.Parallel()
	server := sandbox.New(sandbox.Options{})
	killed := make(chan struct{})
	dir := oauthFiles(t, server, func(*http.Request) {
		if server.Refreshes() > 0 { // the first answer to the new token
			<-killed
		}
	})
	release := sync.OnceFunc(func() { close(killed) })
	t.Cleanup(release)
	server.ExpireAccessTokens()
	p := startWrite(t, dir, bytes.NewReader(people(5, 5)), nil)
	until(t, "the CONTROL", func() bool { return strings.Contains(p.stdout.String(), `"CONTROL"`) })
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if code := p.end(t); code != -1 {
		t.Errorf("exit code %d before it was killed", code)
	}
	release()
	if n := len(server.Contacts()); n != 0 {
		t.Fatalf("%d contacts were written", n)
	}
	keep(t, dir, p.messages(t))
	next := startWrite(t, dir, bytes.NewReader(people(5, 5)), nil)
	if code := next.end(t); code != 0 {
		t.Fatalf("the next run: exit code %d\n%s", code, next.stdout)
	}
	if len(ofType(next.messages(t), "CONTROL")) > 0 || server.Refreshes() != 1 {
		t.Errorf("the next run did not use the access token that was kept: %d refreshes", server.Refreshes())
	}
	holdsOnce(t, server, 5)
	// The refresh token that was kept is the one that lives.
	server.ExpireAccessTokens()
	last := startWrite(t, dir, bytes.NewReader(people(5, 5)), nil)
	if code := last.end(t); code != 0 || server.Refreshes() != 2 {
		t.Errorf("a run with the refresh token that was kept: exit code %d, %d refreshes\n%s", code, server.Refreshes(), last.stdout)
	}
}

// TestClosedStdoutKeepsTheOldToken: where the CONTROL cannot leave, no call uses the new token and nothing is written.
func TestClosedStdoutKeepsTheOldToken(t *testing.T) {
	t.Parallel()
	server := sandbox.New(sandbox.Options{})
	dir := oauthFiles(t, server, func(*http.Request) {})
	server.ExpireAccessTokens()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	p := startWrite(t, dir, bytes.NewReader(people(5, 5)), write)
	_ = write.Close() // the process has its own
	if code := p.end(t); code != 1 {
		t.Errorf("exit code %d, want 1\n%s", code, p.stderr)
	}
	for _, r := range server.Log() {
		if r.Operation != "POST /oauth/token" && r.Status != http.StatusUnauthorized {
			t.Errorf("%s was answered with %d", r.Operation, r.Status)
		}
	}
	if len(server.Contacts()) > 0 {
		t.Error("people were written")
	}
}

// TestSandboxVerbSignsIn uses the sandbox's sign-in as a person would.
func TestSandboxVerbSignsIn(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--oauth", "--agency"} {
		p := start(t, t.TempDir(), nil, nil, "sandbox", "--listen", "127.0.0.1:0", flag, "--token-life", "1m")
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
		if len(found) != 1 || found[0].ConnectionStatus.Status != "SUCCEEDED" || !strings.Contains(found[0].ConnectionStatus.Message, "(OAuth)") {
			t.Errorf("check: %s", check.stdout)
		}
		keep(t, dir, check.messages(t))
	}
}
