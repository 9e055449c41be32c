package contacts_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
	"destination-gohighlevel/connector/trouble"
)

// laterBusinesses are those of a location in which one comes so many questions later.
type laterBusinesses struct {
	id    string
	after int
}

func (b *laterBusinesses) Name(string) string { return "Dyne" }
func (b *laterBusinesses) Create(context.Context, string, journal.Origin) (string, *trouble.Reject, error) {
	panic("nobody asks for that")
}

func (b *laterBusinesses) Find(context.Context, string) (object.Found, error) {
	if b.after--; b.after < 0 {
		return object.Found{ID: b.id}, nil
	}
	return object.Found{Why: "no business has this name or id", Later: true}, nil
}

// TestAStateWaitsForTheLink of its record to a business that comes later; a sync that is stopped before leaves both to the next one.
func TestAStateWaitsForTheLink(t *testing.T) {
	for _, stopped := range []bool{false, true} {
		t.Run(fmt.Sprintf("stopped %t", stopped), func(t *testing.T) {
			p := inside(t, sandbox.Options{})
			b := &laterBusinesses{id: p.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Dyne"}}), after: 1}
			ctx, stop := context.WithCancel(t.Context())
			linked := func(email string) bool { return p.with(email).Fields["businessId"] == b.id }
			var early []string
			j := job{businesses: b, stop: ctx, limits: small(1), streams: []stream{{name: "people"}, {name: "others"}}, release: func(s *airbyte.State) {
				if s.Stream.Name == "people" && !linked("ann@example.com") {
					early = append(early, "people")
				}
				if s.Stream.Name == "others" && stopped {
					stop()
				}
			}}
			const ann = `{"email":"ann@example.com","business":"Dyne"}`
			input := records(ann) + state("people", 1) + record("others", `{"email":"bob@example.com"}`) + state("others", 1)
			out := p.must(j, input)
			if len(early) > 0 || len(out.states) != map[bool]int{false: 2, true: 1}[stopped] || linked("ann@example.com") == stopped {
				t.Errorf("too early %v, states %q, linked %t\n%s", early, out.states, linked("ann@example.com"), out.log)
			}
			j.stop, b.after = nil, 0
			out = p.must(j, records(ann)+state("people", 1))
			if !linked("ann@example.com") || len(out.states) != 1 || stopped != slices.ContainsFunc(out.told, func(o object.Outcome) bool { return o.Set["business"] == "Dyne" }) {
				t.Errorf("next: states %q, linked %t, %+v", out.states, linked("ann@example.com"), out.told)
			}
		})
	}
}
