package ghl

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"net/url"
	"strconv"
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

// TestWhatWasSentIsHiddenInAnyEncoding: servers quote with the means of their language, some of them twice.
func TestWhatWasSentIsHiddenInAnyEncoding(t *testing.T) {
	const token = "pit-a1b2c3d4-0000-4000-8000-5e6f7a8b9c0d"
	sent := wordsOf(wire{
		url:  "http://example.com/contacts/?email=ada%40example.org",
		body: []byte(`{"firstName":"Q","lastName":"Zoë","city":"李","companyName":"Söhne & Co","customFields":[{"id":"f1","field_value":"Blue Whale"}]}`),
	}, token)
	twice := func(encode func(string) string) func(string) string {
		return func(s string) string { return encode(encode(s)) }
	}
	base := func(e *base64.Encoding) func(string) string {
		return func(s string) string { return e.EncodeToString([]byte(s)) }
	}
	for name, encode := range map[string]func(string) string{
		"as it is": func(s string) string { return s }, "URL": url.QueryEscape, "URL twice": twice(url.QueryEscape), "HTML": html.EscapeString, "JSON": strconv.QuoteToASCII,
		"JSON twice": twice(strconv.QuoteToASCII), "base64": base(base64.StdEncoding), "base64 of URLs": base(base64.RawURLEncoding),
		"hex": func(s string) string { return hex.EncodeToString([]byte(s)) }, "base64 of more": func(s string) string { return base64.StdEncoding.EncodeToString([]byte("id:" + s)) },
		"after letters": func(s string) string { return "x/" + base64.StdEncoding.EncodeToString([]byte(s)) },
	} {
		for _, value := range []string{token, "Q", "Zoë", "李", "Söhne & Co", "Blue Whale", "ada@example.org"} {
			encoded := encode(value)
			if encoded != value && len(encoded) < 6 {
				continue // so little is no base64 of anybody
			}
			shown := sent.hide("value " + encoded + " is not allowed")
			if strings.Contains(shown, encoded) {
				t.Errorf("%s: %q shows %q: %s", name, value, encoded, shown)
			}
			if !strings.HasPrefix(shown, "value ") || !strings.HasSuffix(shown, " is not allowed") {
				t.Errorf("%s: the rest of the message is gone: %s", name, shown)
			}
		}
	}
	for _, plain := range []string{"property companyName should not exist; email must be an email", "The token is not authorized for this scope."} {
		if got := sent.hide(plain); got != plain {
			t.Errorf("%q became %q", plain, got)
		}
	}
}
