package crm

import (
	"slices"
	"strings"

	"destination-gohighlevel/connector/trouble"
)

// isKeyed reports whether an undeclared member of a container is data: then the
// members are the keys of a map, and none of their names is told.
func (p *Plan) isKeyed(in *container, name string) bool {
	if !in.isMap && !trouble.Tellable(name) {
		in.isMap = true
		p.late = slices.DeleteFunc(p.late, func(h Hint) bool { return strings.HasPrefix(h.Column, in.path) })
	}
	return in.isMap
}

// told is the name of a column as far as it may be told.
func told(column string) string {
	if trouble.Tellable(column) {
		return column
	}
	return ""
}
