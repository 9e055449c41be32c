package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/sandbox"
	"destination-gohighlevel/connector/words"
)

// demoRun is one sync of the demo.
type demoRun struct {
	title string
	lines []byte
}

// runDemo starts a sandbox, syncs the bundled audience three times through
// the same code as write, and says what it cost.
func runDemo(ctx context.Context, c IO, _ *airbyte.Writer, args []string) error {
	stay, listen := false, "127.0.0.1:0"
	v := values{FlagSet: flag.NewFlagSet("demo", flag.ContinueOnError)}
	v.yes("serve", &stay)
	v.value("listen", func(text string) error { listen = text; return addressFault(text) })
	if err := v.parse(args); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := sandbox.New(sandbox.Options{LocationName: "Demo location"})
	url, wait, err := serve(ctx, server, listen)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "gohighlevel-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := writeDemoFiles(dir, server.Config(url)); err != nil {
		return err
	}
	people := audience(audienceSize)
	changed := audience(audienceSize)
	for i := range len(changed) * 3 / 100 {
		changed[i*33].City, changed[i*33].Phone = "Salem", fmt.Sprintf("(503) 555-%04d", 150+i)
	}
	say(c.Stdout, "An embedded GoHighLevel (no account, no network) and an audience of %s, synced three times:\n", words.Plural(audienceSize, "person", "people"))
	total := 0
	for _, r := range []demoRun{
		{"1. everybody is new", demoLines(people)},
		{"2. the same audience again", demoLines(people)},
		{"3. 3 % of the people have changed", demoLines(changed)},
	} {
		server.ResetCounts()
		closing, err := demoSync(ctx, c, dir, r.lines)
		if err == nil {
			err = ctx.Err() // a sync that is stopped ends well
		}
		if err != nil {
			return err
		}
		total += server.Total()
		say(c.Stdout, "%s\n   the connector reported   %s\n   GoHighLevel counted      %s, %s of them writes; it now holds %s\n",
			r.title, closing, words.Count(server.Total(), "call"), words.Grouped(server.Writes()), words.Count(len(server.Contacts()), "contact"))
	}
	say(c.Stdout, "%s in all. A tool that sends every person every time needs %s.", words.Count(total, "call"), words.Grouped(3*audienceSize))
	if !stay {
		say(c.Stdout, "Add --serve to look at the contacts in a browser.")
		return nil
	}
	say(c.Stdout, "Look at the contacts at %s; Ctrl-C ends it.", url)
	return wait()
}

func writeDemoFiles(dir string, conf []byte) error {
	if err := os.WriteFile(filepath.Join(dir, "config.json"), conf, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "catalog.json"), []byte(demoCatalog), 0o600)
}

// demoSync runs write as a platform would and returns its closing line.
func demoSync(ctx context.Context, c IO, dir string, lines []byte) (string, error) {
	var out bytes.Buffer
	code := Run(ctx, IO{Stdin: bytes.NewReader(lines), Stdout: &out, Stderr: c.Stderr},
		[]string{"write", "--config", filepath.Join(dir, "config.json"), "--catalog", filepath.Join(dir, "catalog.json")})
	if code != exitOK {
		return "", fmt.Errorf("the sync ended with code %d:\n%s", code, out.String())
	}
	closing := ""
	for line := range strings.Lines(out.String()) {
		var m struct{ Log struct{ Message string } }
		if json.Unmarshal([]byte(line), &m) == nil && strings.HasPrefix(m.Log.Message, "contacts: ") {
			closing = m.Log.Message
		}
	}
	return closing, nil
}

// demoLines is the audience as a source prints it, with a state at the end.
func demoLines(people []member) []byte {
	var b bytes.Buffer
	encode := json.NewEncoder(&b)
	for _, p := range people {
		_ = encode.Encode(map[string]any{"type": "RECORD", "record": map[string]any{"stream": "audience", "data": p, "emitted_at": 0}})
	}
	b.WriteString(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"audience"},"stream_state":{"done":true}}}}` + "\n")
	return b.Bytes()
}

const demoCatalog = `{"streams":[{"stream":{"name":"audience","supported_sync_modes":["full_refresh"],"json_schema":{"type":"object","properties":{
"email":{"type":"string"},"first_name":{"type":"string"},"last_name":{"type":"string"},"phone":{"type":"string"},
"city":{"type":"string"},"state":{"type":"string"},"zip":{"type":"string"},"company":{"type":"string"}}}},
"sync_mode":"full_refresh","destination_sync_mode":"append_dedup","primary_key":[["email"]]}]}`
