package load

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"time"
)

// columns reads single values of a record, which is taken apart once, and only
// if anything is asked for.
type columns struct {
	data json.RawMessage
	top  map[string]json.RawMessage
}

// at reads the value at a path of nested objects; nil if it is absent or null.
func (c *columns) at(path []string) json.RawMessage {
	if len(path) == 0 {
		return nil
	}
	if c.top == nil && json.Unmarshal(c.data, &c.top) != nil {
		return nil
	}
	value := c.top[path[0]]
	for _, name := range path[1:] {
		var object map[string]json.RawMessage
		if json.Unmarshal(value, &object) != nil {
			return nil
		}
		value = object[name]
	}
	if len(value) == 0 || bytes.Equal(value, []byte("null")) {
		return nil
	}
	return value
}

// compareCursors orders two cursor values: numbers by value, points in time by
// time, anything else as text. Nil is older than any value.
func compareCursors(a, b json.RawMessage) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	if x, ok := number(a); ok {
		if y, ok := number(b); ok {
			return x.Cmp(y)
		}
	}
	x, y := text(a), text(b)
	if s, err := time.Parse(time.RFC3339Nano, x); err == nil {
		if t, err := time.Parse(time.RFC3339Nano, y); err == nil {
			return s.Compare(t)
		}
	}
	return strings.Compare(x, y)
}

// number reads a JSON number without loss. Absurd exponents stay text: they
// would cost memory without end.
func number(raw json.RawMessage) (*big.Rat, bool) {
	if raw[0] == '"' { // some platforms send numbers as text
		raw = raw[1 : len(raw)-1]
		if !json.Valid(raw) || raw[0] == '"' {
			return nil, false
		}
	}
	if len(raw) > 64 {
		return nil, false
	}
	if i := bytes.IndexAny(raw, "eE"); i >= 0 && len(raw)-i > 4 {
		return nil, false
	}
	return new(big.Rat).SetString(string(raw))
}

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}
