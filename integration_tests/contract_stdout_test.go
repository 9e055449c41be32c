package integration_tests

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector"
	"destination-gohighlevel/connector/sandbox"
)

// TestStdoutOfEachVerb holds what each verb prints to the platform's schema of its messages, and to the types that it may print.
// preview, demo and sandbox speak to people.
func TestStdoutOfEachVerb(t *testing.T) {
	t.Parallel()
	if schema, err := protocolSchema(); err != nil {
		t.Fatal(err)
	} else if schema == nil {
		t.Skip("the platform's schema is not here: " + protocolFile)
	}
	const catalog = `{"streams":[{"stream":{"name":"people","json_schema":{},"supported_sync_modes":["full_refresh"]},
"sync_mode":"full_refresh","destination_sync_mode":"append_dedup","primary_key":[["email"]]}]}`
	const sourceCatalog = `{"streams":[{"stream":{"name":"contacts","json_schema":{},"supported_sync_modes":["full_refresh"]},
"sync_mode":"full_refresh","destination_sync_mode":"append"}]}`
	lines := string(people(3, 2)) + `{"type":"RECORD","record":{"stream":"people","emitted_at":1,"data":{"email":"no address"}}}` + "\n"
	cases := map[string]struct {
		verb, catalog, input string
		oauth                bool
		daily                int    // requests
		fault                string // see sandbox.ParseFault
		code                 int
		want                 string // the types, sorted
	}{
		"spec":                  {verb: "spec", want: "SPEC"},
		"spec of the source":    {verb: "spec --source", want: "SPEC"},
		"check":                 {verb: "check", want: "CONNECTION_STATUS"},
		"check of the source":   {verb: "check --source", want: "CONNECTION_STATUS"},
		"check, failed":         {verb: "check", fault: "*:status:times=-1:status=403", want: "CONNECTION_STATUS"},
		"check, token renewed":  {verb: "check", oauth: true, want: "CONNECTION_STATUS CONTROL LOG"},
		"discover":              {verb: "discover", want: "DESTINATION_CATALOG"},
		"discover the source":   {verb: "discover --source", want: "CATALOG"},
		"source not discovered": {verb: "discover --source", fault: "*:status:times=-1:status=403", code: 1, want: "TRACE"},
		"discover, failed":      {verb: "discover", fault: "*:status:times=-1:status=403", code: 1, want: "TRACE"},
		"read":                  {verb: "read", catalog: sourceCatalog, want: "LOG RECORD STATE TRACE"},
		"read, token renewed":   {verb: "read", catalog: sourceCatalog, oauth: true, want: "CONTROL LOG RECORD STATE TRACE"},
		"read, quota used up":   {verb: "read", catalog: sourceCatalog, daily: 1, code: 1, want: "LOG TRACE"},
		"read, broken catalog":  {verb: "read", catalog: "{", code: 1, want: "TRACE"},
		"read, failed":          {verb: "read", catalog: sourceCatalog, fault: "POST /contacts/search:status:times=-1:status=403", code: 1, want: "LOG TRACE"},
		"write":                 {verb: "write", catalog: catalog, input: lines, want: "LOG STATE"},
		"write, token renewed":  {verb: "write", catalog: catalog, input: lines, oauth: true, want: "CONTROL LOG STATE"},
		"write, nothing":        {verb: "write", catalog: catalog, want: "LOG"},
		"write, refused":        {verb: "write", catalog: catalog, input: lines, fault: "POST /contacts/:status:times=-1:status=403", code: 1, want: "LOG TRACE"},
		"write, broken input":   {verb: "write", catalog: catalog, input: lines + "{", code: 1, want: "LOG STATE TRACE"},
		"write, broken catalog": {verb: "write", catalog: "{", code: 1, want: "TRACE"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var messages []message
			var code int
			if strings.HasPrefix(c.verb, "spec") {
				messages, code = specMessages(t, c.verb)
			} else {
				s := newContractStage(t, sandbox.Options{Daily: c.daily}, c.oauth)
				s.ExpireAccessTokens()
				if c.verb == "read" {
					s.Seed(3)
					s.SeedWork()
				}
				if c.fault != "" {
					fault, err := sandbox.ParseFault(c.fault)
					if err != nil {
						t.Fatal(err)
					}
					s.Inject(fault)
				}
				messages, code = s.run(t, c.verb, nil, c.catalog, c.input)
			}
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			var types []string
			for _, m := range messages {
				types = append(types, m.Type)
			}
			slices.Sort(types)
			if got := strings.Join(slices.Compact(types), " "); got != c.want {
				t.Errorf("messages of the types %s, want %s\n%s", got, c.want, own(messages, ""))
			}
		})
	}
}

func specMessages(t *testing.T, verb string) ([]message, int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := connector.Run(t.Context(), connector.IO{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}, strings.Fields(verb))
	messages, err := readMessages(stdout.String())
	if err != nil {
		t.Fatal(err)
	}
	return messages, code
}
