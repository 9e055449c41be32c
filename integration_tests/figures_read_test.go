package integration_tests

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// TestFiguresOfReading holds what reading takes to what the README says of it: requests, and a memory that does not grow with the location.
// As with TestFigures, FIGURES=1 makes it ten times as large.
func TestFiguresOfReading(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc here to measure a process by")
	}
	contacts := 5_000
	if fullFigures() {
		contacts *= 10
	}
	binary := buildProgram(t)
	var table strings.Builder
	_, _ = fmt.Fprint(&table, "\n| read | rows | requests | takes at least¹ | takes | CPU per row | peak memory |\n|---|---:|---:|---:|---:|---:|---:|\n")
	row := func(name string, u usage) {
		_, _ = fmt.Fprintf(&table, "| %s | %d | %d | %s | %.1f s | %.0f µs | %d MB |\n", name, u.records, u.requests, atLimit(u.requests), u.took.Seconds(),
			float64(u.each().Nanoseconds())/1000, u.peak/mb)
	}
	few, _ := readAll(t, binary, contacts/10)
	row("a tenth of the contacts", few["contacts"])
	many, p := readAll(t, binary, contacts)
	row("contacts", many["contacts"])
	row("tasks", many["tasks"])
	// One request tells the custom fields.
	if u := many["contacts"]; u.records != contacts || u.requests != contacts/500+1 {
		t.Errorf("%d contacts by %d requests, want %d by %d: %v", u.records, u.requests, contacts, contacts/500+1, p.Requests())
	}
	grown(t, "memory, of ten times the contacts", few["contacts"].peak, many["contacts"].peak, 2)
	grown(t, "memory, of ten times the tasks", few["tasks"].peak, many["tasks"].peak, 2)

	for _, c := range p.Contacts()[:100] {
		p.Edit(c.ID, func(c *sandbox.Contact) { c.Fields["city"], c.Fields["assignedTo"] = "Salem", p.Options().Users[0].ID })
	}
	u := p.read(t, "contacts") // one request tells the owner
	row("contacts, of which 100 have changed", u)
	if u.records != 100 || u.requests > 2 {
		t.Errorf("%d rows by %d requests, want 100 by 2 at most: %v", u.records, u.requests, p.Requests())
	}
	if u = p.read(t, "contacts"); u.records != 0 || u.requests > 1 {
		t.Errorf("at once again: %d rows by %d requests, want none by 1 at most: %v", u.records, u.requests, p.Requests())
	}
	table.WriteString("\n¹ at the API's 100 requests in 10 s.\n")
	if fullFigures() {
		fmt.Print("\n" + table.String() + "\n")
	} else {
		t.Log("\n" + table.String())
	}
}

// readAll reads the contacts and the tasks of a location of so many contacts, each with a task.
func readAll(t *testing.T, binary string, contacts int) (map[string]usage, *plant) {
	t.Helper()
	p := newPlant(t, binary, 0)
	p.Seed(contacts)
	for _, c := range p.Contacts() {
		p.PutTask(sandbox.Task{ContactID: c.ID, Title: "Call back", Due: c.DateAdded})
	}
	u := map[string]usage{}
	for _, stream := range []string{"contacts", "tasks"} {
		u[stream] = p.read(t, stream)
	}
	if n := p.Requests()["POST /locations/{locationId}/tasks/search"]; u["tasks"].records != contacts || n > contacts/1000+1 {
		t.Errorf("%d tasks by %d requests for tasks, want %d by %d at most", u["tasks"].records, n, contacts, contacts/1000+1)
	}
	return u, p
}

// read reads one stream from its last state on, and keeps the new one.
func (p *plant) read(t *testing.T, stream string) usage {
	t.Helper()
	catalog, mode := contactsCatalog, "incremental"
	if stream != "contacts" {
		mode = "full_refresh"
	}
	catalog = strings.NewReplacer(`"contacts"`, fmt.Sprintf("%q", stream), `"sync_mode":"incremental"`, fmt.Sprintf(`"sync_mode":%q`, mode)).Replace(catalog)
	state := filepath.Join(p.dir, stream+".state")
	for name, text := range map[string]string{"source.json": catalog, stream + ".state": ""} {
		if _, err := os.Stat(filepath.Join(p.dir, name)); err == nil && text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := &lineCounter{}
	u := p.measure(t, out, func(*bufio.Writer) {}, "read", "--config", "config.json", "--catalog", "source.json", "--state", state)
	u.records = out.records
	if err := os.WriteFile(state, out.state, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Log(stream, u)
	return u
}

// lineCounter counts the records of a source, and keeps its last state.
type lineCounter struct {
	records int
	state   []byte
	rest    []byte
}

func (c *lineCounter) Write(b []byte) (int, error) {
	c.rest = append(c.rest, b...)
	for {
		line, rest, whole := bytes.Cut(c.rest, []byte("\n"))
		if !whole {
			return len(b), nil
		}
		switch {
		case bytes.HasPrefix(line, []byte(`{"type":"RECORD"`)):
			c.records++
		case bytes.HasPrefix(line, []byte(`{"type":"STATE"`)):
			c.state = bytes.Clone(line)
		}
		c.rest = append(c.rest[:0], rest...)
	}
}
