package connector

import (
	"cmp"
	"slices"

	"destination-gohighlevel/connector/contacts"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/records"
)

// objects are all that can be written, in the order in which the records of a
// window are: what others are linked to comes first.
var objects = []object.Descriptor{records.Businesses(), contacts.Describe(), contacts.Suppressions(), records.Notes(), records.Tasks(), records.Opportunities()}

// defaultObject is what a stream is written to that names none.
var defaultObject = crm.Contacts.Name

// lookup returns the object with this name; the empty name is the default.
func lookup(name string) (object.Descriptor, bool) {
	i := slices.IndexFunc(objects, func(d object.Descriptor) bool { return d.Name == cmp.Or(name, defaultObject) })
	if i < 0 {
		return object.Descriptor{}, false
	}
	return objects[i], true
}
