package load

import (
	"encoding/json"
	"strings"
	"testing"

	"destination-gohighlevel/connector/crm"
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
		if got := compareCursors(a, b); got != tt.want {
			t.Errorf("compare %s with %s: %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := compareCursors(b, a); got != -tt.want {
			t.Errorf("compare %s with %s: %d, want %d", tt.b, tt.a, got, -tt.want)
		}
	}
}

func TestCursorAtFollowsThePath(t *testing.T) {
	const data = `{"at":5,"none":null,"meta":{"at":"x"}}`
	for path, want := range map[string]string{"at": "5", "none": "", "gone": "", "meta.at": `"x"`, "at.deeper": "", "": ""} {
		steps := strings.Split(path, ".")
		if path == "" {
			steps = nil
		}
		if got := string((&columns{data: json.RawMessage(data), names: newSpellings(crm.NewColumns(nil))}).at(steps)); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}
