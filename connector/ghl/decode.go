package ghl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What each endpoint's schema declares of the fields that a contact is written
// with. A declared field that an answer leaves out is empty; about the others
// the answer says nothing unless it spells them out.
var (
	fieldsOfCreate = []string{
		"firstName", "lastName", "email", "phone", "address1", "city", "state", "country",
		"postalCode", "companyName", "website", "dateOfBirth", "source", "dnd", "assignedTo",
	}
	fieldsOfSearch = fieldsOfCreate // with address for address1
	fieldsOfGet    = append([]string{"timezone"}, fieldsOfCreate...)
	fieldsOfAny    = append([]string{"gender"}, fieldsOfGet...)
)

// alike are the fields whose values many contacts of a page share.
var alike = map[string]bool{
	"city": true, "state": true, "country": true, "postalCode": true, "timezone": true, "gender": true,
	"source": true, "assignedTo": true,
}

// contactJSON is a contact as any endpoint spells it.
type contactJSON struct {
	told  Contact // no more than was spelt out
	found bool    // there was one, not null
}

// contact is the contact of an endpoint that declares the given fields; nil
// means that nothing is declared.
func (j contactJSON) contact(declared []string) Contact {
	if !j.found {
		return Contact{Fields: map[string]any{}}
	}
	c := j.told
	for _, name := range declared {
		if _, told := c.Fields[name]; !told {
			c.Fields[name] = nil
		}
	}
	c.CustomFieldsTold = c.CustomFieldsTold || declared != nil
	return c
}

// UnmarshalJSON reads a contact or null.
func (j *contactJSON) UnmarshalJSON(doc []byte) error {
	read, err := repeats(nil).contact(doc)
	*j = read
	return err
}

var errForm = errors.New("the JSON is of another form")

// contact reads a contact or null.
func (r repeats) contact(doc []byte) (contactJSON, error) {
	switch {
	case isNull(doc):
		return contactJSON{}, nil
	case doc[0] != '{':
		return contactJSON{}, errForm
	}
	c := Contact{Fields: make(map[string]any, len(fieldsOfAny))}
	var address, firstName, lastName []byte // what other names are used for
	for name, value := range members(doc) {
		switch name {
		case "id":
			c.ID = word(value)
		case "dateAdded":
			c.DateAdded = word(value)
		case "tags":
			c.Tags = r.texts(value)
		case "additionalEmails":
			c.AdditionalEmails = r.texts(value)
		case "additionalPhones":
			c.AdditionalPhones = r.texts(value)
		case "customFields":
			c.CustomFields, c.CustomFieldsTold = r.customFields(value), true
		case "searchAfter":
			c.SearchAfter = cursor(value)
		case "dndSettings":
			c.Channels, c.ChannelsTold = channels(value)
		case "inboundDndSettings":
			inbound, _ := channels(value)
			c.InboundStopped = len(inbound) > 0
		case "address": // search's name for address1
			address = value
		case "firstNameRaw": // the deprecated list lower-cases names and keeps the true ones so
			firstName = value
		case "lastNameRaw":
			lastName = value
		default:
			if field, ok := fieldNames[name]; ok {
				c.Fields[field] = r.value(field, value)
			}
		}
	}
	if _, told := c.Fields["address1"]; address != nil && !told {
		c.Fields["address1"] = anything(address)
	}
	if firstName != nil && !isNull(firstName) {
		c.Fields["firstName"] = anything(firstName)
	}
	if lastName != nil && !isNull(lastName) {
		c.Fields["lastName"] = anything(lastName)
	}
	return contactJSON{told: c, found: true}, nil
}

// fieldNames holds fieldsOfAny.
var fieldNames = func() map[string]string {
	names := map[string]string{}
	for _, name := range fieldsOfAny {
		names[name] = name
	}
	return names
}()

