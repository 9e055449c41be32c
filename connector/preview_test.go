package connector

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// previewFiles gives the flags of a preview against a sandbox.
func previewFiles(t *testing.T, o sandbox.Options, catalog string) []string {
	t.Helper()
	server := sandbox.New(o)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	dir := t.TempDir()
	if err := writeDemoFiles(dir, server.Config(listener.URL)); err != nil {
		t.Fatal(err)
	}
	if catalog != "" {
		if err := os.WriteFile(filepath.Join(dir, "catalog.json"), []byte(catalog), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return []string{"preview", "--config", filepath.Join(dir, "config.json"), "--catalog", filepath.Join(dir, "catalog.json")}
}

// TestAPreviewForPeopleFailsInWords holds the failures of a preview to whom it
// speaks: people read a sentence on stderr, programs a TRACE on stdout.
func TestAPreviewForPeopleFailsInWords(t *testing.T) {
	for name, c := range map[string]struct {
		options              sandbox.Options
		catalog, stdin, want string
	}{
		"catalog": {catalog: "[]", want: "catalog cannot be used"},
		"mode":    {catalog: strings.ReplaceAll(demoCatalog, `"append_dedup"`, `"sometimes"`), want: "destination_sync_mode"},
		"input":   {stdin: "{broken", want: "The input broke at"},
		"scopes":  {options: sandbox.Options{Scopes: []string{"contacts.readonly"}}, want: "lacks the scope"},
	} {
		t.Run(name, func(t *testing.T) {
			args := previewFiles(t, c.options, c.catalog)
			for _, format := range []string{"text", "json"} {
				var stdout, stderr bytes.Buffer
				code := Run(context.Background(), IO{Stdin: strings.NewReader(c.stdin), Stdout: &stdout, Stderr: &stderr}, append(args, "--format", format))
				told, other := stderr.String(), stdout.String()
				if format == "json" {
					told, other = other, told
				}
				if code != exitError || !strings.Contains(told, c.want) || strings.Contains(other, c.want) {
					t.Errorf("%s: exit code %d, stdout %q, stderr %q", format, code, stdout.String(), stderr.String())
				}
				if trace := strings.Contains(stdout.String(), `"TRACE"`); trace != (format == "json") {
					t.Errorf("%s: stdout %q", format, stdout.String())
				}
				if format == "text" && (!strings.HasPrefix(told, "destination-gohighlevel: ") || strings.Count(told, "\n") != 1) {
					t.Errorf("not one line: %s", told)
				}
			}
		})
	}
}

// TestCustomFieldsAreThoseOfContacts, in the words of check, whatever the streams are written to first and last.
func TestCustomFieldsAreThoseOfContacts(t *testing.T) {
	businesses, contacts, deals := `businesses: {"name":{}}`, `contacts: {"email":{}}`, `opportunities: {"email":{},"pipeline":{},"name":{}}`
	server := sandbox.New(sandbox.Options{})
	for catalog, want := range map[string]string{
		catalogOf(businesses, contacts): "uplicates forbidden, 12 custom fields.",
		catalogOf(contacts, businesses): "uplicates forbidden, 12 custom fields.",
		catalogOf(contacts, deals):      "uplicates forbidden, 12 custom fields.",
		catalogOf(deals):                "uplicates forbidden, 12 custom fields.",
		catalogOf(businesses):           "uplicates forbidden.",
	} {
		if said, code := ran(t, "write", server, map[string]any{"dry_run": true}, catalog); code != exitOK || !strings.Contains(said, want) {
			t.Errorf("write of %s: %s", catalog, said)
		}
		var stdout, stderr bytes.Buffer
		args := append(previewFiles(t, sandbox.Options{}, catalog), "--format", "text")
		if code := Run(t.Context(), IO{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}, args); code != exitOK || !strings.Contains(stdout.String(), want) {
			t.Errorf("preview of %s: %s%s", catalog, stdout.String(), stderr.String())
		}
	}
}
