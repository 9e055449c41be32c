package crm

import (
	"cmp"
	"slices"
	"strings"
)

// Schema is a JSON schema, as far as fields need one. Marshalling the same
// table's schemas twice gives the same bytes.
type Schema struct {
	Type        string            `json:"type"`
	Title       string            `json:"title,omitempty"` // the name shown to people
	Description string            `json:"description,omitempty"`
	Format      string            `json:"format,omitempty"`
	Enum        []string          `json:"enum,omitempty"`
	Items       *Schema           `json:"items,omitempty"`
	Properties  map[string]Schema `json:"properties,omitempty"`
	// AdditionalProperties is nil where nothing is said of them.
	AdditionalProperties *bool `json:"additionalProperties,omitempty"`
}

// Property offers a field under a column name that leads to it and to no other.
type Property struct {
	// Name is a column that [Compile] resolves to exactly this field, by its
	// exact name: no alias and no display name can take it away.
	Name   string
	Field  *Field
	Schema Schema
	// Key tells that the field can identify a contact, and so be in MatchOn:
	// under Name for a standard field, as "custom_field:" and Name otherwise.
	Key bool
	// Finds tells that the field takes part in finding a contact: the keys, those of
	// a parent, and the country, which completes phone numbers.
	Finds bool
}

// Properties returns a property for every field that can be written, and for the
// object's id, sorted by name. A field that no column can reach has none.
func (t *Table) Properties() []Property {
	var list []Property
	for i, f := range t.fields {
		column := t.column(i)
		if column == "" || f.Type == Unwritable {
			continue
		}
		key := f.isKey() && !t.isParents(f)
		list = append(list, Property{Name: column, Field: f, Schema: f.schema(), Key: key, Finds: key || t.isParents(f) || f.about().part == partCountry})
	}
	slices.SortFunc(list, func(a, b Property) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// column is the shortest name that leads to a field and to no other: a key
// without its prefix may be taken by a standard field or another custom field,
// and a name that speaks of ids or of the platform never reaches a custom one.
func (t *Table) column(field int) string {
	f := t.fields[field]
	if f.Type == ID {
		return f.Name
	}
	for _, name := range []string{strings.TrimPrefix(f.Key, t.kind.prefix), f.Key, f.Name} {
		i, taken := t.exact[name]
		if taken && i == field && !t.isIDColumn(name) && !isInternal(name) {
			return name
		}
	}
	return ""
}

// isKey reports whether a field can identify an object: the standard
// identifiers, and custom fields that may hold a number or text from another
// system. Long texts, amounts and options are searchable but shared by many.
func (f *Field) isKey() bool {
	if !f.Custom {
		return f.about().key
	}
	switch f.Type {
	case Text, Number, Phone, Email:
		return true
	}
	return false
}

// forms are those in which values are best sent. What lists hold is added per field.
var forms = map[Type]Schema{
	Text:      {Type: "string"},
	LargeText: {Type: "string", Description: "Text of any number of lines."},
	Email:     {Type: "string", Format: "email", Description: "Becomes lower case."},
	Phone: {Type: "string", Description: "Becomes E.164, like +12025550123. " +
		"Without a country code the record's country decides, else default_country."},
	Country: {Type: "string", Description: "An ISO code or a name in any language; becomes the two-letter ISO code. " +
		"Also completes phone numbers that have no country code."},
	Date: {Type: "string", Format: "date", Description: "Becomes YYYY-MM-DD. " +
		"ISO dates and date-times, dates in the order of date_order, with the name of a month or as Unix times are understood."},
	Time: {Type: "string", Format: "date-time", Description: "Becomes UTC. A day without a time is noon. " +
		"ISO dates and date-times, dates in the order of date_order, with the name of a month or as Unix times are understood."},
	Bool:    {Type: "boolean"},
	Channel: {Type: "boolean", Description: "True stops messages on this channel."},
	Number:  {Type: "number", Description: "Texts are understood too: currency signs and thousands separators are removed."},
	Money:   {Type: "number", Description: "An amount. Texts are understood too: currency signs and thousands separators are removed."},
	SingleOption: {Type: "string", Description: "One of the field's options, by its label in upper or lower case. " +
		"Any other value is left out."},
	MultiOption: {Type: "array", Description: "Some of the field's options, by their labels in upper or lower case: " +
		"a list, or one text separated by lines, semicolons or commas. Other values are left out."},
	TextboxList: {Type: "object", Description: "One text per box, by the box's id or label."},
	File:        {Type: "object", Description: "A file as HighLevel describes it, passed on as it is."},
	Timezone:    {Type: "string", Description: "A zone by its IANA, Windows or Rails name; becomes the IANA name, like America/New_York."},
	TagList: {Type: "array", Description: "A list, or one text separated by commas; becomes lower case. " +
		"Added to the configured tags and to those that the contact has."},
	UserID: {Type: "string", Description: "A HighLevel user, by id, email or full name."},
	ID:     {Type: "string"},
	Link:   {Type: "string"},
}

// openForms describe the values of fields whose options are open.
var openForms = map[Type]string{
	SingleOption: "One of the field's options, by its label in upper or lower case, or any other text.",
	MultiOption: "Some of the field's options, by their labels in upper or lower case, or any other texts: " +
		"a list, or one text separated by lines, semicolons or commas.",
}

// schema describes the values that a field takes.
func (f *Field) schema() Schema {
	s, about := forms[f.Type], f.about()
	s.Description = cmp.Or(about.remark, s.Description)
	s.Title = about.title
	if f.Custom {
		s.Title = cmp.Or(f.Label, f.display())
	}
	if f.OpenOptions {
		s.Description = cmp.Or(openForms[f.Type], s.Description)
	}
	switch f.Type {
	case SingleOption:
		s.Enum = f.labels()
	case MultiOption, TagList:
		s.Items = &Schema{Type: "string", Enum: f.labels()}
	case TextboxList:
		s.Properties = f.boxes()
	}
	return s
}

// labels are the options that a record can choose, each once, in the order in
// which the location shows them; none where it may choose others too.
func (f *Field) labels() []string {
	if f.OpenOptions {
		return nil
	}
	var labels []string
	for _, o := range f.Options {
		if label, ok := optionLabel(f, o.Label); ok && !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	return labels
}

// boxes are the texts of a textbox list, by id: two boxes may share a label.
func (f *Field) boxes() map[string]Schema {
	boxes := make(map[string]Schema, len(f.Options))
	for _, o := range f.Options {
		if o.ID != "" {
			boxes[o.ID] = Schema{Type: "string", Title: o.Label}
		}
	}
	return boxes
}
