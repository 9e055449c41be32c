package contacts_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// Two versions of one row are one person, also where the address has changed
// between them and nothing but the primary key, which the CRM does not know,
// says so.
func TestVersionsOfARowAreOnePerson(t *testing.T) {
	version := func(row, at int, email, city string) string {
		return fmt.Sprintf(`{"row":%d,"at":%d,"email":"%s@example.com","city":%q}`, row, at, email, city)
	}
	for _, tt := range []struct {
		name  string
		known string // the email of a contact that is there already
		lines []string
		left  map[string]string // city by email
	}{
		{"a new one", "", []string{version(1, 1, "old", "A"), version(1, 2, "new", "B")}, map[string]string{"new": "B"}},
		{"the old one is known", "old", []string{version(1, 1, "old", "A"), version(1, 2, "new", "B")}, map[string]string{"new": "B"}},
		{"in the wrong order", "", []string{version(1, 2, "new", "B"), version(1, 1, "old", "A")}, map[string]string{"new": "B"}},
		{"with others between", "", []string{version(1, 1, "old", "A"), version(2, 1, "eva", "C"), version(1, 2, "new", "B"), version(2, 2, "ada", "D")},
			map[string]string{"new": "B", "ada": "D"}},
		{"three", "", []string{version(1, 1, "a", "A"), version(1, 2, "b", "B"), version(1, 3, "c", "C")}, map[string]string{"c": "C"}},
		{"two rows of one person", "", []string{version(1, 1, "ana", "A"), version(2, 2, "ana", "B")}, map[string]string{"ana": "B"}},
	} {
		for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Overwrite} {
			for _, duplicates := range []bool{false, true} {
				for _, size := range []int{1, 2, 100} {
					t.Run(fmt.Sprintf("%s, %s, duplicates %t, windows of %d", tt.name, mode, duplicates, size), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: time.Minute})
							if tt.known != "" {
								p.human(map[string]any{"email": tt.known + "@example.com", "country": "US"})
							}
							s := stream{mode: mode, plan: heropixel, cursor: []string{"at"}, rows: []string{"row"}}
							out := p.must(job{limits: small(size), streams: []stream{s}}, records(tt.lines...)+state("people", 1))
							out.counts(t, len(tt.lines), 0)
							if n := len(p.Contacts()); n != len(tt.left) {
								t.Fatalf("%d contacts, want %d\n%s", n, len(tt.left), out.log)
							}
							for email, city := range tt.left {
								field(t, p.with(email+"@example.com"), "city", city)
							}
						})
					})
				}
			}
		}
	}
}

// TestRowsThatAreKeys: where the primary key is a key, versions of a row are one person, whatever else changes, and also where it
// cannot be read.
func TestRowsThatAreKeys(t *testing.T) {
	plan := heropixel
	plan.Columns, plan.PrimaryKey = []string{"email", "phone", "at"}, []string{"email"}
	for _, tt := range []struct {
		name  string
		lines []string
		left  string // email of the one contact
		phone string
	}{
		{"the phone changes",
			[]string{`{"email":"ana@example.com","at":1,"phone":"+12025550101"}`, `{"email":"ana@example.com","at":2,"phone":"+12025550102"}`}, "ana@example.com", "+12025550102"},
		{"in the wrong order",
			[]string{`{"email":"ana@example.com","at":2,"phone":"+12025550102"}`, `{"email":"ana@example.com","at":1,"phone":"+12025550101"}`}, "ana@example.com", "+12025550102"},
		{"no email can be read",
			[]string{`{"email":"ana at example","at":1,"phone":"+12025550101"}`, `{"email":"ana at example","at":2,"phone":"+12025550102"}`}, "", "+12025550102"},
	} {
		for _, size := range []int{1, 100} {
			t.Run(fmt.Sprintf("%s, windows of %d", tt.name, size), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{IndexLag: time.Minute})
					s := stream{mode: airbyte.AppendDedup, plan: plan, cursor: []string{"at"}, rows: []string{"email"}}
					out := p.must(job{limits: small(size), streams: []stream{s}}, records(tt.lines...)+state("people", 1))
					all := p.Contacts()
					if len(all) != 1 {
						t.Fatalf("%d contacts, want 1\n%s", len(all), out.log)
					}
					field(t, all[0], "email", tt.left)
					field(t, all[0], "phone", tt.phone)
				})
			})
		}
	}
}

// TestADeleteOfARowWhoseKeyFieldHasAnotherColumn: a delete with the primary key alone means whom the sync has delivered.
func TestADeleteOfARowWhoseKeyFieldHasAnotherColumn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{IndexLag: time.Minute})
		plan := crm.PlanOptions{Columns: []string{"login", "email", "_ab_cdc_deleted_at"}, PrimaryKey: []string{"login"}, Mappings: []crm.Mapping{{From: "login", To: "email"}}}
		s := stream{mode: airbyte.AppendDedup, plan: plan, rows: []string{"login"}}
		out := p.must(job{limits: small(1), streams: []stream{s}}, records(`{"login":"id7","email":"old@example.com"}`, `{"login":"id7","_ab_cdc_deleted_at":"2026-01-01T00:00:00Z"}`)+state("people", 1))
		out.counts(t, 2, 0)
	})
}

