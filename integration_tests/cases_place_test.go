package integration_tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector"
	"destination-gohighlevel/connector/sandbox"
)

// place is what a location is like before the sync.
type place struct {
	Country         string         `json:"location_country"` // ISO-2; "" is US
	AllowDuplicates bool           `json:"allow_duplicate_contact"`
	MatchOrder      []string       `json:"match_order"` // the location's duplicate preference; none is email, phone
	CustomFields    []customField  `json:"custom_fields"`
	Users           []sandbox.User `json:"users"`
	Faults          []placeFault   `json:"faults"`
	IndexLag        string         `json:"index_lag"` // how long search is behind, as 60s
}

type customField struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	FieldKey string   `json:"fieldKey"`
	DataType string   `json:"dataType"`
	Options  []string `json:"picklistOptions"`
}

// placeFault is an answer that goes wrong.
type placeFault struct {
	Match string `json:"match"` // METHOD /path/, as in sandbox.Server.Routes
	Nth   int    `json:"nth"`   // of the requests that match, from 1
	Kind  string `json:"kind"`  // of sandbox.FaultKind, or one of faultNames
}

var faultNames = map[string]sandbox.FaultKind{"422_but_created": sandbox.Fault422Applied}

// stage is a location with a configuration and a catalog for it.
type stage struct {
	*situation
	server *sandbox.Server
	dir    string
}

// build makes the location as it is before the first sync.
func (s *situation) build(t *testing.T) *stage {
	t.Helper()
	o := sandbox.Options{Country: s.Location.Country, AllowDuplicates: s.Location.AllowDuplicates, MatchOrder: s.Location.MatchOrder,
		Users: s.Location.Users, CustomFields: []sandbox.CustomField{}}
	for _, f := range s.Location.CustomFields {
		o.CustomFields = append(o.CustomFields, sandbox.CustomField{ID: f.ID, Name: f.Name, Key: f.FieldKey, DataType: f.DataType, Options: f.Options})
	}
	if s.Location.IndexLag != "" {
		lag, err := time.ParseDuration(s.Location.IndexLag)
		if err != nil {
			t.Fatal(err)
		}
		o.IndexLag = lag
	}
	w := &stage{s, sandbox.New(o), t.TempDir()}
	for i := range s.crowd {
		w.server.Put(oneOfTheCrowd(i))
	}
	for i, c := range s.Contacts {
		w.server.Put(contactOf(c, time.Date(2024, 1, 1, 0, i, 0, 0, time.UTC)))
	}
	for _, f := range s.Location.Faults {
		kind := sandbox.FaultKind(f.Kind)
		if own, ok := faultNames[f.Kind]; ok {
			kind = own
		}
		w.server.Inject(sandbox.Fault{Operation: f.Match, After: f.Nth - 1, Kind: kind})
	}
	listener := httptest.NewServer(w.server)
	t.Cleanup(listener.Close)
	w.configure(t, listener.URL)
	return w
}

// oneOfTheCrowd gives one of the people who have nothing to do with a situation.
func oneOfTheCrowd(i int) sandbox.Contact {
	at := time.Date(2023, 1, 1, 0, i, 0, 0, time.UTC)
	return sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("bystander%03d@example.com", i), "firstName": "Any"}, DateAdded: at, DateUpdated: at}
}

// contactOf reads a contact in HighLevel's own fields.
func contactOf(fields map[string]any, added time.Time) sandbox.Contact {
	c := sandbox.Contact{Fields: maps.Clone(fields), CustomFields: map[string]any{}, DateAdded: added, DateUpdated: added}
	c.ID, _ = fields["id"].(string)
	tags, _ := fields["tags"].([]any)
	for _, tag := range tags {
		c.Tags = append(c.Tags, tag.(string))
	}
	values, _ := fields["customFields"].([]any)
	for _, v := range values {
		pair := v.(map[string]any)
		c.CustomFields[pair["id"].(string)] = pair["value"]
	}
	for _, apart := range []string{"id", "tags", "customFields"} {
		delete(c.Fields, apart)
	}
	return c
}

// configure writes config.json and catalog.json.
func (w *stage) configure(t *testing.T, url string) {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(w.server.Config(url), &doc); err != nil {
		t.Fatal(err)
	}
	maps.Copy(doc, w.Config)
	config, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"config.json": config, "catalog.json": w.Catalog} {
		if err := os.WriteFile(filepath.Join(w.dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// sync runs one of the syncs as the platform would, with counts of requests of its own.
func (w *stage) sync(t *testing.T, run int) (messages []message, code int) {
	t.Helper()
	var input, stdout, stderr bytes.Buffer
	for _, line := range w.Runs[run] {
		if err := json.Compact(&input, line); err != nil {
			t.Fatal(err)
		}
		input.WriteByte('\n')
	}
	w.server.ResetCounts()
	code = connector.Run(t.Context(), connector.IO{Stdin: &input, Stdout: &stdout, Stderr: &stderr},
		[]string{"write", "--config", filepath.Join(w.dir, "config.json"), "--catalog", filepath.Join(w.dir, "catalog.json")})
	messages, err := readMessages(stdout.String())
	if err != nil {
		t.Fatal(err)
	}
	if stderr.Len() > 0 {
		t.Errorf("stderr: %s", &stderr)
	}
	return messages, code
}

// told gives what a reader needs who looks for the reason of a fault.
func (w *stage) told(said []message) string {
	var b strings.Builder
	for _, line := range lines(said) {
		fmt.Fprintf(&b, "  log: %s\n", line)
	}
	for _, c := range w.server.Contacts() {
		fmt.Fprintf(&b, "  contact: %s %v tags %q custom %v\n", c.ID, c.Fields, c.Tags, c.CustomFields)
	}
	return b.String()
}

// lines gives the messages that people read, an error as TRACE failure_type message.
func lines(messages []message) []string {
	var out []string
	for _, m := range messages {
		switch m.Type {
		case "LOG":
			out = append(out, m.Log.Level+" "+m.Log.Message)
		case "TRACE":
			out = append(out, "TRACE "+m.Trace.Error.FailureType+" "+m.Trace.Error.Message)
		}
	}
	return out
}
