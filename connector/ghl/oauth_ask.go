package ghl

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// refresh spends the refresh token for a new pair, which is pending until it is handed over.
//
// Asking again after a lost answer is safe for 30 seconds: so long the vendor
// gives the same pair for the spent token. Later it says that the grant is
// invalid, and only a new sign-in helps; asking does no harm then either.
//
//ghl:operation POST /oauth/token
func (s *OAuthSource) refresh() *Error {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {s.signIn.refresh}}
	var token *oauth2.Token
	var fault *Error
	for _, userType := range s.userTypes() {
		if userType != "" {
			form.Set("user_type", userType)
		}
		token, fault = s.ask(opToken, form, "")
		// Without a cause something on the way may have refused what was done, or it
		// misses whose the token is.
		if fault == nil || fault.Kind != Unauthorized || fault.Reason != NoReason || fault.Status == http.StatusUnauthorized {
			break
		}
	}
	if fault != nil {
		if fault.Kind == Unauthorized {
			s.dead = fault
		}
		return fault
	}
	userType, agency := whose(token)
	s.pending = &signIn{access: accessOf(token), refresh: token.RefreshToken, userType: userType, agency: agency}
	s.settings.Log.Info().Msg("the access token was renewed; the refresh token before it is spent")
	return nil
}

// userTypes are the vendor's words for whom the sign-in is about, to be tried in turn:
// twice the one that is known, else first none, since it is optional and a wrong one
// may be refused.
func (s *OAuthSource) userTypes() []string {
	switch {
	case s.signIn.userType != "":
		return []string{s.signIn.userType, s.signIn.userType}
	case s.signIn.agency != "":
		return []string{"", company, subAccount}
	}
	return []string{"", subAccount, company}
}

// exchange gets the location's token for the agency's, which stays valid.
//
//ghl:operation POST /oauth/locationToken
func (s *OAuthSource) exchange() *Error {
	form := url.Values{"companyId": {s.signIn.agency}, "locationId": {s.settings.LocationID}, "grant_type": nil} // nil: send none
	token, fault := s.ask(opLocationToken, form, s.signIn.token)
	if fault == nil {
		s.location = accessOf(token)
	}
	return fault
}

// accessOf is the access token of an answer that came just now.
func accessOf(t *oauth2.Token) access {
	a := access{token: t.AccessToken}
	if life := time.Until(t.Expiry); life > 0 {
		a.early = min(longestEarly, life/partEarly)
		// In wall-clock time: the monotonic clock stands still while a machine sleeps.
		a.expiry = t.Expiry.UTC().Truncate(time.Second)
	}
	return a
}

// whose tells for whom a sign-in is; agency is "" unless it is an agency's.
func whose(t *oauth2.Token) (userType, agency string) {
	class, id := claims(t.AccessToken)
	userType, agency = cmp.Or(text(t.Extra("userType")), class), cmp.Or(text(t.Extra("companyId")), id)
	if userType == "" && agency != "" && text(t.Extra("locationId")) == "" {
		userType = company
	}
	if userType != company {
		agency = ""
	}
	return userType, agency
}

// tokenTimeout lets three attempts fit into the 30 seconds in which a refresh
// may be repeated. No caller's context ends it sooner: a refresh that is cut
// off leaves nobody with a refresh token that lives.
const tokenTimeout = 8 * time.Second

// ask asks one of the two token endpoints, once, with a bearer token, or as the
// app where there is none. The vendor wants more in a refresh than OAuth knows,
// and an exchange is no grant of OAuth at all: hence the one kind of request of
// x/oauth2 that takes a form as it is.
func (s *OAuthSource) ask(op Operation, form url.Values, bearer string) (*oauth2.Token, *Error) {
	ctx, cancel := context.WithTimeout(context.Background(), tokenTimeout)
	defer cancel()
	config := clientcredentials.Config{TokenURL: s.api.base + op.template(), EndpointParams: form, AuthStyle: oauth2.AuthStyleInParams}
	if bearer == "" {
		config.ClientID, config.ClientSecret = s.settings.ClientID, s.settings.ClientSecret
	}
	sender := &http.Client{Transport: tokenSender{s.api, op, bearer}}
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, sender))
	var fault *Error
	switch {
	case errors.As(err, &fault):
		return nil, fault
	case err != nil: // its text can quote the answer: dropped
		return nil, &Error{Operation: op, Kind: Transient, Status: http.StatusOK, Messages: []string{"the answer holds no access token"}}
	}
	return token, nil
}

// tokenSender sends a request for a token. Where the answer is no success, its
// error is an *Error.
type tokenSender struct {
	api    *Client
	op     Operation
	bearer string
}

// RoundTrip implements [http.RoundTripper].
func (t tokenSender) RoundTrip(asked *http.Request) (*http.Response, error) {
	ctx := asked.Context()
	form, err := io.ReadAll(asked.Body)
	if err != nil {
		return nil, err
	}
	w := wire{op: t.op, url: asked.URL.String(), body: form, maxBytes: maxAnswer(t.op, 0)}
	token := &oauth2.Token{AccessToken: t.bearer}
	req, err := newHTTPRequest(ctx, w, token)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if t.bearer == "" { // the operation declares neither
		req.Header.Del("Authorization")
		req.Header.Del("Version")
	}
	resp, err := t.api.transport.RoundTrip(req)
	if err != nil {
		if ctx.Err() != nil {
			err = t.api.noAnswer()
		}
		return nil, &Error{Operation: t.op, Kind: Transient, Err: withoutQuotes(err)}
	}
	defer func() { _ = resp.Body.Close() }() // what matters of the body was read
	var body bytes.Buffer
	if fault, _ := t.api.receive(ctx, resp, &body, w, &envelope{}); fault != nil {
		return nil, fault
	}
	read := *resp
	read.Header = http.Header{"Content-Type": {"application/json"}} // it is, whatever it is called
	read.Body = io.NopCloser(&body)
	return &read, nil
}
