package ghl

import (
	"maps"
	"sync"
	"time"
)

// Usage is what the client has spent so far and what the server says is left.
type Usage struct {
	// Requests is the number of attempts that went on the wire.
	Requests int64
	// ByOperation splits Requests by "METHOD /path".
	ByOperation map[string]int64
	// Throttled counts 429 answers, Retried the repeats after any fault.
	Throttled, Retried int64
	// Faults counts the attempts that went wrong by what went wrong, as in
	// "POST /contacts/: transient (503)". Refusals of a record's content are
	// answers, not faults, and are not in it.
	Faults map[string]int64
	// DailyRemaining and DailyLimit are requests; -1 means not told.
	DailyRemaining, DailyLimit int64
	// DailyReset is how long from now until the daily quota is full again; 0
	// means not told or past.
	DailyReset time.Duration
	// Rate is how many requests per second the server allows, as far as its
	// headers told; 0 means not told or without limit.
	Rate float64
	// Waited sums the time that calls stood still for pace and back-off. Calls
	// that wait side by side each add theirs.
	Waited time.Duration
}

// Usage returns a snapshot; the caller owns it.
func (c *Client) Usage() Usage {
	u := c.counts.snapshot()
	day := c.pacer.daily()
	u.DailyRemaining, u.DailyLimit, u.DailyReset = day.remaining, day.limit, day.reset
	u.Rate = c.pacer.rate()
	return u
}

// counts is the client's ledger of attempts.
type counts struct {
	mu    sync.Mutex
	usage Usage
}

func newCounts() *counts {
	return &counts{usage: Usage{ByOperation: map[string]int64{}, Faults: map[string]int64{}}}
}

// fault counts a fault and tells whether it is the first of its name.
func (c *counts) fault(name string) (first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.usage.Faults[name]++
	return c.usage.Faults[name] == 1
}

func (c *counts) sent(op Operation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.usage.Requests++
	c.usage.ByOperation[string(op)]++
}

func (c *counts) throttled() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.usage.Throttled++
}

func (c *counts) retried() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.usage.Retried++
}

func (c *counts) waited(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.usage.Waited += d
}

func (c *counts) snapshot() Usage {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.usage
	u.ByOperation, u.Faults = maps.Clone(u.ByOperation), maps.Clone(u.Faults)
	return u
}
