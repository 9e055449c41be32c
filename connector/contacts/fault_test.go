package contacts_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/sandbox"
)

func TestTwoRunsInsideTheIndexLag(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			const n = 20
			p := inside(t, sandbox.Options{IndexLag: time.Minute, AllowDuplicates: duplicates})
			p.must(job{plan: heropixel}, audienceInput(0, n))
			for _, c := range p.Contacts() {
				p.Edit(c.ID, func(c *sandbox.Contact) { c.Tags = append(c.Tags, "human") })
			}
			p.must(job{plan: heropixel}, audienceInput(0, n))
			if got := len(p.Contacts()); got != n {
				t.Fatalf("%d contacts after the second run, want %d", got, n)
			}
			for _, c := range p.Contacts() {
				tags(t, c, "heropixel", "human", "new", "vip")
			}
		})
	}
}

func TestFaultsLeadToTheSameEnd(t *testing.T) {
	const n, create = 40, "POST /contacts/"
	clean := inside(t, sandbox.Options{})
	clean.must(job{plan: heropixel}, audienceInput(0, n))
	want := clean.end()
	for _, f := range []sandbox.Fault{
		{Operation: create, Kind: sandbox.FaultResetAfter, After: 3, Times: 5},
		{Operation: create, Kind: sandbox.FaultResetBefore, After: 3, Times: 5},
		{Operation: create, Kind: sandbox.Fault422Applied, After: 1, Times: 5},
		{Operation: create, Kind: sandbox.FaultTruncated, Times: 5},
		{Operation: create, Kind: sandbox.FaultEmptyBody, Times: 5},
		{Operation: create, Kind: sandbox.FaultHTML, Times: 3},
		{Operation: create, Kind: sandbox.FaultStatus, Status: 502, Times: 4},
		{Operation: "POST /contacts/search", Kind: sandbox.FaultStatus, Status: 500, Times: 2},
		{Operation: "POST /contacts/search", Kind: sandbox.FaultTruncated},
		{Kind: sandbox.FaultCommandTimedOut, After: 4, Times: 3},
		{Kind: sandbox.FaultThrottle, After: 10, Times: 3},
	} {
		for _, mode := range []airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup} {
			t.Run(fmt.Sprintf("%s %s %s", f.Operation, f.Kind, mode), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{})
					p.Inject(f)
					out := p.must(job{mode: mode, plan: heropixel}, audienceInput(0, n))
					if got := p.end(); !slices.Equal(got, want) {
						t.Errorf("%d contacts, want %d as without the fault\n%s", len(got), len(want), out.log)
					}
					out.has(t, "40 read · 40 created")
					if len(out.states) != 1 || !strings.Contains(out.states[0], `"recordCount":40.0,"rejectedRecordCount":0.0`) {
						t.Errorf("states %v", out.states)
					}
				})
			})
		}
	}
}

func TestAFatalErrorLetsOutOnlyWhatIsDurable(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.Inject(sandbox.Fault{Operation: "POST /contacts/", Kind: sandbox.FaultStatus, Status: 401, After: 12, Times: -1})
	input := ""
	for i := range 6 {
		input += strings.TrimSuffix(audienceInput(i*5, i*5+5), state("people", i*5+5)) + state("people", i)
	}
	out := p.sync(job{limits: small(5), workers: 1, plan: heropixel}, input)
	if out.err == nil || ghl.KindOf(out.err) != ghl.Unauthorized {
		t.Errorf("the error is %v", out.err)
	}
	if len(out.states) != 2 || len(p.Contacts()) != 12 {
		t.Errorf("%d states for %d contacts, want 2 for 12", len(out.states), len(p.Contacts()))
	}
}

func TestAStateWaitsForTagsThatAFatalErrorPrevented(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.human(map[string]any{"email": anaEmail, "country": "US"})
	p.Inject(sandbox.Fault{Operation: "POST /contacts/", Kind: sandbox.FaultStatus, Status: 401, Times: -1})
	out := p.sync(job{workers: 1, plan: heropixel}, records(`{"email":"ana@example.com"}`, `{"email":"ben@example.com"}`)+state("people", 1))
	if out.err == nil || len(out.states) != 0 {
		t.Errorf("error %v, states %v: ana has the tags %v", out.err, out.states, p.with(anaEmail).Tags)
	}
}

