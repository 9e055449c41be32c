package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// printed is a stdout that can be read while it is written.
type printed struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.data.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.data.String()
}

// closed is a stdout that nobody reads.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// signedIn gives a sandbox whose app's access token has ended, and the
// configuration of a sign-in from before. watch sees the bearer token of each
// call but those for tokens.
func signedIn(t *testing.T, watch func(bearer string)) (*sandbox.Server, config.Config) {
	t.Helper()
	server := sandbox.New(sandbox.Options{Latency: 20 * time.Millisecond})
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/oauth/") {
			watch(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		}
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(listener.Close)
	conf, err := config.Parse(server.OAuthConfig(listener.URL))
	if err != nil {
		t.Fatal(err)
	}
	server.ExpireAccessTokens()
	return server, conf
}

// look has n workers ask for the location at once, and gives what they met.
func look(ctx context.Context, client *ghl.Client, n int) (errs []error) {
	var (
		all sync.WaitGroup
		mu  sync.Mutex
	)
	for range n {
		all.Go(func() {
			if _, err := client.Location(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			}
		})
	}
	all.Wait()
	return errs
}

func TestManyWorkersRotateOnceAndTellFirst(t *testing.T) {
	var (
		stdout printed
		mu     sync.Mutex
		untold int
		given  string
	)
	server, conf := signedIn(t, func(bearer string) {
		mu.Lock()
		defer mu.Unlock()
		if bearer != given && !strings.Contains(stdout.String(), bearer) {
			untold++
		}
	})
	given = conf.Credentials.AccessToken.Reveal()
	client, err := newClient(conf, airbyte.NewWriter(&stdout), clientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if errs := look(t.Context(), client, 50); len(errs) > 0 {
		t.Errorf("%d workers failed: %v", len(errs), errs[0])
	}
	if n := server.Requests()["POST /oauth/token"]; n != 1 || server.Refreshes() != 1 || untold > 0 {
		t.Errorf("%d requests, %d refreshes, %d calls with a token that nobody was told", n, server.Refreshes(), untold)
	}
	var message struct {
		Type    string
		Control struct {
			ConnectorConfig struct{ Config json.RawMessage }
		}
	}
	if err := json.Unmarshal([]byte(stdout.String()), &message); err != nil || message.Type != "CONTROL" {
		t.Fatalf("stdout is not one CONTROL: %v", err)
	}
	next, err := config.Parse(message.Control.ConnectorConfig.Config)
	if err != nil {
		t.Fatal(err)
	}
	if next.Credentials.RefreshToken == conf.Credentials.RefreshToken || next.Credentials.TokenExpiry.Before(time.Now().Add(time.Hour)) {
		t.Error("the refresh token or the end of the access token is the old one")
	}
	// The next run starts with it, and once more when its access token has ended.
	for range 2 {
		client, err := newClient(next, airbyte.NewWriter(&stdout), clientOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if errs := look(t.Context(), client, 1); len(errs) > 0 {
			t.Error(errs[0])
		}
		server.ExpireAccessTokens()
	}
	if server.Refreshes() != 2 {
		t.Errorf("%d refreshes, want 2", server.Refreshes())
	}
}

// TestAnAgencysTokenServesAllVerbs: what one run keeps is enough for the next
// ones to exchange the agency's token, and nothing is spent for it.
func TestAnAgencysTokenServesAllVerbs(t *testing.T) {
	server := sandbox.New(sandbox.Options{OAuth: sandbox.OAuth{Company: true, Opaque: true}})
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	var stdout printed
	run := func(config config.Config, o clientOptions) error {
		t.Helper()
		client, err := newClient(config, airbyte.NewWriter(&stdout), o)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Location(t.Context())
		return err
	}
	first, err := config.Parse(server.OAuthConfig(listener.URL))
	if err != nil {
		t.Fatal(err)
	}
	if err := run(first, clientOptions{ReadOnly: true}); err == nil || ghl.KindOf(err) != ghl.Unauthorized {
		t.Errorf("nobody knows the agency, and yet: %v", err)
	}
	if err := run(first, clientOptions{}); err != nil {
		t.Fatal(err)
	}
	var message struct {
		Control struct {
			ConnectorConfig struct{ Config json.RawMessage }
		}
	}
	if err := json.Unmarshal([]byte(stdout.String()), &message); err != nil {
		t.Fatal(err)
	}
	next, err := config.Parse(message.Control.ConnectorConfig.Config)
	if err != nil {
		t.Fatal(err)
	}
	for _, readOnly := range []bool{true, false, true} {
		if err := run(next, clientOptions{ReadOnly: readOnly}); err != nil {
			t.Errorf("read-only %v: %v", readOnly, err)
		}
	}
	if n := server.Refreshes(); n != 1 {
		t.Errorf("%d refresh tokens were spent", n)
	}
}

func TestATokenThatNobodyIsToldIsNotUsed(t *testing.T) {
	calls, given := 0, ""
	_, conf := signedIn(t, func(bearer string) {
		if bearer != given {
			calls++
		}
	})
	given = conf.Credentials.AccessToken.Reveal()
	out := airbyte.NewWriter(closed{})
	client, err := newClient(conf, out, clientOptions{Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if errs := look(t.Context(), client, 1); len(errs) != 1 || calls != 0 {
		t.Errorf("%v after %d calls with a new token", errs, calls)
	}
	select {
	case <-out.Broken():
	default:
		t.Error("stdout is not known to be closed")
	}
}

func TestReadOnlyRenewsNothing(t *testing.T) {
	server, conf := signedIn(t, func(string) {})
	client, err := newClient(conf, nil, clientOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	errs := look(t.Context(), client, 5)
	if len(errs) != 5 || ghl.KindOf(errs[0]) != ghl.Unauthorized || server.Requests()["POST /oauth/token"] != 0 {
		t.Errorf("%v, %v", errs, server.Requests())
	}
}

func TestStrangeHostsAreTold(t *testing.T) {
	for address, want := range map[string]string{
		"":                                     "",
		ghl.DefaultURL:                         "",
		"https://Services.LeadConnectorHQ.com": "",
		"http://127.0.0.1:8080":                "",
		"http://[::1]:8080":                    "",
		"http://localhost:8080":                "",
		"http://services.leadconnectorhq.com":  "sent to http://services.leadconnectorhq.com, unencrypted",
		"https://api.example.com:8443/ghl":     "sent to https://api.example.com:8443\"",
		"http://localhost.example.com":         "sent to http://localhost.example.com, unencrypted",
	} {
		var log bytes.Buffer
		warnStrangeHost(zerolog.New(&log), address)
		if got := log.String(); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
