package ghl

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func withGrace(o *Options) { o.Grace = 8 * time.Second }

// Whoever waits for the rate limit, or to repeat a call, when its context ends
// sends nothing any more; what is on the wire is finished.
func TestNothingIsSentAfterTheContextHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit, callers = 25, 40
		latency := fixed(200 * time.Millisecond)
		l := &limiter{max: limit, offset: -1, interval: 10 * time.Second, up: latency, down: latency, start: time.Now(), window: -1}
		var mu sync.Mutex
		var sent, late, written, given int
		ctx, stop := context.WithCancel(t.Context())
		c := newTestClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			if sent++; ctx.Err() != nil {
				late++
			}
			mu.Unlock()
			resp, err := l.RoundTrip(r)
			if r.Context().Err() != nil {
				return nil, r.Context().Err()
			}
			return resp, err
		}), withGrace)
		var group sync.WaitGroup
		for range callers {
			group.Go(func() {
				_, err := c.CreateContact(ctx, ContactBody{"email": "ana@example.com"})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					written++
				case KindOf(err) == Canceled:
					given++
				default:
					t.Error(err)
				}
			})
		}
		time.Sleep(500 * time.Millisecond) // the first 16 are answered, the next ones are under way
		stopped := time.Now()
		stop()
		group.Wait()
		if late != 0 || written != sent || written+given != callers || given < callers-limit {
			t.Errorf("%d sent, %d of them after the stop; %d written, %d gave up", sent, late, written, given)
		}
		if took := time.Since(stopped); took > time.Second {
			t.Errorf("it took %s to end", took)
		}
	})
}

// answersAfter answers late, if anybody still waits then.
func answersAfter(d time.Duration) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return answer(200, `{"contact":{"id":"c1"},"responses":[]}`), nil
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

func TestWhatIsOnTheWireWhenTheContextEnds(t *testing.T) {
	create := func(ctx context.Context, c *Client) error {
		_, err := c.CreateContact(ctx, ContactBody{"email": "ana@example.com"})
		return err
	}
	tag := func(ctx context.Context, c *Client) error {
		_, err := c.AddTags(ctx, []string{"c1"}, []string{"vip"})
		return err
	}
	read := func(ctx context.Context, c *Client) error {
		_, err := c.GetContact(ctx, "c1")
		return err
	}
	for name, tt := range map[string]struct {
		call    func(context.Context, *Client) error
		latency time.Duration
		grace   func(*Options)
		ends    time.Duration // after the context
		written bool
	}{
		"a write is finished":                  {create, 3 * time.Second, withGrace, 2 * time.Second, true},
		"a change of tags too":                 {tag, 3 * time.Second, withGrace, 2 * time.Second, true},
		"but not for longer than the grace":    {create, 30 * time.Second, withGrace, 8 * time.Second, false},
		"a read is cut off":                    {read, 3 * time.Second, withGrace, 0, false},
		"without a grace a write is cut off":   {create, 3 * time.Second, func(*Options) {}, 0, false},
		"nothing is finished after its answer": {create, 500 * time.Millisecond, withGrace, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				c := newTestClient(t, answersAfter(tt.latency), tt.grace)
				time.AfterFunc(time.Second, stop)
				begun := time.Now()
				err := tt.call(ctx, c)
				if tt.written != (err == nil) || err != nil && KindOf(err) != Canceled {
					t.Errorf("the error is %v", err)
				}
				if took := time.Since(begun); took > time.Second+tt.ends || tt.ends > 0 && took != time.Second+tt.ends {
					t.Errorf("it ended after %s", took)
				}
			})
		})
	}
}

// A call that has failed and would be repeated is given up at once.
func TestACallIsNotRepeatedAfterTheContextHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := scripted(say(503, `{}`))
		c := newTestClient(t, server, withGrace)
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, stop)
		begun := time.Now()
		_, err := c.UpdateContact(ctx, "c1", ContactBody{"city": "Boston"})
		if KindOf(err) != Canceled || time.Since(begun) != 10*time.Second {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
	})
}
