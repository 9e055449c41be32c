package crm

import (
	"fmt"
	"testing"
)

// TestShortcutsAgreeWithTheLibrary: what is recognised without the library is
// what the library would make of it, and its own output does not change.
func TestShortcutsAgreeWithTheLibrary(t *testing.T) {
	formats := []string{"+1%03d%03d%04d", "(%03d) %03d-%04d", "1-%03d-%03d-%04d", "%03d.%03d.%04d", "+1 %03d %03d %04d"}
	for area := 100; area < 1000; area += 13 {
		for exchange := 100; exchange < 1000; exchange += 97 {
			s := fmt.Sprintf(formats[(area+exchange)%len(formats)], area, exchange, 100+area%100)
			p, ok := northAmerican(s, "US")
			if slow := parsePhone(s, "US"); ok && slow != p {
				t.Errorf("%q: %+v, but the library says %+v", s, p, slow)
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
