package records

import (
	"fmt"
	"slices"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// names are things of the location that records name: pipelines, the stages of one
// in their order, reasons. One is told by its label: its name, or its id where
// others have that name too.
type names []ghl.Named

// label is what the thing with an id is told by; the id if there is none.
func (all names) label(id string) string { return object.Label(all, id) }

// called are the places of those that have a name, without regard to case and
// blanks.
func (all names) called(name string) (at []int) { return object.Called(all, name) }

// at is the place of what an id, a label or a name means; -1 if that is nothing, or
// several.
func (all names) at(ref string) int {
	if i := slices.IndexFunc(all, func(n ghl.Named) bool { return n.ID == ref }); i >= 0 {
		return i
	}
	if at := all.called(ref); len(at) == 1 {
		return at[0]
	}
	return -1
}

// id is the id of what a label tells.
func (all names) id(label string) string {
	if i := all.at(label); i >= 0 {
		return all[i].ID
	}
	return label
}

// mostNames is how many names a reason lists.
const mostNames = 12

// find is the label of what a record means by an id or a name. Else why says that it
// means nothing, or several, and which names there are; what is a word for one.
func (all names) find(ref, what string) (label, why string) {
	if i := all.at(ref); i >= 0 {
		return all.label(all[i].ID), ""
	}
	var known []string
	for _, n := range all {
		known = append(known, n.Name)
	}
	switch more := len(known) - mostNames; {
	case len(all.called(ref)) > 1:
		return "", fmt.Sprintf("more than one %s has this name: give the id", what)
	case len(known) == 0:
		return "", "there is no " + what
	case more > 0:
		known = append(known[:mostNames], words.Grouped(more)+" more")
	}
	return "", fmt.Sprintf("no %s has this name or id; the names are %s", what, words.List(known))
}
