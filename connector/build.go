package connector

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/ghl"
)

// clientOptions are what differs from verb to verb.
type clientOptions struct {
	// Patience bounds what one call may spend on faults; 0 is the client's own
	// default.
	Patience time.Duration
	// Grace is how long a write on the wire is waited for after a stop.
	Grace time.Duration
	// ReadOnly renews no token and so prints no CONTROL: an access token that
	// does not serve is an error.
	ReadOnly bool
	// Keep keeps a changed configuration; nil prints it as CONTROL.
	Keep func(config json.RawMessage) error
	// Log gets what the client has to say; the zero value is silent.
	Log zerolog.Logger
	// Transport carries the requests; nil is the network.
	Transport http.RoundTripper
}

// newClient wires the API client of a configuration. It sends nothing yet.
// Each new refresh token goes to out before the tokens that came with it are
// used: as CONTROL, with the whole configuration. out may be nil if o is
// ReadOnly or keeps it elsewhere.
func newClient(c config.Config, out *airbyte.Writer, o clientOptions) (*ghl.Client, error) {
	warnStrangeHost(o.Log, c.APIURL)
	tokens, err := newTokens(c, out, o)
	if err != nil {
		return nil, err
	}
	return ghl.New(ghl.Options{
		URL:          c.APIURL,
		LocationID:   c.LocationID,
		Tokens:       tokens,
		Log:          o.Log,
		MaxRetryTime: o.Patience,
		Grace:        o.Grace,
		DailyReserve: c.DailyRequestReserve,
		Transport:    o.Transport,
	})
}

// newTokens gives the token source that the credentials ask for.
func newTokens(c config.Config, out *airbyte.Writer, o clientOptions) (oauth2.TokenSource, error) {
	credentials := c.Credentials
	if credentials.AuthType != config.OAuth2 {
		return oauth2.StaticTokenSource(&oauth2.Token{AccessToken: credentials.AccessToken.Reveal()}), nil
	}
	return ghl.NewOAuth(ghl.OAuth{
		URL:          c.APIURL,
		LocationID:   c.LocationID,
		ClientID:     credentials.ClientID,
		ClientSecret: credentials.ClientSecret.Reveal(),
		RefreshToken: credentials.RefreshToken.Reveal(),
		AccessToken:  credentials.AccessToken.Reveal(),
		Expiry:       credentials.TokenExpiry,
		CompanyID:    credentials.CompanyID,
		Log:          o.Log,
		Transport:    o.Transport,
		ReadOnly:     o.ReadOnly,
		Rotated: func(t ghl.RotatedToken) error {
			whole, err := c.WithTokens(t.AccessToken, t.RefreshToken, t.Expiry, t.CompanyID)
			if err != nil {
				return err
			}
			if o.Keep != nil {
				return o.Keep(whole)
			}
			return out.Control(whole) // unbuffered: it has left, or failed
		},
	})
}

// warnStrangeHost tells where the token goes, if not to the vendor or this machine.
func warnStrangeHost(log zerolog.Logger, address string) {
	u, err := url.Parse(address)
	if err != nil || address == "" || strings.EqualFold(address, ghl.DefaultURL) || isLoopback(u.Hostname()) {
		return
	}
	how := ""
	if u.Scheme != "https" {
		how = ", unencrypted"
	}
	log.Warn().Msgf("api_url is not HighLevel's: the token is sent to %s://%s%s", u.Scheme, u.Host, how)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
