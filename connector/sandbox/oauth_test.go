package sandbox

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// form sends one to a token endpoint, with a bearer token or "", and gives the status, the answer and its text.
func (c *client) form(path, bearer string, fields map[string]string) (int, object, string) {
	c.t.Helper()
	values := url.Values{}
	for name, value := range fields {
		values.Set(name, value)
	}
	r := httptest.NewRequestWithContext(c.t.Context(), "POST", path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "test")
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
		r.Header.Set("Version", "2021-07-28")
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	var out object
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		c.t.Fatalf("%s: %v: %s", path, err, w.Body)
	}
	return w.Code, out, w.Body.String()
}

// refresh spends a refresh token.
func (c *client) refresh(token string) (int, object) {
	c.t.Helper()
	o := c.Options().OAuth
	status, out, _ := c.form("/oauth/token", "", map[string]string{
		"client_id": o.ClientID, "client_secret": o.ClientSecret, "grant_type": "refresh_token", "refresh_token": token,
	})
	return status, out
}

// look asks for the location with a token and gives the status and the text.
func (c *client) look(token string) (int, string) {
	c.t.Helper()
	c.header.Set("Authorization", "Bearer "+token)
	status, _, text := c.send("GET", "/locations/"+loc, "")
	return status, text
}

func TestTokenEndpointRefuses(t *testing.T) {
	c := newClient(t, Options{OAuth: OAuth{ClientID: "id", ClientSecret: "secret", RefreshTokens: []string{"r"}}})
	whole := map[string]string{"client_id": "id", "client_secret": "secret", "grant_type": "refresh_token", "refresh_token": "r"}
	for _, tt := range []struct{ name, value, want string }{
		{"client_id", "", "Missing parameter: clientId"},
		{"client_id", "x", "Invalid parameter: clientId"},
		{"client_secret", "", "Missing parameter: clientSecret"},
		{"client_secret", "x", "Invalid parameter: clientSecret"},
		{"grant_type", "", "Missing parameter: grantType"},
		{"grant_type", "password", "Invalid parameter: grantType"},
		{"refresh_token", "", "Missing parameter: refreshToken"},
		{"refresh_token", "x", "Invalid grant: refresh token is invalid"},
		{"user_type", "Company", "Invalid parameter: userType"},
	} {
		fields := map[string]string{}
		for name, value := range whole {
			fields[name] = value
		}
		fields[tt.name] = tt.value
		status, out, text := c.form("/oauth/token", "", fields)
		delete(out, "traceId")
		if status != 400 || len(out) != 2 || out["statusCode"] != 400.0 || out["message"] != tt.want {
			t.Errorf("%s %q: %d %s", tt.name, tt.value, status, text)
		}
	}
	if status, _, text := c.send("POST", "/oauth/token", `{"client_id":"id"}`); status != 400 || !strings.Contains(text, "Missing parameter: clientId") {
		t.Errorf("JSON: %d %s", status, text)
	}
	if c.Refreshes() != 0 {
		t.Error("something was refreshed")
	}
	if status, _ := c.refresh("r"); status != 200 {
		t.Error("the refresh token did not live through it")
	}
}

func TestRefreshTokensServeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{OAuth: OAuth{RefreshTokens: []string{"first"}}, Burst: 1})
		status, one := c.refresh("first")
		o := c.Options().OAuth
		for name, want := range map[string]any{"token_type": "Bearer", "expires_in": 86400.0, "userType": "Location", "locationId": loc, "companyId": o.CompanyID} {
			if one[name] != want {
				t.Errorf("%s: %v, want %v", name, one[name], want)
			}
		}
		if status != 200 || one["refresh_token"] == "first" || one["scope"] == "" {
			t.Fatalf("%d %v", status, one)
		}
		time.Sleep(29 * time.Second)
		if status, again := c.refresh("first"); status != 200 || again["access_token"] != one["access_token"] || again["refresh_token"] != one["refresh_token"] {
			t.Errorf("within the grace: %d %v", status, again)
		}
		time.Sleep(time.Second)
		if status, out := c.refresh("first"); status != 400 {
			t.Errorf("after the grace: %d %v", status, out)
		}
		status, two := c.refresh(one["refresh_token"].(string))
		if status != 200 || two["access_token"] == one["access_token"] {
			t.Errorf("the next: %d %v", status, two)
		}
		equal(t, "refreshes", c.Refreshes(), 2)
		equal(t, "asked", c.Requests()["POST /oauth/token"], 4)
		equal(t, "writes", c.Writes(), 0)
		for _, token := range []any{one["access_token"], two["access_token"]} {
			time.Sleep(10 * time.Second) // signing in has cost none of the quota
			if status, text := c.look(token.(string)); status != 200 {
				t.Errorf("%d %s", status, text)
			}
		}
		time.Sleep(366 * 24 * time.Hour)
		if status, _ := c.refresh(two["refresh_token"].(string)); status != 400 {
			t.Errorf("after a year: %d", status)
		}
	})
}

