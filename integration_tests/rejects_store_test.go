package integration_tests

import (
	"context"
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	gateway        = "github.com/versity/versitygw/cmd/versitygw"
	gatewayVersion = "v1.8.0"
	bucketName     = "rejected"
	bucketPath     = "connector/people"
	storeKey       = "AKIDEXAMPLE"
	storeSecret    = "example-secret-key"
)

// bucket is a bucket of a real S3 server: a folder.
type bucket struct {
	folder string
	// url is that of a proxy in front of the server.
	url string
	// done counts the uploads that the server took: after the first pass of them all others fail with a 503 while broken is set.
	done, pass atomic.Int64
	broken     atomic.Bool
	// deaf makes an upload arrive and its answer be a 500, so many times.
	deaf atomic.Int64
}

// newBucket starts the server, which ends with the test. Without it the test is skipped.
func newBucket(t *testing.T) *bucket {
	t.Helper()
	binary := gatewayBinary(t)
	b := &bucket{folder: filepath.Join(t.TempDir(), bucketName)}
	if err := os.Mkdir(b.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for range 3 { // the port can be taken by somebody else between the choice and the start
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := free.Addr().String()
		_ = free.Close()
		if startGateway(t, binary, address, filepath.Dir(b.folder)) {
			proxy := httptest.NewServer(b.proxy(address))
			t.Cleanup(proxy.Close)
			b.url = proxy.URL
			return b
		}
	}
	t.Fatal("the S3 server does not start")
	return nil
}

// proxy passes requests on, or not.
func (b *bucket) proxy(address string) http.Handler {
	// The host stays as the client signed it.
	next := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: address})
			r.Out.Host = r.In.Host
		},
		ModifyResponse: func(r *http.Response) error {
			if r.Request.Method != http.MethodPut {
				return nil
			}
			if r.StatusCode/100 == 2 {
				b.done.Add(1)
			}
			if b.deaf.Add(-1) >= 0 {
				r.StatusCode = http.StatusInternalServerError
			}
			return nil
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && b.done.Load() >= b.pass.Load() && b.broken.Load() {
			http.Error(w, "<Error><Code>ServiceUnavailable</Code></Error>", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// config is object_storage_config.
func (b *bucket) config() map[string]any {
	return map[string]any{"storage_type": "S3", "access_key_id": storeKey, "secret_access_key": storeSecret, "s3_bucket_name": bucketName,
		"s3_bucket_region": "us-east-1", "s3_endpoint": b.url, "bucket_path": bucketPath}
}

// storedRecord is a line of the store.
type storedRecord struct {
	Stream    string          `json:"stream"`
	Namespace string          `json:"namespace"`
	Code      string          `json:"code"`
	Reason    string          `json:"reason"`
	NextStep  string          `json:"next_step"`
	At        time.Time       `json:"rejected_at"`
	Line      int             `json:"line"`
	Data      json.RawMessage `json:"data"`
}

// stored gives all lines, by the folders of their objects below the path.
func (b *bucket) stored(t *testing.T) map[string][]storedRecord {
	t.Helper()
	all := map[string][]storedRecord{}
	root := os.DirFS(b.folder)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rest, below := strings.CutPrefix(path, bucketPath+"/")
		if !below || !strings.HasSuffix(path, ".jsonl") {
			t.Errorf("there is an object at %s", path)
		}
		data, err := fs.ReadFile(root, path)
		for line := range strings.Lines(string(data)) {
			var r storedRecord
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			folder := rest[:strings.LastIndex(rest, "/")]
			all[folder] = append(all[folder], r)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// gatewayBinary gives the path of versitygw. It is built once and kept in the user's cache, which other tests share.
func gatewayBinary(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("no place for the S3 server: %v", err)
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
	ctx, cancel := context.WithTimeout(t.Context(), installTime)
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

// startGateway reports whether the server answers at the address; it serves the folders of root until the test ends.
func startGateway(t *testing.T, binary, address, root string) bool {
	t.Helper()
	run := exec.Command(binary, "--quiet", "--port", address, "--iam-dir", t.TempDir(), "posix", "--nometa", root)
	run.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+storeKey, "ROOT_SECRET_KEY="+storeSecret)
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
			return false
		case <-tick.C:
		}
	}
	return false
}
