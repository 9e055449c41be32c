package connector

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/sandbox"
)

// place is a location with its configuration, and a folder for files.
type place struct {
	*sandbox.Server
	dir string
}

func newPlace(t *testing.T, o sandbox.Options, settings map[string]any) place {
	t.Helper()
	p := place{sandbox.New(o), t.TempDir()}
	listener := httptest.NewServer(p.Server)
	t.Cleanup(listener.Close)
	var conf map[string]any
	if err := json.Unmarshal(p.Config(listener.URL), &conf); err != nil {
		t.Fatal(err)
	}
	maps.Copy(conf, settings)
	data, err := json.Marshal(conf)
	if err != nil {
		t.Fatal(err)
	}
	p.put(t, "config.json", string(data))
	return p
}

func (p place) put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p place) get(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// run runs a verb; {DIR} is the place's folder.
func (p place) run(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "{DIR}", p.dir)
	}
	args = append(args, "--config", filepath.Join(p.dir, "config.json"))
	var out, errs printed
	if code := Run(t.Context(), IO{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs}, args); code != want {
		t.Fatalf("%q: exit code %d, want %d\n%s%s", args, code, want, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

// awkwardPeople fills a location with people whose values files are known to spoil.
func awkwardPeople(s *sandbox.Server, n int, seed uint64) {
	r := rand.New(rand.NewPCG(18, seed))
	oneLine := slices.DeleteFunc(slices.Clone(awkward), func(text string) bool { return strings.Contains(text, "\n") }) // a field of one line is written as one
	acme := s.PutBusiness(sandbox.Business{Properties: map[string]any{"name": `Acme, "Inc"`}})
	options := []string{"News", "Offers", "Events"}
	for i := range n {
		c := sandbox.Contact{Tags: some(r, []string{"vip", "a, b", "true", "o'neil", `"quoted"`, "[x]", "spring fair", "007", "=1", "a", "b"}),
			Fields: map[string]any{"email": fmt.Sprintf("p%d@example.com", i), "phone": fmt.Sprintf("+1202555%04d", i), "country": pick(r, []string{"US", "DE", "NO"}),
				"postalCode": pick(r, []string{"01234", "94107", "SW1A 1AA"}), "state": pick(r, []string{"ID", "Oslo"}), "dateOfBirth": "1985-09-06"},
			CustomFields: map[string]any{"cfNumerical000000003": float64(r.IntN(2000)) / 4, "cfDate00000000000009": "2020-02-29", "cfSingleOption000007": pick(r, []string{"Small", "Large"})}}
		for _, name := range []string{"firstName", "lastName", "city", "companyName", "address1", "source"} {
			if r.IntN(4) > 0 {
				c.Fields[name] = pick(r, oneLine)
			}
		}
		c.CustomFields["cfText00000000000001"], c.CustomFields["cfLargeText000000002"] = pick(r, oneLine), pick(r, awkward)
		for _, id := range []string{"cfCheckbox0000000006", "cfMultipleOption0008"} {
			if list := some(r, options); len(list) > 0 {
				c.CustomFields[id] = list
			}
		}
		if r.IntN(3) == 0 {
			c.Fields["dnd"] = true
			c.Fields["dndSettings"] = map[string]any{"Email": map[string]any{"status": "active"}}
		}
		if r.IntN(3) == 0 {
			c.Fields["businessId"], c.Fields["businessName"] = acme, `Acme, "Inc"`
		}
		s.Put(c)
	}
}

// byEmail are the rows of a CSV by email, without ids and dates.
func byEmail(t *testing.T, text string) map[string]map[string]string {
	t.Helper()
	return rowsBy(t, text, "Email", "Contact Id", "Created", "Updated")
}

// rowsBy are the rows of a CSV by one of its columns, without some of the others.
func rowsBy(t *testing.T, text, key string, without ...string) map[string]map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for _, cells := range rows[1:] {
		row := map[string]string{}
		for i, heading := range rows[0] {
			if !slices.Contains(without, heading) {
				row[heading] = cells[i]
			}
		}
		all[row[key]] = row
	}
	return all
}

// asTheyAre are the settings by which an import adds nothing of its own.
var asTheyAre = map[string]any{"tags": []string{}, "source": "", "default_country": "", "create_missing_businesses": true}

// TestExportComesBack: what is exported can be imported into an empty location, whose export is
// the same but for ids and dates; a second import of it writes nothing.
func TestExportComesBack(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"csv", "jsonl"} {
		from, to := newPlace(t, sandbox.Options{Scopes: readScopes}, nil), newPlace(t, sandbox.Options{}, asTheyAre)
		awkwardPeople(from.Server, 80, 1)
		from.run(t, exitOK, "export", "--format", format, "--to", "{DIR}/out")
		if from.Writes() != 0 {
			t.Errorf("an export has written %d times", from.Writes())
		}
		to.put(t, "people."+format, from.get(t, "out/contacts."+format))
		stdout, _ := to.run(t, exitOK, "import", "{DIR}/people."+format, "--yes", "--strict")
		if strings.Contains(stdout, "left out:") {
			t.Errorf("%s: values are left out\n%s", format, stdout)
		}
		want, _ := from.run(t, exitOK, "export", "--format", "csv")
		got, _ := to.run(t, exitOK, "export", "--format", "csv")
		if diff := cmp.Diff(byEmail(t, want), byEmail(t, got)); diff != "" {
			t.Errorf("%s: -exported +imported\n%s", format, diff)
		}
		to.ResetCounts()
		to.run(t, exitOK, "import", "{DIR}/people."+format, "--yes", "--strict")
		if to.Writes() != 0 {
			t.Errorf("%s: a second import writes %v", format, to.WritesByKind())
		}
	}
}

