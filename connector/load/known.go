package load

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/crm"
)

// The search index lags up to a minute behind writes. What this run has
// written is remembered for longer than that, and at any rate that the API
// allows these bounds are never reached by count.
const (
	rememberFor  = 5 * time.Minute
	rememberMost = 10_000
)

// known is what the run knows of contacts: what the current window has found,
// and what the run itself wrote a short while ago, which beats what search
// says. It is not safe for concurrent use.
type known struct {
	fields   []string // the fields that records are matched by
	contacts map[string]*crm.Contact
	byKey    map[crm.Key][]string
	written  []memory // oldest first
	latest   map[string]int
	dropped  int                  // how many of written have been dropped so far
	dead     map[string]time.Time // contacts that turned out not to exist; search goes on showing them
}

// memory is one write of this run.
type memory struct {
	contact *crm.Contact
	at      time.Time
}

func newKnown(fields []string) *known {
	return &known{fields: fields, latest: map[string]int{}, dead: map[string]time.Time{}}
}

// begin forgets what the last window found and keeps what was written.
func (k *known) begin() {
	old := 0
	for old < len(k.written) && (len(k.written)-old > rememberMost || time.Since(k.written[old].at) > rememberFor) {
		id := k.written[old].contact.ID
		if k.latest[id] == k.dropped+old {
			delete(k.latest, id)
		}
		old++
	}
	k.dropped += old
	maps.DeleteFunc(k.dead, func(_ string, at time.Time) bool { return time.Since(at) > rememberFor })
	k.written = append([]memory(nil), k.written[old:]...)
	k.contacts = map[string]*crm.Contact{}
	k.byKey = map[crm.Key][]string{}
	for _, m := range k.written {
		if _, ours := k.latest[m.contact.ID]; ours {
			k.put(m.contact)
		}
	}
}

// found enters a contact that search has returned, unless the run knows it
// better.
func (k *known) found(c *crm.Contact) {
	_, ours := k.latest[c.ID]
	if _, dead := k.dead[c.ID]; !ours && !dead {
		k.put(c)
	}
}

// wrote enters what a write has answered.
func (k *known) wrote(c *crm.Contact) {
	if c == nil || c.ID == "" {
		return
	}
	k.latest[c.ID] = k.dropped + len(k.written)
	k.written = append(k.written, memory{c, time.Now()})
	k.put(c)
}

// own is what this run itself wrote of a contact a short while ago, or nil.
func (k *known) own(id string) *crm.Contact {
	if i, ours := k.latest[id]; ours {
		return k.written[i-k.dropped].contact
	}
	return nil
}

// gone forgets a contact that does not exist any more.
func (k *known) gone(id string) {
	delete(k.contacts, id)
	delete(k.latest, id)
	k.dead[id] = time.Now()
}

func (k *known) put(c *crm.Contact) {
	k.contacts[c.ID] = c
	for _, key := range k.keysOf(c) {
		if !slices.Contains(k.byKey[key], c.ID) {
			k.byKey[key] = append(k.byKey[key], c.ID)
		}
	}
}

// with returns the contacts that carry the key now.
func (k *known) with(key crm.Key) []*crm.Contact {
	var out []*crm.Contact
	for _, id := range k.byKey[key] {
		if c := k.contacts[id]; c != nil && carries(c, key) {
			out = append(out, c)
		}
	}
	return out
}

// keysOf lists the keys under which records may look for this contact.
func (k *known) keysOf(c *crm.Contact) []crm.Key {
	keys := []crm.Key{idKey(c.ID)}
	for _, name := range k.fields {
		if v := keyText(c, name); v != "" {
			keys = append(keys, keyOf(name, v))
		}
	}
	for _, v := range c.OtherEmails {
		keys = append(keys, keyOf("email", v))
	}
	for _, v := range c.OtherPhones {
		keys = append(keys, keyOf("phone", v))
	}
	return keys
}

// keyOf is the key that a contact's current value stands for.
func keyOf(field, value string) crm.Key {
	if field == "email" {
		value = strings.ToLower(value)
	}
	return crm.Key{Field: field, Value: value}
}

// carries reports whether the contact has this key now.
func carries(c *crm.Contact, key crm.Key) bool {
	if key.Field == "id" {
		return c.ID == key.Value
	}
	v := keyText(c, key.Field)
	return v != "" && keyOf(key.Field, v) == key || isOther(c, key)
}

// keyText is a contact's current value as the text of a key.
func keyText(c *crm.Contact, field string) string {
	switch v := c.Values[field].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
