package storage

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"strings"
	"unicode"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Kind says what a failure means for the caller.
type Kind string

// The kinds of failure.
const (
	// Other: the store answered and did not do it, for instance because it is
	// overloaded or in another region. Error tells what it answered.
	Other Kind = "other"
	// Denied: the keys are wrong, or whoever runs this may not do that there. The
	// user fixes it.
	Denied Kind = "denied"
	// NoBucket: there is no such bucket. The user fixes it.
	NoBucket Kind = "no bucket"
	// NoFolder: the path leads to a file. The user fixes it.
	NoFolder Kind = "no folder"
	// Unreachable: no answer came.
	Unreachable Kind = "unreachable"
)

// Error is a failure of a place.
type Error struct {
	Kind Kind
	// Reading says that something was to be read, not written.
	Reading bool
	// Folder is the path on this computer; "" for a bucket.
	Folder string
	// Bucket is the bucket's name, Store is where it should be: an endpoint, or
	// Amazon S3 with the region.
	Bucket, Store string
	// Status and Code are what the store answered; 0 and "" if it did not.
	Status int
	Code   string
	// Err is the cause. Its own text may hold the names of objects.
	Err error
}

// Error is one line that says what is wrong and names the folder, or the bucket
// and the store. It holds no key and nothing of what is kept there.
func (e *Error) Error() string {
	done, right := "written", "to write (s3:PutObject)"
	if e.Reading {
		done, right = "read", "to read (s3:GetObject, s3:ListBucket)"
	}
	switch {
	case e.Kind == NoFolder:
		return fmt.Sprintf("%q leads to a file, and should lead to a folder", e.Folder)
	case e.Folder != "":
		return fmt.Sprintf("the folder %q cannot be %s: %s", e.Folder, done, cause(e.Err))
	case e.Kind == Denied:
		return fmt.Sprintf("access to the bucket %q at %s was denied (%s): check the access key, its secret, and its right %s", e.Bucket, e.Store, e.answer(), right)
	case e.Kind == NoBucket:
		return fmt.Sprintf("there is no bucket %q at %s", e.Bucket, e.Store)
	case e.Kind == Unreachable:
		return fmt.Sprintf("%s, with the bucket %q, cannot be reached: %s", e.Store, e.Bucket, cause(e.Err))
	case e.elsewhere():
		return fmt.Sprintf("the bucket %q is not where it was looked for, at %s (%s): check the region and the endpoint", e.Bucket, e.Store, e.answer())
	case e.Status == 0:
		return fmt.Sprintf("the bucket %q at %s cannot be %s: %s", e.Bucket, e.Store, done, cause(e.Err))
	default:
		return fmt.Sprintf("the bucket %q at %s cannot be %s: the answer was %s", e.Bucket, e.Store, done, e.answer())
	}
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// elsewhere reports whether the store knows the bucket in another region.
func (e *Error) elsewhere() bool {
	switch e.Code {
	case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
		return true
	}
	return e.Status >= 300 && e.Status < 400
}

func (e *Error) answer() string {
	if e.Code == "" {
		return fmt.Sprint(e.Status)
	}
	return fmt.Sprintf("%d %s", e.Status, e.Code)
}

// errNotS3 is the cause where something else than an object store answers,
// such as a login page: it says 200 to everything and keeps nothing.
var errNotS3 = errors.New("what answers there is no S3 object store")

// explain turns an error of the client into one of this package. The end of
// the caller's own context stays what it is.
func (b *Bucket) explain(ctx context.Context, err error, reading bool) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return stopped(ctx)
	}
	e := &Error{Kind: Other, Reading: reading, Bucket: b.name, Store: b.where, Err: err}
	var (
		answer *smithyhttp.ResponseError
		api    smithy.APIError
		send   *smithyhttp.RequestSendError
	)
	if errors.As(err, &answer) {
		e.Status = answer.HTTPStatusCode()
	}
	if errors.As(err, &api) {
		e.Code = plainCode(api.ErrorCode())
	}
	switch {
	case e.Code == "NoSuchBucket":
		e.Kind = NoBucket
	case e.elsewhere():
	case e.Status == 401 || e.Status == 403:
		e.Kind = Denied
	case e.Status == 0 && (errors.As(err, &send) || errors.Is(err, context.DeadlineExceeded)):
		e.Kind = Unreachable
	}
	return e
}

// stopped is the error of what was not done since its context has ended.
func stopped(ctx context.Context) error { return fmt.Errorf("storing was stopped: %w", ctx.Err()) }

// plainCode keeps a code only if it looks like one: the text comes from
// whatever answered.
func plainCode(code string) string {
	odd := func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	if len(code) > 60 || code == "UnknownError" || strings.ContainsFunc(code, odd) {
		return ""
	}
	return code
}

// cause is the text of what went wrong on the way, without the URL or path:
// that holds the name of an object or a file.
func cause(err error) string {
	var u *url.Error
	var file *fs.PathError
	switch {
	case errors.As(err, &u):
		err = u.Err
	case errors.As(err, &file):
		return file.Err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	}
	plain := err.Error()
	var network net.Error
	var certificate *tls.CertificateVerificationError
	if !errors.As(err, &network) && !errors.As(err, &certificate) {
		plain, _, _ = strings.Cut(plain, `"`) // what answers may quote the request, and the transport what answers
	}
	text := []rune(strings.TrimRight(plain, " :"))
	return string(text[:min(len(text), 300)])
}
