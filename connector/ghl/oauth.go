package ghl

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// OAuth configures an [OAuthSource].
type OAuth struct {
	// URL is the base of the API, as [Options].URL.
	URL string
	// ClientID and ClientSecret are the app's, RefreshToken is what the sign-in
	// left. Required, all three.
	ClientID, ClientSecret, RefreshToken string
	// AccessToken is the last one known; "" is none. Expiry is when it ends;
	// zero means that nobody knows: it then serves until it is refused.
	AccessToken string
	Expiry      time.Time
	// CompanyID is the agency's whose AccessToken is; "": the location's, or
	// nobody knows. A token that tells whose it is itself is believed first.
	CompanyID string
	// LocationID is the sub-account that an agency's token is exchanged for. Required.
	LocationID string
	// Transport sends; nil is a default, as in [Options].
	Transport http.RoundTripper
	// Log gets one line per renewal; the zero value is silent.
	Log zerolog.Logger
	// Rotated is called with each new pair, before its access token is used:
	// the refresh token before it is spent, so whoever starts the next run has
	// to keep this one. If it fails, the token is not used and the callers get
	// its error; it is called again with the same pair when a token is next
	// asked for. It must not call the source. nil: nobody has to know.
	Rotated func(RotatedToken) error
	// ReadOnly never refreshes, so nothing has to be kept. An access token that
	// is missing, expired or refused is then an error that says so.
	ReadOnly bool
}

// RotatedToken is what the next run starts with. For an agency's sign-in the
// access token is the agency's, not the one of the location.
type RotatedToken struct {
	AccessToken, RefreshToken string
	// Expiry is the end of the access token in UTC; zero: not told.
	Expiry time.Time
	// CompanyID is the agency's whose access token it is, "" if it is the location's.
	CompanyID string
}

// OAuthSource gives the access token of an OAuth sign-in and renews it: shortly
// before its end, and when the server refused it. It is safe for concurrent
// use; however many ask, one renewal is under way, and all get its result.
//
// Its requests are not paced and not in [Client.Usage]: they count in no quota.
type OAuthSource struct {
	settings OAuth
	api      *Client            // gives base, transport and the reading of answers
	flight   singleflight.Group // in which a renewal runs
	lock     chan struct{}      // holds one while somebody uses what is below

	signIn   signIn
	location access  // what an agency's token was exchanged for
	pending  *signIn // has been issued, and Rotated does not know it yet
	dead     *Error  // why there will never be another token
}

// signIn is what a refresh token gives.
type signIn struct {
	access
	refresh  string // the refresh token that is not spent
	userType string // the vendor's word for whom it is about; "": not known
	agency   string // its id if the token is an agency's, else ""
	supposed bool   // nobody but the settings has said so
}

// access is an access token and how long it serves.
type access struct {
	token   string
	expiry  time.Time     // zero: until it is refused
	early   time.Duration // how long before its expiry it is renewed
	refused bool
}

func (a access) serves(now time.Time) bool {
	return a.token != "" && !a.refused && (a.expiry.IsZero() || now.Before(a.expiry.Add(-a.early)))
}

const (
	longestEarly = 5 * time.Minute
	// partEarly is the part of its life that a token is renewed before its end.
	partEarly = 10
)

// The vendor's words for an agency and a sub-account.
const (
	company    = "Company"
	subAccount = "Location"
)

// NewOAuth returns a source. It sends nothing. It fails if a required setting
// is missing, or as [New] does.
func NewOAuth(o OAuth) (*OAuthSource, error) {
	for _, setting := range [][2]string{{"client id", o.ClientID}, {"client secret", o.ClientSecret}, {"refresh token", o.RefreshToken}} {
		if setting[1] == "" {
			return nil, fmt.Errorf("ghl: the %s is missing", setting[0])
		}
	}
	given := signIn{access: access{token: o.AccessToken, expiry: o.Expiry, early: longestEarly}, refresh: o.RefreshToken}
	if o.ReadOnly {
		given.early = 0 // nothing comes after it
	}
	given.userType, given.agency = whose(&oauth2.Token{AccessToken: o.AccessToken})
	if given.agency == "" && given.userType != subAccount {
		given.agency, given.supposed = o.CompanyID, true
	}
	s := &OAuthSource{settings: o, lock: make(chan struct{}, 1), signIn: given}
	var err error
	s.api, err = New(Options{URL: o.URL, LocationID: o.LocationID, Tokens: s, Transport: o.Transport})
	if err != nil {
		return nil, err
	}
	s.api.attemptTime = tokenTimeout
	return s, nil
}

