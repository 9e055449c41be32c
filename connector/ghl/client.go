package ghl

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"
)

// DefaultURL is where the vendor serves the API.
const DefaultURL = "https://services.leadconnectorhq.com"

// Version is this program's version as the User-Agent tells it; set it when
// linking with -ldflags "-X destination-gohighlevel/connector/ghl.Version=…".
var Version = "dev"

// Editions of the API, as headers.
var (
	apiVersion       = []string{"2021-07-28"} // the only value the vendor's contacts contract names
	calendarsVersion = []string{"2021-04-15"} // and that about calendars
)

const (
	requestTimeout      = 60 * time.Second
	connectTimeout      = 10 * time.Second
	defaultMaxRetryTime = 5 * time.Minute
	idleConnections     = 64
)

// Options configure a [Client].
type Options struct {
	// URL is the base of the API, http or https, without query; "" is DefaultURL.
	URL string
	// LocationID is the sub-account that every call is about. Required.
	LocationID string
	// Tokens gives the bearer token of each request. Required. If it has a
	// method Invalidate(*oauth2.Token), that is called with a token the server
	// refused, before the request is tried once more with the next token.
	Tokens oauth2.TokenSource
	// Transport sends; nil is a default with keep-alive and verified TLS.
	// Redirects are never followed, whatever the transport.
	Transport http.RoundTripper
	// Log gets waits and kinds of faults; the zero value is silent.
	Log zerolog.Logger
	// MaxRetryTime bounds what one call spends on transient faults (sending
	// and backing off); 0 is five minutes. Of what fails within a second at
	// least three attempts are made. It also bounds an attempt, down to ten
	// seconds, so that a host which swallows everything costs it only once.
	// Waits for the rate limit do not count; they are bounded by 30 minutes.
	MaxRetryTime time.Duration
	// DailyReserve is how many requests of the daily quota to leave for
	// others: calls end as Exhausted when no more are left. Requests sent
	// before the first answer cannot know what is left.
	DailyReserve int64
	// Grace is how long a write that is on the wire when the context of its
	// call ends is still waited for, so that it is known whether it was done.
	// Everything else ends with the context at once: nothing new is sent.
	Grace time.Duration
}

// Client calls the API for one location. It is safe for concurrent use; all
// calls of one Client share one pace.
type Client struct {
	base         string
	location     string
	tokens       oauth2.TokenSource
	transport    http.RoundTripper
	log          zerolog.Logger
	maxRetryTime time.Duration
	attemptTime  time.Duration
	grace        time.Duration
	pacer        *pacer
	counts       *counts
	waits        *waits
	hangs        *hangs
	lockout      lockout
	outage       *outage
	room         room
	told         atomic.Value // the Operation that is known to tell custom fields of opportunities
	taskSet      atomic.Int64 // how many contacts a search of tasks takes at most
}

// New returns a client. It sends nothing. It fails if the URL is not an
// absolute http or https URL, or if the location or the tokens are missing.
func New(o Options) (*Client, error) {
	if o.URL == "" {
		o.URL = DefaultURL
	}
	base, err := url.Parse(o.URL)
	switch {
	case err != nil:
		return nil, errors.New("ghl: the API URL cannot be read")
	case base.Scheme != "http" && base.Scheme != "https":
		return nil, fmt.Errorf("ghl: the API URL must be http or https, not %q", base.Scheme)
	case base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("ghl: the API URL must be a host and at most a path")
	case o.LocationID == "":
		return nil, errors.New("ghl: the location id is missing")
	case o.Tokens == nil:
		return nil, errors.New("ghl: the token source is missing")
	}
	if o.Transport == nil {
		o.Transport = defaultTransport()
	}
	if o.MaxRetryTime <= 0 {
		o.MaxRetryTime = defaultMaxRetryTime
	}
	waits := &waits{log: o.Log, told: map[string]announced{}}
	attemptTime := min(max(o.MaxRetryTime, connectTimeout), requestTimeout)
	c := &Client{
		base:         strings.TrimRight(base.String(), "/"),
		location:     o.LocationID,
		tokens:       o.Tokens,
		transport:    o.Transport,
		log:          o.Log,
		maxRetryTime: o.MaxRetryTime,
		attemptTime:  attemptTime,
		grace:        o.Grace,
		pacer:        newPacer(o.DailyReserve, waits.ofPace),
		counts:       newCounts(),
		waits:        waits,
		hangs:        &hangs{log: o.Log, most: attemptTime, out: map[*sent]bool{}},
		room:         newRoom(),
		outage:       newOutage(o.Log),
	}
	c.taskSet.Store(taskSet)
	return c, nil
}

// defaultTransport keeps enough idle connections for all workers, so that a
// burst does not pay a TLS handshake per request.
func defaultTransport() http.RoundTripper {
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		TLSHandshakeTimeout: connectTimeout,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        idleConnections,
		MaxIdleConnsPerHost: idleConnections,
		IdleConnTimeout:     90 * time.Second,

		MaxResponseHeaderBytes: maxHeader,
	}
}
