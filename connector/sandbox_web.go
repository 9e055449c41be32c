package connector

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
)

// forOwnHosts lets only requests through that are addressed to this machine's
// loopback or to one of these names, and none that another site's page makes a
// browser send. A page on the web could otherwise have its own name resolve to
// 127.0.0.1 and read the sandbox, or write to it.
func forOwnHosts(h http.Handler, names []string) http.Handler {
	own := http.NewCrossOriginProtection().Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := hostOf(r.Host)
		if !isLoopback(host) && !slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, host) }) {
			http.Error(w, fmt.Sprintf("this sandbox is not served under the name %q; to allow it, start it with --allow-host %s", host, host), http.StatusForbidden)
			return
		}
		own.ServeHTTP(w, r)
	})
}

// hostOf is a host without its port, as a Host header or an address has it.
func hostOf(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	return strings.TrimSuffix(strings.Trim(host, "[]"), ".")
}