// Token returns a token that serves, after renewing it if need be. Its error is
// an *Error: Unauthorized if there is no way to a token but a new sign-in (it
// then stays, and nothing is sent again), Transient if the server could not be
// asked, Canceled if Rotated failed.
func (s *OAuthSource) Token() (*oauth2.Token, error) {
	s.lock <- struct{}{}
	a, ok := s.current()
	<-s.lock
	if !ok {
		renewed, err, _ := s.flight.Do("", s.renew)
		if err != nil {
			return nil, err
		}
		a = renewed.(access)
	}
	return &oauth2.Token{AccessToken: a.token, TokenType: "Bearer", Expiry: a.expiry}, nil
}

// Invalidate tells that the server refused a token: the next Token is another
// one. A token that was replaced already changes nothing.
func (s *OAuthSource) Invalidate(refused *oauth2.Token) {
	s.lock <- struct{}{}
	defer func() { <-s.lock }()
	for _, a := range []*access{&s.signIn.access, &s.location} {
		if refused != nil && a.token == refused.AccessToken {
			a.refused = true
		}
	}
}

// current is the location's token, and whether it serves.
func (s *OAuthSource) current() (access, bool) {
	a := s.signIn.access
	if s.signIn.agency != "" {
		a = s.location
	}
	return a, a.serves(time.Now())
}

// renew gets an access that serves.
func (s *OAuthSource) renew() (any, error) {
	s.lock <- struct{}{}
	defer func() { <-s.lock }()
	for refreshed := false; ; {
		if a, ok := s.current(); ok { // another renewal may have ended since the caller looked
			return a, nil
		}
		if s.pending != nil || !s.signIn.serves(time.Now()) {
			if fault := s.signInAnew(); fault != nil {
				return nil, fault
			}
			refreshed = true
		}
		if s.signIn.agency == "" {
			return s.signIn.access, nil
		}
		fault := s.exchange()
		if fault == nil {
			return s.location, nil
		}
		if refreshed || !s.doubt(fault) {
			return nil, fault
		}
	}
}

// doubt tells whether a refused exchange is a word about the sign-in, which is then
// taken for another than it seemed.
func (s *OAuthSource) doubt(fault *Error) bool {
	switch {
	case s.signIn.supposed && (fault.Kind == Unauthorized || fault.Kind == Forbidden || fault.Kind == ScopeMissing):
		s.signIn.agency, s.signIn.supposed = "", false // it may be the location's by now: the API will say
	case fault.Kind == Unauthorized: // it was revoked before its time
		s.signIn.refused = true
	default:
		return false
	}
	return true
}

// signInAnew spends the refresh token, makes the new sign-in known, and only
// then uses it: a run that is killed in between leaves the next one a refresh
// token that lives.
func (s *OAuthSource) signInAnew() *Error {
	switch {
	case s.dead != nil:
		return s.dead
	case s.pending != nil:
	case s.settings.ReadOnly:
		return notRenewed(s.signIn.access)
	default:
		if fault := s.refresh(); fault != nil {
			return fault
		}
	}
	n := *s.pending
	if s.settings.Rotated != nil {
		err := s.settings.Rotated(RotatedToken{AccessToken: n.token, RefreshToken: n.refresh, Expiry: n.expiry, CompanyID: n.agency})
		if err != nil {
			return &Error{Operation: opToken, Kind: Canceled, Messages: []string{"the new refresh token could not be handed over"}, Err: err}
		}
	}
	s.signIn, s.location, s.pending = n, access{}, nil
	return nil
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

// claims reads what a token says about itself: the vendor's are JWTs with the
// class of their owner and its id. They are not verified and decide nothing but
// which request is sent first; "" where there are none.
func claims(token string) (class, id string) {
	var c struct {
		AuthClass   string `json:"authClass"`
		AuthClassID string `json:"authClassId"`
	}
	if parts := strings.Split(token, "."); len(parts) == 3 {
		payload, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
		_ = json.Unmarshal(payload, &c) // what cannot be read tells nothing
	}
	if c.AuthClass != company && c.AuthClass != subAccount {
		return "", ""
	}
	return c.AuthClass, c.AuthClassID
}

var _ oauth2.TokenSource = (*OAuthSource)(nil)
