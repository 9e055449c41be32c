// Package jsonscan walks through JSON that is known to be valid, without
// decoding what nobody asks for. Names and texts are as encoding/json reads them,
// and of members with the same name all are yielded: the last one counts there.
//
// Nothing is checked again: what is given must have passed [Valid], or be a
// part that this package has yielded of such a document. On other input a
// function may panic or return nonsense. Nothing recurses, and only names and
// texts with escapes or broken characters are copied: all others lie in the
// document, and change with it.
package jsonscan

import (
	"bytes"
	"encoding/json"
	"iter"
	"unicode/utf8"
)

// Members yields the names and values of an object, in order; none of any other
// value. White space around the object is allowed.
func Members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		i := skipSpace(object, 0)
		if i == len(object) || object[i] != '{' {
			return
		}
		for i = skipSpace(object, i+1); object[i] != '}'; {
			end, plain := skipString(object, i)
			name := object[i+1 : end-1]
			if !plain {
				name = Unquote(object[i:end])
			}
			i = skipSpace(object, skipSpace(object, end)+1) // past the colon
			end = skipValue(object, i)
			if !yield(name, object[i:end]) {
				return
			}
			if i = skipSpace(object, end); object[i] == ',' {
				i = skipSpace(object, i+1)
			}
		}
	}
}

// Pair is a member of an object.
type Pair struct{ Name, Value []byte }

// AppendMembers appends what [Members] yields, for who goes through it several times.
func AppendMembers(pairs []Pair, object []byte) []Pair {
	for name, value := range Members(object) {
		pairs = append(pairs, Pair{name, value})
	}
	return pairs
}

// Elements yields the values of an array, in order; none of any other value.
// White space around the array is allowed.
func Elements(array []byte) iter.Seq[[]byte] {
	return func(yield func(value []byte) bool) {
		i := skipSpace(array, 0)
		if i == len(array) || array[i] != '[' {
			return
		}
		for i = skipSpace(array, i+1); array[i] != ']'; {
			end := skipValue(array, i)
			if !yield(array[i:end]) {
				return
			}
			if i = skipSpace(array, end); array[i] == ',' {
				i = skipSpace(array, i+1)
			}
		}
	}
}

// Member returns the value of an object's member; nil if it has none of that
// name, or is no object.
func Member(object []byte, name string) (value []byte) {
	for key, member := range Members(object) {
		if string(key) == name {
			value = member
		}
	}
	return value
}

// Map returns the values of an object's members by name; nil of any other value.
func Map(object []byte) map[string]json.RawMessage {
	if First(Trim(object)) != '{' {
		return nil
	}
	members := make(map[string]json.RawMessage)
	for name, value := range Members(object) {
		members[string(name)] = value
	}
	return members
}

// Properties returns the schemas of the properties that a JSON schema declares;
// nil if it declares none in a form that makes sense.
func Properties(schema []byte) map[string]json.RawMessage { return Map(Member(schema, "properties")) }

// Offset returns where in text a part begins that was yielded of it.
func Offset(text, part []byte) int { return cap(text) - cap(part) } // both reach to the end of what text is a slice of

// First returns the first byte of a value, which tells its type: one of {["tfn, a
// minus or a digit; 0 of a value that is not there.
func First(value []byte) byte {
	if len(value) == 0 {
		return 0
	}
	return value[0]
}

// IsNull reports whether a value is null, or not there at all.
func IsNull(value []byte) bool { return len(value) == 0 || value[0] == 'n' }

// Text returns the text of a string, "" of null and of a value that is not there;
// ok is false for any other value.
func Text(value []byte) (text string, ok bool) {
	if First(value) == '"' {
		return string(Unquote(value)), true
	}
	return "", IsNull(value)
}

// Quote is a text as a JSON string.
func Quote(text string) []byte {
	quoted, _ := json.Marshal(text) // a text can be
	return quoted
}

// Unquote returns the text of a string.
func Unquote(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 && utf8.Valid(quoted) {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // it is valid
	return []byte(s)
}

// Nested returns the object or array that a string holds as JSON, as sources
// without either carry them; nil if it holds none.
func Nested(quoted []byte) []byte {
	if first := First(Trim(quoted[1 : len(quoted)-1])); first != '{' && first != '[' {
		return nil
	}
	if inside := Trim(Unquote(quoted)); Valid(inside) {
		return inside
	}
	return nil
}

// Trim removes the white space that JSON knows from both ends of a text, which
// may be anything.
func Trim(text []byte) []byte {
	for len(text) > 0 && isSpace(text[0]) {
		text = text[1:]
	}
	for len(text) > 0 && isSpace(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// skipSpace returns the index of the first byte from i on that is no white space.
// Between the values of valid JSON there is nothing else below it.
func skipSpace(text []byte, i int) int {
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	return i
}

// skipString returns the index after the string that begins at i. It is plain if
// there are no escapes in it, and only ASCII.
func skipString(text []byte, i int) (end int, plain bool) {
	plain = true
	for i++; ; i++ {
		switch c := text[i]; {
		case c == '"':
			return i + 1, plain
		case c == '\\':
			plain = false
			i++
		case c >= utf8.RuneSelf:
			plain = false
		}
	}
}

// skipValue returns the index after the value that begins at i.
func skipValue(text []byte, i int) int {
	switch text[i] {
	case '"':
		i, _ = skipString(text, i)
		return i
	case '{', '[':
		return skipNested(text, i)
	}
	for ; i < len(text); i++ { // a number, true, false or null
		switch text[i] {
		case ',', ']', '}', ' ', '\t', '\r', '\n':
			return i
		}
	}
	return i
}

func skipNested(text []byte, i int) int {
	for depth := 0; ; i++ {
		for !isBracketOrQuote[text[i]] {
			i++
		}
		switch text[i] {
		case '"':
			for i++; text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
		default:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

var isBracketOrQuote = [256]bool{'"': true, '{': true, '[': true, '}': true, ']': true}
