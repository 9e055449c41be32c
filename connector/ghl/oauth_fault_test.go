package ghl

import (
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
)

func TestFaultsOfTheTokenEndpoints(t *testing.T) {
	const html = "<html>"
	for name, tc := range map[string]struct {
		status             int
		body               string
		refresh, exchanged Kind
		says               string
	}{
		"grant":     {400, invalid, Unauthorized, Forbidden, ""},
		"rfc":       {400, `{"error":"invalid_grant"}`, Unauthorized, Forbidden, ""},
		"client":    {400, `{"statusCode":400,"message":"Invalid parameter: clientSecret"}`, Unauthorized, Forbidden, ""},
		"other":     {422, `{"statusCode":422,"message":["scope should not exist"]}`, Unauthorized, Forbidden, "scope should not exist"},
		"401":       {401, `{"statusCode":401,"message":"Unauthorized"}`, Unauthorized, Unauthorized, ""},
		"inactive":  {400, `{"statusCode":400,"message":"Location is not active"}`, Forbidden, Forbidden, "the same sign-in works"},
		"scope":     {401, `{"message":"The token is not authorized for this scope."}`, ScopeMissing, ScopeMissing, ""},
		"404":       {404, `{"message":"Cannot POST"}`, Forbidden, Forbidden, ""},
		"404 html":  {404, html, Forbidden, Forbidden, ""},
		"contact":   {400, `{"message":"x","meta":{"contactId":"c1"}}`, Unauthorized, Forbidden, ""},
		"400 html":  {400, html, Forbidden, Forbidden, ""},
		"403":       {403, `{"message":"Forbidden resource"}`, Forbidden, Forbidden, ""},
		"firewall":  {403, "error code: 1010", Forbidden, Forbidden, "firewall"},
		"redirect":  {302, "", Forbidden, Forbidden, "redirect"},
		"429":       {429, `{"statusCode":429,"message":"Too Many Requests"}`, Transient, Transient, ""},
		"500":       {500, "", Transient, Transient, ""},
		"timed out": {401, `{"message":"Command timed out"}`, Transient, Transient, ""},
		"html":      {200, html, Transient, Transient, ""},
		"blank":     {200, "", Transient, Transient, ""},
		"204":       {204, "", Transient, Transient, ""},
		"no token":  {200, `{"refresh_token":"r"}`, Transient, Transient, "holds no access token"},
		"odd":       {200, `[]`, Bug, Bug, ""},
		"version":   {401, `{"message":"version header is invalid"}`, Bug, Bug, ""},
	} {
		t.Run(name, func(t *testing.T) {
			spoilt := func(int, *http.Request) (*http.Response, bool) { return answer(tc.status, tc.body), true }
			for endpoint, want := range map[Operation]Kind{opToken: tc.refresh, opLocationToken: tc.exchanged} {
				v := newVendor()
				if v.agency = endpoint == opLocationToken; v.agency {
					v.onExchange = spoilt
				} else {
					v.onToken = spoilt
				}
				v.delay = 0
				_, err := newTestOAuth(t, v).Token()
				var e *Error
				if !errors.As(err, &e) || e.Kind != want || e.Operation != endpoint || !strings.Contains(err.Error(), tc.says) {
					t.Errorf("%s: %v, want %s", endpoint, err, want)
				}
			}
		})
	}
}

func TestTheTokenEndpointIsAskedAgain(t *testing.T) {
	for name, fault := range map[string]func(*http.Request) (*http.Response, error){
		"500":       say(500, ""),
		"429":       say(429, `{"statusCode":429,"message":"Too Many Requests"}`),
		"html":      say(200, "<html>"),
		"truncated": sayCut(200, `{"access_token":`),
		"reset":     breakWith(&net.OpError{Op: "read", Err: syscall.ECONNRESET}),
		"no answer": func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// The answers were lost, not the refreshes: three of them come within the vendor's 30 seconds.
				s := scripted(fault, fault, say(200, `{"access_token":"a","refresh_token":"r","expires_in":86400}`), say(200, oneContact))
				source := newTestOAuth(t, s)
				start := time.Now()
				c := newTestClient(t, s, func(o *Options) { o.Tokens = source })
				if _, err := c.GetContact(t.Context(), "c1"); err != nil || len(s.seen) != 4 || s.seen[0].body != s.seen[2].body {
					t.Fatalf("%v after %d requests", err, len(s.seen))
				}
				if last := s.seen[2].at.Sub(start); last >= 30*time.Second {
					t.Errorf("the third attempt was after %s", last)
				}
			})
		})
	}
}

func TestAnInactiveLocationKeepsTheSignIn(t *testing.T) {
	v := newVendor()
	v.onToken = func(n int, _ *http.Request) (*http.Response, bool) {
		return answer(400, `{"statusCode":400,"message":"Location is not active"}`), n == 1
	}
	s := newTestOAuth(t, v)
	if _, err := s.Token(); KindOf(err) != Forbidden {
		t.Errorf("%v", err)
	}
	wantToken(t, s, "access-1")
}

func TestAnAgencysTokenIsExchanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVendor()
		v.agency = true
		s := newTestOAuth(t, v)
		wantToken(t, s, "location-1")
		if v.events[1] != "told access-1 refresh-1" {
			t.Errorf("events %q", v.events)
		}
		f, h := v.forms[1], v.headers[1]
		if f.Get("companyId") != "com1" || f.Get("locationId") != "loc1" || len(f) != 2 || h.Get("Authorization") != "Bearer access-1" || h.Get("Version") != "2021-07-28" {
			t.Errorf("exchange %v %v", f, h)
		}
		time.Sleep(time.Hour) // the location's token ends, the agency's does not
		wantToken(t, s, "location-2")
		if v.tokens != 1 {
			t.Errorf("%d refreshes within the agency token's life", v.tokens)
		}
		time.Sleep(23 * time.Hour) // both end
		wantToken(t, s, "location-3")
		if v.tokens != 2 || v.forms[3].Get("user_type") != "Company" {
			t.Errorf("%d refreshes; %v", v.tokens, v.forms)
		}
		s.Invalidate(&oauth2.Token{AccessToken: "location-3"})
		wantToken(t, s, "location-4")
		if v.tokens != 2 {
			t.Errorf("%d refreshes after the location's token was refused", v.tokens)
		}
	})
}

func TestAnAgencysTokenThatIsRevoked(t *testing.T) {
	stored := jwt("Company", "com1")
	given := func(o *OAuth) { o.AccessToken = stored }
	v := newVendor()
	v.agency = true
	wantToken(t, newTestOAuth(t, v, given), "location-1")
	if v.tokens != 0 || v.forms[0].Get("companyId") != "com1" {
		t.Errorf("a stored token: %d refreshes, %v", v.tokens, v.forms)
	}
	v.refuse[stored] = true
	wantToken(t, newTestOAuth(t, v, given), "location-3")
	if v.tokens != 1 || v.forms[2].Get("user_type") != "Company" {
		t.Errorf("a refused one: %d refreshes, %v", v.tokens, v.forms)
	}
	v.alive, v.refuse["access-2"] = testRefresh, true
	if _, err := newTestOAuth(t, v, given).Token(); KindOf(err) != Unauthorized || v.tokens != 2 {
		t.Errorf("refused even when new: %v after %d refreshes", err, v.tokens)
	}
	readOnly := func(o *OAuth) { o.ReadOnly, o.AccessToken = true, jwt("Company", "com1")+"x" }
	wantToken(t, newTestOAuth(t, v, readOnly), "location-6")
	if _, err := newTestOAuth(t, v, func(o *OAuth) { o.ReadOnly, o.AccessToken = true, stored }).Token(); KindOf(err) != Unauthorized || v.tokens != 2 {
		t.Errorf("read-only: %v after %d refreshes", err, v.tokens)
	}
}

func TestWhoseASignInIs(t *testing.T) {
	for _, tc := range []struct{ userType, locationID, companyID, token, wantType, wantAgency string }{
		{"Location", "l", "c", "", "Location", ""},
		{"Location", "", "c", "", "Location", ""},
		{"Company", "", "c", "", "Company", "c"},
		{"", "", "c", "", "Company", "c"},
		{"", "l", "c", "", "", ""},
		{"Company", "", "", jwt("Company", "c2"), "Company", "c2"},
		{"", "", "", jwt("Company", "c2"), "Company", "c2"},
		{"", "", "c", jwt("Location", "l"), "Location", ""},
		{"", "", "", jwt("User", "u"), "", ""},
		{"", "", "", "a.%%%.c", "", ""},
		{"", "", "", "e30.e30.e30", "", ""},
	} {
		userType, agency := whose((&oauth2.Token{AccessToken: tc.token}).WithExtra(map[string]any{
			"userType": tc.userType, "locationId": tc.locationID, "companyId": tc.companyID,
		}))
		if userType != tc.wantType || agency != tc.wantAgency {
			t.Errorf("%+v: %q %q", tc, userType, agency)
		}
	}
}

