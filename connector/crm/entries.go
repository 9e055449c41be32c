package crm

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"destination-gohighlevel/connector/jsonscan"
)

// look offers what lies in an object or a list; it is false for any other value.
func (r *record) look(c *column, raw []byte) bool {
	if raw[0] == '{' {
		raw = untyped(raw)
	}
	switch {
	case raw[0] == '{' && c.inside != nil:
		r.lookInto(c.inside, raw)
	case raw[0] == '[' && c.inside != nil && (c.inside.scope.place || c.inside.scope.name) && holds(raw, "{"):
		if one := r.preferred(raw); one != nil {
			r.lookInto(c.inside, one)
		}
	case c.entries != nil && (raw[0] == '[' || raw[0] == '{'):
		r.named(c.entries, raw)
	default:
		return false
	}
	return true
}

func (r *record) lookInto(in *container, object []byte) {
	in.awaited = 0
	for key, raw := range jsonscan.Members(object) {
		r.member(in, key, raw)
	}
}

// named reads entries that bear a name as columns of that name: those of a list,
// or of an object that holds each by its id.
func (r *record) named(in *container, entries []byte) {
	in.awaited = 0
	for entry := range jsonscan.Elements(entries) {
		r.entry(in, entry)
	}
	for _, entry := range jsonscan.Members(entries) {
		r.entry(in, entry)
	}
}

func (r *record) entry(in *container, entry []byte) {
	if name, value := r.nameAndValue(entry); len(name) > 0 && value != nil {
		r.member(in, name, value)
	}
}

// untyped is the value that an object does no more than give a type:
// {"$numberLong": "7"}, {"string": "a"}, {"type": "email", "email": "a@example.com"}.
func untyped(object []byte) []byte {
	for range mostTyped {
		value := valueByType(object)
		if value == nil {
			break
		}
		object = value
	}
	return object
}

// mostTyped is how often a value may be given a type: {"$date": {"$numberLong": …}}.
const mostTyped = 2

func valueByType(object []byte) []byte {
	if bytes.Contains(object, []byte(`"type"`)) {
		if kind, ok := jsonscan.Text(jsonscan.Member(object, entryTypes[0])); ok && kind != entryTypes[0] {
			return jsonscan.Member(object, kind)
		}
	}
	var value []byte
	for key, raw := range jsonscan.Members(object) {
		if value != nil || !strings.HasPrefix(string(key), "$") && !slices.Contains(typeNames, string(key)) {
			return nil
		}
		value = raw
	}
	return value
}

func (r *record) member(in *container, key, raw []byte) {
	c := r.plan.member(in, key)
	in.came = in.came || !isBlank(raw)
	r.take(c, raw)
	in.fed = in.fed || c.claimed || len(c.routes) > 0 || c.inside != nil && c.inside.fed || c.entries != nil && c.entries.fed
}

// pick is the member of an object whose name is the first of the given, folded
// ones that is there with a value; nil if none is.
func pick(object []byte, names []string) (value []byte) {
	best := len(names)
	for key, raw := range jsonscan.Members(object) {
		if i := foldedIndex(names[:best], key); i >= 0 && !isBlank(raw) {
			best, value = i, raw
		}
	}
	return value
}

// foldedIndex is the index of a name, once folded, among folded ones; -1 if it is none.
func foldedIndex(names []string, name []byte) int {
	var room [64]byte
	folded := room[:0]
	for _, c := range name {
		switch {
		case c >= utf8.RuneSelf || len(folded) == len(room):
			return slices.Index(names, fold(string(name)))
		case 'A' <= c && c <= 'Z':
			folded = append(folded, c+'a'-'A')
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			folded = append(folded, c)
		}
	}
	return slices.IndexFunc(names, func(n string) bool { return n == string(folded) })
}

// preferred is the entry of a list of addresses or names that is marked as the
// one to use, else the first that is the person's; nil if there is none.
func (r *record) preferred(list []byte) (best []byte) {
	for element := range jsonscan.Elements(list) {
		switch {
		case element[0] != '{':
		case isMarked(element):
			return element
		case best == nil && !slices.Contains(r.plan.table.kind.foreignPlaces, typeOf(element)):
			best = element
		}
	}
	return best
}

// typeOf is what an entry says of its type, folded; "" if nothing.
func typeOf(entry []byte) string {
	if raw := pick(entry, entryTypes); raw != nil {
		return fold(plainText(raw))
	}
	return ""
}

// isMarked reports whether a true member, or its type, marks an entry as the one to use.
func isMarked(entry []byte) bool {
	for key, raw := range jsonscan.Members(entry) {
		if raw[0] == '{' || raw[0] == '[' {
			continue
		}
		name, text := fold(string(key)), plainText(raw)
		if yes, _ := normaliseBool(text); yes && slices.Contains(entryMarks, name) {
			return true
		}
		if slices.Contains(entryTypes, name) && slices.Contains(entryMarks, fold(text)) {
			return true
		}
	}
	return false
}

