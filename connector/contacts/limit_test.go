package contacts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/sandbox"
)

func TestALimitStopsBeforeTheFirstWriteOverIt(t *testing.T) {
	limit := func(n int64) *int64 { return &n }
	for _, tt := range []struct {
		name             string
		creates, updates *int64
		known            int // of ten people, all of whom lack field and tag
		workers          int
		contacts, tagged int
		states           int
		message          string
	}{
		{"no create at all", limit(0), nil, 0, 0, 0, 0, 0, "max_creates_per_sync is 0"},
		{"four creates, one at a time", limit(4), nil, 0, 1, 4, 4, 2, "at least 6 more"},
		{"four creates, side by side", limit(4), nil, 0, 0, 4, 4, -1, "max_creates_per_sync is 4"},
		{"just enough creates", limit(10), nil, 0, 0, 10, 10, 5, ""},
		{"no update at all", nil, limit(0), 10, 0, 10, 0, 0, "max_updates_per_sync is 0"},
		{"four updates", nil, limit(4), 10, 1, 10, 4, 2, "at least 6 more"},
		{"just enough updates", nil, limit(10), 10, 0, 10, 10, 5, ""},
		{"known ones first", limit(0), nil, 4, 1, 4, 4, 2, "at least 6 more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := inside(t, sandbox.Options{})
			input := ""
			for i := range 10 {
				email := fmt.Sprintf("p%d@example.com", i)
				if i < tt.known {
					p.human(map[string]any{"email": email, "country": "US"})
				}
				input += records(fmt.Sprintf(`{"email":%q,"city":"Boston"}`, email))
				if i%2 == 1 {
					input += state("people", i)
				}
			}
			out := p.sync(job{plan: heropixel, workers: tt.workers, maxCreates: tt.creates, maxUpdates: tt.updates}, input)
			var over *load.LimitError
			if errors.As(out.err, &over) != (tt.message != "") || tt.message != "" && !strings.Contains(out.err.Error(), tt.message) {
				t.Errorf("the error is %v, want %q", out.err, tt.message)
			}
			if got := len(p.Contacts()); got != tt.contacts || p.tagged("heropixel") != tt.tagged {
				t.Errorf("%d contacts, %d tagged, want %d and %d", got, p.tagged("heropixel"), tt.contacts, tt.tagged)
			}
			if len(out.states) != tt.states && tt.states >= 0 || len(out.states) > tt.tagged/2 {
				t.Errorf("%d states, want %d", len(out.states), tt.states)
			}
		})
	}
}

// A contact that vanishes is created again: that is a create like any other.
func TestACreateInPlaceOfWhatVanishedCountsForTheLimit(t *testing.T) {
	for name, tt := range map[string]struct{ method, path, city string }{
		"before the fields": {"PUT", "/contacts/", "Boston"},
		"before the tags":   {"POST", "/contacts/bulk/tags/", "Austin"},
	} {
		t.Run(name, func(t *testing.T) {
			p := inside(t, sandbox.Options{})
			id := p.human(map[string]any{"email": anaEmail, "city": "Austin", "country": "US"})
			p.before(tt.method, tt.path, func() { p.Delete(id) })
			out := p.sync(job{plan: heropixel, maxCreates: new(int64)}, records(fmt.Sprintf(`{"email":"ana@example.com","city":%q}`, tt.city)))
			var over *load.LimitError
			if n := len(p.Contacts()); n != 0 || !errors.As(out.err, &over) {
				t.Errorf("%d contacts, error %v", n, out.err)
			}
		})
	}
}

func TestALimitWhereEachRecordCreates(t *testing.T) {
	three := int64(3)
	p := inside(t, sandbox.Options{AllowDuplicates: true})
	const ana = `{"email":"ana@example.com"}`
	out := p.sync(job{mode: airbyte.Append, workers: 1, maxCreates: &three}, records(ana, ana)+state("people", 1)+records(ana, ana))
	var over *load.LimitError
	if !errors.As(out.err, &over) || len(p.Contacts()) != 3 || len(out.states) != 1 {
		t.Errorf("error %v, %d contacts, %d states", out.err, len(p.Contacts()), len(out.states))
	}
}

// Deletes and what needs nothing are no updates.
func TestALimitCountsOnlyWrites(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.crowd(5, "heropixel")
	out := p.must(job{plan: heropixel, maxCreates: new(int64), maxUpdates: new(int64)}, roll(0, 4)+records(deleted(crowdEmail(4)))+state("people", 1))
	out.counts(t, 5, 0)
	out.has(t, "4 unchanged · 1 removed")
}

// What search does not know yet is created and refused: that is no create, and
// an update only if something differs.
func TestALimitCountsWhatACreateHasFound(t *testing.T) {
	limit := func(n int64) *int64 { return &n }
	for _, tt := range []struct {
		name             string
		city             string
		creates, updates *int64
		over             bool
	}{
		{"nothing differs, no create allowed", "Austin", limit(1), limit(0), false},
		{"all differ, enough updates", "Boston", limit(1), limit(8), false},
		{"all differ, too few updates", "Boston", limit(1), limit(4), true},
	} {
		for _, workers := range []int{1, 0} {
			t.Run(fmt.Sprintf("%s, %d workers", tt.name, workers), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{IndexLag: time.Minute})
					people := func(city string) (lines string) {
						for i := range 8 {
							lines += records(fmt.Sprintf(`{"email":%q,"city":%q}`, crowdEmail(i), city))
						}
						return lines
					}
					p.must(job{}, people("Austin"))
					out := p.sync(job{workers: workers, maxCreates: tt.creates, maxUpdates: tt.updates}, people(tt.city))
					var over *load.LimitError
					if errors.As(out.err, &over) != tt.over || len(p.Contacts()) != 8 {
						t.Errorf("error %v, %d contacts", out.err, len(p.Contacts()))
					}
				})
			})
		}
	}
}
