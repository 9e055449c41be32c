package integration_tests

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/sandbox"
	"destination-gohighlevel/connector/trouble"
)

const rejectsCatalog = `{"streams":[
{"stream":{"name":"people","namespace":"crm","json_schema":{"type":"object","properties":{"email":{"type":["null","string"]},"phone":{"type":"string"},"visits":{"type":"integer"}}}},
"destination_sync_mode":"append_dedup","primary_key":[["email"]],"generation_id":1,"minimum_generation_id":0,"sync_id":%d},
{"stream":{"name":"guests","json_schema":{"type":"object","properties":{"email":{"type":"string"}}}},"destination_sync_mode":"update","primary_key":[["email"]],
"generation_id":1,"minimum_generation_id":0,"sync_id":%d}]}`

// rejectable is an input of which some records are bound to be rejected.
type rejectable struct {
	lines []string
	// data and codes are those of the records to be rejected, by line.
	data, codes map[int]string
	folders     map[int]string
}

// rejectInput gives n records of two streams, with a state after every so many.
func rejectInput(n, every int) rejectable {
	in := rejectable{data: map[int]string{}, codes: map[int]string{}, folders: map[int]string{}}
	for i := 1; i <= n; i++ {
		stream, folder, code := `"people","namespace":"crm"`, "crm/people", ""
		data := fmt.Sprintf(`{"email":"%s","visits":%d}`, personEmail(i), i)
		switch i % 10 {
		case 2:
			code, data = "schema_violation", fmt.Sprintf(`{"email":"%s","visits":"many","big":12345678901234567890.10}`, personEmail(i))
		case 4:
			code, data = "no_identifier", fmt.Sprintf(`{"email":null,"visits":%d}`, i)
		case 6:
			stream, folder, code, data = `"guests"`, "guests", "no_match", fmt.Sprintf(`{"email":"nobody%d@example.com"}`, i)
		case 8:
			code, data = "identity_conflict", `{"email":"one@example.com","phone":"+12025550102"}`
		}
		in.lines = append(in.lines, fmt.Sprintf(`{"type":"RECORD","record":{"stream":%s,"data":%s,"emitted_at":1}}`, stream, data))
		if code != "" {
			at := len(in.lines)
			in.data[at], in.codes[at], in.folders[at] = data, code, folder
		}
		if i%every == 0 || i == n {
			in.lines = append(in.lines, fmt.Sprintf(`{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":{"through":%d},"stream_states":[]},"id":%d}}`, i, len(in.lines)+1))
		}
	}
	return in
}

func (in rejectable) reader() *bytes.Reader {
	return bytes.NewReader([]byte(strings.Join(in.lines, "\n") + "\n"))
}

// rejectFiles makes a sandbox and the files for rejectInput.
func rejectFiles(t *testing.T, b *bucket, syncID int) (*sandbox.Server, string) {
	t.Helper()
	server, dir := syncFiles(t, sandbox.Options{})
	server.Put(sandbox.Contact{Fields: map[string]any{"email": "one@example.com", "phone": "+12025550101"}})
	server.Put(sandbox.Contact{Fields: map[string]any{"email": "two@example.com", "phone": "+12025550102"}})
	amend(t, filepath.Join(dir, "config.json"), func(doc map[string]any) {
		doc["identity_conflicts"] = "reject"
		doc["schema_violations"] = "reject"
		doc["object_storage_config"] = b.config()
	})
	writeCatalog(t, dir, syncID)
	return server, dir
}

func writeCatalog(t *testing.T, dir string, syncID int) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "catalog.json"), fmt.Appendf(nil, rejectsCatalog, syncID, syncID), 0o600); err != nil {
		t.Fatal(err)
	}
}

// counted gives the sums of the states' counts.
func counted(messages []message) (accepted, rejected int) {
	for _, m := range ofType(messages, "STATE") {
		accepted += int(m.State.Stats.Accepted)
		rejected += int(m.State.Stats.Rejected)
	}
	return accepted, rejected
}

