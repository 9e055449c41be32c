package contacts_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// crowd puts people p0 to p(n-1) into the location, with these tags and as a
// sync would leave them.
func (p *place) crowd(n int, tags ...string) {
	for i := range n {
		p.human(map[string]any{"email": crowdEmail(i), "country": "US"}, tags...)
	}
}

func crowdEmail(i int) string { return fmt.Sprintf("p%d@example.com", i) }

// roll is one record for each of p(from) to p(to-1).
func roll(from, to int) string {
	input := ""
	for i := from; i < to; i++ {
		input += records(fmt.Sprintf(`{"email":%q}`, crowdEmail(i)))
	}
	return input
}

const complete = `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":0,"stream_status":{"stream_descriptor":{"name":"people"},"status":"COMPLETE"}}}` + "\n"

// overwrites is an overwrite that ends with a removal.
func overwrites(how object.Removal, tags ...string) stream {
	return stream{mode: airbyte.Overwrite, onMissing: how, plan: crm.PlanOptions{Tags: tags}}
}

func one(s stream) job { return job{streams: []stream{s}} }

func TestWhatAnOverwriteDidNotContainIsRemoved(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		for _, how := range []object.Removal{object.Keep, object.RemoveTags, object.Delete} {
			t.Run(fmt.Sprintf("%q, duplicates %v", how, duplicates), func(t *testing.T) {
				p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
				p.crowd(60, "human", "HeroPixel", "list")
				p.human(map[string]any{"email": anaEmail}, "heropixel", "human") // only one of the stream's tags
				p.human(map[string]any{"email": benEmail}, "human")
				out := p.must(one(overwrites(how, "heropixel", "List")), roll(0, 54)+state("people", 1))
				out.counts(t, 54, 0)
				tags(t, p.with(anaEmail), "heropixel", "human")
				tags(t, p.with(benEmail), "human")
				tags(t, p.with(crowdEmail(53)), "heropixel", "human", "list")
				contacts, writes, said := 62, 0, "6 missing ones removed"
				switch how {
				case object.RemoveTags:
					writes = 1
					tags(t, p.with(crowdEmail(54)), "human")
				case object.Delete:
					contacts, writes = 56, 6
				default:
					said = "0 rejected ·"
				}
				out.has(t, said)
				if len(p.Contacts()) != contacts || p.Writes() != writes {
					t.Errorf("%d contacts, %d writes, want %d and %d: %v", len(p.Contacts()), p.Writes(), contacts, writes, p.Requests())
				}
			})
		}
	}
}

func TestARemovalIsBulkAndListsByTag(t *testing.T) {
	const n = 1200
	p := inside(t, sandbox.Options{})
	p.crowd(n, "heropixel")
	s := overwrites(object.RemoveTags, "heropixel")
	s.limit = 100
	p.must(one(s), roll(0, 1))
	if got := p.tagged("heropixel"); got != 1 {
		t.Errorf("%d are tagged, want 1", got)
	}
	if got := p.Requests(); p.Writes() != 3 || got["POST /contacts/search"] > 4 {
		t.Errorf("%d writes, want 3: %v", p.Writes(), got)
	}
}

func TestWhatKeepsAnOverwriteFromRemoving(t *testing.T) {
	generation := func(n int64) *int64 { return &n }
	for _, tt := range []struct {
		name  string
		alter func(*stream)
		input string
		said  string
	}{
		{"no record", nil, state("people", 1), "delivered no record"},
		{"nothing at all", nil, "", "delivered no record"},
		{"only rejected records", nil, records(`{"city":"nowhere"}`), "no record of the stream was accepted"},
		{"no COMPLETE", func(s *stream) { s.generation = generation(3) }, roll(0, 19), "has not said that the stream is complete"},
		{"COMPLETE of another", func(s *stream) { s.generation = generation(3) }, roll(0, 19) + strings.Replace(complete, "COMPLETE", "STARTED", 1),
			"has not said that the stream is complete"},
		{"earlier generations stay", func(s *stream) { s.generation, s.minimum = generation(3), generation(0) }, roll(0, 19) + complete, "keep earlier generations"},
		{"over the limit", nil, roll(0, 17), "3 of the 20"},
		{"far over the limit", nil, roll(0, 1), "19 of the 20"},
		{"no tags", func(s *stream) { s.plan.Tags = nil }, roll(0, 19), "no tags"},
	} {
		for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
			t.Run(fmt.Sprintf("%s, %s", tt.name, how), func(t *testing.T) {
				p := inside(t, sandbox.Options{})
				p.crowd(20, "heropixel")
				s := overwrites(how, "heropixel")
				if tt.alter != nil {
					tt.alter(&s)
				}
				out := p.must(one(s), tt.input)
				if p.tagged("heropixel") != 20 || p.Writes() != 0 {
					t.Errorf("%d are tagged, %d writes: %v", p.tagged("heropixel"), p.Writes(), p.Requests())
				}
				out.has(t, "contacts that the sync did not contain are kept")
				out.has(t, tt.said)
			})
		}
	}
}

