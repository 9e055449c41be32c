package rejects

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/storage"
)

func TestObjects(t *testing.T) {
	f := &bucketFake{}
	s := newStore(t, f)
	at := time.Date(2026, 8, 1, 12, 0, 0, 0, time.FixedZone("", 7200))
	add(t, s,
		Record{
			Kind: "record", Stream: "people", Line: 1, Code: "schema_violation", Field: "age", Column: "Age", Reason: "must be a number", NextStep: "fix the source",
			RejectedAt: at, Data: json.RawMessage(" {\"z\": 12345678901234567890, \"a\":\n \"<b> & \u2028\"} "),
		},
		Record{Stream: "people", Namespace: "crm", Line: 2},
		Record{Stream: "../x", Namespace: "a/b", Line: 3, Data: json.RawMessage(`{broken "`)})
	flush(t, s)

	var folders []string
	for key, object := range f.objects {
		folders = append(folders, path.Dir(key))
		if strings.Count(object, "\n") != 1 {
			t.Errorf("%s holds %q, want one line", key, object)
		}
	}
	slices.Sort(folders)
	want := []string{"/rejected-records/rejected/17/a%2Fb/%2E.%2Fx", "/rejected-records/rejected/17/crm/people", "/rejected-records/rejected/17/people"}
	if !slices.Equal(folders, want) {
		t.Errorf("the objects lie in %q, want %q", folders, want)
	}
	for key, object := range f.objects {
		switch path.Dir(key) {
		case want[2]:
			const line = `{"kind":"record","stream":"people","namespace":"","code":"schema_violation","field":"age","column":"Age","reason":"must be a number",` +
				`"next_step":"fix the source","rejected_at":"2026-08-01T10:00:00Z","line":1,"data":{"z":12345678901234567890,"a":"<b> & ` + "\u2028" + `"}}` + "\n"
			if object != line {
				t.Errorf("got  %s\nwant %s", object, line)
			}
		case want[1]:
			if !strings.HasSuffix(object, `"data":null}`+"\n") || strings.Contains(object, "0001-01-01") {
				t.Errorf("a record without data and time is stored as %s", object)
			}
		case want[0]:
			if !strings.HasSuffix(object, `"data":"{broken \""}`+"\n") {
				t.Errorf("a broken record is stored as %s", object)
			}
		}
	}
	for _, r := range f.requests {
		if got := r.Header.Get("Content-Type"); got != "application/x-ndjson" {
			t.Errorf("content type %q", got)
		}
		if signed := r.Header.Get("Authorization"); strings.Contains(signed, "accept-encoding") {
			t.Errorf("a header that changes on the way is signed: %s", signed)
		}
	}
}

func TestFlushOfNothingCostsNothing(t *testing.T) {
	f := &bucketFake{}
	s := newStore(t, f)
	flush(t, s)
	add(t, s, record(1), record(2))
	if f.count() != 0 {
		t.Errorf("%d requests before the flush", f.count())
	}
	flush(t, s)
	flush(t, s)
	if f.count() != 1 {
		t.Errorf("%d requests, want 1", f.count())
	}
	add(t, s, record(3))
	flush(t, s)
	wantLines(t, f, 3)
	if len(f.objects) != 2 {
		t.Errorf("%d objects after two flushes", len(f.objects))
	}
}

// TestFaultsThatPass: whatever happens to the first requests, the records are stored once and the caller sees nothing.
func TestFaultsThatPass(t *testing.T) {
	for name, x := range map[string]*fault{
		"overloaded":           answer(503, "SlowDown"),
		"internal error":       answer(500, "InternalError"),
		"reset before":         {err: syscall.ECONNRESET},
		"reset after applying": {apply: true, err: syscall.ECONNRESET},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &bucketFake{faulty: func(n int, _ *http.Request) *fault {
					if n <= 2 {
						return x
					}
					return nil
				}}
				s := newStore(t, f)
				add(t, s, record(1), record(2))
				flush(t, s)
				wantLines(t, f, 2)
				if f.count() != 3 || len(f.objects) != 1 {
					t.Errorf("%d requests and %d objects, want 3 and 1", f.count(), len(f.objects))
				}
			})
		})
	}
}

