package ghl

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// tokenTimeout lets three attempts fit into the 30 seconds in which a refresh
// may be repeated. No caller's context ends it sooner: a refresh that is cut
// off leaves nobody with a refresh token that lives.
const tokenTimeout = 8 * time.Second

var errNoToken = fmt.Errorf("no answer within %s", tokenTimeout)

// tokenAnswer is what the token endpoints give.
type tokenAnswer struct {
	said
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	ExpiresIn    any    `json:"expires_in"`
	UserType     string `json:"userType"`
	CompanyID    string `json:"companyId"`
	LocationID   string `json:"locationId"`
}

// post asks one of the two token endpoints, once, with a bearer token or "".
// A success holds an access token.
func (s *OAuthSource) post(op Operation, form url.Values, bearer string) (tokenAnswer, *Error) {
	ctx, cancel := context.WithTimeout(context.Background(), tokenTimeout)
	defer cancel()
	w := wire{op: op, url: s.api.base + op.path(""), body: []byte(form.Encode()), most: mostOf(op, 0)}
	req, err := newHTTPRequest(ctx, w, &oauth2.Token{AccessToken: bearer})
	if err != nil {
		return tokenAnswer{}, &Error{Operation: op, Kind: Bug, Messages: []string{"the request cannot be built"}}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if bearer == "" { // the operation declares neither
		req.Header.Del("Authorization")
		req.Header.Del("Version")
	}
	resp, err := s.api.transport.RoundTrip(req)
	if err != nil {
		if ctx.Err() != nil {
			err = errNoToken
		}
		return tokenAnswer{}, &Error{Operation: op, Kind: Transient, Err: withoutQuotes(err)}
	}
	defer func() { _ = resp.Body.Close() }() // what matters of the body was read
	body, leave, err := s.api.room.read(ctx, new(bytes.Buffer), resp.Body, w.mostAfter(resp.StatusCode))
	defer leave()
	if err != nil && ctx.Err() != nil {
		err = errNoToken
	}
	var answer tokenAnswer
	fault := s.api.understand(op, resp.StatusCode, body, err, &answer, func() sentWords {
		words := wordsOf(w, bearer)
		for _, values := range form {
			words.add(strings.Join(values, " "))
		}
		return words
	})
	if fault != nil {
		return tokenAnswer{}, s.judge(op, fault, readRefusal(resp.StatusCode, body))
	}
	if answer.AccessToken == "" {
		return tokenAnswer{}, &Error{Operation: op, Kind: Transient, Status: resp.StatusCode, Messages: []string{"the answer holds no access token"}}
	}
	return answer, nil
}

// judge says what a fault means at these endpoints, in words that hold nothing
// of what was sent. It never says that a record is to blame.
func (s *OAuthSource) judge(op Operation, fault *Error, r refusal) *Error {
	if len(r.messages) > 0 {
		fault.Messages = s.harmless(r.messages)
	}
	switch fault.Kind {
	case Throttled: // the pace does not know this endpoint: back off instead
		fault.Kind = Transient
		return fault
	case Rejected, Duplicate, Gone:
		fault.Kind, fault.Field = Forbidden, ""
		if op == opToken && r.json && r.status != http.StatusNotFound {
			fault.Kind = Unauthorized
		} else if op == opToken {
			fault.Messages = []string{"there is no token endpoint at the API URL"}
		}
	case Unauthorized, Forbidden:
	default:
		return fault
	}
	switch fault.Reason {
	case LocationInactive: // no word about the refresh token, which lives
		fault.Messages = []string{"the location is not active; once it is active again, the same sign-in works"}
	case InvalidGrant:
		fault.Messages = []string{"the refresh token is invalid, expired or already used: sign in again"}
	case InvalidClient:
		fault.Messages = []string{"the client id or the client secret is not accepted"}
	}
	if len(fault.Messages) == 0 {
		fault.Messages = []string{"the request was refused"}
	}
	return fault
}

// words is a text in which no token fits: they all have digits.
var words = regexp.MustCompile(`^[A-Za-z ,.:;'_-]{1,150}$`)

// harmless keeps the messages that surely echo nothing secret.
func (s *OAuthSource) harmless(messages []string) []string {
	s.mu.Lock()
	secrets := []string{s.settings.ClientSecret, s.refreshToken, s.signIn.token}
	s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(messages), func(message string) bool {
		return !words.MatchString(message) || slices.ContainsFunc(secrets, func(secret string) bool {
			return secret != "" && strings.Contains(message, secret)
		})
	})
}
