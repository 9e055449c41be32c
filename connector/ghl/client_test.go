package ghl

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"
)

const oneContact = `{"contact":{"id":"c1"}}`

func TestNewRefusesWhatCannotWork(t *testing.T) {
	tokens := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: testToken})
	for name, o := range map[string]Options{
		"scheme":   {URL: "ftp://api.example.com", LocationID: "l", Tokens: tokens},
		"no host":  {URL: "https://", LocationID: "l", Tokens: tokens},
		"bare":     {URL: "api.example.com", LocationID: "l", Tokens: tokens},
		"query":    {URL: "https://api.example.com?a=b", LocationID: "l", Tokens: tokens},
		"user":     {URL: "https://u:p@api.example.com", LocationID: "l", Tokens: tokens},
		"location": {Tokens: tokens},
		"tokens":   {LocationID: "l"},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if c, err := New(Options{LocationID: "l", Tokens: tokens}); err != nil || c.base != DefaultURL {
		t.Errorf("defaults: %v", err)
	}
}

func TestEachOperationIsDeclaredOnItsMethod(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Doc == nil {
				continue
			}
			for _, line := range fn.Doc.List {
				if op, ok := strings.CutPrefix(line.Text, "//ghl:operation "); ok {
					declared[op] = true
				}
			}
		}
	}
	want := Operations()
	for op := range declared {
		if !slices.Contains(want, op) {
			t.Errorf("%s is declared on a method but not in the table", op)
		}
	}
	for _, op := range want {
		if !declared[op] {
			t.Errorf("%s is in the table but on no method", op)
		}
	}
}

// TestNoIDWalksThePath: an id can come from a record or an answer, and something on the way may undo the escapes.
func TestNoIDWalksThePath(t *testing.T) {
	for _, id := range []string{".", "..", "../locations", "c/1", `c\1`, "/"} {
		s := scripted(say(200, `{"contact":{"id":"x"}}`))
		if _, err := newTestClient(t, s).GetContact(t.Context(), id); KindOf(err) != Gone || len(s.seen) > 0 {
			t.Errorf("%q: %v after %d requests", id, err, len(s.seen))
		}
	}
}

func TestHeadersOfEachRequest(t *testing.T) {
	s := scripted(say(200, `{"contact":{"id":"c 1?"}}`))
	if _, err := newTestClient(t, s).GetContact(t.Context(), "c 1?"); err != nil {
		t.Fatal(err)
	}
	got := s.seen[0]
	if got.method != "GET" || got.uri != "/contacts/c%201%3F" {
		t.Errorf("sent %s %s", got.method, got.uri)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer " + testToken, "Version": "2021-07-28", "Accept": "application/json",
		"Content-Type": "", "User-Agent": "destination-gohighlevel/dev (+Go)",
	} {
		if h := got.header.Get(name); h != want {
			t.Errorf("%s: %q, want %q", name, h, want)
		}
	}
}

func TestEmptyIDsAreNotSent(t *testing.T) {
	s := scripted(say(200, `{"succeded":true}`))
	c := newTestClient(t, s)
	for id, kind := range map[string]Kind{"": Bug, ".": Gone, "..": Gone} {
		if err := c.DeleteContact(t.Context(), id); err == nil || KindOf(err) != kind {
			t.Errorf("id %q: %v", id, err)
		}
	}
	if len(s.seen) != 0 {
		t.Errorf("%d requests were sent", len(s.seen))
	}
}

