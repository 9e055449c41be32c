package crm

import (
	"slices"
	"testing"
)

func TestJudge(t *testing.T) {
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
		want Verdict
	}{
		"the email agrees, the phone differs":         {holder(email, number), []Key{email, phone}, Same},
		"the phone agrees, the email differs":         {holder(other, phone), []Key{email, phone}, Other},
		"the phone is trusted more and agrees":        {holder(other, phone), []Key{phone, email}, Same},
		"the contact has no email, the phone agrees":  {holder(phone), []Key{email, phone}, Same},
		"the contact has no email, the phone differs": {holder(number), []Key{email, phone}, Other},
		"the record has no email, the phone differs":  {holder(email, number), []Key{phone}, Other},
		"the record has no email, the phone agrees":   {holder(email, phone), []Key{phone}, Same},
		"one of two emails agrees":                    {holder(other, number), []Key{email, other, phone}, Same},
		"an id that was not found, the email agrees":  {holder(email), []Key{IDKey("gone"), email}, Same},
		"an id that was not found, the email differs": {holder(other), []Key{IDKey("gone"), email}, Other},
		"an id that was not found, and nothing else":  {holder(other), []Key{IDKey("gone")}, Unknown},
		"the id agrees, the email differs":            {holder(other), []Key{IDKey("c1"), email}, Same},
		"nothing that both have":                      {holder(phone), []Key{email}, Unknown},
		"no key":                                      {holder(phone), nil, Unknown},
		"an additional email agrees":                  {&Contact{Values: map[string]any{"email": "bob@example.com"}, OtherEmails: []string{"Ada@example.com"}}, []Key{email}, Same},
	} {
		if got := Judge(c.have, c.keys); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestMostTrusted(t *testing.T) {
	old, email, phone := Key{"email", "old@example.com"}, Key{"email", "ada@example.com"}, Key{"phone", "+12025550123"}
	for _, c := range []struct{ keys, want []Key }{
		{nil, nil},
		{[]Key{phone}, []Key{phone}},
		{[]Key{email, phone}, []Key{email}},
		{[]Key{email, old, phone}, []Key{email, old}},
		{[]Key{IDKey("c1"), email, phone}, []Key{IDKey("c1")}},
	} {
		if got := MostTrusted(c.keys); !slices.Equal(got, c.want) {
			t.Errorf("%v became %v, want %v", c.keys, got, c.want)
		}
	}
}
