package contacts

import (
	"maps"
	"slices"
	"time"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
)

// indexLag is how long search may lag behind writes, with some margin.
const indexLag = 75 * time.Second

// What this run has written is remembered for longer than that. Beyond so many
// contacts or bytes, which no rate that the API allows reaches by writing them one by
// one, what search shows by now is forgotten sooner.
const (
	rememberFor   = 5 * time.Minute
	rememberMost  = 10_000
	rememberBytes = 16 << 20
)

// known is what the run knows of contacts: what the current window has found,
// and what the run itself wrote a short while ago, which beats what search
// says. It is not safe for concurrent use.
type known struct {
	fields []string // the fields that records are matched by, each once
	seen   book     // by the current window
	own    memory   // written by this run, or read from the primary store
	// tags are contacts of which only the tags are known to be new: one call
	// changes hundreds, and to forget one costs no more than that call again.
	tags     memory
	dead     map[string]time.Time // contacts that turned out not to exist; search goes on showing them
	mute     map[crm.Key]bool     // keys of the current window that the API does not take
	searched map[crm.Key]bool     // keys that were looked up for the current window
	// certain are the keys of the current window that were asked for when search must know
	// all that was there before the sync, see [finder.isCertain].
	certain map[crm.Key]bool
	turn    time.Time // when the current turn began

	keys   []crm.Key // scratch
	hashes []uint64  // scratch
}

// book holds contacts and finds them by their keys.
type book struct {
	contacts map[string]*crm.Contact // of a memory those that the current window has to do with
	attic    *attic                  // of a memory: all others
	byKey    map[uint64]string       // a contact by the hash of each key: what is found has to be looked at
	more     map[uint64][]string     // the others, of keys that several share
}

func newBook() book {
	return book{map[string]*crm.Contact{}, newAttic(), map[uint64]string{}, map[uint64][]string{}}
}

// memory is a book that forgets.
type memory struct {
	book
	at     map[string]time.Time // when each contact was entered last
	order  []entered            // oldest first
	lasts  time.Duration        // that nothing is forgotten for, however much there is
	keysOf func(*crm.Contact) []crm.Key
}

// entered is one contact that was entered, under some keys.
type entered struct {
	id   string
	keys []uint64 // their hashes
	at   time.Time
}

func newKnown(fields []string) *known {
	k := &known{seen: newBook(), dead: map[string]time.Time{}}
	k.own = memory{book: newBook(), at: map[string]time.Time{}, lasts: indexLag, keysOf: k.keysOf}
	k.tags = memory{book: newBook(), at: map[string]time.Time{}, keysOf: k.keysOf}
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
	clear(k.seen.contacts) // not made anew: the next window is of the same size
	clear(k.seen.byKey)
	clear(k.seen.more)
	k.mute, k.searched, k.certain = map[crm.Key]bool{}, map[crm.Key]bool{}, map[crm.Key]bool{}
}

// begin forgets what the last window found and keeps what was written.
func (k *known) begin() {
	k.forget()
	maps.DeleteFunc(k.dead, func(_ string, at time.Time) bool { return time.Since(at) > rememberFor })
	for _, m := range []*memory{&k.own, &k.tags} {
		m.stow()
		m.fade()
		m.attic.squeeze(looseMost)
	}
}

func (m *memory) enter(c *crm.Contact) {
	now, keys := time.Now(), m.keysOf(c)
	hashes := make([]uint64, len(keys))
	for i, k := range keys {
		hashes[i] = hashKey(k)
	}
	m.note(c.ID, hashes)
	m.attic.put(c) // for few who are written are met again in the window
	delete(m.contacts, c.ID)
	m.at[c.ID] = now
	m.order = append(m.order, entered{c.ID, hashes, now})
}

// stow packs the contacts that the last window had to do with.
func (m *memory) stow() {
	for id := range m.contacts {
		m.pack(id)
	}
}

// pack packs a contact.
func (m *memory) pack(id string) {
	m.attic.put(m.contacts[id])
	delete(m.contacts, id)
}

// all yields all contacts.
func (m *memory) all(yield func(*crm.Contact) bool) {
	for id := range m.at {
		if c := m.contact(id); c != nil && !yield(c) {
			return
		}
	}
}

func (m *memory) fade() {
	old := 0
	for ; old < len(m.order) && m.faded(m.order[old].at, len(m.order)-old); old++ {
		e := m.order[old]
		if !m.at[e.id].After(e.at) {
			m.drop(e.id)
		}
		m.strike(e.id, e.keys, m.keysOf)
	}
	if old > 0 {
		m.order = slices.Clone(m.order[old:])
	}
}

// faded reports whether what was entered at a time is forgotten by now.
func (m *memory) faded(at time.Time, count int) bool {
	age := time.Since(at)
	return age > rememberFor || (count > rememberMost || m.attic.bytes > rememberBytes) && age > m.lasts
}

func (m *memory) drop(id string) {
	delete(m.contacts, id)
	m.attic.drop(id)
	delete(m.at, id)
}

// found enters a contact that search has returned, unless the run knows it
// better.
func (k *known) found(c *crm.Contact) {
	if _, dead := k.dead[c.ID]; !dead && !k.own.has(c.ID) && !k.tags.has(c.ID) {
		k.seen.put(c, k.hashesOf(c))
	}
}

