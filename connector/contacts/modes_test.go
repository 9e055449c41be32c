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

func TestUpdateWritesOnlyTheDifferenceAndNeverCreates(t *testing.T) {
	input := records(`{"email":"ana@example.com","city":"Boston"}`, `{"email":"ben@example.com","city":"Boston"}`,
		`{"email":"eva@example.com","city":"Boston"}`) + state("people", 1)
	for _, duplicates := range []bool{false, true} {
		p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
		p.human(map[string]any{"email": anaEmail, "city": "Austin", "country": "US"}, "human", "heropixel")
		p.human(map[string]any{"email": benEmail, "city": "Boston", "country": "US"}, "heropixel")
		out := p.must(job{mode: airbyte.Update, plan: heropixel}, input)
		out.has(t, "3 read · 0 created · 1 updated · 1 unchanged · 1 rejected (1 no_match)")
		out.counts(t, 2, 1)
		field(t, p.with(anaEmail), "city", "Boston")
		tags(t, p.with(anaEmail), "human", "heropixel")
		if len(p.Contacts()) != 2 || p.Writes() != 1 {
			t.Errorf("%d contacts and %d writes, want 2 and 1: %v", len(p.Contacts()), p.Writes(), p.Requests())
		}
	}
}

func TestUpdateFindsWhatSearchDoesNotKnowYet(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: time.Minute})
			p.must(job{plan: heropixel}, records(`{"email":"ana@example.com","phone":"+12025550123","city":"Austin"}`))
			out := p.must(job{mode: airbyte.Update, plan: heropixel}, records(`{"phone":"+12025550123","city":"Boston"}`)+state("people", 1))
			out.counts(t, 1, 0)
			field(t, p.only(), "city", "Boston")
			field(t, p.only(), "email", anaEmail)
		})
	}
}

// With phones trusted more than emails, the phone's contact is meant, whatever
// the primary store is asked first.
func TestTheMoreTrustedKeyDecidesAtThePrimaryStoreToo(t *testing.T) {
	plan := crm.PlanOptions{MatchOn: []string{"phone", "email"}, Tags: []string{"heropixel"}}
	for _, mode := range []airbyte.SyncMode{airbyte.Update, airbyte.AppendDedup, airbyte.SoftDelete} {
		for _, duplicates := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, duplicates %v", mode, duplicates), func(t *testing.T) {
				p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
				p.human(map[string]any{"email": anaEmail, "phone": anaPhone}, "heropixel")
				p.human(map[string]any{"email": benEmail, "phone": benPhone}, "heropixel")
				p.blind()
				p.must(job{mode: mode, plan: plan}, records(`{"email":"ana@example.com","phone":"+12025550124","city":"Boston"}`))
				if len(p.Contacts()) != 2 {
					t.Fatalf("%d contacts, want 2", len(p.Contacts()))
				}
				ben := p.Contacts()[slices.IndexFunc(p.Contacts(), func(c sandbox.Contact) bool { return c.Fields["phone"] == benPhone })]
				if mode == airbyte.SoftDelete {
					tags(t, ben)
					tags(t, p.with(anaEmail), "heropixel")
				} else {
					field(t, ben, "city", "Boston")
				}
			})
		}
	}
}

func TestUpdateDoesNotCreateWhatVanishesMeanwhile(t *testing.T) {
	for name, tt := range map[string]struct{ method, path, city string }{
		"before the fields": {"PUT", "/contacts/", "Boston"},
		"before the tags":   {"POST", "/contacts/bulk/tags/", "Austin"},
	} {
		t.Run(name, func(t *testing.T) {
			p := inside(t, sandbox.Options{})
			id := p.human(map[string]any{"email": anaEmail, "city": "Austin", "country": "US"})
			p.before(tt.method, tt.path, func() { p.Delete(id) })
			out := p.must(job{mode: airbyte.Update, plan: heropixel}, records(fmt.Sprintf(`{"email":"ana@example.com","city":%q}`, tt.city))+state("people", 1))
			if n := len(p.Contacts()); n != 0 {
				t.Errorf("%d contacts: update has created one", n)
			}
			out.counts(t, 0, 1)
			out.has(t, "no_match")
		})
	}
}

