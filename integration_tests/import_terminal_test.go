package integration_tests

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// importFiles makes a sandbox, its config.json and a people.csv of n people.
func importFiles(t *testing.T, n int, o sandbox.Options) (server *sandbox.Server, dir string) {
	t.Helper()
	server, dir = syncFiles(t, o)
	writePeople(t, dir, n)
	return server, dir
}

// writePeople writes a people.csv.
func writePeople(t *testing.T, dir string, n int) {
	t.Helper()
	var rows strings.Builder
	rows.WriteString("Email,First Name\n")
	for i := range n {
		fmt.Fprintf(&rows, "%s,Ada\n", personEmail(i+1))
	}
	if err := os.WriteFile(filepath.Join(dir, "people.csv"), []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestImportRenewsTheSignIn: the new tokens are in the configuration before they are used, for the second pass and the next import.
func TestImportRenewsTheSignIn(t *testing.T) {
	t.Parallel()
	server, dir := importFiles(t, 3, sandbox.Options{})
	path := filepath.Join(dir, "config.json")
	kept := func() (c struct {
		APIURL      string            `json:"api_url"`
		Credentials map[string]string `json:"credentials"`
	}) {
		text, err := os.ReadFile(path)
		if err = errors.Join(err, json.Unmarshal(text, &c)); err != nil {
			t.Fatal(err)
		}
		return c
	}
	if err := os.WriteFile(path, server.OAuthConfig(kept().APIURL), 0o600); err != nil {
		t.Fatal(err)
	}
	tokens := []string{kept().Credentials["refresh_token"]}
	renewed := func() {
		t.Helper()
		tokens = append(tokens, kept().Credentials["refresh_token"])
		if n := len(tokens) - 1; server.Refreshes() != n || tokens[n] == tokens[n-1] {
			t.Errorf("%d refreshes, want %d, and the last refresh token is kept: %t", server.Refreshes(), n, tokens[n] != tokens[n-1])
		}
		server.ExpireAccessTokens()
	}
	server.ExpireAccessTokens()
	s := sit(t, dir, nil, "import", "people.csv")
	s.sees(t, question)
	renewed()
	s.types(t, "y\n")
	if code := s.end(t); code != 0 {
		t.Errorf("exit code %d\n%s", code, s.stdout)
	}
	renewed()
	again := start(t, dir, nil, nil, "import", "people.csv", "--yes")
	if code := again.end(t); code != 0 {
		t.Errorf("the next import: exit code %d\n%s", code, again.stderr)
	}
	renewed()
	holdsOnce(t, server, 3)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode of the file is not kept: %v", err)
	}
	for _, token := range tokens {
		if strings.Contains(s.stdout.String()+again.stdout.String()+again.stderr.String(), token) {
			t.Error("a refresh token is shown")
		}
	}
}

// TestImportThatCannotKeepASignIn: a configuration that comes through a pipe has no place for a new refresh token, so none is asked for.
func TestImportThatCannotKeepASignIn(t *testing.T) {
	t.Parallel()
	server, dir := importFiles(t, 3, sandbox.Options{})
	path := filepath.Join(dir, "config.json")
	var c struct {
		APIURL string `json:"api_url"`
	}
	text, err := os.ReadFile(path)
	if err = errors.Join(err, json.Unmarshal(text, &c), os.Remove(path), syscall.Mkfifo(path, 0o600)); err != nil {
		t.Fatal(err)
	}
	conf := server.OAuthConfig(c.APIURL)
	server.ExpireAccessTokens()
	p := start(t, dir, nil, nil, "import", "people.csv", "--yes")
	if err := os.WriteFile(path, conf, 0o600); err != nil {
		t.Fatal(err)
	}
	if code := p.end(t); code != 1 || server.Refreshes() != 0 || !strings.Contains(p.stderr.String(), "it is not renewed here") {
		t.Errorf("exit code %d, %d refreshes, stderr %q", code, server.Refreshes(), p.stderr)
	}
}

const created = "\r\n  created                      12\r\n"

const question = "Write this to HighLevel? [y/N] "

// TestImportAsks shows what would become of the rows, and writes after a yes alone.
func TestImportAsks(t *testing.T) {
	for name, tt := range map[string]struct {
		keys            string
		contacts, code  int
		piped           bool
		says, saysNever string
	}{
		"yes":                {"y\n", 12, 0, false, created, "Nothing was written"},
		"yes, rows piped in": {"Yes\n", 12, 0, true, created, "Nothing was written"},
		"no":                 {"n\n", 0, 0, false, "Nothing was written.", created},
		"a mere return":      {"\n", 0, 0, false, "Nothing was written.", created},
		"the end of input":   {"\x04", 0, 0, false, "Nothing was written.", created},
		"Ctrl-C":             {"\x03", 0, 1, false, "The import was stopped.", created},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, dir := importFiles(t, 12, sandbox.Options{})
			file, stdin := "people.csv", io.Reader(nil)
			if tt.piped {
				data, err := os.ReadFile(filepath.Join(dir, file))
				if err != nil {
					t.Fatal(err)
				}
				file, stdin = "-", strings.NewReader(string(data))
			}
			s := sit(t, dir, stdin, "import", file)
			s.sees(t, question)
			if n := len(server.Contacts()); n > 0 {
				t.Errorf("%d contacts are there before the question is answered", n)
			}
			s.types(t, tt.keys)
			s.sees(t, tt.says)
			if code := s.end(t); code != tt.code || len(server.Contacts()) != tt.contacts {
				t.Errorf("exit code %d and %d contacts, want %d and %d", code, len(server.Contacts()), tt.code, tt.contacts)
			}
			seen := s.stdout.String()
			for _, text := range []string{"  firstName            ← First Name", "create      line 11\r\n", "… and 2 more", "12 create · 0 update · 0 unchanged: "} {
				if !strings.Contains(seen, text) {
					t.Errorf("%q is not shown", text)
				}
			}
			if strings.Contains(seen, tt.saysNever) || t.Failed() {
				t.Errorf("the screen:\n%s", seen)
			}
		})
	}
}

