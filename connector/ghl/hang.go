package ghl

import (
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// shownWait is how long a wait must be for [Client.Waiting].
const shownWait = 3 * time.Second

// hangs knows the requests on the wire, so that one that hangs can be named: by its
// operation, since the path itself may hold the id of a person.
type hangs struct {
	log  zerolog.Logger
	most time.Duration // for which an answer is waited for

	mu  sync.Mutex
	out map[*sent]bool // whether it was told
}

type sent struct {
	op    Operation
	since time.Time
}

// begin notes a request that is sent, until end is called.
func (h *hangs) begin(op Operation) (end func()) {
	s := &sent{op, time.Now()}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.out[s] = false
	long := time.AfterFunc(longWait, func() { h.tell(s) })
	return func() {
		long.Stop()
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.out, s)
	}
}

// tell logs a request that hangs, unless another of its operation still does.
func (h *hangs) tell(s *sent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for other, told := range h.out {
		if told && other.op == s.op {
			return
		}
	}
	if _, waits := h.out[s]; !waits { // its answer has just come
		return
	}
	h.out[s] = true
	h.log.Warn().Str("operation", string(s.op)).Msgf("no answer to %s for %s; it is waited for %s at most", s.op, longWait, h.most)
}

// oldest is the request that is on the wire for longest, and how long that is.
func (h *hangs) oldest() (op Operation, waits time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.out {
		if d := time.Since(s.since); d > waits {
			op, waits = s.op, d
		}
	}
	return op, waits
}

// Waiting says what requests wait for now, as in "waiting 35 s for the answer to
// POST /contacts/search"; "" where that is not worth a word.
func (c *Client) Waiting() string {
	op, waits := c.hangs.oldest()
	if waits >= shownWait {
		return fmt.Sprintf("waiting %.0f s for the answer to %s", waits.Seconds(), op)
	}
	if held := c.pacer.holding(); held.why != waitAnswers && held.wait >= shownWait {
		return fmt.Sprintf("waiting %.0f s: %s", held.wait.Seconds(), held.why)
	}
	if text := c.outage.waiting(); text != "" {
		return text
	}
	return c.waits.ofFaultNow()
}
