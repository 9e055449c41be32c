package contacts_test

import (
	"fmt"
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

const incomplete = `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":0,"stream_status":{"stream_descriptor":{"name":"people"},"status":"INCOMPLETE"}}}` + "\n"

// A full refresh that replaces removes what it did not contain, whether the
// platform calls it overwrite or append_dedup with a generation that nothing
// older is to outlive. Every brake holds in both.
func TestWhatReplacesRemoves(t *testing.T) {
	number := func(n int64) *int64 { return &n }
	dedup := func(generation, minimum *int64) func(*stream) {
		return func(s *stream) { s.mode, s.generation, s.minimum = airbyte.AppendDedup, generation, minimum }
	}
	replacing := dedup(number(2), number(2))
	for _, tt := range []struct {
		name    string
		alter   func(*stream)
		input   string
		removes bool
	}{
		{"overwrite without generations", func(*stream) {}, roll(0, 19), true},
		{"overwrite, generation 2", func(s *stream) { s.generation = number(2) }, roll(0, 19) + complete, true},
		{"generation 2", replacing, roll(0, 19) + complete, true},
		{"generation 7", dedup(number(7), number(7)), roll(0, 19) + complete, true},
		{"generation 1, as PyAirbyte says", dedup(number(1), number(1)), roll(0, 19) + complete, false},
		{"generation 0", dedup(number(0), number(0)), roll(0, 19) + complete, false},
		{"earlier generations stay", dedup(number(2), number(1)), roll(0, 19) + complete, false},
		{"all generations stay", dedup(number(2), number(0)), roll(0, 19) + complete, false},
		{"no generations", dedup(nil, nil), roll(0, 19) + complete, false},
		{"no minimum", func(s *stream) { replacing(s); s.minimum = number(0) }, roll(0, 19) + complete, false},
		{"of another mode", func(s *stream) { replacing(s); s.mode = airbyte.Append }, roll(0, 19) + complete, false},
		{"of update", func(s *stream) { replacing(s); s.mode = airbyte.Update }, roll(0, 19) + complete, false},
		{"not complete", replacing, roll(0, 19), false},
		{"incomplete", replacing, roll(0, 19) + incomplete, false},
		{"complete, then incomplete", replacing, roll(0, 19) + complete + incomplete, false},
		{"over the limit", replacing, roll(0, 17) + complete, false},
		{"no record", replacing, complete, false},
		{"nobody accepted", replacing, records(`{"city":"nowhere"}`) + complete, false},
		{"kept", func(s *stream) { replacing(s); s.onMissing = object.Keep }, roll(0, 19) + complete, false},
		{"a rejected one keeps its contact", replacing, roll(0, 19) + records(`{"email":"p19@example.com","city":7}`) + complete, false},
	} {
		for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
			t.Run(fmt.Sprintf("%s, %s", tt.name, how), func(t *testing.T) {
				inWindowsOf(t, func(t *testing.T, l load.Limits) {
					p := inside(t, sandbox.Options{})
					p.crowd(20, "heropixel")
					s := overwrites(how, "heropixel")
					s.schema = `{"type":"object","properties":{"city":{"type":"string"}}}`
					tt.alter(&s)
					out := p.must(job{limits: l, streams: []stream{s}}, tt.input)
					if removed := p.tagged("heropixel") != 20; removed != tt.removes {
						t.Errorf("removed %t, want %t\n%s", removed, tt.removes, out.log)
					}
				})
			})
		}
	}
}