// TestInterruptedImport is stopped in the middle by the keyboard: no write begins any more, and it goes on when it is run again.
func TestInterruptedImport(t *testing.T) {
	t.Parallel()
	const n, most = 200, 50
	server, dir := gatedFiles(t, sandbox.Options{})
	server.most = most
	writePeople(t, dir, n)
	s := sit(t, dir, nil, "import", "people.csv")
	s.sees(t, question)
	s.types(t, "y\n")
	if code := s.interrupt(t, server, `█+░+ 2[45] % · 50 created · 0 updated · 0 rejected`); code != 1 || !strings.Contains(s.seen.String(), "What was written stays; run the import again, and it goes on from there.") {
		t.Errorf("exit code %d, the screen:\n%s", code, s.seen)
	}
	again := start(t, dir, nil, nil, "import", "people.csv", "--yes")
	if code := again.end(t); code != 0 || strings.ContainsAny(again.stdout.String()+again.stderr.String(), "\r\x1b") {
		t.Errorf("exit code %d: %s%s", code, again.stdout, again.stderr)
	}
	holdsOnce(t, server.Server, n)
}

// TestImportWithoutATerminal asks nobody, and so writes nothing.
func TestImportWithoutATerminal(t *testing.T) {
	t.Parallel()
	server, dir := importFiles(t, 3, sandbox.Options{})
	p := prepare(t, dir, nil, nil, "import", "people.csv")
	p.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	p.run(t)
	if code := p.end(t); code != 2 || !strings.Contains(p.stderr.String(), "add --yes") || p.stdout.String() != "" || server.Total() != 0 {
		t.Errorf("exit code %d, %d requests, stdout %q, stderr %q", code, server.Total(), p.stdout, p.stderr)
	}
}

// TestImportIsStoppedWhileItReads: whoever pipes the rows in may be slow.
func TestImportIsStoppedWhileItReads(t *testing.T) {
	t.Parallel()
	server, dir := importFiles(t, 0, sandbox.Options{})
	rows, feed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = errors.Join(rows.Close(), feed.Close()) }()
	p := start(t, dir, rows, nil, "import", "-", "--yes")
	if err := errors.Join(fill(feed), p.Process.Signal(syscall.SIGTERM)); err != nil {
		t.Fatal(err)
	}
	if code := p.end(t); code != 1 || !strings.Contains(p.stderr.String(), "The import was stopped.") || server.Total() != 0 {
		t.Errorf("exit code %d, %d requests, stderr %q", code, server.Total(), p.stderr)
	}
}

// fill writes more than a pipe holds, so that somebody reads it.
func fill(pipe *os.File) error {
	_, err := pipe.WriteString("Email\n" + strings.Repeat("\n", 1<<18))
	return err
}
