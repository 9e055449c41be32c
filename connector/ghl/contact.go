package ghl

import (
	"encoding/json"
	"iter"
	"math/bits"
	"slices"
	"strings"
)

// CustomFieldValue is one custom field of a contact as the server told it.
// Value is a string, json.Number, bool, []any, map[string]any or nil.
type CustomFieldValue struct {
	ID    string
	Value any
}

// Contact is a contact as one answer told it.
type Contact struct {
	ID string
	// Fields holds the standard fields under the names they are written with
	// (search's "address" is address1 here), and businessId, which is written by
	// [Client.LinkBusiness] only. FieldsTold is false if the
	// answer names no fields but those that hold something.
	Fields     Fields
	FieldsTold bool
	// CustomFields holds what is set; CustomFieldsTold is false if the answer
	// said nothing about custom fields at all.
	CustomFields     []CustomFieldValue
	CustomFieldsTold bool
	// BusinessName is that of businessId, as search tells it; "" elsewhere.
	BusinessName string
	// Channels holds the channels of do-not-disturb that are not inactive, with
	// their status, as far as ChannelsTold goes.
	Channels     map[string]string
	ChannelsTold Telling
	// InboundStopped says that the person has stopped it all from their side.
	InboundStopped bool
	// Tags are as stored, which is lower-case.
	Tags []string
	// DateAdded and DateUpdated are the server's texts, usually RFC 3339.
	DateAdded, DateUpdated             string
	AdditionalEmails, AdditionalPhones []string
	// SearchAfter is the cursor behind this contact in a search, else nil.
	SearchAfter json.RawMessage
}

// Fields are the standard fields of a contact, as far as an answer tells them. The zero
// value tells none.
type Fields struct {
	values [len(fieldNames)]any
	told   uint32 // a bit for each
}

var fieldNames = [...]string{"firstName", "lastName", "email", "phone", "address1", "city", "state", "country", "postalCode", "companyName", "businessId",
	"website", "dateOfBirth", "source", "dnd", "assignedTo", "timezone", "gender"}

// Get returns what a field holds, nil if it is empty: a string, a bool or a json.Number.
// told is false if the answer did not tell.
func (f *Fields) Get(name string) (value any, told bool) {
	for i := range fieldNames {
		if fieldNames[i] == name {
			return f.values[i], f.told&(1<<i) != 0
		}
	}
	return nil, false
}

// Value is what a field holds, nil if it is empty or not told.
func (f *Fields) Value(name string) any {
	v, _ := f.Get(name)
	return v
}

// Set has a field told. It panics of a name that no field has.
func (f *Fields) Set(name string, value any) {
	i := slices.Index(fieldNames[:], name)
	f.values[i] = value
	f.told |= 1 << i
}

// All yields the fields that are told.
func (f *Fields) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for i := range fieldNames {
			if f.told&(1<<i) != 0 && !yield(fieldNames[i], f.values[i]) {
				return
			}
		}
	}
}

// Told is how many fields are told.
func (f *Fields) Told() int { return bits.OnesCount32(f.told) }

// filled is the fields without the empty ones.
func (f Fields) filled() Fields {
	for i, v := range f.values {
		if v == nil {
			f.told &^= 1 << i
		}
	}
	return f
}

// Telling is how much an answer tells of a contact's channels.
type Telling int

const (
	// Untold is nothing.
	Untold Telling = iota
	// NoneNamed is a place for them that names none, which may mean that none
	// is set or that the answer keeps them to itself.
	NoneNamed
	// Told is all that are set.
	Told
)

// contactJSON is a contact as any endpoint spells it.
type contactJSON struct {
	ID               any           `json:"id"`
	DateAdded        any           `json:"dateAdded"`
	DateUpdated      any           `json:"dateUpdated"`
	FirstName        any           `json:"firstName"`
	LastName         any           `json:"lastName"`
	Email            any           `json:"email"`
	Phone            any           `json:"phone"`
	Address1         any           `json:"address1"`
	Address          any           `json:"address"` // search's name for it
	City             any           `json:"city"`
	State            any           `json:"state"`
	Country          any           `json:"country"`
	PostalCode       any           `json:"postalCode"`
	CompanyName      any           `json:"companyName"`
	Website          any           `json:"website"`
	DateOfBirth      any           `json:"dateOfBirth"`
	Source           any           `json:"source"`
	DND              any           `json:"dnd"`
	AssignedTo       any           `json:"assignedTo"`
	BusinessID       any           `json:"businessId"`
	BusinessName     any           `json:"businessName"`
	Timezone         optional      `json:"timezone"`
	Gender           optional      `json:"gender"`
	Tags             []string      `json:"tags"`
	AdditionalEmails []any         `json:"additionalEmails"`
	AdditionalPhones []any         `json:"additionalPhones"`
	CustomFields     []customValue `json:"customFields"`
	Channels         channels      `json:"dndSettings"`
	Inbound          struct {
		All setting `json:"all"`
	} `json:"inboundDndSettings"`
	SearchAfter json.RawMessage `json:"searchAfter"`
}

