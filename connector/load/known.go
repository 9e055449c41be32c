package load

import (
	"maps"
	"slices"
	"time"

	"destination-gohighlevel/connector/crm"
)

// indexLag is how long search may lag behind writes, with some margin.
const indexLag = 75 * time.Second

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
	fields []string             // the fields that records are matched by, each once
	seen   book                 // by the current window
	own    book                 // written by this run, or read from the primary store
	told   map[string]time.Time // of own: when the primary store told it, other than its tags
	order  []memory             // of own, oldest first
	dead   map[string]time.Time // contacts that turned out not to exist; search goes on showing them
	mute   map[crm.Key]bool     // keys of the current window that the API does not take
	turn   time.Time            // when the current turn began
}

// book holds contacts and finds them by their keys.
type book struct {
	contacts map[string]*crm.Contact
	byKey    map[crm.Key][]string
}

func newBook() book { return book{map[string]*crm.Contact{}, map[crm.Key][]string{}} }

// memory is one write of this run.
type memory struct {
	contact *crm.Contact
	at      time.Time
}

func newKnown(fields []string) *known {
	k := &known{own: newBook(), told: map[string]time.Time{}, dead: map[string]time.Time{}}
	k.forget()
	for _, name := range fields {
		if !slices.Contains(k.fields, name) {
			k.fields = append(k.fields, name)
		}
	}
	return k
}

// forget empties what is about one window.
func (k *known) forget() {
	k.seen, k.mute = newBook(), map[crm.Key]bool{}
}

// begin forgets what the last window found and keeps what was written.
func (k *known) begin() {
	k.forget()
	maps.DeleteFunc(k.dead, func(_ string, at time.Time) bool { return time.Since(at) > rememberFor })
	old := 0
	for ; old < len(k.order) && (len(k.order)-old > rememberMost || time.Since(k.order[old].at) > rememberFor); old++ {
		faded := k.order[old].contact
		if k.own.contacts[faded.ID] == faded {
			delete(k.own.contacts, faded.ID)
			delete(k.told, faded.ID)
		}
		k.own.strike(faded.ID, k.keysOf(faded))
	}
	if old > 0 {
		k.order = slices.Clone(k.order[old:])
	}
}

// found enters a contact that search has returned, unless the run knows it
// better.
func (k *known) found(c *crm.Contact) {
	if _, dead := k.dead[c.ID]; !dead && k.own.contacts[c.ID] == nil {
		k.seen.put(c, k.keysOf(c))
	}
}

// wrote enters what a write has answered.
func (k *known) wrote(c *crm.Contact) {
	k.told[c.ID] = time.Now()
	k.tagged(c)
}

// tagged enters a contact of which only the tags are known to be new.
func (k *known) tagged(c *crm.Contact) {
	delete(k.seen.contacts, c.ID)
	k.own.put(c, k.keysOf(c))
	k.order = append(k.order, memory{c, time.Now()})
}

// read enters what the primary store has told of a contact, unless the contact
// may have been written since.
func (k *known) read(c *crm.Contact) {
	if at, told := k.told[c.ID]; !told || at.Before(k.turn) {
		k.wrote(c)
	}
}

// certainOf reports whether what is known of a contact is the word of the
// primary store, not of search.
func (k *known) certainOf(c *crm.Contact) bool {
	_, told := k.told[c.ID]
	return told
}

// gone forgets a contact that does not exist any more.
func (k *known) gone(id string) {
	delete(k.seen.contacts, id)
	delete(k.own.contacts, id)
	delete(k.told, id)
	k.dead[id] = time.Now()
}

// with returns the contacts that carry the key now.
func (k *known) with(key crm.Key) []*crm.Contact {
	return k.seen.with(key, k.own.with(key, nil))
}

func (b book) put(c *crm.Contact, keys []crm.Key) {
	b.contacts[c.ID] = c
	for _, key := range keys {
		if !slices.Contains(b.byKey[key], c.ID) {
			b.byKey[key] = append(b.byKey[key], c.ID)
		}
	}
}

// strike takes a contact's keys out, unless a later version of it has them.
func (b book) strike(id string, keys []crm.Key) {
	for _, key := range keys {
		if c := b.contacts[id]; c != nil && c.Carries(key) {
			continue
		}
		if left := slices.DeleteFunc(b.byKey[key], func(other string) bool { return other == id }); len(left) > 0 {
			b.byKey[key] = left
		} else {
			delete(b.byKey, key)
		}
	}
}

func (b book) with(key crm.Key, out []*crm.Contact) []*crm.Contact {
	for _, id := range b.byKey[key] {
		if c := b.contacts[id]; c != nil && c.Carries(key) {
			out = append(out, c)
		}
	}
	return out
}

// keysOf lists the keys under which records may look for this contact.
func (k *known) keysOf(c *crm.Contact) []crm.Key {
	keys := []crm.Key{crm.IDKey(c.ID)}
	for _, name := range k.fields {
		if v := c.KeyText(name); v != "" {
			keys = append(keys, crm.KeyOf(name, v))
		}
	}
	for _, v := range c.OtherEmails {
		keys = append(keys, crm.KeyOf("email", v))
	}
	for _, v := range c.OtherPhones {
		keys = append(keys, crm.KeyOf("phone", v))
	}
	return keys
}