// TestFailedFlushKeeps: after a flush that failed, though the store took it, the next one repeats the same object. What came in
// between is another object: the lost attempt may still arrive.
func TestFailedFlushKeeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := true
		f := &bucketFake{faulty: func(int, *http.Request) *fault {
			if down {
				return &fault{apply: true, err: syscall.ECONNRESET}
			}
			return nil
		}}
		s := newStore(t, f)
		add(t, s, record(1))
		wantKind(t, s.Flush(t.Context()), storage.Unreachable)
		first := maps.Clone(f.objects)
		add(t, s, record(2))
		wantKind(t, s.Flush(t.Context()), storage.Unreachable)
		down = false
		flush(t, s)
		flush(t, s)
		wantLines(t, f, 2)
		if len(f.objects) != 2 {
			t.Errorf("%d objects, want 2", len(f.objects))
		}
		for key, object := range first {
			if f.objects[key] != object {
				t.Errorf("an object changed after its first attempt")
			}
		}
	})
}

// TestMemoryIsBounded: what was taken and is not stored is never more than the bound, except for one record greater than it.
func TestMemoryIsBounded(t *testing.T) {
	f := &bucketFake{}
	s := newStore(t, f)
	big := func(line, size int) Record {
		r := record(line)
		r.Stream = string(rune('a' + line%5))
		r.Data = json.RawMessage(`"` + strings.Repeat("x", size) + `"`)
		return r
	}
	taken := 0
	for line := 1; line <= 30; line++ {
		size := 600_000
		if line == 20 {
			size = maxBuffered + 1<<20
		}
		add(t, s, big(line, size))
		taken += size
		bound := maxBuffered
		if line == 20 {
			bound = size
		}
		if held := taken - f.bytes(); held > bound {
			t.Fatalf("%d bytes are held after line %d", held, line)
		}
	}
	flush(t, s)
	wantLines(t, f, 30)
	if f.count() > 30 || len(f.objects) != f.count() {
		t.Errorf("%d requests for %d objects", f.count(), len(f.objects))
	}
}

// TestFullAndDown: a record that finds the buffers full and the store down is not taken, so that it can be added again.
func TestFullAndDown(t *testing.T) {
	down := true
	f := &bucketFake{faulty: func(int, *http.Request) *fault {
		if down {
			return answer(403, "AccessDenied")
		}
		return nil
	}}
	s := newStore(t, f)
	r := record(1)
	r.Data = json.RawMessage(`"` + strings.Repeat("x", maxBuffered) + `"`)
	add(t, s, r)
	for range 3 {
		wantKind(t, s.Add(t.Context(), record(2)), storage.Denied)
	}
	down = false
	add(t, s, record(2))
	flush(t, s)
	wantLines(t, f, 2)
}

// TestManyStreamsAtOnce: adds and flushes from many sides lose and double nothing, and few uploads run at a time.
func TestManyStreamsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &bucketFake{delay: 50 * time.Millisecond}
		s := newStore(t, f)
		const streams, workers = 500, 20
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() {
				for i := w; i < streams; i += workers {
					r := record(i + 1)
					r.Stream = strings.Repeat("s", 1+i)
					add(t, s, r)
					if i/workers == 10 {
						flush(t, s)
					}
				}
			})
		}
		group.Wait()
		flush(t, s)
		wantLines(t, f, streams)
		if f.top > uploads {
			t.Errorf("%d uploads at a time", f.top)
		}
		if f.count() != streams {
			t.Errorf("%d requests for %d streams with one record each", f.count(), streams)
		}
	})
}

// TestStop: a flush that is stopped ends at once, says so, and keeps the records; one that waits for its turn too.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &bucketFake{delay: time.Minute}
		s := newStore(t, f)
		add(t, s, record(1))
		ctx, cancel := context.WithCancel(t.Context())
		first, second := make(chan error), make(chan error)
		go func() { first <- s.Flush(t.Context()) }()
		synctest.Wait()
		go func() { second <- s.Flush(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-second; !errors.Is(err, context.Canceled) {
			t.Errorf("waiting for the turn ended with %v", err)
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
		add(t, s, record(2))
		var fault *storage.Error
		if err := s.Flush(ctx); !errors.Is(err, context.Canceled) || errors.As(err, &fault) {
			t.Errorf("a stopped flush ended with %v", err)
		}
		late, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := s.Flush(late); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a flush out of time ended with %v", err)
		}
		flush(t, s)
		wantLines(t, f, 2)
	})
}

// TestNamesSortByTime: of one stream, objects sort as they were begun.
func TestNamesSortByTime(t *testing.T) {
	f := &bucketFake{}
	s := newStore(t, f)
	for line := 1; line <= 50; line++ {
		add(t, s, record(line))
		flush(t, s)
	}
	line := int64(0)
	for _, key := range slices.Sorted(maps.Keys(f.objects)) {
		line++
		if r := parse(t, key, []byte(f.objects[key])); r[0].Line != line {
			t.Fatalf("line %d is in place %d", r[0].Line, line)
		}
	}
}

func TestNone(t *testing.T) {
	s := None()
	add(t, s, record(1))
	flush(t, s)
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
