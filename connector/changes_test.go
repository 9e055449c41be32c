package connector

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// bucketServer is an S3 store in memory, as far as a journal needs one.
type bucketServer struct {
	mu      sync.Mutex
	objects map[string]string // by key
}

func (b *bucketServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	object, kept := b.objects[key]
	switch prefix := r.URL.Query().Get("prefix"); {
	case r.Method == http.MethodPut:
		body, _ := io.ReadAll(r.Body)
		b.objects[key] = string(body)
		w.Header().Set("ETag", `"1"`)
	case r.Method == http.MethodDelete:
		delete(b.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case r.URL.Query().Get("list-type") == "2":
		_, _ = fmt.Fprint(w, `<ListBucketResult><IsTruncated>false</IsTruncated>`)
		for _, key := range slices.Sorted(maps.Keys(b.objects)) {
			if strings.HasPrefix(key, prefix) {
				_, _ = fmt.Fprintf(w, "<Contents><Key>%s</Key></Contents>", key)
			}
		}
		_, _ = fmt.Fprint(w, `</ListBucketResult>`)
	case kept:
		_, _ = io.WriteString(w, object)
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprint(w, "<Error><Code>NoSuchKey</Code></Error>")
	}
}

// bucketJournal is the setting of a journal in a bucket.
func bucketJournal(endpoint string) map[string]any {
	return map[string]any{"storage_type": "S3", "access_key_id": "AKIDEXAMPLE", "secret_access_key": "example-secret-key",
		"s3_bucket_name": "crm-journal", "s3_bucket_region": "us-east-1", "s3_endpoint": endpoint, "bucket_path": "a/b"}
}

// TestJournalInBucket: a round of creates is one part, and what was recorded there is read back, by the configuration and by its address.
func TestJournalInBucket(t *testing.T) {
	bucket := &bucketServer{objects: map[string]string{}}
	store := httptest.NewServer(bucket)
	t.Cleanup(store.Close)
	settings := map[string]any{"journal": bucketJournal(store.URL)}
	server := sandbox.New(sandbox.Options{Burst: 10_000})
	if said, code := ran(t, "check", server, settings, ""); code != exitOK || !strings.Contains(said, `Every change is recorded in the bucket \"crm-journal\"`) || len(bucket.objects) != 0 {
		t.Fatalf("check: %d objects are left: %s", len(bucket.objects), said)
	}
	var people []string
	for i := range 200 {
		people = append(people, fmt.Sprintf(`people: {"Email":"p%d@example.com"}`, i))
	}
	catalog := catalogOf(`people: {"Email":{}}`)
	if said, code := synced(t, server, settings, catalog, people...); code != exitOK {
		t.Fatal(said)
	}
	if parts := len(bucket.objects); parts < 2 || parts > 4 {
		t.Errorf("200 creates are recorded in %d parts: %q", parts, slices.Sorted(maps.Keys(bucket.objects)))
	}
	said, code := ran(t, "changes", server, settings, "")
	if code != exitOK || !strings.Contains(said, "\n200 changes\n") || strings.Count(said, "  created  contact  ") != 200 {
		t.Errorf("changes: %.1000s", said)
	}
	for key := range bucket.objects {
		delete(bucket.objects, key)
	}
	if said, _ := ran(t, "changes", server, settings, ""); said != "No such change is recorded.\n" {
		t.Errorf("changes of an empty bucket: %s", said)
	}
}

func TestSince(t *testing.T) {
	now := time.Date(2026, 8, 31, 14, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"": "0001-01-01T00:00:00Z", "2026-08-30": "2026-08-30T00:00:00Z", "2026-08-30 10:11:12": "2026-08-30T10:11:12Z",
		"2026-08-30T10:11:12+02:00": "2026-08-30T10:11:12+02:00", "36h": "2026-08-30T02:00:00Z", "yesterday": "", "-2h": "", "0": "",
	} {
		begin, ok := sinceWhen(text, now)
		if got := begin.Format(time.RFC3339); ok != (want != "") || ok && got != want {
			t.Errorf("since %q is %s, %v", text, got, ok)
		}
	}
}

// TestBucketOfChanges: a bucket's address goes with the keys of the configuration.
func TestBucketOfChanges(t *testing.T) {
	bucket := &bucketServer{objects: map[string]string{}}
	run, _ := json.Marshal(map[string]any{"type": "run", "format": 1, "run": "r1", "at": "2026-08-31T14:00:00Z"})
	bucket.objects["x/r1/00000001.jsonl"] = string(run) + "\n" +
		`{"type":"intent","seq":1,"at":"2026-08-31T14:00:00Z","op":"update","object":"contacts","id":"c1","set":{"city":"Milan"}}` + "\n"
	store := httptest.NewServer(bucket)
	t.Cleanup(store.Close)
	var conf map[string]any
	if err := json.Unmarshal(sandbox.New(sandbox.Options{}).Config(store.URL), &conf); err != nil {
		t.Fatal(err)
	}
	conf["journal"] = bucketJournal(store.URL)
	data, _ := json.Marshal(conf)
	path := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"s3://crm-journal/x":    "2026-08-31 14:00:00Z  updated  contact  c1  (perhaps: the journal does not tell whether it was done)\n  city                 → Milan\n",
		"s3://crm-journal/x/r1": "1 change\n",
		"s3://crm-journal/y":    "No such change is recorded.\n",
	} {
		var out, said strings.Builder
		if code := Run(t.Context(), IO{Stdout: &out, Stderr: &said}, []string{"changes", "--config", path, "--journal", at}); code != exitOK || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %d: %s%s", at, code, out.String(), said.String())
		}
	}
}
