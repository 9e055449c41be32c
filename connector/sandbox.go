package connector

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/sandbox"
)

// runSandbox serves an embedded GoHighLevel until the process is stopped. The
// configuration that points at it goes to stdout, everything else to stderr.
// With --oauth it is for a sign-in by an app, with --agency for one by an app
// that is installed in the agency; --token-life is that of access tokens.
func runSandbox(ctx context.Context, c IO, _ *airbyte.Writer, args []string) error {
	o, err := readSandboxFlags(args)
	if err != nil {
		return err
	}
	if o.contacts > 0 {
		o.Calendars = sandbox.DefaultCalendars()
	}
	server := sandbox.New(o.Options)
	server.Seed(o.contacts)
	server.SeedWork()
	server.Inject(o.faults...)
	url, wait, err := serve(ctx, server, o.listen, o.hosts...)
	if err != nil {
		return err
	}
	config := server.Config(url)
	if o.oauth || o.OAuth.Company {
		config = server.OAuthConfig(url)
	}
	say(c.Stdout, "%s", config)
	say(c.Stderr, "The sandbox is ready: open %s to look at its contacts. The JSON above is a config.json for it. Ctrl-C ends it.", url)
	return wait()
}

// serve answers HTTP at addr until ctx ends, to who asks for this machine or for
// one of these hosts; wait returns when it has.
func serve(ctx context.Context, h http.Handler, addr string, hosts ...string) (url string, wait func() error, err error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err // without the address, which is told already
		}
		return "", nil, fmt.Errorf("nothing can be served at %s: %w; choose another address: --listen 127.0.0.1:0 takes any free port", addr, err)
	}
	if host := hostOf(addr); host != "" {
		hosts = append(slices.Clip(hosts), host)
	}
	server := &http.Server{Handler: forOwnHosts(h, hosts), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	if at := listener.Addr().(*net.TCPAddr); at.IP.IsUnspecified() {
		addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(at.Port)) // one of all that it has
	} else {
		addr = at.String()
	}
	return "http://" + addr, func() error {
		defer stop()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}, nil
}
