package connector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/words"
)

// explainAPI says what a failure of the API means for the user.
func explainAPI(e *ghl.Error, at scene) (airbyte.FailureType, string) {
	if e.Reason == ghl.Firewall {
		return airbyte.ConfigError, "HighLevel cannot be reached from here" + reason(e) +
			". This is about neither the token nor the location: a proxy on the way may change the requests, or the firewall may not trust the address that they come from. Try from another network; if it lasts, tell HighLevel's support the error code."
	}
	if e.Operation.OfToken() && e.Kind != ghl.Transient {
		return explainSignIn(e, at)
	}
	switch e.Kind {
	case ghl.Unauthorized:
		return airbyte.ConfigError, refusedToken(e, at)
	case ghl.ScopeMissing:
		return airbyte.ConfigError, missingScopes(at, e.Operation.Scope())
	case ghl.Forbidden:
		return airbyte.ConfigError, "HighLevel forbids the access" + reason(e) + ". " + at.text(
			"Check that location_id is the sub-account in which the token was made: a private integration token reaches exactly one.",
			"Check that location_id is the sub-account that was chosen when signing in.")
	case ghl.Exhausted:
		used := "The location's daily quota of API requests is used up"
		if e.Status == 0 && len(e.Messages) > 0 { // nobody was asked: it is the user's own limit
			used = "What daily_request_reserve leaves of the location's daily quota of API requests is used up" + reason(e)
		}
		return airbyte.TransientError, used + resets(e.Reset) + "." + at.goesOn()
	case ghl.Throttled:
		return airbyte.TransientError, "HighLevel kept refusing requests because of its rate limit; another tool may be using the same quota." + at.goesOn()
	case ghl.Transient, ghl.Ambiguous:
		return airbyte.TransientError, unanswered(e, at)
	case ghl.Canceled:
		return airbyte.TransientError, "The " + at.name() + " was stopped." + at.goesOn()
	case ghl.Gone, ghl.Rejected, ghl.Duplicate:
		return airbyte.ConfigError, "HighLevel refused " + string(e.Operation) + reason(e) + ". Check location_id and api_url."
	}
	return airbyte.SystemError, "HighLevel gave an answer to " + string(e.Operation) + " that should not be possible" + reason(e) + "."
}

// explainSignIn is explainAPI for the endpoints that give tokens.
func explainSignIn(e *ghl.Error, at scene) (airbyte.FailureType, string) {
	const again = "Sign in again: with the platform's button, or by putting a new refresh token into credentials.refresh_token."
	switch e.Kind {
	case ghl.Canceled:
		if errors.Is(e, context.Canceled) {
			return airbyte.TransientError, "The " + at.name() + " was stopped." + at.goesOn()
		}
		return airbyte.SystemError, "The new refresh token could not be handed to the platform, so the " + at.name() + " ended."
	case ghl.Unauthorized:
		switch {
		case e.Status == 0: // nobody was asked: discover may not renew
			return airbyte.ConfigError, "The access token cannot be used" + reason(e) +
				". Test the connection (check) or run a sync first: these renew it, and the platform keeps the new one. Or sign in again."
		case e.Reason == ghl.InvalidClient:
			return airbyte.ConfigError, "HighLevel does not accept the app's client id or client secret" + reason(e) +
				". Copy both again from the app in the HighLevel marketplace into credentials.client_id and credentials.client_secret."
		case e.Operation.Exchanges():
			return airbyte.ConfigError, "HighLevel does not accept the agency's sign-in" + reason(e) + ". " + again
		}
		return airbyte.ConfigError, "The sign-in to HighLevel has ended" + reason(e) + ". " + again +
			" A refresh token serves once, so no two connections can share a sign-in."
	case ghl.ScopeMissing, ghl.Forbidden:
		if e.Operation.Exchanges() {
			return airbyte.ConfigError, "The agency's sign-in cannot be exchanged for a token of the location" + reason(e) +
				". The app needs the scope oauth.write and must be installed in the location, which must be active; location_id must be one of the agency's. After a change of scopes, sign in again."
		}
		return airbyte.ConfigError, "HighLevel gives no access token" + reason(e) + ". Check that the location is active, and check location_id and api_url."
	}
	return airbyte.SystemError, "HighLevel gave an answer to " + string(e.Operation) + " that should not be possible" + reason(e) + "."
}

// refusedToken is what to do about a token that no call is accepted with.
func refusedToken(e *ghl.Error, at scene) string {
	switch e.Reason {
	case ghl.AgencyToken:
		return "The token is an agency's, and HighLevel wants one of the sub-account" + reason(e) + ". " + at.text(
			"Create the private integration in the sub-account itself, under its own Settings → Private Integrations, and put that token into credentials.access_token.",
			"The app was installed for the agency: sign in again and choose the sub-account. An app that is to be installed for the agency needs the scope oauth.write.")
	case ghl.ParameterMissing:
		return "HighLevel refused " + string(e.Operation) + reason(e) + ". It says so where a parameter is missing, so the token may be a good one: check location_id and api_url. " + at.text(
			"If both are right, make a new private integration token.", "If both are right, sign in again.")
	}
	odd := ""
	if at.oddToken {
		odd = " The one in credentials.access_token does not begin with pit-, as they all do: API keys of another kind do not serve here."
	}
	return "HighLevel does not accept the token" + reason(e) + ". " + at.text(
		"Copy the private integration token again from Settings → Private Integrations of the sub-account, or rotate it there, and put it into credentials.access_token."+odd,
		"It was renewed, and the new one is not accepted either: check that the app is still installed in the location, and sign in again.")
}

