package crm

import (
	"fmt"
	"testing"
)

func TestNormaliseEmail(t *testing.T) {
	for in, want := range map[string]string{
		" Ana@Example.COM ":                 "ana@example.com",
		"mailto:ana@example.com?subject=hi": "ana@example.com",
		"Ana Lopez <ana@example.com>":       "ana@example.com",
		"\u200bana@example.com":             "ana@example.com",
		"ana+tag@sub.example.com":           "ana+tag@sub.example.com",
		"ana":                               "",
		"ana@localhost":                     "",
		"ana@@example.com":                  "",
		"a na@example.com":                  "",
		"ana@example..com":                  "",
		".ana@example.com":                  "",
		"ana@example.com, bo@example.com":   "",
		"@example.com":                      "",
	} {
		got, _, ok := normaliseEmail(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("normaliseEmail(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

func TestNormalisePhone(t *testing.T) {
	tests := []struct {
		in, region string
		want       phone
	}{
		{"(202) 555-0123", "US", phone{e164: "+12025550123", assumed: 1}},
		{"1 202 555 0123", "US", phone{e164: "+12025550123", assumed: 1}},
		{"+1 202.555.0123", "", phone{e164: "+12025550123"}},
		{"+12025550123", "GB", phone{e164: "+12025550123"}},
		{"202-555-0123 x45", "US", phone{e164: "+12025550123", assumed: 1, extension: true}},
		{"tel:+1-202-555-0123", "US", phone{e164: "+12025550123"}},
		{"020 7946 0123", "GB", phone{e164: "+442079460123", assumed: 44}},
		{"0044 20 7946 0123", "US", phone{e164: "+442079460123"}},
		{"555-0123", "US", phone{fault: ruleNotAPhone}},
		{"n/a", "US", phone{fault: ruleNotAPhone}},
		{"12", "US", phone{fault: ruleNotAPhone}},
		{"202 555 0123", "", phone{fault: ruleNoCallingCode}},
	}
	for _, test := range tests {
		if got := normalisePhone(test.in, test.region); got != test.want {
			t.Errorf("normalisePhone(%q, %q) = %+v, want %+v", test.in, test.region, got, test.want)
		}
	}
}

// TestShortcutsAgreeWithTheLibrary: what is recognised without the library is
// what the library would make of it, and its own output does not change.
func TestShortcutsAgreeWithTheLibrary(t *testing.T) {
	formats := []string{"+1%03d%03d%04d", "(%03d) %03d-%04d", "1-%03d-%03d-%04d", "%03d.%03d.%04d", "+1 %03d %03d %04d"}
	for area := 100; area < 1000; area += 13 {
		for exchange := 100; exchange < 1000; exchange += 97 {
			s := fmt.Sprintf(formats[(area+exchange)%len(formats)], area, exchange, 100+area%100)
			e164, assumed, ok := northAmerican(s, "US")
			if slow := parsePhone(s, "US"); ok && (slow != phone{e164: e164, assumed: assumed}) {
				t.Errorf("%q: %q, %d, but the library says %+v", s, e164, assumed, slow)
			}
		}
	}
	for _, code := range []string{"44207", "4930", "3906", "33199", "6129", "5411", "521", "8610", "5511", "3906"} {
		for n := range 50 {
			s := fmt.Sprintf("+%s9460%03d", code, 100+n)
			p := normalisePhone(s, "US")
			if again := parsePhone(p.e164, "US"); p.fault == "" && again.e164 != p.e164 {
				t.Errorf("%q became %q, which becomes %q", s, p.e164, again.e164)
			}
		}
	}
}

func TestBool(t *testing.T) {
	for in, want := range map[string]bool{"Yes": true, "on": true, "1": true, "FALSE": false, "off": false, "0": false} {
		if got, ok := normaliseBool(in); got != want || !ok {
			t.Errorf("normaliseBool(%q) = %v, %v", in, got, ok)
		}
	}
	if _, ok := normaliseBool("maybe"); ok {
		t.Error("maybe is a bool")
	}
}