func TestWhatLetsAnOverwriteRemove(t *testing.T) {
	generation := func(n int64) *int64 { return &n }
	for _, tt := range []struct {
		name  string
		alter func(*stream)
		input string
		left  int
	}{
		{"no generations", nil, roll(0, 19), 19},
		{"COMPLETE of a new generation", func(s *stream) { s.generation = generation(3) }, roll(0, 19) + complete, 19},
		{"exactly the limit", nil, roll(0, 18), 18},
		{"a limit of all", func(s *stream) { s.limit = 100 }, roll(0, 1), 1},
		{"nothing is missing", nil, roll(0, 20), 20},
		{"a new contact besides", nil, roll(0, 18) + roll(20, 21), 19},
	} {
		for _, lag := range []time.Duration{0, time.Minute} {
			t.Run(fmt.Sprintf("%s, lag %v", tt.name, lag), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{IndexLag: lag})
					p.crowd(20, "heropixel")
					s := overwrites(object.RemoveTags, "heropixel")
					if tt.alter != nil {
						tt.alter(&s)
					}
					p.must(one(s), tt.input)
					if got := p.tagged("heropixel"); got != tt.left {
						t.Errorf("%d are tagged, want %d", got, tt.left)
					}
				})
			})
		}
	}
}

func TestClearJobsAreHarmless(t *testing.T) {
	for _, mode := range []airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update, airbyte.SoftDelete} {
		p := inside(t, sandbox.Options{})
		p.crowd(3, "heropixel")
		s := overwrites(object.Delete, "heropixel")
		s.mode, s.limit, s.generation = mode, 100, new(int64)
		out := p.must(one(s), `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"people"},"stream_state":null}}}`+"\n"+complete)
		out.counts(t, 0, 0)
		if p.tagged("heropixel") != 3 || p.Writes() != 0 {
			t.Errorf("%s: %d are tagged, %d writes", mode, p.tagged("heropixel"), p.Writes())
		}
	}
}

// A record that could not be written still says that its person is there.
func TestARejectedRecordKeepsItsContact(t *testing.T) {
	long := strings.Repeat("9", 76)
	for _, tt := range []struct {
		name   string
		record string
		alter  func(*stream, *place)
	}{
		{"schema violation", `{"email":"P19@example.com","city":7}`, func(s *stream, _ *place) {
			s.schema = `{"type":"object","properties":{"city":{"type":"string"}}}`
		}},
		{"identity conflict", `{"email":"p19@example.com","phone":"+12025550123"}`, func(s *stream, p *place) {
			s.reject = true
			p.human(map[string]any{"email": anaEmail, "phone": anaPhone})
		}},
		{"identity conflict by phone", `{"email":"ana@example.com","phone":"+12025550119"}`, func(s *stream, p *place) {
			s.reject = true
			p.human(map[string]any{"email": anaEmail})
			p.Edit(p.with(crowdEmail(19)).ID, func(c *sandbox.Contact) { c.Fields["phone"] = "+12025550119" })
		}},
		{"refused by the API", `{"email":"p19@example.com","city":"Nowhere"}`, func(_ *stream, p *place) {
			p.Inject(sandbox.Fault{Operation: "PUT /contacts/{contactId}", Kind: sandbox.FaultStatus, Status: 422, Times: -1})
		}},
		{"a key too long to be matched", `{"email":"p19@example.com","customer_number":"` + long + `"}`, func(s *stream, _ *place) {
			s.plan.MatchOn = []string{"custom_field:customer_number", "email"}
		}},
		{"an additional email", `{"email":"second@example.com","city":7}`, func(s *stream, p *place) {
			s.schema = `{"type":"object","properties":{"city":{"type":"string"}}}`
			p.Edit(p.with(crowdEmail(19)).ID, func(c *sandbox.Contact) { c.AdditionalEmails = []string{"Second@Example.com"} })
		}},
	} {
		for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
			t.Run(fmt.Sprintf("%s, %s", tt.name, how), func(t *testing.T) {
				p := inside(t, sandbox.Options{})
				p.crowd(20, "heropixel")
				s := overwrites(how, "heropixel")
				tt.alter(&s, p)
				out := p.must(one(s), roll(0, 18)+records(tt.record)+state("people", 1))
				out.counts(t, 18, 1)
				tags(t, p.with(crowdEmail(19)), "heropixel")
				if got := p.tagged("heropixel"); got != 19 { // p18 was missing
					t.Errorf("%d are tagged, want 19\n%s", got, out.log)
				}
			})
		}
	}
}

