package contacts

import (
	"destination-gohighlevel/connector/object"
	"encoding/json"
	"testing"
)

func TestCursorsCompare(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{``, ``, 0}, {``, `1`, -1}, {`1`, ``, 1},
		{`9`, `10`, -1}, {`1.0`, `1`, 0}, {`1e2`, `99.5`, 1}, {`-1`, `0`, -1},
		{`9007199254740993`, `9007199254740992`, 1},
		{`"2024-01-02T00:00:00Z"`, `"2024-01-02T01:00:00+02:00"`, 1},
		{`"2024-01-02T00:00:00.5Z"`, `"2024-01-02T00:00:00Z"`, 1},
		{`"2024-01-02T02:00:00+02:00"`, `"2024-01-02T00:00:00Z"`, 0},
		{`"2024-01-02"`, `"2024-01-10"`, -1},
		{`"b"`, `"a"`, 1}, {`"\u0061"`, `"a"`, 0},
		{`1e999999999`, `1e999999999`, 0}, // must not take for ever
		{`true`, `false`, 1},
	} {
		a, b := json.RawMessage(tt.a), json.RawMessage(tt.b)
		if tt.a == "" {
			a = nil
		}
		if tt.b == "" {
			b = nil
		}
		if got := object.CompareCursors(a, b); got != tt.want {
			t.Errorf("compare %s with %s: %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := object.CompareCursors(b, a); got != -tt.want {
			t.Errorf("compare %s with %s: %d, want %d", tt.b, tt.a, got, -tt.want)
		}
	}
}
