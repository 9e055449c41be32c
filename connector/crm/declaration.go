package crm

import (
	"encoding/json"
	"slices"
)

// declaration is what a schema says of a column, or of a member of an object.
type declaration struct {
	name   string
	schema []byte // nil if nothing
}

// inOrder returns columns in the order of the schema; those that it does not
// have follow, in theirs.
func inOrder(columns []string, schema json.RawMessage) []declaration {
	if !json.Valid(schema) {
		schema = nil
	}
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
	declared := memberOf(schema, "properties")
	if declared == nil || declared[0] != '{' {
		return nil
	}
	var list []declaration
	eachMember(declared, func(name, schema []byte) {
		list = append(list, declaration{string(name), schema})
	})
	return list
}

// memberOf is a member of a JSON object; nil if there is none, or no object.
func memberOf(object []byte, name string) (value []byte) {
	if len(object) == 0 || object[skipSpace(object, 0)] != '{' {
		return nil
	}
	eachMember(object, func(key, member []byte) {
		if string(key) == name {
			value = member
		}
	})
	return value
}

// isScalar reports whether the schema says that there is no object or list.
func (d declaration) isScalar() bool {
	var types []string
	one := memberOf(d.schema, "type")
	switch {
	case one == nil:
		return false
	case one[0] == '"':
		types = []string{unquote(one)}
	case one[0] == '[':
		eachElement(one, func(element []byte) {
			if element[0] == '"' {
				types = append(types, unquote(element))
			}
		})
	}
	return len(types) > 0 && !slices.Contains(types, "object") && !slices.Contains(types, "array")
}
