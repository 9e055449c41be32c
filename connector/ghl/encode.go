package ghl

import (
	"encoding/json"
	"maps"
	"slices"
	"unicode/utf8"
)

// appendJSON appends a value as [json.Marshal] writes it: what bodies are mostly made of
// without reflection, everything else by it.
func appendJSON(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, v)
	case located:
		return appendObject(b, v.ContactBody, v.location)
	case ContactBody:
		return appendObject(b, v, "")
	case map[string]any:
		return appendObject(b, v, "")
	case []FieldBody:
		return appendList(b, v, appendField)
	case []string:
		return appendList(b, v, appendText)
	}
	return appendOther(b, v)
}

// appendObject appends the members, and the location unless that is "".
func appendObject(b []byte, members map[string]any, location string) (_ []byte, err error) {
	if members == nil && location == "" {
		return append(b, "null"...), nil
	}
	var few [24]string // as many as a contact has
	names := slices.AppendSeq(few[:0], maps.Keys(members))
	if _, given := members[locationID]; location != "" && !given {
		names = append(names, locationID)
	}
	slices.Sort(names)
	for i, name := range names {
		value := members[name]
		if name == locationID && location != "" {
			value = location
		}
		if b, err = appendText(append(b, opening(i, '{')), name); err != nil {
			return nil, err
		}
		if b, err = appendJSON(append(b, ':'), value); err != nil {
			return nil, err
		}
	}
	if len(names) == 0 {
		b = append(b, '{')
	}
	return append(b, '}'), nil
}

func appendList[T any](b []byte, list []T, element func([]byte, T) ([]byte, error)) (_ []byte, err error) {
	if list == nil {
		return append(b, "null"...), nil
	}
	for i, v := range list {
		if b, err = element(append(b, opening(i, '[')), v); err != nil {
			return nil, err
		}
	}
	if len(list) == 0 {
		b = append(b, '[')
	}
	return append(b, ']'), nil
}

// opening is what stands before a member or an element.
func opening(i int, bracket byte) byte {
	if i > 0 {
		return ','
	}
	return bracket
}

func appendField(b []byte, f FieldBody) ([]byte, error) {
	b, err := appendText(append(b, `{"id":`...), f.ID)
	if err != nil {
		return nil, err
	}
	if f.AsValue {
		b = append(b, `,"value":`...)
	} else {
		b = append(b, `,"field_value":`...)
	}
	if b, err = appendJSON(b, f.Value); err != nil {
		return nil, err
	}
	return append(b, '}'), nil
}

func appendText(b []byte, s string) ([]byte, error) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return appendOther(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"'), nil
}

func appendOther(b []byte, v any) ([]byte, error) {
	doc, err := json.Marshal(v)
	return append(b, doc...), err
}
