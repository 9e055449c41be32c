package object

import (
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// Table is the table of an object's fields in a location that has these custom
// ones.
func Table(k *crm.Kind, custom []ghl.CustomField) *crm.Table {
	fields := make([]crm.Field, len(custom))
	for i, f := range custom {
		fields[i] = CustomField(f)
	}
	return k.Table(fields...)
}

// CustomField is the field that a definition of the API's describes.
func CustomField(f ghl.CustomField) crm.Field {
	options := make([]crm.Option, 0, len(f.Options))
	for _, o := range f.Options {
		options = append(options, crm.Option{ID: o.ID, Label: o.Label})
	}
	field := crm.CustomField(f.ID, f.Key, f.Name, f.DataType, options)
	field.OpenOptions = f.OpenOptions
	return field
}