// offerNested offers a list or an object to a field, as the field can read it.
func (r *record) offerNested(c candidate) {
	f := r.plan.table.fields[c.to.field]
	switch f.Type {
	case Email, Phone:
		r.offerEntries(f, c)
		return
	case TagList, MultiOption, SingleOption:
		c.raw = labelled(c.raw)
	case TextboxList, File:
	default:
		if only := onlyElement(c.raw); only != nil && only[0] == '{' {
			c.raw = only
		}
		if names := entryLabels; c.raw[0] == '{' {
			if f.Custom && (f.Type == Text || f.Type == LargeText) { // which takes any object as its JSON
				names = entryValues[:1]
			}
			c.raw = labelOf(c.raw, names)
		}
	}
	r.keep(&c)
}

// offerEntries adds the emails or phone numbers of a list, those that are marked
// as the one to use first, or of an object.
func (r *record) offerEntries(f *Field, list candidate) {
	n := int32(0)
	switch {
	case list.raw[0] == '{' && pick(list.raw, entryValuesOf[f.Type]) != nil:
		if r.readEntry(f, &list) {
			r.keep(&list)
		}
		return
	case list.raw[0] == '{':
		n = r.offerTyped(f, list)
	default:
		for element := range jsonscan.Elements(list.raw) {
			c := list
			c.raw, c.sub = element, n
			n++
			if element[0] != '{' || r.readEntry(f, &c) {
				r.keep(&c)
			}
		}
	}
	if n == 0 {
		r.keep(&list)
	}
}

// offerTyped adds the members of an object that are named by their types:
// {"mobile": …, "home": …}. It returns how many there are.
func (r *record) offerTyped(f *Field, object candidate) (n int32) {
	q := r.plan.table.kind.qualified[f.Type]
	own := slices.Concat(q.nouns, q.plain)
	all := slices.Concat(own, q.fallback)
	for key, raw := range jsonscan.Members(object.raw) {
		c, name := object, fold(string(key))
		c.raw, c.sub = raw, int32(slices.IndexFunc(all, func(word string) bool { return strings.HasPrefix(name, word) }))
		switch {
		case raw[0] == '{' || raw[0] == '[' || len(name) > longestName:
			continue
		case madeOf(name, own):
		case !madeOf(name, all):
			continue
		case c.to.second != nil:
			c.to = c.to.second
		}
		n++
		r.keep(&c)
	}
	return n
}

// readEntry replaces an entry by its value; it is false if that is somebody else's.
func (r *record) readEntry(f *Field, c *candidate) bool {
	entry, kind := c.raw, typeOf(c.raw)
	if c.raw = pick(entry, entryValuesOf[f.Type]); c.raw == nil {
		c.raw = []byte("null")
		return true
	}
	if f.Type == Phone {
		c.raw = r.international(entry, c.raw)
	}
	switch {
	case c.to.second != nil && slices.Contains(r.plan.table.kind.foreignTypes, kind):
		r.column = c.to.shown
		r.drop(f, ruleForeign)
		return false
	case isMarked(entry):
		c.sub -= 1 << 30
	case c.to.second != nil && slices.Contains(fallbackWords, kind):
		c.to = c.to.second
	}
	return true
}

// international gives a phone number the calling code of the country that its
// entry names: {"country_code": "44", "number": "20 7946 0123"}.
func (r *record) international(entry, number []byte) []byte {
	text := plainText(number)
	if text == "" || text[0] == '+' || number[0] == '{' || number[0] == '[' {
		return number
	}
	if area := pick(entry, entryAreas); area != nil {
		text = plainText(area) + " " + text
		number = jsonscan.Quote(text)
	}
	if code := pick(entry, entryCodes); code != nil {
		if digits := strings.TrimPrefix(plainText(code), "+"); isDigits(digits) && len(digits) <= 4 {
			return jsonscan.Quote("+" + digits + " " + text)
		}
	}
	if country := pick(entry, entryCountries); country != nil {
		if region, ok := r.country(plainText(country)); ok {
			if p := normalisePhone(text, region); p.fault == "" {
				return jsonscan.Quote(p.e164)
			}
		}
	}
	return number
}

// labelled replaces the objects of a list, or one object, by what they are
// called. What has no name is left for the field to refuse.
func labelled(raw []byte) []byte {
	if raw[0] == '{' {
		inner := pick(raw, entryLists)
		if inner == nil || inner[0] != '[' {
			return label(raw)
		}
		raw = inner
	}
	if !holds(raw, "{") {
		return raw
	}
	return eachElement(raw, label)
}

// onlyElement is the one element of a list; nil of any other.
func onlyElement(raw []byte) (only []byte) {
	for element := range jsonscan.Elements(raw) {
		if only != nil {
			return nil
		}
		only = element
	}
	return only
}

// holds reports whether a list has an element that begins with one of these signs.
func holds(list []byte, begins string) bool {
	for element := range jsonscan.Elements(list) {
		if strings.IndexByte(begins, element[0]) >= 0 {
			return true
		}
	}
	return false
}

// label is what an object is called; itself if it does not say, or is none.
func label(raw []byte) []byte { return labelOf(raw, entryLabels) }

func labelOf(raw []byte, names []string) []byte {
	if raw[0] != '{' {
		return raw
	}
	if named := pick(raw, names); named != nil {
		return named
	}
	return raw
}
