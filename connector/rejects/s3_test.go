package rejects

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/storage"
)

// wantKind fails unless err is an Error of the kind that names bucket and store and nothing secret.
func wantKind(t *testing.T, err error, kind storage.Kind) {
	t.Helper()
	var e *storage.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("got %v, want an error of kind %q", err, kind)
	}
	for _, must := range []string{testBucket, testURL} {
		if !strings.Contains(err.Error(), must) {
			t.Errorf("%q does not name %s", err, must)
		}
	}
	for _, never := range []string{testKey, testSecret, "ann@example.com", "/17/", "https response error"} {
		if strings.Contains(err.Error(), never) {
			t.Errorf("%q holds %s", err, never)
		}
	}
}

func TestCheck(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	for _, c := range []struct {
		name string
		put  *fault
		kind storage.Kind
		text string
	}{
		{"no right", answer(403, "AccessDenied"), storage.Denied, "denied (403 AccessDenied)"},
		{"unknown key", answer(403, "InvalidAccessKeyId"), storage.Denied, "InvalidAccessKeyId"},
		{"wrong secret", answer(403, "SignatureDoesNotMatch"), storage.Denied, "SignatureDoesNotMatch"},
		{"a code that is none", answer(403, "ann@example.com"), storage.Denied, "denied (403)"},
		{"no bucket", answer(404, "NoSuchBucket"), storage.NoBucket, "there is no bucket"},
		{"other region", answer(301, "PermanentRedirect"), storage.Other, "check the region"},
		{"redirect to a page", &fault{status: 302, header: http.Header{"Location": {"https://other.example.com/"}}}, storage.Other, "check the region"},
		{"signed for another region", answer(400, "AuthorizationHeaderMalformed"), storage.Other, "check the region"},
		{"overloaded", answer(503, "SlowDown"), storage.Other, "the answer was 503 SlowDown"},
		{"a page that says no", &fault{status: 404, body: "<html><p>Not here<br></html>"}, storage.Other, "the answer was 404"},
		{"a page that says yes", &fault{status: 200, body: "<html><p>Log in<br></html>"}, storage.Other, "no S3 object store"},
		{"nobody listens", &fault{err: refused}, storage.Unreachable, "connection refused"},
		{"no such host", &fault{err: &net.DNSError{Err: "no such host", Name: "store.example.com", IsNotFound: true}}, storage.Unreachable, "no such host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &bucketFake{faulty: func(int, *http.Request) *fault { return c.put }}
				err := newStore(t, f).Check(t.Context())
				wantKind(t, err, c.kind)
				if !strings.Contains(err.Error(), c.text) {
					t.Errorf("%q does not say %q", err, c.text)
				}
				if f.count() > 2 {
					t.Errorf("%d requests", f.count())
				}
			})
		})
	}
}

func TestCheckLeavesNothing(t *testing.T) {
	f := &bucketFake{}
	if err := newStore(t, f).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f.count() != 2 || len(f.objects) != 0 {
		t.Errorf("%d requests; left behind: %q", f.count(), slices.Collect(maps.Keys(f.objects)))
	}
	if got, want := f.requests[0].URL.Path, "/rejected-records/rejected/destination-gohighlevel-write-check.txt"; got != want {
		t.Errorf("wrote %s, want %s", got, want)
	}
}

// TestCheckMayNotRemove: the right to remove is not needed, but a removal that went wrong is told.
func TestCheckMayNotRemove(t *testing.T) {
	for code, fails := range map[string]bool{"AccessDenied": false, "MethodNotAllowed": true} {
		f := &bucketFake{faulty: func(_ int, r *http.Request) *fault {
			if r.Method == http.MethodDelete {
				return answer(map[bool]int{false: 403, true: 405}[fails], code)
			}
			return nil
		}}
		s := newStore(t, f)
		for range 3 {
			err := s.Check(t.Context())
			if fails {
				wantKind(t, err, storage.Other)
			} else if err != nil {
				t.Error(err)
			}
		}
		if len(f.objects) != 1 {
			t.Errorf("%d objects are left, want 1", len(f.objects))
		}
	}
}

func TestCheckEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		s := newStore(t, silent)
		begin := time.Now()
		err := s.Check(t.Context())
		wantKind(t, err, storage.Unreachable)
		if took := time.Since(begin); took > 30*time.Second {
			t.Errorf("took %s", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Check(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a stopped check ended with %v", err)
		}
	})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestWhere: what is asked of the client ends at the right host and path.
func TestWhere(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(*S3Config)
	}{
		{"amazon", `^https://rejected-records\.s3\.eu-west-1\.amazonaws\.com/rejected/17/people/`, func(c *S3Config) {
			c.Endpoint, c.Region = "", "eu-west-1"
		}},
		{"amazon by endpoint", `^https://rejected-records\.s3\.eu-west-1\.amazonaws\.com/rejected/17/people/`, func(c *S3Config) {
			c.Endpoint, c.Region = "https://s3.eu-west-1.amazonaws.com", "eu-west-1"
		}},
		{"other", `^http://store\.example\.com:9000/rejected-records/rejected/17/people/`, func(*S3Config) {}},
		{"root of the bucket", `^http://store\.example\.com:9000/rejected-records/17/people/`, func(c *S3Config) { c.Path = "" }},
		{"path", `^http://store\.example\.com:9000/rejected-records/a/b%20c/17/people/`, func(c *S3Config) { c.Path = "a//b c/" }},
		{"odd sync", `^http://store\.example\.com:9000/rejected-records/rejected/%252E.%252F1/people/`, func(c *S3Config) { c.SyncID = "../1" }},
		{"no sync", `^http://store\.example\.com:9000/rejected-records/rejected/no-sync-id-\d{8}T\d{6}Z/people/`, func(c *S3Config) { c.SyncID = "" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &bucketFake{}
			conf := config(f)
			c.change(&conf)
			s := NewS3(conf)
			add(t, s, record(1))
			flush(t, s)
			url := f.requests[0].URL.String()
			if !regexp.MustCompile(c.want + `[0-9a-f-]{36}\.jsonl(\?|$)`).MatchString(url) {
				t.Errorf("sent to %s", url)
			}
		})
	}
}

func TestSegment(t *testing.T) {
	seen := map[string]string{}
	for name, want := range map[string]string{
		"":            "",
		"people":      "people",
		"My Table":    "My%20Table",
		"Käufer 東京":   "Käufer%20東京",
		"a/b":         "a%2Fb",
		`a\b`:         "a%5Cb",
		"a%2Fb":       "a%252Fb",
		".":           "%2E",
		"..":          "%2E.",
		"v1.2":        "v1.2",
		"\x00\n":      "%00%0A",
		"\xff":        "%FF",
		"a?b#c&d~":    "a%3Fb%23c%26d%7E",
		"👍":           "%F0%9F%91%8D",
		"public.user": "public.user",
	} {
		if got := segment(name); got != want {
			t.Errorf("segment(%q) = %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{strings.Repeat("x", 200), strings.Repeat("x", 201), strings.Repeat("x", 5000), strings.Repeat("東", 90), strings.Repeat("/", 80)} {
		got := segment(name)
		if len(got) > longestSegment || strings.Contains(got, "/") || strings.ToValidUTF8(got, "") != got {
			t.Errorf("a name of %d bytes gives %q", len(name), got)
		}
		if other, double := seen[got]; double {
			t.Errorf("names of %d and %d bytes give the same", len(name), len(other))
		}
		seen[got] = name
	}
}

// TestAnswersAreReadBriefly: an error of a store, or of what answers in its place, can be as long as it likes.
func TestAnswersAreReadBriefly(t *testing.T) {
	for _, status := range []int{200, 403} {
		endless := &endless{}
		store := transport(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: endless}, nil
		})
		if err := newStore(t, store).Check(t.Context()); err == nil || endless.read > 1<<20 {
			t.Errorf("status %d: %d bytes were read: %v", status, endless.read, err)
		}
	}
}

// endless is a body that goes on until a test would run out of memory.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	if e.read += len(p); e.read > 1<<30 {
		return 0, errors.New("a gigabyte was read")
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func (e *endless) Close() error { return nil }
