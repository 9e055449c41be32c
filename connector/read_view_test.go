package connector

import (
	"fmt"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// sourceCatalog chooses streams to be read as a whole.
func sourceCatalog(names ...string) string {
	var streams []string
	for _, name := range names {
		streams = append(streams, fmt.Sprintf(`{"stream":{"name":%q,"json_schema":{},"supported_sync_modes":["full_refresh"]},"sync_mode":"full_refresh","destination_sync_mode":"append"}`, name))
	}
	return `{"streams":[` + strings.Join(streams, ",") + `]}`
}

// TestReadForPeople: rows in words, a table at the end, no protocol; what fails is told in words on stderr.
func TestReadForPeople(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.Options{Daily: 2000}, nil)
	p.Put(sandbox.Contact{Fields: map[string]any{"email": "ada@example.com", "firstName": "Ada\x1b[2J"}, Tags: []string{"vip", "new"}, CustomFields: map[string]any{"cfText00000000000001": "B7"}})
	for i := range 1203 {
		p.Put(sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("p%d@example.com", i)}})
	}
	p.PutNote(sandbox.Note{ContactID: p.Contacts()[0].ID, Body: "Met\nat the fair"})
	p.put(t, "catalog.json", sourceCatalog("contacts", "notes", "tasks"))
	stdout, stderr := p.run(t, exitOK, "read", "--catalog", "{DIR}/catalog.json", "--format", "text")
	for _, want := range []string{"contacts " + p.Contacts()[0].ID + "\n", "\n  email                ada@example.com\n", "\n  tags                 vip, new\n", "\n  customer_number      B7\n",
		"\n  body                 Met ⏎ at the fair\n", "\n  contacts                  1,204 read · 4 requests · ", "\n  notes                         1 read · 1,208 requests · ",
		"\n  tasks                         0 read · 1 request · ", "\n1,204 contacts, 1 note and 0 tasks read\n", " of 2,000 requests left today\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("nothing of %q", want)
		}
	}
	if strings.ContainsAny(stdout, "{\x1b") || stderr != "" || strings.Contains(stdout, "phone") {
		t.Errorf("stderr %q, stdout begins\n%.500s", stderr, stdout)
	}
	_, stderr = p.run(t, exitUsage, "read", "--catalog", "{DIR}/catalog.json", "--format", "csv")
	if stderr != "destination-gohighlevel: read: --format cannot be \"csv\": give text, for people, or json, the protocol\n" {
		t.Error(stderr)
	}
	p.put(t, "catalog.json", sourceCatalog("people"))
	stdout, stderr = p.run(t, exitError, "read", "--catalog", "{DIR}/catalog.json", "--format", "text")
	if stdout != "" || !strings.HasPrefix(stderr, `destination-gohighlevel: The catalog cannot be used: there is no stream "people" to read`) {
		t.Errorf("stderr %q, stdout %q", stderr, stdout)
	}
}

// TestReadSaysWhatItWas, in the log of the protocol.
func TestReadSaysWhatItWas(t *testing.T) {
	t.Parallel()
	p := newPlace(t, sandbox.Options{Daily: 1000}, nil)
	p.Seed(1204)
	p.put(t, "catalog.json", sourceCatalog("contacts", "pipelines"))
	stdout, stderr := p.run(t, exitOK, "read", "--catalog", "{DIR}/catalog.json")
	for _, want := range []string{`"contacts: 1,204 records read by 4 requests in `, fmt.Sprintf(`"1,204 contacts and %d pipelines read. 995 of 1,000 requests left today."`, len(sandbox.DefaultPipelines()))} {
		if !strings.Contains(stdout, want) {
			t.Errorf("nothing of %q in\n%s", want, stdout[len(stdout)-1500:])
		}
	}
	if stderr != "" {
		t.Errorf("stderr %q", stderr)
	}
}
