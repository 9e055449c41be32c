package contacts

import (
	"encoding/binary"
	"strings"
	"time"

	"destination-gohighlevel/connector/crm"
)

// dictionary numbers texts that come again and again. The zero value is empty.
type dictionary struct {
	numbers map[string]uint64
	texts   []string
}

// mostWords bounds what a dictionary takes that texts may be left out of.
const mostWords = 4096

// number is the number of a text, which is entered if it is new; cost is what that takes.
func (d *dictionary) number(text string) (n uint64, cost int) {
	n, known := d.numbers[text]
	if known {
		return n, 0
	}
	if d.numbers == nil {
		d.numbers = map[string]uint64{}
	}
	n = uint64(len(d.texts))
	d.numbers[text] = n
	d.texts = append(d.texts, text)
	return n, 2*len(text) + 64
}

// takes reports whether a text has a number, or gets one.
func (d *dictionary) takes(text string) bool {
	_, known := d.numbers[text]
	return known || len(d.texts) < mostWords
}

// common numbers the prints that many contacts have: those that come a second time within
// a while. The zero value is empty.
type common struct {
	numbers map[crm.Print]uint16
	prints  []crm.Print
	once    [mostOnce]crm.Print // those that came lately, each at a place of its own
}

const (
	mostCommon = 1 << 15
	mostOnce   = 1 << 14
)

// number is the number of a print, if it has one.
func (c *common) number(p crm.Print) (n uint16, ok bool) {
	if n, ok = c.numbers[p]; ok || p == 0 || len(c.prints) == mostCommon {
		return n, ok
	}
	if before := &c.once[p%mostOnce]; *before != p {
		*before = p
		return 0, false
	}
	if c.numbers == nil {
		c.numbers = map[crm.Print]uint16{}
	}
	n = uint16(len(c.prints))
	c.numbers[p] = n
	c.prints = append(c.prints, p)
	return n, true
}

// appendHead packs what comes before the fields.
func (x *index) appendHead(b []byte, c *crm.Contact) []byte {
	if short, ok := appendShort(b, c.ID); ok {
		b = short
		b[0] |= shortID
	} else {
		b = appendText(b, c.ID)
	}
	if ms, ok := shortTime(c.Added); ok {
		b = append(b, byte(ms), byte(ms>>8), byte(ms>>16), byte(ms>>24), byte(ms>>32))
		b[0] |= shortAdded
	} else {
		b = appendText(b, c.Added)
	}
	if c.Changed != nil {
		b[0] |= changed
		b = binary.AppendVarint(b, c.Changed.UnixMilli())
	}
	return b
}

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// letterNumbers is where each byte is in letters, or none.
var letterNumbers = func() (numbers [256]byte) {
	for i := range numbers {
		numbers[i] = byte(strings.IndexByte(letters, byte(i))) // of -1 it is noLetter
	}
	return numbers
}()

const noLetter = 255

// appendShort packs an id of twenty letters and digits, as nearly all are, into 15 bytes:
// each ten of them are a number of 60 bits.
func appendShort(b []byte, id string) ([]byte, bool) {
	if len(id) != 20 {
		return b, false
	}
	var halves [2]uint64
	for i := range len(id) {
		n := letterNumbers[id[i]]
		if n == noLetter {
			return b, false
		}
		halves[i/10] = halves[i/10]*uint64(len(letters)) + uint64(n)
	}
	b = binary.LittleEndian.AppendUint64(b, halves[0]|halves[1]<<60)
	rest := halves[1] >> 4
	return append(b, byte(rest), byte(rest>>8), byte(rest>>16), byte(rest>>24), byte(rest>>32), byte(rest>>40), byte(rest>>48)), true
}

// shortID reads what appendShort has packed.
func (r *unpacker) shortID() string {
	low, high := r.uint(8), r.uint(7)
	var id [20]byte
	for half, n := range [2]uint64{low & (1<<60 - 1), low>>60 | high<<4} {
		for i := 9; i >= 0; i-- {
			id[half*10+i] = letters[n%uint64(len(letters))]
			n /= uint64(len(letters))
		}
	}
	return string(id[:])
}

// Times of creation are kept as milliseconds since shortEpoch, which lasts until 2039, if
// they are written as the API writes them.
const (
	addedForm  = "2006-01-02T15:04:05.000Z"
	shortBits  = 40
	shortEpoch = 1_104_537_600_000 // 2005
)

func shortTime(text string) (ms uint64, ok bool) {
	if len(text) != len(addedForm) || text[10] != 'T' || text[19] != '.' || text[20]-'0' > 9 || text[23] != 'Z' {
		return 0, false
	}
	t, err := time.Parse(time.RFC3339, text) // which is parsed faster than any other form
	if since := t.UnixMilli() - shortEpoch; err == nil && since >= 0 && since < 1<<shortBits {
		return uint64(since), true
	}
	return 0, false
}

