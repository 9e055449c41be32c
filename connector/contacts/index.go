package contacts

import (
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"slices"

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
	keys   []*crm.Field // fields that are kept as text: records are matched by them
	prints []*crm.Field // fields that are kept as fingerprints, sorted by name
	names  []string     // of these
	chunks [][]byte
	ids    places             // the latest entry of each contact
	first  places             // an entry with each key
	more   map[uint64][]place // further entries with a key, by its hash
	count  int                // contacts

	tags, tagSets, domains dictionary
	common                 common
	size                   int    // bytes, reckoned
	packed                 []byte // scratch
}

// place is where an entry is: its chunk and its offset there, in units of eight bytes.
// The first two are never taken.
type place uint32

const (
	unit      = 8
	chunkBits = 20
	chunkSize = 1 << chunkBits
	// firstChunk grows: many locations are small.
	firstChunk = 64 << 10
	unitBits   = chunkBits - 3 // of an offset
	// mostChunks can be told by the three bytes of a place.
	mostChunks = 1 << (24 - unitBits)
	// What an entry costs beside its bytes: a slot for its id and for each key, of which a
	// fifth is free, and where a key is shared.
	slotCost = slotBytes * 5 / 4
	moreCost = 48
)

var keySeed = maphash.MakeSeed()

func hashKey(k crm.Key) uint64 { return maphash.Comparable(keySeed, k) }

