package contacts_test

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// A question that got no answer says nothing about who exists.
func TestAFailedLookupRejectsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.Inject(sandbox.Fault{Operation: "GET /contacts/search/duplicate", Kind: sandbox.FaultStatus, Status: 503, Times: 1_000_000})
		out := p.sync(job{mode: airbyte.Update, plan: heropixel}, records(`{"email":"ana@example.com"}`, `{"email":"ben@example.com"}`)+state("people", 1))
		if out.err == nil || len(out.states) != 0 {
			t.Errorf("error %v, states %v", out.err, out.states)
		}
		out.has(t, "0 rejected")
	})
}

// What the run wrote before it listed the location, and search did not show
// yet, is known for as long as the listing is believed.
func TestOwnContactsAreInTheListing(t *testing.T) {
	const ana, ben, eva = `{"email":"ana@example.com"}`, `{"email":"ben@example.com"}`, `{"email":"eva@example.com"}`
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{AllowDuplicates: true, IndexLag: time.Minute})
		in, out := io.Pipe()
		go func() {
			for _, step := range []struct {
				wait time.Duration
				data string
			}{{0, ben}, {50 * time.Second, ana}, {30 * time.Second, eva}, {6 * time.Minute, ana}} {
				time.Sleep(step.wait)
				_, _ = io.WriteString(out, records(step.data))
			}
			_ = out.Close()
		}()
		got := p.syncFrom(job{limits: load.Limits{Records: 1, Bytes: 1 << 20, Age: time.Second, State: time.Second}, plan: heropixel}, in)
		if got.err != nil || len(p.Contacts()) != 3 {
			t.Errorf("error %v, %d contacts, want 3\n%s", got.err, len(p.Contacts()), got.log)
		}
	})
}

// Without the source's word that it is complete, no state leaves: the removal
// is still to come, and must see the whole delivery.
func TestStatesWaitForTheSourcesWord(t *testing.T) {
	generation := int64(3)
	for _, complete := range []bool{false, true} {
		p := inside(t, sandbox.Options{})
		s := stream{mode: airbyte.Overwrite, plan: heropixel, onMissing: object.RemoveTags, generation: &generation}
		input := records(`{"email":"ana@example.com"}`) + state("people", 1)
		if complete {
			input += `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":0,"stream_status":{"stream_descriptor":{"name":"people"},"status":"COMPLETE"}}}` + "\n"
		}
		out := p.must(job{streams: []stream{s}}, input)
		if got := len(out.states) == 1; got != complete {
			t.Errorf("complete %t, states %v", complete, out.states)
		}
	}
}

// A company is written by an upsert, which must not reach the contact whose
// email the same write lets this one share.
func TestACompanyStaysOffAContactWhoseEmailIsShared(t *testing.T) {
	p := inside(t, sandbox.Options{AllowDuplicates: true})
	p.human(map[string]any{"email": "shared@example.com", "phone": "+12025550102", "country": "US", "companyName": "Theirs"})
	p.human(map[string]any{"email": "old@example.com", "phone": "+12025550101", "country": "US"})
	plan := crm.PlanOptions{MatchOn: []string{"phone", "email"}}
	p.must(job{plan: plan}, records(`{"phone":"+12025550101","email":"shared@example.com","company":"Ours"}`))
	for _, c := range p.Contacts() {
		if c.Fields["phone"] == "+12025550102" {
			field(t, c, "companyName", "Theirs")
		}
	}
	if len(p.Contacts()) != 2 {
		t.Errorf("%d contacts, want 2", len(p.Contacts()))
	}
}

// A source that says that it has not delivered everything is believed, with
// generations or without, and whatever it has said before.
func TestNothingIsRemovedOfAnIncompleteStream(t *testing.T) {
	status := func(s string) string {
		return `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":0,"stream_status":{"stream_descriptor":{"name":"people"},"status":"` + s + `"}}}` + "\n"
	}
	generation := int64(3)
	for _, g := range []*int64{nil, &generation} {
		for said, removed := range map[string]bool{
			status("COMPLETE"): true, status("INCOMPLETE"): false, status("COMPLETE") + status("INCOMPLETE"): false, status("INCOMPLETE") + status("COMPLETE"): true,
		} {
			p := inside(t, sandbox.Options{})
			p.crowd(20, "heropixel")
			s := stream{mode: airbyte.Overwrite, plan: heropixel, onMissing: object.RemoveTags, generation: g}
			out := p.must(job{streams: []stream{s}}, roll(0, 19)+state("people", 1)+said)
			if strings.HasSuffix(said, status("INCOMPLETE")) {
				out.has(t, "the source has said that the stream is incomplete; its states are kept back")
			}
			if got := p.tagged("heropixel") == 19; got != removed || (len(out.states) == 1) != removed {
				t.Errorf("generations %t, %s: removed %t, %d states", g != nil, said, got, len(out.states))
			}
		}
	}
}
