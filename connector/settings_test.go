package connector

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestADefaultCountryThatIsNone: each verb tells it with all other faults of the
// configuration, before anything is asked of the API.
func TestADefaultCountryThatIsNone(t *testing.T) {
	for given, want := range map[string]string{
		"XX":      "default_country: is no country that HighLevel knows; give a two-letter code, such as US",
		"zz":      "default_country: is no country that HighLevel knows; give a two-letter code, such as US",
		"USA":     "default_country: must be a two-letter country code; did you mean US?",
		"Germany": "default_country: must be a two-letter country code; did you mean DE?",
		"N/A":     "default_country: must be a two-letter country code, such as US, or empty",
		"":        "",
		" gb ":    "",
		"UK":      "",
	} {
		dir := t.TempDir()
		file := func(name, text string) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		conf := file("config.json", `{"credentials":{"auth_type":"personal_access_token","access_token":"pit-1"},"tagz":[],"default_country":"`+given+`"}`)
		catalog := file("catalog.json", demoCatalog)
		for _, args := range [][]string{
			{"check", "--config", conf}, {"discover", "--config", conf},
			{"write", "--config", conf, "--catalog", catalog}, {"preview", "--config", conf, "--catalog", catalog},
		} {
			var stdout, stderr bytes.Buffer
			Run(context.Background(), IO{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}, args)
			told := stdout.String()
			for _, fault := range []string{want, "location_id: missing", "tagz: unknown; did you mean tags?"} {
				if !strings.Contains(told, fault) {
					t.Errorf("%s with %q: %q is not in %s", args[0], given, fault, told)
				}
			}
			if strings.Contains(told, "default_country") != (want != "") {
				t.Errorf("%s with %q: %s", args[0], given, told)
			}
		}
	}
}

// TestATagThatCannotBeLookedFor: what is missing is found by its tags, and search
// takes 75 characters.
func TestATagThatCannotBeLookedFor(t *testing.T) {
	long, longest := strings.Repeat("t", 76), strings.Repeat("ü", 75)
	for settings, bad := range map[string]bool{
		`"on_missing":"remove_tags","tags":["` + long + `"]`:                                 true,
		`"on_missing":"delete","streams":[{"name":"people","tags":["vip","` + long + `"]}]`:  true,
		`"on_missing":"remove_tags","tags":["` + longest + `"]`:                              false,
		`"on_missing":"keep","tags":["` + long + `"],"streams":[{"name":"a","tags":["b"]}]`:  false,
		`"tags":["` + long + `"],"on_delete":"delete","streams":[{"name":"a","tags":["b"]}]`: false,
	} {
		path := filepath.Join(t.TempDir(), "config.json")
		conf := `{"credentials":{"auth_type":"personal_access_token","access_token":"pit-1"},"location_id":"l",` + settings + `}`
		if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readConfig(path)
		if got := err != nil && strings.Contains(err.Error(), "on_missing: must be keep where a tag"); got != bad {
			t.Errorf("%s: %v", settings, err)
		}
	}
}
