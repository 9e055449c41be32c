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
)

// installTime is how long the packages may take that are not in the user's cache yet.
const installTime = 5 * time.Minute

// pythonEnv is the environment without what would keep Python from caching compiled modules.
func pythonEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PYTHONDONTWRITEBYTECODE=") })
}

// pythonEnvironments gives an environment for each package. They are made once; where that cannot be done, the test is skipped.
func pythonEnvironments(t *testing.T, packs ...string) []string {
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
	environments := make([]string, len(packs))
	for i, pack := range packs {
		group.Go(func() (err error) {
			environments[i], err = pythonEnvironment(ctx, home, pack)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Skip(err)
	}
	return environments
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