// TestExportCounts: requests, the table, and the modes of the files.
func TestExportCounts(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.Options{Daily: 1000}, nil)
	p.Seed(1204)
	stdout, _ := p.run(t, exitOK, "export", "--to", "{DIR}/out")
	if !strings.Contains(stdout, "\n1,204 contacts exported\n") || !strings.Contains(stdout, "of 1,000 requests left today") {
		t.Errorf("it says\n%s", stdout)
	}
	if n := p.Requests()["POST /contacts/search"]; n != 3 || p.Total() != 4 {
		t.Errorf("%v", p.Requests())
	}
	files, err := os.ReadDir(filepath.Join(p.dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f.Name(), info.Mode(), err)
		}
	}
	if lines := strings.Count(p.get(t, "out/contacts.jsonl"), "\n"); lines != 1204 {
		t.Errorf("%d lines", lines)
	}
	p.ResetCounts()
	if stdout, _ = p.run(t, exitOK, "export", "--since", "2099-01-01", "--to", "{DIR}/out"); !strings.Contains(stdout, "\n0 contacts exported\n") || p.Total() != 2 {
		t.Errorf("%v\n%s", p.Requests(), stdout)
	}
}

// TestExportGoesOn: where the daily limit ends an export, the next one reads only the rest.
func TestExportGoesOn(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.Options{Daily: 3}, nil)
	p.Seed(1204)
	_, stderr := p.run(t, exitError, "export", "--to", "{DIR}/out")
	if !strings.Contains(stderr, "daily quota of API requests is used up") || !strings.Contains(stderr, "Run the export again: with --to DIR it goes on from there.") {
		t.Errorf("it says\n%s", stderr)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "out", "contacts.jsonl")); err == nil {
		t.Error("half an export looks like a whole one")
	}

	tomorrow := place{sandbox.New(sandbox.Options{LocationID: p.Options().LocationID, Token: p.Options().Token}), p.dir}
	for _, c := range p.Contacts() {
		tomorrow.Put(c)
	}
	listener := httptest.NewServer(tomorrow.Server)
	defer listener.Close()
	tomorrow.put(t, "config.json", string(tomorrow.Config(listener.URL)))
	stdout, _ := tomorrow.run(t, exitOK, "export", "--to", "{DIR}/out")
	if !strings.Contains(stdout, "1,204 contacts exported") || !strings.Contains(stdout, "1,000 of them before") || tomorrow.Requests()["POST /contacts/search"] != 1 {
		t.Errorf("%v\n%s", tomorrow.Requests(), stdout)
	}
	ids := map[string]bool{}
	for line := range strings.Lines(p.get(t, "out/contacts.jsonl")) {
		var row struct{ ID string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		ids[row.ID] = true
	}
	if len(ids) != 1204 {
		t.Errorf("%d people are there", len(ids))
	}
}