// addedAt is a time as the API writes it.
func addedAt(ms int64) string {
	var form [len(addedForm)]byte
	text := time.UnixMilli(ms).UTC().AppendFormat(form[:0], time.RFC3339) // which is made faster than any other form
	ms %= 1000
	text = append(text[:len(text)-1], '.', '0'+byte(ms/100), '0'+byte(ms/10%10), '0'+byte(ms%10), 'Z')
	return string(text)
}

// readHead reads what comes before the fields, of which there are so many.
func (r *unpacker) readHead(c *crm.Contact, fields int) {
	form := r.rest[0]
	r.rest = r.rest[1+(fields+3)/4:]
	if c.ID = ""; form&shortID != 0 {
		c.ID = r.shortID()
	} else {
		c.ID = r.text()
	}
	if form&shortAdded != 0 {
		c.Added = addedAt(int64(r.uint(5)) + shortEpoch)
	} else {
		c.Added = r.text()
	}
	if form&changed != 0 {
		at := time.UnixMilli(r.signed()).UTC()
		c.Changed = &at
	}
}

// The forms of a text, in the two lowest bits of its length.
const (
	_         = iota // plain
	emailText        // the number of the domain, then what is in front of it
	phoneText        // digits behind a plus sign, in four bits each
)

// appendValue packs an email, a phone, or another text.
func (x *index) appendValue(b []byte, s string) []byte {
	if at := strings.LastIndexByte(s, '@'); at >= 0 && x.domains.takes(s[at+1:]) {
		n, cost := x.domains.number(s[at+1:])
		x.size += cost
		b = binary.AppendUvarint(b, uint64(at)<<2|emailText)
		return append(binary.AppendUvarint(b, n), s[:at]...)
	}
	digits, plus := strings.CutPrefix(s, "+")
	if !plus || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return append(binary.AppendUvarint(b, uint64(len(s))<<2), s...)
	}
	b = binary.AppendUvarint(b, uint64(len(digits))<<2|phoneText)
	for i := 0; i < len(digits); i += 2 {
		pair := digits[i] - '0'
		if i+1 < len(digits) {
			pair |= (digits[i+1] - '0') << 4
		}
		b = append(b, pair)
	}
	return b
}

// value reads what appendValue has packed.
func (x *index) value(r *unpacker) string {
	n := r.number()
	length := int(n >> 2)
	switch n & 3 {
	case emailText:
		domain := x.domains.texts[r.number()]
		return r.bytes(length) + "@" + domain
	case phoneText:
		digits := make([]byte, 0, length+2)
		digits = append(digits, '+')
		for _, pair := range []byte(r.bytes((length + 1) / 2)) {
			digits = append(digits, '0'+pair&15, '0'+pair>>4)
		}
		return string(digits[:1+length])
	}
	return r.bytes(length)
}

// appendTags packs tags by the number of their set, or one by one where there are too many
// different sets.
func (x *index) appendTags(b []byte, tags []string) []byte {
	set := make([]byte, 0, 4*len(tags))
	for _, tag := range tags {
		n, cost := x.tags.number(tag)
		x.size += cost
		set = binary.AppendUvarint(set, n)
	}
	if !x.tagSets.takes(string(set)) {
		b = binary.AppendUvarint(b, uint64(len(set))<<1|1)
		return append(b, set...)
	}
	n, cost := x.tagSets.number(string(set))
	x.size += cost
	return binary.AppendUvarint(b, n<<1)
}

// tagsOf reads what appendTags has packed.
func (x *index) tagsOf(r *unpacker) (tags []string) {
	n := r.number()
	set := ""
	if n&1 == 0 {
		set = x.tagSets.texts[n>>1]
	} else {
		set = r.bytes(int(n >> 1))
	}
	for numbers := (unpacker{[]byte(set)}); len(numbers.rest) > 0; {
		tags = append(tags, x.tags.texts[numbers.number()])
	}
	return tags
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// unpacker takes an entry apart.
type unpacker struct{ rest []byte }

func (r *unpacker) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	r.rest = r.rest[size:]
	return n
}

func (r *unpacker) signed() int64 {
	n, size := binary.Varint(r.rest)
	r.rest = r.rest[size:]
	return n
}

// uint reads a number of so many bytes, the lowest first.
func (r *unpacker) uint(size int) (n uint64) {
	for i := range size {
		n |= uint64(r.rest[i]) << (8 * i)
	}
	r.rest = r.rest[size:]
	return n
}

func (r *unpacker) bytes(n int) string {
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func (r *unpacker) text() string { return r.bytes(int(r.number())) }
