package ghl

import (
	"strings"
	"testing"
)

// nobody stands for a request that held no values.
func nobody() sentWords { return sentWords{} }

func TestWhatWasSentIsHiddenInMessages(t *testing.T) {
	words := wordsOf(wire{
		url:  "http://example.com/contacts/cId42x/?email=ada%40example.org&locationId=loc9",
		body: []byte(`{"firstName":"Zoë","companyName":"Smith & Söhne","customFields":[{"id":"f1","field_value":"Blue Whale"}],"n":20255501234}`),
	}, "pit-a1b2c3d4")
	for _, message := range []string{
		`Zoë is not allowed`, `zoë`, `"Smith \u0026 Söhne" exists`, `ada%40example.org`, `Ada@Example.org`,
		`contact cId42x`, `token a1b2c3d4 is bad`, `whales`, `Whal`, `20255501234`,
	} {
		shown := strings.ToLower(words.hide(message))
		for _, word := range []string{"zoë", "smith", "söhne", "ada", "example", "cid42x", "a1b2c3d4", "whal", "2025"} {
			if strings.Contains(shown, word) {
				t.Errorf("%q shows %q: %s", message, word, shown)
			}
		}
	}
	const plain = "property companyName should not exist; email must be an email"
	if got := words.hide(plain); got != plain {
		t.Errorf("%q became %q", plain, got)
	}
}
