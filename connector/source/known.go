package source

import (
	"sync"

	"destination-gohighlevel/connector/ghl"
)

// mostKnown bounds the contacts that are remembered: some 100 bytes each.
const mostKnown = 50_000

// knownContacts remembers the email and phone of contacts that were read, which the rows of
// their tasks and appointments have too, so that these need no further request. The zero
// value is ready to use.
type knownContacts struct {
	mu sync.Mutex
	of map[string]contactKeys
}

type contactKeys struct{ email, phone string }

// add remembers a contact, in place of any other once there are too many.
func (k *knownContacts) add(c ghl.Contact) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == nil {
		k.of = map[string]contactKeys{}
	}
	if _, known := k.of[c.ID]; !known && len(k.of) >= mostKnown {
		for id := range k.of {
			delete(k.of, id)
			break
		}
	}
	k.of[c.ID] = contactKeys{textOf(c.Fields.Value("email")), textOf(c.Fields.Value("phone"))}
}

// find is a contact as far as it is remembered; nil if it is not.
func (k *knownContacts) find(id string) *ghl.Contact {
	k.mu.Lock()
	defer k.mu.Unlock()
	keys, known := k.of[id]
	if !known {
		return nil
	}
	c := &ghl.Contact{ID: id}
	c.Fields.Set("email", orNull(keys.email))
	c.Fields.Set("phone", orNull(keys.phone))
	return c
}
