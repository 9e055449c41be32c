package schema

import (
	"encoding/json"
	"slices"

	"destination-gohighlevel/connector/jsonscan"
)

// shape is a schema that asks for nothing but types, members and items, as all of a database's do. Whether a value fits is seen from
// its text, without decoding it; what does not fit, the library has the word on, and says why.
type shape struct {
	never    bool              // nothing fits
	kinds    kinds             // 0: any
	members  map[string]*shape // of an object; a nil shape fits anything
	others   *shape            // of its members that are not in members
	required map[string]uint64 // members that must be there, a bit each
	items    *shape            // of an array
}

// mostRequired is how many bits there are for members that must be there.
const mostRequired = 64

// shapeOf is the shape of a softened schema; nil fits anything. It is not ok if the schema asks for something that no shape has.
func shapeOf(soft any, depth int) (s *shape, ok bool) {
	keywords, isObject := soft.(map[string]any)
	switch {
	case depth == deepest: // the library takes what lies there for empty
		return nil, false
	case !isObject:
		s := &shape{never: true}
		if soft != false {
			s = nil
		}
		return s, true
	case len(keywords) == 0:
		return nil, true
	}
	s, ok = &shape{}, true
	for keyword, v := range keywords {
		fine := true
		switch keyword {
		case "type":
			list, _ := v.([]any)
			s.kinds = kindsOf(texts(list))
		case "properties":
			s.members, fine = shapesOf(v, depth)
		case "additionalProperties":
			s.others, fine = shapeOf(v, depth+1)
		case "required":
			names, _ := v.([]string)
			s.required, fine = bitsOf(names), len(names) <= mostRequired
		case "items":
			if _, tuple := v.([]any); tuple {
				return nil, false
			}
			s.items, fine = shapeOf(v, depth+1)
		default:
			fine = false
		}
		ok = ok && fine
	}
	return s, ok
}

func shapesOf(properties any, depth int) (shapes map[string]*shape, ok bool) {
	members, ok := properties.(map[string]any)
	shapes = make(map[string]*shape, len(members))
	for name, soft := range members {
		var fine bool
		shapes[name], fine = shapeOf(soft, depth+1)
		ok = ok && fine
	}
	return shapes, ok
}

func bitsOf(names []string) map[string]uint64 {
	bits := make(map[string]uint64, len(names))
	for i, name := range names {
		bits[name] = 1 << i
	}
	return bits
}

// kinds are types, a bit each in the order of [jsonTypes].
type kinds uint8

func kindsOf(types []string) (k kinds) {
	for _, t := range types {
		k |= 1 << slices.Index(jsonTypes, t)
	}
	return k
}

// have reports whether a value is of one of the types; of any, if there are none.
func (k kinds) have(value json.RawMessage) bool {
	var kind, whole kinds
	switch value[0] {
	case 'n':
		kind = 1 << 0
	case 't', 'f':
		kind = 1 << 1
	case '{':
		kind = 1 << 2
	case '[':
		kind = 1 << 3
	case '"':
		kind = 1 << 5
	default:
		kind, whole = 1<<4, 1<<6
	}
	return k == 0 || k&kind != 0 || k&whole != 0 && (isPlain(value) || isWhole(string(value)))
}

// fits reports whether a value has the shape. Of several members with one name all must fit, though only the last one counts.
func (s *shape) fits(value json.RawMessage) bool {
	if s == nil {
		return true
	}
	if s.never {
		return false
	}
	if !s.kinds.have(value) {
		return false
	}
	switch value[0] {
	case '{':
		return s.fitMembers(value)
	case '[':
		if s.items == nil {
			return true
		}
		for item := range jsonscan.Elements(value) {
			if !s.items.fits(item) {
				return false
			}
		}
	}
	return true
}

func (s *shape) fitMembers(object json.RawMessage) bool {
	if s.members == nil && s.others == nil && len(s.required) == 0 {
		return true
	}
	var seen uint64
	for name, value := range jsonscan.Members(object) {
		member, declared := s.members[string(name)]
		if !declared {
			member = s.others
		}
		if !member.fits(value) {
			return false
		}
		if len(s.required) > 0 {
			seen |= s.required[string(name)]
		}
	}
	return seen == 1<<len(s.required)-1
}
