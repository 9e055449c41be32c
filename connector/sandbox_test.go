package connector

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// tell runs a command line that must come to nothing but words, and gives the
// exit code and both outputs. Where it would serve, it ends at once with 0.
func tell(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, told bytes.Buffer
	code = Run(ctx, IO{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &told}, args)
	return code, out.String(), told.String()
}

func TestSandboxFlagsThatMakeNoSense(t *testing.T) {
	for _, c := range []struct {
		flag string
		want []string // in the one line that tells it
	}{
		{"--burst=-5", []string{`--burst cannot be "-5"`, "whole number", "0"}},
		{"--burst=many", []string{`--burst cannot be "many"`, "whole number"}},
		{"--daily=-1", []string{`--daily cannot be "-1"`}},
		{"--contacts=-1", []string{`--contacts cannot be "-1"`}},
		{"--contacts=1.5", []string{`--contacts cannot be "1.5"`}},
		{"--contacts=99999999999", []string{`--contacts cannot be "99999999999"`, "1,000,000"}},
		{"--index-lag=60", []string{`--index-lag cannot be "60"`, "unit", "60s"}},
		{"--index-lag=-5s", []string{`--index-lag cannot be "-5s"`}},
		{"--latency=soon", []string{`--latency cannot be "soon"`, "unit"}},
		{"--token-life=0s", []string{`--token-life cannot be "0s"`, "more than 0"}},
		{"--scopes=contacts.readonly,contact.write", []string{`"contact.write"`, "choose from contacts.write, contacts.readonly,", "oauth.write"}},
		{"--scopes=a,b", []string{`"a"`, `"b"`}},
		{"--scopes=,", []string{"it names none", "leave it out"}},
		{"--location=", []string{`--location cannot be ""`, "letters and digits"}},
		{"--location=a/b", []string{`--location cannot be "a/b"`}},
		{"--token=", []string{"--token is empty"}},
		{"--token=secret 1", []string{"blanks", "!secret"}},
		{"--listen=8080", []string{`--listen cannot be "8080"`, "127.0.0.1:8080"}},
		{"--allow-host=http://sandbox:8080", []string{`--allow-host cannot be "http://sandbox:8080"`, "name alone"}},
		{"--listen=127.0.0.1:99999", []string{`--listen cannot be "127.0.0.1:99999"`}},
		{"--oauth=perhaps", []string{`--oauth cannot be "perhaps"`, "--oauth alone"}},
		{"--fault=nonsense", []string{`--fault cannot be "nonsense"`, "OPERATION:KIND[:OPTION=VALUE]", "reset-after", "skew", "POST /contacts/:"}},
		{"--variant=sets", []string{`--variant cannot be "sets"`, "no such variant", "upsert-is-200, ", "sets-refused"}},
		{"--fault=:statuss", []string{`--fault cannot be ":statuss"`, `no such kind "statuss"`, "status, timeout"}},
		{"--fault=PUT /contacts:slow", []string{`no such operation "PUT /contacts"`, "PUT /contacts/{contactId}"}},
		{"--fault=:status:after=-1", []string{"after", "0 or more"}},
		{"--fault=:status:times=x", []string{"times", "-1"}},
		{"--fault=:slow:delay=5", []string{"delay", "unit"}},
	} {
		t.Run(c.flag, func(t *testing.T) {
			code, stdout, stderr := tell(t, "sandbox", "--listen", "127.0.0.1:0", c.flag)
			if code != exitUsage || stdout != "" {
				t.Fatalf("exit code %d, stdout %q", code, stdout)
			}
			if strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "destination-gohighlevel: sandbox: ") {
				t.Errorf("not one line: %s", stderr)
			}
			for _, words := range c.want {
				unwanted, not := strings.CutPrefix(words, "!")
				if strings.Contains(stderr, unwanted) == not {
					t.Errorf("%q: %s", words, stderr)
				}
			}
		})
	}
}

func TestSandboxTellsAllFaultsAtOnce(t *testing.T) {
	code, _, stderr := tell(t, "sandbox", "--burst=-5", "--index-lag=60", "--fault=nonsense", "--fault=:slow", "--scopes=x", "--nope")
	if code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	told, _, _ := strings.Cut(stderr, "\n\n") // the usage follows, because of the unknown flag
	lines := strings.Split(told, "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines: %s", len(lines), stderr)
	}
	for i, words := range []string{"--burst", "--index-lag", "--fault", "--scopes", "not defined: -nope"} {
		if !strings.Contains(lines[i], words) {
			t.Errorf("line %d has no %q: %s", i, words, lines[i])
		}
	}
}

