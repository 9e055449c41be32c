package integration_tests

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// brokenForms break HTTP in every part of an answer.
var brokenForms = map[string]string{
	"status line":   "%s\r\n\r\n",
	"status":        "HTTP/1.1 2%s OK\r\n\r\n",
	"header":        "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
	"header name":   "HTTP/1.1 200 OK\r\n%s: 1\r\n\r\n",
	"length":        "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n{}",
	"encoding":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n{}",
	"chunk":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
	"half a body":   "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n{\"message\":\"%s",
	"quota headers": "HTTP/1.1 429 No\r\nX-RateLimit-Max: %[1]s\r\nX-RateLimit-Remaining: %[1]s\r\nX-RateLimit-Daily-Reset: %[1]s\r\nContent-Length: 2\r\n\r\n{}",
}

// brokenAnswers lets what is no answer quote the request, in a sync that is killed soon: it would try again for minutes.
func (suite canaries) brokenAnswers(t *testing.T) {
	t.Parallel()
	for name, form := range brokenForms {
		for _, operation := range []string{"GET /locations/", "GET /contacts/search/duplicate", "POST /contacts/"} {
			if name == "quota headers" && (operation != "GET /locations/" || testing.Short()) {
				continue // the limit is waited for
			}
			t.Run(name+"/"+operation, func(t *testing.T) {
				t.Parallel()
				e := &rawEcho{operation: operation, form: form, hits: new(atomic.Int64)}
				c := canaryCase{verb: "write", api: e, options: sandbox.Options{AllowDuplicates: strings.HasPrefix(operation, "GET")},
					config: map[string]any{"credentials": map[string]any{"auth_type": "personal_access_token", "access_token": oddToken}},
					kill:   true, // when stopped, it would finish what is under way
					stop:   func() bool { return e.hits.Load() > 1 }}
				if operation != "GET /locations/" { // the sandbox knows only the other token
					delete(c.config, "credentials")
				}
				if c.run(t, suite.binary); e.hits.Load() == 0 {
					t.Error("the API was never asked")
				}
			})
		}
	}
}

// unasked is an API that sends a second answer, which nobody asked for, after each.
type unasked struct {
	api  *sandbox.Server
	sent *atomic.Int64
}

func (u *unasked) at(api *sandbox.Server) http.Handler {
	u.api = api
	return u
}

func (u *unasked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	u.api.ServeHTTP(answer, r)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", answer.Code, answer.Body.Len(), answer.Body)
	time.Sleep(20 * time.Millisecond) // until the connection is idle
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{\"contact\":{\"email\":\"%s@zqx.example.com\"}}", mark)
	u.sent.Add(1)
	time.Sleep(20 * time.Millisecond) // until it is read
}

// unaskedAnswers come on idle connections: Go's HTTP client writes their beginning to the standard logger.
func (suite canaries) unaskedAnswers(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"check", "write", "preview"} { // discover asks once, and has ended before anything more can come
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			api := &unasked{sent: new(atomic.Int64)}
			c := canaryCase{verb: verb, api: api}
			if c.run(t, suite.binary); api.sent.Load() == 0 {
				t.Error("nothing was sent unasked")
			}
		})
	}
}

// lastingFaults lets check try until it gives up, which tells the last fault, while the API quotes what it was sent.
func (suite canaries) lastingFaults(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]func(hits *atomic.Int64) http.Handler{
		"500": func(hits *atomic.Int64) http.Handler {
			return &echo{operation: "GET /locations/", status: 500, form: "message", hits: hits}
		},
		"header": func(hits *atomic.Int64) http.Handler {
			return &rawEcho{operation: "GET /locations/", form: brokenForms["header"], hits: hits}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hits := new(atomic.Int64)
			c := canaryCase{verb: "check", api: h(hits), config: map[string]any{"credentials": map[string]any{"auth_type": "personal_access_token", "access_token": oddToken}}}
			if r := c.run(t, suite.binary); hits.Load() < 2 || !strings.Contains(r.stdout, "FAILED") {
				t.Errorf("exit code %d after %d requests: %s", r.code, hits.Load(), r.stdout)
			}
		})
	}
}

