package integration_tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// held is what a contact holds: fields by the names that a preview uses, without the empty ones.
type held struct {
	Fields map[string]any
	Tags   []string
}

// customKeys gives the keys of the location's custom fields, by id, as the API tells them.
func customKeys(server *sandbox.Server) map[string]string {
	o := server.Options()
	ask := httptest.NewRequest(http.MethodGet, "/locations/"+o.LocationID+"/customFields", nil)
	ask.Header.Set("Version", "2021-07-28")
	ask.Header.Set("Authorization", "Bearer "+o.Token)
	ask.Header.Set("User-Agent", "test")
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, ask)
	var body struct {
		CustomFields []struct{ ID, FieldKey string }
	}
	_ = json.Unmarshal(answer.Body.Bytes(), &body) // without keys the pictures differ
	keys := map[string]string{}
	for _, f := range body.CustomFields {
		keys[f.ID] = f.FieldKey
	}
	return keys
}

// picture gives all that the sandbox holds, by id. It makes a request.
func picture(server *sandbox.Server) map[string]held {
	keys := customKeys(server)
	all := map[string]held{}
	for _, c := range server.Contacts() {
		h := held{Fields: map[string]any{}, Tags: slices.Sorted(slices.Values(c.Tags))}
		put := func(name string, value any) {
			if value = plain(value); value != nil && value != "" {
				h.Fields[name] = value
			}
		}
		for name, value := range c.Fields {
			if name != "type" { // the API's own
				put(name, value)
			}
		}
		for id, value := range c.CustomFields {
			put(keys[id], value)
		}
		all[c.ID] = h
	}
	return all
}

// plain gives a value as JSON has it.
func plain(value any) any {
	data, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		return err.Error()
	}
	return out
}

// deed is what was done, or is to be done, to one contact. A new contact has no id.
type deed struct {
	Contact        string
	Fields         map[string][2]any `json:",omitempty"` // before and after
	Added, Removed []string          `json:",omitempty"`
	Deleted        bool              `json:",omitempty"`
}

// String makes deeds comparable whatever their order.
func (d deed) String() string {
	slices.Sort(d.Added)
	slices.Sort(d.Removed)
	data, _ := json.Marshal(d)
	return string(data)
}

// deeds tells what happened between two pictures.
func deeds(before, after map[string]held) []string {
	var out []string
	for id, was := range before {
		is, there := after[id]
		d := deed{Contact: id, Deleted: !there}
		if there {
			d = compare(id, was, is)
		}
		if !reflect.DeepEqual(d, deed{Contact: id}) {
			out = append(out, d.String())
		}
	}
	for id, is := range after {
		if _, there := before[id]; !there {
			out = append(out, compare("", held{}, is).String())
		}
	}
	slices.Sort(out)
	return out
}

func compare(id string, was, is held) deed {
	d := deed{Contact: id}
	names := maps.Clone(is.Fields)
	maps.Copy(names, was.Fields)
	for name := range names {
		if reflect.DeepEqual(was.Fields[name], is.Fields[name]) {
			continue
		}
		if d.Fields == nil {
			d.Fields = map[string][2]any{}
		}
		d.Fields[name] = [2]any{was.Fields[name], is.Fields[name]}
	}
	for _, tag := range is.Tags {
		if !slices.Contains(was.Tags, tag) {
			d.Added = append(d.Added, tag)
		}
	}
	for _, tag := range was.Tags {
		if !slices.Contains(is.Tags, tag) {
			d.Removed = append(d.Removed, tag)
		}
	}
	return d
}

// preview is what the verb has printed.
type preview struct {
	lines    []previewLine
	requests int
}

// previewLine is a line of it; the last one has the counts and the cost.
type previewLine struct {
	Action    string  `json:"action"`
	Lines     []int64 `json:"lines"`
	ContactID string  `json:"contact_id"`
	CreatedOn int64   `json:"created_on_line"`
	Fields    map[string]struct {
		Old any `json:"old"`
		New any `json:"new"`
	} `json:"fields"`
	TagsAdded   []string       `json:"tags_added"`
	TagsRemoved []string       `json:"tags_removed"`
	Counts      map[string]int `json:"counts"`
	Cost        struct {
		Requests int `json:"requests"`
	} `json:"cost"`
}

// runPreview runs the verb and fails unless its counts are those of its lines.
func runPreview(t *testing.T, dir string, input []byte) preview {
	t.Helper()
	p := start(t, dir, bytes.NewReader(input), nil, "preview", "--config", "config.json", "--catalog", "catalog.json")
	if code := p.end(t); code != 0 {
		t.Fatalf("preview: exit code %d\n%s%s", code, p.stdout, p.stderr)
	}
	var out preview
	counts := map[string]int{}
	for text := range strings.Lines(p.stdout.String()) {
		var line previewLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("preview: %v", err)
		}
		if line.Action != "summary" {
			out.lines = append(out.lines, line)
			counts[line.Action]++
			continue
		}
		out.requests = line.Cost.Requests
		if !maps.Equal(line.Counts, counts) {
			t.Errorf("the summary counts %v, the lines %v", line.Counts, counts)
		}
	}
	if out.requests == 0 {
		t.Fatal("preview: there is no summary")
	}
	return out
}

// deeds gives the plan in the form of what was done: several lines can be about one contact, and one that is to be created is known by
// the line that creates it.
func (p preview) deeds() []string {
	all := map[string]deed{}
	for _, line := range p.lines {
		if line.Action == "reject" || line.Action == "unchanged" {
			continue
		}
		id := line.ContactID
		switch {
		case line.CreatedOn != 0:
			id = fmt.Sprint("line ", line.CreatedOn)
		case id == "":
			id = fmt.Sprint("line ", line.Lines[0])
		}
		all[id] = line.follow(all[id])
	}
	var out []string
	for _, d := range all {
		if d.Contact == "" && d.Deleted || reflect.DeepEqual(d, deed{Contact: d.Contact}) {
			continue // it comes to nothing
		}
		out = append(out, d.String())
	}
	slices.Sort(out)
	return out
}

// follow adds what the line is about to what was done to the same contact before.
func (l previewLine) follow(d deed) deed {
	if l.Action == "delete" {
		return deed{Contact: l.ContactID, Deleted: true}
	}
	d.Contact = l.ContactID
	for name, change := range l.Fields {
		both := [2]any{orNil(change.Old), orNil(change.New)}
		if before, changed := d.Fields[name]; changed {
			both[0] = before[0]
		}
		if d.Fields == nil {
			d.Fields = map[string][2]any{}
		}
		if d.Fields[name] = both; reflect.DeepEqual(both[0], both[1]) {
			delete(d.Fields, name)
		}
	}
	if len(d.Fields) == 0 {
		d.Fields = nil
	}
	added, removed := tagsBut(l.TagsAdded, d.Removed), tagsBut(l.TagsRemoved, d.Added)
	d.Added, d.Removed = append(tagsBut(d.Added, l.TagsRemoved), added...), append(tagsBut(d.Removed, l.TagsAdded), removed...)
	return d
}

// tagsBut are the tags that are not among the others.
func tagsBut(tags, others []string) (rest []string) {
	for _, tag := range tags {
		if !slices.Contains(others, tag) {
			rest = append(rest, tag)
		}
	}
	return rest
}

// orNil is nil for what is empty.
func orNil(value any) any {
	if value == "" {
		return nil
	}
	return value
}
