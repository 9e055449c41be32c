package object

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"time"

	"destination-gohighlevel/connector/jsonscan"
)

// CompareCursors orders two cursor values: numbers by value, points in time by
// time, anything else as text. Nil is older than any value.
func CompareCursors(a, b json.RawMessage) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	case bytes.Equal(a, b):
		return 0
	}
	if looksLikeNumber(a) && looksLikeNumber(b) {
		if x, ok := number(a); ok {
			if y, ok := number(b); ok {
				return x.Cmp(y)
			}
		}
	}
	if a, b = text(a), text(b); isAlike(a, b) {
		return bytes.Compare(a, b)
	}
	x, y := string(a), string(b)
	if s, err := time.Parse(time.RFC3339Nano, x); err == nil {
		if t, err := time.Parse(time.RFC3339Nano, y); err == nil {
			return s.Compare(t)
		}
	}
	return strings.Compare(x, y)
}

// isAlike reports whether two texts are times in UTC, or could be, that differ in nothing
// but their digits, as nearly all cursors of a stream do: those sort as texts. Of longer
// ones a time does not hold all digits.
func isAlike(a, b []byte) bool {
	if len(a) != len(b) || len(a) == 0 || len(a) > len("2006-01-02T15:04:05.999999999Z") || a[len(a)-1] != 'Z' {
		return false
	}
	for i := range a {
		if a[i] != b[i] && (a[i]-'0' > 9 || b[i]-'0' > 9) {
			return false
		}
	}
	return true
}

// looksLikeNumber reports whether a value consists of what numbers do, so that to read
// it is worth a try.
func looksLikeNumber(raw json.RawMessage) bool {
	for _, c := range bytes.Trim(raw, `"`) {
		if (c < '0' || c > '9') && bytes.IndexByte([]byte("+-.eE"), c) < 0 {
			return false
		}
	}
	return true
}

// number reads a JSON number without loss. Absurd exponents stay text.
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

func text(raw json.RawMessage) []byte {
	if raw[0] == '"' {
		return jsonscan.Unquote(raw)
	}
	return raw
}
