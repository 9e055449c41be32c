package contacts_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

const customerNumber = "cfText00000000000001"

// gone makes a record one that the source has deleted.
func gone(data string) string {
	return strings.TrimSuffix(data, "}") + `,"_ab_cdc_deleted_at":"2024-01-02T03:04:05Z"}`
}

// meant is a delete: by which keys, of whom, and who has only its other keys.
type meant struct {
	name     string
	keys     []string
	primary  []string // key of the stream
	ann, bob sandbox.Contact
	record   string
}

func deletesOfAnn() []meant {
	fields := func(f map[string]any) sandbox.Contact { return sandbox.Contact{Fields: f} }
	numbered := func(n string, f map[string]any) sandbox.Contact {
		return sandbox.Contact{Fields: f, CustomFields: map[string]any{customerNumber: n}}
	}
	ann := fields(map[string]any{"email": "ann@example.com", "phone": "+12025550101", "country": "US"})
	withID := ann
	withID.ID = "annannannannannann01"
	both := `{"email":"ann@example.com","phone":"+12025550199"}`
	return []meant{
		{name: "email, then phone", keys: []string{"email", "phone"}, ann: ann, bob: fields(map[string]any{"phone": "+12025550199"}), record: both},
		{name: "phone, then email", keys: []string{"phone", "email"}, ann: ann, bob: fields(map[string]any{"email": "bob@example.com"}),
			record: `{"email":"bob@example.com","phone":"+12025550101"}`},
		{name: "the phone is the primary key", keys: []string{"email", "phone"}, primary: []string{"phone"}, ann: ann,
			bob: fields(map[string]any{"email": "bob@example.com"}), record: `{"email":"bob@example.com","phone":"+12025550101"}`},
		{name: "id, then email", keys: []string{"id", "email"}, ann: withID, bob: fields(map[string]any{"email": "bob@example.com"}),
			record: `{"id":"annannannannannann01","email":"bob@example.com"}`},
		{name: "id, then email and phone", keys: []string{"id", "email", "phone"}, ann: withID, bob: fields(map[string]any{"phone": "+12025550199"}),
			record: `{"id":"annannannannannann01","email":"nobody@example.com","phone":"+12025550199"}`},
		{name: "a number, then email", keys: []string{"custom_field:customer_number", "email"}, ann: numbered("N-1", map[string]any{"email": "ann@example.com"}),
			bob: fields(map[string]any{"email": "bob@example.com"}), record: `{"customer_number":"N-1","email":"bob@example.com"}`},
	}
}

// A delete hits only whom it means. What it names first is decided by the key
// that is trusted most; once nobody has that any more, who has another key of the
// record keeps the contact and the tags: at the first delivery, at the second,
// within the lag of search or after it.
func TestADeleteHitsOnlyWhomItMeans(t *testing.T) {
	t.Parallel()
	for _, m := range deletesOfAnn() {
		for _, mode := range []airbyte.SyncMode{airbyte.SoftDelete, airbyte.AppendDedup, airbyte.Append, airbyte.Overwrite, airbyte.Update} {
			for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
				for _, duplicates := range []bool{false, true} {
					for _, wait := range []time.Duration{0, 5 * time.Minute} {
						t.Run(fmt.Sprintf("%s, %s, %s, duplicates %t, again after %s", m.name, mode, how, duplicates, wait), func(t *testing.T) {
							inWindowsOf(t, func(t *testing.T, l load.Limits) {
								synctest.Test(t, func(t *testing.T) { m.check(t, mode, how, duplicates, wait, l) })
							})
						})
					}
				}
			}
		}
	}
}

