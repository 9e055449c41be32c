package integration_tests

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// interrupt waits until a bar shows a text, at which all further writes are held at the gate, and presses Ctrl-C: what is on the wire is
// finished, and nothing else begins.
func (s *session) interrupt(t *testing.T, server *gate, text string) (code int) {
	t.Helper()
	shows := regexp.MustCompile(text)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the screen:\n%q", s.seen)
		}
	})
	until(t, text, func() bool { return shows.MatchString(s.seen.String()) })
	s.types(t, "\x03")
	until(t, "the word that it stops", func() bool { return strings.Contains(s.stdout.String(), "stopping: ") })
	began := server.writes.Load()
	server.open()
	code = s.end(t)
	if after := server.writes.Load(); after != began || int(after) != len(server.Contacts()) {
		t.Errorf("%d writes began after Ctrl-C; %d contacts of %d writes", after-began, len(server.Contacts()), after)
	}
	return code
}

var write = []string{"write", "--config", "config.json", "--catalog", "catalog.json"}

// TestBarOfWrite: stderr has a bar and at the end a table, stdout the protocol alone, and a stop in the middle keeps what it promises.
func TestBarOfWrite(t *testing.T) {
	t.Parallel()
	const n, every, most = 200, 5, 50
	server, dir := gatedFiles(t, sandbox.Options{})
	server.most = most
	s := sitPiped(t, dir, bytes.NewReader(people(n, every)), write...)
	code := s.interrupt(t, server, `50 created · 0 updated · 0 rejected\r\nwaiting [0-9]+ s for the answer to POST /contacts/ · [0-9.]+ records a second\r\n`)
	messages := s.messages(t)
	if code != 0 || strings.Contains(s.stdout.String(), "\x1b") {
		t.Errorf("exit code %d, stdout:\n%s", code, s.stdout)
	}
	through := acknowledged(t, server.Server, messages)
	if through < most/every*every || through > len(server.Contacts()) {
		t.Errorf("%d people are acknowledged, %d were written", through, len(server.Contacts()))
	}
	s.sees(t, "WRN stopping: no new write begins")
	s.sees(t, "people → contacts\r\n")
	if !regexp.MustCompile(`\r\n  created +[56][0-9]\r\n  updated +0\r\n  unchanged +0\r\n  rejected +0\r\n  values left out +0\r\n  requests +[0-9]+\r\n`).MatchString(s.seen.String()) {
		t.Errorf("no table at the end; the screen:\n%s", s.seen)
	}
	finish(t, server.Server, dir, n, every)
}

// contactsCatalog chooses the contacts of a location, to be read.
const contactsCatalog = `{"streams":[{"stream":{"name":"contacts","json_schema":{},"supported_sync_modes":["full_refresh","incremental"]},
"sync_mode":"incremental","cursor_field":["dateUpdated"],"destination_sync_mode":"append_dedup","primary_key":[["id"]]}]}`

// TestBarOfRead: stderr has a bar with the time that is left, and at the end a table; stdout has the protocol alone.
func TestBarOfRead(t *testing.T) {
	t.Parallel()
	server, dir := syncFiles(t, sandbox.Options{Latency: 1100 * time.Millisecond, Daily: 5000})
	server.Seed(1204)
	if err := os.WriteFile(filepath.Join(dir, "catalog.json"), []byte(contactsCatalog), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"read", "--config", "config.json", "--catalog", "catalog.json"}, {"export"}} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			s := sitPiped(t, dir, nil, args...)
			if code := s.end(t); code != 0 || strings.Contains(s.stdout.String(), "\x1b") {
				t.Errorf("exit code %d, stdout:\n%s", code, s.stdout)
			}
			verb := args[0]
			if verb == "export" {
				verb = "exported"
			} else {
				s.messages(t)
			}
			for _, want := range []string{`(42|83) % · (5|1,0)00 contacts ` + verb + `\r\nless than a minute left · [0-9.,]+ records a second · [0-9,]+ requests left today`,
				`\x1b\[J  contacts +1,204 ` + verb + ` · [34] requests · [3-9]\.[0-9] seconds\r\n\r\n1,204 contacts ` + verb + `\r\n4,99[0-9] of 5,000 requests left today\r\n$`} {
				if !regexp.MustCompile(want).MatchString(s.seen.String()) {
					t.Errorf("nothing of %s on the screen:\n%q", want, s.seen)
				}
			}
		})
	}
}

