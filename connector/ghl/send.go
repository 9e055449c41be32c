package ghl

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
)

// send puts one request on the wire and reads its answer. It returns the HTTP
// status, 0 if there was none, and settles the request with the pacer.
func (c *Client) send(ctx context.Context, w wire, t turn, token *oauth2.Token, out reply) (int, *Error) {
	bounded, cancel := c.bound(ctx, w.op)
	defer cancel()
	settled := false
	defer func() { // also if something panics: the place in the pace must not be lost
		if !settled {
			c.pacer.failed(t)
		}
	}()
	var way trip
	req, err := newHTTPRequest(way.watch(bounded, func() { c.pacer.wrote(t) }), w, token)
	if err != nil {
		settled = true
		c.pacer.unsent(t)
		return 0, &Error{Operation: w.op, Kind: Bug, Messages: []string{"the request cannot be built"}}
	}
	c.counts.sent(w.op)
	defer c.hangs.begin(w.op)()
	// Not an http.Client: that would follow redirects and take the token along.
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		neverLeft := way.neverLeft(err)
		if bounded.Err() != nil { // our own time-out must not look like the caller's
			err = c.noAnswer()
		}
		return 0, broken(ctx, w.op, err, neverLeft)
	}
	defer func() { _ = resp.Body.Close() }() // what matters of the body was read
	rate := readRate(resp.Header)
	settled = true
	c.pacer.answered(t, rate, resp.StatusCode)
	buffer := bodies.Get().(*bytes.Buffer)
	defer giveBack(buffer)
	fault, brokeOff := c.receive(bounded, resp, buffer, w, out)
	switch {
	case fault == nil:
	case ctx.Err() != nil && brokeOff:
		fault = &Error{Operation: w.op, Kind: Canceled, Err: ctx.Err()}
	case fault.Kind == Throttled:
		c.throttle(fault, rate)
	}
	return resp.StatusCode, fault
}

// receive reads an answer into a buffer and decides what it means. brokeOff says
// that its end was not read.
func (c *Client) receive(ctx context.Context, resp *http.Response, buffer *bytes.Buffer, w wire, out reply) (fault *Error, brokeOff bool) {
	body, leave, err := c.room.read(ctx, buffer, resp.Body, w.maxAfter(resp.StatusCode))
	defer leave()
	if err != nil && ctx.Err() != nil {
		err = c.noAnswer()
	}
	return c.understand(w.op, resp.StatusCode, body, err, out, func() propertyNames { return namesOf(w) }), err != nil
}

// bound is the context of a request on the wire: a read ends with ctx, a write
// the grace later.
func (c *Client) bound(ctx context.Context, op Operation) (context.Context, context.CancelFunc) {
	if c.grace <= 0 || !op.Writes() {
		return context.WithTimeout(ctx, c.attemptTime)
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.attemptTime)
	detach := context.AfterFunc(ctx, func() { time.AfterFunc(c.grace, cancel) })
	return bounded, func() { detach(); cancel() }
}

func newHTTPRequest(ctx context.Context, w wire, token *oauth2.Token) (*http.Request, error) {
	var body io.Reader
	if w.body != nil {
		body = bytes.NewReader(w.body)
	}
	req, err := http.NewRequestWithContext(ctx, w.op.method(), w.url, body)
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{
		"Authorization": {"Bearer " + token.AccessToken},
		"Version":       w.op.version(),
		"Accept":        inJSON,
		"User-Agent":    userAgent,
	}
	if w.body != nil {
		req.Header["Content-Type"] = inJSON
	}
	return req, nil
}

// What many requests have in their headers, which nobody changes.
var (
	inJSON = []string{"application/json"}
	// A library's default User-Agent is refused by the vendor's firewall.
	userAgent = []string{"destination-gohighlevel/" + Version + " (+Go)"}
)

func (c *Client) noAnswer() error { return fmt.Errorf("no answer within %s", c.attemptTime) }