// TestExportDeleted: who has gone since the last pass is told once; if too many have, nobody is.
func TestExportDeleted(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.Options{}, nil)
	p.Seed(30)
	stdout, _ := p.run(t, exitOK, "export", "--deleted", "--to", "{DIR}/out")
	if !strings.Contains(stdout, "nothing to compare with yet") {
		t.Errorf("the first says\n%s", stdout)
	}
	all := p.Contacts()
	p.Delete(all[0].ID)
	stdout, _ = p.run(t, exitOK, "export", "--deleted", "--since", "2099-01-01", "--to", "{DIR}/out")
	var row map[string]string
	if err := json.Unmarshal([]byte(p.get(t, "out/contacts.jsonl")), &row); err != nil || row["id"] != all[0].ID || row["_ab_cdc_deleted_at"] == "" || !strings.Contains(stdout, " 1 deleted") {
		t.Errorf("%v %v\n%s", row, err, stdout)
	}
	for _, c := range all[1:20] {
		p.Delete(c.ID)
	}
	for range 2 {
		stdout, _ = p.run(t, exitOK, "export", "--deleted", "--to", "{DIR}/out")
		if !strings.Contains(stdout, "more than removal_limit_percent allows") || strings.Contains(p.get(t, "out/contacts.jsonl"), "_ab_cdc_deleted_at") {
			t.Errorf("of 19 of 29 gone it says\n%s", stdout)
		}
	}
}

// TestExportOfSome: one contact, by id or email, and the contacts of one business.
func TestExportOfSome(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.Options{}, nil)
	acme := p.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme"}})
	for i := range 3 {
		c := sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("p%d@example.com", i)}}
		if i < 2 {
			c.Fields["businessId"], c.Fields["businessName"] = acme, "Acme"
		}
		p.Put(c)
	}
	id := p.Contacts()[0].ID
	for want, args := range map[string][]string{
		"1": {"--contact", "p1@example.com"}, "1 ": {"--contact", id}, "2": {"--business", "Acme"}, "0": {"--contact", "nobody@example.com"}, "3": nil,
	} {
		stdout, stderr := p.run(t, exitOK, append([]string{"export", "--object", "contacts"}, args...)...)
		if n := strings.Count(stdout, "\n"); fmt.Sprint(n) != strings.TrimSpace(want) {
			t.Errorf("%q: %d rows, want %s\n%s", args, n, want, stderr)
		}
	}
}

// TestExportUsage: what cannot be asked for.
func TestExportUsage(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.Options{}, nil)
	for text, args := range map[string][]string{
		"give jsonl or csv":                     {"--format", "xlsx"},
		"give a day as in 2026-08-31":           {"--since", "yesterday"},
		"--contact and --business cannot both":  {"--contact", "a@example.com", "--business", "Acme"},
		"--deleted compares whole passes":       {"--business", "Acme", "--deleted", "--to", "{DIR}"},
		"--contact chooses among contacts":      {"--contact", "a@example.com", "--object", "users"},
		"give --to DIR":                         {"--contact", "a@example.com", "--format", "csv"},
		"cannot all go to standard output":      {"--object", "contacts,tasks"},
		"--deleted compares with what is kept":  {"--deleted"},
		`there is no object "people" to export`: {"--object", "people"},
		"chooses contacts: take --object away":  {"--business", "Acme", "--object", "notes"},
	} {
		if _, stderr := p.run(t, exitUsage, append([]string{"export"}, args...)...); !strings.Contains(stderr, text) {
			t.Errorf("%q says\n%s", args, stderr)
		}
	}
	p.put(t, "contacts.jsonl", "mine")
	if _, stderr := p.run(t, exitError, "export", "--to", "{DIR}"); !strings.Contains(stderr, "was not exported by this program") || p.get(t, "contacts.jsonl") != "mine" {
		t.Errorf("it says\n%s", stderr)
	}
}

