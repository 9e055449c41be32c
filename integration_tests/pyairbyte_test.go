package integration_tests

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"destination-gohighlevel/connector/sandbox"
)

// The packages of Python's index that the test runs with. Each has an environment of its own, as their needs contradict each other.
const (
	pyairbyte   = "airbyte==0.71.3"
	sourceFaker = "airbyte-source-faker==7.2.1"

	installTime = 5 * time.Minute
)

// TestPyAirbyte lets PyAirbyte drive the program, as an executable on this machine, through check and write of a real source. Where
// PYAIRBYTE is set it installs what it needs into the user's cache; later it finds it there.
func TestPyAirbyte(t *testing.T) {
	if testing.Short() {
		t.Skip("PyAirbyte takes minutes to install")
	}
	t.Parallel()
	library, source := pythonPackages(t)
	server, dir := syncFiles(t, sandbox.Options{})
	amend(t, filepath.Join(dir, "config.json"), func(doc map[string]any) {
		doc["field_mapping"] = []any{map[string]any{"from": "address.city", "to": "city"}}
	})
	const users = 150
	out := pySync(t, library, source, dir, users)
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
	before := picture(server)
	server.ResetCounts()
	pySync(t, library, source, dir, users)
	// The one is the empty PUT, to nobody, by which check proves the right to write.
	if n := server.Writes(); n != 1 {
		t.Errorf("the same again made %d writes: %v", n-1, server.Requests())
	}
	if did := deeds(before, picture(server)); len(did) > 0 {
		t.Errorf("the same again changed contacts: %s", did)
	}
}

// pySync runs testdata/pyairbyte/sync.py and gives what it says.
func pySync(t *testing.T, library, source, dir string, users int) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	executable := filepath.Join(t.TempDir(), program) // under this name the test binary is the program
	if err := os.Symlink(self, executable); err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("testdata/pyairbyte/sync.py")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	work := t.TempDir()
	run := exec.CommandContext(ctx, filepath.Join(library, "bin", "python"), "-W", "ignore", script,
		executable, filepath.Join(dir, "config.json"), filepath.Join(source, "bin", "source-faker"), fmt.Sprint(users), work)
	run.Dir = work
	// Nothing but the sandbox is to be talked to.
	run.Env = append(pythonEnv(), "AIRBYTE_OFFLINE_MODE=1", "DO_NOT_TRACK=1", "AIRBYTE_TEMP_DIR="+work, "AIRBYTE_LOGGING_ROOT="+work, "NO_COLOR=1")
	run.WaitDelay = 5 * time.Second
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("PyAirbyte: %v\n%s", err, out)
	}
	return string(out)
}

// pythonEnv is the environment without what would keep Python from caching compiled modules.
func pythonEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PYTHONDONTWRITEBYTECODE=") })
}

// pythonPackages gives the environments of PyAirbyte and the source. They are made once; where that cannot be done, the test is skipped.
func pythonPackages(t *testing.T) (library, source string) {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("no place for Python packages: %v", err)
	}
	home := filepath.Join(cache, "destination-gohighlevel-tests")
	if err := os.MkdirAll(home, 0o755); err != nil {
		t.Skipf("no place for Python packages: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), installTime)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	environment := func(pack string, path *string) {
		group.Go(func() (err error) {
			*path, err = pythonEnvironment(ctx, home, pack)
			return err
		})
	}
	environment(pyairbyte, &library)
	environment(sourceFaker, &source)
	if err := group.Wait(); err != nil {
		t.Skip(err)
	}
	return library, source
}

// pythonEnvironment gives the environment of a package. It is built beside its name, and a link makes it known when it is whole: an
// environment cannot be moved.
func pythonEnvironment(ctx context.Context, home, pack string) (string, error) {
	known := filepath.Join(home, pack)
	if _, err := os.Stat(filepath.Join(known, "bin", "python")); err == nil {
		return known, nil
	}
	if os.Getenv("PYAIRBYTE") == "" {
		return "", errors.New("PyAirbyte is not in the user's cache; PYAIRBYTE=1 lets the test install it (a gigabyte, some minutes)")
	}
	sweep(known)
	dir, err := os.MkdirTemp(home, pack+"-")
	if err != nil {
		return "", err
	}
	err = errors.Join(
		python(ctx, "python3", "-m", "venv", dir),
		// Whether the index is there at all shows at once.
		python(ctx, filepath.Join(dir, "bin", "pip"), "download", "--quiet", "--no-deps", "--retries=1", "--timeout=20", "--dest="+dir, pack))
	if err == nil {
		err = python(ctx, filepath.Join(dir, "bin", "pip"), "install", "--quiet", "--no-compile", "--find-links="+dir, pack)
	}
	if err == nil {
		err = link(dir, known)
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", fmt.Errorf("%s cannot be installed: %w", pack, err)
	}
	return known, nil
}

// sweep removes what tests that were killed have left of environments.
func sweep(known string) {
	left, _ := filepath.Glob(known + "-*")
	for _, dir := range left {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > 2*installTime {
			_ = os.RemoveAll(dir)
		}
	}
}

// link makes name lead to dir, whatever it led to before.
func link(dir, name string) error {
	beside := dir + ".link"
	if err := os.Symlink(dir, beside); err != nil {
		return err
	}
	return os.Rename(beside, name)
}

func python(ctx context.Context, name string, args ...string) error {
	run := exec.CommandContext(ctx, name, args...)
	run.Env = pythonEnv()
	run.WaitDelay = time.Second
	out, err := run.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, out[max(0, len(out)-500):])
	}
	return nil
}