// TestRejectedRecordsAreStored holds the store, the states and the input together.
func TestRejectedRecordsAreStored(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	server, dir := rejectFiles(t, b, 42)
	in := rejectInput(300, 40)
	b.deaf.Store(2) // an upload whose answer is lost is there, and is tried again
	deliver := func(syncID int) {
		writeCatalog(t, dir, syncID)
		p := startWrite(t, dir, in.reader(), nil)
		if code := p.end(t); code != 0 {
			t.Fatalf("exit code %d\n%s", code, p.stdout)
		}
		messages := p.messages(t)
		if accepted, rejected := counted(messages); accepted != 300-len(in.codes) || rejected != len(in.codes) {
			t.Errorf("the states count %d accepted and %d rejected, want %d and %d", accepted, rejected, 300-len(in.codes), len(in.codes))
		}
		if said := own(messages, p.stderr.String()); strings.Contains(said, "example.com") || strings.Contains(said, storeSecret) || strings.Contains(said, "5550102") {
			t.Errorf("a value of a record, or the secret, is printed:\n%s", said)
		}
	}
	deliver(42)
	stored := b.stored(t)
	if got, want := slices.Sorted(maps.Keys(stored)), []string{"42/crm/people", "42/guests"}; !slices.Equal(got, want) {
		t.Fatalf("the folders are %q, want %q", got, want)
	}
	in.holds(t, stored, "42", 1)
	if n := len(server.Contacts()); n != 2+300-len(in.codes) {
		t.Errorf("%d contacts", n)
	}
	// Another sync has another folder; another attempt of the same sync is another delivery.
	deliver(43)
	deliver(42)
	stored = b.stored(t)
	in.holds(t, stored, "43", 1)
	in.holds(t, stored, "42", 2)
}

// holds fails unless each record to be rejected is stored so many times below the folder of the sync, and nothing else is.
func (in rejectable) holds(t *testing.T, stored map[string][]storedRecord, syncID string, times int) {
	t.Helper()
	found := map[int]int{}
	for folder, records := range stored {
		if !strings.HasPrefix(folder, syncID+"/") {
			continue
		}
		for _, r := range records {
			found[r.Line]++
			if want := syncID + "/" + in.folders[r.Line]; folder != want {
				t.Errorf("line %d lies in %s, want %s", r.Line, folder, want)
			}
			if r.Code != in.codes[r.Line] || r.NextStep != trouble.NextStep(r.Code) || r.Reason == "" || r.At.IsZero() {
				t.Errorf("line %d: code %q, want %q; reason %q, next step %q", r.Line, r.Code, in.codes[r.Line], r.Reason, r.NextStep)
			}
			if string(r.Data) != in.data[r.Line] {
				t.Errorf("line %d: %s is stored, want %s", r.Line, r.Data, in.data[r.Line])
			}
		}
	}
	want := map[int]int{}
	for line := range in.codes {
		want[line] = times
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("sync %s: how often each line is stored (-want +got):\n%s", syncID, diff)
	}
}

// TestBrokenStore lets uploads fail, from the first on or after some: no state leaves that counts what is not stored, and the next run,
// from the last state, brings the rest.
func TestBrokenStore(t *testing.T) {
	for _, pass := range []int64{0, 2} {
		t.Run(fmt.Sprintf("after %d uploads", pass), func(t *testing.T) {
			t.Parallel()
			b := newBucket(t)
			server, dir := rejectFiles(t, b, 42)
			in := rejectInput(2500, 100) // some windows
			b.pass.Store(pass)
			b.broken.Store(true)
			p := startWrite(t, dir, in.reader(), nil)
			if code := p.end(t); code != 1 {
				t.Fatalf("exit code %d, want 1\n%s", code, p.stdout)
			}
			messages := p.messages(t)
			failed := ofType(messages, "TRACE")
			if len(failed) != 1 || failed[0].Trace.Error.FailureType != "transient_error" ||
				!strings.Contains(failed[0].Trace.Error.Message, "Rejected records cannot be stored") || strings.Contains(failed[0].line, storeSecret) {
				t.Fatalf("it ended with %v", failed)
			}
			held := 0
			for _, records := range b.stored(t) {
				held += len(records)
			}
			accepted, rejected := counted(messages)
			if rejected > held || pass == 0 && len(ofType(messages, "STATE")) > 0 || pass > 0 && accepted == 0 {
				t.Errorf("%d states count %d rejected records; %d are stored", len(ofType(messages, "STATE")), rejected, held)
			}

			b.broken.Store(false)
			in.lines = in.lines[after(in.lines, accepted+rejected):]
			writeCatalog(t, dir, 43)
			p = startWrite(t, dir, in.reader(), nil)
			if code := p.end(t); code != 0 {
				t.Fatalf("exit code %d\n%s", code, p.stdout)
			}
			more, moreRejected := counted(p.messages(t))
			accepted, rejected = accepted+more, rejected+moreRejected
			if accepted+rejected != 2500 || rejected != 1000 {
				t.Errorf("both runs count %d accepted and %d rejected records", accepted, rejected)
			}
			distinct := map[string]bool{}
			for _, records := range b.stored(t) {
				for _, r := range records {
					distinct[r.Stream+string(r.Data)] = true
				}
			}
			if want := 750 + 1; len(distinct) != want { // the identity conflicts are all alike
				t.Errorf("%d different records are stored, want %d", len(distinct), want)
			}
			if n := len(server.Contacts()); n != 2+1500 {
				t.Errorf("%d contacts, want %d", n, 2+1500)
			}
		})
	}
}

