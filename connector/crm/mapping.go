package crm

import (
	"strings"

	"destination-gohighlevel/connector/jsonscan"
)

// Mapping sends one column to one field. Several mappings to one field are tried
// in order, record by record; those to tags are united.
type Mapping struct {
	// From is a column, or a dotted path into nested objects and lists
	// ("address.city", "emails.0", "answers.*.email"; "*" is the first entry that
	// has the rest). A column whose name contains the dots wins over the path.
	From string
	To   string // anything that [Table.Find] takes; "": the column is not written
	// Object is what the entries of the column are records of, such as notes, if no
	// field takes it.
	Object string
	When   When
	// Value stands in place of From, in a mapping that is not negated: the same text,
	// which is not blank, for every record.
	Value *string
	// Values translates before the field reads the value.
	Values []Translation
	Negate bool // turns true and false round, before Values
}

// Translation is one word of a [Mapping]: a value, as text in any case, and what it
// becomes. From "*" is every other value, but not null; To "" is none.
type Translation struct{ From, To string }

// otherValues is what a [Translation] of all other values is from.
const otherValues = "*"

// entry is a compiled mapping. One that switches its column off has no field.
type entry struct {
	Mapping
	field int // -1: none
	index int // among the mappings of the stream
	words map[string][]byte
	rest  []byte // what all other values become, nil: themselves
	seen  bool   // the stream declares the column, or has delivered it
}

// none is what a value becomes that is translated to nothing: the record says
// that there is none, which is more than not to say anything.
var none = []byte("[]")

// compile prepares the translation of values.
func (e *entry) compile() {
	for _, t := range e.Values {
		to := none
		if t.To != "" {
			to = jsonscan.Quote(t.To)
		}
		if t.From == otherValues {
			e.rest = to
			continue
		}
		if e.words == nil {
			e.words = make(map[string][]byte, len(e.Values))
		}
		addFirst(e.words, strings.ToLower(strings.TrimSpace(t.From)), to)
	}
}

// translate turns a candidate's value round and looks it up, a list entry by entry.
func (e *entry) translate(r *reader, c *candidate) {
	if !e.Negate && len(e.Values) == 0 {
		return
	}
	one := func(raw []byte) []byte { return e.translateOne(r, c, raw) }
	if c.raw[0] == '[' {
		c.raw = eachElement(c.raw, one)
	} else {
		c.raw = one(c.raw)
	}
}

// eachElement is a list of what becomes of the elements of another, without blanks.
func eachElement(list []byte, becomes func(element []byte) []byte) []byte {
	out := []byte{'['}
	for element := range jsonscan.Elements(list) {
		if element = becomes(element); isBlank(element) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, element...)
	}
	return append(out, ']')
}

func (e *entry) translateOne(r *reader, c *candidate, raw []byte) []byte {
	if isBlank(raw) {
		return raw
	}
	text := plainText(raw)
	if e.Negate {
		yes, ok := normaliseBool(text)
		if !ok {
			if !r.nothing[text] {
				c.unturned = true
			}
			return raw
		}
		text, raw = "true", []byte("true")
		if yes {
			text, raw = "false", []byte("false")
		}
	}
	to, ok := e.words[strings.ToLower(text)]
	if !ok && e.rest != nil && !r.nothing[text] {
		to, ok = e.rest, true
	}
	if !ok {
		return raw
	}
	c.origin = asTranslated
	return to
}

// plainText is a scalar as it is compared: texts trimmed, numbers without
// exponent and empty fraction. Of an object it is the JSON.
func plainText(raw []byte) string {
	switch raw[0] {
	case '"':
		return strings.TrimSpace(string(jsonscan.Unquote(raw)))
	case '{', '[', 't', 'f', 'n':
		return string(raw)
	}
	if plain, ok := plainDecimal(string(raw)); ok {
		return plain
	}
	return string(raw)
}

// cutPath splits a dotted reference after its column: the longest declared one, in any
// spelling, else the first step. One that is itself a declared column is no path.
func (c *Columns) cutPath(from string) (column, path string, dotted bool) {
	if _, declared := c.named(from); declared {
		return "", "", false
	}
	for i := len(from) - 1; i > 0; i-- {
		if from[i] != '.' {
			continue
		}
		if _, declared := c.named(from[:i]); declared {
			return from[:i], from[i+1:], true
		}
	}
	return strings.Cut(from, ".")
}

// leads tells where below a column of a record a reference leads, "" for the
// column itself; ok is false if it leads elsewhere.
func (c *Columns) leads(reference, arrived string) (within string, ok bool) {
	if c.same(reference, arrived) {
		return "", true
	}
	column, path, dotted := c.cutPath(reference)
	return path, dotted && c.same(column, arrived)
}

// named returns the declared column that a configuration names. A step that
// stands for any entry is part of no other spelling: answers.* is not answers.
func (c *Columns) named(reference string) (declared string, ok bool) {
	if strings.HasSuffix(reference, "."+anyEntry) && !c.declared[reference] {
		return "", false
	}
	return c.Declared(reference)
}

// same reports whether a record's column is the one that a configuration names.
func (c *Columns) same(reference, arrived string) bool {
	if reference == arrived {
		return true
	}
	if strings.HasSuffix(reference, "."+anyEntry) {
		return false
	}
	declared, ok := c.Declared(reference)
	other, also := c.Declared(arrived)
	if ok || also {
		return declared == other && ok == also
	}
	return fold(reference) != "" && fold(reference) == fold(arrived) || renamed(reference) == arrived
}
