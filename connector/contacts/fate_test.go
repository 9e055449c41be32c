package contacts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// fate is what happens to a row: I is an insert or update, D a delete.
type fate struct {
	events     string
	mode       airbyte.SyncMode
	how        object.Removal
	known      bool // in the CRM before
	duplicates bool
	apart      string // "" in one window, or "windows", or "syncs"
}

func (f fate) String() string {
	return fmt.Sprintf("%s %s %q known=%v duplicates=%v apart=%q", f.events, f.mode, f.how, f.known, f.duplicates, f.apart)
}

func eachFate(do func(fate)) {
	for _, events := range []string{"ID", "DI", "IDI", "DD"} {
		for _, mode := range []airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update} {
			for _, how := range []object.Removal{object.RemoveTags, object.Delete, object.Keep} {
				for _, known := range []bool{false, true} {
					for _, duplicates := range []bool{false, true} {
						for _, apart := range []string{"", "windows", "syncs"} {
							do(fate{events, mode, how, known, duplicates, apart})
						}
					}
				}
			}
		}
	}
}

// live lets the fate happen, and gives the last city that was asked for.
func (f fate) live(p *place) (city string) {
	if f.known {
		p.human(map[string]any{"email": anaEmail, "country": "US"}, "human", "heropixel")
	}
	lines := make([]string, 0, len(f.events))
	for i, e := range f.events {
		line := deleted(anaEmail)
		if e == 'I' {
			city = fmt.Sprintf("City %d", i)
			line = fmt.Sprintf(`{"email":"Ana@example.com","city":%q}`, city)
		}
		lines = append(lines, line)
	}
	j := job{streams: []stream{{mode: f.mode, plan: heropixel, onDelete: f.how, ignore: f.how == object.Keep}}}
	switch f.apart {
	case "syncs":
		for _, line := range lines {
			p.must(j, records(line))
		}
	case "windows":
		j.limits = small(1)
		p.must(j, records(lines...))
	default:
		p.must(j, records(lines...))
	}
	return city
}

// exists reports whether a contact has to be there in the end.
func (f fate) exists() bool {
	there := f.known
	if f.apart == "" && strings.HasSuffix(f.events, "I") { // one write stands for all of a window
		return there || f.mode != airbyte.Update
	}
	for _, e := range f.events {
		switch {
		case e == 'I':
			there = there || f.mode != airbyte.Update
		case f.how == object.Delete:
			there = false
		}
	}
	return there
}

func TestDeletesAndInsertsOfOneRow(t *testing.T) {
	eachFate(func(f fate) {
		t.Run(f.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{AllowDuplicates: f.duplicates, IndexLag: time.Minute})
				city := f.live(p)
				f.check(t, p, city)
			})
		})
	})
}

// check holds the end against what the row's fate asks for.
func (f fate) check(t *testing.T, p *place, city string) {
	all := p.Contacts()
	if len(all) > 1 && (f.mode != airbyte.Append || !f.duplicates) {
		t.Fatalf("%d contacts of one person", len(all))
	}
	unfindable := f.mode == airbyte.Append && f.duplicates && f.known && f.apart == "syncs"
	if !f.exists() {
		if len(all) > 0 && !unfindable && (f.how == object.Delete || f.mode == airbyte.Update) {
			t.Errorf("%d contacts are left, want none", len(all))
		}
		return
	}
	last := f.events[len(f.events)-1]
	switch {
	case unfindable:
		// The primary store names one contact for an email, not all: within the
		// lag of the sync before, a delete cannot find both.
	case last == 'D' && f.how == object.RemoveTags:
		if n := p.tagged("heropixel"); n != 0 {
			t.Errorf("%d contacts still have the tag", n)
		}
		if f.known && p.tagged("human") != 1 {
			t.Error("the human's tag is lost")
		}
	case f.mode == airbyte.Append && f.duplicates && f.how == object.Keep:
		if p.tagged("heropixel") == 0 {
			t.Error("nobody has the tag")
		}
	default:
		if n := p.tagged("heropixel"); n != 1 {
			t.Fatalf("%d of %d contacts have the tag, want one", n, len(all))
		}
		i := slices.IndexFunc(all, func(c sandbox.Contact) bool { return slices.Contains(c.Tags, "heropixel") })
		field(t, all[i], "city", city)
	}
}

// What the run itself has deleted, search goes on showing for a while. It must
// not be taken for the contact that a later insert asks for.
func TestAnInsertLikeTheOneThatWasDeletedIsWritten(t *testing.T) {
	const ana = `{"email":"ana@example.com","city":"Boston"}`
	for _, tt := range []struct {
		name  string
		known bool
		lines []string
	}{
		{"a known contact", true, []string{deleted(anaEmail), ana}},
		{"a contact of this sync", false, []string{ana, deleted(anaEmail), ana}},
	} {
		for _, lag := range []time.Duration{0, time.Minute} {
			for _, mode := range []airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup} {
				t.Run(fmt.Sprintf("%s, lag %v, %s", tt.name, lag, mode), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						p := inside(t, sandbox.Options{IndexLag: lag})
						if tt.known {
							p.human(map[string]any{"email": anaEmail, "city": "Boston", "country": "US"}, "heropixel")
						}
						j := job{limits: small(1), streams: []stream{{mode: mode, plan: heropixel, onDelete: object.Delete}}}
						p.must(j, records(tt.lines...)+state("people", 1)).counts(t, len(tt.lines), 0)
						field(t, p.only(), "city", "Boston")
						tags(t, p.only(), "heropixel")
					})
				})
			}
		}
	}
}

