package words

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestNothingIsObeyedByATerminal(t *testing.T) {
	const odd = "\x1b[2J\x1b]0;title\a\u009b31mred \u202egnp.exe\u2069 \u200e\u061c\u2028\ufeff\x7f\r"
	if got := Printable("a\tb\n" + odd + "Zoë 李 👩\u200d💻"); strings.ContainsAny(got, "\x1b\a\u009b\u202e\u2069\u200e\u061c\u2028\ufeff\x7f\r") ||
		!strings.HasPrefix(got, "a\tb\n") || !strings.HasSuffix(got, "Zoë 李 👩\u200d💻") {
		t.Errorf("%q", got)
	}
	doc, err := json.Marshal(map[string]string{odd: odd})
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]string
	if escaped := EscapeJSON(doc); strings.ContainsFunc(string(escaped), obeyed) || json.Unmarshal(escaped, &back) != nil || back[odd] != odd {
		t.Errorf("%q", escaped)
	}
}
