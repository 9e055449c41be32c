package integration_tests

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// journalLine is what the journal of a run tells in one line, as far as the suite looks at it.
type journalLine struct {
	Type string         `json:"type"`
	Seq  int64          `json:"seq"`
	Op   string         `json:"op"`
	ID   string         `json:"id"`
	Set  map[string]any `json:"set"`
	Tags []string       `json:"tags"`
}

// journal is what all runs of the platform have recorded so far. The last line of a run that was killed may be broken, and no other.
func (p *platform) journal() (lines []journalLine) {
	p.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "journal", "*.jsonl"))
	if err != nil {
		p.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			p.Fatal(err)
		}
		for text := range bytes.Lines(data) {
			var l journalLine
			if err := json.Unmarshal(text, &l); err == nil {
				lines = append(lines, l)
			} else if bytes.HasSuffix(text, []byte("\n")) {
				p.Errorf("a line of the journal is broken")
			}
		}
	}
	return lines
}

// audit fails unless what a request is about to change is in the journal by now.
func (a *attempt) audit(r *http.Request, body []byte) {
	if r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/search") {
		return
	}
	var sent struct {
		Email    string   `json:"email"`
		Contacts []string `json:"contacts"`
	}
	_ = json.Unmarshal(body, &sent)
	id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	op, ids := map[string]string{http.MethodPost: "create", http.MethodPut: "update", http.MethodDelete: "delete"}[r.Method], []string{id}
	switch {
	case len(sent.Contacts) > 0:
		op, ids = "tag_"+id, sent.Contacts
	case id == "upsert": // of a company, whose contact it does not name
		return
	}
	intents := a.journal()
	for _, id := range ids {
		if !slices.ContainsFunc(intents, func(l journalLine) bool {
			same := op != "create" || sent.Email == "" || l.Set["email"] == sent.Email
			return l.Type == "intent" && l.Op == op && l.ID == id && same
		}) {
			a.Errorf("%v: %s %s is sent, and the journal does not tell of it", a.cut, r.Method, r.URL.Path)
		}
	}
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