func TestFaultsAreRepeatedUntilTheAnswer(t *testing.T) {
	const html = "<html>challenge</html>"
	for name, fault := range map[string]func(*http.Request) (*http.Response, error){
		"500":        say(500, ""),
		"502 html":   say(502, html),
		"408":        say(408, `{"message":"x"}`),
		"timed out":  say(401, `{"statusCode":401,"message":"Command timed out"}`),
		"html":       say(200, html),
		"blank":      say(200, ""),
		"truncated":  sayCut(200, `{"contact":{"id":`),
		"cut":        say(200, `{"contact":{"id":`),
		"reset":      breakWith(&net.OpError{Op: "read", Err: syscall.ECONNRESET}),
		"dial":       breakWith(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}),
		"no answer":  func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() },
		"throttling": say(429, `{"statusCode":429,"message":"Too Many Requests"}`),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scripted(fault, fault, say(200, oneContact))
				c := newTestClient(t, s)
				if contact, err := c.UpdateContact(t.Context(), "c1", ContactBody{"city": "X"}); err != nil || contact.ID != "c1" {
					t.Fatalf("%+v %v", contact, err)
				}
				if u := c.Usage(); u.Requests != 3 || u.Retried != 2 || u.ByOperation["PUT /contacts/{contactId}"] != 3 {
					t.Errorf("usage %+v", u)
				}
				if s.seen[0].body != s.seen[2].body || s.seen[2].body != `{"city":"X"}` {
					t.Errorf("bodies %q and %q", s.seen[0].body, s.seen[2].body)
				}
			})
		})
	}
}

func TestAnUnclearCreateIsNotRepeated(t *testing.T) {
	for name, tc := range map[string]struct {
		fault func(*http.Request) (*http.Response, error)
		want  Kind
		sent  int
	}{
		"500":         {say(500, ""), Ambiguous, 1},
		"timed out":   {say(401, `{"message":"Command timed out"}`), Ambiguous, 1},
		"html":        {say(200, "<html>"), Ambiguous, 1},
		"truncated":   {sayCut(201, `{"contact":`), Ambiguous, 1},
		"odd":         {say(201, `{"contact":7}`), Ambiguous, 1},
		"no contact":  {say(201, `{}`), Ambiguous, 1},
		"reset":       {breakWith(&net.OpError{Op: "read", Err: syscall.ECONNRESET}), Ambiguous, 1},
		"refused":     {breakWith(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), Transient, 3},
		"no such dns": {breakWith(&net.DNSError{Err: "no such host", Name: "api.example.com"}), Transient, 3},
		"rejected":    {say(422, `{"message":["x"]}`), Rejected, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scripted(tc.fault)
				c := newTestClient(t, s, func(o *Options) { o.MaxRetryTime = time.Millisecond })
				_, err := c.CreateContact(t.Context(), ContactBody{"email": "a@example.com"})
				if err == nil || KindOf(err) != tc.want || len(s.seen) != tc.sent {
					t.Errorf("%v after %d requests, want %s after %d", err, len(s.seen), tc.want, tc.sent)
				}
			})
		})
	}
}

func TestRetriesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, scripted(say(503, "")))
		start := time.Now()
		_, err := c.GetContact(t.Context(), "c1")
		if took := time.Since(start); KindOf(err) != Transient || took < 4*time.Minute || took > 5*time.Minute {
			t.Errorf("%v after %s", err, took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, scripted(say(429, "")))
		start := time.Now()
		_, err := c.GetContact(t.Context(), "c1")
		if took := time.Since(start); KindOf(err) != Throttled || took != 30*time.Minute {
			t.Errorf("%v after %s", err, took)
		}
	})
}

func TestAllCallsWaitTogetherAfterA429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(say(429, `{}`, "x-ratelimit-max", "25", "x-ratelimit-remaining", "0", "x-ratelimit-interval-milliseconds", "7000"), say(200, oneContact))
		c := newTestClient(t, s)
		start := time.Now()
		done := make(chan error, 5)
		for range 5 {
			go func() {
				time.Sleep(time.Millisecond)
				_, err := c.GetContact(t.Context(), "c1")
				done <- err
			}()
			synctest.Wait()
			time.Sleep(time.Millisecond)
			synctest.Wait()
		}
		for range 5 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		for _, r := range s.seen[1:] {
			if since := r.at.Sub(start); since < 7*time.Second {
				t.Errorf("a request went after %s", since)
			}
		}
		if u := c.Usage(); u.Throttled != 1 || u.Requests != 6 || u.Waited < 30*time.Second {
			t.Errorf("usage %+v", u)
		}
	})
}

