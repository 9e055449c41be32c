package crm

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
)

// Key is a value by which an object can be found, normalised: see [KeyOf].
type Key struct{ Field, Value string }

// KeyOf is the key that a value of a field stands for. Its value is "" if that
// identifies nothing.
//
//	email    Ann@Example.com               ann@example.com
//	phone    +1 (202) 555-0101             +12025550101
//	name     ACME  Inc.                    acme inc.
//	website  https://www.Example.com/A/?b  example.com/A
func KeyOf(field, value string) Key {
	switch field {
	case fieldEmail:
		value = strings.ToLower(value)
	case fieldPhone:
		value = plusDigits(value)
	case fieldName:
		value = foldCase(collapseSpaces(value))
	case fieldWebsite:
		value = hostAndPath(value)
	}
	return Key{field, value}
}

// hostAndPath is what of a website tells it from others; "" if there is no host.
func hostAndPath(website string) string {
	_, address, hasScheme := strings.Cut(website, "://")
	if !hasScheme {
		address = website
	}
	u, err := url.Parse("//" + strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if !strings.Contains(host, ".") {
		return ""
	}
	return host + strings.TrimRight(u.EscapedPath(), "/")
}

// IDKey is the key that an id stands for.
func IDKey(id string) Key { return Key{fieldID, id} }

// RowText is a value of a primary key as text: a number as it is the same in every
// notation, a text without outer blanks; "" if there is none.
func RowText(value json.RawMessage) string {
	if text, ok := jsonscan.Text(value); ok {
		return strings.TrimSpace(text)
	}
	if number, ok := plainDecimal(string(value)); ok {
		return number
	}
	return string(value)
}

// Identifies reports whether the CRM itself tells people apart by the key's field.
func (k Key) Identifies() bool { return k.Field == fieldEmail || k.Field == fieldPhone }

// Identifiers are the fields by which the CRM itself tells people apart.
func Identifiers() []string { return []string{fieldEmail, fieldPhone} }

// plusDigits takes the punctuation out of a phone that is not quite E.164, as
// some that came into the CRM in other ways.
func plusDigits(phone string) string {
	digits := strings.TrimPrefix(phone, "+")
	if isDigits(digits) && len(digits) < len(phone) {
		return phone
	}
	if digits = digitsOf(digits); digits == "" {
		return phone
	}
	return "+" + digits
}

// KeyText is the contact's current value of a field as the text of a key; ""
// if it has none, or none that a record could be matched by.
func (c *Contact) KeyText(field string) string { return keyText(c.Values[field]) }

// OfKeyText is the canonical value of a field with such a KeyText.
func (f *Field) OfKeyText(text string) any {
	if f.Type == Number || f.Type == Money {
		return f.Canonical(text)
	}
	return text
}

func keyText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// Carries reports whether the contact has this key, as its own or an additional one.
func (c *Contact) Carries(k Key) bool {
	if k.Field == fieldID {
		return c.ID == k.Value
	}
	if v := c.KeyText(k.Field); v != "" && (v == k.Value || KeyOf(k.Field, v) == k) {
		return true
	}
	return slices.ContainsFunc(c.others(k.Field), func(v string) bool { return KeyOf(k.Field, v) == k })
}

// others are the contact's additional values of an identifier.
func (c *Contact) others(field string) []string {
	switch field {
	case fieldEmail:
		return c.OtherEmails
	case fieldPhone:
		return c.OtherPhones
	}
	return nil
}
