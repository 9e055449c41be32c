package connector

import (
	"encoding/json"
	"slices"
	"strings"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/export"
)

// contactHeadings are those of HighLevel's own import and export of contacts, by
// property and in their order. What is not there follows.
var contactHeadings = []export.Column{
	{Property: "id", Heading: "Contact Id"}, {Property: "firstName", Heading: "First Name"}, {Property: "lastName", Heading: "Last Name"},
	{Property: "email", Heading: "Email"}, {Property: "phone", Heading: "Phone"}, {Property: "companyName", Heading: "Company Name"},
	{Property: "address1", Heading: "Street Address"}, {Property: "city", Heading: "City"}, {Property: "state", Heading: "State"},
	{Property: "postalCode", Heading: "Postal Code"}, {Property: "country", Heading: "Country"}, {Property: "website", Heading: "Website"},
	{Property: "dateOfBirth", Heading: "Date Of Birth"}, {Property: "source", Heading: "Contact Source"}, {Property: "tags", Heading: "Tags"},
	{Property: "dnd", Heading: "DND"}, {Property: "assignedTo", Heading: "Assigned To"}, {Property: "business", Heading: "Business"},
	{Property: "dateAdded", Heading: "Created"}, {Property: "dateUpdated", Heading: "Updated"},
}

// exportColumns are the columns of the CSV of an object: its properties, and a mark of what
// is deleted where that is asked for.
func exportColumns(object string, schema json.RawMessage, table *crm.Table, deleted bool) (columns []export.Column) {
	names := export.Properties(schema)
	if object == defaultObject {
		for _, c := range contactHeadings {
			if i := slices.Index(names, c.Property); i >= 0 {
				columns, names = append(columns, c), slices.Delete(names, i, i+1)
			}
		}
	}
	custom := map[string]*crm.Field{}
	for _, p := range table.Properties() {
		if p.Field.Custom && object == defaultObject {
			custom[p.Name] = p.Field
		}
	}
	for _, name := range names {
		f := custom[name]
		columns = append(columns, export.Column{Property: name, Heading: heading(name, f, table, columns), Spelt: hasCommas(f)})
	}
	if deleted {
		columns = append(columns, export.Column{Property: export.DeletedColumn, Heading: export.DeletedColumn})
	}
	return columns
}

// heading is the name by which people know a custom field, if that leads back to it: two
// may have one name, or that of another field.
func heading(property string, f *crm.Field, table *crm.Table, before []export.Column) string {
	if f == nil || f.Label == "" || strings.TrimSpace(f.Label) != f.Label || strings.ContainsAny(f.Label, "@\r\n") || table.Find(f.Label) != f ||
		slices.ContainsFunc(before, func(c export.Column) bool { return c.Heading == f.Label }) {
		return property
	}
	return f.Label
}

// hasCommas reports whether a choice of a field has a sign by which lists are cut.
func hasCommas(f *crm.Field) bool {
	return f != nil && slices.ContainsFunc(f.Options, func(o crm.Option) bool { return export.Separates(o.Label) })
}