// TestRowsWhoseKeyFieldHasAnotherColumn: the primary key feeds a key, but another column can say the key too: then a row whose address
// has changed is still the same person.
func TestRowsWhoseKeyFieldHasAnotherColumn(t *testing.T) {
	for _, tt := range []struct {
		name  string
		plan  crm.PlanOptions
		rows  []string
		lines []string
	}{
		{"email beside email_address", crm.PlanOptions{Columns: []string{"email", "email_address", "city"}, PrimaryKey: []string{"email_address"}}, []string{"email_address"},
			[]string{`{"email":"old@example.com","email_address":"id7@example.org","city":"A"}`, `{"email":"new@example.com","email_address":"id7@example.org","city":"B"}`}},
		{"email_address beside email", crm.PlanOptions{Columns: []string{"email_address", "email", "city"}, PrimaryKey: []string{"email"}}, []string{"email"},
			[]string{`{"email_address":"old@example.com","email":"id7@example.org","city":"A"}`, `{"email_address":"new@example.com","email":"id7@example.org","city":"B"}`}},
		{"login mapped to email, not always one", crm.PlanOptions{Columns: []string{"login", "email", "city"}, PrimaryKey: []string{"login"}, Mappings: []crm.Mapping{{From: "login", To: "email"}}}, []string{"login"},
			[]string{`{"login":"id7","email":"old@example.com","city":"A"}`, `{"login":"id7","email":"new@example.com","city":"B"}`}},
		{"a phone of another country", crm.PlanOptions{Columns: []string{"phone", "country", "city"}, PrimaryKey: []string{"phone"}}, []string{"phone"},
			[]string{`{"phone":"07400 123456","country":"GB","city":"A"}`, `{"phone":"07400 123456","country":"IT","city":"B"}`}},
	} {
		for _, size := range []int{1, 100} {
			t.Run(fmt.Sprint(tt.name, size), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{IndexLag: time.Minute})
					s := stream{mode: airbyte.AppendDedup, plan: tt.plan, rows: tt.rows}
					out := p.must(job{limits: small(size), streams: []stream{s}}, records(tt.lines...)+state("people", 1))
					if n := len(p.Contacts()); n != 1 {
						for _, c := range p.Contacts() {
							t.Log(c.Fields)
						}
						t.Errorf("%d contacts, want 1\n%s", n, out.log)
					}
				})
			})
		}
	}
}

// Where records are appended, a primary key joins nobody.
func TestAppendedRowsAreTheirOwn(t *testing.T) {
	p := inside(t, sandbox.Options{})
	s := stream{mode: airbyte.Append, plan: heropixel, rows: []string{"row"}}
	p.must(job{streams: []stream{s}}, records(`{"row":1,"email":"old@example.com"}`, `{"row":1,"email":"new@example.com"}`)+state("people", 1)).counts(t, 2, 0)
	if n := len(p.Contacts()); n != 2 {
		t.Errorf("%d contacts, want 2", n)
	}
}

// A version of a row that another of the window has replaced writes nothing,
// also where the other one is about somebody who is there already.
func TestAReplacedVersionOfARowWritesNothing(t *testing.T) {
	older, newer := `{"row":1,"at":1,"email":"old@example.com","city":"A"}`, `{"row":1,"at":2,"email":"new@example.com","city":"B"}`
	for _, duplicates := range []bool{false, true} {
		for _, there := range [][]string{{"new@example.com"}, {"old@example.com", "new@example.com"}, {"old@example.com"}} {
			const oldest = `{"row":1,"at":0,"email":"oldest@example.com"}`
			for name, lines := range map[string][]string{
				"in order": {older, newer}, "in the wrong order": {newer, older}, "and an older one between": {newer, oldest, older},
			} {
				t.Run(fmt.Sprintf("duplicates %t, %d known, %s", duplicates, len(there), name), func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
					for _, email := range there {
						p.human(map[string]any{"email": email, "country": "US"})
					}
					s := stream{plan: heropixel, cursor: []string{"at"}, rows: []string{"row"}}
					p.must(job{streams: []stream{s}}, records(lines...)+state("people", 1)).counts(t, len(lines), 0)
					field(t, p.with("new@example.com"), "city", "B")
					if p.tagged("heropixel") != 1 {
						t.Errorf("%d contacts, %d tagged", len(p.Contacts()), p.tagged("heropixel"))
					}
				})
			}
		}
	}
}
