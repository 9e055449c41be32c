package crm

import (
	"strconv"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
)

// anyEntry is the step of a path for the first entry of a list that has the rest.
const anyEntry = "*"

// follow walks a dotted path into objects and lists. A member whose name is the whole
// rest of the path wins; names are taken in any spelling, the exact one first.
// Everything beneath null is null; found is false where the path leads nowhere.
func follow(raw []byte, path string) (value []byte, found bool) {
	if path == "" {
		return raw, true
	}
	switch raw[0] {
	case 'n':
		return raw, true
	case '{':
		return followMember(raw, path)
	case '[':
		step, rest, _ := strings.Cut(path, ".")
		if step == anyEntry {
			return followAny(raw, rest)
		}
		if want, err := strconv.Atoi(step); err == nil && want >= 0 {
			return followEntry(raw, want, rest)
		}
	}
	return nil, false
}

func followEntry(list []byte, want int, rest string) (value []byte, found bool) {
	for element := range jsonscan.Elements(list) {
		if want--; want < 0 {
			return follow(element, rest)
		}
	}
	return nil, false
}

// followAny takes the first entry in which the rest of the path is there, best no blank.
func followAny(list []byte, rest string) (value []byte, found bool) {
	for element := range jsonscan.Elements(list) {
		switch v, ok := follow(element, rest); {
		case !ok || element[0] == 'n':
		case !isBlank(v):
			return v, true
		case !found:
			value, found = v, true
		}
	}
	return value, found
}

func followMember(object []byte, path string) (value []byte, found bool) {
	step, rest, more := strings.Cut(path, ".")
	if whole := jsonscan.Member(object, path); whole != nil {
		return whole, true
	}
	folded := fold(step)
	value = spelledMember(object, step, func(key string) bool { return folded != "" && fold(key) == folded })
	if value == nil || !more {
		return value, value != nil
	}
	return follow(value, rest)
}

// spelledMember is the member of that name, else the first one in the order of the
// alphabet that is the same in another spelling: the order of the members decides
// nothing. It is nil if there is none.
func spelledMember(object []byte, name string, same func(key string) bool) (value []byte) {
	spelling := ""
	for key, member := range jsonscan.Members(object) {
		switch {
		case string(key) == name:
			spelling, value = name, member
		case spelling == name && value != nil:
		case value == nil || string(key) < spelling:
			if same(string(key)) {
				spelling, value = string(key), member
			}
		}
	}
	return value
}