// check delivers the delete twice in a sync, and the sync twice.
func (m meant) check(t *testing.T, mode airbyte.SyncMode, how object.Removal, duplicates bool, wait time.Duration, l load.Limits) {
	p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: time.Minute})
	m.ann.Tags, m.bob.Tags = []string{"heropixel", "human"}, []string{"heropixel", "human"}
	ann, bob := p.Put(m.ann), p.Put(m.bob)
	before := p.id(bob)
	record := m.record
	if mode != airbyte.SoftDelete {
		record = gone(record)
	}
	j := job{limits: l, streams: []stream{{mode: mode, onDelete: how, rows: m.primary,
		plan: crm.PlanOptions{Columns: []string{"id", "email", "phone", "customer_number"}, MatchOn: m.keys, PrimaryKey: m.primary, Tags: []string{"heropixel"}}}}}
	for range 2 {
		p.must(j, records(record, record)+state("people", 1)).counts(t, 2, 0)
		if diff := cmp.Diff(before, p.id(bob)); diff != "" {
			t.Fatalf("the bystander has changed: %s", diff)
		}
		time.Sleep(wait)
	}
	switch n := len(p.Contacts()); {
	case how == object.Delete && n != 1:
		t.Errorf("%d contacts, want only the bystander's", n)
	case how == object.RemoveTags:
		tags(t, p.id(ann), "human")
	}
}

// The same where whom it means was never there, or was deleted by hand a moment
// ago, of which search knows nothing.
func TestADeleteOfNobody(t *testing.T) {
	for _, m := range deletesOfAnn() {
		for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
			for _, by := range []string{"never there", "at the screen", "through the API"} {
				t.Run(fmt.Sprintf("%s, %s, %s", m.name, how, by), func(t *testing.T) {
					inWindowsOf(t, func(t *testing.T, l load.Limits) {
						synctest.Test(t, func(t *testing.T) {
							p := inside(t, sandbox.Options{IndexLag: time.Minute})
							m.bob.Tags = []string{"heropixel", "human"}
							bob := p.Put(m.bob)
							switch by {
							case "at the screen":
								p.Delete(p.Put(m.ann))
							case "through the API":
								p.api("DELETE", "/contacts/"+p.Put(m.ann), nil)
							}
							before := p.id(bob)
							j := job{limits: l, streams: []stream{{onDelete: how,
								plan: crm.PlanOptions{Columns: []string{"id", "email", "phone", "customer_number"}, MatchOn: m.keys, PrimaryKey: m.primary, Tags: []string{"heropixel"}}}}}
							out := p.must(j, records(gone(m.record), `{"email":"cyd@example.com"}`, gone(m.record))+state("people", 1))
							out.counts(t, 3, 0)
							out.has(t, "1 created · 0 updated · 2 unchanged")
							if diff := cmp.Diff(before, p.id(bob)); diff != "" {
								t.Errorf("the bystander has changed: %s", diff)
							}
						})
					})
				})
			}
		}
	}
}

// A person who comes and goes in one sync is gone, whoever shares the phone: and
// one whom the sync found by the phone alone, before it gave the email that the
// delete names.
func TestInsertsAndDeletesBesideBystanders(t *testing.T) {
	const (
		ann      = `{"email":"ann@example.com","phone":"+12025550101","city":"Boston"}`
		annOnly  = `{"email":"ann@example.com"}`
		byPhone  = `{"phone":"+12025550101"}`
		anotherP = `{"email":"ann@example.com","phone":"+12025550199"}`
	)
	for _, tt := range []struct {
		name  string
		phone string // of the bystander, who has no email
		lines []string
		stays bool // the bystander
		left  int
	}{
		{"the delete brings somebody's phone", "+12025550199", []string{ann, gone(anotherP)}, true, 1},
		{"twice", "+12025550199", []string{ann, gone(anotherP), gone(anotherP)}, true, 1},
		{"again after it", "+12025550199", []string{ann, gone(anotherP), annOnly}, true, 2},
		{"by phone", "+12025550199", []string{ann, gone(byPhone)}, true, 1},
		{"the insert takes the phone's contact", "+12025550101", []string{ann, gone(annOnly)}, false, 0},
		{"the delete alone does not", "+12025550101", []string{gone(ann)}, true, 1},
	} {
		for _, duplicates := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, duplicates %t", tt.name, duplicates), func(t *testing.T) {
				inWindowsOf(t, func(t *testing.T, l load.Limits) {
					synctest.Test(t, func(t *testing.T) {
						p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: time.Minute})
						bob := p.human(map[string]any{"phone": tt.phone, "country": "US"}, "heropixel")
						before := p.id(bob)
						p.must(job{limits: l, streams: []stream{{plan: heropixel, onDelete: object.Delete}}}, records(tt.lines...)+state("people", 1)).counts(t, len(tt.lines), 0)
						if n := len(p.Contacts()); n != tt.left {
							t.Fatalf("%d contacts, want %d", n, tt.left)
						}
						if tt.stays {
							if diff := cmp.Diff(before, p.id(bob)); diff != "" {
								t.Errorf("the bystander has changed: %s", diff)
							}
						}
					})
				})
			})
		}
	}
}

