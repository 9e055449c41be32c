package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
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

// demoRuns are the syncs of the bundled audience.
func demoRuns() []demoRun {
	people, changed := audience(audienceSize), audience(audienceSize)
	for i := range len(changed) * 3 / 100 {
		changed[i*33].City, changed[i*33].Phone = "Salem", fmt.Sprintf("(503) 555-%04d", 150+i)
	}
	return []demoRun{{"1. everybody is new", demoLines(people)}, {"2. the same people again", demoLines(people)}, {"3. 3 % have changed", demoLines(changed)}}
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
	if err := demoSyncs(ctx, c, server, url); err != nil {
		return err
	}
	if !stay {
		say(c.Stdout, demoNext, "demo --serve", "look at these people in a browser")
		return nil
	}
	server.Begin("After the demo")
	say(c.Stdout, demoNext, url, "look at these people; each sync is counted apart, and so is what you send now; Ctrl-C ends it")
	return wait()
}

// demoNext is what to do after the demo.
const demoNext = `
Next:
  %-23s %s
  sandbox > config.json   keep such a GoHighLevel running; then, in another terminal:
  import people.csv       look at your own file as it would arrive, and send it there
  init                    write a configuration for your own account, in the place of the sandbox's`

// demoSyncs runs the syncs against the sandbox at url and prints a line for each.
func demoSyncs(ctx context.Context, c IO, server *sandbox.Server, url string) error {
	dir, err := os.MkdirTemp("", "gohighlevel-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := writeDemoFiles(dir, server.Config(url)); err != nil {
		return err
	}
	const row = "%-26s%9s%9s%11s%11s%9s"
	say(c.Stdout, "%s, synced three times into an embedded GoHighLevel (no account, no network):\n", words.Plural(audienceSize, "person", "people"))
	say(c.Stdout, row, "", "created", "updated", "unchanged", "requests", "writes")
	total := 0
	for _, r := range demoRuns() {
		server.Begin(r.title)
		ended, err := demoSync(ctx, c, dir, r.lines)
		if err == nil {
			err = ctx.Err() // a sync that is stopped ends well
		}
		if err != nil {
			return err
		}
		total += server.Total()
		say(c.Stdout, row, r.title, ended["created"], ended["updated"], ended["unchanged"], words.Grouped(server.Total()), words.Grouped(server.Writes()))
	}
	say(c.Stdout, "\n%s, as GoHighLevel counted them. A tool that sends every person every time needs %s.", words.Count(total, "request"), words.Grouped(3*audienceSize))
	return nil
}

func writeDemoFiles(dir string, conf []byte) error {
	if err := os.WriteFile(filepath.Join(dir, "config.json"), conf, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "catalog.json"), []byte(demoCatalog), 0o600)
}

// demoSync runs write as a platform would and returns how many records its closing line says were created, updated and so on.
func demoSync(ctx context.Context, c IO, dir string, lines []byte) (ended map[string]string, err error) {
	var out bytes.Buffer
	console := struct{ io.Writer }{c.Stderr} // no terminal: the demo's own table is what there is to see
	code := Run(ctx, IO{Stdin: bytes.NewReader(lines), Stdout: &out, Stderr: console},
		[]string{"write", "--config", filepath.Join(dir, "config.json"), "--catalog", filepath.Join(dir, "catalog.json")})
	if code != exitOK {
		return nil, fmt.Errorf("the sync ended with code %d:\n%s", code, out.String())
	}
	ended = map[string]string{}
	for line := range strings.Lines(out.String()) {
		var m struct{ Log struct{ Message string } }
		if json.Unmarshal([]byte(line), &m) != nil || !strings.HasPrefix(m.Log.Message, "contacts: ") {
			continue
		}
		for part := range strings.SplitSeq(strings.TrimPrefix(m.Log.Message, "contacts: "), " · ") {
			n, how, _ := strings.Cut(part, " ")
			ended[how] = n
		}
	}
	return ended, nil
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
