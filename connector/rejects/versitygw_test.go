package rejects

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/storage"
)

const (
	gateway        = "github.com/versity/versitygw/cmd/versitygw"
	gatewayVersion = "v1.8.0"
)

// installed returns the path of the gateway's binary. It is built once and kept in the user's cache.
func installed(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	home := filepath.Join(cache, "destination-gohighlevel-tests")
	binary := filepath.Join(home, "versitygw-"+gatewayVersion+"-"+runtime.GOOS+"-"+runtime.GOARCH)
	if _, err := os.Stat(binary); err == nil {
		return binary
	}
	if testing.Short() {
		t.Skip("the S3 server is not in the user's cache, and takes a minute to build: the tests without -short do that")
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		t.Skipf("no place for the S3 server: %v", err)
	}
	// Built beside its place and moved, so that no other test finds half a binary.
	bin, err := os.MkdirTemp(home, "build-")
	if err != nil {
		t.Skipf("no place for the S3 server: %v", err)
	}
	defer func() { _ = os.RemoveAll(bin) }()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "go", "install", gateway+"@"+gatewayVersion)
	install.Env = append(os.Environ(), "GOBIN="+bin, "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("the S3 server cannot be installed: %v\n%s", err, out[max(0, len(out)-500):])
	}
	if err := os.Rename(filepath.Join(bin, "versitygw"), binary); err != nil {
		t.Skipf("the S3 server cannot be installed: %v", err)
	}
	return binary
}

// s3Server is a running gateway over a folder: a bucket is a folder in it, an object a file.
type s3Server struct{ url, folder string }

func serve(t *testing.T) s3Server {
	t.Helper()
	binary := installed(t)
	s := s3Server{folder: t.TempDir()}
	if err := os.Mkdir(filepath.Join(s.folder, testBucket), 0o755); err != nil {
		t.Fatal(err)
	}
	// The port can be taken by somebody else between the choice and the start.
	for range 3 {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := free.Addr().String()
		_ = free.Close()
		if s.start(t, binary, address) {
			s.url = "http://" + address
			return s
		}
	}
	t.Fatal("the S3 server does not start")
	return s
}

// start reports whether the gateway answers at the address; it runs until the test ends.
func (s s3Server) start(t *testing.T, binary, address string) bool {
	t.Helper()
	run := exec.Command(binary, "--quiet", "--port", address, "--iam-dir", t.TempDir(), "posix", "--nometa", s.folder)
	run.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+testKey, "ROOT_SECRET_KEY="+testSecret)
	var log strings.Builder
	run.Stdout, run.Stderr = &log, &log
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = run.Wait(); close(ended) }()
	t.Cleanup(func() { _ = run.Process.Kill(); <-ended })
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return true
		}
		select {
		case <-ended:
			t.Logf("the S3 server ended: %s", log.String())
			return false
		case <-tick.C:
		}
	}
	return false
}

func (s s3Server) config() S3Config {
	return S3Config{
		S3: storage.S3{AccessKeyID: testKey, SecretAccessKey: testSecret, Bucket: testBucket, Region: "us-east-1", Endpoint: s.url}, Path: "rejected", SyncID: "17",
	}
}

// objects are the files of the bucket, by path.
func (s s3Server) objects(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	root := os.DirFS(filepath.Join(s.folder, testBucket))
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		all[path], err = fs.ReadFile(root, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRealServer(t *testing.T) {
	s := serve(t)
	store := NewS3(s.config())
	if err := store.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := s.objects(t); len(left) != 0 {
		t.Errorf("the check left %d objects", len(left))
	}
	names := []string{"people", "Käufer 東京", "../../up", "a/b", "..", "50%+x?&#", strings.Repeat("/long", 300)}
	const each = 200
	line := 0
	for range each {
		for _, name := range names {
			line++
			r := record(line)
			r.Stream, r.Namespace = name, "crm"
			if line%100 == 0 {
				flush(t, store)
			}
			add(t, store, r)
		}
	}
	big := record(line + 1)
	big.Data = json.RawMessage(`"` + strings.Repeat("x", 20<<20) + `"`)
	add(t, store, big)
	flush(t, store)

	var lines []Record
	for key, object := range s.objects(t) {
		if want := "rejected/17/"; !strings.HasPrefix(key, want) || !strings.HasSuffix(key, ".jsonl") {
			t.Errorf("an object lies at %s", key)
		}
		found := parse(t, key, object)
		folder := storage.Join("rejected/17", segment(found[0].Namespace), segment(found[0].Stream))
		for _, r := range found {
			if r.Stream != found[0].Stream || filepath.ToSlash(filepath.Dir(key)) != folder {
				t.Errorf("a record of %.20q lies in %s", r.Stream, key)
			}
		}
		lines = append(lines, found...)
	}
	slices.SortFunc(lines, func(a, b Record) int { return int(a.Line - b.Line) })
	for i, r := range lines {
		if r.Line != int64(i+1) {
			t.Fatalf("stored line %d in place %d", r.Line, i+1)
		}
	}
	if len(lines) != line+1 || len(lines[line].Data) != len(big.Data) {
		t.Errorf("%d lines are stored, want %d", len(lines), line+1)
	}
}

func TestRealServerRefuses(t *testing.T) {
	s := serve(t)
	for _, c := range []struct {
		name   string
		kind   storage.Kind
		change func(*S3Config)
	}{
		{"wrong secret", storage.Denied, func(c *S3Config) { c.SecretAccessKey = "another-secret" }},
		{"unknown key", storage.Denied, func(c *S3Config) { c.AccessKeyID = "AKIAANOTHER" }},
		{"no bucket", storage.NoBucket, func(c *S3Config) { c.Bucket = "another-bucket" }},
		{"another region", storage.Other, func(c *S3Config) { c.Region = "eu-west-1" }},
		{"nobody there", storage.Unreachable, func(c *S3Config) { c.Endpoint = "http://127.0.0.1:1" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			conf := s.config()
			c.change(&conf)
			store := NewS3(conf)
			add(t, store, record(1))
			results := map[string]error{"check": store.Check(t.Context())}
			if c.kind != storage.Unreachable { // its pauses would be real ones
				results["flush"] = store.Flush(t.Context())
			}
			for what, err := range results {
				var e *storage.Error
				if !errors.As(err, &e) || e.Kind != c.kind || !strings.Contains(err.Error(), fmt.Sprintf("%q", conf.Bucket)) ||
					!strings.Contains(err.Error(), conf.Endpoint) || strings.Contains(err.Error(), conf.SecretAccessKey) {
					t.Errorf("%s: got %v, want an error of kind %q", what, err, c.kind)
				}
			}
		})
	}
	if left := s.objects(t); len(left) != 0 {
		t.Errorf("%d objects were stored", len(left))
	}
}
