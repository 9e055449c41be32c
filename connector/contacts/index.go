package contacts

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"time"

	"destination-gohighlevel/connector/crm"
)

// indexBound is how many bytes an index may take; a location that needs more
// is not listed, its contacts are looked up.
const indexBound = 120 << 20

// index holds all contacts of a location in little memory: their ids, keys and
// tags as they are, of every other field a fingerprint. That is enough to tell
// that nothing differs; what differs is read in full before it is written.
//
// Contacts are packed into chunks that the garbage collector need not look
// into. A contact that is put again gets a new entry and its old one is dead.
// It is not safe for concurrent use.
type index struct {
	table  *crm.Table
	keys   []string     // fields that are kept as text: records are matched by them
	prints []*crm.Field // fields that are kept as fingerprints
	chunks [][]byte
	latest map[uint64]place   // by hash of the contact's id
	first  map[uint64]place   // by hash of a key
	more   map[uint64][]place // further entries with that key
	tags   map[string]uint64
	names  []string // of tags, by number
	size   int      // bytes, reckoned
}

// place is where an entry is: its chunk and its offset there. The zero place
// is never taken.
type place uint32

const (
	chunkBits = 20
	chunkSize = 1 << chunkBits
	// What an entry costs beside its bytes: its slots in the maps.
	slotCost = 24
)

var keySeed = maphash.MakeSeed()

func hashKey(k crm.Key) uint64 { return maphash.Comparable(keySeed, k) }

// newIndex keeps fields as text by which records are matched, and fingerprints
// of fields.
func newIndex(t *crm.Table, keys []string, fields []*crm.Field) *index {
	x := &index{table: t, latest: map[uint64]place{}, first: map[uint64]place{}, more: map[uint64][]place{}, tags: map[string]uint64{}}
	for _, f := range t.Fields() {
		if f.Type == crm.ID || f.Type == crm.TagList {
			continue
		}
		if slices.Contains(keys, f.Name) {
			x.keys = append(x.keys, f.Name)
		} else if slices.Contains(fields, f) {
			x.prints = append(x.prints, f)
		}
	}
	x.chunks = append(x.chunks, append(make([]byte, 0, chunkSize), 0))
	return x
}

// full reports that the index has reached its bound.
func (x *index) full() bool { return x.size > indexBound }

// put enters a contact, in place of what was known of it.
func (x *index) put(c *crm.Contact, keys []crm.Key) {
	entry := x.pack(c)
	chunk := len(x.chunks) - 1
	if len(x.chunks[chunk])+len(entry) > chunkSize && len(x.chunks[chunk]) > 0 {
		x.chunks = append(x.chunks, make([]byte, 0, max(chunkSize, len(entry))))
		chunk++
	}
	at := place(chunk<<chunkBits | len(x.chunks[chunk]))
	x.chunks[chunk] = append(x.chunks[chunk], entry...)
	x.latest[hashKey(crm.IDKey(c.ID))] = at
	x.size += len(entry) + slotCost
	for _, k := range keys {
		if k.Field == "id" {
			continue
		}
		h := hashKey(k)
		x.size += slotCost
		if before, taken := x.first[h]; taken && x.alive(before) {
			x.more[h] = append(slices.DeleteFunc(x.more[h], func(p place) bool { return !x.alive(p) }), at)
		} else {
			x.first[h] = at
		}
	}
}

// with returns the contacts that may carry the key, as far as they are told.
func (x *index) with(k crm.Key) []*crm.Contact {
	h := hashKey(k)
	if k.Field == "id" {
		at, ok := x.latest[h]
		if !ok {
			return nil
		}
		return []*crm.Contact{x.unpack(at)}
	}
	var out []*crm.Contact
	if at, ok := x.first[h]; ok && x.alive(at) {
		out = append(out, x.unpack(at))
	}
	for _, at := range x.more[h] {
		if x.alive(at) {
			out = append(out, x.unpack(at))
		}
	}
	return out
}

// forget removes a contact that is gone.
func (x *index) forget(id string) { delete(x.latest, hashKey(crm.IDKey(id))) }