func TestSandboxFlagsThatMakeSense(t *testing.T) {
	code, stdout, stderr := tell(t, "sandbox", "--listen=127.0.0.1:0", "--burst=0", "--daily=10", "--contacts=2", "--index-lag=0", "--latency=1ms",
		"--token-life=1h", "--scopes=contacts.readonly, contacts.write", "--location=here", "--token=pit-1", "--oauth=false", "--allow-duplicates", "--allow-duplicate-opportunities",
		"--fault=*:status:times=-1", "--fault=:skew:delay=-1h", "--variant=page-of-100", "--variant=email-exact")
	if code != exitOK || !strings.Contains(stdout, `"location_id": "here"`) || !strings.Contains(stdout, `"pit-1"`) {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
}

func TestAPortThatIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, args := range [][]string{{"sandbox"}, {"demo", "--serve"}} {
		code, stdout, stderr := tell(t, append(args, "--listen", taken.Addr().String())...)
		if code != exitError || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit code %d, stdout %q: %s", args, code, stdout, stderr)
		}
		for _, words := range []string{taken.Addr().String(), "already", "--listen 127.0.0.1:0"} {
			if !strings.Contains(stderr, words) {
				t.Errorf("%s: %q is not in: %s", args, words, stderr)
			}
		}
	}
}

// TestAllAddresses holds the address that is shown to one that a browser takes.
func TestAllAddresses(t *testing.T) {
	if code, stdout, _ := tell(t, "sandbox", "--listen=:0"); code != exitOK || !strings.Contains(stdout, `"http://127.0.0.1:`) {
		t.Errorf("exit code %d: %s", code, stdout)
	}
}

func TestADemoThatIsStoppedEnds(t *testing.T) {
	code, stdout, stderr := tell(t, "demo")
	if code != exitError || strings.Contains(stdout, "reported") || stderr != "destination-gohighlevel: The demo was stopped.\n" {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
}

// TestHelpIsOfTheVerb holds a fault of the flags to the verb's own usage.
func TestHelpIsOfTheVerb(t *testing.T) {
	code, _, stderr := tell(t, "check", "config.json")
	if code != exitUsage || !strings.Contains(stderr, "--config FILE") || strings.Contains(stderr, "--catalog") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// TestTheSandboxIsNotForTheWeb: a page of another site, which a browser on this
// machine shows, neither reads the sandbox under a name of its own nor writes to it.
func TestTheSandboxIsNotForTheWeb(t *testing.T) {
	h := forOwnHosts(sandbox.New(sandbox.Options{}), []string{"sandbox"})
	for _, c := range []struct {
		method, host string
		headers      map[string]string
		refused      bool
	}{
		{method: "GET", host: "127.0.0.1:8080"},
		{method: "GET", host: "localhost:8080"},
		{method: "GET", host: "localhost."},
		{method: "GET", host: "[::1]:8080"},
		{method: "GET", host: "Sandbox:8080"},
		{method: "GET", host: "rebound.example.com:8080", refused: true},
		{method: "GET", host: "sandbox.example.com", refused: true},
		{method: "GET", host: "", refused: true},
		{method: "POST", host: "localhost:8080"},
		{method: "POST", host: "localhost:8080", headers: map[string]string{"Sec-Fetch-Site": "same-origin"}},
		{method: "POST", host: "localhost:8080", headers: map[string]string{"Sec-Fetch-Site": "cross-site"}, refused: true},
		{method: "POST", host: "localhost:8080", headers: map[string]string{"Origin": "http://www.example.com"}, refused: true},
		{method: "POST", host: "localhost:8080", headers: map[string]string{"Origin": "null"}, refused: true},
	} {
		r := httptest.NewRequest(c.method, "http://localhost/_sandbox/"+map[string]string{"GET": "contacts", "POST": "reset"}[c.method], nil)
		r.Host = c.host
		for name, value := range c.headers {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if refused := w.Code == http.StatusForbidden; refused != c.refused {
			t.Errorf("%s of host %q with %v: %d %s", c.method, c.host, c.headers, w.Code, w.Body)
		}
	}
}