// Two streams that share a tag remove nothing; an interrupted sync delivers all
// again, since its states have waited.
func TestBrakesOfAppendDedup(t *testing.T) {
	two := int64(2)
	replacing := overwrites(object.RemoveTags, "heropixel")
	replacing.mode, replacing.generation = airbyte.AppendDedup, &two
	t.Run("a shared tag", func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.crowd(20, "heropixel")
		out := p.must(job{streams: []stream{replacing, {name: "b", plan: crm.PlanOptions{Tags: []string{"HeroPixel"}}}}}, roll(0, 19)+complete)
		out.has(t, "uses the same tags")
		if got := p.tagged("heropixel"); got != 20 {
			t.Errorf("%d are tagged, want 20", got)
		}
	})
	t.Run("cut short", func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.crowd(20, "heropixel")
		j := job{limits: small(5), streams: []stream{replacing}}
		p.Inject(sandbox.Fault{Operation: "POST /contacts/bulk/tags/update/{type}", Kind: sandbox.FaultStatus, Status: 403})
		input := roll(0, 10) + state("people", 1) + roll(10, 19) + state("people", 2) + complete
		if out := p.sync(j, input); out.err == nil || len(out.states) != 0 {
			t.Errorf("error %v, states %v", out.err, out.states)
		}
		if out := p.must(j, input); len(out.states) != 2 || p.tagged("heropixel") != 19 {
			t.Errorf("states %v, %d are tagged, want 19", out.states, p.tagged("heropixel"))
		}
	})
}

// A row is alive whose time of deletion is null or a blank text, as which a
// re-export writes null: also where its record would break its schema.
func TestABlankTimeOfDeletionIsNone(t *testing.T) {
	for value, deleted := range map[string]bool{`null`: false, `""`: false, `" "`: false, `"2024-01-02T03:04:05Z"`: true, `1704164645000`: true} {
		for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Overwrite, airbyte.Append} {
			t.Run(fmt.Sprintf("%s, %s", value, mode), func(t *testing.T) {
				inWindowsOf(t, func(t *testing.T, l load.Limits) {
					p := inside(t, sandbox.Options{})
					p.human(map[string]any{"email": anaEmail, "country": "US"}, "heropixel")
					s := stream{mode: mode, plan: heropixel, onDelete: object.Delete, schema: `{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}`}
					p.must(job{limits: l, streams: []stream{s}}, records(
						fmt.Sprintf(`{"email":"ana@example.com","city":"Boston","_ab_cdc_deleted_at":%s}`, value),
						fmt.Sprintf(`{"email":"ben@example.com","_ab_cdc_deleted_at":%s}`, value))+state("people", 1)).counts(t, map[bool]int{false: 1, true: 2}[deleted], map[bool]int{false: 1, true: 0}[deleted])
					if deleted {
						if n := len(p.Contacts()); n != 0 {
							t.Errorf("%d contacts, want none", n)
						}
						return
					}
					field(t, p.only(), "city", "Boston")
				})
			})
		}
	}
}

// A delete whose name cannot be read, or was lost on the way, means nobody: not
// who has the record's other keys. It is rejected, and told.
func TestADeleteWhoseKeyCannotBeRead(t *testing.T) {
	const lost = `{"type":"RECORD","record":{"stream":"people","data":%s,"emitted_at":0,"meta":{"changes":[{"field":"email","change":"NULLED","reason":"DESTINATION_SERIALIZATION_ERROR"}]}}}` + "\n"
	unreadable := `{"email":"ann at home","phone":"+12025550101"}`
	for name, tt := range map[string]struct {
		mode  airbyte.SyncMode
		input string
	}{
		"unreadable":              {airbyte.AppendDedup, records(gone(unreadable))},
		"unreadable, soft_delete": {airbyte.SoftDelete, records(unreadable)},
		"lost":                    {airbyte.AppendDedup, fmt.Sprintf(lost, gone(`{"email":null,"phone":"+12025550101"}`))},
		"lost, soft_delete":       {airbyte.SoftDelete, fmt.Sprintf(lost, `{"email":null,"phone":"+12025550101"}`)},
		"unreadable, update":      {airbyte.Update, records(gone(unreadable))},
	} {
		for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
			t.Run(fmt.Sprintf("%s, %s", name, how), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{IndexLag: time.Minute})
					p.human(map[string]any{"phone": "+12025550101"}, "heropixel")
					before := p.end()
					out := p.must(job{streams: []stream{{mode: tt.mode, plan: heropixel, onDelete: how}}}, tt.input+state("people", 1))
					out.counts(t, 0, 1)
					out.has(t, "no_identifier: email: the value cannot be read")
					if diff := cmp.Diff(before, p.end()); diff != "" {
						t.Errorf("the bystander has changed: %s", diff)
					}
				})
			})
		}
	}
}
