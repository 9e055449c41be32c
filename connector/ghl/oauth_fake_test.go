package ghl

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testSecret  = "client-secret-of-nobody"
	testRefresh = "refresh-0"
	invalid     = `{"statusCode":400,"message":"Invalid grant: refresh token is invalid"}`
)

// vendor is a server whose refresh tokens serve once. It gives out access-1,
// refresh-1, access-2 and so on; for an agency location-1 and so on as well.
type vendor struct {
	mu                  sync.Mutex
	agency              bool
	life, delay         time.Duration
	refuse              map[string]bool                                     // access tokens
	onToken, onExchange func(n int, r *http.Request) (*http.Response, bool) // false: as usual
	refreshes           int                                                 // done
	tokens, exchanges   int                                                 // requests
	api                 []string                                            // bearer tokens of the other requests
	forms               []url.Values
	headers             []http.Header
	events              []string
	alive               string
}

func newVendor() *vendor {
	return &vendor{life: 24 * time.Hour, delay: 100 * time.Millisecond, refuse: map[string]bool{}, alive: testRefresh}
}

func (v *vendor) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(v.delay)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch r.URL.Path {
	case "/oauth/token":
		v.tokens++
		return v.token(r)
	case "/oauth/locationToken":
		v.exchanges++
		return v.exchange(r, bearer)
	}
	v.api = append(v.api, bearer)
	v.events = append(v.events, "use "+bearer)
	if v.refuse[bearer] || bearer == "" {
		return answer(401, `{"statusCode":401,"message":"Invalid token: access token is invalid"}`), nil
	}
	return answer(200, oneContact), nil
}

func (v *vendor) token(r *http.Request) (*http.Response, error) {
	form, err := readForm(r)
	if err != nil {
		return nil, err
	}
	v.forms, v.headers = append(v.forms, form), append(v.headers, r.Header.Clone())
	if v.onToken != nil {
		if resp, done := v.onToken(v.tokens, r); done {
			return resp, nil
		}
	}
	if form.Get("refresh_token") != v.alive {
		return answer(400, invalid), nil
	}
	v.refreshes++
	v.alive = fmt.Sprintf("refresh-%d", v.refreshes)
	v.events = append(v.events, "refreshed")
	whose := `"userType":"Location","locationId":"loc1"`
	if v.agency {
		whose = `"userType":"Company"`
	}
	return answer(200, fmt.Sprintf(`{"access_token":"access-%d","token_type":"Bearer","expires_in":%d,"refresh_token":%q,"companyId":"com1",%s}`,
		v.refreshes, int(v.life.Seconds()), v.alive, whose)), nil
}

func (v *vendor) exchange(r *http.Request, bearer string) (*http.Response, error) {
	form, err := readForm(r)
	if err != nil {
		return nil, err
	}
	v.forms, v.headers = append(v.forms, form), append(v.headers, r.Header.Clone())
	if v.onExchange != nil {
		if resp, done := v.onExchange(v.exchanges, r); done {
			return resp, nil
		}
	}
	if v.refuse[bearer] {
		return answer(401, `{"statusCode":401,"message":"Invalid token: access token is invalid"}`), nil
	}
	return answer(200, fmt.Sprintf(`{"access_token":"location-%d","expires_in":3600,"locationId":"loc1"}`, v.exchanges)), nil
}

func readForm(r *http.Request) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	return r.PostForm, nil
}

// rotated notes what Rotated is told.
func (v *vendor) rotated(t RotatedToken) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.events = append(v.events, "told "+t.AccessToken+" "+t.RefreshToken)
	return nil
}

func newTestOAuth(t *testing.T, v http.RoundTripper, change ...func(*OAuth)) *OAuthSource {
	t.Helper()
	o := OAuth{
		URL: "http://api.example.com", ClientID: "client", ClientSecret: testSecret, RefreshToken: testRefresh,
		LocationID: "loc1", Transport: v,
	}
	if v, ok := v.(*vendor); ok {
		o.Rotated = v.rotated
	}
	for _, f := range change {
		f(&o)
	}
	s, err := NewOAuth(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// clientOf is a client that signs in by a source.
func clientOf(t *testing.T, v *vendor, s *OAuthSource) *Client {
	t.Helper()
	return newTestClient(t, v, func(o *Options) { o.Tokens = s })
}

// wantToken asks for a token.
func wantToken(t *testing.T, s *OAuthSource, want string) {
	t.Helper()
	token, err := s.Token()
	if err != nil || token.AccessToken != want {
		t.Fatalf("got %v %v, want %s", token, err, want)
	}
}

// jwt is a token that tells its class, as the vendor's do.
func jwt(class, id string) string {
	payload := fmt.Sprintf(`{"authClass":%q,"authClassId":%q}`, class, id)
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
}
