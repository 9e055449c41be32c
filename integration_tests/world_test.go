package integration_tests

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"destination-gohighlevel/connector/sandbox"
)

// scopes is what a token may need.
var scopes = []string{"contacts.readonly", "contacts.write", "locations.readonly", "locations/customFields.readonly",
	"locations/customFields.write", "businesses.readonly", "businesses.write", "oauth.write"}

type worldKey struct{}

// world is what a script acts in: its sandbox, and what the last run of the program printed.
type world struct {
	server   *sandbox.Server
	messages []message
	said     string // see own
}

func newWorld() (*world, error) {
	_, err := protocolSchema()
	return &world{}, err
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

// sandboxOf gives the script's sandbox.
func sandboxOf(ts *testscript.TestScript) *sandbox.Server {
	w := worldOf(ts)
	if w.server == nil {
		ts.Fatalf("there is no sandbox yet")
	}
	return w.server
}

// cmdSandbox starts the script's sandbox, or another in its place, at $SANDBOX, and writes a config.json for it. With -oauth that is a sign-in by an
// app, with -agency one by an app of the agency; the app is appClient with appSecret.
//
//	sandbox [-seed N] [-duplicates] [-latency D] [-lag D] [-burst N] [-daily N] [-without SCOPE,...] [-oauth | -agency]
func cmdSandbox(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	var o sandbox.Options
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	seed := flags.Int("seed", 0, "contacts to begin with")
	flags.BoolVar(&o.AllowDuplicates, "duplicates", false, "allow them")
	flags.DurationVar(&o.Latency, "latency", 0, "of every answer")
	flags.DurationVar(&o.IndexLag, "lag", 0, "of search")
	flags.IntVar(&o.Burst, "burst", 0, "requests in ten seconds")
	flags.IntVar(&o.Daily, "daily", 0, "requests in a day")
	without := flags.String("without", "", "scopes that the token lacks")
	oauth := flags.Bool("oauth", false, "sign in by an app")
	flags.BoolVar(&o.OAuth.Company, "agency", false, "sign in by an app of the agency")
	ts.Check(flags.Parse(args))
	for scope := range strings.SplitSeq(*without, ",") {
		if scope == "" {
			continue
		}
		if !slices.Contains(scopes, scope) {
			ts.Fatalf("no scope %q", scope)
		}
		if o.Scopes == nil {
			o.Scopes = slices.Clone(scopes)
		}
		o.Scopes = slices.DeleteFunc(o.Scopes, func(s string) bool { return s == scope })
	}
	o.OAuth.ClientID, o.OAuth.ClientSecret = appClient, appSecret
	server, config := serveSandbox(ts.Defer, o)
	if *oauth || o.OAuth.Company {
		config = oauthConfig(server, config)
	}
	server.Seed(*seed)
	worldOf(ts).server = server
	var at struct {
		URL string `json:"api_url"`
	}
	ts.Check(json.Unmarshal(config, &at))
	ts.Setenv("SANDBOX", at.URL)
	ts.Check(os.WriteFile(ts.MkAbs("config.json"), config, 0o600))
}

// serveSandbox starts a sandbox that ends with the test, and gives a configuration for it.
func serveSandbox(atEnd func(func()), o sandbox.Options) (*sandbox.Server, []byte) {
	server := sandbox.New(o)
	listener := httptest.NewServer(server)
	atEnd(func() {
		listener.CloseClientConnections()
		listener.Close()
	})
	return server, server.Config(listener.URL)
}

// cmdConfig sets keys of config.json.
//
//	config KEY[.KEY]=JSON...
func cmdConfig(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	var doc map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("config.json")), &doc))
	for _, arg := range args {
		path, text, _ := strings.Cut(arg, "=")
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			ts.Fatalf("%s: %v", path, err)
		}
		at := doc
		keys := strings.Split(path, ".")
		for _, key := range keys[:len(keys)-1] {
			at = at[key].(map[string]any)
		}
		at[keys[len(keys)-1]] = value
	}
	data, err := json.Marshal(doc)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("config.json"), data, 0o600))
}

// cmdPut stores a contact as a person at the screen would.
//
//	put FIELD=VALUE... [tags=A,B]
func cmdPut(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	c := sandbox.Contact{Fields: map[string]any{}}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		if name == "tags" {
			c.Tags = strings.Split(value, ",")
		} else {
			c.Fields[name] = value
		}
	}
	sandboxOf(ts).Put(c)
}

// cmdRemove deletes the contacts with an email address as a person at the screen would.
//
//	remove EMAIL
func cmdRemove(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	server := sandboxOf(ts)
	for _, c := range server.Contacts() {
		if c.Fields["email"] == args[0] {
			server.Delete(c.ID)
		}
	}
}

// cmdInject makes requests go wrong, see sandbox.ParseFault.
func cmdInject(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	for _, text := range args {
		fault, err := sandbox.ParseFault(text)
		ts.Check(err)
		sandboxOf(ts).Inject(fault)
	}
}

// cmdReset forgets the counts of requests.
func cmdReset(ts *testscript.TestScript, neg bool, _ []string) {
	never(ts, neg)
	sandboxOf(ts).ResetCounts()
}

func never(ts *testscript.TestScript, neg bool) {
	if neg {
		ts.Fatalf("! has no meaning here")
	}
}

// fieldOf gives a contact's field as text: a standard one, tags, or custom:KEY.
func fieldOf(server *sandbox.Server, c sandbox.Contact, name string) string {
	if name == "tags" {
		return strings.Join(slices.Sorted(slices.Values(c.Tags)), ",")
	}
	value := c.Fields[name]
	if key, custom := strings.CutPrefix(name, "custom:"); custom {
		for _, f := range server.Options().CustomFields {
			if strings.TrimPrefix(f.Key, "contact.") == key {
				value = c.CustomFields[f.ID]
			}
		}
	}
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
