package gateway_test

import (
	"fmt"
	"testing"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// TestKeysAreAskedForInSets: 200 keys a request where search takes sets, and nobody is missed where it takes smaller ones, refuses
// them, or takes them and finds nobody.
func TestKeysAreAskedForInSets(t *testing.T) {
	const people = 900
	for name, tc := range map[string]struct {
		options sandbox.Options
		first   int // requests of the first 900 keys, after 100 have been looked for
		later   int
	}{
		"taken":          {sandbox.Options{}, 5, 5},
		"hundred":        {sandbox.Options{MaxSet: 100}, 12, 9},
		"refused":        {sandbox.Options{Variant: sandbox.SetsRefused}, 10, 9},
		"ignored":        {sandbox.Options{Variant: sandbox.SetsIgnored}, 10, 9},
		"small or group": {sandbox.Options{MaxFilters: 50, Variant: sandbox.SetsRefused}, 19, 18},
	} {
		for _, field := range []string{"email", "phone", "id"} {
			t.Run(name+", "+field, func(t *testing.T) {
				s := sandbox.New(tc.options)
				target := open(t, s)
				ask := func(from, to, strangers int, want int) {
					t.Helper()
					before := s.Requests()["POST /contacts/search"]
					var keys []crm.Key
					for _, c := range s.Contacts()[from:to] {
						value := c.ID
						if field != "id" {
							value, _ = c.Fields[field].(string)
						}
						keys = append(keys, crm.Key{Field: field, Value: value})
					}
					for i := range strangers {
						keys = append(keys, crm.Key{Field: "email", Value: fmt.Sprintf("stranger%d@example.com", i)})
					}
					found, _, err := target.Find(t.Context(), keys)
					if err != nil || len(found) != to-from {
						t.Errorf("found %d of %d: %v", len(found), to-from, err)
					}
					if got := s.Requests()["POST /contacts/search"] - before; want > 0 && got != want {
						t.Errorf("%d requests for %d keys, want %d", got, len(keys), want)
					}
				}
				for i := range people {
					s.Put(sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("p%d@example.com", i), "phone": fmt.Sprintf("+1202555%04d", i)}})
				}
				ask(0, 100, 0, 0)
				ask(0, people, 0, tc.first)
				ask(0, people, 0, tc.later)
				ask(0, 10, 5, 1)
			})
		}
	}
}

// TestNobodyIsAskedForInASetThatHasNotAnswered: without a contact that is known to exist nothing tells an answer of nobody from a
// question that was not understood.
func TestNobodyIsAskedForInASetThatHasNotAnswered(t *testing.T) {
	s := sandbox.New(sandbox.Options{Variant: sandbox.SetsIgnored})
	target := open(t, s)
	var keys []crm.Key
	for i := range 300 {
		keys = append(keys, crm.Key{Field: "email", Value: fmt.Sprintf("p%d@example.com", i)})
	}
	for _, want := range []int{0, 1} {
		found, _, err := target.Find(t.Context(), keys)
		if err != nil || len(found) != want {
			t.Errorf("found %d of %d: %v", len(found), want, err)
		}
		s.Put(sandbox.Contact{Fields: map[string]any{"email": "p250@example.com"}})
	}
}
