package ghl

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"destination-gohighlevel/connector/jsonscan"
)

// Answers about contacts are read from their text, in one go: most of what a sync
// that writes little costs would else be their decoding. A scan reads only what is
// as it usually is. Whatever encoding/json has a say on, such as a name twice or in
// another case or a value of another type, is left to it: then the scan reports
// false, and what it has read so far must be thrown away.

// scanned is an answer that can be read from its text, which is valid JSON.
type scanned interface{ scan(body []byte) bool }

func (a *contactAnswer) scan(body []byte) bool {
	*a = contactAnswer{}
	if jsonscan.First(jsonscan.Trim(body)) != '{' {
		return false
	}
	var seen names
	for name, value := range jsonscan.Members(body) {
		fine := true
		switch at, known := seen.enter(name, answerNames); {
		case !known:
			return false
		case at < 0:
		case at == 0 && value[0] == '{':
			a.Contact = &contactJSON{}
			fine = a.Contact.scan(value)
		case at == 1 && (value[0] == 't' || value[0] == 'f'):
			a.New = value[0] == 't'
		case at > 1:
			*a.member(string(name)).(*any), fine = scanAny(value)
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

func (l *list[J, T]) scan(body []byte) bool {
	if _, can := any(new(J)).(scanned); !can || jsonscan.First(jsonscan.Trim(body)) != '{' {
		return false
	}
	l.clear()
	for name, value := range jsonscan.Members(body) {
		to := l.also[string(name)]
		if to == nil {
			to = l.member(string(name))
		}
		switch {
		case string(name) == l.name:
			if l.rows != nil || !l.scanRows(value) {
				return false
			}
		case to != nil && !decodeAny(value, to):
			return false
		}
	}
	return true
}

func (l *list[J, T]) scanRows(rows []byte) bool {
	if rows[0] != '[' {
		return false
	}
	var told, none J
	l.rows = []T{}
	for element := range jsonscan.Elements(rows) {
		if l.limit > 0 && len(l.rows) == l.limit {
			return false
		}
		told = none
		if !any(&told).(scanned).scan(element) {
			if told = none; tolerate(decodeWith(element, &told), 0) != nil {
				return false
			}
		}
		if entry, ok := l.entry(&told); ok {
			l.rows = append(l.rows, entry)
		}
	}
	return true
}

func (j *contactJSON) scan(doc []byte) bool {
	if doc[0] != '{' {
		return false
	}
	var seen names
	for name, value := range jsonscan.Members(doc) {
		at, known := seen.enter(name, contactNames)
		if !known || at >= 0 && !j.scanMember(at, name, value) {
			return false
		}
	}
	return true
}

// contactNames are those of the single values of a contact, in the order of
// [contactJSON.single], and behind them all others.
var contactNames = newNameTable("id", "dateAdded", "dateUpdated", "firstName", "lastName", "email", "phone", "address1", "address", "city", "state",
	"country", "postalCode", "companyName", "website", "dateOfBirth", "source", "dnd", "assignedTo", "businessId", "businessName",
	"timezone", "gender", "tags", "additionalEmails", "additionalPhones", "customFields", "dndSettings", "inboundDndSettings", "searchAfter")

func (j *contactJSON) single(at int) *any {
	return [...]*any{&j.ID, &j.DateAdded, &j.DateUpdated, &j.FirstName, &j.LastName, &j.Email, &j.Phone, &j.Address1, &j.Address, &j.City, &j.State,
		&j.Country, &j.PostalCode, &j.CompanyName, &j.Website, &j.DateOfBirth, &j.Source, &j.DND, &j.AssignedTo, &j.BusinessID, &j.BusinessName}[at]
}

func (j *contactJSON) scanMember(at int, name, value []byte) (ok bool) {
	switch string(name) {
	case "timezone":
		return j.Timezone.UnmarshalJSON(value) == nil
	case "gender":
		return j.Gender.UnmarshalJSON(value) == nil
	case "tags":
		j.Tags, ok = scanTexts(value)
	case "additionalEmails":
		j.AdditionalEmails, ok = scanList(value)
	case "additionalPhones":
		j.AdditionalPhones, ok = scanList(value)
	case "customFields":
		j.CustomFields, ok = scanCustom(value)
	case "dndSettings":
		j.Channels, ok = scanChannels(value)
	case "inboundDndSettings":
		return j.scanInbound(value)
	case "searchAfter":
		j.SearchAfter, ok = bytes.Clone(value), true
	default:
		*j.single(at), ok = scalar(value)
	}
	return ok
}

func (j *contactJSON) scanInbound(value []byte) (ok bool) {
	settings, ok := scanChannels(value)
	for name := range settings {
		ok = ok && (name == "all" || !strings.EqualFold(name, "all"))
	}
	j.Inbound.All = settings["all"]
	return ok
}

// scalar is a value that is neither an object nor a list.
func scalar(value []byte) (v any, ok bool) {
	switch value[0] {
	case '"':
		return string(jsonscan.Unquote(value)), true
	case 't', 'f':
		return value[0] == 't', true
	case 'n':
		return nil, true
	case '{', '[':
		return nil, false
	}
	return json.Number(value), true
}

func scanTexts(list []byte) (texts []string, ok bool) {
	if list[0] != '[' {
		return nil, list[0] == 'n'
	}
	texts = []string{}
	for element := range jsonscan.Elements(list) {
		if element[0] != '"' {
			return nil, false
		}
		texts = append(texts, string(jsonscan.Unquote(element)))
	}
	return texts, true
}

func scanList(list []byte) (values []any, ok bool) {
	if list[0] != '[' {
		return nil, list[0] == 'n'
	}
	values = []any{}
	for element := range jsonscan.Elements(list) {
		v, fine := scanAny(element)
		if !fine {
			return nil, false
		}
		values = append(values, v)
	}
	return values, true
}

func scanCustom(list []byte) (fields []customValue, ok bool) {
	if list[0] != '[' {
		return nil, list[0] == 'n'
	}
	fields = []customValue{}
	for element := range jsonscan.Elements(list) {
		var field customValue
		if !field.scan(element) {
			return nil, false
		}
		fields = append(fields, field)
	}
	return fields, true
}

func (v *customValue) scan(object []byte) (ok bool) {
	if object[0] != '{' {
		return false
	}
	var seen names
	for name, value := range jsonscan.Members(object) {
		at, known := seen.enter(name, customNames)
		switch {
		case !known:
			return false
		case at >= 0:
			if *[...]*any{&v.ID, &v.Value, &v.Written, &v.Camel}[at], ok = scanAny(value); !ok {
				return false
			}
		}
	}
	return true
}

var customNames = newNameTable("id", "value", "field_value", "fieldValue")

func scanChannels(object []byte) (settings channels, ok bool) {
	if object[0] != '{' {
		return nil, object[0] == 'n'
	}
	settings = channels{}
	for channel, value := range jsonscan.Members(object) {
		if _, twice := settings[string(channel)]; twice || value[0] != '{' {
			return nil, false
		}
		var s setting
		var seen names
		for name, status := range jsonscan.Members(value) {
			at, known := seen.enter(name, settingNames)
			if !known || at == 0 && status[0] != '"' {
				return nil, false
			}
			if at == 0 {
				s.Status = string(jsonscan.Unquote(status))
			}
		}
		settings[string(channel)] = s
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
	at, is := known.number[string(name)]
	if !is {
		return -1, !known.resembles(name)
	}
	before := *n
	*n |= 1 << at
	return at, *n != before
}

// nameTable numbers names.
type nameTable struct {
	number map[string]int
	lower  map[string]bool
}

func newNameTable(known ...string) nameTable {
	t := nameTable{map[string]int{}, map[string]bool{}}
	for i, name := range known {
		t.number[name], t.lower[strings.ToLower(name)] = i, true
	}
	return t
}

// resembles reports whether a name could be one of the table's in another case.
func (t nameTable) resembles(name []byte) bool {
	var lower [32]byte // longer than any
	if len(name) > len(lower) {
		return false
	}
	for i, b := range name {
		switch {
		case b >= utf8.RuneSelf:
			return true
		case 'A' <= b && b <= 'Z':
			b += 'a' - 'A'
		}
		lower[i] = b
	}
	return t.lower[string(lower[:len(name)])]
}

// scanAny is any value, with numbers as they are written.
func scanAny(value []byte) (v any, ok bool) {
	if v, ok = scalar(value); !ok {
		ok = decodeAny(value, &v)
	}
	return v, ok
}

func decodeAny(value []byte, to any) bool { return decodeWith(value, to) == nil }

func decodeWith(value []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	return d.Decode(to)
}
