package ghl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v4"
	"golang.org/x/oauth2"
)

// request is what differs from call to call.
type request struct {
	path  []string   // what stands for the placeholders in the operation's path
	query url.Values // nil: none
	body  any        // nil: none; else encoded as JSON
	limit int        // how many entries a page may have; 0: it is no page

	repeated *bool // is set if an answer may have been lost before the one that counts; nil: nobody asks
}

// wire is a request as it goes out; body is nil for none.
type wire struct {
	op       Operation
	url      string
	body     []byte
	maxBytes int64 // bytes of its answer
}

// do sends a request until it is answered for good, and decodes the answer of
// a success into out. Its error is always an *Error.
func (c *Client) do(ctx context.Context, op Operation, r request, out reply) error {
	w, err := c.wire(op, r)
	if err != nil {
		return err
	}
	retry := newRetry(c.maxRetryTime)
	attempt := func() error {
		took, token, fault := c.attempt(ctx, w, retry, out)
		if fault == nil || retry.achieved(op, fault) {
			return nil
		}
		again := retry.after(fault, took)
		if r.repeated != nil && fault.Kind == Transient {
			*r.repeated = true
		}
		if fault.Kind == Unauthorized {
			again = retry.renew(c.tokens, token)
		}
		c.note(fault, retry.wait, again)
		if !again {
			return backoff.Permanent(fault)
		}
		return fault
	}
	err = backoff.RetryNotify(attempt, backoff.WithContext(retry, ctx), func(_ error, wait time.Duration) {
		c.counts.retried()
		c.counts.waited(wait)
	})
	var fault *Error
	if err != nil && !errors.As(err, &fault) {
		fault = &Error{Operation: op, Kind: Canceled, Err: err}
	}
	c.lockout.note(fault)
	if fault == nil { // an error that holds a nil *Error is not nil
		return nil
	}
	return fault
}

// wire builds what all attempts of a call send.
func (c *Client) wire(op Operation, r request) (wire, error) {
	path, fault := op.path(r.path...)
	if fault != nil {
		return wire{}, fault
	}
	w := wire{op: op, url: c.base + path, maxBytes: maxAnswer(op, r.limit)}
	if len(r.query) > 0 {
		w.url += "?" + r.query.Encode()
	}
	if r.body != nil {
		buffer := bodies.Get().(*bytes.Buffer)
		defer giveBack(buffer)
		body, err := appendJSON(buffer.AvailableBuffer(), r.body)
		if err != nil { // not wrapped: it would quote the value
			return wire{}, op.fault(Bug, "the body cannot be written as JSON")
		}
		w.body = bytes.Clone(body)
	}
	return w, nil
}

// attempt is one pass of outage → pace → authorise → log → send. took leaves out
// the waits for the first two; token is the one that was sent, if it came so far.
func (c *Client) attempt(ctx context.Context, w wire, retry *retry, out reply) (took time.Duration, token *oauth2.Token, fault *Error) {
	retry.outage = false
	turn, leave, err := c.turn(ctx, retry)
	defer leave()
	if errors.Is(err, errExhausted) {
		return 0, nil, exhausted(w.op, c.pacer.daily())
	}
	if err != nil {
		return 0, nil, &Error{Operation: w.op, Kind: Canceled, Err: err}
	}
	if fault := c.lockout.refuses(); fault != nil {
		c.pacer.unsent(turn)
		return 0, nil, fault
	}
	start := time.Now()
	if token, fault = c.authorise(w.op); fault != nil {
		c.pacer.unsent(turn)
		return time.Since(start), nil, fault
	}
	if err := ctx.Err(); err != nil { // the token may have taken its time
		c.pacer.unsent(turn)
		return time.Since(start), nil, &Error{Operation: w.op, Kind: Canceled, Err: err}
	}
	status, fault := c.send(ctx, w, turn, token, out)
	took = time.Since(start)
	c.heard(fault, retry)
	event := c.log.Debug().Str("operation", string(w.op)).Int("status", status).Stringer("took", took.Round(time.Microsecond))
	if fault != nil {
		event = event.Stringer("kind", fault.Kind).Str("trace", fault.TraceID)
	}
	event.Msg("request")
	return took, token, fault
}

// turn waits for the end of an outage and for the pace. An outage that began
// meanwhile is waited for too.
func (c *Client) turn(ctx context.Context, retry *retry) (turn, func(), error) {
	for {
		start := time.Now()
		met, leave := c.outage.pass(ctx, retry.left())
		waited := time.Since(start)
		retry.faulty += waited
		c.counts.waited(waited)
		t, waited, err := c.pacer.take(ctx)
		c.counts.waited(waited)
		if now := c.outage.now(); err != nil || now == nil || now == met {
			return t, leave, err
		}
		c.pacer.unsent(t)
		leave()
	}
}

// heard tells what a request has shown of the server: that it answers, or that it
// is down, so that the next attempt waits for it.
func (c *Client) heard(fault *Error, retry *retry) {
	if fault == nil || fault.Kind != Transient && fault.Kind != Ambiguous && fault.Kind != Canceled {
		c.outage.answered()
		return
	}
	retry.outage = fault.Kind != Canceled && c.outage.failed(fault, retry.attempts == 0)
}

// exhausted is the error of a request that the day has no room for. Where the
// reserve is the cause, it says so: waiting is not the only cure.
func exhausted(op Operation, day daily) *Error {
	fault := &Error{Operation: op, Kind: Exhausted, Err: errExhausted, Reset: day.reset}
	if day.remaining > 0 {
		fault.Err = errReserved
		fault.Messages = []string{fmt.Sprintf("%d requests are left today, and daily_request_reserve keeps %d for others", day.remaining, day.reserve)}
	}
	return fault
}

// authorise returns the token to send.
func (c *Client) authorise(op Operation) (*oauth2.Token, *Error) {
	token, err := c.tokens.Token()
	if err != nil {
		return nil, tokenFault(op, err)
	}
	unprintable := func(r rune) bool { return r <= ' ' || r >= 0x7f }
	if token == nil || token.AccessToken == "" || strings.ContainsFunc(token.AccessToken, unprintable) {
		return nil, op.fault(Unauthorized, "the access token is empty or holds characters that no token has")
	}
	return token, nil
}

// tokenFault is the error of a call that has no token.
func tokenFault(op Operation, err error) *Error {
	var judged *Error
	if errors.As(err, &judged) { // by our own source; a copy, for others may hold it too
		told := *judged
		return &told
	}
	fault := &Error{Operation: op, Kind: Transient, Messages: []string{"no access token could be had"}, Err: err}
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) { // its text is the answer's: nobody promises that it holds no secret
		fault.Kind, fault.Err = Unauthorized, nil
	}
	return fault
}