// understand decides what an answer means and decodes a success into out.
// readErr is why the body ended early, if it did.
func (c *Client) understand(op Operation, status int, body []byte, readErr error, out reply, sent func() propertyNames) *Error {
	fault := &Error{Operation: op, Kind: Transient, Status: status, Err: readErr}
	success, tooLong := status/100 == 2, errors.Is(readErr, errTooLong)
	switch {
	case status == http.StatusTooManyRequests, !success && (readErr == nil || tooLong):
		fault = classify(op, status, body, sent)
	case tooLong:
		fault.Kind = Bug
	case readErr != nil:
		fault.Messages = []string{"the answer breaks off"}
	case status == http.StatusNoContent:
		return nil
	default:
		if fault = accept(op, status, body, out, sent); fault == nil {
			return nil
		}
	}
	// Whatever was not told clearly about a create may have been done.
	if unclear := fault.Kind == Transient || success && (fault.Kind == Bug || out.failed()); unclear && !op.repeatable() {
		fault.Kind = Ambiguous
	}
	return fault
}

// accept decodes the whole answer of a success into out, unless that is none.
func accept(op Operation, status int, body []byte, out reply, sent func() propertyNames) *Error {
	fault := &Error{Operation: op, Kind: Bug, Status: status}
	err := decode(body, out)
	if isSyntax(err) { // rare, and only then worth a look for the cause
		body = escapeControls(body)
		err = decode(body, out)
	}
	switch {
	case isSyntax(err):
		fault.Kind, fault.Messages = Transient, []string{"the answer is empty or not JSON"}
	case out.refused():
		fault = classify(op, status, body, sent)
	case errors.Is(err, errTooMany):
		fault.Err = err
	case err != nil: // its text can quote the answer: dropped
		fault.Messages = []string{"the answer has an unknown form"}
	case out.failed():
		fault.Kind, fault.Messages = Rejected, []string{"the answer says that it did not succeed"}
	default:
		return nil
	}
	return fault
}

// throttle holds all calls back after a 429, or ends them if the day's quota
// is what is used up.
func (c *Client) throttle(fault *Error, told rate) {
	c.counts.throttled()
	if told.dailyRemaining == 0 {
		fault.Kind, fault.Reset = Exhausted, told.dailyReset
		return
	}
	fault.held, fault.throttledFor = c.pacer.throttled()
}

// broken is the fault of a request that got no answer.
func broken(ctx context.Context, op Operation, err error, neverLeft bool) *Error {
	fault := &Error{Operation: op, Kind: Transient, Err: withoutQuotes(err)}
	if ctx.Err() != nil {
		fault.Kind, fault.Err = Canceled, ctx.Err()
		return fault
	}
	if !neverLeft && !op.repeatable() {
		fault.Kind = Ambiguous
	}
	return fault
}

// withoutQuotes cuts an error of the transport before the first quotation: it
// may quote what answered, and what answered may quote the request. Errors of
// the network and of TLS quote nothing.
func withoutQuotes(err error) error {
	var network net.Error
	var tlsRecord tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &network) || errors.As(err, &tlsRecord) || errors.As(err, &certificate) {
		return err
	}
	text, _, quotes := strings.Cut(err.Error(), `"`)
	if !quotes {
		return err
	}
	return errors.New(strings.TrimRight(text, " :"))
}

// trip watches how far a request gets.
type trip struct{ asked, left atomic.Bool }

// watch returns a context under which the transport reports to t; written is
// called when the whole request was written.
func (t *trip) watch(ctx context.Context, written func()) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { t.asked.Store(true) },
		WroteHeaders: func() { t.left.Store(true) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				written()
			}
		},
	})
}

// neverLeft tells whether a failed request surely did not reach the server: it
// got no connection. A transport that reports nothing is judged by its error.
func (t *trip) neverLeft(err error) bool {
	if t.asked.Load() {
		return !t.left.Load()
	}
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns)
}
