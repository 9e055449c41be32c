package ghl

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"golang.org/x/oauth2"
)

func TestNewOAuthRefusesWhatCannotWork(t *testing.T) {
	whole := OAuth{ClientID: "c", ClientSecret: "s", RefreshToken: "r", LocationID: "l"}
	if _, err := NewOAuth(whole); err != nil {
		t.Errorf("whole: %v", err)
	}
	for name, spoil := range map[string]func(*OAuth){
		"client id":     func(o *OAuth) { o.ClientID = "" },
		"client secret": func(o *OAuth) { o.ClientSecret = "" },
		"refresh token": func(o *OAuth) { o.RefreshToken = "" },
		"location id":   func(o *OAuth) { o.LocationID = "" },
		"http or https": func(o *OAuth) { o.URL = "ftp://api.example.com" },
	} {
		o := whole
		spoil(&o)
		if _, err := NewOAuth(o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManyCallersRefreshOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVendor()
		s := newTestOAuth(t, v, func(o *OAuth) { o.AccessToken, o.Expiry = "old", time.Now().Add(-time.Hour) })
		c := clientOf(t, v, s)
		done := make(chan error)
		for range 50 {
			go func() {
				_, err := c.GetContact(t.Context(), "c1")
				done <- err
			}()
		}
		for range 50 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if v.tokens != 1 || len(v.api) != 50 {
			t.Errorf("%d refreshes for %d calls", v.tokens, len(v.api))
		}
		if want := []string{"refreshed", "told access-1 refresh-1", "use access-1"}; !slices.Equal(v.events[:3], want) {
			t.Errorf("began with %q, want %q", v.events[:3], want)
		}
		if u := c.Usage(); u.Requests != 50 {
			t.Errorf("%d requests in the usage", u.Requests)
		}
	})
}

func TestARefreshOnTheWire(t *testing.T) {
	v := newVendor()
	s := newTestOAuth(t, v)
	wantToken(t, s, "access-1")
	want := url.Values{"client_id": {"client"}, "client_secret": {testSecret}, "grant_type": {"refresh_token"}, "refresh_token": {testRefresh}}
	if diff := cmp.Diff(want, v.forms[0]); diff != "" {
		t.Errorf("first form: %s", diff)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", "Authorization": "", "Version": "",
		"User-Agent": "destination-gohighlevel/dev (+Go)",
	} {
		if got := v.headers[0].Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	s.Invalidate(&oauth2.Token{AccessToken: "access-1"})
	wantToken(t, s, "access-2")
	if f := v.forms[1]; f.Get("refresh_token") != "refresh-1" || f.Get("user_type") != "Location" {
		t.Errorf("second form: %v", f)
	}
}

func TestTokensAreRenewedBeforeTheirEnd(t *testing.T) {
	for _, tc := range []struct{ life, last time.Duration }{
		{24 * time.Hour, 24*time.Hour - 5*time.Minute},
		{time.Minute, 54 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			v := newVendor()
			v.life, v.delay = tc.life, 0
			s := newTestOAuth(t, v)
			wantToken(t, s, "access-1")
			time.Sleep(tc.last - time.Second)
			wantToken(t, s, "access-1")
			time.Sleep(2 * time.Second)
			wantToken(t, s, "access-2")
		})
	}
}

func TestAnEndThatIsNotToldIsNotGuessed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVendor()
		v.life = 0
		s := newTestOAuth(t, v, func(o *OAuth) { o.AccessToken = "given" })
		time.Sleep(1000 * time.Hour)
		wantToken(t, s, "given")
		s.Invalidate(&oauth2.Token{AccessToken: "given"})
		wantToken(t, s, "access-1")
		time.Sleep(1000 * time.Hour)
		wantToken(t, s, "access-1")
	})
}

func TestInvalidateOfAReplacedTokenDoesNothing(t *testing.T) {
	v := newVendor()
	s := newTestOAuth(t, v, func(o *OAuth) { o.AccessToken = "given" })
	s.Invalidate(nil)
	s.Invalidate(&oauth2.Token{AccessToken: "stranger"})
	wantToken(t, s, "given")
	s.Invalidate(&oauth2.Token{AccessToken: "given"})
	wantToken(t, s, "access-1")
	s.Invalidate(&oauth2.Token{AccessToken: "given"})
	wantToken(t, s, "access-1")
	if v.tokens != 1 {
		t.Errorf("%d refreshes", v.tokens)
	}
}

func TestADeadRefreshTokenIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVendor()
		v.alive = "another"
		s := newTestOAuth(t, v)
		c := clientOf(t, v, s)
		done := make(chan error)
		for range 50 {
			go func() {
				_, err := c.CreateContact(t.Context(), ContactBody{})
				done <- err
			}()
		}
		for range 50 {
			err := <-done
			var e *Error
			if !errors.As(err, &e) || e.Kind != Unauthorized || e.Status != 400 || e.Operation != "POST /oauth/token" ||
				!strings.Contains(err.Error(), "sign in again") || e.Reason != InvalidGrant {
				t.Fatalf("%v", err)
			}
		}
		time.Sleep(time.Hour)
		if _, err := s.Token(); KindOf(err) != Unauthorized {
			t.Errorf("later: %v", err)
		}
		if v.tokens != 1 || len(v.api) != 0 {
			t.Errorf("asked %d times; %d calls", v.tokens, len(v.api))
		}
	})
}

