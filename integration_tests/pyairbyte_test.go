package integration_tests

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// The packages that the test runs with. Each has an environment of its own, as their needs contradict each other.
var (
	pyairbyte   = pythonPackage("airbyte==0.71.3", "PYAIRBYTE", "a gigabyte, some minutes")
	sourceFaker = pythonPackage("airbyte-source-faker==7.2.1", "PYAIRBYTE", "a minute")
	sourceFile  = pythonPackage("airbyte-source-file==0.5.32", "PYAIRBYTE", "a minute") // the last that can be installed: later ones ask for a smart-open that there is not
)

// pyJob is a sync as testdata/pyairbyte/sync.py takes it.
type pyJob struct {
	Executable       string         `json:"executable"` // the destination's
	Config           string         `json:"config"`     // the destination's, a file
	Source           string         `json:"source"`
	SourceExecutable string         `json:"source_executable"`
	SourceConfig     map[string]any `json:"source_config"`
	Stream           string         `json:"stream"`
	Cache            bool           `json:"cache"` // whether records go through PyAirbyte's default cache, or straight on

	library string // PyAirbyte's environment
}

// TestPyAirbyte lets PyAirbyte drive the program, as an executable on this machine, through check and write of real sources. Where
// PYAIRBYTE is set it installs what it needs into the user's cache; later it finds it there.
func TestPyAirbyte(t *testing.T) {
	t.Parallel()
	environments := installed(t, pyairbyte, sourceFaker, sourceFile)
	library, faker, file := environments[0], environments[1], environments[2]
	t.Run("faker", func(t *testing.T) {
		t.Parallel()
		fakerUsers(t, pyJob{library: library, Source: "source-faker", SourceExecutable: filepath.Join(faker, "bin", "source-faker"), Cache: true})
	})
	for name, cache := range map[string]bool{"file, default cache": true, "file, no cache": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			filePeople(t, pyJob{library: library, Source: "source-file", SourceExecutable: filepath.Join(file, "bin", "source-file"), Cache: cache})
		})
	}
}

// fakerUsers syncs users of the faker: nobody is lost, and once more changes nothing.
func fakerUsers(t *testing.T, job pyJob) {
	server, dir := syncFiles(t, sandbox.Options{})
	job.Config = filepath.Join(dir, "config.json")
	amend(t, job.Config, func(doc map[string]any) {
		doc["field_mapping"] = []any{map[string]any{"from": "address.city", "to": "city"}}
	})
	const users = 150
	job.Stream, job.SourceConfig = "users", map[string]any{"count": users, "seed": 7, "parallelism": 1}
	out, _ := job.sync(t)
	if !strings.Contains(out, fmt.Sprintf("processed records: %d", users)) || !strings.Contains(out, "states: 1") {
		t.Errorf("PyAirbyte says:\n%s", out)
	}
	contacts := server.Contacts()
	if len(contacts) != users {
		t.Fatalf("%d contacts, want %d", len(contacts), users)
	}
	for _, c := range contacts {
		for _, field := range []string{"email", "firstName", "city"} {
			if c.Fields[field] == nil {
				t.Errorf("a contact has no %s", field)
			}
		}
		if !slices.Contains(c.Tags, "heropixel") {
			t.Error("a contact lacks the tag")
		}
	}
	job.again(t, server)
}

// filePeople syncs people.csv: its people are as people.json says, whatever PyAirbyte makes of its columns and numbers on the way, and
// once more changes nothing.
func filePeople(t *testing.T, job pyJob) {
	place := readSituation(t, "testdata/pyairbyte/people.json")
	place.Expect.exact = true
	stage := place.build(t)
	csv, err := filepath.Abs("testdata/pyairbyte/people.csv")
	if err != nil {
		t.Fatal(err)
	}
	job.Config = filepath.Join(stage.dir, "config.json")
	job.Stream, job.SourceConfig = "people", map[string]any{
		"dataset_name": "people", "format": "csv", "url": csv, "provider": map[string]any{"storage": "local"}}
	_, log := job.sync(t)
	place.Expect.Log = []any{fmt.Sprintf("^INFO contacts: %[1]d read · %[1]d created", len(place.Expect.Contacts))}
	if faults := place.Expect.faults(stage.look(log, log)); len(faults) > 0 {
		t.Errorf("%s\n%s", strings.Join(faults, "\n"), stage.told(log))
	}
	job.again(t, stage.server)
}

// again runs the job once more, and holds it to change nothing.
func (job pyJob) again(t *testing.T, server *sandbox.Server) {
	t.Helper()
	before := picture(server)
	server.ResetCounts()
	job.sync(t)
	// The one is the empty PUT, to nobody, by which check proves the right to write.
	if n := server.Writes(); n != 1 {
		t.Errorf("the same again made %d writes: %v", n-1, server.Requests())
	}
	if did := deeds(before, picture(server)); len(did) > 0 {
		t.Errorf("the same again changed contacts: %s", did)
	}
}

// sync runs testdata/pyairbyte/sync.py and gives what it prints, and what PyAirbyte keeps of the destination's log.
func (job pyJob) sync(t *testing.T) (out string, log []message) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	job.Executable = filepath.Join(t.TempDir(), program) // under this name the test binary is the program
	if err := os.Symlink(self, job.Executable); err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("testdata/pyairbyte/sync.py")
	if err != nil {
		t.Fatal(err)
	}
	argument, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	work := t.TempDir()
	data, err := pythonRun(ctx, work, job.library, script, string(argument)).CombinedOutput()
	if err != nil {
		t.Fatalf("PyAirbyte: %v\n%s", err, data)
	}
	return string(data), keptLog(t, work)
}

// loggedLine is a message as PyAirbyte keeps it. All are INFO to it.
var loggedLine = regexp.MustCompile(`(?m)^[\d-]+ [\d:]+ - INFO - (.*)$`)

// keptLog reads the files in which PyAirbyte keeps the destination's log.
func keptLog(t *testing.T, root string) []message {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, program, program+"-log-*.log"))
	if err != nil || len(files) == 0 {
		t.Fatalf("PyAirbyte keeps no log: %v", err)
	}
	var log []message
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range loggedLine.FindAllStringSubmatch(string(data), -1) {
			m := message{Type: "LOG"}
			m.Log.Level, m.Log.Message = "INFO", line[1]
			log = append(log, m)
		}
	}
	return log
}
