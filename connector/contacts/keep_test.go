package contacts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/sandbox"
)

// shelf is a store in memory. What was added is durable once it was flushed.
type shelf struct {
	added, durable []string
	broken         error
}

func (s *shelf) Add(_ context.Context, u load.Unwritten) error {
	s.added = append(s.added, fmt.Sprintf("%d %s %s %s(%s) %s: %s", u.Line, u.Kind, u.Code, u.Field, u.Column, u.Reason, u.Data))
	if u.NextStep == "" || u.Stream.Name != "people" {
		s.added = append(s.added, "without a next step or stream")
	}
	return nil
}

func (s *shelf) Pending() bool { return len(s.added) > len(s.durable) }

func (s *shelf) Flush(context.Context) error {
	if s.broken == nil {
		s.durable = slices.Clone(s.added)
	}
	return s.broken
}

// leaky has an invalid phone in its second record, no identifier in its third, and an invalid phone in a record of somebody it names twice.
const leaky = `{"email":"a@example.com","Mobile":"202-555-0101"}
{"email":"b@example.com","Mobile":"call the office"}
{"Mobile":"nobody"}
{"email":"a@example.com","Mobile":"ask at home"}`

func leakyInput() string {
	return records(strings.Split(leaky, "\n")...) + state("people", 1)
}

var mobile = job{plan: heropixel}

// TestWhatIsNotWrittenIsKept: rejected records and left-out values are durable before a state leaves that counts them; the state counts the
// rejected alone.
func TestWhatIsNotWrittenIsKept(t *testing.T) {
	p := inside(t, sandbox.Options{})
	kept := &shelf{}
	j := mobile
	j.store = kept
	j.release = func(*airbyte.State) {
		want := []string{
			`2 value  phone(Mobile) not a phone number: {"email":"b@example.com","Mobile":"call the office"}`,
			`3 record no_identifier phone(Mobile) not a phone number: {"Mobile":"nobody"}`,
			`4 value  phone(Mobile) not a phone number: {"email":"a@example.com","Mobile":"ask at home"}`,
		}
		if got := slices.Sorted(slices.Values(kept.durable)); !slices.Equal(got, want) {
			t.Errorf("kept are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	out := p.must(j, leakyInput())
	out.counts(t, 3, 1)
}

// TestNoStateLeavesBeforeWhatItCountsIsKept: a store that fails ends the sync without a state.
func TestNoStateLeavesBeforeWhatItCountsIsKept(t *testing.T) {
	p := inside(t, sandbox.Options{})
	j := mobile
	j.store = &shelf{broken: errors.New("the disk is full")}
	if out := p.sync(j, leakyInput()); out.err == nil || !strings.Contains(out.err.Error(), "the disk is full") || len(out.states) > 0 {
		t.Errorf("%v with %d states", out.err, len(out.states))
	}
}

// TestTroubleIsToldWhenItOccurs: in the first window, not only at the end, where the lines and the number are those of the whole sync.
func TestTroubleIsToldWhenItOccurs(t *testing.T) {
	p := inside(t, sandbox.Options{})
	var input strings.Builder
	for line := 1; line <= 60; line++ {
		phone := fmt.Sprintf("202-555-01%02d", line)
		if line == 2 || line%20 == 0 {
			phone = "call the office"
		}
		input.WriteString(records(fmt.Sprintf(`{"email":%q,"Mobile":%q}`, crowdEmail(line), phone)))
	}
	j := mobile
	j.limits = load.Limits{Records: 10, Bytes: 1 << 20, Age: load.DefaultLimits.Age, State: load.DefaultLimits.State}
	out := p.must(j, input.String())
	const what = `phone (column \"Mobile\"): not a phone number, left out: `
	first, last := strings.Index(out.log, what+`line 2"`), strings.Index(out.log, what+`lines 2, 20 and 40, 4 in all"`)
	if first < 0 || last < first || strings.Count(out.log, what) != 2 {
		t.Errorf("told at %d and %d:\n%s", first, last, out.log)
	}
	p = inside(t, sandbox.Options{})
	out = p.must(mobile, leakyInput())
	out.has(t, what+`lines 2 and 4"`)
	if strings.Count(out.log, what) != 1 || strings.Contains(out.log, "office") {
		t.Errorf("it is told twice, or with a value:\n%s", out.log)
	}
}

// TestFieldsAreToldByTheirKeys: users do not know the ids of custom fields.
func TestFieldsAreToldByTheirKeys(t *testing.T) {
	p := inside(t, sandbox.Options{})
	for range 2 {
		p.Put(sandbox.Contact{Fields: map[string]any{"country": "US"}, CustomFields: map[string]any{"cfText00000000000001": "N-1"}})
	}
	out := p.must(job{plan: crm.PlanOptions{MatchOn: []string{"custom_field:customer_number"}}}, records(`{"customer_number":"N-1","city":"Boston"}`))
	out.has(t, "contact.customer_number: found on several contacts, the oldest was taken: line 1")
}