func TestARefusedCallIsSignedInAgain(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil   func(*vendor)
		want    Kind // -1: success
		says    string
		refresh int
	}{
		"revoked":     {func(*vendor) {}, -1, "", 1},
		"unreachable": {func(v *vendor) { v.onToken = firstFail(3) }, -1, "", 4},
		"dead":        {func(v *vendor) { v.alive = "another" }, Unauthorized, "sign in again", 1},
		"always":      {func(v *vendor) { v.refuse["access-1"] = true }, Unauthorized, "access token is invalid", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := newVendor()
				v.refuse["given"] = true
				tc.spoil(v)
				c := clientOf(t, v, newTestOAuth(t, v, func(o *OAuth) { o.AccessToken = "given" }))
				_, err := c.CreateContact(t.Context(), ContactBody{})
				if tc.want < 0 {
					if err != nil || v.api[len(v.api)-1] != "access-1" {
						t.Errorf("%v with %q", err, v.api)
					}
				} else if err == nil || KindOf(err) != tc.want || !strings.Contains(err.Error(), tc.says) {
					t.Errorf("%v", err)
				}
				if v.tokens != tc.refresh {
					t.Errorf("%d refreshes, want %d", v.tokens, tc.refresh)
				}
			})
		})
	}
}

// firstFail answers the first n requests with a 503.
func firstFail(n int) func(int, *http.Request) (*http.Response, bool) {
	return func(i int, _ *http.Request) (*http.Response, bool) { return answer(503, "<html>"), i <= n }
}

func TestThePairIsKeptBeforeItIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVendor()
		full := errors.New("no room")
		var told []RotatedToken
		s := newTestOAuth(t, v, func(o *OAuth) {
			o.Rotated = func(r RotatedToken) error {
				told = append(told, r)
				if len(told) == 1 {
					return full
				}
				return nil
			}
		})
		before := time.Now()
		c := clientOf(t, v, s)
		if _, err := c.GetContact(t.Context(), "c1"); !errors.Is(err, full) || KindOf(err) != Canceled || len(v.api) != 0 {
			t.Errorf("%v after %d calls", err, len(v.api))
		}
		if _, err := c.GetContact(t.Context(), "c1"); err != nil || v.tokens != 1 {
			t.Errorf("%v after %d refreshes", err, v.tokens)
		}
		want := RotatedToken{AccessToken: "access-1", RefreshToken: "refresh-1", Expiry: before.Add(24 * time.Hour).UTC()}
		if len(told) != 2 || told[0] != told[1] || told[0] != want {
			t.Errorf("told %v, want twice %v", told, want)
		}
	})
}

func TestReadOnlyNeverRefreshes(t *testing.T) {
	readOnly := func(token string, left time.Duration) func(*OAuth) {
		return func(o *OAuth) { o.ReadOnly, o.AccessToken, o.Expiry = true, token, time.Now().Add(left) }
	}
	synctest.Test(t, func(t *testing.T) {
		v := newVendor()
		v.refuse["refused"] = true
		wantToken(t, newTestOAuth(t, v, readOnly("given", time.Minute)), "given")
		for name, s := range map[string]*OAuthSource{
			"is missing":  newTestOAuth(t, v, readOnly("", time.Hour)),
			"has expired": newTestOAuth(t, v, readOnly("given", -time.Minute)),
			"was refused": newTestOAuth(t, v, readOnly("refused", time.Hour)),
		} {
			_, err := clientOf(t, v, s).GetContact(t.Context(), "c1")
			if err == nil || KindOf(err) != Unauthorized || !strings.Contains(err.Error(), name+", and it is not renewed here") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if v.tokens != 0 {
			t.Errorf("%d refreshes", v.tokens)
		}
	})
}

func TestNothingSecretIsToldOfATokenRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, body := range []string{
			`{"statusCode":400,"message":"no ` + testSecret + `"}`, `{"statusCode":400,"message":["` + testRefresh + `"]}`,
			`{"error":"x ` + testSecret + `","error_description":"` + testRefresh + `"}`, `{"message":"person@example.com"}`,
			testSecret + testRefresh, `{"statusCode":400,"message":"Invalid grant: ` + testRefresh + `"}`,
		} {
			for _, status := range []int{200, 400, 401, 403, 500} {
				var log bytes.Buffer
				v := newVendor()
				v.onToken = func(int, *http.Request) (*http.Response, bool) { return answer(status, body), true }
				s := newTestOAuth(t, v, func(o *OAuth) { o.Log = zerolog.New(&log) })
				c := newTestClient(t, v, func(o *Options) {
					o.Tokens, o.MaxRetryTime, o.Log = s, time.Second, zerolog.New(&log).Level(zerolog.TraceLevel)
				})
				_, err := c.GetContact(t.Context(), "c1")
				if err == nil {
					t.Fatalf("%d %s: no error", status, body)
				}
				for _, secret := range []string{testSecret, testRefresh, "person"} {
					if strings.Contains(err.Error()+log.String(), secret) {
						t.Errorf("%d %s: %v\n%s", status, body, err, log.String())
					}
				}
			}
		}
	})
}