// signIn lets the token endpoint quote what it was sent.
func (suite canaries) signIn(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 302, 400, 401, 403, 404, 422} {
		for _, form := range []string{"oauth", "message", "list", "html", "text"} {
			for _, verb := range []string{"check", "write"} {
				if (status+len(form)+len(verb))%3 != 0 && os.Getenv("CANARIES") != "all" {
					continue
				}
				t.Run(fmt.Sprintf("%d/%s/%s", status, form, verb), func(t *testing.T) {
					t.Parallel()
					var hits atomic.Int64
					h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						hits.Add(1)
						sent, _ := io.ReadAll(r.Body)
						e := &echo{status: status, form: form}
						kind, body := e.body(r, sent)
						if form == "oauth" {
							text, _ := json.Marshal(map[string]string{"error": "invalid_grant " + string(sent), "error_description": string(sent), "message": string(sent)})
							kind, body = "application/json", string(text)
						}
						w.Header().Set("Content-Type", kind)
						w.WriteHeader(status)
						_, _ = io.WriteString(w, body)
					})
					c := canaryCase{verb: verb, api: h, kill: true, stop: func() bool { return verb == "write" && hits.Load() > 1 },
						config: map[string]any{"credentials": map[string]any{"auth_type": "oauth2.0", "client_id": canaryClient, "client_secret": canarySecret, "refresh_token": canaryGrant}}}
					if c.run(t, suite.binary); hits.Load() == 0 {
						t.Error("the endpoint was never asked")
					}
				})
			}
		}
	}
}

// store lets the store of rejected records quote what it was sent.
func (suite canaries) store(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"xml 403":     "HTTP/1.1 403 No\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n<?xml version=\"1.0\"?><Error><Code>%[1]s</Code><Message>%[1]s</Message></Error>",
		"xml 400":     "HTTP/1.1 400 No\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n<Error><Code>InvalidArgument</Code><Message>%s</Message></Error>",
		"html":        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>%s</html>",
		"broken xml":  "HTTP/1.1 400 No\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n<Error><%s",
		"redirect":    "HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/%s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		"status line": "%s\r\n\r\n",
		"header":      "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
		"length":      "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
	}
	for name, form := range answers {
		for _, verb := range []string{"check", "write"} {
			if verb == "write" && name != "xml 403" && name != "html" {
				continue // it is tried again for half a minute, and told in the same words
			}
			t.Run(name+"/"+verb, func(t *testing.T) {
				t.Parallel()
				var hits atomic.Int64
				s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					hits.Add(1)
					sent, _ := io.ReadAll(r.Body)
					conn, _, err := http.NewResponseController(w).Hijack()
					if err != nil {
						return
					}
					defer conn.Close()
					_, _ = fmt.Fprintf(conn, form, r.Header.Get("Authorization")+canaryKey+strings.Join(strings.Fields(string(sent)), " "))
				}))
				defer s3.Close()
				c := canaryCase{verb: verb, stdin: canaryLine(map[string]any{"email": nil, "phone": nil}) + canaryState,
					config: map[string]any{"object_storage_config": map[string]any{"storage_type": "S3", "access_key_id": canaryKeyID, "secret_access_key": canaryKey,
						"s3_bucket_name": "rejected", "s3_bucket_region": "us-east-1", "s3_endpoint": s3.URL, "bucket_path": "people"}}}
				r := c.run(t, suite.binary)
				if hits.Load() == 0 || verb == "write" && r.code != 1 || verb == "check" && !strings.Contains(r.stdout, "FAILED") {
					t.Errorf("exit code %d after %d requests: %s", r.code, hits.Load(), r.stdout)
				}
				if verb == "write" && len(ofType(r.messages, "STATE")) > 0 {
					t.Error("a state came, though the rejected record is not stored")
				}
			})
		}
	}
}

