package connector

import (
	"context"
	"errors"
	"flag"
	"net"
	"net/http"
	"strings"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/sandbox"
)

// runSandbox serves an embedded GoHighLevel until the process is stopped. The
// configuration that points at it goes to stdout, everything else to stderr.
// With --oauth it is for a sign-in by an app, with --agency for one by an app
// that is installed in the agency; --token-life is that of access tokens.
func runSandbox(ctx context.Context, c IO, _ *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8080", "")
	contacts := flags.Int("contacts", 0, "")
	var o sandbox.Options
	flags.StringVar(&o.Token, "token", "", "")
	flags.StringVar(&o.LocationID, "location", "", "")
	flags.BoolVar(&o.AllowDuplicates, "allow-duplicates", false, "")
	flags.IntVar(&o.Burst, "burst", 0, "")
	flags.IntVar(&o.Daily, "daily", 0, "")
	flags.DurationVar(&o.IndexLag, "index-lag", 0, "")
	flags.DurationVar(&o.Latency, "latency", 0, "")
	oauth := flags.Bool("oauth", false, "")
	flags.BoolVar(&o.OAuth.Company, "agency", false, "")
	flags.DurationVar(&o.OAuth.TokenLife, "token-life", 0, "")
	scopes := flags.String("scopes", "", "")
	var faults []sandbox.Fault
	flags.Func("fault", "", func(text string) error {
		f, err := sandbox.ParseFault(text)
		faults = append(faults, f)
		return err
	})
	if err := parse(flags, args, "listen"); err != nil {
		return err
	}
	if *scopes != "" {
		o.Scopes = strings.FieldsFunc(*scopes, func(r rune) bool { return r == ',' || r == ' ' })
	}
	server := sandbox.New(o)
	server.Seed(*contacts)
	server.Inject(faults...)
	url, wait, err := serve(ctx, server, *listen)
	if err != nil {
		return &usageError{"sandbox: " + err.Error()}
	}
	config := server.Config(url)
	if *oauth || o.OAuth.Company {
		config = server.OAuthConfig(url)
	}
	say(c.Stdout, "%s", config)
	say(c.Stderr, "The sandbox is ready: open %s to look at its contacts. The JSON above is a config.json for it. Ctrl-C ends it.", url)
	return wait()
}

// serve answers HTTP at addr until ctx ends; wait returns when it has.
func serve(ctx context.Context, h http.Handler, addr string) (url string, wait func() error, err error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() error {
		defer stop()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}, nil
}
