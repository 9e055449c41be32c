package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

// TestCells: what a value becomes in CSV.
func TestCells(t *testing.T) {
	for value, want := range map[string]string{
		``: "", `null`: "", `"Ada"`: "Ada", `"007"`: "007", `1.50`: "1.50", `true`: "true", `[]`: "",
		`["vip"]`:             "vip",
		`["vip","spring"]`:    "vip, spring",
		`["vip, old","new"]`:  `["vip, old","new"]`,
		`["true"]`:            `["true"]`,
		`["o'neil"]`:          `["o'neil"]`,
		`[" vip"]`:            `[" vip"]`,
		`[1,2]`:               `[1,2]`,
		`{"a":1}`:             `{"a":1}`,
		`"\"quoted\"\n=1+1"`:  "\"quoted\"\n=1+1",
		`"Gr\u00fc\u00dfe 🎈"`: "Grüße 🎈",
	} {
		if got := cell(json.RawMessage(value), false); got != want {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
	}
	if got := cell(json.RawMessage(`["a","b"]`), true); got != `["a","b"]` {
		t.Errorf("spelt: %q", got)
	}
}

// TestFormulas: values that a spreadsheet would compute are written as they are, and counted.
func TestFormulas(t *testing.T) {
	var out bytes.Buffer
	p, err := NewPipe(&out, Plan{Format: CSV, Columns: []Column{{Property: "v", Heading: "V"}}})
	if err != nil {
		t.Fatal(err)
	}
	values := []string{"=1+1", "=2", "@SUM(A1)", "-1.5", "+12025550101", "+cmd|' /C calc'!A0", "plain", ""}
	for _, v := range values {
		row, _ := json.Marshal(map[string]string{"v": v})
		if err := p.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	if p.Formulas() != 4 || p.Rows() != int64(len(values)) {
		t.Errorf("%d formulas in %d rows", p.Formulas(), p.Rows())
	}
	text, marked := strings.CutPrefix(out.String(), byteOrderMark)
	cells, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !marked {
		t.Fatal(err, marked)
	}
	for i, v := range values[:len(values)-1] { // encoding/csv skips an empty line
		if cells[i+1][0] != v {
			t.Errorf("got %q, want %q", cells[i+1][0], v)
		}
	}
}
