package crm

import (
	"encoding/json"
	"slices"

	"destination-gohighlevel/connector/jsonscan"
)

// declaration is what a schema says of a column, or of a member of an object.
type declaration struct {
	name   string
	schema []byte // nil if nothing
}

// inOrder returns columns in the order of the schema; those that it lacks follow.
func inOrder(columns []string, schema json.RawMessage) []declaration {
	var list []declaration
	wanted := make(map[string]bool, len(columns))
	for _, name := range columns {
		wanted[name] = true
	}
	for _, p := range declarations(schema) {
		if wanted[p.name] {
			wanted[p.name] = false
			list = append(list, p)
		}
	}
	for _, name := range columns {
		if wanted[name] {
			wanted[name] = false
			list = append(list, declaration{name: name})
		}
	}
	return list
}

// declarations are the members that a schema, valid JSON or nil, declares.
func declarations(schema []byte) []declaration {
	var list []declaration
	for name, schema := range jsonscan.Members(jsonscan.Member(schema, "properties")) {
		list = append(list, declaration{string(name), schema})
	}
	return list
}

// isScalar reports whether the schema says that there is no object or list.
func (d declaration) isScalar() bool {
	var types []string
	one := jsonscan.Member(d.schema, "type")
	if name, _ := jsonscan.Text(one); name != "" {
		types = []string{name}
	}
	for element := range jsonscan.Elements(one) {
		if name, _ := jsonscan.Text(element); name != "" {
			types = append(types, name)
		}
	}
	return len(types) > 0 && !slices.Contains(types, "object") && !slices.Contains(types, "array")
}
