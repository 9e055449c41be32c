package ghl

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"destination-gohighlevel/connector/jsonscan"
)

// Answers about contacts are read from their text, in one go: most of what a sync
// that writes little costs would else be their decoding. A scan reads only what is
// as it usually is. Whatever encoding/json has a say on, such as a name twice or in
// another case or a value of another type, is left to it: then the scan reports
// false, and what it has read so far must be thrown away.

// scanned is an answer that can be read from its text.
type scanned interface{ scan(w *jsonscan.Walk) bool }

// walks are used again and again: one takes more memory than a short answer.
var walks = sync.Pool{New: func() any { return new(jsonscan.Walk) }}

// scan reports whether a whole answer could be read from its text.
func scan(body []byte, answer scanned) bool {
	w := walks.Get().(*jsonscan.Walk)
	defer walks.Put(w)
	w.Begin(body)
	return answer.scan(w) && w.End()
}

func (a *contactAnswer) scan(w *jsonscan.Walk) bool {
	*a = contactAnswer{}
	if w.First() != '{' {
		return false
	}
	var seen names
	for name := range w.Members() {
		fine := true
		switch at, known := seen.enter(name, answerNames); {
		case !known:
			return false
		case at < 0:
		case at == 0 && w.First() == '{':
			a.Contact = &contactJSON{}
			fine = a.Contact.scan(w)
		case at == 1 && (w.First() == 't' || w.First() == 'f'):
			a.New = w.First() == 't'
		case at > 1:
			*a.member(string(name)).(*any), fine = scanAny(w)
		default:
			return false
		}
		if !fine {
			return false
		}
	}
	return true
}

var answerNames = newNameTable("contact", "new", "statusCode", "status", "success", "succeded", "succeeded")

func (l *list[J, T]) scan(w *jsonscan.Walk) bool {
	if _, can := any(new(J)).(scanned); !can || w.First() != '{' {
		return false
	}
	l.clear()
	for name := range w.Members() {
		to := l.also[string(name)]
		if to == nil {
			to = l.member(string(name))
		}
		switch {
		case string(name) == l.name:
			if l.rows != nil || !l.scanRows(w) {
				return false
			}
		case to != nil && !decodeAny(w.Value(), to):
			return false
		}
	}
	return true
}

func (l *list[J, T]) scanRows(w *jsonscan.Walk) bool {
	if w.First() != '[' {
		return false
	}
	var told, none J
	l.rows = []T{}
	for range w.Elements() {
		if l.limit > 0 && len(l.rows) == l.limit {
			return false
		}
		if begin := w.Mark(); !any(&told).(scanned).scan(w) {
			w.Back(begin)
			if told = none; tolerate(decodeWith(w.Value(), &told), 0) != nil {
				return false
			}
		}
		if entry, ok := l.entry(&told); ok {
			l.rows = append(l.rows, entry)
		}
	}
	return true
}

// scan reads a contact in place of the one before, nothing of which is used any more.
func (j *contactJSON) scan(w *jsonscan.Walk) bool {
	*j = contactJSON{CustomFields: j.CustomFields[:0]}
	if w.First() != '{' {
		return false
	}
	var seen names
	single := j.singles()
	for name := range w.Members() {
		at, known := seen.enter(name, contactNames)
		fine := true
		switch {
		case !known:
			return false
		case at >= len(single):
			fine = j.scanMember(name, w)
		case at >= 0:
			*single[at], fine = scalar(w)
		}
		if !fine {
			return false
		}
	}
	return true
}

// contactNames are those of the single values of a contact, in the order of
// [contactJSON.singles], and behind them all others.
var contactNames = newNameTable("id", "dateAdded", "dateUpdated", "firstName", "lastName", "email", "phone", "address1", "address", "city", "state",
	"country", "postalCode", "companyName", "website", "dateOfBirth", "source", "dnd", "assignedTo", "businessId", "businessName",
	"timezone", "gender", "tags", "additionalEmails", "additionalPhones", "customFields", "dndSettings", "inboundDndSettings", "searchAfter")

func (j *contactJSON) singles() [21]*any {
	return [...]*any{&j.ID, &j.DateAdded, &j.DateUpdated, &j.FirstName, &j.LastName, &j.Email, &j.Phone, &j.Address1, &j.Address, &j.City, &j.State,
		&j.Country, &j.PostalCode, &j.CompanyName, &j.Website, &j.DateOfBirth, &j.Source, &j.DND, &j.AssignedTo, &j.BusinessID, &j.BusinessName}
}

// scanMember reads a member that is no single value.
func (j *contactJSON) scanMember(name []byte, w *jsonscan.Walk) (ok bool) {
	switch string(name) {
	case "timezone":
		return j.Timezone.scan(w)
	case "gender":
		return j.Gender.scan(w)
	case "tags":
		j.Tags, ok = scanList(w, nil, scanText)
	case "additionalEmails":
		j.AdditionalEmails, ok = scanList(w, nil, scanAny)
	case "additionalPhones":
		j.AdditionalPhones, ok = scanList(w, nil, scanAny)
	case "customFields":
		j.CustomFields, ok = scanList(w, j.CustomFields, scanCustom)
	case "dndSettings":
		j.Channels, ok = scanChannels(w)
	case "inboundDndSettings":
		return j.scanInbound(w)
	case "searchAfter":
		j.SearchAfter, ok = bytes.Clone(w.Value()), true
	}
	return ok
}

