package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
)

const (
	// JSONLines is the type of objects of JSON lines.
	JSONLines = "application/x-ndjson"

	attempts        = 5               // of each request, with growing pauses in between
	attemptTimeout  = 2 * time.Minute // of each attempt, body included
	connectTimeout  = 10 * time.Second
	idleConnections = 4
	checkAttempts   = 2
	checkTimeout    = 30 * time.Second
	checkName       = "destination-gohighlevel-write-check.txt"
	checkText       = "This file shows that the connector can store something here.\n"
)

// S3 says where a bucket is and who uses it. It holds a secret: it must not be
// printed.
type S3 struct {
	AccessKeyID, SecretAccessKey string
	Bucket, Region               string
	// Endpoint is the http or https address of the store, without a path; "" is
	// Amazon S3.
	Endpoint string
	// Transport sends; nil is a default with keep-alive and verified TLS.
	Transport http.RoundTripper
}

// Bucket is a bucket of an S3 store. It is safe for concurrent use. All calls have
// tried several times before they fail.
type Bucket struct {
	client *s3.Client
	name   string
	where  string // for people
}

// NewBucket sends nothing, and takes the settings as they are: whether they can be used
// is for the configuration to say.
func NewBucket(c S3) *Bucket {
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
	return &Bucket{client: s3.New(o), name: c.Bucket, where: where}
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
		MaxIdleConnsPerHost:   idleConnections,
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,

		MaxResponseHeaderBytes: mostOfAnswer,
	}
}

// How much of an answer is read, in bytes as unpacked: of one that brings an object
// or a list, and of any other, since the client would keep all that an error says.
const (
	mostOfAnswer = 64 << 10
	mostOfObject = 64 << 20
)

// brief is a transport whose answers end after so much.
type brief struct{ http.RoundTripper }

func (b brief) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	most := int64(mostOfAnswer)
	if r.Method == http.MethodGet && answer.StatusCode == http.StatusOK {
		most = mostOfObject
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, most), answer.Body}
	return answer, nil
}

// URL is what a key is called in words: s3://BUCKET/KEY.
func (b *Bucket) URL(key string) string { return "s3://" + b.name + "/" + key }

// Put stores an object. Putting it again under the same key changes nothing.
func (b *Bucket) Put(ctx context.Context, key, contentType string, body []byte) error {
	return b.put(ctx, key, contentType, body)
}

func (b *Bucket) put(ctx context.Context, key, contentType string, body []byte, options ...func(*s3.Options)) error {
	out, err := b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.name, Key: &key, ContentType: &contentType, Body: bytes.NewReader(body),
	}, options...)
	if err == nil && aws.ToString(out.ETag) == "" {
		err = errNotS3
	}
	if err != nil {
		return b.explain(ctx, err, false)
	}
	return nil
}

// Check puts a small object below a path and removes it, within half a minute. Keys
// that may write but not remove are enough; the object then stays, and there is never
// more than one.
func (b *Bucket) Check(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	key := Join(path, checkName)
	quick := func(o *s3.Options) { o.RetryMaxAttempts = checkAttempts }
	if err := b.put(ctx, key, "text/plain", []byte(checkText), quick); err != nil {
		return err
	}
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &key}, quick)
	if err == nil {
		return nil
	}
	err = b.explain(ctx, err, false)
	var refused *Error
	if errors.As(err, &refused) && refused.Kind == Denied {
		return nil
	}
	return fmt.Errorf("removing the object that was written for the check: %w", err)
}

// Keys lists the objects whose keys begin so, sorted.
func (b *Bucket) Keys(ctx context.Context, prefix string) (keys []string, err error) {
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, b.explain(ctx, err, true)
		}
		for _, o := range page.Contents {
			keys = append(keys, aws.ToString(o.Key))
		}
	}
	return keys, nil
}

// Get reads an object.
func (b *Bucket) Get(ctx context.Context, key string) ([]byte, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &key})
	if err != nil {
		return nil, b.explain(ctx, err, true)
	}
	defer func() { _ = out.Body.Close() }()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		return nil, b.explain(ctx, err, true)
	}
	return body, nil
}