func TestADeleteOfOneStreamDoesNotUndoAnother(t *testing.T) {
	a, b := crm.PlanOptions{Tags: []string{"a"}}, crm.PlanOptions{Tags: []string{"b"}}
	insert := record("a", `{"email":"ana@example.com","city":"Boston"}`)
	remove := record("b", deleted(anaEmail))
	for name, input := range map[string]string{"insert first": insert + remove, "delete first": remove + insert} {
		for _, size := range []int{1, 100} {
			t.Run(fmt.Sprintf("%s, windows of %d", name, size), func(t *testing.T) {
				p := inside(t, sandbox.Options{})
				p.human(map[string]any{"email": anaEmail, "country": "US"}, "human", "b")
				p.must(job{limits: small(size), streams: []stream{{name: "a", plan: a}, {name: "b", plan: b}}}, input)
				field(t, p.only(), "city", "Boston")
				tags(t, p.only(), "human", "a")
			})
		}
	}
}

// Of two people who meet in one contact only by a delete, the later word counts.
func TestAnInsertAfterADeleteOfSeveralKeepsItsTag(t *testing.T) {
	for _, size := range []int{1, 100} {
		p := inside(t, sandbox.Options{AllowDuplicates: true})
		p.human(map[string]any{"email": anaEmail, "phone": anaPhone, "country": "US"}, "heropixel")
		p.human(map[string]any{"email": benEmail, "phone": anaPhone, "country": "US"}, "heropixel")
		gone := `{"phone":"+12025550123","_ab_cdc_deleted_at":"2024-01-02T03:04:05Z"}`
		p.must(job{limits: small(size), plan: heropixel}, records(gone, `{"email":"ana@example.com"}`))
		tags(t, p.with(anaEmail), "heropixel")
		tags(t, p.with(benEmail))
	}
}

// A delete of several takes all of them, also those that a record before it
// has asked for by another key.
func TestADeleteOfSeveralFollowsAnInsertOfOne(t *testing.T) {
	insert := `{"phone":"+12025550123","city":"Boston"}`
	for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
		for _, size := range []int{1, 100} {
			for _, own := range [][]string{nil, {"heropixel"}} {
				t.Run(fmt.Sprintf("%s, windows of %d, tags %v", how, size, own), func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: true})
					p.human(map[string]any{"email": anaEmail, "phone": anaPhone, "country": "US"}, own...)
					p.human(map[string]any{"email": anaEmail, "phone": benPhone, "country": "US"}, "heropixel")
					j := job{limits: small(size), streams: []stream{{plan: heropixel, onDelete: how}}}
					p.must(j, records(insert, deleted(anaEmail))+state("people", 1)).counts(t, 2, 0)
					if n := p.tagged("heropixel"); n != 0 {
						t.Errorf("%d contacts still have the tag", n)
					}
					if n := len(p.Contacts()); how == object.Delete && n != 0 {
						t.Errorf("%d contacts are left", n)
					}
				})
			}
		}
	}
}

// The later word is the one with the greater cursor, wherever it stands.
func TestADeleteOfSeveralWithAnOlderCursor(t *testing.T) {
	gone := func(at int) string {
		return fmt.Sprintf(`{"email":"ana@example.com","_ab_cdc_deleted_at":"2024-01-02T03:04:05Z","at":%d}`, at)
	}
	insert := `{"phone":"+12025550123","city":"Boston","at":5}`
	for name, tt := range map[string]struct {
		lines []string
		left  int
	}{
		"older, after it":   {[]string{insert, gone(3)}, 1},
		"older, before it":  {[]string{gone(3), insert}, 1},
		"newer, after it":   {[]string{insert, gone(7)}, 0},
		"newer, before it":  {[]string{gone(7), insert}, 0},
		"as old, after it":  {[]string{insert, gone(5)}, 0},
		"as old, before it": {[]string{gone(5), insert}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := inside(t, sandbox.Options{AllowDuplicates: true})
			p.human(map[string]any{"email": anaEmail, "phone": anaPhone, "country": "US"}, "heropixel")
			p.human(map[string]any{"email": anaEmail, "phone": benPhone, "country": "US"}, "heropixel")
			p.must(job{streams: []stream{{plan: heropixel, cursor: []string{"at"}}}}, records(tt.lines...)+state("people", 1)).counts(t, 2, 0)
			if n := p.tagged("heropixel"); n != tt.left {
				t.Errorf("%d contacts have the tag, want %d", n, tt.left)
			}
		})
	}
}

// The same delete twice is one.
func TestADeleteOfSeveralTwice(t *testing.T) {
	for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
		p := inside(t, sandbox.Options{AllowDuplicates: true})
		p.human(map[string]any{"email": anaEmail, "country": "US"}, "heropixel")
		p.human(map[string]any{"email": anaEmail, "country": "US"}, "heropixel")
		out := p.must(job{streams: []stream{{plan: heropixel, onDelete: how}}}, records(deleted(anaEmail), deleted(anaEmail))+state("people", 1))
		out.has(t, "1 unchanged (1 the same again) · 1 removed")
		if p.tagged("heropixel") != 0 {
			t.Error("a tag is left")
		}
	}
}
