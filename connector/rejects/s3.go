package rejects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
)

const (
	contentType    = "application/x-ndjson"
	attempts       = 5               // of each request, with growing pauses in between
	attemptTimeout = 2 * time.Minute // of each attempt, body included
	connectTimeout = 10 * time.Second
	checkAttempts  = 2
	checkTimeout   = 30 * time.Second
	checkName      = "destination-gohighlevel-write-check.txt"
)

// S3Config says where objects go and who writes them. It holds a secret: it
// must not be printed.
type S3Config struct {
	AccessKeyID, SecretAccessKey string
	Bucket, Region               string
	// Endpoint is the http or https address of the store, without a path; "" is
	// Amazon S3.
	Endpoint string
	// Path is where in the bucket objects are put; "" is its root.
	Path string
	// SyncID names the sync, and with it the folder below Path; "" gives a
	// folder named "no-sync-id-" and the time of NewS3 in UTC.
	SyncID string
	// Transport sends; nil is a default with keep-alive and verified TLS.
	Transport http.RoundTripper
}

// NewS3 returns a store that puts objects of JSON lines into a bucket, below
// <Path>/<SyncID>/<namespace>/<stream>/; an empty namespace is left out, and
// what a name may not hold in a path is written as %XX. The names of objects
// sort by the time of their first record. It sends nothing, and takes the settings as
// they are: whether they can be used is for the configuration to say.
func NewS3(c S3Config) Store {
	root := join(strings.Split(c.Path, "/")...)
	return buffered(&objects{bucket: newBucket(c), path: root, root: join(root, syncFolder(c.SyncID))})
}

// objects is a path of a bucket. Each batch becomes an object.
type objects struct {
	bucket *bucket
	path   string // the user's
	root   string // of the sync
}

func (o *objects) put(ctx context.Context, b *batch) error {
	return o.bucket.put(ctx, join(o.root, b.folder, b.name), contentType, b.lines)
}

func (o *objects) check(ctx context.Context) error {
	return o.bucket.check(ctx, join(o.path, checkName))
}

// bucket is the one way to the wire.
type bucket struct {
	client *s3.Client
	name   string
	where  string // for people
}

func newBucket(c S3Config) *bucket {
	if c.Transport == nil {
		c.Transport = defaultTransport()
	}
	keys := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey}
	o := s3.Options{
		Region:           c.Region,
		Credentials:      aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return keys, nil }),
		RetryMaxAttempts: attempts,
		HTTPClient: &http.Client{
			Transport: brief{c.Transport},
			Timeout:   attemptTimeout,
			// A redirect tells of a wrong region; the signature would not hold anyway.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	where := "Amazon S3, region " + c.Region
	if c.Endpoint != "" {
		where = c.Endpoint
		o.BaseEndpoint = &where
		if !atAmazon.MatchString(c.Endpoint) {
			forOtherStores(&o)
		}
	}
	return &bucket{client: s3.New(o), name: c.Bucket, where: where}
}

var atAmazon = regexp.MustCompile(`\.amazonaws\.com(\.cn)?(:\d+)?$`)

// forOtherStores leaves out what only Amazon's own store is sure to know.
func forOtherStores(o *s3.Options) {
	o.UsePathStyle = true
	o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	// Accept-Encoding is rewritten on the way to some stores, so it must not be signed.
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		_, _ = stack.Finalize.Remove("DisableAcceptEncodingGzip")
		return nil
	})
}

func defaultTransport() http.RoundTripper {
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		TLSHandshakeTimeout:   connectTimeout,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   uploads,
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,

		MaxResponseHeaderBytes: mostOfAnswer,
	}
}

// mostOfAnswer is how much of an answer is read, in bytes as unpacked: nothing is
// fetched here, and the client would keep all that an error says.
const mostOfAnswer = 64 << 10

// brief is a transport whose answers end after mostOfAnswer.
type brief struct{ http.RoundTripper }

func (b brief) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, mostOfAnswer), answer.Body}
	return answer, nil
}

// put stores an object. Putting it again under the same key changes nothing.
func (b *bucket) put(ctx context.Context, key, kind string, body []byte, options ...func(*s3.Options)) error {
	out, err := b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.name, Key: &key, ContentType: &kind, Body: bytes.NewReader(body),
	}, options...)
	if err == nil && aws.ToString(out.ETag) == "" {
		err = errNotS3
	}
	if err != nil {
		return b.explain(ctx, err)
	}
	return nil
}

// check puts a small object and removes it. Keys that may write but not remove
// are enough; the object then stays, and there is never more than one.
func (b *bucket) check(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	quick := func(o *s3.Options) { o.RetryMaxAttempts = checkAttempts }
	if err := b.put(ctx, key, "text/plain", []byte("This object shows that rejected records can be stored here.\n"), quick); err != nil {
		return err
	}
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &key}, quick)
	if err == nil {
		return nil
	}
	err = b.explain(ctx, err)
	var refused *Error
	if errors.As(err, &refused) && refused.Kind == Denied {
		return nil
	}
	return fmt.Errorf("removing the object that was written for the check: %w", err)
}
