package integration_tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// Every secret and every personal value of these tests has the mark in each of its words; nothing that may be printed has it. So a part of
// a value is found too, in any case and encoding that leaves letters alone. Phones have no letters: see phoneMark.
const (
	mark         = "zqx"
	canaryToken  = "pit-zqx0token-1111-4222-8333-zqx444444444"
	oddToken     = "zqxtoken0zqxtoken1zqxtoken2"
	canarySecret = "zqxsecret-0c0b-4908-zqx"
	canaryGrant  = "zqxrefresh.zqxrefresh.zqxrefresh"
	canaryClient = "64a0000000000000000000000-testapp1"
	canaryKeyID  = "AKIAZQXZQXZQXZQXZQX1"
	canaryKey    = "zqxsecretkey/zqxsecretkey+zqxsecretkey00"
)

// phoneMark finds the number of the canaries however it is written.
var phoneMark = regexp.MustCompile(`555\D{0,3}01\D?4\D?2`)

// canaryData is a record that the connector takes, full of what must not be told.
func canaryData() map[string]any {
	return map[string]any{"email": "Zqxander.Zqxton@zqxmail.example.com", "phone": "(202) 555-0142", "first_name": "Zqxander", "last_name": "O'Zqxton",
		"city": "Zqxville Zqxtown", "address1": "12 Zqxroad", "company": "Zqxworks & Zqxsons", "website": "https://zqxsite.example.com/zqx?zqx=zqx",
		"postal_code": "ZQX 1ZQ", "customer_number": "Zqxnote \"zqxquoted\"\\zqxback\nzqxline  zqxé", "story": strings.Repeat("zqxstory Zqxlong ", 60),
		"tags": []string{"zqxtag one", "ZQXtag two"}}
}

// canaryLine is a RECORD line with data in which some values are others.
func canaryLine(instead map[string]any) string {
	data := canaryData()
	for key, value := range instead {
		if data[key] = value; value == nil {
			delete(data, key)
		}
	}
	text, err := json.Marshal(data)
	if err != nil {
		panic(err) // it is all plain values
	}
	return fmt.Sprintf(`{"type":"RECORD","record":{"stream":"people","emitted_at":1,"data":%s}}`+"\n", text)
}

const canaryState = `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"people"},"stream_state":{"n":1}}}}` + "\n"

func canaryCatalog(mode string) string {
	return `{"streams":[{"stream":{"name":"people","json_schema":{"type":"object","properties":{"email":{"type":"string"},"phone":{"type":"string"}}}},"destination_sync_mode":"` + mode + `"}]}`
}

// canaryContact is whom the records are about, and canaryChild what they have to say to be a note, a task or a deal, too.
var (
	canaryContact = []sandbox.Contact{{ID: "c00000000000000000a1", Fields: map[string]any{"email": "zqxander.zqxton@zqxmail.example.com", "firstName": "Old", "companyName": "Old"}}}
	canaryChild   = map[string]any{"body": "Zqxbody <b>zqx</b>\n[ref:zqx/zqx]", "title": "Zqxtitle", "due": "2026-12-24", "pipeline": "Sales", "author": "Zqxander Zqxton"}
)

// canaryBusiness is what a record has to say to be a business too.
var canaryBusiness = map[string]any{"name": "Zqxworks & Zqxsons", "description": "zqxwords", "account_number": "zqx"}

// canaryObject is a configuration whose stream is written to another object.
func canaryObject(name string) map[string]any {
	return map[string]any{"streams": []any{map[string]any{"name": "people", "object": name}}}
}

// canaryCase is one run of the program with the canaries.
type canaryCase struct {
	verb    string
	config  map[string]any    // over that of the sandbox
	raw     string            // the whole configuration instead
	catalog string            // "" is append_dedup
	stdin   string            // "" is a good record
	api     http.Handler      // nil is a sandbox
	stop    func() bool       // it is interrupted once this is so,
	kill    bool              // or killed
	env     []string          // beside the test's own
	within  time.Duration     // 0 is a minute
	options sandbox.Options   // of the sandbox
	seed    []sandbox.Contact // in the sandbox
}

// canaryRun is what came of it.
type canaryRun struct {
	code           int
	stdout, stderr string
	messages       []message // not of preview
}

