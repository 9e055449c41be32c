package config

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var renewed = time.Date(2026, 1, 31, 13, 0, 0, 5, time.FixedZone("", 3600))

func renew(t *testing.T, document string) []byte {
	t.Helper()
	c, err := Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	data, err := c.WithTokens("new-access", "new-refresh", renewed, "company-2")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestWithTokens: all of the user's document is there, byte for byte but for white space and order, and only the tokens are new.
func TestWithTokens(t *testing.T) {
	for name, document := range map[string]string{
		"everything":      everything,
		"byte order mark": "\xef\xbb\xbf" + everything + "\n",
		"no tokens yet":   strings.Replace(everything, `"access_token": "canary", "token_expiry_date": "2020-01-31T12:00:00.25+01:00", "company_id": " company-1 ", `, "", 1),
		"nulls":           strings.Replace(everything, `"access_token": "canary"`, `"access_token": null`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			got, want := split(t, renew(t, document)), split(t, []byte(strings.TrimPrefix(document, "\xef\xbb\xbf")))
			gotSignIn, wantSignIn := split(t, got["credentials"]), split(t, want["credentials"])
			delete(got, "credentials")
			delete(want, "credentials")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			wantSignIn["access_token"] = json.RawMessage(`"new-access"`)
			wantSignIn["refresh_token"] = json.RawMessage(`"new-refresh"`)
			wantSignIn["token_expiry_date"] = json.RawMessage(`"2026-01-31T12:00:00Z"`)
			wantSignIn["company_id"] = json.RawMessage(`"company-2"`)
			if diff := cmp.Diff(wantSignIn, gotSignIn); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// split returns the members of an object as they stand there, without white space.
func split(t *testing.T, object []byte) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(object, &m); err != nil {
		t.Fatal(err)
	}
	for k, v := range m {
		var compact bytes.Buffer
		if err := json.Compact(&compact, v); err != nil {
			t.Fatal(err)
		}
		m[k] = compact.Bytes()
	}
	return m
}

// TestWithTokensIsReadAgain: the next run starts with what this one handed out, and may renew it again.
func TestWithTokensIsReadAgain(t *testing.T) {
	first, err := Parse([]byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	second, err := Parse(renew(t, everything))
	if err != nil {
		t.Fatal(err)
	}
	want := first
	want.Credentials.AccessToken, want.Credentials.RefreshToken = "new-access", "new-refresh"
	want.Credentials.TokenExpiry, want.Credentials.CompanyID = renewed.Truncate(time.Second).UTC(), "company-2"
	if diff := cmp.Diff(want, second, values); diff != "" {
		t.Error(diff)
	}
	if once, twice := renew(t, everything), renew(t, string(renew(t, everything))); !bytes.Equal(once, twice) {
		t.Errorf("renewed twice it is another document:\n%s\n%s", once, twice)
	}
}

func TestWithTokensKeepsWhatIsNotNew(t *testing.T) {
	document := []byte(everything)
	c, err := Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	clear(document) // the caller's bytes are the caller's
	data, err := c.WithTokens(`a"<&>`, "", time.Time{}, "")
	if err != nil {
		t.Fatal(err)
	}
	signIn := split(t, split(t, data)["credentials"])
	if got := string(signIn["refresh_token"]); got != `" canary\n"` {
		t.Errorf("refresh_token %s: the old one is lost", got)
	}
	if got := string(signIn["access_token"]); got != `"a\"<&>"` {
		t.Errorf("access_token %s", got)
	}
	if got, there := signIn["token_expiry_date"]; there {
		t.Errorf("token_expiry_date %s belongs to the old token", got)
	}
	if got, there := signIn["company_id"]; there {
		t.Errorf("company_id %s belongs to the old token", got)
	}
}

func TestWithTokensRefuses(t *testing.T) {
	fixed, err := Parse([]byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]Config{"fixed token": fixed, "not parsed": {Credentials: Credentials{AuthType: OAuth2}}} {
		if data, err := c.WithTokens(canary, canary, renewed, canary); err == nil || data != nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %s, %v", name, data, err)
		}
	}
}
