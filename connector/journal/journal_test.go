package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/storage"
)

// shelf is a place in memory. A put takes a while, and fails while broken is set.
type shelf struct {
	takes  time.Duration
	ahead  bool
	mu     sync.Mutex
	broken error
	parts  map[int]string
	puts   int
}

func (s *shelf) put(_ context.Context, number int, lines []byte) error {
	time.Sleep(s.takes)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts++
	if s.broken != nil {
		return s.broken
	}
	if old, again := s.parts[number]; again && old != string(lines) {
		return errors.New("a part was put again with other lines")
	}
	s.parts[number] = string(lines)
	return nil
}

func (s *shelf) check(context.Context) error { return s.broken }
func (s *shelf) slow() bool                  { return s.ahead }
func (s *shelf) String() string              { return "shelf" }

// durable is all that is kept, as it would be read.
func (s *shelf) durable() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all strings.Builder
	for n := 1; s.parts[n] != ""; n++ {
		all.WriteString(s.parts[n])
	}
	return all.String()
}

func onShelf(s *shelf) *Journal {
	s.parts = map[int]string{}
	return begin(Run{Started: time.Now(), Location: "loc1"}, func(string) place { return s })
}

func update(n int) Change {
	return Change{Op: Update, Object: "contacts", ID: fmt.Sprint("c", n), Origin: Origin{Stream: "people", Lines: []int64{int64(n)}},
		Before: map[string]any{"city": "Rome"}, Set: map[string]any{"city": fmt.Sprint("Milan ", n)}}
}

// read reads lines as they lie in a file.
func read(t *testing.T, lines string) (*Run, []Recorded) {
	t.Helper()
	run, changes, err := File{"test", []part{func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(lines)), nil }}}.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return run, changes
}

// TestWritersShareAFlush: many writers at a time wait for few puts, and each goes on only when its intent is durable.
func TestWritersShareAFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{takes: 100 * time.Millisecond}
		j := onShelf(s)
		begun := time.Now()
		var group sync.WaitGroup
		for w := range 16 {
			group.Go(func() {
				for i := range 10 {
					n := 100*w + i
					e, err := j.Begin(t.Context(), update(n))
					if err != nil {
						t.Error(err)
					}
					if !strings.Contains(s.durable(), fmt.Sprintf(`"id":"c%d"`, n)) {
						t.Errorf("change %d was begun and is not durable", n)
					}
					e.Done(Outcome{ID: fmt.Sprint("c", n)})
				}
			})
		}
		group.Wait()
		if err := j.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); s.puts > 40 || took > 4*time.Second {
			t.Errorf("160 changes by 16 writers took %d puts and %v", s.puts, took)
		}
		_, changes := read(t, s.durable())
		if len(changes) != 160 || slices.ContainsFunc(changes, func(c Recorded) bool { return c.Result != Carried }) {
			t.Errorf("%d changes are recorded, or not all of them as done", len(changes))
		}
	})
}

// TestAnnounced: where a put takes long, what is announced takes one, and nothing waits when it is begun; what was not begun is known to be unsent.
func TestAnnounced(t *testing.T) {
	s := &shelf{ahead: true}
	j := onShelf(s)
	var all []Change
	for n := range 100 {
		all = append(all, update(n))
	}
	if err := j.Announce(t.Context(), slices.Values(all)); err != nil {
		t.Fatal(err)
	}
	for n := range 60 {
		e, err := j.Begin(t.Context(), update(n))
		if err != nil {
			t.Fatal(err)
		}
		e.Done(Outcome{ID: fmt.Sprint("c", n)})
	}
	if s.puts != 1 {
		t.Errorf("%d puts", s.puts)
	}
	if _, err := j.Begin(t.Context(), update(7)); err != nil || s.puts != 2 { // a second time: announced once only
		t.Errorf("%d puts: %v", s.puts, err)
	}
	if err := j.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, changes := read(t, s.durable())
	count := map[Result]int{}
	for _, c := range changes {
		count[c.Result]++
	}
	if len(changes) != 101 || count[Carried] != 60 || count[Unsent] != 40 || count[Unknown] != 1 {
		t.Errorf("%d changes: %v", len(changes), count)
	}
}