// withOwn is a contact that search has returned, with the tags and the business that
// the run has given it a short while ago: search may show those before.
func (k *known) withOwn(c *crm.Contact) *crm.Contact {
	own := k.tags.contact(c.ID)
	if own == nil {
		return c
	}
	now := crm.Apply(c, crm.Change{})
	now.Tags = own.Tags
	if business, told := own.Values[gateway.LinkField]; told {
		now.Values[gateway.LinkField] = business
	}
	return now
}

// wrote enters what a write has answered.
func (k *known) wrote(c *crm.Contact) {
	delete(k.seen.contacts, c.ID)
	k.tags.drop(c.ID)
	k.own.enter(c)
}

// tagged enters a contact of which only the tags are known to be new.
func (k *known) tagged(c *crm.Contact) {
	delete(k.seen.contacts, c.ID)
	if k.own.has(c.ID) {
		k.own.put(c, k.hashesOf(c))
	}
	k.tags.enter(c)
}

// read enters what the primary store has told of a contact, unless the contact
// may have been written since.
func (k *known) read(c *crm.Contact) {
	if at, told := k.own.at[c.ID]; !told || at.Before(k.turn) {
		k.wrote(c)
	}
}

// certainOf reports whether what is known of a contact is the word of the
// primary store, not of search.
func (k *known) certainOf(c *crm.Contact) bool {
	_, told := k.own.at[c.ID]
	return told
}

// gone forgets a contact that does not exist any more.
func (k *known) gone(id string) {
	delete(k.seen.contacts, id)
	k.own.drop(id)
	k.tags.drop(id)
	k.dead[id] = time.Now()
}

// with returns the contacts that carry the key now.
func (k *known) with(key crm.Key) []*crm.Contact {
	var out []*crm.Contact
	k.each(key, func(c *crm.Contact) bool { out = append(out, c); return true })
	return out
}

// each calls f for the contacts that carry the key now, as long as it returns
// true. Thousands may carry one, like the phone of a switchboard.
func (k *known) each(key crm.Key, f func(c *crm.Contact) bool) {
	tagged := func(c *crm.Contact) bool { return k.own.has(c.ID) || f(c) }
	if k.own.each(key, f) && k.tags.each(key, tagged) {
		k.seen.each(key, f)
	}
}

// contact is the contact with an id, nil if the book has none.
func (b book) contact(id string) *crm.Contact {
	c := b.contacts[id]
	if c == nil {
		if c = b.attic.get(id); c != nil {
			b.contacts[id] = c
		}
	}
	return c
}

// has reports whether the book has a contact with an id.
func (b book) has(id string) bool {
	_, packed := b.attic.boxes[id]
	return packed || b.contacts[id] != nil
}

// put enters a contact under the hashes of its keys.
func (b book) put(c *crm.Contact, keys []uint64) {
	b.contacts[c.ID] = c
	b.note(c.ID, keys)
}

// note has a contact found by the hashes of its keys.
func (b book) note(id string, keys []uint64) {
	for _, key := range keys {
		switch first := b.byKey[key]; {
		case first == "":
			b.byKey[key] = id
		case first != id && !slices.Contains(b.more[key], id):
			b.more[key] = append(b.more[key], id)
		}
	}
}

// strike takes a contact out from under the hashes of its keys, unless a later version of
// it has them.
func (b book) strike(id string, keys []uint64, keysOf func(*crm.Contact) []crm.Key) {
	var now []crm.Key
	if c := b.contact(id); c != nil {
		now = keysOf(c)
	}
	for _, key := range keys {
		if slices.ContainsFunc(now, func(k crm.Key) bool { return hashKey(k) == key }) {
			continue
		}
		more := slices.DeleteFunc(b.more[key], func(other string) bool { return other == id })
		if b.byKey[key] == id {
			if delete(b.byKey, key); len(more) > 0 {
				b.byKey[key], more = more[0], more[1:]
			}
		}
		if len(more) > 0 {
			b.more[key] = more
		} else {
			delete(b.more, key)
		}
	}
}

func (b book) each(key crm.Key, f func(c *crm.Contact) bool) (all bool) {
	if len(b.byKey) == 0 {
		return true
	}
	is := func(id string) bool {
		c := b.contact(id)
		return c == nil || !c.Carries(key) || f(c)
	}
	hash := hashKey(key)
	first := b.byKey[hash]
	return first == "" || is(first) && !slices.ContainsFunc(b.more[hash], func(id string) bool { return !is(id) })
}

// hashesOf are those of the keys of a contact, and good until the next are asked for.
func (k *known) hashesOf(c *crm.Contact) []uint64 {
	k.hashes = k.hashes[:0]
	for _, key := range k.keysOf(c) {
		k.hashes = append(k.hashes, hashKey(key))
	}
	return k.hashes
}

// keysOf lists the keys under which records may look for this contact. It is good until
// those of the next are asked for.
func (k *known) keysOf(c *crm.Contact) []crm.Key {
	keys := append(k.keys[:0], crm.IDKey(c.ID))
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
	k.keys = keys
	return keys
}
