package integration_tests

import (
	"bytes"
	"encoding/json"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"destination-gohighlevel/connector/sandbox"
)

// The app of the scripts' sandboxes.
const (
	appClient = "64a0000000000000000000000-testapp1"
	appSecret = "5f0e0d0c-0b0a-4908-8706-050403020100"
)

// oauthConfig makes a configuration by token one of a new sign-in by the app.
func oauthConfig(server *sandbox.Server, config []byte) []byte {
	var at struct {
		URL string `json:"api_url"`
	}
	if err := json.Unmarshal(config, &at); err != nil {
		panic(err) // the sandbox wrote it
	}
	return server.OAuthConfig(at.URL)
}

// cmdControl holds the last run to exactly one CONTROL, which came before every CONNECTION_STATUS and STATE, has new tokens and is
// otherwise config.json; it then becomes config.json, as the platform has it. With ! there is none.
func cmdControl(ts *testscript.TestScript, neg bool, _ []string) {
	messages := worldOf(ts).messages
	found := ofType(messages, "CONTROL")
	if neg {
		if len(found) > 0 {
			ts.Fatalf("there is a CONTROL")
		}
		return
	}
	if len(found) != 1 {
		ts.Fatalf("%d CONTROL messages, want one", len(found))
	}
	for _, m := range messages {
		if m.Type == "CONTROL" {
			break
		}
		if m.Type != "LOG" {
			ts.Fatalf("a %s came before the CONTROL", m.Type)
		}
	}
	kept := []byte(found[0].Control.ConnectorConfig.Config)
	was, is := []byte(ts.ReadFile("config.json")), kept
	for _, key := range []string{"refresh_token", "access_token"} {
		if credential(ts, was, key) == credential(ts, is, key) {
			ts.Fatalf("the %s is the old one", key)
		}
	}
	if !bytes.Equal(withoutTokens(ts, was), withoutTokens(ts, is)) {
		ts.Fatalf("more than the tokens has changed: %s", withoutTokens(ts, is))
	}
	ts.Check(os.WriteFile(ts.MkAbs("config.json"), kept, 0o600))
}

func credential(ts *testscript.TestScript, config []byte, key string) any {
	var c struct {
		Credentials map[string]any `json:"credentials"`
	}
	ts.Check(json.Unmarshal(config, &c))
	return c.Credentials[key]
}

func withoutTokens(ts *testscript.TestScript, config []byte) []byte {
	var c map[string]any
	ts.Check(json.Unmarshal(config, &c))
	for _, key := range []string{"refresh_token", "access_token", "token_expiry_date", "company_id"} {
		delete(c["credentials"].(map[string]any), key)
	}
	data, err := json.Marshal(c)
	ts.Check(err)
	return data
}

// cmdExpire ends the access tokens given out so far, before the time that the configuration tells.
func cmdExpire(ts *testscript.TestScript, neg bool, _ []string) {
	never(ts, neg)
	sandboxOf(ts).ExpireAccessTokens()
}

// cmdRevoke ends the refresh tokens given out so far.
func cmdRevoke(ts *testscript.TestScript, neg bool, _ []string) {
	never(ts, neg)
	sandboxOf(ts).RevokeRefreshTokens()
}

// cmdPause makes the location inactive.
func cmdPause(ts *testscript.TestScript, neg bool, _ []string) {
	never(ts, neg)
	sandboxOf(ts).PauseLocation(true)
}

// cmdUnpause makes the location active again.
func cmdUnpause(ts *testscript.TestScript, neg bool, _ []string) {
	never(ts, neg)
	sandboxOf(ts).PauseLocation(false)
}
