package ghl

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The vendor's words for an agency and a sub-account.
const (
	company    = "Company"
	subAccount = "Location"
)

// renew gets a token that serves. Only one renewal runs at a time.
func (s *OAuthSource) renew() (access, *Error) {
	for {
		if a, ok := s.current(); ok { // another renewal may have ended since the caller looked
			return a, nil
		}
		refreshed, fault := s.ensureSignIn()
		if fault != nil {
			return access{}, fault
		}
		s.mu.Lock()
		signIn, agency := s.signIn, s.company
		s.mu.Unlock()
		if agency == "" {
			return signIn, nil
		}
		a, fault := s.exchange(signIn.token, agency)
		if fault == nil {
			return a, nil
		}
		if !s.passOver(fault, refreshed) {
			return access{}, fault
		}
	}
}

// passOver tells whether there is another way to a token after a refused
// exchange of the agency's, and takes it.
func (s *OAuthSource) passOver(fault *Error, refreshed bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case refreshed:
		return false
	case s.supposed && (fault.Kind == Unauthorized || fault.Kind == Forbidden || fault.Kind == ScopeMissing):
		s.company, s.supposed = "", false // it may be the location's by now: the API will say
		return true
	case fault.Kind == Unauthorized: // it was revoked before its time
		s.signIn.refused = true
		return true
	}
	return false
}

// ensureSignIn makes sure that signIn serves and that Rotated knows it.
func (s *OAuthSource) ensureSignIn() (refreshed bool, fault *Error) {
	if s.dead != nil {
		return false, s.dead
	}
	if s.untold == nil {
		s.mu.Lock()
		signIn := s.signIn
		s.mu.Unlock()
		if signIn.serves(time.Now()) {
			return false, nil
		}
		if s.settings.ReadOnly {
			return false, notRenewed(signIn)
		}
		if fault := s.refresh(); fault != nil {
			return false, fault
		}
	}
	return true, s.tell()
}

// notRenewed is the error of a source that may not refresh.
func notRenewed(a access) *Error {
	why := "has expired"
	switch {
	case a.token == "":
		why = "is missing"
	case a.refused:
		why = "was refused"
	}
	return &Error{Operation: opToken, Kind: Unauthorized, Messages: []string{"the stored access token " + why + ", and it is not renewed here"}}
}

// refresh spends the refresh token for a new pair.
//
// Asking again after a lost answer is safe for 30 seconds: so long the vendor
// gives the same pair for the spent token. Later it says that the grant is
// invalid, and only a new sign-in helps; asking does no harm then either.
//
//ghl:operation POST /oauth/token
func (s *OAuthSource) refresh() *Error {
	form := url.Values{
		"client_id": {s.settings.ClientID}, "client_secret": {s.settings.ClientSecret},
		"grant_type": {"refresh_token"}, "refresh_token": {s.refreshToken},
	}
	if s.userType != "" { // optional, and a wrong one may be refused
		form.Set("user_type", s.userType)
	}
	asked := time.Now()
	answer, fault := s.post(opToken, form, "")
	for _, userType := range s.likelyTypes() {
		if !unexplained(fault) {
			break
		}
		form.Set("user_type", userType) // something on the way may say so of what was done, or it misses whose the token is
		answer, fault = s.post(opToken, form, "")
	}
	if fault != nil {
		if fault.Kind == Unauthorized {
			s.dead = fault
		}
		return fault
	}
	g := &grant{access: readAccess(answer, asked), refresh: answer.RefreshToken}
	if g.refresh == "" {
		g.refresh = s.refreshToken
	}
	g.userType, g.company = whose(answer)
	s.untold, s.refreshToken = g, g.refresh
	s.settings.Log.Info().Msg("the access token was renewed; the refresh token before it is spent")
	return nil
}

// likelyTypes are the vendor's words for whom the sign-in may be about: the one
// that is known, else each.
func (s *OAuthSource) likelyTypes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.userType != "":
		return []string{s.userType}
	case s.company != "":
		return []string{company, subAccount}
	}
	return []string{subAccount, company}
}

// unexplained tells of the fault of a refresh that it is a refusal which names
// neither the grant nor the client as its cause.
func unexplained(fault *Error) bool {
	return fault != nil && fault.Kind == Unauthorized && fault.Status != http.StatusUnauthorized && fault.Reason == NoReason
}

// tell makes the new sign-in known, then usable, in this order: a run that is
// killed in between leaves the next one a refresh token that lives.
func (s *OAuthSource) tell() *Error {
	g := s.untold
	if s.settings.Rotated != nil {
		err := s.settings.Rotated(RotatedToken{AccessToken: g.access.token, RefreshToken: g.refresh, Expiry: g.access.expiry, CompanyID: g.company})
		if err != nil {
			return &Error{Operation: opToken, Kind: Canceled, Messages: []string{"the new refresh token could not be handed over"}, Err: err}
		}
	}
	s.untold, s.userType, s.supposed = nil, g.userType, false
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signIn, s.company, s.location = g.access, g.company, access{}
	return nil
}

// exchange gets the location's token for the agency's, which stays valid.
//
//ghl:operation POST /oauth/locationToken
func (s *OAuthSource) exchange(token, agency string) (access, *Error) {
	asked := time.Now()
	answer, fault := s.post(opLocationToken, url.Values{"companyId": {agency}, "locationId": {s.settings.LocationID}}, token)
	if fault != nil {
		return access{}, fault
	}
	a := readAccess(answer, asked)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.location = a
	return a, nil
}

// readAccess reads an access token that was asked for at the given time.
func readAccess(answer tokenAnswer, asked time.Time) access {
	a := access{token: answer.AccessToken}
	seconds, err := json.Number(text(answer.ExpiresIn)).Float64()
	if err != nil || seconds <= 0 || seconds > 1e9 {
		return a
	}
	life := time.Duration(seconds) * time.Second
	a.early = min(longestEarly, life/partEarly)
	// In wall-clock time: the monotonic clock stands still while a machine sleeps.
	a.expiry = asked.Add(life).UTC().Truncate(time.Second)
	return a
}

// whose tells for whom a sign-in is; agency is "" unless it is an agency's.
func whose(answer tokenAnswer) (userType, agency string) {
	userType, agency = answer.UserType, answer.CompanyID
	class, id := claims(answer.AccessToken)
	if userType == "" {
		userType = class
	}
	if userType == "" && agency != "" && answer.LocationID == "" {
		userType = company
	}
	if userType != company {
		return userType, ""
	}
	if agency == "" {
		agency = id
	}
	return userType, agency
}

// claims reads what a token says about itself: the vendor's are JWTs with the
// class of their owner and its id. They are not verified and decide nothing but
// which request is sent first; "" where there are none.
func claims(token string) (class, id string) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return "", ""
	}
	var c struct {
		AuthClass   string `json:"authClass"`
		AuthClassID string `json:"authClassId"`
	}
	if json.Unmarshal(payload, &c) != nil || c.AuthClass != company && c.AuthClass != subAccount {
		return "", ""
	}
	return c.AuthClass, c.AuthClassID
}
