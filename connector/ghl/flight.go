package ghl

import "time"

const (
	unknownFlight = 16  // under way where nothing says how many are needed
	minFlight     = 4   // so that one slow answer does not stop all others
	maxFlight     = 128 // 100 requests in 10 s, each answered after 10 s, want 100
	headRoom      = 2   // times the mean: calls differ, and slots free themselves in bursts
	latencyWeight = 8   // a new latency counts one in eight
)

// mayFly is how many requests may be under way at once: by Little's law the
// allowed rate times the latency keep the rate, and more would only queue up in
// the server and die together with it. Before the first answer, and where there
// is no limit, there is nothing to reckon with.
func (p pace) mayFly() int {
	if p.landings == 0 || p.unlimited() {
		return unknownFlight
	}
	needed := headRoom * float64(p.max) * p.latency.Seconds() / p.interval.Seconds()
	return int(min(max(needed, minFlight), maxFlight))
}

// landed notes that a request is no longer under way, and how long it was. A
// failed one counts too: it kept its place as long.
func (p pace) landed(lasted time.Duration) pace {
	p.inFlight--
	if lasted = max(lasted, 0); p.landings == 0 {
		p.latency = lasted
	} else {
		p.latency += (lasted - p.latency) / latencyWeight
	}
	p.landings++
	return p
}