func (s *optional) scan(w *jsonscan.Walk) (ok bool) {
	if first := w.First(); first != '"' && first != 'n' {
		return s.UnmarshalJSON(w.Value()) == nil
	}
	s.told = true
	s.text, ok = scalar(w)
	return ok
}

func (j *contactJSON) scanInbound(w *jsonscan.Walk) (ok bool) {
	settings, ok := scanChannels(w)
	for name := range settings {
		ok = ok && (name == "all" || !strings.EqualFold(name, "all"))
	}
	j.Inbound.All = settings["all"]
	return ok
}

// scalar is a value that is neither an object nor a list.
func scalar(w *jsonscan.Walk) (v any, ok bool) {
	switch w.First() {
	case '"':
		return string(jsonscan.Unquote(w.Value())), true
	case 't', 'f':
		return w.Value()[0] == 't', true
	case 'n':
		w.Value()
		return nil, true
	case '{', '[':
		return nil, false
	}
	return json.Number(w.Value()), true
}

func scanText(w *jsonscan.Walk) (text string, ok bool) {
	if w.First() != '"' {
		return "", false
	}
	return string(jsonscan.Unquote(w.Value())), true
}

// scanList reads a list or null, the list into the room of one that is not needed any more.
func scanList[T any](w *jsonscan.Walk, room []T, element func(*jsonscan.Walk) (T, bool)) (list []T, ok bool) {
	if w.First() != '[' {
		return nil, w.First() == 'n'
	}
	if list = room[:0]; list == nil {
		list = []T{}
	}
	for range w.Elements() {
		v, fine := element(w)
		if !fine {
			return nil, false
		}
		list = append(list, v)
	}
	return list, true
}

func scanCustom(w *jsonscan.Walk) (v customValue, ok bool) {
	if w.First() != '{' {
		return v, false
	}
	var seen names
	for name := range w.Members() {
		at, known := seen.enter(name, customNames)
		if !known {
			return v, false
		}
		if at >= 0 {
			if *[...]*any{&v.ID, &v.Value, &v.Written, &v.Camel}[at], ok = scanAny(w); !ok {
				return v, false
			}
		}
	}
	return v, true
}

var customNames = newNameTable("id", "value", "field_value", "fieldValue")

func scanChannels(w *jsonscan.Walk) (settings channels, ok bool) {
	if w.First() != '{' {
		return nil, w.First() == 'n'
	}
	settings = channels{}
	for name := range w.Members() {
		channel := string(name)
		if _, twice := settings[channel]; twice || w.First() != '{' {
			return nil, false
		}
		var s setting
		var seen names
		for name := range w.Members() {
			at, known := seen.enter(name, settingNames)
			if !known {
				return nil, false
			}
			if at == 0 {
				if s.Status, ok = scanText(w); !ok {
					return nil, false
				}
			}
		}
		settings[channel] = s
	}
	return settings, true
}

var settingNames = newNameTable("status")

// names are those of an object's members that were met, by their numbers.
type names uint64

// enter says which of the known names a member has, -1 if none. It is false where
// only encoding/json knows: of a name that was met before, or that is a known one in
// another case.
func (n *names) enter(name []byte, known nameTable) (at int, ok bool) {
	of := known.ofLength(len(name))
	for _, k := range of {
		if string(name) == k.name {
			before := *n
			*n |= 1 << k.number
			return k.number, *n != before
		}
	}
	return -1, !resembles(name, of)
}

// nameTable is names, each with its number, by their lengths.
type nameTable [][]numbered

type numbered struct {
	name   string
	number int
}

func newNameTable(known ...string) (t nameTable) {
	for i, name := range known {
		for len(t) <= len(name) {
			t = append(t, nil)
		}
		t[len(name)] = append(t[len(name)], numbered{name, i})
	}
	return t
}

func (t nameTable) ofLength(n int) []numbered {
	if n < len(t) {
		return t[n]
	}
	return nil
}

// resembles reports whether a name could be a known one in another case: beyond ASCII
// there are letters that are one of it in another case, of another length.
func resembles(name []byte, sameLength []numbered) bool {
	for _, k := range sameLength {
		if name[0]|' ' == k.name[0]|' ' && strings.EqualFold(string(name), k.name) { // mostly the first letter tells
			return true
		}
	}
	return slices.ContainsFunc(name, func(b byte) bool { return b >= utf8.RuneSelf })
}

// scanAny is any value, with numbers as they are written.
func scanAny(w *jsonscan.Walk) (v any, ok bool) {
	if v, ok = scalar(w); !ok {
		ok = decodeAny(w.Value(), &v)
	}
	return v, ok
}

func decodeAny(value []byte, to any) bool { return decodeWith(value, to) == nil }

func decodeWith(value []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	return d.Decode(to)
}
