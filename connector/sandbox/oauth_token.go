package sandbox

import (
	"mime"
	"net/url"
	"time"
)

// token answers POST /oauth/token. Of the grant types, only refresh_token is served: a sign-in on the screen is [Server.SignIn].
func (s *Server) token(c *call) *answer {
	form, o := c.form(), s.opts.OAuth
	for _, p := range []struct {
		name, called string
		valid        func(string) bool
	}{
		{"client_id", "clientId", func(v string) bool { return v == o.ClientID }},
		{"client_secret", "clientSecret", func(v string) bool { return v == o.ClientSecret }},
		{"grant_type", "grantType", func(v string) bool { return v == "refresh_token" }},
		{"refresh_token", "refreshToken", func(string) bool { return true }},
	} {
		if form.Get(p.name) == "" {
			return badRequest("Missing parameter: " + p.called)
		}
		if !p.valid(form.Get(p.name)) {
			return badRequest("Invalid parameter: " + p.called)
		}
	}
	if form.Has("user_type") && form.Get("user_type") != o.userType() {
		return badRequest("Invalid parameter: userType")
	}
	if s.signIns.paused && !o.Company {
		return badRequest("Location is not active")
	}
	p, alive := s.spendRefresh(form.Get("refresh_token"))
	if !alive {
		return badRequest("Invalid grant: refresh token is invalid")
	}
	body := s.grantBody(p.access)
	body["refresh_token"], body["userType"], body["companyId"] = p.refresh, o.userType(), o.CompanyID
	if o.Company {
		body["approvedLocations"], body["isBulkInstallation"] = []string{s.opts.LocationID}, true
	} else {
		body["locationId"] = s.opts.LocationID
	}
	return ok(body)
}

// spendRefresh gives the pair for a refresh token, if there is one. The caller holds the lock.
func (s *Server) spendRefresh(token string) (p pair, alive bool) {
	now := time.Now()
	t := s.signIns.refresh[token]
	switch {
	case t == nil, t.spent.IsZero() && now.Sub(t.issued) >= refreshLife:
		return pair{}, false
	case t.spent.IsZero():
		t.spent, t.next = now, s.issue()
		s.signIns.refreshes++
		return t.next, true
	}
	return t.next, now.Sub(t.spent) < refreshGrace
}

// locationToken answers POST /oauth/locationToken.
func (s *Server) locationToken(c *call) *answer {
	form := c.form()
	var missing []string
	for _, name := range []string{"companyId", "locationId"} {
		if form.Get(name) == "" {
			missing = append(missing, name+" must be a string")
		}
	}
	switch {
	case missing != nil:
		return unprocessable(missing...)
	case form.Get("companyId") != s.opts.OAuth.CompanyID:
		return refuse(403, "Forbidden resource")
	case form.Get("locationId") != s.opts.LocationID:
		return refuse(400, "Location not found")
	case s.signIns.paused:
		return badRequest("Location is not active")
	}
	body := s.grantBody(s.issueAccess(ofLocation, s.opts.LocationID))
	body["locationId"] = s.opts.LocationID
	return ok(body)
}

// grantBody is what both endpoints say about an access token. The caller holds the lock.
func (s *Server) grantBody(access string) object {
	left := time.Until(s.signIns.access[access].expires)
	return object{
		"access_token": access, "token_type": "Bearer", "expires_in": max(0, int(left.Seconds())),
		"scope": s.signIns.scope, "userId": "sandboxUser000000000",
	}
}

// form reads a body as a form. Any other content counts as an empty one.
func (c *call) form() url.Values {
	kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil
	}
	form, err := url.ParseQuery(string(c.raw))
	if err != nil {
		return nil
	}
	return form
}

// badRequest is the short 400 of the token endpoints: it has no "error".
func badRequest(message string) *answer {
	return &answer{400, object{"statusCode": 400, "message": message}}
}
