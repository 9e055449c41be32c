package crm

import (
	"strings"
	"testing"
)

func TestReadEmail(t *testing.T) {
	long := strings.Repeat("a", longestEmailName)
	for in, want := range map[string]string{
		" Ana@Example.COM ":                 "ana@example.com",
		"mailto:ana@example.com?subject=hi": "ana@example.com",
		"Ana Lopez <ana@example.com>":       "ana@example.com",
		"\u200bana@example.com":             "ana@example.com",
		"ana+tag@sub.example.com":           "ana+tag@sub.example.com",
		"o'brien@example.com":               "o'brien@example.com",
		long + "@example.com":               long + "@example.com",
		"ana@example.com.":                  "ana@example.com",
		"Work: ana@example.com":             "ana@example.com",
		"ana@example.com (work)":            "ana@example.com",
		"'ana@example.com'":                 "ana@example.com",
		"ana":                               "",
		"ana@localhost":                     "",
		"ana@@example.com":                  "",
		"a na@example.com":                  "",
		"ana@example..com":                  "",
		".ana@example.com":                  "",
		"@example.com":                      "",
		"ana@example.c0m":                   "",
		"ana@example.com2":                  "",
		"ana@example.c":                     "",
		"ana@-example.com":                  "",
		"ana@exam_ple.com":                  "",
		"aña@example.com":                   "",
		"ana@exämple.com":                   "",
		"a" + long + "@example.com":         "",
		`"ana lopez"@example.com`:           "",
		"ana@" + long + ".com":              "",
		"ana@example,com":                   "",

		"ana@example.com, bo@example.com":             "ana@example.com",
		"ana@example.com; bo@example.com":             "ana@example.com",
		"ana@example.com;":                            "ana@example.com",
		"no; bo@example.com":                          "bo@example.com",
		"ana@example.com\nbo@example.com":             "ana@example.com",
		"ana@example.com / bo@example.com":            "ana@example.com",
		"ana@example.com/bo@example.com":              "ana@example.com",
		"ana@example.com bo@example.com":              "ana@example.com",
		"ana@example.com or bo@example.com":           "ana@example.com",
		"ana@example.com|bo@example.com":              "ana@example.com",
		"Ana <ana@example.com>, Bo <bo@example.com>":  "ana@example.com",
		"['ana@example.com', 'bo@example.com']":       "ana@example.com",
		"{ana@example.com,bo@example.com}":            "ana@example.com",
		"o'brien@example.com; bo@example.com":         "o'brien@example.com",
		"a na@example.com bo@example.com":             "",
		"Home: ana@example.com; Work: bo@example.com": "ana@example.com",
		"Lopez, Ana <ana@example.com>":                "ana@example.com",
		strings.Repeat("@", 5000):                     "",
	} {
		got, _, ok := readEmail(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("readEmail(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}
