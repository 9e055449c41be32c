package rejects

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"destination-gohighlevel/connector/storage"
)

const (
	testKey    = "AKIAEXAMPLEEXAMPLE00"
	testSecret = "a-secret-that-is-never-printed"
	testBucket = "rejected-records"
	testURL    = "http://store.example.com:9000"
)

// fault answers a request in the store's place; apply says that the request
// took effect all the same.
type fault struct {
	apply  bool
	status int
	body   string
	header http.Header
	err    error
}

func answer(status int, code string) *fault {
	return &fault{status: status, body: fmt.Sprintf("<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>no</Message></Error>", code)}
}

// bucketFake is an object store in memory, at the other end of a transport.
type bucketFake struct {
	// faulty decides about the nth request, from 1; nil is no fault.
	faulty func(n int, r *http.Request) *fault
	delay  time.Duration

	mu        sync.Mutex
	requests  []*http.Request
	objects   map[string]string // by path
	busy, top int
}

func (f *bucketFake) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		_ = r.Body.Close()
	}
	f.mu.Lock()
	f.requests = append(f.requests, r)
	n := len(f.requests)
	f.busy++
	f.top = max(f.top, f.busy)
	f.mu.Unlock()
	time.Sleep(f.delay)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy--
	if r.Context().Err() != nil {
		return nil, r.Context().Err()
	}
	if f.faulty != nil {
		if x := f.faulty(n, r); x != nil {
			if x.apply {
				f.apply(r, body)
			}
			return respond(r, x.status, x.body, x.header), x.err
		}
	}
	f.apply(r, body)
	if r.Method == http.MethodDelete {
		return respond(r, 204, "", nil), nil
	}
	return respond(r, 200, "", http.Header{"Etag": {`"e"`}}), nil
}

func (f *bucketFake) apply(r *http.Request, body []byte) {
	if f.objects == nil {
		f.objects = map[string]string{}
	}
	switch r.Method {
	case http.MethodPut:
		f.objects[r.URL.Path] = string(body)
	case http.MethodDelete:
		delete(f.objects, r.URL.Path)
	}
}

func respond(r *http.Request, status int, body string, h http.Header) *http.Response {
	if status == 0 {
		return nil
	}
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r, ProtoMajor: 1, ProtoMinor: 1}
}

// count is how many requests there were; bytes is how much is stored.
func (f *bucketFake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.requests)
}

func (f *bucketFake) bytes() (sum int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.objects {
		sum += len(o)
	}
	return sum
}

// lines is all that is stored, sorted by line of the input.
func (f *bucketFake) lines(t *testing.T) []Record {
	t.Helper()
	var all []Record
	for key, o := range f.objects {
		all = append(all, parse(t, key, []byte(o))...)
	}
	slices.SortFunc(all, func(a, b Record) int { return int(a.Line - b.Line) })
	return all
}

func parse(t *testing.T, key string, object []byte) (all []Record) {
	t.Helper()
	if !bytes.HasSuffix(object, []byte("\n")) {
		t.Errorf("%s does not end with a line end", key)
	}
	for text := range bytes.Lines(object) {
		var r Record
		if err := json.Unmarshal(text, &r); err != nil {
			t.Errorf("%s holds a line that is no JSON object: %v", key, err)
		}
		all = append(all, r)
	}
	return all
}

// wantLines fails unless the lines 1 to n are stored, each once.
func wantLines(t *testing.T, f *bucketFake, n int) {
	t.Helper()
	all := f.lines(t)
	for i, r := range all {
		if r.Line != int64(i+1) {
			t.Fatalf("stored line %d in place %d of %d", r.Line, i+1, len(all))
		}
	}
	if len(all) != n {
		t.Fatalf("%d lines are stored, want %d", len(all), n)
	}
}

func record(line int) Record {
	return Record{Stream: "people", Line: int64(line), Code: "no_identifier", Data: json.RawMessage(`{"email":"ann@example.com"}`)}
}

func newStore(t *testing.T, f http.RoundTripper) Store {
	t.Helper()
	return NewS3(config(f))
}

func config(f http.RoundTripper) S3Config {
	return S3Config{
		S3:   storage.S3{AccessKeyID: testKey, SecretAccessKey: testSecret, Bucket: testBucket, Region: "us-east-1", Endpoint: testURL, Transport: f},
		Path: "/rejected/", SyncID: "17",
	}
}

func add(t *testing.T, s Store, records ...Record) {
	t.Helper()
	for _, r := range records {
		if err := s.Add(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
}

func flush(t *testing.T, s Store) {
	t.Helper()
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}