func TestSoftDelete(t *testing.T) {
	input := records(`{"email":"ANA@example.com"}`) + state("people", 1)
	for _, how := range []object.Removal{object.RemoveTags, object.Delete, object.Keep} {
		for matches := range 3 {
			for _, duplicates := range []bool{false, true} {
				t.Run(fmt.Sprintf("%q, %d matches, duplicates %v", how, matches, duplicates), func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
					for range matches {
						p.human(map[string]any{"email": anaEmail}, "human", "heropixel")
					}
					p.human(map[string]any{"email": benEmail}, "heropixel")
					j := job{streams: []stream{{mode: airbyte.SoftDelete, plan: heropixel, onDelete: how, ignore: how == object.Keep}}}
					out := p.must(j, input)
					out.counts(t, 1, 0)
					contacts, removed, writes := matches+1, matches > 0, 1
					switch how {
					case object.Delete:
						contacts, writes = 1, matches
					case object.Keep:
						removed = false
					}
					if !removed {
						writes = 0
					}
					if got := len(p.Contacts()); got != contacts || p.Writes() != writes {
						t.Errorf("%d contacts, %d writes, want %d and %d: %v", got, p.Writes(), contacts, writes, p.Requests())
					}
					if strings.Contains(out.log, "1 removed") != removed {
						t.Errorf("removed should be %v\n%s", removed, out.log)
					}
					for _, c := range p.Contacts() {
						if c.Fields["email"] == anaEmail && how == object.RemoveTags {
							tags(t, c, "human")
						}
					}
					tags(t, p.with(benEmail), "heropixel")
					p.ResetCounts()
					if p.must(j, input); p.Writes() != 0 {
						t.Errorf("the same again made %d writes", p.Writes())
					}
				})
			}
		}
	}
}

func TestADeleteLooksOnceMoreWhomItDeletes(t *testing.T) {
	for name, tt := range map[string]struct {
		change map[string]any
		record string
	}{
		"another email":                 {map[string]any{"email": "new@example.com"}, `{"email":"ana@example.com"}`},
		"another email, the same phone": {map[string]any{"email": "new@example.com"}, `{"email":"ana@example.com","phone":"+12025550123"}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{IndexLag: time.Minute})
				id := p.human(map[string]any{"email": anaEmail, "phone": anaPhone})
				p.api("PUT", "/contacts/"+id, tt.change)
				j := job{streams: []stream{{mode: airbyte.SoftDelete, plan: heropixel, onDelete: object.Delete}}}
				p.must(j, records(tt.record)+state("people", 1)).counts(t, 1, 0)
				field(t, p.only(), "email", "new@example.com")
			})
		})
	}
}

// A delete takes the tag off although search has not yet heard that the
// contact, known for long, got it.
func TestADeleteTakesOffATagThatSearchDoesNotKnowYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{IndexLag: time.Minute})
		p.human(map[string]any{"email": anaEmail, "country": "US"}, "human")
		p.must(job{plan: heropixel}, records(`{"email":"ana@example.com"}`))
		tags(t, p.only(), "human", "heropixel")
		p.must(job{plan: heropixel}, records(deleted(anaEmail)))
		tags(t, p.only(), "human")
	})
}

func TestSoftDeleteIsBulk(t *testing.T) {
	const n = 1200
	p := inside(t, sandbox.Options{})
	p.crowd(n, "human", "heropixel")
	out := p.must(job{mode: airbyte.SoftDelete, plan: heropixel}, roll(0, n)+state("people", 1))
	out.has(t, "1,200 removed")
	if p.tagged("heropixel") != 0 || p.tagged("human") != n || p.Writes() > 4 {
		t.Errorf("%d are tagged, %d writes", p.tagged("heropixel"), p.Writes())
	}
}