// optional is the text of a field that not every endpoint declares: told tells null
// from none at all.
type optional struct {
	told bool
	text any
}

// UnmarshalJSON reads any value.
func (s *optional) UnmarshalJSON(doc []byte) error {
	s.told = true
	return json.Unmarshal(doc, &s.text)
}

// contact is the contact of an endpoint whose schema declares the fields that a
// contact is written with: one that the answer leaves out is empty. What only some
// endpoints declare must be among also, else it is told only where it is spelt out.
// A nil j is no contact.
func (j *contactJSON) contact(also ...string) Contact {
	if j == nil {
		return Contact{}
	}
	if j.Address1 == nil {
		j.Address1 = j.Address
	}
	c := Contact{Fields: Fields{told: 1<<len(fieldNames) - 1, values: [...]any{j.FirstName, j.LastName, j.Email, j.Phone,
		j.Address1, j.City, j.State, j.Country, j.PostalCode, j.CompanyName, j.BusinessID,
		j.Website, j.DateOfBirth, j.Source, j.DND, j.AssignedTo, j.Timezone.text, j.Gender.text}}}
	if !j.Timezone.told && !slices.Contains(also, "timezone") {
		c.Fields.told &^= 1 << (len(fieldNames) - 2)
	}
	if !j.Gender.told {
		c.Fields.told &^= 1 << (len(fieldNames) - 1)
	}
	c.ID, c.DateAdded, c.DateUpdated = text(j.ID), text(j.DateAdded), text(j.DateUpdated)
	c.BusinessName = text(j.BusinessName)
	c.Tags = slices.DeleteFunc(j.Tags, func(tag string) bool { return tag == "" })
	c.AdditionalEmails, c.AdditionalPhones = texts(j.AdditionalEmails), texts(j.AdditionalPhones)
	c.FieldsTold, c.CustomFieldsTold = true, true
	if len(j.CustomFields) > 0 {
		c.CustomFields = make([]CustomFieldValue, 0, len(j.CustomFields))
	}
	for _, f := range j.CustomFields {
		if id := text(f.ID); id != "" {
			c.CustomFields = append(c.CustomFields, CustomFieldValue{ID: id, Value: f.value()})
		}
	}
	c.Channels, c.ChannelsTold = j.Channels.stopped()
	c.InboundStopped = j.Inbound.All.stops()
	if string(j.SearchAfter) != "null" {
		c.SearchAfter = j.SearchAfter
	}
	return c
}

// texts is the strings of a list; the vendor lists additional emails both as
// strings and as objects.
func texts(list []any) []string {
	var texts []string
	for _, v := range list {
		s := text(v)
		if object, ok := v.(map[string]any); ok {
			s = text(object["email"]) + text(object["phone"])
		}
		if s != "" {
			texts = append(texts, s)
		}
	}
	return texts
}

// customValue is a custom field of a contact. Reads answer "value"; the other
// two are the names of writing, which some answers echo.
type customValue struct {
	ID      any `json:"id"`
	Value   any `json:"value"`
	Written any `json:"field_value"`
	Camel   any `json:"fieldValue"`
}

func (v customValue) value() any {
	switch {
	case v.Value != nil:
		return v.Value
	case v.Written != nil:
		return v.Written
	}
	return v.Camel
}

// channels are the settings of do-not-disturb by channel, nil if nothing is told.
type channels map[string]setting

// setting is of one channel: "active", "permanent", "inactive" or not told.
type setting struct {
	Status string `json:"status"`
}

func (s setting) stops() bool { return s.Status != "" && !strings.EqualFold(s.Status, "inactive") }

// channelNames are the channels of dndSettings that can be written.
var channelNames = []string{"Call", "Email", "SMS", "WhatsApp", "GMB", "FB"}

// stopped is the channels that are not inactive, with their status in lower
// case, and how much the settings tell.
func (c channels) stopped() (stopped map[string]string, telling Telling) {
	if c != nil {
		telling = NoneNamed
	}
	for channel, setting := range c {
		if setting.Status != "" {
			telling = Told
		}
		if !setting.stops() {
			continue
		}
		if stopped == nil {
			stopped = map[string]string{}
		}
		stopped[channel] = strings.ToLower(setting.Status)
	}
	return stopped, telling
}