func TestStreamsThatShareATagRemoveNothing(t *testing.T) {
	for _, shared := range []bool{false, true} {
		p := inside(t, sandbox.Options{})
		p.crowd(20, "heropixel", "a")
		a, b := overwrites(object.RemoveTags, "heropixel", "a"), stream{name: "b", plan: crm.PlanOptions{Tags: []string{"b"}}}
		left := 19
		if shared {
			b.plan.Tags, left = []string{"B", "HeroPixel"}, 20
		}
		out := p.must(job{streams: []stream{a, b}}, roll(0, 19)+record("b", `{"email":"ben@example.com"}`))
		if got := p.tagged("a"); got != left {
			t.Errorf("shared %v: %d are tagged, want %d", shared, got, left)
		}
		if shared {
			out.has(t, "uses the same tags")
		}
	}
}

// What one stream misses and another contains in the same sync may lose the
// first one's tags, but it is not deleted.
func TestAContactOfAnotherStreamIsNotDeleted(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.crowd(20, "a", "b")
	a, b := overwrites(object.Delete, "a"), overwrites(object.Delete, "b")
	b.name = "b"
	all := strings.ReplaceAll(roll(0, 20), `"people"`, `"b"`)
	p.must(job{streams: []stream{a, b}}, roll(0, 19)+all)
	if got := len(p.Contacts()); got != 20 {
		t.Errorf("%d contacts, want 20: the other stream contained them all", got)
	}
}

// A second contact with the same email belongs to a person whom the sync
// contained.
func TestASecondContactOfASyncedPersonIsNotMissing(t *testing.T) {
	for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
		p := inside(t, sandbox.Options{AllowDuplicates: true})
		p.crowd(20, "heropixel")
		p.human(map[string]any{"email": crowdEmail(0), "country": "US"}, "heropixel")
		p.must(one(overwrites(how, "heropixel")), roll(0, 20))
		if got := p.tagged("heropixel"); got != 21 {
			t.Errorf("%s: %d are tagged, want 21", how, got)
		}
	}
}

// Before a contact is deleted the primary store is asked whether it still has
// the stream's tags.
func TestARemovalDeletesOnlyWhatStillHasTheTags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{IndexLag: time.Minute})
		p.crowd(20, "heropixel")
		id := p.with(crowdEmail(19)).ID
		p.api("DELETE", "/contacts/"+id+"/tags", map[string]any{"tags": []string{"heropixel"}})
		p.must(one(overwrites(object.Delete, "heropixel")), roll(0, 19))
		if got := len(p.Contacts()); got != 20 {
			t.Errorf("%d contacts, want 20", got)
		}
	})
}

// A contact that vanished and was created again is in the sync, as is one
// whom the primary store knew and search did not.
func TestWhatWasWrittenUnderAnotherIDIsNotMissing(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.crowd(20, "heropixel")
	p.before("PUT", "/contacts/", func() { p.Delete(p.with(crowdEmail(0)).ID) })
	p.must(one(overwrites(object.Delete, "heropixel")), roll(1, 20)+records(`{"email":"p0@example.com","city":"Boston"}`))
	if got := len(p.Contacts()); got != 20 {
		t.Errorf("%d contacts, want 20", got)
	}
	field(t, p.with(crowdEmail(0)), "city", "Boston")
}

// A CDC delete in an overwrite is about its record, not about what is missing.
func TestADeletedRecordInAnOverwrite(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.crowd(20, "heropixel")
	out := p.must(one(overwrites(object.RemoveTags, "heropixel")), roll(0, 19)+records(deleted(crowdEmail(19)))+state("people", 1))
	out.counts(t, 20, 0)
	tags(t, p.with(crowdEmail(19)))
	if p.tagged("heropixel") != 19 {
		t.Errorf("%d are tagged, want 19", p.tagged("heropixel"))
	}
}