// newIndex keeps fields as text by which records are matched, and fingerprints
// of fields.
func newIndex(t *crm.Table, keys []string, fields []*crm.Field) *index {
	x := &index{table: t, more: map[uint64][]place{}}
	for _, f := range t.Fields() {
		if f.Type == crm.ID || f.Type == crm.TagList {
			continue
		}
		if slices.Contains(keys, f.Name) {
			x.keys = append(x.keys, f)
		} else if slices.Contains(fields, f) {
			x.prints = append(x.prints, f)
		}
	}
	slices.SortFunc(x.prints, func(a, b *crm.Field) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range x.prints {
		x.names = append(x.names, f.Name)
	}
	x.chunks = append(x.chunks, make([]byte, 2*unit, firstChunk))
	return x
}

// full reports that the index has reached its bound.
func (x *index) full() bool { return x.size > indexBound || len(x.chunks) > mostChunks }

// reserve makes room in the first chunk for so many bytes, as far as they fit.
func (x *index) reserve(bytes int) {
	taken := len(x.chunks[0])
	x.chunks[0] = slices.Grow(x.chunks[0], max(min(bytes, chunkSize), taken)-taken)
}

// put enters a contact, in place of what was known of it. A full index need not take it.
func (x *index) put(c *crm.Contact, keys []crm.Key) {
	at, ok := x.append(x.pack(c))
	if !ok {
		return
	}
	known := false
	id := hashKey(crm.IDKey(c.ID))
	x.ids.each(id, func(before place) (place, bool) {
		if known = x.idAt(before) == c.ID; known {
			return at, true
		}
		return before, false
	})
	if !known {
		x.ids.add(id, at)
		x.count++
		x.size += slotCost
	}
	for _, k := range keys {
		if k.Field != "id" {
			x.enter(k, at)
		}
	}
}

// append puts an entry into a chunk.
func (x *index) append(entry []byte) (at place, ok bool) {
	last := len(x.chunks) - 1
	if len(x.chunks[last])+len(entry) > chunkSize {
		if len(x.chunks) >= mostChunks {
			x.size = max(x.size, indexBound+1)
			return 0, false
		}
		x.chunks = append(x.chunks, make([]byte, 0, max(chunkSize, len(entry))))
		last++
	}
	at = place(last<<unitBits | len(x.chunks[last])/unit)
	x.chunks[last] = append(x.chunks[last], entry...)
	x.size += len(entry)
	return at, true
}

// enter has an entry found by a key.
func (x *index) enter(k crm.Key, at place) {
	h, entered := hashKey(k), false
	x.first.each(h, func(before place) (place, bool) {
		switch alive := x.alive(before); {
		case !alive:
			entered = true
			return at, true
		case x.unpack(before).Carries(k):
			entered = true
			x.more[h] = append(x.withRoom(x.more[h]), at)
			x.size += moreCost
			return before, true
		}
		return before, false
	})
	if !entered {
		x.first.add(h, at)
		x.size += slotCost
	}
}

// withRoom returns the living of some entries, with room for one more. Thousands may share
// a key, so it is looked who lives only when the room is used up, and then it is doubled.
func (x *index) withRoom(entries []place) []place {
	if len(entries) < cap(entries) {
		return entries
	}
	entries = slices.DeleteFunc(entries, func(p place) bool { return !x.alive(p) })
	return slices.Grow(entries, len(entries)+1)
}

// with returns the contacts that carry the key.
func (x *index) with(k crm.Key) []*crm.Contact {
	var out []*crm.Contact
	h, entries := hashKey(k), &x.first
	if k.Field == "id" {
		entries = &x.ids
	}
	tell := func(at place) {
		if c := x.unpack(at); c.Carries(k) && (k.Field == "id" || x.isLatest(at, c.ID)) {
			out = append(out, c)
		}
	}
	entries.each(h, func(at place) (place, bool) { tell(at); return at, false })
	for _, at := range x.more[h] {
		tell(at)
	}
	return out
}

// forget removes a contact that is gone.
func (x *index) forget(id string) {
	x.ids.each(hashKey(crm.IDKey(id)), func(at place) (place, bool) {
		if x.idAt(at) == id {
			x.count--
			return taken, true
		}
		return at, false
	})
}

// alive reports whether an entry is the latest of its contact.
func (x *index) alive(entry place) bool { return x.isLatest(entry, x.idAt(entry)) }

// isLatest reports whether an entry is the latest of the contact with an id.
func (x *index) isLatest(entry place, id string) (is bool) {
	x.ids.each(hashKey(crm.IDKey(id)), func(at place) (place, bool) {
		is = at == entry
		return at, is
	})
	return is
}

func (x *index) reader(p place) *unpacker {
	return &unpacker{x.chunks[p>>unitBits][(p&(1<<unitBits-1))*unit:]}
}

// idAt is the id of an entry's contact.
func (x *index) idAt(p place) string {
	r := x.reader(p)
	form := r.rest[0]
	r.rest = r.rest[1+(len(x.keys)+len(x.prints)+3)/4:]
	if form&shortID != 0 {
		return r.shortID()
	}
	return r.text()
}

// The form of an entry: what follows in which form, what is known of each field, id, time
// of creation, and of the last change, key fields, additional emails and phones, tags,
// prints.
const (
	shortID    byte = 1 << iota // 15 bytes, see appendShort
	shortAdded                  // 5 bytes, see shortTime
	changed
	others
)

// What is known of a field, in two bits. A print that many contacts have is told by its
// number.
const (
	untold byte = iota
	empty
	filled
	shared
)

// pack makes an entry, which is good until the next is made.
func (x *index) pack(c *crm.Contact) []byte {
	b := append(x.packed[:0], make([]byte, 1+(len(x.keys)+len(x.prints)+3)/4)...)
	field := 0
	state := func(s byte) {
		b[1+field/4] |= s << (field % 4 * 2)
		field++
	}
	b = x.appendHead(b, c)
	for _, f := range x.keys {
		v, told := c.Held(f.Name)
		text := c.KeyText(f.Name)
		switch {
		case told && v == nil:
			state(empty)
		case text == "": // no key can be made of it
			state(untold)
		default:
			state(filled)
			b = x.appendValue(b, text)
		}
	}
	if len(c.OtherEmails)+len(c.OtherPhones) > 0 {
		b[0] |= others
		for _, list := range [][]string{c.OtherEmails, c.OtherPhones} {
			b = binary.AppendUvarint(b, uint64(len(list)))
			for _, s := range list {
				b = x.appendValue(b, s)
			}
		}
	}
	b = x.appendTags(b, c.Tags)
	for _, f := range x.prints {
		v, told := c.Held(f.Name)
		mark, printed := c.Prints.Of(f.Name)
		if told {
			mark = crm.Fingerprint(f, v)
		}
		number, common := x.common.number(mark)
		switch {
		case !told && !printed:
			state(untold)
		case mark == 0:
			state(empty)
		case common:
			state(shared)
			b = binary.LittleEndian.AppendUint16(b, number)
		default:
			state(filled)
			b = binary.LittleEndian.AppendUint32(b, uint32(mark))
		}
	}
	x.packed = append(b, make([]byte, -len(b)&(unit-1))...)
	return x.packed
}

func (x *index) unpack(at place) *crm.Contact {
	r := x.reader(at)
	c := &crm.Contact{Values: make(map[string]any, len(x.keys))}
	head, field := r.rest, 0
	state := func() byte {
		s := head[1+field/4] >> (field % 4 * 2) & 3
		field++
		return s
	}
	r.readHead(c, len(x.keys)+len(x.prints))
	for _, f := range x.keys {
		switch state() {
		case empty:
			c.Values[f.Name] = nil
		case filled:
			c.Values[f.Name] = f.OfKeyText(x.value(r))
		}
	}
	if head[0]&others != 0 {
		for _, list := range []*[]string{&c.OtherEmails, &c.OtherPhones} {
			for range r.number() {
				*list = append(*list, x.value(r))
			}
		}
	}
	c.Tags = x.tagsOf(r)
	names, marks, all := x.names, make([]crm.Print, 0, len(x.names)), true
	for i, name := range x.names {
		var mark crm.Print
		switch state() {
		case untold:
			if all {
				names, all = slices.Clone(names[:i]), false
			}
			continue
		case shared:
			mark = x.common.prints[r.uint(2)]
		case filled:
			mark = crm.Print(r.uint(4))
		}
		if !all {
			names = append(names, name)
		}
		marks = append(marks, mark)
	}
	c.Prints = crm.Prints{Names: names, Marks: marks}
	return c
}
