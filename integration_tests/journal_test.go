package integration_tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// journalLine is what the journal of a run tells in one line, as far as the suite looks at it.
type journalLine struct {
	Type string         `json:"type"`
	Seq  int64          `json:"seq"`
	Op   string         `json:"op"`
	ID   string         `json:"id"`
	Set  map[string]any `json:"set"`
	Tags []string       `json:"tags"`

	Object  string `json:"object"`
	Contact string `json:"contact"`
}

// journal is what all runs of the platform have recorded so far.
func (p *platform) journal() []journalLine { return journalIn(p.T, filepath.Join(p.dir, "journal")) }

// journalIn is what all runs have recorded in a folder so far. The last line of a run that was killed may be broken, and no other.
func journalIn(t *testing.T, folder string) (lines []journalLine) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for text := range bytes.Lines(data) {
			var l journalLine
			if err := json.Unmarshal(text, &l); err == nil {
				lines = append(lines, l)
			} else if bytes.HasSuffix(text, []byte("\n")) {
				t.Errorf("a line of the journal is broken")
			}
		}
	}
	return lines
}

// audit fails unless what a request is about to change is in the journal by now.
func (a *attempt) audit(r *http.Request, body []byte) {
	if why := unrecorded(a.journal, r, body); why != "" {
		a.Errorf("%v: %s", a.cut, why)
	}
}

// unrecorded says which change of a request no journal tells of; "" if there is none.
func unrecorded(journal func() []journalLine, r *http.Request, body []byte) string {
	if r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/search") {
		return ""
	}
	var sent struct {
		Email     string   `json:"email"`
		Contacts  []string `json:"contacts"`
		IDs       []string `json:"ids"`
		ContactID string   `json:"contactId"`
	}
	_ = json.Unmarshal(body, &sent)
	path := strings.Split(strings.Trim(strings.TrimSuffix(r.URL.Path, "/status"), "/"), "/")
	object, last, contact := path[0], path[len(path)-1], sent.ContactID
	op, ids := map[string]string{http.MethodPost: "create", http.MethodPut: "update", http.MethodDelete: "delete"}[r.Method], []string{""}
	switch {
	case len(sent.Contacts) > 0:
		op, ids = "tag_"+last, sent.Contacts
	case len(sent.IDs) > 0:
		op, ids = "link", sent.IDs
	case last == "upsert": // of a company, whose contact it does not name
		return ""
	case len(path) > 2 && object == "contacts": // what belongs to one
		object, contact = path[2], path[1]
	case object == "objects":
		object = "businesses"
	}
	if op == "update" || op == "delete" {
		ids = []string{last}
	}
	intents := journal()
	for _, id := range ids {
		if !slices.ContainsFunc(intents, func(l journalLine) bool {
			same := op != "create" || (sent.Email == "" || l.Set["email"] == sent.Email) && l.Contact == contact
			return l.Type == "intent" && l.Op == op && l.Object == object && l.ID == id && same
		}) {
			return fmt.Sprintf("%s %s is sent, and the journal does not tell of it", r.Method, r.URL.Path)
		}
	}
	return ""
}

// told fails unless the journal tells of each contact that runs have created, with its id, or leaves a create without a word of what
// became of it.
func (p *platform) told() {
	p.Helper()
	done, open := map[string]bool{}, map[any]bool{}
	intents := map[int64]journalLine{}
	for _, l := range p.journal() {
		switch l.Type {
		case "run":
			for _, i := range intents {
				open[i.Set["email"]] = true
			}
			clear(intents)
		case "intent":
			if l.Op == "create" {
				intents[l.Seq] = l
			}
		case "done":
			if done[l.ID] = true; intents[l.Seq].Op == "create" {
				delete(intents, l.Seq)
			}
		}
	}
	for _, i := range intents {
		open[i.Set["email"]] = true
	}
	for _, c := range p.api.Contacts() {
		if !p.before[c.ID] && !done[c.ID] && !open[c.Fields["email"]] {
			p.Errorf("the journal does not tell who has created a contact")
		}
	}
}
