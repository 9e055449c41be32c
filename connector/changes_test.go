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
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"destination-gohighlevel/connector/journal"
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

// TestJournalOfAllObjects holds the sandbox's own log of what was changed to the journal, for every object, also where answers were lost.
func TestJournalOfAllObjects(t *testing.T) {
	t.Parallel() // an opportunity whose answer was lost is looked for a while later
	server := sandbox.New(sandbox.Options{Burst: 10_000})
	server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme", "website": "https://old.example.com"}})
	server.Put(sandbox.Contact{Fields: map[string]any{"email": "gone@example.com"}})
	folder := filepath.Join(t.TempDir(), "journal")
	settings := map[string]any{"journal": map[string]any{"storage_type": "Local", "path": folder},
		"create_missing_custom_fields": true, "create_missing_businesses": true, "on_delete": "delete"}
	catalog := catalogOf(`businesses: {"name":{},"website":{}}`, `contacts: {"email":{},"firstName":{},"business":{},"shoe size":{"type":"string"},"_ab_cdc_deleted_at":{}}`,
		`notes: {"id":{},"email":{},"body":{}}`, `tasks: {"id":{},"email":{},"title":{},"dueDate":{}}`, `opportunities: {"email":{},"pipeline":{},"name":{},"value":{}}`)
	for _, stream := range []string{"notes", "tasks"} {
		catalog = strings.Replace(catalog, `{"stream":{"name":"`+stream+`"`, `{"primary_key":[["id"]],"stream":{"name":"`+stream+`"`, 1)
	}
	for _, operation := range []string{"POST /businesses/", "POST /contacts/{contactId}/notes", "POST /contacts/{contactId}/tasks", "POST /opportunities/"} {
		server.Inject(sandbox.Fault{Operation: operation, Kind: sandbox.FaultResetAfter, Times: 1})
	}
	pipeline := sandbox.DefaultPipelines()[0].Name
	for _, round := range []string{"1", "2"} {
		said, code := synced(t, server, settings, catalog,
			`businesses: {"name":"Acme","website":"https://new`+round+`.example.com"}`,
			`contacts: {"email":"ada@example.com","firstName":"Ada`+round+`","business":"Globex`+round+`","shoe size":"4`+round+`"}`,
			`contacts: {"email":"gone@example.com","_ab_cdc_deleted_at":"2026-01-01"}`,
			`notes: {"id":"n1","email":"ada@example.com","body":"Text `+round+`"}`,
			`tasks: {"id":"t1","email":"ada@example.com","title":"Call `+round+`","dueDate":"2026-09-0`+round+`"}`,
			`opportunities: {"email":"ada@example.com","pipeline":"`+pipeline+`","name":"Deal","value":10`+round+`}`)
		if code != exitOK || strings.Contains(said, "rejected (") {
			t.Fatal(said)
		}
	}
	files, err := journal.FilesIn(folder)
	if err != nil || len(files) != 2 {
		t.Fatalf("%d journals: %v", len(files), err)
	}
	recorded := map[string]int{}
	for _, f := range files {
		_, all, err := f.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			if r.Result != journal.Carried || r.Stream == "" {
				t.Errorf("%s of %s is recorded as %s, for the stream %q", r.Op, r.Object, resultNames[r.Result], r.Stream)
			}
			recorded[fmt.Sprint(r.Op, " ", r.Object)]++
		}
	}
	changed := map[string]int{}
	for _, r := range server.Log() {
		what, known := map[string]string{
			"POST /contacts/": "create contacts", "PUT /contacts/{contactId}": "update contacts", "DELETE /contacts/{contactId}": "delete contacts",
			"POST /contacts/bulk/business": "link contacts", "POST /locations/{locationId}/customFields": "create custom_fields",
			"POST /businesses/": "create businesses", "PUT /businesses/{businessId}": "update businesses",
			"POST /contacts/{contactId}/notes": "create notes", "PUT /contacts/{contactId}/notes/{id}": "update notes",
			"POST /contacts/{contactId}/tasks": "create tasks", "PUT /contacts/{contactId}/tasks/{taskId}": "update tasks",
			"POST /opportunities/": "create opportunities", "PUT /opportunities/{id}": "update opportunities",
		}[r.Operation]
		if known && r.Status < 300 { // 0, if its answer was lost
			changed[what]++
		} else if !known && !strings.HasPrefix(r.Operation, "GET ") && !strings.Contains(r.Operation, "search") {
			t.Errorf("%s is known to nobody", r.Operation)
		}
	}
	if len(changed) != 13 || !maps.Equal(changed, recorded) {
		t.Errorf("recorded are %v, changed were %v", recorded, changed)
	}
}

// TestChangesNameThings as the CRM spells them, also where a change says nothing of the name.
func TestChangesNameThings(t *testing.T) {
	t.Parallel() // the second sync waits for the search to know the opportunity of the first
	server := sandbox.New(sandbox.Options{})
	server.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme", "website": "https://old.example.com"}})
	settings := map[string]any{"journal": map[string]any{"storage_type": "Local", "path": filepath.Join(t.TempDir(), "journal")}}
	catalog := strings.Replace(catalogOf(`businesses: {"name":{},"website":{},"phone":{}}`, `contacts: {"email":{}}`, `tasks: {"id":{},"email":{},"title":{},"body":{},"dueDate":{}}`,
		`opportunities: {"email":{},"pipeline":{},"name":{},"value":{}}`), `{"stream":{"name":"tasks"`, `{"primary_key":[["id"]],"stream":{"name":"tasks"`, 1)
	for _, round := range []string{"1", "2"} {
		if said, code := synced(t, server, settings, catalog,
			`businesses: {"name":"ACME","website":"https://new`+round+`.example.com","phone":"+1202555010`+round+`"}`,
			`contacts: {"email":"ada@example.com"}`,
			`tasks: {"id":"t1","email":"ada@example.com","title":"Call Ada","body":"Text `+round+`","dueDate":"2026-09-01"}`,
			`opportunities: {"email":"ada@example.com","pipeline":"`+sandbox.DefaultPipelines()[0].Name+`","name":"Big Deal","value":10`+round+`}`); code != exitOK {
			t.Fatal(said)
		}
	}
	said, _ := ran(t, "changes", server, settings, "")
	for _, want := range []string{"updated  business  ID  Acme  businesses", "updated  task  ID  Call Ada  tasks", "updated  opportunity  ID  Big Deal  opportunities"} {
		if !regexp.MustCompile(strings.Replace(want, "ID", "[A-Za-z0-9]+", 1)).MatchString(said) {
			t.Errorf("there is no %q in %s", want, said)
		}
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
