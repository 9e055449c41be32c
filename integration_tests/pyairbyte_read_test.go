package integration_tests

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// pyReadJob is a read as testdata/pyairbyte/read.py takes it.
type pyReadJob struct {
	Executable string   `json:"executable"` // the source
	Config     string   `json:"config"`     // a file
	Streams    []string `json:"streams"`
	Columns    []string `json:"columns"` // to be told of each row
}

// pyRead is what one read has put into the cache.
type pyRead struct {
	Processed int                         `json:"processed"`
	Rows      map[string][]map[string]any `json:"rows"`
}

// TestPyAirbyteReads lets PyAirbyte drive the program as a source, as an executable on this machine, into its default cache: all is there, and
// the next read brings what has changed and no more.
func TestPyAirbyteReads(t *testing.T) {
	t.Parallel()
	library := installed(t, pyairbyte)[0]
	server, dir := syncFiles(t, sandbox.Options{})
	server.Seed(620)
	server.SeedWork()
	job := pyReadJob{Config: filepath.Join(dir, "config.json"), Streams: []string{"contacts", "tasks", "pipelines"},
		Columns: []string{"id", "email", "city", "postalcode", "customer_number", "contact_email"}}
	changed := server.Contacts()[7].ID
	reads, out := job.read(t, library, func() {
		server.Edit(changed, func(c *sandbox.Contact) { c.Fields["city"] = "Salem" })
		server.Put(sandbox.Contact{Fields: map[string]any{"email": "new@example.com"}})
	})
	if !regexp.MustCompile(`available: \[.*"contacts".*"tasks".*\]`).MatchString(out) || server.Writes() != 0 {
		t.Errorf("%d writes, PyAirbyte says\n%s", server.Writes(), out)
	}
	whole := len(server.Tasks()) + len(sandbox.DefaultPipelines())
	for i, want := range []struct{ contacts, processed int }{{620, 620 + whole}, {621, 2 + whole}} {
		got := reads[i]
		if len(got.Rows["contacts"]) != want.contacts || len(got.Rows["tasks"]) != len(server.Tasks()) || got.Processed != want.processed {
			t.Errorf("read %d: %d contacts and %d tasks, %d records processed; want %+v", i+1, len(got.Rows["contacts"]), len(got.Rows["tasks"]), got.Processed, want)
		}
	}
	held := map[string]sandbox.Contact{}
	for _, c := range server.Contacts() {
		held[c.ID] = c
	}
	for _, row := range reads[1].Rows["contacts"] {
		c := held[row["id"].(string)]
		for column, want := range map[string]any{"email": c.Fields["email"], "city": c.Fields["city"], "postalcode": c.Fields["postalCode"], "customer_number": c.CustomFields["cfText00000000000001"]} {
			if row[column] != want {
				t.Fatalf("%s of a contact is %v, want %v", column, row[column], want)
			}
		}
	}
	for _, row := range reads[1].Rows["tasks"] {
		if row["contact_email"] == nil {
			t.Fatal("a task does not tell its contact")
		}
	}
}

// read runs testdata/pyairbyte/read.py, changes something between its two reads, and gives these and all that it prints.
func (job pyReadJob) read(t *testing.T, library string, change func()) (reads []pyRead, out string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	job.Executable = filepath.Join(t.TempDir(), sourceProgram)
	script, scriptErr := filepath.Abs("testdata/pyairbyte/read.py")
	argument, jsonErr := json.Marshal(job)
	if err := errors.Join(os.Symlink(self, job.Executable), scriptErr, jsonErr); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	run := pythonRun(ctx, t.TempDir(), library, script, string(argument))
	stdin, err := run.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	seen := &buffer{}
	run.Stdout, run.Stderr = io.MultiWriter(seen, onText("change something", func() {
		change()
		_, _ = stdin.Write([]byte("\n"))
	})), seen
	err = run.Run()
	out = seen.String()
	for line := range strings.Lines(out) {
		text, is := strings.CutPrefix(line, "result: ")
		if !is {
			continue
		}
		var r pyRead
		err = errors.Join(err, json.Unmarshal([]byte(text), &r))
		reads = append(reads, r)
	}
	if err != nil || len(reads) != 2 {
		t.Fatalf("PyAirbyte: %v, %d reads\n%s", err, len(reads), out)
	}
	return reads, out
}

// pythonRun is a script that works in a directory of its own and talks to nothing but the sandbox.
func pythonRun(ctx context.Context, work, library, script, argument string) *exec.Cmd {
	run := exec.CommandContext(ctx, filepath.Join(library, "bin", "python"), "-W", "ignore", script, argument)
	run.Dir = work
	run.Env = append(pythonEnv(), "AIRBYTE_OFFLINE_MODE=1", "DO_NOT_TRACK=1", "AIRBYTE_TEMP_DIR="+work, "AIRBYTE_LOGGING_ROOT="+work, "NO_COLOR=1")
	run.WaitDelay = 5 * time.Second
	return run
}

// onText calls a function once, when a text has been written.
func onText(text string, do func()) io.Writer { return &textWatch{text: text, do: do} }

type textWatch struct {
	text string
	do   func()
	seen []byte
}

func (w *textWatch) Write(b []byte) (int, error) {
	if w.seen = append(w.seen, b...); w.do != nil && slices.Contains(strings.Split(string(w.seen), "\n"), w.text) {
		w.do()
		w.do = nil
	}
	return len(b), nil
}