// channels reads the settings of do-not-disturb: those that are not inactive,
// and how much that tells.
func channels(settings []byte) (stopped map[string]string, telling Telling) {
	telling = NoneNamed
	for channel, setting := range members(settings) {
		status := statusOf(setting)
		if status != "" {
			telling = Told
		}
		switch {
		case status == inactive || status == "":
			delete(stopped, channel)
		case stopped == nil:
			stopped = map[string]string{channel: status}
		default:
			stopped[channel] = status
		}
	}
	return stopped, telling
}

const inactive = "inactive"

// channelNames are the channels of dndSettings that can be written.
var channelNames = []string{"Call", "Email", "SMS", "WhatsApp", "GMB", "FB"}

// statusOf is the status of one channel's setting, in lower case.
func statusOf(setting []byte) (status string) {
	for name, value := range members(setting) {
		switch {
		case name != "status":
		case string(value) == `"`+inactive+`"`: // the common case: make no string of it
			status = inactive
		default:
			status = strings.ToLower(word(value))
		}
	}
	return status
}

func cursor(value []byte) json.RawMessage {
	if isNull(value) {
		return nil
	}
	var compact bytes.Buffer
	_ = json.Compact(&compact, value) // it is valid: cannot fail
	return compact.Bytes()
}

func (r repeats) customFields(list []byte) []CustomFieldValue {
	var values []CustomFieldValue
	for item := range items(list) {
		// Reads answer "value"; the other two are the names of writing, which
		// some answers echo.
		var id string
		var told [3][]byte
		for name, value := range members(item) {
			switch name {
			case "id":
				id = r.word(value)
			case "value":
				told[0] = value
			case "field_value":
				told[1] = value
			case "fieldValue":
				told[2] = value
			}
		}
		if id == "" {
			continue
		}
		field := CustomFieldValue{ID: id}
		if i := slices.IndexFunc(told[:], func(v []byte) bool { return v != nil }); i >= 0 {
			field.Value = anything(told[i])
		}
		values = append(values, field)
	}
	return values
}

// texts is the strings of a JSON array; the vendor lists additional emails both
// as strings and as objects.
func (r repeats) texts(list []byte) []string {
	var texts []string
	for item := range items(list) {
		s := r.word(item)
		if item[0] == '{' {
			object, _ := anything(item).(map[string]any)
			s = text(object["email"]) + text(object["phone"])
		}
		if s != "" {
			texts = append(texts, s)
		}
	}
	return texts
}

// repeats are the strings of one answer that occur again and again in it, so that
// each is made only once; nil makes all of them.
type repeats map[string]any

// maxRepeats bounds the repeats of one answer.
const maxRepeats = 1000

// word is word, for strings that occur again.
func (r repeats) word(value []byte) string {
	if r == nil || value[0] != '"' {
		return word(value)
	}
	s, _ := r.shared(value).(string)
	return s
}

// value is the value of a standard field.
func (r repeats) value(field string, value []byte) any {
	if r != nil && value[0] == '"' && alike[field] {
		return r.shared(value)
	}
	return anything(value)
}

func (r repeats) shared(value []byte) any {
	if s, ok := r[string(value)]; ok {
		return s
	}
	s := anything(value)
	if len(r) < maxRepeats {
		r[string(value)] = s
	}
	return s
}

// text is the string of a JSON string or number, else "".
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// decode reads one valid JSON document, numbers as json.Number.
func decode(body []byte, out any) error {
	if own, ok := out.(json.Unmarshaler); ok { // spares two passes over a long page
		return own.UnmarshalJSON(body)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return d.Decode(out)
}

// escapeControls escapes raw control characters inside JSON strings: the
// server's answers can hold them, and they are not JSON. What needs no change
// is returned as it is.
func escapeControls(body []byte) []byte {
	var out []byte
	copied, inString := 0, false
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case b == '"':
			inString = !inString
		case b == '\\' && inString:
			i++
		case b < 0x20 && inString:
			if out == nil { // pages are long: do not grow into it
				out = make([]byte, 0, len(body)+len(body)/16+64)
			}
			out = append(out, body[copied:i]...)
			out = fmt.Appendf(out, `\u%04x`, b)
			copied = i + 1
		}
	}
	if copied == 0 {
		return body
	}
	return append(out, body[copied:]...)
}
