package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var plan = Plan{Object: "contacts", Format: CSV, Columns: []Column{{Property: "id", Heading: "Contact Id"}, {Property: "city", Heading: "City"}}}

func folder(t *testing.T, path, location string) *Folder {
	t.Helper()
	f, err := OpenFolder(path, location)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func create(t *testing.T, path string, p Plan) *File {
	t.Helper()
	f, err := folder(t, path, "here").Create(p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func put(t *testing.T, f *File, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := errors.Join(f.Seen(id), f.Row(fmt.Appendf(nil, `{"id":%q,"city":"Boise"}`, id))); err != nil {
			t.Fatal(err)
		}
	}
}

func text(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(string(data), byteOrderMark)
}

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", e.Name(), info.Mode(), err)
		}
		names = append(names, e.Name())
	}
	return names
}

// TestInterrupted: a file is in its place only when it is whole, and goes on behind the last
// state, with what was written after it taken back.
func TestInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	f := create(t, dir, plan)
	put(t, f, "a", "b")
	if err := f.State(json.RawMessage(`{"page":1}`)); err != nil {
		t.Fatal(err)
	}
	put(t, f, "lost")
	if err := errors.Join(f.rows.out.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !reflect.DeepEqual(got, []string{"contacts.csv.part", "contacts.csv.progress", "contacts.ids.part", "export.json"}) {
		t.Errorf("left behind: %q", got)
	}

	f = create(t, dir, plan)
	if string(f.From()) != `{"page":1}` || f.Rows() != 2 {
		t.Errorf("goes on from %s with %d rows", f.From(), f.Rows())
	}
	put(t, f, "c")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if got, want := text(t, dir, "contacts.csv"), "Contact Id,City\na,Boise\nb,Boise\nc,Boise\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := text(t, dir, "contacts.ids"); got != "a\nb\nc\n" {
		t.Errorf("ids: %q", got)
	}
	if got := names(t, dir); !reflect.DeepEqual(got, []string{"contacts.csv", "contacts.ids", "export.json"}) {
		t.Errorf("there is %q", got)
	}
}

// TestAnotherPlan: an interrupted file that was to hold something else is begun anew.
func TestAnotherPlan(t *testing.T) {
	for name, change := range map[string]func(*Plan){
		"selection": func(p *Plan) { p.Selection = "since 36h" },
		"deleted":   func(p *Plan) { p.Deleted = true },
		"columns":   func(p *Plan) { p.Columns = p.Columns[:1] },
	} {
		dir := t.TempDir()
		f := create(t, dir, plan)
		put(t, f, "a")
		if err := errors.Join(f.State(json.RawMessage(`{}`)), f.Close()); err != nil {
			t.Fatal(err)
		}
		other := plan
		change(&other)
		if f = create(t, dir, other); f.From() != nil || f.Rows() != 0 {
			t.Errorf("%s: goes on from %s", name, f.From())
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestGone: what the last pass over all has seen, and this one has not; a selection is no pass.
func TestGone(t *testing.T) {
	dir := t.TempDir()
	f := create(t, dir, plan)
	if _, _, ok, err := f.Gone(); ok || err != nil {
		t.Errorf("the first: %t %v", ok, err)
	}
	put(t, f, "a", "b", "c")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	some := plan
	some.Selection = "contact a"
	f = create(t, dir, some)
	put(t, f, "a")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}

	with := plan
	with.Deleted = true
	with.Columns = append(with.Columns[:2:2], Column{Property: DeletedColumn, Heading: DeletedColumn})
	f = create(t, dir, with)
	put(t, f, "b", "d")
	gone, before, ok, err := f.Gone()
	if !reflect.DeepEqual(gone, []string{"a", "c"}) || before != 3 || !ok || err != nil {
		t.Fatal(gone, before, ok, err)
	}
	if err := errors.Join(f.Delete(gone, time.Unix(0, 0)), f.Commit()); err != nil {
		t.Fatal(err)
	}
	if got := text(t, dir, "contacts.csv"); !strings.HasSuffix(got, "d,Boise,\na,,1970-01-01T00:00:00Z\nc,,1970-01-01T00:00:00Z\n") {
		t.Errorf("got %q", got)
	}
	if got := text(t, dir, "contacts.ids"); got != "b\nd\n" {
		t.Errorf("ids: %q", got)
	}
}

// TestTaken: neither another location's files nor a stranger's are overwritten.
func TestTaken(t *testing.T) {
	dir := t.TempDir()
	if err := create(t, dir, plan).Commit(); err != nil {
		t.Fatal(err)
	}
	var taken *TakenError
	if _, err := OpenFolder(dir, "elsewhere"); !errors.As(err, &taken) {
		t.Errorf("another location: %v", err)
	}
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := folder(t, dir, "here").Create(plan); !errors.As(err, &taken) {
		t.Errorf("a stranger's file: %v", err)
	}
	if got := text(t, dir, "contacts.csv"); got != "mine" {
		t.Errorf("it holds %q", got)
	}
}
