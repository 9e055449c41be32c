package integration_tests

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// inProcess carries requests to a sandbox without a network, so that the time of a test is the bubble's.
type inProcess struct{ http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer func() { // the sandbox breaks a connection that is not its own by a panic
		broken := recover()
		if abort, ok := broken.(error); ok && errors.Is(abort, http.ErrAbortHandler) {
			resp, err = nil, syscall.ECONNRESET
		} else if broken != nil {
			panic(broken)
		}
	}()
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Result(), nil
}

// signedIn is a client that signs in to a sandbox by OAuth.
type signedIn struct {
	*ghl.Client
	server *sandbox.Server
	given  ghl.OAuth // what the run was started with

	mu    sync.Mutex
	kept  ghl.RotatedToken // what the platform would have kept
	early int              // requests that used a new token before it was kept
}

// signIn starts a run from what the platform kept of the last one, or from a fresh sign-in.
func signIn(t *testing.T, server *sandbox.Server, kept ghl.RotatedToken, change ...func(*ghl.OAuth)) *signedIn {
	t.Helper()
	app := server.Options().OAuth
	run := &signedIn{server: server, kept: kept}
	o := ghl.OAuth{
		URL: "http://api.example.com", LocationID: server.Options().LocationID, Transport: inProcess{server},
		ClientID: app.ClientID, ClientSecret: app.ClientSecret, RefreshToken: app.RefreshTokens[0],
		Rotated: func(r ghl.RotatedToken) error {
			run.mu.Lock()
			defer run.mu.Unlock()
			run.kept = r
			return nil
		},
	}
	if kept.RefreshToken != "" {
		o.RefreshToken, o.AccessToken, o.Expiry, o.CompanyID = kept.RefreshToken, kept.AccessToken, kept.Expiry, kept.CompanyID
	}
	for _, f := range change {
		f(&o)
	}
	source, err := ghl.NewOAuth(o)
	if err != nil {
		t.Fatal(err)
	}
	run.given = o
	run.Client, err = ghl.New(ghl.Options{
		URL: o.URL, LocationID: o.LocationID, Tokens: source, MaxRetryTime: time.Minute,
		Transport: watch(func() {
			run.mu.Lock()
			defer run.mu.Unlock()
			if server.Refreshes() > 0 && run.kept.RefreshToken == "" {
				run.early++
			}
		}, inProcess{server}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

type watched struct {
	before func()
	http.RoundTripper
}

func watch(before func(), next http.RoundTripper) http.RoundTripper { return watched{before, next} }

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	w.before()
	return w.RoundTripper.RoundTrip(r)
}

// look makes a call that needs a token.
func (s *signedIn) look(t *testing.T) error {
	_, err := s.Location(t.Context())
	return err
}

func TestManyWorkersSpendOneRefreshToken(t *testing.T) {
	for _, agency := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			server := sandbox.New(sandbox.Options{Latency: 50 * time.Millisecond, OAuth: sandbox.OAuth{Company: agency}})
			access, refresh := server.SignIn()
			server.ExpireAccessTokens()
			run := signIn(t, server, ghl.RotatedToken{}, func(o *ghl.OAuth) { o.AccessToken, o.RefreshToken = access, refresh })
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					if err := run.look(t); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if n := server.Requests()["POST /oauth/token"]; n != 1 || server.Refreshes() != 1 || run.early != 0 {
				t.Errorf("%d requests, %d refreshes, %d calls before the new token was kept", n, server.Refreshes(), run.early)
			}
			// The run is killed here. The next one starts long after the grace, with what was kept.
			time.Sleep(100 * time.Hour)
			if err := signIn(t, server, run.kept).look(t); err != nil {
				t.Errorf("the next run: %v", err)
			}
			// One that starts with what the first run was given would be lost.
			lost := signIn(t, server, ghl.RotatedToken{RefreshToken: refresh})
			if err := lost.look(t); err == nil || ghl.KindOf(err) != ghl.Unauthorized {
				t.Errorf("a spent refresh token: %v", err)
			}
		})
	}
}

func TestALostAnswerCostsNoSignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sandbox.New(sandbox.Options{})
		server.Inject(
			sandbox.Fault{Operation: "POST /oauth/token", Kind: sandbox.FaultTruncated},
			sandbox.Fault{Operation: "POST /oauth/token", Kind: sandbox.FaultEmptyBody},
			sandbox.Fault{Operation: "POST /oauth/token", Kind: sandbox.FaultTimeout},
		)
		run := signIn(t, server, ghl.RotatedToken{})
		if err := run.look(t); err != nil {
			t.Fatal(err)
		}
		if n := server.Requests()["POST /oauth/token"]; n != 4 || server.Refreshes() != 1 {
			t.Errorf("%d requests, %d refreshes", n, server.Refreshes())
		}
		time.Sleep(time.Minute)
		if err := signIn(t, server, ghl.RotatedToken{RefreshToken: run.kept.RefreshToken}).look(t); err != nil {
			t.Errorf("with what was kept: %v", err)
		}
	})
}

// TestARefusalThatSpentTheSignIn: the pair that came of it is had within the 30 seconds in which it can be had again.
func TestARefusalThatSpentTheSignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sandbox.New(sandbox.Options{})
		server.Inject(sandbox.Fault{Operation: "POST /oauth/token", Kind: sandbox.Fault422Applied})
		run := signIn(t, server, ghl.RotatedToken{})
		if err := run.look(t); err != nil || server.Refreshes() != 1 {
			t.Errorf("%v after %d refreshes", err, server.Refreshes())
		}
		time.Sleep(time.Hour)
		if err := signIn(t, server, ghl.RotatedToken{RefreshToken: run.kept.RefreshToken}).look(t); err != nil {
			t.Errorf("with what was kept: %v", err)
		}
	})
}

func TestSignInsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sandbox.New(sandbox.Options{OAuth: sandbox.OAuth{TokenLife: time.Hour}})
		run := signIn(t, server, ghl.RotatedToken{})
		for range 10 { // longer than any token lives
			if err := run.look(t); err != nil {
				t.Fatal(err)
			}
			time.Sleep(50 * time.Minute)
		}
		for _, r := range server.Log() {
			if r.Status != 200 {
				t.Errorf("%s was answered with %d: a token was used up to its end", r.Operation, r.Status)
			}
		}
		server.ExpireAccessTokens() // revoked before their time
		if err := run.look(t); err != nil {
			t.Error(err)
		}
		server.PauseLocation(true)
		server.ExpireAccessTokens()
		if err := run.look(t); err == nil || ghl.KindOf(err) != ghl.Forbidden {
			t.Errorf("inactive location: %v", err)
		}
		server.PauseLocation(false)
		if err := run.look(t); err != nil {
			t.Errorf("active again: %v", err)
		}
		server.ExpireAccessTokens()
		server.RevokeRefreshTokens()
		server.ResetCounts()
		for range 3 {
			err := run.look(t)
			var e *ghl.Error
			if !errors.As(err, &e) || e.Kind != ghl.Unauthorized || e.Operation != "POST /oauth/token" {
				t.Errorf("revoked: %v", err)
			}
		}
		if n := server.Requests()["POST /oauth/token"]; n != 1 {
			t.Errorf("a dead refresh token was asked %d times", n)
		}
	})
}

func TestDiscoverRotatesNothing(t *testing.T) {
	for _, app := range []sandbox.OAuth{{}, {Company: true}, {Opaque: true}, {Company: true, CompanyID: "agency", Opaque: true}} {
		synctest.Test(t, func(t *testing.T) {
			server := sandbox.New(sandbox.Options{OAuth: app})
			access, refresh := server.SignIn()
			readOnly := func(o *ghl.OAuth) { o.ReadOnly = true }
			run := signIn(t, server, ghl.RotatedToken{
				AccessToken: access, RefreshToken: refresh, Expiry: time.Now().Add(24 * time.Hour), CompanyID: app.CompanyID,
			}, readOnly)
			if err := run.look(t); err != nil {
				t.Error(err)
			}
			time.Sleep(24 * time.Hour)
			if err := run.look(t); err == nil || ghl.KindOf(err) != ghl.Unauthorized {
				t.Errorf("a day later: %v", err)
			}
			if n := server.Requests()["POST /oauth/token"]; n != 0 {
				t.Errorf("%d refreshes", n)
			}
		})
	}
}
