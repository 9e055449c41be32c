package contacts_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

func TestAnUnfinishedOverwriteRemovesNothing(t *testing.T) {
	s := overwrites(object.Delete, "heropixel")
	s.limit = 100
	t.Run("fatal error", func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.crowd(5, "heropixel")
		p.Inject(sandbox.Fault{Operation: "POST /contacts/", Kind: sandbox.FaultStatus, Status: 401, Times: -1})
		if out := p.sync(one(s), roll(0, 1)+roll(7, 8)); out.err == nil {
			t.Error("no error")
		}
		if got := p.tagged("heropixel"); got != 5 {
			t.Errorf("%d are tagged, want 5", got)
		}
	})
	t.Run("broken input", func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.crowd(5, "heropixel")
		if out := p.sync(one(s), roll(0, 1)+record("strangers", `{}`)); out.err == nil {
			t.Error("no error")
		}
		if got := p.tagged("heropixel"); got != 5 {
			t.Errorf("%d are tagged, want 5", got)
		}
	})
	t.Run("stopped", func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.crowd(5, "heropixel")
		stopped, stop := context.WithCancel(t.Context())
		p.before("POST", "/contacts/search", stop)
		j := one(s)
		j.stop = stopped
		p.must(j, roll(0, 1))
		if got := p.tagged("heropixel"); got != 5 {
			t.Errorf("%d are tagged, want 5", got)
		}
	})
	t.Run("limit", func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		p.crowd(5, "heropixel")
		j := one(s)
		j.maxCreates = new(int64)
		var over *load.LimitError
		if out := p.sync(j, roll(0, 1)+roll(7, 8)); !errors.As(out.err, &over) {
			t.Errorf("the error is %v", out.err)
		}
		if got := p.tagged("heropixel"); got != 5 {
			t.Errorf("%d are tagged, want 5", got)
		}
	})
}

func TestAStopEndsTheDeletionOfWhatIsMissing(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.crowd(20, "heropixel")
	s := overwrites(object.Delete, "heropixel")
	s.limit = 100
	stopped, stop := context.WithCancel(t.Context())
	p.before("DELETE", "/contacts/", stop)
	j := one(s)
	j.stop = stopped
	out := p.must(j, roll(0, 1)+state("people", 1))
	if got := len(p.Contacts()); got != 19 || len(out.states) != 0 {
		t.Errorf("%d contacts, want 19; states %v, which would let the next sync begin where this one has not ended", got, out.states)
	}
}

func TestAFailedRemovalFailsTheSync(t *testing.T) {
	for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
		p := inside(t, sandbox.Options{})
		p.crowd(20, "heropixel")
		for _, operation := range []string{"DELETE /contacts/{contactId}", "POST /contacts/bulk/tags/update/{type}"} {
			p.Inject(sandbox.Fault{Operation: operation, Kind: sandbox.FaultStatus, Status: 403, Times: -1})
		}
		out := p.sync(one(overwrites(how, "heropixel")), roll(0, 19)+state("people", 1))
		if out.err == nil || len(p.Contacts()) != 20 || len(out.states) != 0 {
			t.Errorf("%s: error %v, %d contacts, states %v", how, out.err, len(p.Contacts()), out.states)
		}
	}
}

// A sync that begins where another has ended does not contain what that one
// has read: no state may leave before the removal is done.
func TestStatesOfAnOverwriteWaitForItsRemoval(t *testing.T) {
	global := `{"type":"STATE","state":{"type":"GLOBAL","global":{"stream_states":[]}}}` + "\n"
	for name, input := range map[string]string{
		"of the stream": roll(0, 10) + state("people", 1) + roll(10, 18) + state("people", 2),
		"global":        roll(0, 10) + global + roll(10, 18) + global,
	} {
		t.Run(name, func(t *testing.T) {
			p := inside(t, sandbox.Options{})
			p.crowd(20, "heropixel")
			j := one(overwrites(object.RemoveTags, "heropixel"))
			j.limits = small(5)
			j.release = func(*airbyte.State) {
				if got := p.tagged("heropixel"); got != 18 {
					t.Errorf("a state left when %d were tagged, want 18", got)
				}
			}
			if out := p.must(j, input); len(out.states) != 2 {
				t.Errorf("states %v, want two", out.states)
			}
		})
	}
}

// The states of other streams do not wait for it.
func TestARemovalHoldsBackNoOtherStream(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.crowd(20, "heropixel")
	p.Inject(sandbox.Fault{Operation: "POST /contacts/bulk/tags/update/{type}", Kind: sandbox.FaultStatus, Status: 403, Times: -1})
	b := stream{name: "b", plan: crm.PlanOptions{Tags: []string{"b"}}}
	out := p.sync(job{streams: []stream{overwrites(object.RemoveTags, "heropixel"), b}},
		roll(0, 19)+state("people", 1)+record("b", `{"email":"ben@example.com"}`)+state("b", 1))
	if out.err == nil || len(out.states) != 1 || !strings.Contains(out.states[0], `"name":"b"`) {
		t.Errorf("error %v, states %v, want that of b", out.err, out.states)
	}
}