func TestStatesAreFaithfulAndNeverEarly(t *testing.T) {
	p := inside(t, sandbox.Options{})
	input, want := "", []string{}
	for i := range 8 {
		for k := range 5 {
			input += record("people", fmt.Sprintf(`{"email":"p%d@example.com"}`, i*5+k))
		}
		input += record("people", `{"city":"nobody"}`)
		s := fmt.Sprintf(`{"state":{"type":"STREAM","id":%d9007199254740993,"stream":{"stream_state":null,"stream_descriptor":{"name":"people"}},"x":1.50%%s},"type":"STATE"}`, i+1)
		input += fmt.Sprintf(s, "") + "\n"
		want = append(want, fmt.Sprintf(s, `,"destinationStats":{"recordCount":5.0,"rejectedRecordCount":1.0}`))
	}
	released := 0
	out := p.must(job{limits: small(7), release: func(*airbyte.State) {
		released++
		if got := len(p.Contacts()); got < released*5 {
			t.Errorf("state %d left when only %d of its %d contacts were there", released, got, released*5)
		}
	}}, input)
	if !slices.Equal(out.states, want) {
		t.Errorf("states\n%s\nwant\n%s", strings.Join(out.states, "\n"), strings.Join(want, "\n"))
	}
}

func TestAnInputFaultEndsTheSyncAfterWhatCameBefore(t *testing.T) {
	p := inside(t, sandbox.Options{})
	out := p.sync(job{}, records(`{"email":"ana@example.com"}`)+state("people", 1)+record("strangers", `{}`)+state("people", 2))
	var input *load.InputError
	if !errors.As(out.err, &input) || len(out.states) != 1 || len(p.Contacts()) != 1 {
		t.Errorf("error %v, %d states, %d contacts", out.err, len(out.states), len(p.Contacts()))
	}
}

// TestWindowsCloseByAgeAndByState: while the source pauses, what it has sent
// is written, and a state does not wait for more records.
func TestWindowsCloseByAgeAndByState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		in, source := io.Pipe()
		var at time.Duration
		start := time.Now()
		done := make(chan outcome)
		go func() {
			done <- p.syncFrom(job{release: func(*airbyte.State) { at = time.Since(start) }}, in)
		}()
		send := func(s string) { _, _ = io.WriteString(source, s) }
		send(records(`{"email":"ana@example.com"}`))
		time.Sleep(19 * time.Second)
		if n := len(p.Contacts()); n != 0 {
			t.Errorf("%d contacts before the window's age", n)
		}
		time.Sleep(2 * time.Second)
		if n := len(p.Contacts()); n != 1 {
			t.Errorf("%d contacts after the window's age, want 1", n)
		}
		send(records(`{"email":"ben@example.com"}`) + state("people", 1))
		time.Sleep(10 * time.Second)
		_ = source.Close()
		if out := <-done; out.err != nil || len(out.states) != 1 {
			t.Errorf("error %v, states %v", out.err, out.states)
		}
		if at < 26*time.Second || at > 27*time.Second {
			t.Errorf("the state left after %v, want 5s after it came at 21s", at)
		}
	})
}

// After an outage whoever's create got no answer is asked for by email and phone in
// one question, and is there once.
func TestLostCreatesAreAskedForOnce(t *testing.T) {
	for _, kind := range []sandbox.FaultKind{sandbox.FaultResetBefore, sandbox.FaultResetAfter, sandbox.FaultStatus, sandbox.FaultStatusApplied} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const people = 40
				p := inside(t, sandbox.Options{Latency: 100 * time.Millisecond})
				p.Inject(sandbox.Fault{Operation: "POST /contacts/", Kind: kind, Times: 8},
					sandbox.Fault{Operation: "GET /contacts/search/duplicate", Kind: sandbox.FaultStatus, Status: 503, Times: 15})
				var input strings.Builder
				for i := range people {
					input.WriteString(records(fmt.Sprintf(`{"email":%q,"phone":"+120255501%02d"}`, crowdEmail(i), i)))
				}
				out := p.must(job{plan: heropixel}, input.String())
				if n := len(p.Contacts()); n != people {
					t.Errorf("%d contacts, want %d", n, people)
				}
				if asked := out.usage.ByOperation["GET /contacts/search/duplicate"]; asked > 8+15+2 { // 2: by what the location recognises people
					t.Errorf("%d questions about 8 lost creates, 15 of them in the outage", asked)
				}
			})
		})
	}
}
