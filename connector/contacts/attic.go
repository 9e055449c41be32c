package contacts

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"time"

	"destination-gohighlevel/connector/crm"
)

// attic holds contacts whole but packed, each in about the bytes of its values: as maps
// they take several times as much, and the garbage collector would look through them.
// It is not safe for concurrent use.
type attic struct {
	boxes  map[string]box // by id
	bytes  int            // of all boxes
	names  []string       // of fields, by number
	number map[string]uint64

	// What follows is for boxes that are pressed because there are many.
	looseBytes int // of those that are not
	press      *press
}

// box is one contact.
type box struct {
	data    []byte // all but what follows
	pressed int    // the length of data before it was pressed; 0: it is not
	told    map[string]bool
	changed *time.Time
	odd     map[string]any // values of a type that is not packed
}

func newAttic() *attic { return &attic{boxes: map[string]box{}, number: map[string]uint64{}} }

func (a *attic) put(c *crm.Contact) {
	a.drop(c.ID)
	b := box{told: c.Told, changed: c.Changed}
	b.data = a.pack(c, &b)
	a.boxes[c.ID] = b
	a.bytes += len(b.data)
	a.looseBytes += len(b.data)
}

func (a *attic) drop(id string) {
	b := a.boxes[id]
	a.bytes -= len(b.data)
	if b.pressed == 0 {
		a.looseBytes -= len(b.data)
	}
	delete(a.boxes, id)
}

// get unpacks a contact, equal to the one that was put; nil if there is none.
func (a *attic) get(id string) *crm.Contact {
	b, ok := a.boxes[id]
	if !ok {
		return nil
	}
	return a.unpack(id, &b)
}

// The kinds of values.
const (
	isNothing byte = iota
	isText
	isNumber
	isTrue
	isFalse
	isList
	isMap
	isOdd
)

// pack writes the parts of a contact one after another. In front of a list or a map stands
// its length plus one: 0 is one that is nil.
func (a *attic) pack(c *crm.Contact, b *box) []byte {
	size := 0
	for _, v := range c.Values {
		text, _ := v.(string)
		size += len(text) + 4
	}
	d := make([]byte, 0, size+len(c.Added)+5*len(c.Prints.Names)+64)
	d = appendText(d, c.Added)
	d = append(d, byte(0))
	if c.InboundStopped {
		d[len(d)-1] = 1
	}
	for _, list := range [][]string{c.Tags, c.OtherEmails, c.OtherPhones} {
		d = appendTexts(d, list)
	}
	d = binary.AppendUvarint(d, uint64(len(c.Prints.Names)))
	for i, name := range c.Prints.Names {
		d = binary.LittleEndian.AppendUint32(a.appendName(d, name), uint32(c.Prints.Marks[i]))
	}
	d = appendLength(d, len(c.Values), c.Values == nil)
	for name, v := range c.Values {
		d = a.appendValue(a.appendName(d, name), name, v, b)
	}
	return d
}

func (a *attic) appendValue(d []byte, name string, v any, b *box) []byte {
	switch v := v.(type) {
	case nil:
		return append(d, isNothing)
	case string:
		return appendText(append(d, isText), v)
	case json.Number:
		return appendText(append(d, isNumber), string(v))
	case bool:
		if v {
			return append(d, isTrue)
		}
		return append(d, isFalse)
	case []string:
		return appendTexts(append(d, isList), v)
	case map[string]string:
		d = appendLength(append(d, isMap), len(v), v == nil)
		for id, text := range v {
			d = appendText(appendText(d, id), text)
		}
		return d
	}
	if b.odd == nil {
		b.odd = map[string]any{}
	}
	b.odd[name] = v
	return append(d, isOdd)
}

func (a *attic) unpack(id string, b *box) *crm.Contact {
	r := boxReader{a.press.text(b)}
	c := &crm.Contact{ID: id, Told: b.told, Changed: b.changed, Added: r.text()}
	c.InboundStopped = r.byte() == 1
	c.Tags, c.OtherEmails, c.OtherPhones = r.texts(), r.texts(), r.texts()
	for range r.number() {
		c.Prints.Names = append(c.Prints.Names, a.names[r.number()])
		c.Prints.Marks = append(c.Prints.Marks, crm.Print(r.uint32()))
	}
	if n, some := r.length(); some {
		c.Values = make(map[string]any, n)
		for range n {
			name := a.names[r.number()]
			c.Values[name] = r.value(name, b)
		}
	}
	return c
}

// appendName writes a field as its number.
func (a *attic) appendName(d []byte, name string) []byte {
	n, known := a.number[name]
	if !known {
		name = strings.Clone(name)
		n = uint64(len(a.names))
		a.names, a.number[name] = append(a.names, name), n
	}
	return binary.AppendUvarint(d, n)
}

func appendLength(d []byte, n int, none bool) []byte {
	if none {
		return append(d, 0)
	}
	return binary.AppendUvarint(d, uint64(n)+1)
}

func appendTexts(d []byte, list []string) []byte {
	d = appendLength(d, len(list), list == nil)
	for _, s := range list {
		d = appendText(d, s)
	}
	return d
}

// boxReader takes a box apart. All texts are parts of one.
type boxReader struct{ rest string }

func (r *boxReader) byte() byte {
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *boxReader) number() (n uint64) {
	for shift := 0; ; shift += 7 {
		b := r.byte()
		n |= uint64(b&(1<<7-1)) << shift
		if b < 1<<7 {
			return n
		}
	}
}

func (r *boxReader) uint32() (n uint32) {
	for shift := 0; shift < 32; shift += 8 {
		n |= uint32(r.byte()) << shift
	}
	return n
}

func (r *boxReader) length() (n int, some bool) {
	n = int(r.number() & math.MaxInt32)
	return n - 1, n > 0
}

func (r *boxReader) text() string {
	n := r.number()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *boxReader) texts() []string {
	n, some := r.length()
	if !some {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.text()
	}
	return list
}

func (r *boxReader) value(name string, b *box) any {
	switch r.byte() {
	case isText:
		return r.text()
	case isNumber:
		return json.Number(r.text())
	case isTrue:
		return true
	case isFalse:
		return false
	case isList:
		return r.texts()
	case isMap:
		n, some := r.length()
		if !some {
			return map[string]string(nil)
		}
		texts := make(map[string]string, n)
		for range n {
			id := r.text()
			texts[id] = r.text()
		}
		return texts
	case isOdd:
		return b.odd[name]
	}
	return nil
}