// run runs the program and fails if it told anything.
func (c canaryCase) run(t *testing.T, binary string) canaryRun {
	t.Helper()
	dir := t.TempDir()
	c.options.Token = canaryToken
	api := sandbox.New(c.options)
	for _, contact := range c.seed {
		api.Put(contact)
	}
	if c.api == nil {
		c.api = api
	}
	address := serveCanaries(t, c.api, api)
	files := map[string]string{"config.json": c.raw, "catalog.json": c.catalog}
	if c.raw == "" {
		var doc map[string]any
		_ = json.Unmarshal(api.Config(address), &doc) // the sandbox wrote it
		doc["journal"] = map[string]any{"storage_type": "Local", "path": "journal"}
		for key, value := range c.config {
			doc[key] = value
		}
		data, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		files["config.json"] = string(data)
	}
	if c.catalog == "" {
		files["catalog.json"] = canaryCatalog("append_dedup")
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := c.start(t, dir, binary)
	told := r.stderr
	if c.kill { // what it was about to say is no line yet
		r.stdout = r.stdout[:strings.LastIndexByte(r.stdout, '\n')+1]
	}
	switch c.verb {
	case "preview": // it shows the records
	case "import":
		if c.config["dry_run"] != true { // which shows them too
			told += r.stdout
		}
	default:
		messages, err := readMessages(r.stdout)
		if err != nil {
			t.Error(err)
		}
		r.messages = messages
		told = own(messages, r.stderr)
	}
	tellsNothing(t, told)
	return r
}

func (c canaryCase) start(t *testing.T, dir, binary string) canaryRun {
	t.Helper()
	args := []string{c.verb, "--config", "config.json"}
	switch c.verb {
	case "write", "preview":
		args = append(args, "--catalog", "catalog.json")
	case "import":
		args = append(args, "-", "--yes")
	}
	if c.stdin == "" {
		c.stdin = canaryLine(nil) + canaryState
	}
	var stdout, stderr buffer
	cmd := exec.Command(binary, args...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(c.stdin), &stdout, &stderr
	cmd.Env = append(os.Environ(), c.env...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its exit code is looked at below
		close(ended)
	}()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	if c.within == 0 {
		c.within = time.Minute
	}
	for deadline := time.Now().Add(c.within); ; {
		select {
		case <-ended:
			return canaryRun{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
		case <-tick.C:
		}
		if c.stop != nil && c.stop() {
			c.stop = nil
			if _ = cmd.Process.Signal(os.Interrupt); c.kill { // it may have ended by itself
				_ = cmd.Process.Kill()
			}
		}
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			t.Fatalf("it did not end within %v: %s%s", c.within, &stdout, &stderr)
		}
	}
}

// rowsOf makes a file of records out of messages: what is no record stays as it is.
func rowsOf(messages string) string {
	if messages == "" {
		messages = canaryLine(nil)
	}
	var rows strings.Builder
	for line := range strings.Lines(messages) {
		var m struct {
			Record struct{ Data json.RawMessage }
		}
		if json.Unmarshal([]byte(line), &m) == nil && len(m.Record.Data) > 0 && m.Record.Data[0] == '{' {
			line = string(m.Record.Data) + "\n"
		}
		rows.WriteString(line)
	}
	return rows.String()
}

// canaryAddress is a handler that answers some requests itself, and leaves the others to the sandbox.
type canaryAddress interface {
	at(api *sandbox.Server) http.Handler
}

// serveCanaries serves a handler until the test ends.
func serveCanaries(t *testing.T, h http.Handler, api *sandbox.Server) string {
	t.Helper()
	if lazy, ok := h.(canaryAddress); ok {
		h = lazy.at(api)
	}
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// tellsNothing fails if a text has any canary in it.
func tellsNothing(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if strings.Contains(strings.ToLower(line), mark) || phoneMark.MatchString(line) {
			t.Errorf("a canary is told: %.1500s", line)
			return
		}
	}
}

// echo is an API that quotes in its refusals what was sent to it; all that it does not refuse is for the sandbox.
type echo struct {
	operation string // "METHOD /path" as the request has it, or a beginning of that; "" is all
	status    int
	form      string // see body
	hits      *atomic.Int64
	api       *sandbox.Server
}

func (e *echo) at(api *sandbox.Server) http.Handler {
	e.api = api
	return e
}

// echoForms are the forms of an answer that quotes the request.
var echoForms = []string{"message", "list", "object", "words", "html", "text", "duplicate"}

// body is an answer that quotes a request.
func (e *echo) body(r *http.Request, sent []byte) (kind, body string) {
	quoted := fmt.Sprintf("%s %s refused %s %s", r.Method, r.URL, sent, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	answer := map[string]any{"statusCode": e.status, "traceId": "zqx-" + quoted}
	switch e.form {
	case "message":
		answer["message"] = "refused: " + quoted
	case "list":
		answer["message"] = append([]string{"refused"}, quotes(sent)...)
	case "object":
		answer["error"] = map[string]any{"message": quoted, "details": quotes(sent)}
	case "words":
		answer["message"] = "city must not be " + strings.ToUpper(strings.Join(quotes(sent), " nor ")) + url.QueryEscape(string(sent))
	case "html":
		return "text/html", "<html><body>error code: 1020 " + quoted + "</body></html>"
	case "text":
		return "text/plain", quoted
	case "duplicate":
		answer["message"] = "This location does not allow duplicated contacts. " + quoted
		answer["meta"] = map[string]any{"contactId": "connectioncheck00000", "matchingField": quoted, "contactName": quoted}
	}
	text, _ := json.Marshal(answer)
	return "application/json", string(text)
}

// quotes gives the texts of a JSON body, each in a sentence.
func quotes(sent []byte) []string {
	var out []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			out = append(out, v+" is not allowed")
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for _, item := range v {
				walk(item)
			}
		}
	}
	var doc any
	if json.Unmarshal(sent, &doc) == nil {
		walk(doc)
	}
	return out
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	if !strings.HasPrefix(r.Method+" "+r.URL.Path, e.operation) {
		e.api.ServeHTTP(w, r)
		return
	}
	e.hits.Add(1)
	kind, body := e.body(r, sent)
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(e.status)
	_, _ = io.WriteString(w, body)
}

// rawEcho is an API that breaks HTTP, with what it was sent in the broken part.
type rawEcho struct {
	operation string
	form      string // what comes before the quote on the wire
	hits      *atomic.Int64
	api       *sandbox.Server
}

func (e *rawEcho) at(api *sandbox.Server) http.Handler {
	e.api = api
	return e
}

func (e *rawEcho) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	if !strings.HasPrefix(r.Method+" "+r.URL.Path, e.operation) {
		e.api.ServeHTTP(w, r)
		return
	}
	e.hits.Add(1)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	quoted := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") + " " + r.URL.RawQuery + " " + strings.Join(strings.Fields(string(sent)), " ")
	_, _ = fmt.Fprintf(conn, e.form, quoted)
}