// TestBackup: all contacts are on disk as they were before the first write; without a backup
// nothing is written, and a look makes none.
func TestBackup(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.Options{}, nil)
	p.Put(sandbox.Contact{Fields: map[string]any{"email": "ada@example.com", "city": "Boise"}})
	p.put(t, "people.csv", "Email,City\nada@example.com,Austin\n")
	p.run(t, exitOK, "import", "{DIR}/people.csv", "--dry-run", "--backup", "{DIR}/backups")
	if _, err := os.Stat(filepath.Join(p.dir, "backups")); err == nil {
		t.Error("a look has made a backup")
	}
	p.run(t, exitOK, "import", "{DIR}/people.csv", "--yes", "--backup", "{DIR}/backups")
	kept, err := filepath.Glob(filepath.Join(p.dir, "backups", "*", "contacts.jsonl"))
	if err != nil || len(kept) != 1 {
		t.Fatal(kept, err)
	}
	if data, err := os.ReadFile(kept[0]); err != nil || !bytes.Contains(data, []byte("Boise")) || bytes.Contains(data, []byte("Austin")) {
		t.Errorf("%s %v", data, err)
	}
	if got := p.Contacts()[0].Fields["city"]; got != "Austin" {
		t.Errorf("the city is %v", got)
	}

	p.put(t, "people.csv", "Email,City\nada@example.com,Salem\n")
	p.put(t, "file", "")
	p.ResetCounts()
	_, stderr := p.run(t, exitError, "import", "{DIR}/people.csv", "--yes", "--backup", "{DIR}/file")
	if !strings.Contains(stderr, "The backup failed, so nothing was written.") || p.Writes() != 0 {
		t.Errorf("%d writes\n%s", p.Writes(), stderr)
	}

	p.put(t, "firms.csv", "Name,City\nAcme,Boise\n")
	p.run(t, exitOK, "import", "{DIR}/firms.csv", "--object", "businesses", "--yes", "--backup", "{DIR}/backups")
	p.put(t, "firms.csv", "Name,City\nAcme,Salem\n")
	p.run(t, exitOK, "import", "{DIR}/firms.csv", "--object", "businesses", "--yes", "--backup", "{DIR}/backups")
	var firms string
	for _, path := range globbed(t, p.dir, "backups", "*", "businesses.jsonl") {
		firms += p.get(t, path)
	}
	if strings.Count(firms, "Acme") != 1 || !strings.Contains(firms, "Boise") || strings.Contains(firms, "Salem") {
		t.Errorf("the backups of businesses hold %q", firms)
	}
}

// globbed are the paths in a folder that fit a pattern, each from there on.
func globbed(t *testing.T, dir string, pattern ...string) (paths []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(append([]string{dir}, pattern...)...))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		within, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, within)
	}
	return paths
}

// TestEveryObjectCanBeBackedUp: what can be written can be read.
func TestEveryObjectCanBeBackedUp(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.Options{}, nil)
	for _, d := range objects {
		if d.Of == "" { // else it is another way to write one that is here
			p.run(t, exitOK, "export", "--object", d.Name, "--yes")
		}
	}
}

// TestABackupNeedsTheRightToRead: what cannot be exported is not written to.
func TestABackupNeedsTheRightToRead(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.Options{Scopes: []string{"contacts.readonly", "contacts.write", "locations.readonly", "locations/customFields.readonly", "businesses.readonly", "businesses.write"}}, nil)
	p.put(t, "firms.csv", "Name,City\nAcme,Boise\n")
	if _, stderr := p.run(t, exitError, "import", "{DIR}/firms.csv", "--object", "businesses", "--yes", "--backup", "{DIR}/backups"); p.Writes() != 0 ||
		!strings.Contains(stderr, "The backup failed, so nothing was written.") || !strings.Contains(stderr, "objects/record.readonly") {
		t.Errorf("%d writes\n%s", p.Writes(), stderr)
	}
}
