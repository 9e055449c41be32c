package ghl

import (
	"container/heap"
	"math/rand/v2"
	"net/http"
	"time"
)

// world is a server with one bucket and the clients that draw from it, each with a
// pace of its own, played event by event on a clock of its own.
type world struct {
	now    time.Time
	random *rand.Rand
	events events
	bucket account
	lo, hi time.Duration // of a way there or back
}

// account counts as a server does: kind is "sliding", "fixed" or "lazy" (fixed, and a window begins with its first request).
type account struct {
	kind     string
	max      int
	interval time.Duration
	begun    time.Time // of the window
	counted  []time.Time
}

func (a *account) roll(now time.Time) {
	switch {
	case a.kind == "sliding":
		n := 0
		for n < len(a.counted) && now.Sub(a.counted[n]) >= a.interval {
			n++
		}
		a.counted = a.counted[n:]
	case a.kind == "fixed":
		for now.Sub(a.begun) >= a.interval {
			a.begun, a.counted = a.begun.Add(a.interval), a.counted[:0]
		}
	case now.Sub(a.begun) >= a.interval:
		a.begun, a.counted = now, a.counted[:0]
	}
}

// count answers a request.
func (a *account) count(now time.Time) (status int, told rate) {
	a.roll(now)
	status = http.StatusTooManyRequests
	if len(a.counted) < a.max {
		status = http.StatusOK
		a.counted = append(a.counted, now)
	}
	return status, rate{max: a.max, remaining: a.max - len(a.counted), interval: a.interval, dailyRemaining: -1, dailyLimit: -1}
}

// peer is one client: as many callers as it has ask again as soon as they are answered.
type peer struct {
	begin, end       time.Duration
	callers          int
	pace             *pace
	busy             int
	wake             int // number of the latest wake
	granted, refused []time.Time
}

type event struct {
	at    time.Time
	order int
	do    func()
}

type events struct {
	list []event
	n    int
}

func (e *events) Len() int { return len(e.list) }
func (e *events) Less(i, j int) bool {
	a, b := e.list[i], e.list[j]
	return a.at.Before(b.at) || a.at.Equal(b.at) && a.order < b.order
}
func (e *events) Swap(i, j int) { e.list[i], e.list[j] = e.list[j], e.list[i] }
func (e *events) Push(x any)    { e.list = append(e.list, x.(event)) }
func (e *events) Pop() any {
	last := e.list[len(e.list)-1]
	e.list = e.list[:len(e.list)-1]
	return last
}

func newWorld(kind string, limit int, seed uint64, lo, hi time.Duration) *world {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	w := &world{now: now, random: rand.New(rand.NewPCG(seed, 7)), lo: lo, hi: hi}
	w.bucket = account{kind: kind, max: limit, interval: 10 * time.Second, begun: now.Add(-time.Duration(w.random.Int64N(int64(10 * time.Second))))}
	return w
}

func (w *world) at(d time.Duration, do func()) {
	w.events.n++
	heap.Push(&w.events, event{w.now.Add(d), w.events.n, do})
}

// play lets the peers send until all have ended.
func (w *world) play(peers []*peer) {
	begun := w.now
	var last time.Duration
	for _, c := range peers {
		c.pace = newPace()
		last = max(last, c.end)
		w.at(c.begin, func() { w.ask(c, begun) })
	}
	for w.events.Len() > 0 {
		e := heap.Pop(&w.events).(event)
		if e.at.Sub(begun) > last+time.Minute {
			return
		}
		w.now = e.at
		e.do()
	}
}

// ways are how long a request is under way until it is counted, which is soon, and its
// answer after that.
func (w *world) ways() (up, down time.Duration) {
	total := 2*w.lo + time.Duration(w.random.Int64N(2*int64(w.hi-w.lo)+1))
	up = min(total/2, time.Duration(w.random.Int64N(200)+20)*time.Millisecond)
	return up, total - up
}

// ask lets a client send what it may.
func (w *world) ask(c *peer, begun time.Time) {
	for w.now.Sub(begun) < c.end {
		if c.busy >= c.callers || c.busy > 0 && c.pace.answers == 0 { // a sync begins with one request
			return
		}
		held := c.pace.hold(w.now)
		if held.wait > 0 {
			c.wake++
			wake := c.wake
			w.at(held.wait, func() {
				if wake == c.wake {
					w.ask(c, begun)
				}
			})
			return
		}
		w.send(c, begun)
	}
}

func (w *world) send(c *peer, begun time.Time) {
	c.busy++
	sent := w.now
	number := c.pace.send(sent)
	c.pace.wrote(number, sent)
	up, down := w.ways()
	w.at(up, func() {
		status, told := w.bucket.count(w.now)
		if status == http.StatusOK {
			c.granted = append(c.granted, w.now)
		} else {
			c.refused = append(c.refused, w.now)
		}
		w.at(down, func() {
			c.busy--
			c.pace.answered(number, w.now, w.now.Sub(sent), told, status)
			if status == http.StatusTooManyRequests {
				c.pace.throttled(w.now)
			}
			w.ask(c, begun)
		})
	})
}
