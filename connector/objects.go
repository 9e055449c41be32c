package connector

import (
	"slices"

	"destination-gohighlevel/connector/contacts"
	"destination-gohighlevel/connector/object"
)

// objects are all that can be written, in the order in which the records of a
// window are. The first is what a stream is written to that names none.
var objects = []object.Descriptor{contacts.Describe()}

// lookup returns the object with this name; the empty name is the first one.
func lookup(name string) (object.Descriptor, bool) {
	i := slices.IndexFunc(objects, func(d object.Descriptor) bool { return name == "" || d.Name == name })
	if i < 0 {
		return object.Descriptor{}, false
	}
	return objects[i], true
}
