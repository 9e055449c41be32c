package ghl

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"unicode/utf8"
)

// A page of contacts is long, and most of it is not needed. This file reads
// JSON member by member, so that what is passed over costs no more than the
// passing. All of it must be given valid JSON (json.Valid).

// members are the names and values of an object, in order; none if it is no
// object.
func members(doc []byte) iter.Seq2[string, []byte] {
	return func(yield func(name string, value []byte) bool) {
		i := blank(doc, 0)
		if i == len(doc) || doc[i] != '{' {
			return
		}
		for i = blank(doc, i+1); doc[i] != '}'; {
			end := valueEnd(doc, i)
			name := doc[i:end]
			i = blank(doc, blank(doc, end)+1) // over the colon
			end = valueEnd(doc, i)
			if !yield(memberName(name), doc[i:end]) {
				return
			}
			if i = blank(doc, end); doc[i] == ',' {
				i = blank(doc, i+1)
			}
		}
	}
}

// memberNames are those that are looked for, so that no string is made of them.
var memberNames = func() map[string]string {
	names := map[string]string{}
	for _, name := range append([]string{
		"id", "dateAdded", "tags", "additionalEmails", "additionalPhones", "customFields", "searchAfter", "address",
		"firstNameRaw", "lastNameRaw", "value", "field_value", "fieldValue", "contacts", "total", "statusCode", "status",
		"dndSettings", "inboundDndSettings", "all", "message", "code",
	}, slices.Concat(channelNames, fieldsOfAny)...) {
		names[`"`+name+`"`] = name
	}
	return names
}()

// memberName is the text of a member's name.
func memberName(quoted []byte) string {
	if name, ok := memberNames[string(quoted)]; ok {
		return name
	}
	return unquote(quoted)
}

// items are the values of an array, in order; none if it is no array.
func items(doc []byte) iter.Seq[[]byte] {
	return func(yield func(value []byte) bool) {
		i := blank(doc, 0)
		if i == len(doc) || doc[i] != '[' {
			return
		}
		for i = blank(doc, i+1); doc[i] != ']'; {
			end := valueEnd(doc, i)
			if !yield(doc[i:end]) {
				return
			}
			if i = blank(doc, end); doc[i] == ',' {
				i = blank(doc, i+1)
			}
		}
	}
}

// blank is the index of the first byte from i on that is no white space.
func blank(doc []byte, i int) int {
	for i < len(doc) && (doc[i] == ' ' || doc[i] == '\n' || doc[i] == '\r' || doc[i] == '\t') {
		i++
	}
	return i
}

// valueEnd is the index behind the value that begins at i.
func valueEnd(doc []byte, i int) int {
	switch doc[i] {
	case '"':
		return stringEnd(doc, i)
	case '{', '[':
		for depth := 0; ; i++ {
			switch doc[i] {
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			case '"':
				i = stringEnd(doc, i) - 1
			}
		}
	}
	for i < len(doc) && bytes.IndexByte([]byte(",]} \n\r\t"), doc[i]) < 0 {
		i++
	}
	return i
}

// stringEnd is the index behind the string that begins at i.
func stringEnd(doc []byte, i int) int {
	end := i + 1 + bytes.IndexByte(doc[i+1:], '"')
	if doc[end-1] != '\\' { // nearly always
		return end + 1
	}
	for i++; doc[i] != '"'; i++ {
		if doc[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// isNull tells whether a value is null.
func isNull(value []byte) bool { return value[0] == 'n' }

// anything is a value as encoding/json makes it, numbers as json.Number.
func anything(value []byte) any {
	switch value[0] {
	case '"':
		return unquote(value)
	case 'n':
		return nil
	case 't', 'f':
		return value[0] == 't'
	case '[':
		list := []any{}
		for item := range items(value) {
			list = append(list, anything(item))
		}
		return list
	case '{':
		object := map[string]any{}
		for name, member := range members(value) {
			object[name] = anything(member)
		}
		return object
	}
	return json.Number(value)
}

// unquote is the text of a string.
func unquote(value []byte) string {
	if inner := value[1 : len(value)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	var s string
	_ = json.Unmarshal(value, &s) // it is valid: cannot fail
	return s
}

// word is the text of a string or number, else "".
func word(value []byte) string {
	switch c := value[0]; {
	case c == '"':
		return unquote(value)
	case c == '-' || '0' <= c && c <= '9':
		return string(value)
	}
	return ""
}