// TestNoBarIntoAPipeline: in read | write both have one terminal, and a bar of each would mix.
func TestNoBarIntoAPipeline(t *testing.T) {
	t.Parallel()
	server, dir := syncFiles(t, sandbox.Options{})
	server.Seed(3)
	if err := os.WriteFile(filepath.Join(dir, "catalog.json"), []byte(contactsCatalog), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(selfPath(t), filepath.Join(dir, program)); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"read --catalog catalog.json", "read --catalog catalog.json --format text", "export"} {
		for into, bar := range map[string]bool{"| cat > out": false, "> out": true} {
			p := prepare(t, dir, nil, nil)
			p.Path, p.Args = "/bin/sh", []string{"sh", "-c", "./" + program + " " + verb + " --config config.json " + into}
			s := p.on(t, p.stderr)
			if code := s.end(t); code != 0 || strings.Contains(s.seen.String(), "\x1b") != bar {
				t.Errorf("%s %s: exit code %d, the screen:\n%q", verb, into, code, s.seen)
			}
		}
	}
}

// selfPath is where this program is.
func selfPath(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

// TestAFailureIsSeen by people whose stdout goes elsewhere, too.
func TestAFailureIsSeen(t *testing.T) {
	t.Parallel()
	_, dir := syncFiles(t, sandbox.Options{})
	amend(t, filepath.Join(dir, "config.json"), func(doc map[string]any) { doc["location_id"] = "nowhere" })
	s := sitPiped(t, dir, bytes.NewReader(people(5, 5)), write...)
	code := s.end(t)
	failed := ofType(s.messages(t), "TRACE")
	if code != 1 || len(failed) != 1 || !strings.Contains(s.seen.String(), failed[0].Trace.Error.Message) {
		t.Errorf("exit code %d, the screen:\n%s\nstdout:\n%s", code, s.seen, s.stdout)
	}
}

// TestBars are seen by people alone: not in a pipe, not by a program that reads a terminal, and not where the environment speaks against
// them. Nobody sees a colour, so there is none that NO_COLOR turns off.
func TestBars(t *testing.T) {
	t.Parallel()
	preview := []string{"preview", "--config", "config.json", "--catalog", "catalog.json", "--format"}
	imports := []string{"import", "people.csv", "--yes"}
	read := []string{"read", "--config", "config.json", "--catalog", "source.json", "--format"}
	for name, tt := range map[string]struct {
		args  []string
		piped bool // stdout; stdin is, too, unless the verb reads the location
		env   string
		bar   bool
	}{
		"write":                        {write, true, "", true},
		"write on a terminal":          {write, false, "", false},
		"preview for people":           {append(preview, "text"), false, "", true},
		"preview for programs":         {append(preview, "json"), true, "", true},
		"such a preview on a terminal": {append(preview, "json"), false, "", false},
		"import":                       {imports, true, "", true},
		"import on a terminal":         {imports, false, "", true},
		"no colours":                   {imports, false, "NO_COLOR=1", true},
		"CI":                           {imports, false, "CI=true", false},
		"a terminal without a cursor":  {imports, false, "TERM=dumb", false},
		"read":                         {append(read, "json"), true, "", true},
		"read on a terminal":           {append(read, "json"), false, "", false},
		"read for people":              {append(read, "text"), false, "", true},
		"export":                       {[]string{"export", "--to", "out"}, false, "", true},
		"export into a pipe":           {[]string{"export"}, true, "", true},
		"export on a terminal":         {[]string{"export"}, false, "", false},
		"demo":                         {[]string{"demo"}, false, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, dir := importFiles(t, 3, sandbox.Options{})
			if err := os.WriteFile(filepath.Join(dir, "source.json"), []byte(contactsCatalog), 0o600); err != nil {
				t.Fatal(err)
			}
			var stdin io.Reader = bytes.NewReader(people(3, 3))
			if strings.HasPrefix(name, "read") || strings.HasPrefix(name, "export") {
				stdin = nil
			}
			p := prepare(t, dir, stdin, nil, tt.args...)
			seen := p.stdout
			if p.Env = []string{tt.env}; tt.piped {
				seen = p.stderr
			}
			s := p.on(t, seen)
			code := s.end(t)
			if tt.bar {
				s.sees(t, "\x1b[J") // which makes it vanish
			}
			colour := regexp.MustCompile("\x1b\\[[0-9;]*m").MatchString(s.seen.String())
			if shown := strings.Contains(s.seen.String(), "\x1b"); code != 0 || shown != tt.bar || colour || tt.piped && strings.Contains(s.stdout.String(), "\x1b") {
				t.Errorf("exit code %d, the screen:\n%s\nstdout:\n%s", code, s.seen, s.stdout)
			}
		})
	}
}
