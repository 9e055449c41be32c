package gateway_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/sandbox"
)

// strangers are keys that nobody has.
func strangers(field string, n int) (keys []crm.Key) {
	for i := range n {
		keys = append(keys, crm.Key{Field: field, Value: map[string]string{"email": fmt.Sprintf("nobody%d@example.com", i), "phone": fmt.Sprintf("+1404555%04d", i)}[field]})
	}
	return keys
}

// TestWhatIsCertain: an answer of nobody is believed if the same answer has shown somebody by such a key, stored in another form.
func TestWhatIsCertain(t *testing.T) {
	people := func(written func(string) string, more ...string) func(s *sandbox.Server) {
		return func(s *sandbox.Server) {
			for i := range 9 {
				s.Put(sandbox.Contact{Fields: map[string]any{"email": written(fmt.Sprintf("p%d@example.com", i)), "phone": fmt.Sprintf("+1303555%04d", i)}, AdditionalEmails: more})
				more = nil
			}
		}
	}
	for name, tt := range map[string]struct {
		variant sandbox.Variant
		fill    func(s *sandbox.Server)
		field   string
		certain bool
	}{
		"lower case":                 {0, people(strings.ToLower), "email", true},
		"upper case":                 {0, people(strings.ToUpper), "email", true},
		"compared by case":           {sandbox.EmailExact, people(strings.ToLower), "email", false},
		"compared by case, upper":    {sandbox.EmailExact, people(strings.ToUpper), "email", false},
		"an additional email":        {0, people(strings.ToLower, "other@example.com"), "email", false},
		"a phone":                    {0, people(strings.ToLower, "other@example.com"), "phone", true},
		"sets that find nobody":      {sandbox.SetsIgnored, people(strings.ToLower), "email", true},
		"sets that are not taken":    {sandbox.SetsRefused, people(strings.ToLower), "email", true},
		"nobody has ever been there": {0, func(*sandbox.Server) {}, "email", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := sandbox.New(sandbox.Options{AllowDuplicates: true, Variant: tt.variant})
			tt.fill(s)
			target := open(t, s)
			ask := func(keys []crm.Key, want bool) {
				t.Helper()
				a, err := target.FindSurely(t.Context(), keys)
				if err != nil {
					t.Fatal(err)
				}
				if got := len(a.Certain) == len(keys); got != want || !want && len(a.Certain) > 0 {
					t.Errorf("%d of %d are certain, want all: %t", len(a.Certain), len(keys), want)
				}
			}
			ask(strangers(tt.field, 500), tt.certain)
			s.ResetCounts()
			ask(strangers(tt.field, 90), tt.certain)
			if got := s.Total(); got != 1 {
				t.Errorf("%d requests for 90 keys, want 1", got)
			}
			ask([]crm.Key{{Field: "email", Value: strings.Repeat("x", 80) + "@example.com"}}, false)
		})
	}
}

// TestAControlThatIsGone: three do not come back, since they have another email by now, and a fourth does.
func TestAControlThatIsGone(t *testing.T) {
	s := sandbox.New(sandbox.Options{AllowDuplicates: true})
	for i := range 9 {
		s.Put(sandbox.Contact{ID: fmt.Sprintf("p%d", i), DateAdded: time.Now().Add(-time.Duration(i) * time.Hour), Fields: map[string]any{"email": fmt.Sprintf("p%d@example.com", i)}})
	}
	target := open(t, s)
	if _, err := target.List(t.Context(), gateway.Listing{}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		s.Edit(fmt.Sprintf("p%d", i), func(c *sandbox.Contact) { c.Fields["email"] = fmt.Sprintf("moved%d@example.com", i) })
	}
	var certain []int
	for range 4 {
		a, err := target.FindSurely(t.Context(), strangers("email", 10))
		if err != nil {
			t.Fatal(err)
		}
		certain = append(certain, len(a.Certain))
	}
	if want := []int{0, 0, 0, 10}; !slices.Equal(certain, want) {
		t.Errorf("certain are %v, want %v", certain, want)
	}
}
