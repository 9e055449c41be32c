package connector

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/ghl"
)

// TestAnswersAreExplained: what HighLevel answers is what the advice is about.
func TestAnswersAreExplained(t *testing.T) {
	const (
		copyAgain = "Copy the private integration token again"
		agency    = `{"message":"This AuthClass is not yet supported on this route","statusCode":401}`
		missing   = `{"message":"E01 - Unauthorized request"}`
		firewall  = "error code: 1010"
	)
	for name, tc := range map[string]struct {
		status int
		body   string
		signIn string
		says   []string // "!" before what it must not say
	}{
		"another token":           {401, `{"message":"Invalid Private Integration token"}`, config.PersonalAccessToken, []string{copyAgain}},
		"an agency's token":       {401, agency, config.PersonalAccessToken, []string{"is an agency's", "in the sub-account itself", "AuthClass", "!again"}},
		"an agency's sign-in":     {401, agency, config.OAuth2, []string{"is an agency's", "choose the sub-account", "oauth.write", "!Private"}},
		"told as a bad request":   {400, strings.Replace(agency, "401", "400", 1), config.PersonalAccessToken, []string{"is an agency's", "was 400"}},
		"a parameter is missing":  {401, missing, config.PersonalAccessToken, []string{"GET /locations/{locationId}", "E01", "a parameter is missing", "location_id", "!" + copyAgain}},
		"a parameter of an app":   {401, missing, config.OAuth2, []string{"a parameter is missing", "location_id", "!renewed"}},
		"the firewall":            {403, firewall, config.PersonalAccessToken, []string{"(error code: 1010)", "another network", "!Check that location_id"}},
		"the firewall and an app": {403, firewall, config.OAuth2, []string{"another network", "!Check that location_id"}},
		"another location":        {403, `{"message":"The token does not have access to this location."}`, config.PersonalAccessToken, []string{"Check that location_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			}))
			defer api.Close()
			client, err := ghl.New(ghl.Options{URL: api.URL, LocationID: "loc1", Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "pit-1"})})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Location(t.Context())
			f := explain(during("check", configOf(tc.signIn, "pit-1"), err))
			if f.kind != airbyte.ConfigError {
				t.Errorf("%s: %s", f.kind, f.message)
			}
			for _, words := range tc.says {
				unwanted, not := strings.CutPrefix(words, "!")
				if strings.Contains(f.message, unwanted) == not {
					t.Errorf("%q: %s", words, f.message)
				}
			}
		})
	}
}

func TestTheFirewallBeforeTheTokens(t *testing.T) {
	for _, operation := range []ghl.Operation{"POST /oauth/token", "POST /oauth/locationToken"} {
		e := &ghl.Error{Operation: operation, Kind: ghl.Forbidden, Reason: ghl.Firewall, Status: 403, Messages: []string{"blocked by the vendor's web firewall before the API saw the request"}}
		f := explain(during("check", configOf(config.OAuth2, ""), e))
		if !strings.Contains(f.message, "another network") || strings.Contains(f.message, "oauth.write") || strings.Contains(f.message, "location_id and") {
			t.Errorf("%s: %s", operation, f.message)
		}
	}
}
