package connector

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// newer is a location, and a stream of people with a cursor that is written if_newer.
type newer struct {
	*testing.T
	*sandbox.Server
	settings map[string]any
	catalog  string
}

func newNewer(t *testing.T, journal map[string]any) *newer {
	catalog := catalogOf(`people: {"email":{},"city":{},"tags":{},"dnd":{},"changed":{}}`)
	catalog = strings.Replace(catalog, `{"stream":`, `{"cursor_field":["changed"],"stream":`, 1)
	settings := map[string]any{"journal": journal, "streams": []map[string]any{{"name": "people", "when": "if_newer"}}, "tags": []string{}, "source": "", "default_country": ""}
	return &newer{t, sandbox.New(sandbox.Options{Burst: 10_000}), settings, catalog}
}

func inFolder(t *testing.T) map[string]any {
	return map[string]any{"storage_type": "Local", "path": filepath.Join(t.TempDir(), "journal")}
}

// person puts somebody whom others have changed last at a time.
func (n *newer) person(name, city string, changed time.Time) {
	n.Put(sandbox.Contact{ID: fmt.Sprintf("%020s", name), DateUpdated: changed, Fields: map[string]any{"email": name + "@example.com", "city": city}})
}

// writes gives the number of requests that changed something, and what was said.
func (n *newer) writes(records ...string) (int, string) {
	n.Helper()
	before := n.Writes()
	said, code := synced(n.T, n.Server, n.settings, n.catalog, records...)
	if code != exitOK {
		n.Fatal(said)
	}
	return n.Writes() - before, said
}

func (n *newer) city(name string) any {
	for _, c := range n.Contacts() {
		if c.Fields["email"] == name+"@example.com" {
			return c.Fields["city"]
		}
	}
	return nil
}

func record(name, city string, changed time.Time) string {
	return fmt.Sprintf(`people: {"email":"%s@example.com","city":"%s","changed":"%s"}`, name, city, changed.Format(time.RFC3339Nano))
}

// noon is long before the tests run.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestTheLatestChangeWins: a value is written only if its record is later than what others have changed last; what is as it should be is no
// matter, do-not-disturb is set all the same.
func TestTheLatestChangeWins(t *testing.T) {
	n := newNewer(t, inFolder(t))
	for _, name := range []string{"before", "same", "after", "equal", "undated", "stop"} {
		n.person(name, "Rome", noon)
	}
	writes, said := n.writes(record("before", "Milan", noon.Add(-time.Second)), record("same", "Milan", noon), record("after", "Milan", noon.Add(time.Second)),
		record("equal", "Rome", noon.Add(-time.Hour)), `people: {"email":"undated@example.com","city":"Milan","changed":"soon"}`,
		`people: {"email":"stop@example.com","city":"Milan","dnd":true,"changed":"2026-01-01T00:00:00Z"}`,
		`people: {"email":"new@example.com","city":"Milan","changed":"2026-01-01T00:00:00Z"}`)
	for name, city := range map[string]string{"before": "Rome", "same": "Rome", "after": "Milan", "equal": "Rome", "undated": "Rome", "stop": "Rome", "new": "Milan"} {
		if got := n.city(name); got != city {
			t.Errorf("%s lives in %v, not %s", name, got, city)
		}
	}
	if writes != 3 { // after, stop, new
		t.Errorf("%d writes: %s", writes, said)
	}
	for _, text := range []string{"kept: the contact was changed after the record", "kept: the record's cursor is no time", "changed is later than what others have changed"} {
		if !strings.Contains(said, text) {
			t.Errorf("%q is not said: %s", text, said)
		}
	}
	if said, _ := ran(t, "preview", n.Server, n.settings, n.catalog, record("before", "Milan", noon.Add(-time.Second))); !strings.Contains(said, "kept: the contact was changed after the record") {
		t.Errorf("preview: %s", said)
	}
}

