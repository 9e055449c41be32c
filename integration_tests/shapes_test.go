package integration_tests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"destination-gohighlevel/connector/sandbox"
)

// TestShapesOfFiles imports the same people in the shapes in which spreadsheets save them: nobody has to say which.
func TestShapesOfFiles(t *testing.T) {
	const plain = "First name,E-mail,Remark\nZoë,zoe@example.com,one\nJosé,jose@example.com,two\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(plain, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	windows, err := charmap.Windows1252.NewEncoder().String(strings.ReplaceAll(plain, ",", ";"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ file, says string }{
		"comma":                          {plain, "3 columns, delimited by comma, UTF-8"},
		"semicolon":                      {strings.ReplaceAll(plain, ",", ";"), "3 columns, delimited by semicolon, UTF-8"},
		"tab":                            {strings.ReplaceAll(plain, ",", "\t"), "3 columns, delimited by tab, UTF-8"},
		"UTF-16, Excel's Unicode text":   {utf16, "3 columns, delimited by tab, UTF-16"},
		"Windows-1252, Excel's CSV":      {windows, "3 columns, delimited by semicolon, Windows-1252"},
		"byte order mark":                {"\ufeff" + plain, "3 columns, delimited by comma, UTF-8"},
		"CRLF":                           {strings.ReplaceAll(plain, "\n", "\r\n"), "3 columns, delimited by comma, UTF-8"},
		"quoted newline":                 {strings.ReplaceAll(plain, "one", "\"one\nmore\""), "3 columns, delimited by comma, UTF-8"},
		"ragged rows, each costs itself": {plain + "too,short\nfar,too@example.com,long,by,two\n", "2 invalid_record"},
		"duplicate headers":              {strings.ReplaceAll(plain, "Remark", "E-mail"), "3 columns, delimited by comma, UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, dir := syncFiles(t, sandbox.Options{})
			if err := os.WriteFile(filepath.Join(dir, "people.csv"), []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			p := start(t, dir, nil, nil, "import", "people.csv", "--yes")
			if code := p.end(t); code != 0 || !strings.Contains(p.stdout.String(), tt.says) {
				t.Errorf("exit code %d, it does not say %q:\n%s%s", code, tt.says, p.stdout, p.stderr)
			}
			names := map[any]any{}
			for _, c := range server.Contacts() {
				names[c.Fields["email"]] = c.Fields["firstName"]
			}
			if len(names) != 2 || names["zoe@example.com"] != "Zoë" || names["jose@example.com"] != "José" {
				t.Errorf("%v\n%s", names, p.stdout)
			}
		})
	}
	t.Run("empty", func(t *testing.T) {
		t.Parallel()
		server, dir := syncFiles(t, sandbox.Options{})
		if err := os.WriteFile(filepath.Join(dir, "people.csv"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		p := start(t, dir, nil, nil, "import", "people.csv", "--yes")
		if code := p.end(t); code != 1 || !strings.Contains(p.stderr.String(), "people.csv: the file is empty") || server.Total() != 0 {
			t.Errorf("exit code %d, %d requests, stderr %s", code, server.Total(), p.stderr)
		}
	})
}
