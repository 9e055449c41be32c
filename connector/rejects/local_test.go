package rejects

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"destination-gohighlevel/connector/storage"
)

func newLocal(t *testing.T, path string) Store {
	t.Helper()
	return NewLocal(path, "17")
}

// stored are the files below a path, by the path below it.
func stored(t *testing.T, path string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(path), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(path, name))
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// storedLines are the lines of all files, sorted by line of the input.
func storedLines(t *testing.T, path string) (all []Record) {
	t.Helper()
	for name, text := range stored(t, path) {
		all = append(all, parse(t, name, []byte(text))...)
	}
	slices.SortFunc(all, func(a, b Record) int { return int(a.Line - b.Line) })
	return all
}

func wantStored(t *testing.T, path string, n int) {
	t.Helper()
	all := storedLines(t, path)
	for i, r := range all {
		if r.Line != int64(i+1) {
			t.Fatalf("stored line %d in place %d", r.Line, i+1)
		}
	}
	if len(all) != n {
		t.Fatalf("%d lines are stored, want %d", len(all), n)
	}
}

// TestLocalHoldsTheLinesOfS3: whatever is added, a bucket and a folder hold the same lines in the same folders, the folder in one file for
// each stream however often it was flushed, and nobody else can read it.
func TestLocalHoldsTheLinesOfS3(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kept", "here")
	local, bucket := newLocal(t, path), &bucketFake{}
	at := time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	s3 := newStore(t, bucket)
	for i := range 30 {
		r := record(i + 1)
		r.Kind, r.Column, r.RejectedAt = "value", "E-Mail", at
		r.Stream = []string{"people", "a/b", "../up"}[i%3]
		if i%2 == 0 {
			r.Namespace = "crm"
		}
		add(t, local, r)
		add(t, s3, r)
		if i%7 == 0 {
			flush(t, local)
		}
	}
	flush(t, local)
	flush(t, s3)
	folders := func(files map[string]string, above string) map[string]string {
		lines := map[string]string{}
		for name, text := range files {
			lines[strings.TrimPrefix(filepath.Dir(name), above)] += text
		}
		return lines
	}
	files := stored(t, path)
	if got, want := folders(files, ""), folders(bucket.objects, "/rejected-records/rejected/"); !maps.Equal(got, want) {
		t.Errorf("the folder holds\n%v\nthe bucket\n%v", got, want)
	}
	if len(files) != 6 {
		t.Errorf("%d files for six streams", len(files))
	}
	for name := range files {
		for at := filepath.Join(path, name); at != filepath.Dir(filepath.Dir(path)); at = filepath.Dir(at) {
			if now, err := os.Stat(at); err != nil || now.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s: %v, %v", at, now.Mode(), err)
			}
		}
	}
}

// TestLocalAppendsOnly: what is there stays: other stores of the same sync, and what was stored before a file was taken away.
func TestLocalAppendsOnly(t *testing.T) {
	path := t.TempDir()
	first, second := newLocal(t, path), newLocal(t, path)
	for line := 1; line <= 6; line += 2 {
		add(t, first, record(line))
		add(t, second, record(line+1))
		flush(t, first)
		flush(t, second)
	}
	wantStored(t, path, 6)
	if n := len(stored(t, path)); n != 2 {
		t.Errorf("%d files of two stores", n)
	}
	if err := os.RemoveAll(filepath.Join(path, "17")); err != nil {
		t.Fatal(err)
	}
	add(t, first, record(1))
	flush(t, first)
	wantStored(t, path, 1)
}

// TestLocalAfterAFailure: lines of an attempt that failed half-way are neither lost, torn nor there twice.
func TestLocalAfterAFailure(t *testing.T) {
	path := t.TempDir()
	s := newLocal(t, path)
	add(t, s, record(1))
	flush(t, s)
	var name string
	for name = range stored(t, path) {
		name = filepath.Join(path, name)
	}
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	torn := append(slices.Clone(whole), strings.Repeat(`{"torn":`, 1000)...)
	if err := os.WriteFile(name, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	// A folder in the file's place makes the next attempt fail.
	if err := os.Rename(name, name+"~"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	add(t, s, record(2))
	var e *storage.Error
	if err := s.Flush(t.Context()); !errors.As(err, &e) || e.Kind != storage.Other || e.Folder != path {
		t.Errorf("the failure is %v", err)
	}
	add(t, s, record(3))
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+"~", name); err != nil {
		t.Fatal(err)
	}
	flush(t, s)
	flush(t, s)
	wantStored(t, path, 3)
}

func TestLocalManyStreamsAtOnce(t *testing.T) {
	path := t.TempDir()
	s := newLocal(t, path)
	const streams, workers = 100, 10
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for i := w; i < streams; i += workers {
				r := record(i + 1)
				r.Stream = fmt.Sprint("s", i%20)
				add(t, s, r)
				if i/workers == 5 {
					flush(t, s)
				}
			}
		})
	}
	group.Wait()
	flush(t, s)
	wantStored(t, path, streams)
}

// TestLocalCheck: check shows that files can be written, leaves nothing, and says what is in the way.
func TestLocalCheck(t *testing.T) {
	path := t.TempDir()
	if err := newLocal(t, filepath.Join(path, "a", "b")).Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := newLocal(t, path).Check(t.Context()); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(path); err != nil || len(left) > 0 {
		t.Errorf("the check left %v, %v", left, err)
	}
	file := filepath.Join(path, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{file, filepath.Join(file, "below")} {
		var e *storage.Error
		if err := newLocal(t, at).Check(t.Context()); !errors.As(err, &e) || e.Kind != storage.NoFolder || !strings.Contains(err.Error(), at) {
			t.Errorf("%s: %v", at, err)
		}
	}
	var e *storage.Error
	if err := newLocal(t, "/proc/rejected").Check(t.Context()); runtime.GOOS == "linux" && (!errors.As(err, &e) || !strings.Contains(err.Error(), `"/proc/rejected" cannot be written: `)) {
		t.Errorf("a folder that cannot be made: %v", err)
	}
	if os.Geteuid() == 0 {
		return // may do everything
	}
	if err := os.Chmod(path, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := newLocal(t, path).Check(t.Context()); !errors.As(err, &e) || e.Kind != storage.Denied || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("a folder that is not ours: %v", err)
	}
}

func TestLocalRefuses(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := newLocal(t, t.TempDir())
	add(t, s, Record{Line: 1, Data: json.RawMessage(`{}`)})
	if err := s.Flush(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped flush ended with %v", err)
	}
}
