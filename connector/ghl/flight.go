package ghl

import "time"

const (
	firstInFlight = 16  // under way where nothing says how many are needed
	leastInFlight = 4   // so that one slow answer does not stop all others
	mostInFlight  = 128 // 100 requests in 10 s, each answered after 10 s, want 100
	headRoom      = 2   // times the mean: calls differ, and slots free themselves in bursts
	latencyWeight = 8   // a new latency counts one in eight
)

// maxInFlight is how many requests may be under way at once: by Little's law the
// allowed rate times the latency keep the rate, and more would only queue up in
// the server and die together with it. Before the first answer, and where there
// is no limit, there is nothing to reckon with.
func (p *pace) maxInFlight() int {
	if p.answers == 0 || p.unlimited() {
		return firstInFlight
	}
	needed := headRoom * float64(p.max) * p.latency.Seconds() / p.interval.Seconds()
	return int(min(max(needed, leastInFlight), mostInFlight))
}

// ended notes that a request is no longer under way, and how long it was. A
// failed one counts too: it kept its place as long.
func (p *pace) ended(lasted time.Duration) {
	p.inFlight--
	if lasted = max(lasted, 0); p.answers == 0 {
		p.latency = lasted
	} else {
		p.latency += (lasted - p.latency) / latencyWeight
	}
	p.answers++
}

// standby is how many callers, beside those whose requests are under way, are
// needed so that somebody is there when a place becomes free.
const standby = 4

// Callers is how many callers make full use of the API's limit, as of now. More
// of them only wait for their turn, and the one that came first waits with them.
func (c *Client) Callers() int {
	c.pacer.mu.Lock()
	defer c.pacer.mu.Unlock()
	return c.pacer.state.maxInFlight() + standby
}