func TestAnAgencysTokenThatDoesNotTellWhoseItIs(t *testing.T) {
	stored := func(o *OAuth) { o.AccessToken, o.CompanyID = "stored", "com1" }
	readOnly := func(o *OAuth) { stored(o); o.ReadOnly = true }
	forbidden := func(int, *http.Request) (*http.Response, bool) {
		return answer(403, `{"message":"Forbidden resource"}`), true
	}
	v := newVendor()
	v.agency = true
	wantToken(t, newTestOAuth(t, v, stored), "location-1")
	wantToken(t, newTestOAuth(t, v, readOnly), "location-2")
	if v.tokens != 0 || v.forms[0].Get("companyId") != "com1" {
		t.Errorf("%d refreshes; asked with %v", v.tokens, v.forms[0])
	}
	v.onExchange = func(n int, _ *http.Request) (*http.Response, bool) { return answer(500, ""), n == 3 }
	s := newTestOAuth(t, v, readOnly)
	if _, err := s.Token(); KindOf(err) != Transient {
		t.Errorf("unanswered: %v", err)
	}
	wantToken(t, s, "location-4") // no word about the token

	// Since then somebody has signed in anew, and not as that agency.
	v.onExchange = forbidden
	s = newTestOAuth(t, v, readOnly)
	wantToken(t, s, "stored")
	wantToken(t, s, "stored")
	if v.exchanges != 5 {
		t.Errorf("a refused exchange was tried %d times", v.exchanges-4)
	}
	s.Invalidate(&oauth2.Token{AccessToken: "stored"})
	if _, err := s.Token(); KindOf(err) != Unauthorized || v.tokens != 0 {
		t.Errorf("read-only: %v after %d refreshes", err, v.tokens)
	}
	s = newTestOAuth(t, v, stored)
	wantToken(t, s, "stored")
	v.onExchange = nil
	s.Invalidate(&oauth2.Token{AccessToken: "stored"})
	wantToken(t, s, "location-7")
	if v.tokens != 1 {
		t.Errorf("%d refreshes", v.tokens)
	}
	wantToken(t, newTestOAuth(t, v, stored, func(o *OAuth) { o.AccessToken = jwt("Location", "loc1") }), jwt("Location", "loc1"))
	if v.exchanges != 7 {
		t.Error("a token that tells whose it is was not believed")
	}
}

func TestTheAgencyIsToldWithItsToken(t *testing.T) {
	for _, agency := range []bool{true, false} {
		v := newVendor()
		v.agency = agency
		var told RotatedToken
		s := newTestOAuth(t, v, func(o *OAuth) { o.Rotated = func(r RotatedToken) error { told = r; return nil } })
		if _, err := s.Token(); err != nil {
			t.Fatal(err)
		}
		if want := map[bool]string{true: "com1", false: ""}[agency]; told.CompanyID != want {
			t.Errorf("agency %v: told %q", agency, told.CompanyID)
		}
	}
}

// TestARefusalWithoutACause: some servers refuse what they have done, and the
// pair that was given for the refresh token can be had for 30 seconds.
func TestARefusalWithoutACause(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		body   string
		asked  int
	}{
		"unprocessable": {422, `{"statusCode":422,"message":["x should not exist"]}`, 2},
		"bad request":   {400, `{"statusCode":400,"message":"Bad Request"}`, 2},
		"no word":       {400, `{}`, 2},
		"grant":         {400, invalid, 1},
		"rfc":           {400, `{"error":"invalid_grant"}`, 1},
		"client":        {400, `{"statusCode":400,"message":"Invalid parameter: clientSecret"}`, 1},
		"401":           {401, `{"statusCode":401,"message":"Unauthorized"}`, 1},
		"inactive":      {400, `{"statusCode":400,"message":"Location is not active"}`, 1},
		"404":           {404, `{"message":"Cannot POST"}`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := newVendor()
				v.onToken = func(n int, _ *http.Request) (*http.Response, bool) { return answer(tc.status, tc.body), n == 1 }
				start := time.Now()
				_, err := newTestOAuth(t, v).Token()
				if took := time.Since(start); v.tokens != tc.asked || (err == nil) != (tc.asked == 2) || took > 20*time.Second {
					t.Errorf("refused once: %v after %d requests and %s", err, v.tokens, took)
				}
				v = newVendor()
				v.onToken = func(int, *http.Request) (*http.Response, bool) { return answer(tc.status, tc.body), true }
				s := newTestOAuth(t, v)
				_, err = s.Token()
				asked := map[int]int{1: 1, 2: 3}[tc.asked] // whose the token is, is not known: each of both is tried
				if err == nil || v.tokens != asked {
					t.Errorf("refused for ever: %v after %d requests", err, v.tokens)
				}
				if _, again := s.Token(); KindOf(err) == Unauthorized && (again == nil || v.tokens != asked) {
					t.Errorf("later: %v after %d requests", again, v.tokens)
				}
			})
		})
	}
}

// TestARefreshThatMissesTheUserType: some servers want it, and do not say so.
func TestARefreshThatMissesTheUserType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for companyID, want := range map[string]string{"": "Location", "com1": "Company"} {
			v := newVendor()
			var asked []string
			v.onToken = func(_ int, r *http.Request) (*http.Response, bool) {
				asked = append(asked, r.PostForm.Get("user_type"))
				return answer(422, `{"statusCode":422,"message":["unprocessable"]}`), r.PostForm.Get("user_type") == ""
			}
			s := newTestOAuth(t, v, func(o *OAuth) { o.CompanyID = companyID })
			if _, err := s.Token(); err != nil && companyID == "" || !slices.Equal(asked, []string{"", want}) {
				t.Errorf("company %q: asked for %q: %v", companyID, asked, err)
			}
		}
	})
}