// TestAFailedPutIsPutAgain: whoever could not begin may not send; what was taken down is there once, when the place is back.
func TestAFailedPutIsPutAgain(t *testing.T) {
	s := &shelf{broken: &storage.Error{Kind: storage.Unreachable}}
	j := onShelf(s)
	var of *Error
	if _, err := j.Begin(t.Context(), update(1)); !errors.As(err, &of) {
		t.Fatalf("got %v", err)
	}
	s.broken = nil
	if _, err := j.Begin(t.Context(), update(2)); err != nil {
		t.Fatal(err)
	}
	if _, changes := read(t, s.durable()); len(changes) != 2 {
		t.Errorf("%d changes", len(changes))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	j.turn <- struct{}{}
	if _, err := j.Begin(ctx, update(3)); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped sync got %v", err)
	}
}

// TestNoJournal: without one nothing is recorded and nothing fails.
func TestNoJournal(t *testing.T) {
	var j *Journal
	e, err := j.Begin(t.Context(), update(1))
	e.Done(Outcome{})
	e.Fail(Failure{})
	if err := errors.Join(err, j.Announce(t.Context(), nil), j.Flush(t.Context()), j.Check(t.Context()), j.Close(t.Context())); err != nil || j.Pending() {
		t.Error(err)
	}
}

// TestInFolder: a run is one file, which only whoever runs the program can read, and none if nothing was changed.
func TestInFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kept", "journal")
	j := InFolder(path, Run{Started: time.Now(), Version: "1", Location: "loc1", Streams: []Stream{{"people", "contacts", "append_dedup"}}})
	if err := errors.Join(j.Check(t.Context()), j.Flush(t.Context()), j.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("a run without a change has left something: %v", err)
	}
	e, err := j.Begin(t.Context(), update(1), update(2))
	if err != nil {
		t.Fatal(err)
	}
	e.Fail(Failure{Status: 500, Message: "ambiguous", Unknown: true})
	e.Done(Outcome{ID: "c1", After: map[string]any{"city": "Milan 1"}})
	if err := j.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if about, err := os.Stat(j.Name()); err != nil || about.Mode().Perm() != 0o600 {
		t.Fatalf("the file is %v: %v", about, err)
	}
	files, err := FilesIn(path)
	if err != nil || len(files) != 1 || files[0].Name != j.Name() {
		t.Fatalf("found %v: %v", files, err)
	}
	run, changes, err := files[0].Read(t.Context())
	if err != nil || run.Location != "loc1" || len(run.Streams) != 1 || run.Started.IsZero() {
		t.Fatalf("read %+v: %v", run, err)
	}
	if len(changes) != 2 || changes[0].Result != Carried || changes[0].Outcome.After["city"] != "Milan 1" || changes[0].Before["city"] != "Rome" {
		t.Errorf("read %+v", changes)
	}
	if changes[1].Result != Unknown {
		t.Errorf("a change of which nobody knows whether it was made is %v", changes[1].Result)
	}
}

// TestTornLine: of a run that was killed, the last line may be broken, and no other; a newer form is refused. No error holds a value.
func TestTornLine(t *testing.T) {
	path := t.TempDir()
	j := InFolder(path, Run{Started: time.Now()})
	if _, err := j.Begin(t.Context(), update(1), update(2)); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(j.Name())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text    string
		changes int // -1: an error
	}{
		"whole":  {string(whole), 2},
		"torn":   {string(whole[:len(whole)-20]), 1},
		"noise":  {string(whole) + "\x00\x00", 2},
		"middle": {strings.Replace(string(whole), `{"type":"intent","seq":1`, `{"type":"int`, 1), -1},
		"newer":  {strings.Replace(string(whole), `"format":1`, `"format":2`, 1), -1},
		"other":  {"a,b\nMilan,2\n", -1},
		"empty":  {"", 0},
	} {
		if err := os.WriteFile(j.Name(), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, changes, err := File{j.Name(), []part{fileAt(j.Name())}}.Read(t.Context())
		if (err != nil) != (c.changes < 0) || err == nil && len(changes) != c.changes || err != nil && strings.Contains(err.Error(), "Milan") {
			t.Errorf("%s: %d changes, %v", name, len(changes), err)
		}
		if err == nil && len(changes) > 0 && changes[0].Result != Unknown {
			t.Errorf("%s: a change without an outcome is %v", name, changes[0].Result)
		}
	}
}
