package crm

import (
	"cmp"
	"strings"
)

// Type says which values a field takes and in which form they are compared.
type Type string

// The types of fields. The canonical form of a value is a string unless noted here.
const (
	Text         Type = "text"
	LargeText    Type = "large_text"
	Email        Type = "email"         // lower-cased
	Phone        Type = "phone"         // E.164
	Country      Type = "country"       // ISO 3166 alpha-2
	Date         Type = "date"          // 2006-01-02
	Time         Type = "time"          // 2006-01-02T15:04:05Z, or 2006-01-02 where no time of day is said
	Bool         Type = "bool"          // bool
	Channel      Type = "channel"       // "active": do not disturb by it; "inactive"; "permanent", which only the CRM says
	Number       Type = "number"        // json.Number, plain decimal
	Money        Type = "money"         // json.Number, plain decimal
	SingleOption Type = "single_option" // the option's label
	MultiOption  Type = "multi_option"  // []string of labels
	TextboxList  Type = "textbox_list"  // map[string]string by option id
	File         Type = "file"          // decoded JSON, passed through
	Timezone     Type = "timezone"      // IANA name
	TagList      Type = "tag_list"      // []string, lower-cased
	UserID       Type = "user_id"       // the id of a user of the location
	ID           Type = "id"            // the object's own: a key, never a value to write
	Link         Type = "link"          // another object that this one is linked to, by name or id: see [Desired.Links]
	Unwritable   Type = "unwritable"    // cannot be written through the API
)

// Option is one choice of an option field, or one box of a textbox list.
type Option struct{ ID, Label string }

// Field is one property of an object. A Field in a [Table] must not be changed.
type Field struct {
	Name    string   // standard: the API's name ("email"); custom: the field's id. Unique in a Table.
	Custom  bool     // whether it travels in customFields
	Key     string   // custom: the field key, "contact.pincode"; a channel: its column, "dnd_email"
	Label   string   // custom: the display name
	Type    Type     // decides normalisation and comparison
	Options []Option // choices of SingleOption, MultiOption and TextboxList
	// OpenOptions tells that a SingleOption or MultiOption takes labels besides
	// those of Options too.
	OpenOptions bool

	standard *standard      // nil: it is a custom one
	index    map[string]int // of a field in a Table that has many options, see [indexOptions]
}

var customTypes = map[string]Type{
	"TEXT":             Text,
	"LARGE_TEXT":       LargeText,
	"EMAIL":            Email,
	"PHONE":            Phone,
	"NUMERICAL":        Number,
	"FLOAT":            Number,
	"MONETORY":         Money, // the vendor's spelling
	"DATE":             Date,
	"TIME":             Text,
	"SINGLE_OPTIONS":   SingleOption,
	"RADIO":            SingleOption,
	"CHECKBOX":         MultiOption,
	"MULTIPLE_OPTIONS": MultiOption,
	"TEXTBOX_LIST":     TextboxList,
	"FILE_UPLOAD":      File,
	"SIGNATURE":        Unwritable,
}

// CustomField is what the API says of a custom field, of an unknown type as Text.
func CustomField(id, key, name, dataType string, options []Option) Field {
	t, ok := customTypes[strings.ToUpper(dataType)]
	if !ok {
		t = Text
	}
	return Field{Name: id, Custom: true, Key: key, Label: name, Type: t, Options: options}
}

// display is the name a user knows the field by.
func (f *Field) display() string { return cmp.Or(f.Key, f.Name) }