// alive reports whether an entry is the latest of its contact.
func (x *index) alive(at place) bool {
	r := unpacker{x.at(at)}
	return x.latest[hashKey(crm.IDKey(r.text()))] == at
}

func (x *index) at(p place) []byte { return x.chunks[p>>chunkBits][p&(chunkSize-1):] }

// The form of an entry: id, time of creation, key fields, additional emails
// and phones, tags, prints. Texts are preceded by their length, lists by their
// number; whether a field was told at all stands in front of it.

func (x *index) pack(c *crm.Contact) []byte {
	b := appendText(nil, c.ID)
	b = appendText(b, c.Added)
	b = appendMoment(b, c.Changed)
	for _, name := range x.keys {
		v, told := c.Held(name)
		text := c.KeyText(name)
		switch {
		case told && v == nil:
			b = append(b, empty)
		case text == "": // no key can be made of it
			b = append(b, untold)
		default:
			b = appendText(append(b, filled), text)
		}
	}
	for _, list := range [][]string{c.OtherEmails, c.OtherPhones} {
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, s := range list {
			b = appendText(b, s)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(c.Tags)))
	for _, tag := range c.Tags {
		b = binary.AppendUvarint(b, x.tag(tag))
	}
	for _, f := range x.prints {
		v, told := c.Held(f.Name)
		mark, printed := c.Prints[f.Name]
		if told {
			mark = crm.Fingerprint(f, v)
		}
		switch {
		case !told && !printed:
			b = append(b, untold)
		case mark == 0:
			b = append(b, empty)
		default:
			b = binary.LittleEndian.AppendUint64(append(b, filled), uint64(mark))
		}
	}
	return b
}

// What is known of a field.
const (
	untold byte = iota
	empty
	filled
)

func (x *index) unpack(at place) *crm.Contact {
	r := unpacker{x.at(at)}
	c := &crm.Contact{ID: r.text(), Added: r.text(), Changed: r.moment(), Values: make(map[string]any, len(x.keys)), Prints: make(map[string]crm.Print, len(x.prints))}
	for _, name := range x.keys {
		switch r.byte() {
		case empty:
			c.Values[name] = nil
		case filled:
			c.Values[name] = x.table.Field(name).Canonical(r.text())
		}
	}
	c.OtherEmails, c.OtherPhones = r.texts(), r.texts()
	for range r.number() {
		c.Tags = append(c.Tags, x.names[r.number()])
	}
	for _, f := range x.prints {
		switch r.byte() {
		case empty:
			c.Prints[f.Name] = 0
		case filled:
			c.Prints[f.Name] = crm.Print(r.uint64())
		}
	}
	return c
}

// tag numbers a tag.
func (x *index) tag(name string) uint64 {
	n, ok := x.tags[name]
	if !ok {
		n = uint64(len(x.names))
		x.tags[name] = n
		x.names = append(x.names, name)
		x.size += 2*len(name) + slotCost
	}
	return n
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendMoment takes a byte for a time that is not known. The zero time is one that is.
func appendMoment(b []byte, at *time.Time) []byte {
	if at == nil {
		return append(b, 0)
	}
	return binary.AppendUvarint(b, uint64(at.UnixMilli()-time.Time{}.UnixMilli()+1))
}

// unpacker takes an entry apart.
type unpacker struct{ rest []byte }

func (r *unpacker) byte() byte {
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *unpacker) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	r.rest = r.rest[size:]
	return n
}

func (r *unpacker) uint64() uint64 {
	n := binary.LittleEndian.Uint64(r.rest)
	r.rest = r.rest[8:]
	return n
}

func (r *unpacker) text() string {
	n := r.number()
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func (r *unpacker) moment() *time.Time {
	n := r.number()
	if n == 0 {
		return nil
	}
	at := time.UnixMilli(int64(n) - 1 + time.Time{}.UnixMilli()).UTC()
	return &at
}

func (r *unpacker) texts() []string {
	n := r.number()
	if n == 0 {
		return nil
	}
	out := make([]string, 0, n)
	for range n {
		out = append(out, r.text())
	}
	return out
}
