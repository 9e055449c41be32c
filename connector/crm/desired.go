package crm

import (
	"maps"
	"time"

	"destination-gohighlevel/connector/trouble"
)

// Value is a wanted value of one field.
type Value struct {
	Data any  // canonical form by [Type]; nil clears the field
	When When // when to write it
	// Lifts lets a value of do-not-disturb open what is closed, but never what
	// is permanent. Without it such a value only ever tightens.
	Lifts bool
	// At dates a value that is written [IfNewer], in microseconds since 1970; 0: the
	// record has no time.
	At int64
}

// Desired is what a record asks for. A field that is absent from Values is left alone.
// Lists and maps among the values must not be changed: contacts may share them.
type Desired struct {
	Values  map[string]Value // by Field.Name; never holds tags, id, links or a name that could be split
	Tags    []string         // named for sure: lower-cased, trimmed, unique, in order of appearance
	Phrases []Phrase         // texts that name several tags, or one: see [Desired.TagsFor]
	Keys    []Key            // in order of trust, only those with a value
	Parent  []Key            // keys of the contact that it belongs to, in order of trust; Keys are its own
	Deleted bool             // the source deleted the record
	// TagsSaid tells that the record said something of tags, be it that there are
	// none: the contact loses those of ManagedTags that are not in Tags.
	TagsSaid bool
	// OtherCountry tells that the record names a country that cannot be read: the
	// default country, which is known to be doubtful then, does not apply.
	OtherCountry bool
	ManagedTags  []string // tags, or "prefix*", in lower case
	// UnreadKey is a field that people are matched by and that is trusted more
	// than those of Keys; the record has a value there that cannot be read, or
	// that was lost.
	UnreadKey string
	// FullName is what the first and the last name of Values were split from: if
	// the contact's parts make the same name, they differ by the rule only. It is
	// "" if the record gave a part itself.
	FullName string
	// Links are what the object is to be linked to, by Field.Name; nil data takes
	// the link away. No Change holds them: links are written by calls of their own.
	Links map[string]Value
	// Fallbacks are the email and phone of Values that come from a column of
	// second choice (home, other): they identify nobody. Whoever writes them has
	// to look for somebody else who has them, and to leave them out then.
	Fallbacks []Key
	// UnclearConsent is set if a column about do-not-disturb cannot be read. It
	// rejects a record that would make a contact, since nobody knows whether the
	// person may be contacted; an existing contact is left as it is.
	UnclearConsent *trouble.Reject
}

// Clone is a copy whose values can be changed, though what they hold is shared.
func (d Desired) Clone() Desired {
	d.Values = maps.Clone(d.Values)
	return d
}

// Defaults fill what a record does not say. Source is used on create only;
// Country also where the CRM's country is empty. Neither overwrites.
type Defaults struct{ Source, Country string }

// of are the defaults that apply to one contact. have is nil for a new one. The
// country is none against the calling code of the phone.
func (d Defaults) of(want Desired, have *Contact) Defaults {
	if d.Country == "" {
		return d
	}
	phone, _ := want.Values[fieldPhone].Data.(string)
	if phone == "" && have != nil {
		phone, _ = have.Values[fieldPhone].(string)
	}
	if want.OtherCountry || callsElsewhere(phone, d.Country) {
		d.Country = ""
	}
	return d
}

// Contact is what the CRM told about a contact. In Values, a key with nil means
// the CRM holds nothing there; so does an absent one that is in Told. Any other
// absent key means that the answer did not tell: see [Contact.Held].
type Contact struct {
	ID          string
	Values      map[string]any  // canonical, by Field.Name
	Told        map[string]bool // fields that are named where they hold something; shared, so not to be changed
	Prints      Prints          // of fields of which nothing else is known: none of them is in Values
	Tags        []string
	Added       string // when it was created, as the API says it
	OtherEmails []string
	OtherPhones []string
	// Changed is when others than this connector changed it last, zero if nobody has; nil
	// if that is not known.
	Changed *time.Time
	// InboundStopped tells that the person has stopped what they send and get
	// altogether, which nothing but the CRM itself can write.
	InboundStopped bool
}

// Change is the smallest write that turns a contact into the desired one.
type Change struct {
	Set        map[string]any // by Field.Name; nil clears
	AddTags    []string       // tags the contact lacks
	RemoveTags []string       // managed tags that the contact has and the record does not name
	Unknown    []string       // fields whose current value decides and was not told, sorted; not in Set
	Kept       bool           // the record would lift a do-not-disturb that stays
	Older      []string       // fields that stay since others changed the contact after the record, sorted
}

// Empty reports whether there is nothing to write. Unknown fields do not count:
// the caller has to fetch them first.
func (c Change) Empty() bool {
	return len(c.Set) == 0 && len(c.AddTags) == 0 && len(c.RemoveTags) == 0
}