// A delete that has the primary key alone means the contact that its row was
// written to in this sync; one that has an email as well means that email.
func TestADeleteByRow(t *testing.T) {
	const insert = `{"row":1,"email":"ann@example.com"}`
	for name, tt := range map[string]struct {
		record string
		left   int
	}{
		"the primary key alone":     {`{"row":1}`, 0},
		"and its email":             {`{"row":1,"email":"ann@example.com"}`, 0},
		"of a row that was not met": {`{"row":2,"email":"nobody@example.com"}`, 1},
	} {
		for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
			t.Run(fmt.Sprintf("%s, %s", name, how), func(t *testing.T) {
				inWindowsOf(t, func(t *testing.T, l load.Limits) {
					synctest.Test(t, func(t *testing.T) {
						p := inside(t, sandbox.Options{IndexLag: time.Minute})
						p.human(map[string]any{"email": anaEmail, "country": "US"}, "heropixel")
						p.human(map[string]any{"email": "ann@example.com", "country": "US"}, "heropixel")
						p.must(job{limits: l, streams: []stream{{plan: heropixel, rows: []string{"row"}, onDelete: how}}}, records(insert, gone(tt.record))+state("people", 1)).counts(t, 2, 0)
						if got := p.tagged("heropixel") - 1; got != tt.left {
							t.Errorf("%d are left, want %d", got, tt.left)
						}
					})
				})
			})
		}
	}
}

// What a dry run says of removals is what the sync after it does, also where
// search is behind: it reads what the sync would read.
func TestADryRunShowsWhatIsRemoved(t *testing.T) {
	for _, tt := range []struct {
		name  string
		how   object.Removal
		alter func(p *place, ids []string)
		lines []string
		none  bool // nothing is removed
	}{
		{name: "one", how: object.Delete, lines: []string{gone(`{"email":"p0@example.com"}`)}},
		{name: "tags of one", how: object.RemoveTags, lines: []string{gone(`{"email":"p0@example.com"}`)}},
		{name: "twice", how: object.Delete, lines: []string{gone(`{"email":"p0@example.com"}`), gone(`{"email":"p0@example.com"}`)}},
		{name: "and anew", how: object.Delete, lines: []string{gone(`{"email":"p0@example.com"}`), `{"email":"p0@example.com"}`, gone(`{"email":"p1@example.com"}`)}},
		{name: "a new one and gone", how: object.Delete, lines: []string{`{"email":"new@example.com"}`, gone(`{"email":"new@example.com"}`), gone(`{"email":"p1@example.com"}`)}},
		{name: "somebody else's phone", how: object.Delete, lines: []string{gone(`{"email":"nobody@example.com","phone":"+12025550100"}`)}, none: true},
		{name: "who has another email by now", how: object.Delete, lines: []string{gone(`{"email":"p0@example.com"}`)}, none: true,
			alter: func(p *place, ids []string) {
				p.api("PUT", "/contacts/"+ids[0], map[string]any{"email": "other@example.com"})
			}},
		{name: "who is gone by now", how: object.Delete, lines: []string{gone(`{"email":"p0@example.com"}`)}, none: true,
			alter: func(p *place, ids []string) { p.api("DELETE", "/contacts/"+ids[0], nil) }},
		{name: "who came a moment ago", how: object.Delete, lines: []string{gone(`{"email":"late@example.com"}`)},
			alter: func(p *place, _ []string) {
				p.api("POST", "/contacts/", map[string]any{"locationId": p.Options().LocationID, "email": "late@example.com"})
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWindowsOf(t, func(t *testing.T, l load.Limits) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{IndexLag: time.Minute})
					var ids []string
					for i := range 3 {
						ids = append(ids, p.human(map[string]any{"email": crowdEmail(i), "country": "US"}, "heropixel", "human"))
					}
					p.human(map[string]any{"phone": "+12025550100"}, "heropixel")
					if tt.alter != nil {
						tt.alter(p, ids)
					}
					p.sameDry(t, job{limits: l, streams: []stream{{plan: heropixel, onDelete: tt.how}}}, records(tt.lines...)+state("people", 1), tt.none)
				})
			})
		})
	}
}

