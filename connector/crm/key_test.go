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

func TestIsSomebodyElse(t *testing.T) {
	email, other := Key{"email", "ada@example.com"}, Key{"email", "bob@example.com"}
	phone, number := Key{"phone", "+12025550123"}, Key{"phone", "+12025550124"}
	holder := func(keys ...Key) *Contact {
		c := &Contact{ID: "c1", Values: map[string]any{}}
		for _, k := range keys {
			c.Values[k.Field] = k.Value
		}
		return c
	}
	for name, c := range map[string]struct {
		have *Contact
		keys []Key
		want bool
	}{
		"the email agrees, the phone differs":         {holder(email, number), []Key{email, phone}, false},
		"the phone agrees, the email differs":         {holder(other, phone), []Key{email, phone}, true},
		"the phone is trusted more and agrees":        {holder(other, phone), []Key{phone, email}, false},
		"the contact has no email, the phone agrees":  {holder(phone), []Key{email, phone}, false},
		"the record has no email, the phone differs":  {holder(email, number), []Key{phone}, true},
		"one of two emails agrees":                    {holder(other, number), []Key{email, other, phone}, false},
		"an id that was not found, the email agrees":  {holder(email), []Key{IDKey("gone"), email}, false},
		"an id that was not found, the email differs": {holder(other), []Key{IDKey("gone"), email}, true},
		"the id agrees, the email differs":            {holder(other), []Key{IDKey("c1"), email}, false},
		"nothing that both have":                      {holder(phone), []Key{email}, false},
	} {
		if got := c.have.IsSomebodyElse(c.keys); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
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
