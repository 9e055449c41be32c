package integration_tests

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// TestInit is a newcomer's first minutes: a token without a scope, the scope added, a country that is none, and an import.
func TestInit(t *testing.T) {
	t.Parallel()
	server, given := serveSandbox(t.Cleanup, sandbox.Options{})
	var conf struct {
		Credentials struct {
			Token string `json:"access_token"`
		}
		Location string `json:"location_id"`
		URL      string `json:"api_url"`
	}
	if err := json.Unmarshal(given, &conf); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := sit(t, dir, nil, "init", "--api-url", conf.URL)
	s.hides(t)
	s.types(t, "pit-00000000-1111-4222-8333-444444444444\n")
	s.sees(t, "Location id:")
	s.types(t, conf.Location+"\n")
	s.sees(t, "return for the same")
	s.hides(t)
	s.types(t, conf.Credentials.Token+"\n")
	s.sees(t, "Location id ["+conf.Location+"]:")
	s.types(t, "\n")
	s.sees(t, "Connected to")
	s.sees(t, "Tags that everybody gets, with commas between, or none [heropixel]:")
	s.types(t, "vip, new\n")
	s.sees(t, "or none [US]:")
	s.types(t, "Germania\n")
	s.sees(t, "default_country")
	s.types(t, "none\n")
	until(t, "the country again", func() bool { return strings.Count(s.stdout.String(), "or none [US]:") == 2 })
	s.types(t, "DE\n")
	s.sees(t, "config.json is written")
	if code := s.end(t); code != 0 || strings.Contains(s.stdout.String(), "pit-") || strings.Contains(s.stdout.String(), "\x1b") {
		t.Errorf("exit code %d, the screen:\n%s", code, s.stdout)
	}
	path := filepath.Join(dir, "config.json")
	about, err := os.Stat(path)
	if err != nil || about.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", about.Mode(), err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), `"tags": []`) || !strings.Contains(string(text), `"default_country": "DE"`) {
		t.Errorf("%s, %v", text, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "people.csv"), []byte("Email;Mobile\nada@example.com;030 901820\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	imported := start(t, dir, nil, nil, "import", "people.csv", "--yes")
	if code := imported.end(t); code != 0 || len(server.Contacts()) != 1 || server.Contacts()[0].Fields["phone"] != "+4930901820" {
		t.Errorf("exit code %d, %v\n%s%s", code, server.Contacts(), imported.stdout, imported.stderr)
	}
	again := sit(t, dir, nil, "init")
	again.sees(t, "config.json is there already. Replace it? [y/N] ")
	again.types(t, "n\n")
	again.sees(t, "config.json stays as it is.")
	if code := again.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	again = sit(t, dir, nil, "init", "--sandbox", "--api-url", conf.URL)
	again.sees(t, "config.json is there already. Replace it? [y/N] ")
	again.types(t, "y\n")
	again.sees(t, "config.json is written")
	if text, err := os.ReadFile(path); again.end(t) != 0 || err != nil || string(text) != string(given) {
		t.Errorf("%s, %v, want %s", text, err, given)
	}
}

// TestInitIsStopped leaves neither a file nor a terminal that hides what is typed.
func TestInitIsStopped(t *testing.T) {
	for name, tt := range map[string]struct{ token, keys, says string }{
		"Ctrl-C, hidden": {"", "\x03", "The init was stopped."},
		"Ctrl-C":         {"pit-0\n", "\x03", "The init was stopped."},
		"Ctrl-D":         {"pit-0\n", "\x04", "the questions were not answered, so nothing is written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := sit(t, dir, nil, "init")
			s.hides(t)
			if s.types(t, tt.token); tt.token != "" {
				s.sees(t, "Location id:")
			}
			s.types(t, tt.keys)
			s.sees(t, tt.says)
			code := s.end(t)
			if _, err := os.Stat(filepath.Join(dir, "config.json")); code != 1 || err == nil || !s.echoes(t) {
				t.Errorf("exit code %d, error %v, the screen:\n%s", code, err, s.stdout)
			}
		})
	}
}