// after gives how many lines hold the first n records and the states behind them.
func after(lines []string, n int) int {
	for i, line := range lines {
		if isRecord := strings.HasPrefix(line, `{"type":"RECORD"`); isRecord && n == 0 {
			return i
		} else if isRecord {
			n--
		}
	}
	return len(lines)
}

// TestCheckProvesTheBucket lets check answer for a store that serves, and for some that do not.
func TestCheckProvesTheBucket(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	for _, c := range []struct {
		name, key, value, status, says string
	}{
		{"it serves", "bucket_path", bucketPath, "SUCCEEDED", "Sandbox"},
		{"wrong secret", "secret_access_key", "another-secret", "FAILED", "Rejected records cannot be stored: .*object_storage_config"},
		{"no such bucket", "s3_bucket_name", "elsewhere", "FAILED", "Rejected records cannot be stored: .*s3_bucket_name"},
		{"no S3", "s3_endpoint", "", "FAILED", "Rejected records cannot be stored"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, dir := rejectFiles(t, b, 42)
			amend(t, filepath.Join(dir, "config.json"), func(doc map[string]any) {
				if c.value == "" {
					c.value = doc["api_url"].(string)
				}
				doc["object_storage_config"].(map[string]any)[c.key] = c.value
			})
			p := start(t, dir, nil, nil, "check", "--config", "config.json")
			if code := p.end(t); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			found := ofType(p.messages(t), "CONNECTION_STATUS")
			if len(found) != 1 || found[0].ConnectionStatus.Status != c.status || !regexp.MustCompile(c.says).MatchString(found[0].ConnectionStatus.Message) {
				t.Errorf("check answers %s", p.stdout)
			}
			if strings.Contains(p.stdout.String(), storeSecret) || strings.Contains(p.stdout.String(), "another-secret") {
				t.Error("the secret is printed")
			}
		})
	}
	if stored := b.stored(t); len(stored) > 0 {
		t.Errorf("check left %v", stored)
	}
}

// TestReadmeListsEveryCode holds the table of the README to the codes that there are.
func TestReadmeListsEveryCode(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(data), "\n## Rejected records\n")
	if !found {
		t.Fatal("the README has no section on rejected records")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var codes []string
	for _, row := range regexp.MustCompile("(?m)^\\| *`([a-z_]+)` *\\|(.*)\\|$").FindAllStringSubmatch(section, -1) {
		codes = append(codes, row[1])
		for cell := range strings.SplitSeq(row[2], "|") {
			if strings.TrimSpace(cell) == "" {
				t.Errorf("%s has an empty cell", row[1])
			}
		}
	}
	slices.Sort(codes)
	if diff := cmp.Diff(trouble.Codes(), codes); diff != "" {
		t.Errorf("the table's codes are not those that there are (-are +table):\n%s", diff)
	}
	for _, code := range trouble.Codes() {
		if trouble.NextStep(code) == "" {
			t.Errorf("%s has no next step", code)
		}
	}
}