func TestAccessTokensEnd(t *testing.T) {
	const refused = `"message":"Invalid token: access token is invalid"`
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{OAuth: OAuth{TokenLife: time.Minute}})
		access, refresh := c.SignIn()
		time.Sleep(59 * time.Second)
		if status, text := c.look(access); status != 200 {
			t.Errorf("%d %s", status, text)
		}
		time.Sleep(time.Second)
		if status, text := c.look(access); status != 401 || !strings.Contains(text, refused) {
			t.Errorf("ended: %d %s", status, text)
		}
		_, out := c.refresh(refresh)
		equal(t, "life", out["expires_in"], any(60.0))
		c.ExpireAccessTokens()
		if status, text := c.look(out["access_token"].(string)); status != 401 || !strings.Contains(text, refused) {
			t.Errorf("ended by hand: %d %s", status, text)
		}
		if status, _ := c.look(c.Options().Token); status != 200 {
			t.Errorf("the private integration token: %d", status)
		}
		c.PauseLocation(true)
		next := out["refresh_token"].(string)
		if status, out := c.refresh(next); status != 400 || out["message"] != "Location is not active" {
			t.Errorf("inactive: %d %v", status, out)
		}
		c.PauseLocation(false)
		status, out := c.refresh(next)
		if status != 200 {
			t.Errorf("active again: %d %v", status, out)
		}
		c.RevokeRefreshTokens()
		if status, out := c.refresh(out["refresh_token"].(string)); status != 400 || out["message"] != "Invalid grant: refresh token is invalid" {
			t.Errorf("revoked: %d %v", status, out)
		}
	})
}

func TestCompanyTokens(t *testing.T) {
	c := newClient(t, Options{OAuth: OAuth{Company: true, CompanyID: "com"}})
	_, out := c.refresh(c.Options().OAuth.RefreshTokens[0])
	if _, has := out["locationId"]; has || out["userType"] != "Company" || out["companyId"] != "com" {
		t.Errorf("%v", out)
	}
	agency := out["access_token"].(string)
	if status, text := c.look(agency); status != 401 || !strings.Contains(text, "This AuthClass is not yet supported") {
		t.Errorf("agency token on a location's operation: %d %s", status, text)
	}
	right := map[string]string{"companyId": "com", "locationId": loc}
	status, out, text := c.form("/oauth/locationToken", agency, right)
	if status != 200 || out["locationId"] != loc || out["expires_in"] != 86400.0 && out["expires_in"] != 86399.0 {
		t.Fatalf("%d %s", status, text)
	}
	location := out["access_token"].(string)
	if status, text := c.look(location); status != 200 {
		t.Errorf("%d %s", status, text)
	}
	for _, tt := range []struct {
		token  string
		fields map[string]string
		status int
		want   string
	}{
		{location, right, 403, "Forbidden resource"},
		{c.Options().Token, right, 403, "Forbidden resource"},
		{"a.b.c", right, 401, "access token is invalid"},
		{"", right, 401, "version header was not found."},
		{agency, map[string]string{"companyId": "other", "locationId": loc}, 403, "Forbidden resource"},
		{agency, map[string]string{"companyId": "com", "locationId": "other"}, 400, "Location not found"},
		{agency, nil, 422, "companyId must be a string"},
	} {
		if status, _, text := c.form("/oauth/locationToken", tt.token, tt.fields); status != tt.status || !strings.Contains(text, tt.want) {
			t.Errorf("%v: %d %s, want %d %s", tt.fields, status, text, tt.status, tt.want)
		}
	}
}

func TestCompanyTokensWithoutALocation(t *testing.T) {
	c := newClient(t, Options{OAuth: OAuth{Company: true, CompanyID: "com"}})
	agency, _ := c.SignIn()
	right := map[string]string{"companyId": "com", "locationId": loc}
	c.PauseLocation(true)
	if status, _, text := c.form("/oauth/locationToken", agency, right); status != 400 || !strings.Contains(text, "Location is not active") {
		t.Errorf("inactive: %d %s", status, text)
	}
	less := newClient(t, Options{Scopes: []string{"locations.readonly"}, OAuth: OAuth{Company: true, CompanyID: "com"}})
	agency, _ = less.SignIn()
	if status, _, text := less.form("/oauth/locationToken", agency, right); status != 401 || !strings.Contains(text, "not authorized for this scope") {
		t.Errorf("no scope: %d %s", status, text)
	}
}

func TestOAuthConfig(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{})
		var config struct {
			Credentials map[string]string `json:"credentials"`
			LocationID  string            `json:"location_id"`
			APIURL      string            `json:"api_url"`
		}
		if err := json.Unmarshal(c.OAuthConfig("http://api.example.com"), &config); err != nil {
			t.Fatal(err)
		}
		equal(t, "location", config.LocationID, loc)
		equal(t, "url", config.APIURL, "http://api.example.com")
		equal(t, "kind", config.Credentials["auth_type"], "oauth2.0")
		equal(t, "expiry", config.Credentials["token_expiry_date"], time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339))
		if status, text := c.look(config.Credentials["access_token"]); status != 200 {
			t.Errorf("%d %s", status, text)
		}
		if status, out := c.refresh(config.Credentials["refresh_token"]); status != 200 {
			t.Errorf("%d %v", status, out)
		}
	})
}
