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

// nobody stands for a request that had no properties.
func nobody() propertyNames { return nil }

// TestMessagesTellOfNobody: whomever a server quotes, in whatever encoding, and whether that was sent to it or not.
func TestMessagesTellOfNobody(t *testing.T) {
	names := namesOf(wire{
		url:  "http://example.com/contacts/cId42x/?email=ada%40example.org&locationId=loc9",
		body: []byte(`{"firstName":"Q","companyName":"Blue Whale","customFields":[{"id":"f1","field_value":"Ada"}]}`),
	})
	twice := func(encode func(string) string) func(string) string {
		return func(s string) string { return encode(encode(s)) }
	}
	base := func(e *base64.Encoding) func(string) string {
		return func(s string) string { return e.EncodeToString([]byte(s)) }
	}
	for name, encode := range map[string]func(string) string{
		"as it is": func(s string) string { return s }, "URL": url.QueryEscape, "URL twice": twice(url.QueryEscape), "HTML": html.EscapeString, "JSON": strconv.QuoteToASCII,
		"JSON twice": twice(strconv.QuoteToASCII), "base64": base(base64.StdEncoding), "base64 of URLs": base(base64.RawURLEncoding),
		"hex": func(s string) string { return hex.EncodeToString([]byte(s)) }, "capitals": strings.ToUpper, "not UTF-8": func(s string) string { return s + "\xff" },
	} {
		for _, value := range []string{"pit-a1b2c3d4-0000-4000-8000-5e6f7a8b9c0d", "Q", "Zoë", "Zoe\u0308", "李", "Söhne & Co", "Blue Whale", "ada@example.org", "cId42x", "20255501234", "42"} {
			want := "value *** is not allowed"
			got := names.shown("value " + encode(value) + " is not allowed")
			if got = strings.NewReplacer("%", "", "&", "", ";", "", `\`, "", `"`, "", "=", "", "?", "", "#", "").Replace(got); got != want {
				t.Errorf("%s: %q is shown as %q", name, value, got)
			}
		}
	}
}

// TestMessagesStayReadable where they speak of the API alone.
func TestMessagesStayReadable(t *testing.T) {
	names := namesOf(wire{url: "http://example.com/contacts/?startAfterId=x", body: []byte(`{"companyName":"x","customFields":[{"fieldValue":{"MyKey":1}}]}`)})
	for _, plain := range []string{
		"property companyName should not exist; email must be an email", "The token is not authorized for this scope.", "startAfterId must be a string",
		"customFields.MyKey has an invalid value", "This location does not allow duplicated contacts.", "Can not create duplicate opportunity for the contact.",
		"Too Many Requests", "Contacts without email, phone, firstName and lastName are not allowed.", "Invalid Private Integration token", "Location is not active",
		"Not authorized to update permanent dnd setting for SMS", "each value in tags must be a string", "Internal server error",
	} {
		if got := names.shown(plain); got != plain {
			t.Errorf("%q became %q", plain, got)
		}
	}
}
