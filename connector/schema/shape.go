package schema

import (
	"encoding/json"
	"slices"

	"destination-gohighlevel/connector/jsonscan"
)

// shape is a schema that asks for nothing but types, members and items, as all of a database's do. Whether a value fits is seen from
// its text, without decoding it; what does not fit, the library has the word on, and says why.
type shape struct {
	never    bool                   // nothing fits
	kinds    kinds                  // 0: any
	members  jsonscan.Names[member] // of an object
	others   *shape                 // of its members that are not in members
	required uint64                 // the bits of all members that must be there
	items    *shape                 // of an array; a nil shape fits anything
}

// member is a member of an object.
type member struct {
	*shape
	bit uint64 // that stands for it, if it must be there
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
	var declared map[string]*shape
	var required []string
	for keyword, v := range keywords {
		fine := true
		switch keyword {
		case "type":
			list, _ := v.([]any)
			s.kinds = kindsOf(texts(list))
		case "properties":
			declared, fine = shapesOf(v, depth)
		case "additionalProperties":
			s.others, fine = shapeOf(v, depth+1)
		case "required":
			required, _ = v.([]string)
			fine = len(required) <= mostRequired
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
	if ok {
		s.know(declared, required)
	}
	return s, ok
}

// know enters the members that a schema names.
func (s *shape) know(declared map[string]*shape, required []string) {
	bits := make(map[string]uint64, len(required))
	for i, name := range required {
		bits[name] = 1 << i
		s.required |= 1 << i
		if _, ok := declared[name]; !ok {
			s.members.Know(name, member{s.others, bits[name]})
		}
	}
	for name, of := range declared {
		s.members.Know(name, member{of, bits[name]})
	}
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
	if s.members.Len() == 0 && s.others == nil {
		return true
	}
	var seen uint64
	s.members.Begin()
	for name, value := range jsonscan.Members(object) {
		of, bit := s.others, uint64(0)
		if m := s.members.Of(name); m != nil {
			of, bit = m.shape, m.bit
		}
		if !of.fits(value) {
			return false
		}
		seen |= bit
	}
	return seen == s.required
}
