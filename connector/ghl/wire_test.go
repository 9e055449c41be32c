package ghl

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
)

// turning gives a new token after each Invalidate.
type turning struct{ n int }

func (s *turning) Token() (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: "token-" + string(rune('a'+s.n))}, nil
}
func (s *turning) Invalidate(*oauth2.Token) { s.n++ }

func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	refuse := say(401, `{"statusCode":401,"message":"Invalid JWT"}`)
	renewing := func(o *Options) { o.Tokens = &turning{} }
	s := scripted(refuse, say(200, oneContact))
	if _, err := newTestClient(t, s, renewing).GetContact(t.Context(), "c1"); err != nil {
		t.Error(err)
	}
	if a, b := s.seen[0].header.Get("Authorization"), s.seen[1].header.Get("Authorization"); a == b {
		t.Error("the same token was sent again")
	}
	for name, change := range map[string]func(*Options){"renewing": renewing, "static": func(*Options) {}} {
		s := scripted(refuse)
		_, err := newTestClient(t, s, change).GetContact(t.Context(), "c1")
		if want := map[string]int{"renewing": 2, "static": 1}[name]; KindOf(err) != Unauthorized || len(s.seen) != want {
			t.Errorf("%s: %v after %d requests", name, err, len(s.seen))
		}
	}
}

type failing struct{ err error }

func (f failing) Token() (*oauth2.Token, error) { return nil, f.err }

func TestTokensThatCannotBeHad(t *testing.T) {
	refused := &oauth2.RetrieveError{
		Response: &http.Response{StatusCode: 400, Status: "400"}, ErrorCode: "invalid_grant", Body: []byte("secret-body"),
	}
	for name, tc := range map[string]struct {
		source oauth2.TokenSource
		want   Kind
	}{
		"refused":     {failing{refused}, Unauthorized},
		"unreachable": {failing{&net.DNSError{Err: "no such host"}}, Transient},
		"empty":       {oauth2.StaticTokenSource(&oauth2.Token{}), Unauthorized},
		"two lines":   {oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "secret-body\r\nX: y"}), Unauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scripted(say(200, oneContact))
				c := newTestClient(t, s, func(o *Options) { o.Tokens, o.MaxRetryTime = tc.source, time.Second })
				_, err := c.CreateContact(t.Context(), ContactBody{})
				if err == nil || KindOf(err) != tc.want || len(s.seen) != 0 || strings.Contains(err.Error(), "secret") {
					t.Errorf("%v after %d requests", err, len(s.seen))
				}
			})
		})
	}
}

func TestOverRealConnections(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	defer elsewhere.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/contacts/away":
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		case "/contacts/":
			panic(http.ErrAbortHandler) // a create that dies after it was sent
		default:
			_, _ = w.Write([]byte(oneContact))
		}
	}))
	defer server.Close()
	c := newTestClient(t, nil, func(o *Options) { o.URL = server.URL + "/" })
	if _, err := c.GetContact(t.Context(), "c1"); err != nil {
		t.Error(err)
	}
	if _, err := c.GetContact(t.Context(), "away"); KindOf(err) != Forbidden || !strings.Contains(err.Error(), "redirect") {
		t.Errorf("redirect: %v", err)
	}
	if _, err := c.CreateContact(t.Context(), ContactBody{}); KindOf(err) != Ambiguous {
		t.Errorf("abort: %v", err)
	}
}

func TestACreateThatNeverLeftIsTransient(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.StartTLS() // its certificate is from no authority that we trust
	untrusted := server.URL
	defer server.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	for name, url := range map[string]string{"certificate": untrusted, "closed port": closed} {
		c := newTestClient(t, nil, func(o *Options) { o.URL, o.MaxRetryTime = url, time.Millisecond })
		if _, err := c.CreateContact(t.Context(), ContactBody{}); err == nil || KindOf(err) != Transient {
			t.Errorf("%s: %v", name, err)
		}
		if n := c.Usage().Requests; n != 3 {
			t.Errorf("%s: %d attempts", name, n)
		}
	}
}