// missingScopes is what to do about rights that the token lacks.
func missingScopes(at scene, scopes ...string) string {
	lacks := "the scope " + scopes[0]
	if len(scopes) > 1 {
		lacks = "the scopes " + words.List(scopes)
	}
	return "The token lacks " + lacks + ". " + at.text(
		"Add what is missing in Settings → Private Integrations; the token itself stays the same.",
		"Add what is missing to the scopes of the app in the HighLevel marketplace, then sign in again: a sign-in keeps the scopes that it was given.")
}

// unanswered is a call that came to nothing, by no fault of its own.
func unanswered(e *ghl.Error, at scene) string {
	const lasts = ". Check the network and api_url if it lasts."
	switch {
	case e.Status != 0:
		return "HighLevel kept failing at " + string(e.Operation) + reason(e) + lasts + at.goesOn()
	case e.Err == nil: // no call failed: together they made no sense
		return string(e.Operation) + " could not be brought to an end" + reason(e) + "." + at.goesOn()
	}
	where := ""
	if at.url != "" {
		where = " at " + at.url
	}
	return "HighLevel cannot be reached" + where + reason(e) + lasts + at.goesOn()
}

// reason is what is known of the cause, in brackets; "" if nothing is. It does
// not say whose words these are: some are the API's, some the client's.
func reason(e *ghl.Error) string {
	words := ""
	switch {
	case len(e.Messages) > 0:
		words = strings.TrimRight(e.Messages[0], ".")
	case e.Status == 0 && e.Err != nil && !strings.Contains(e.Err.Error(), "@"): // a proxy's address may hold a password
		words = e.Err.Error()
	}
	switch {
	case e.Status != 0 && words != "":
		return fmt.Sprintf(" (the answer was %d: %s)", e.Status, words)
	case e.Status != 0:
		return fmt.Sprintf(" (the answer was %d)", e.Status)
	case words != "":
		return " (" + words + ")"
	}
	return ""
}

func resets(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return fmt.Sprintf("; it resets in %s, at %s", d.Round(time.Minute), time.Now().Add(d).UTC().Format("2006-01-02 15:04 MST"))
}

// scene is what the text of a failure depends on besides the failure itself.
type scene struct {
	verb     string // "" is as in write
	signIn   string // credentials.auth_type; "" is not known
	oddToken bool   // a private integration token does not look like one
	url      string // of the API
	dry      bool   // nothing is written, nothing acknowledged
}

// sceneError is an error with its scene.
type sceneError struct {
	scene
	err error
}

func (e *sceneError) Error() string { return e.err.Error() }
func (e *sceneError) Unwrap() error { return e.err }

// during puts a verb's error into its scene, for explain. nil stays nil.
func during(verb string, c config.Config, err error) error { return inScene(sceneOf(verb, c), err) }

// inScene puts an error into a scene, unless it was put into one that knows more.
func inScene(s scene, err error) error {
	if placed := (*sceneError)(nil); err == nil || errors.As(err, &placed) {
		return err
	}
	return &sceneError{s, err}
}

func sceneOf(verb string, c config.Config) scene {
	private := c.Credentials.AuthType == config.PersonalAccessToken
	return scene{
		verb: verb, signIn: c.Credentials.AuthType, url: c.APIURL, dry: c.DryRun,
		oddToken: private && !strings.HasPrefix(c.Credentials.AccessToken.Reveal(), "pit-"),
	}
}

// text picks the words for the kind of sign-in; all of them if it is not known.
func (s scene) text(private, oauth string) string {
	switch s.signIn {
	case config.PersonalAccessToken:
		return private
	case config.OAuth2:
		return oauth
	}
	return "Private integration token: " + private + " OAuth: " + oauth
}

// name is what the user calls what was going on.
func (s scene) name() string {
	if s.verb == "" || s.verb == "write" {
		return "sync"
	}
	return s.verb
}

// goesOn ends a text where the user need not worry about what was written.
func (s scene) goesOn() string {
	switch {
	case s.dry:
		return ""
	case s.name() == "import":
		return " What was written stays; run the import again, and it goes on from there."
	case s.name() == "export":
		return " Run the export again: with --to DIR it goes on from there."
	case s.name() == "read":
		return " Every row up to the last state of a stream was read; the next read goes on from there."
	case s.name() != "sync":
		return ""
	}
	return " What is acknowledged is written; the next sync goes on from there."
}

// became says what has become of the records that were read.
func (s scene) became() string {
	if s.dry {
		return "Nothing was written"
	}
	return "Everything before it has been handled"
}