// TestOwnChangesAreNobodyElses: what this connector has changed, in this run or in an earlier one, makes no record too old; what others had
// changed before that does, and so does what they change after it.
func TestOwnChangesAreNobodyElses(t *testing.T) {
	store := httptest.NewServer(&bucketServer{objects: map[string]string{}})
	t.Cleanup(store.Close)
	for where, journal := range map[string]map[string]any{"folder": inFolder(t), "bucket": bucketJournal(store.URL)} {
		t.Run(where, func(t *testing.T) {
			n := newNewer(t, journal)
			n.person("ann", "Rome", noon)
			n.person("bob", "Rome", noon)
			step := func(name string, wanted int, records ...string) {
				t.Helper()
				if writes, said := n.writes(records...); writes != wanted {
					t.Fatalf("%s: %d writes, not %d: %s", name, writes, wanted, said)
				}
			}
			ann := func(city string, after time.Duration) string { return record("ann", city, noon.Add(after)) }
			step("a later record", 1, ann("Milan", time.Minute))
			step("a record from before that write, after what others did", 1, ann("Turin", 2*time.Minute))
			step("one from before what others did", 0, ann("Oslo", -time.Minute))
			step("created", 1, record("cyd", "Rome", noon))
			step("changed after it was created", 1, record("cyd", "Milan", noon.Add(time.Second)))
			n.settings["tags"] = []string{"synced"}
			step("a tag", 1, record("bob", "Milan", noon.Add(-time.Minute)))
			step("a record from before the tag", 1, record("bob", "Milan", noon.Add(time.Minute)))
			step("the same again", 0, record("bob", "Milan", noon.Add(time.Minute)))
			for _, c := range n.Contacts() {
				if c.Fields["city"] == "Turin" {
					n.Edit(c.ID, func(c *sandbox.Contact) { c.Fields["city"] = "Bonn" })
				}
			}
			n.settings["tags"] = []string{}
			step("others have changed it", 0, ann("Turin", 3*time.Minute))
			if got := n.city("ann"); got != "Bonn" {
				t.Errorf("ann lives in %v", got)
			}
		})
	}
}

// TestRecordsOfOnePersonAreDated: records of one window that mean one person end as if each had come alone.
func TestRecordsOfOnePersonAreDated(t *testing.T) {
	n := newNewer(t, inFolder(t))
	n.catalog = strings.Replace(n.catalog, "append_dedup", "append", 1)
	n.person("ann", "Rome", noon)
	n.person("bob", "Rome", noon)
	if _, said := n.writes(record("ann", "Milan", noon.Add(time.Hour)), record("ann", "Turin", noon.Add(-time.Hour)),
		record("bob", "Turin", noon.Add(-time.Hour)), record("bob", "Milan", noon.Add(time.Hour))); n.city("ann") != "Milan" || n.city("bob") != "Milan" {
		t.Errorf("ann lives in %v, bob in %v: %s", n.city("ann"), n.city("bob"), said)
	}
}

// TestARoundTripIsNoWrite: what was read of the location comes back unchanged, whoever has changed it last, and nothing is written; what its
// other side has changed since is, once.
func TestARoundTripIsNoWrite(t *testing.T) {
	n := newNewer(t, inFolder(t))
	for i := range 50 {
		n.person(fmt.Sprint("p", i), "Rome", noon.Add(time.Duration(i)*time.Minute))
	}
	read := func() (records []string) {
		for _, c := range n.Contacts() {
			name, _, _ := strings.Cut(c.Fields["email"].(string), "@")
			records = append(records, record(name, c.Fields["city"].(string), c.DateUpdated))
		}
		return records
	}
	for _, wanted := range []int{0, 3, 0, 0} {
		records := read()
		if wanted > 0 { // changed there
			for i := range wanted {
				records[i] = record(fmt.Sprint("p", i), "Milan", time.Now())
			}
		}
		if writes, said := n.writes(records...); writes != wanted || strings.Contains(said, "kept:") {
			t.Errorf("%d writes, not %d: %s", writes, wanted, said)
		}
	}
}

// TestWhatIfNewerNeeds: without a journal, a cursor, or contacts nobody could tell what is newer.
func TestWhatIfNewerNeeds(t *testing.T) {
	n := newNewer(t, inFolder(t))
	refused := func(wanted string) {
		t.Helper()
		if said, code := synced(t, n.Server, n.settings, n.catalog, record("ann", "Rome", noon)); code == exitOK || !strings.Contains(said, wanted) || n.Writes() > 0 {
			t.Errorf("%q is not said: %s", wanted, said)
		}
	}
	whole := n.catalog
	n.catalog = strings.Replace(whole, `"cursor_field":["changed"],`, "", 1)
	refused("stream people: if_newer needs to know when a record was changed")
	n.catalog = whole
	n.settings["streams"] = []map[string]any{{"name": "people", "when": "if_newer", "object": "businesses"}}
	refused("if_newer is for contacts alone")
	n.settings["streams"] = []map[string]any{{"name": "people", "when": "if_newer"}}
	folder := n.settings["journal"].(map[string]any)["path"].(string)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "20260101T000000Z-00000000.jsonl"), []byte("no journal\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused("the journal cannot be read")
	n.settings["journal"] = map[string]any{"storage_type": "None"}
	refused("journal: needed for if_newer")
}