func TestTheDaysEnd(t *testing.T) {
	last := []string{"x-ratelimit-daily-remaining", "0", "x-ratelimit-limit-daily", "10000", "x-ratelimit-daily-reset", "3600000"}
	synctest.Test(t, func(t *testing.T) {
		s := scripted(say(200, oneContact, last...))
		c := newTestClient(t, s)
		if u := c.Usage(); u.DailyRemaining != -1 || u.DailyLimit != -1 {
			t.Errorf("before any answer: %+v", u)
		}
		if _, err := c.GetContact(t.Context(), "c1"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		_, err := c.GetContact(t.Context(), "c1")
		var e *Error
		if !errors.As(err, &e) || e.Kind != Exhausted || e.Reset != 59*time.Minute || len(s.seen) != 1 {
			t.Errorf("%v after %d requests", err, len(s.seen))
		}
		if !strings.Contains(err.Error(), "resets in 59m0s") {
			t.Errorf("does not say when: %v", err)
		}
		if u := c.Usage(); u.DailyRemaining != 0 || u.DailyLimit != 10000 || u.DailyReset != 59*time.Minute {
			t.Errorf("usage %+v", u)
		}
		time.Sleep(time.Hour)
		if _, err := c.GetContact(t.Context(), "c1"); err != nil {
			t.Errorf("on the next day: %v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := scripted(say(429, `{"statusCode":429,"message":"Too Many Requests"}`, last...))
		_, err := newTestClient(t, s).GetContact(t.Context(), "c1")
		var e *Error
		if !errors.As(err, &e) || e.Kind != Exhausted || e.Reset != time.Hour || len(s.seen) != 1 {
			t.Errorf("%v after %d requests", err, len(s.seen))
		}
	})
}

func TestCancelEndsEveryWait(t *testing.T) {
	for name, step := range map[string]func(*http.Request) (*http.Response, error){
		"on the wire": func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() },
		"back-off":    say(500, ""),
		"throttled":   say(429, ""),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer cancel()
				start := time.Now()
				_, err := newTestClient(t, scripted(step)).createOrGet(ctx, name)
				if took := time.Since(start); KindOf(err) != Canceled || took != 100*time.Millisecond {
					t.Errorf("%v after %s", err, took)
				}
			})
		})
	}
}

// createOrGet sends what reaches the wanted wait: only what may be
// repeated backs off.
func (c *Client) createOrGet(ctx context.Context, name string) (Contact, error) {
	if name == "on the wire" {
		return c.CreateContact(ctx, ContactBody{})
	}
	return c.GetContact(ctx, "c1")
}

func TestDeleteRepeatedIsDone(t *testing.T) {
	gone := say(400, `{"error":"Contact with id c1 not found","status":400}`)
	synctest.Test(t, func(t *testing.T) {
		if err := newTestClient(t, scripted(say(500, ""), gone)).DeleteContact(t.Context(), "c1"); err != nil {
			t.Errorf("after a lost answer: %v", err)
		}
		if err := newTestClient(t, scripted(gone)).DeleteContact(t.Context(), "c1"); KindOf(err) != Gone {
			t.Errorf("at once: %v", err)
		}
		if err := newTestClient(t, scripted(say(200, `{"succeded":false}`))).DeleteContact(t.Context(), "c1"); err == nil || KindOf(err) != Rejected {
			t.Errorf("not succeeded: %v", err)
		}
	})
}

func TestNothingPersonalIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := scripted(say(500, `{"message":"person@example.com"}`), say(429, ""), say(400, `{"message":"person@example.com +12025550123 `+testToken+`"}`))
		c := newTestClient(t, s, func(o *Options) { o.Log = zerolog.New(&log).Level(zerolog.TraceLevel) })
		_, err := c.FindDuplicate(t.Context(), "person@example.com", "+12025550123")
		if KindOf(err) != Rejected {
			t.Errorf("kind of %v", err)
		}
		for _, secret := range []string{"person", "2025550123", "pit-"} {
			if strings.Contains(log.String(), secret) || strings.Contains(err.Error(), secret) {
				t.Errorf("%q is told: %s\n%v", secret, log.String(), err)
			}
		}
		for _, told := range []string{"rate limit", "transient", "GET /contacts/search/duplicate"} {
			if !strings.Contains(log.String(), told) {
				t.Errorf("the log does not tell %q: %s", told, log.String())
			}
		}
	})
}