// The same for whom a full refresh did not contain: the share that the limit is
// about counts those who will be new.
func TestADryRunShowsWhatIsMissing(t *testing.T) {
	for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
		for _, tt := range []struct {
			name  string
			lines string
			none  bool
		}{
			{"nobody is new", roll(0, 9), false},
			{"over the limit", roll(0, 8), true},
			{"many are new", roll(0, 5) + roll(20, 65), false},
			{"some are new, too many are missing", roll(0, 5) + roll(20, 59), true},
			{"some are tagged", roll(0, 7) + roll(10, 20), true},
			{"more are tagged", roll(0, 8) + roll(10, 20), false},
			{"deleted besides", roll(0, 9) + records(deleted(crowdEmail(9))) + roll(10, 20), false},
		} {
			for _, lag := range []time.Duration{0, time.Minute} {
				t.Run(fmt.Sprintf("%s, %s, lag %s", tt.name, how, lag), func(t *testing.T) {
					inWindowsOf(t, func(t *testing.T, l load.Limits) {
						synctest.Test(t, func(t *testing.T) {
							p := inside(t, sandbox.Options{IndexLag: lag})
							p.crowd(10, "heropixel", "human")
							for i := 10; i < 20; i++ {
								p.human(map[string]any{"email": crowdEmail(i), "country": "US"}, "human")
							}
							p.sameDry(t, job{limits: l, streams: []stream{overwrites(how, "heropixel")}}, tt.lines+state("people", 1), tt.none)
						})
					})
				})
			}
		}
	}
}

// sameDry runs a dry run and then the sync, and wants the same outcomes of both.
func (p *place) sameDry(t *testing.T, j job, input string, none bool) {
	t.Helper()
	j.dry = true
	p.ResetCounts()
	before, known := p.end(), map[string]bool{}
	for _, c := range p.Contacts() {
		known[c.ID] = true
	}
	plan := p.must(j, input)
	if diff := cmp.Diff(before, p.end()); diff != "" || p.Writes() != 0 {
		t.Errorf("the dry run made %d writes: %s", p.Writes(), diff)
	}
	j.dry = false
	done := p.must(j, input)
	if diff := cmp.Diff(plan.removed(t, known), done.removed(t, known)); diff != "" {
		t.Errorf("the dry run has shown other removals than were made (-shown +made): %s\n%s\n%s", diff, plan.log, done.log)
	}
	if got := len(done.removed(t, known)) == 0; got != none {
		t.Errorf("nothing removed: %t, want %t\n%s", got, none, done.log)
	}
	if strings.Contains(plan.log, "are kept: ") != strings.Contains(done.log, "are kept: ") {
		t.Errorf("the dry run says otherwise than the sync:\n%s\n%s", plan.log, done.log)
	}
}

// removed are the removals that a sync has told. A contact that it has created
// itself has another id in a dry run.
func (o outcome) removed(t *testing.T, known map[string]bool) []string {
	t.Helper()
	var out []string
	for _, of := range o.told {
		if of.Status != load.Removed {
			continue
		}
		id := of.ID
		if !known[id] {
			id = "new"
		}
		b, err := json.Marshal([]any{id, of.Lines, of.Deleted, of.TakenTags})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}
