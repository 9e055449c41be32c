package crm

import "testing"

func TestCarries(t *testing.T) {
	c := &Contact{
		ID:          "c1",
		Values:      map[string]any{"email": "Ada@example.com", "phone": "+1 (202) 555-0123", "f1": "A-7"},
		OtherEmails: []string{"Second@example.com"},
		OtherPhones: []string{"+12025550124"},
	}
	for key, want := range map[Key]bool{
		{"id", "c1"}:                    true,
		{"id", "c2"}:                    false,
		{"email", "ada@example.com"}:    true,
		{"email", "second@example.com"}: true,
		{"email", "other@example.com"}:  false,
		{"phone", "+12025550123"}:       true,
		{"phone", "+12025550124"}:       true,
		{"phone", "+12025550125"}:       false,
		{"f1", "A-7"}:                   true,
		{"f1", "a-7"}:                   false, // ids of other systems may differ by case
		{"f2", ""}:                      false,
	} {
		if got := c.Carries(key); got != want {
			t.Errorf("carries %s: %t, want %t", key.Field, got, want)
		}
	}
}

func TestKeyOfPhone(t *testing.T) {
	for in, want := range map[string]string{
		"+12025550123": "+12025550123", "12025550123": "+12025550123", "+1 202-555-0123": "+12025550123", "ext": "ext", "+": "+",
	} {
		if got := KeyOf("phone", in).Value; got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
