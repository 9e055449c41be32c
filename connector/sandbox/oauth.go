package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// OAuth is the app by which programs sign in, besides the private integration token. The zero value is a usable one.
//
// A refresh token serves once and gives a new one. For 30 seconds after its first use it gives the same new pair again, then it
// is refused; so is one that nobody used for a year.
type OAuth struct {
	ClientID, ClientSecret string // "" generates
	// RefreshTokens are alive from the start; nil generates one.
	RefreshTokens []string
	// TokenLife is that of access tokens; 0 is 24 hours.
	TokenLife time.Duration
	// Company says that the app is installed in the agency: its tokens open nothing but POST /oauth/locationToken, which gives one
	// for the location and needs the scope oauth.write.
	Company   bool
	CompanyID string // "" generates
	// Opaque access tokens tell nothing of themselves; the vendor's say whose they are, but nowhere promise it.
	Opaque bool
}

const (
	refreshGrace     = 30 * time.Second
	refreshLife      = 365 * day
	defaultTokenLife = day
	exchangeScope    = "oauth.write" // of the one operation that wants the agency's token
)

// The vendor's words for whom a token is.
const (
	ofLocation = "Location"
	ofCompany  = "Company"
)

// complete fills the defaults in.
func (o OAuth) complete() OAuth {
	if o.ClientID == "" {
		o.ClientID = uuid.NewString()[24:] + "-sandbox"
	}
	if o.ClientSecret == "" {
		o.ClientSecret = uuid.NewString()
	}
	if o.RefreshTokens == nil {
		o.RefreshTokens = []string{uuid.NewString()}
	}
	if o.TokenLife == 0 {
		o.TokenLife = defaultTokenLife
	}
	if o.CompanyID == "" {
		o.CompanyID = newID()
	}
	o.RefreshTokens = slices.Clone(o.RefreshTokens)
	return o
}

// userType is for whom the app's sign-ins are.
func (o OAuth) userType() string {
	if o.Company {
		return ofCompany
	}
	return ofLocation
}

// signIns is what the app has given out.
type signIns struct {
	refresh   map[string]*refreshToken
	access    map[string]accessToken
	refreshes int
	paused    bool   // the location
	scope     string // what tokens may do, in the vendor's form
}

// refreshToken is a refresh token, alive or spent.
type refreshToken struct {
	issued time.Time
	spent  time.Time // zero: not yet
	next   pair      // what it was spent for
}

// accessToken is whom an access token is for, and until when.
type accessToken struct {
	userType string
	expires  time.Time
}

// pair is what a sign-in or a refresh gives.
type pair struct{ access, refresh string }

// newSignIns begins with the app's refresh tokens. nil scopes are all.
func newSignIns(o OAuth, scopes []string) signIns {
	if scopes == nil {
		scopes = Scopes()
	}
	in := signIns{refresh: map[string]*refreshToken{}, access: map[string]accessToken{}, scope: strings.Join(scopes, " ")}
	for _, token := range o.RefreshTokens {
		in.refresh[token] = &refreshToken{issued: time.Now()}
	}
	return in
}

// SignIn installs the app as a person at the screen would, and gives what the program behind it gets.
func (s *Server) SignIn() (access, refresh string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.issue()
	return p.access, p.refresh
}

// OAuthConfig is [Server.Config] for a new sign-in by the app, as a login button leaves it.
func (s *Server) OAuthConfig(url string) []byte {
	o := s.opts.OAuth
	access, refresh := s.SignIn()
	return s.config(url, credentials{"oauth2.0", o.ClientID, o.ClientSecret, refresh, access, time.Now().Add(o.TokenLife).UTC().Format(time.RFC3339)})
}

// Refreshes gives how often a refresh token was spent for a new pair since the start. Repeats within the grace do not count.
func (s *Server) Refreshes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signIns.refreshes
}

// ExpireAccessTokens ends all access tokens that the app was given so far. Refresh tokens and the private integration token stay.
func (s *Server) ExpireAccessTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.signIns.access)
}

// RevokeRefreshTokens ends all refresh tokens given so far, as uninstalling the app does. Access tokens stay until they expire.
func (s *Server) RevokeRefreshTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.signIns.refresh)
}

// PauseLocation makes the location inactive, or active again: an inactive one gets no access token, and its refresh tokens stay alive.
func (s *Server) PauseLocation(paused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signIns.paused = paused
}

// userType tells for whom a bearer token is, "" if it does not serve.
func (s *Server) userType(token string) string {
	if token == s.opts.Token {
		return ofLocation
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.signIns.access[token]; ok && time.Now().Before(t.expires) {
		return t.userType
	}
	return ""
}

// issue gives a new sign-in. The caller holds the lock.
func (s *Server) issue() pair {
	o := s.opts.OAuth
	id := s.opts.LocationID
	if o.Company {
		id = o.CompanyID
	}
	p := pair{access: s.issueAccess(o.userType(), id), refresh: uuid.NewString()}
	s.signIns.refresh[p.refresh] = &refreshToken{issued: time.Now()}
	return p
}

// issueAccess gives a new access token for a location or company. The caller holds the lock.
func (s *Server) issueAccess(userType, id string) string {
	expires := time.Now().Add(s.opts.OAuth.TokenLife)
	part := func(v object) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err) // strings and numbers always encode
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	// As the vendor's, it looks like a signed JWT that tells its class; nobody can check this one.
	token := strings.Join([]string{
		part(object{"alg": "RS256", "typ": "JWT"}),
		part(object{"authClass": userType, "authClassId": id, "channel": "OAUTH", "jti": uuid.NewString(), "exp": expires.Unix()}),
		base64.RawURLEncoding.EncodeToString([]byte(uuid.NewString())),
	}, ".")
	if s.opts.OAuth.Opaque {
		token = uuid.NewString()
	}
	s.signIns.access[token] = accessToken{userType, expires}
	return token
}

// wrongClass refuses a token that is for somebody else than an operation's scope is.
func wrongClass(userType, scope string) *answer {
	switch {
	case userType == ofCompany && scope != exchangeScope:
		return refuse(401, "This AuthClass is not yet supported")
	case userType == ofLocation && scope == exchangeScope:
		return refuse(403, "Forbidden resource")
	}
	return nil
}
