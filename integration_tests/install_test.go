package integration_tests

import (
	"context"
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

// installation is a package of others that a test runs with.
type installation struct {
	pack    string
	allowed string                                            // the environment variable that lets the test install it
	costs   string                                            // what that takes
	install func(ctx context.Context, dir, pack string) error // into an empty directory
}

// pythonPackage is one of Python's index, in an environment of its own.
func pythonPackage(pack, allowed, costs string) installation {
	return installation{pack, allowed, costs, func(ctx context.Context, dir, pack string) error {
		pip := filepath.Join(dir, "bin", "pip")
		return inOrder(ctx,
			[]string{"python3", "-m", "venv", dir},
			// Whether the index is there at all shows at once.
			[]string{pip, "download", "--quiet", "--no-deps", "--retries=1", "--timeout=20", "--dest=" + dir, pack},
			[]string{pip, "install", "--quiet", "--no-compile", "--find-links=" + dir, pack})
	}}
}

// nodePackage is one of Node's registry.
func nodePackage(pack, allowed, costs string) installation {
	return installation{pack, allowed, costs, func(ctx context.Context, dir, pack string) error {
		return inOrder(ctx, []string{"npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=20000", pack})
	}}
}

// installed gives the directory of each package. They are made once, in the user's cache; where that cannot be done, the test is skipped.
func installed(t *testing.T, packs ...installation) []string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("no place for packages: %v", err)
	}
	home := filepath.Join(cache, "destination-gohighlevel-tests")
	if err := os.MkdirAll(home, 0o755); err != nil {
		t.Skipf("no place for packages: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), installTime)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	dirs := make([]string, len(packs))
	for i, p := range packs {
		group.Go(func() (err error) {
			dirs[i], err = p.in(ctx, home)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Skip(err)
	}
	return dirs
}

// in gives the package's directory. It is filled beside its name, and a link makes it known when it is whole: an environment of Python
// cannot be moved.
func (p installation) in(ctx context.Context, home string) (string, error) {
	known := filepath.Join(home, strings.ReplaceAll(p.pack, "/", "-"))
	if _, err := os.Stat(known); err == nil {
		return known, nil
	}
	if os.Getenv(p.allowed) == "" {
		return "", fmt.Errorf("%s is not in the user's cache; %s=1 lets the test install it (%s)", p.pack, p.allowed, p.costs)
	}
	sweep(known)
	dir, err := os.MkdirTemp(home, filepath.Base(known)+"-")
	if err != nil {
		return "", err
	}
	if err = p.install(ctx, dir, p.pack); err == nil {
		err = link(dir, known)
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", fmt.Errorf("%s cannot be installed: %w", p.pack, err)
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

// inOrder runs commands until one fails.
func inOrder(ctx context.Context, commands ...[]string) error {
	for _, c := range commands {
		run := exec.CommandContext(ctx, c[0], c[1:]...)
		run.Env = pythonEnv()
		run.WaitDelay = time.Second
		out, err := run.CombinedOutput()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("%w: %s", err, out[max(0, len(out)-500):])
		}
	}
	return nil
}