// otherHosts wants no secret to go where the configuration does not send it, and none to go there unseen.
func (suite canaries) otherHosts(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, auth := range []map[string]any{
			{"auth_type": "personal_access_token", "access_token": canaryToken},
			{"auth_type": "oauth2.0", "client_id": canaryClient, "client_secret": canarySecret, "refresh_token": canaryGrant},
		} {
			for _, verb := range []string{"check", "write"} {
				t.Run(fmt.Sprintf("redirect %d/%s/%s", status, auth["auth_type"], verb), func(t *testing.T) {
					t.Parallel()
					var strayed, asked atomic.Int64
					stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) }))
					defer stranger.Close()
					h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						asked.Add(1)
						http.Redirect(w, r, stranger.URL+r.URL.Path, status)
					})
					c := canaryCase{verb: verb, api: h, config: map[string]any{"credentials": auth, "object_storage_config": map[string]any{
						"storage_type": "S3", "access_key_id": canaryKeyID, "secret_access_key": canaryKey, "s3_bucket_name": "rejected",
						"s3_bucket_region": "us-east-1", "s3_endpoint": httptestRedirect(t, stranger.URL, status), "bucket_path": "people"}}}
					if c.run(t, suite.binary); strayed.Load() != 0 || asked.Load() == 0 {
						t.Errorf("%d requests went to another host, %d to the API", strayed.Load(), asked.Load())
					}
				})
			}
		}
	}
	t.Run("self-signed", func(t *testing.T) {
		t.Parallel()
		var asked atomic.Int64
		secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
		secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it would tell of each handshake
		secure.StartTLS()
		defer secure.Close()
		c := canaryCase{verb: "check", config: map[string]any{"api_url": secure.URL, "object_storage_config": map[string]any{"storage_type": "S3", "access_key_id": canaryKeyID,
			"secret_access_key": canaryKey, "s3_bucket_name": "rejected", "s3_bucket_region": "us-east-1", "s3_endpoint": secure.URL, "bucket_path": "people"}}}
		r := c.run(t, suite.binary)
		if asked.Load() != 0 || !strings.Contains(r.stdout, "FAILED") || strings.Count(r.stdout, "certificate") < 2 {
			t.Errorf("%d requests: %s", asked.Load(), r.stdout)
		}
	})
	for address, warned := range map[string]bool{"http://gohighlevel.internal": true, "https://services.leadconnectorhq.com.example.com": true, "": false} {
		t.Run("warning/"+address, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { // every address leads there
				asked.Add(1)
				w.WriteHeader(http.StatusForbidden)
			}))
			defer proxy.Close()
			c := canaryCase{verb: "write", kill: true, stop: func() bool { return asked.Load() > 1 },
				env: []string{"HTTP_PROXY=" + proxy.URL, "HTTPS_PROXY=" + proxy.URL, "http_proxy=" + proxy.URL, "https_proxy=" + proxy.URL, "NO_PROXY=", "no_proxy="}}
			if address != "" {
				c.config = map[string]any{"api_url": address}
			}
			r := c.run(t, suite.binary)
			var warnings int
			for _, m := range ofType(r.messages, "LOG") {
				if m.Log.Level == "WARN" && strings.Contains(m.Log.Message, "the token is sent to "+address) {
					warnings++
				}
			}
			if want := map[bool]int{true: 1}[warned]; warnings != want {
				t.Errorf("%d warnings, want %d: %s", warnings, want, r.stdout)
			}
		})
	}
}

// httptestRedirect serves redirects to another host.
func httptestRedirect(t *testing.T, to string, status int) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to+r.URL.Path, status) }))
	t.Cleanup(server.Close)
	return server.URL
}

// TestVerificationStays wants no way in the program's source to trust a server that cannot show who it is.
func TestVerificationStays(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, word := range []string{"InsecureSkipVerify", "VerifyPeerCertificate", "VerifyConnection", "TLSClientConfig", "RootCAs"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s has %s", path, word)
			}
		}
		return err
	})
	if err != nil || files < 50 {
		t.Errorf("%d files: %v", files, err)
	}
}
