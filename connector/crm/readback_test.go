package crm

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// oddTexts are values as sources write them, of all kinds: each is tried on
// every field.
var oddTexts = []string{
	"", " ", "N/A", "null", "0", "1", "1.0", "-0", "007", "12.500000000", "1.234", "1,234", "1.234,56 €", "USD 1,234.50", "(500)", "1e3", "1e1000001", "1.2k", "12%",
	"12025550101.0", "1.2025550102E+10", "1.20256E+10", "(202) 555-0105 ext. 12", "202-555-0101 / 202-555-0102", "+44 (0)20 7946 0000", "'+12025550103",
	"Ada@Example.com", "Ana <ana@example.com>", "a@example.com; b@example.com", "ana@example.c0m", "mailto:a@example.com",
	"1990-03-15", "15 March 1990", "03/15/90", "09/06/1985", "25/12/1990", "1990-03-15T23:30:00-05:00", "637459200", "637459200000", "--03-15", "19900315",
	"US", "U.S.A.", "Frankreich", "GB-ENG", "Narnia", "United States (US)", "true", "No", "on", "x",
	"Eastern Time (US & Canada)", "america/new_york", "GMT-05:00 America/New_York (EST)", "EST", "UTC",
	"vip, spring", "{vip,spring}", "['vip', 'spring']", "^a^,^b^", "[vip", "red,o2", "Light Blue; Red", "a | b", "[[1],2]", `{"a":1}`, `="02134"`, "94107.0",
	"Ludwig van Beethoven", "SMITH, John A.", "usrREALghlUSER000001", "a\u0007b\tc\r\nd", "\u200b", "🔥 hot, naïve", "王小明", "F",
}

// TestWhatIsWrittenReadsBack: a value is in canonical form, in whatever notation
// it was read, so that it is no difference once the API tells it.
func TestWhatIsWrittenReadsBack(t *testing.T) {
	table := testTable()
	var raws [][]byte
	for _, text := range oddTexts {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		raws = append(raws, quoted, slices.Concat([]byte("["), quoted, []byte(",null]")))
	}
	for _, raw := range []string{"true", "false", "0", "1.50", "637459200", "-2208988800000", "12025550109", "94107.0", "1e1000001", "{}", `{"Red":"a"}`, "[]", "[1,true]"} {
		raws = append(raws, []byte(raw))
	}
	for _, country := range []string{"US", "DE", "JP"} {
		notation := NotationOf(country)
		notation.NullWords = []string{"N/A", "null"}
		o := PlanOptions{Notation: notation, Today: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
		for _, f := range table.Fields() {
			if isConsent(f.Name) { // read by words of their own
				continue
			}
			c := &coercer{reader: newReader(o), region: country}
			for _, raw := range raws {
				data, fault := c.value(f, raw, 0)
				if fault != "" {
					if data != nil {
						t.Errorf("%s: %s: %v in spite of %q", f.Name, raw, data, fault)
					}
					continue
				}
				switch data.(type) {
				case Phrase, absent, cleared, nil:
					continue
				}
				told, err := json.Marshal(data)
				if err != nil {
					t.Fatal(err)
				}
				back := f.Canonical(decode(told))
				if diff := cmp.Diff(data, back); diff != "" && f.Type != File || !Equal(f, data, back) {
					t.Errorf("%s: %s is %#v, but reads back as %#v", f.Name, raw, data, back)
				}
				if again := f.Canonical(back); !Equal(f, back, again) {
					t.Errorf("%s: %s: the canonical form of %v is %v", f.Name, raw, back, again)
				}
			}
		}
	}
}
