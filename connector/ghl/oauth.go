package ghl

import (
	"errors"
	"net/http"
	"sync"
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

	mu       sync.Mutex // guards the three below
	signIn   access     // what the refresh token gave: the location's token, or its agency's
	company  string     // the agency's id if signIn is an agency's token, else ""
	location access     // what the agency's token was exchanged for

	// The rest is for the renewal alone.
	supposed     bool   // that signIn is company's, was said by nobody but the settings
	refreshToken string // the one that is not spent
	userType     string // the vendor's word for whom signIn is about; "": not known yet
	untold       *grant // has been issued, and Rotated does not know it yet
	dead         *Error // why there will never be another token
}

// grant is what a refresh gives.
type grant struct {
	access   access
	refresh  string
	company  string
	userType string
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

// NewOAuth returns a source. It sends nothing. It fails if a required setting
// is missing, or as [New] does.
func NewOAuth(o OAuth) (*OAuthSource, error) {
	switch {
	case o.ClientID == "":
		return nil, errors.New("ghl: the client id is missing")
	case o.ClientSecret == "":
		return nil, errors.New("ghl: the client secret is missing")
	case o.RefreshToken == "":
		return nil, errors.New("ghl: the refresh token is missing")
	}
	s := &OAuthSource{
		settings:     o,
		signIn:       access{token: o.AccessToken, expiry: o.Expiry, early: longestEarly},
		refreshToken: o.RefreshToken,
	}
	if o.ReadOnly {
		s.signIn.early = 0 // nothing comes after it
	}
	class, id := claims(o.AccessToken)
	s.userType = class
	switch {
	case class == company && id != "":
		s.company = id
	case class != subAccount:
		s.company, s.supposed = o.CompanyID, true
	}
	var err error
	s.api, err = New(Options{URL: o.URL, LocationID: o.LocationID, Tokens: s, Transport: o.Transport})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Token returns a token that serves, after renewing it if need be. Its error is
// an *Error: Unauthorized if there is no way to a token but a new sign-in (it
// then stays, and nothing is sent again), Transient if the server could not be
// asked, Canceled if Rotated failed.
func (s *OAuthSource) Token() (*oauth2.Token, error) {
	a, ok := s.current()
	if !ok {
		renewed, err, _ := s.flight.Do("", func() (any, error) {
			a, fault := s.renew()
			if fault != nil {
				return nil, fault
			}
			return a, nil
		})
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
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range []*access{&s.signIn, &s.location} {
		if refused != nil && a.token == refused.AccessToken {
			a.refused = true
		}
	}
}

// current is the location's token, if there is one that serves.
func (s *OAuthSource) current() (access, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.signIn
	if s.company != "" {
		a = s.location
	}
	return a, a.serves(time.Now())
}

var _ oauth2.TokenSource = (*OAuthSource)(nil)
