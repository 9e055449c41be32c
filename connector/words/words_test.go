package words

import (
	"strings"
	"testing"
)

func TestNumbersAreWrittenAlike(t *testing.T) {
	for want, got := range map[string]string{
		"0": Grouped(0), "-5": Grouped(-5), "-999": Grouped(-999), "-1,000": Grouped(-1000), "198,059": Grouped(198059), "1,000,000": Grouped(int64(1000000)),
		"1 request": Count(1, "request"), "0 requests": Count(0, "request"), "12,000 requests": Count(12000, "request"),
		"1,000 apples, 7 pears, 1 plum": Ranked(map[string]int64{"plum": 1, "pears": 7, "apples": 1000}), "": Ranked(nil),
		"tag": Noun(1, "tag"), "tags": Noun(2, "tag"),
		"1 line was skipped": Plural(1, "line was skipped", "lines were skipped"), "2 lines were skipped": Plural(2, "line was skipped", "lines were skipped"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestList(t *testing.T) {
	for want, items := range map[string][]string{"": nil, "2": {"2"}, "2 and 4": {"2", "4"}, "2, 4 and 7": {"2", "4", "7"}} {
		if got := List(items); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestCutKeepsCharactersWhole(t *testing.T) {
	for text, want := range map[string]string{"": "", "abc": "abc", "äöü": "äöü", "abcd": "abc…", "äöüß": "äöü…"} {
		if got := Cut(text, 3); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"credentials", "locationid", "tags", "source", "email"}
	for name, want := range map[string]string{
		"loctionid": "locationid", "tag": "tags", "emial": "email", "mail": "email", "colour": "", "t": "", "": "", "pipelineid": "",
		strings.Repeat("email", 20): "",
	} {
		got := ""
		if i := Nearest(name, known); i >= 0 {
			got = known[i]
		}
		if got != want {
			t.Errorf("the nearest to %q is %q, want %q", name, got, want)
		}
	}
}

func TestNearestOrBegun(t *testing.T) {
	known := []string{"credentials", "location_id", "tags", "source", "match_on", "null_values", "max_creates_per_sync"}
	for key, want := range map[string]string{
		"loction_id": "location_id", "locationId": "location_id", "Tags": "tags", "tag": "tags", "match-on": "match_on", "match": "match_on",
		"nullValues": "null_values", "max_creates": "max_creates_per_sync", "max": "", "colour": "", "x": "", "": "", "pipeline_id": "",
	} {
		got := ""
		if i := NearestOrBegun(key, known); i >= 0 {
			got = known[i]
		}
		if got != want {
			t.Errorf("%q is taken for %q, want %q", key, got, want)
		}
	}
}

func TestEncodings(t *testing.T) {
	for text, want := range map[string]bool{"": false, "{}": false, "\xef\xbb\xbf{}": false, "\xff\xfe{\x00": true, "\xfe\xff\x00{": true, "{\x00}\x00": true, "\x00{": true, "\x00\x00": false} {
		if got := WrongEncoding([]byte(text)); (got != "") != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := string(WithoutByteOrderMark([]byte("\xef\xbb\xbf{}"))); got != "{}" {
		t.Errorf("%q", got)
	}
}
