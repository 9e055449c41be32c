package ghl

import "time"

// Beside others, where slots free themselves one by one, each request takes a token. A
// slot of ours that frees itself gives one back, but for the part that we give up; what
// is free gives tokens to all alike. In balance we draw as much as we give up, so each
// holds eleven times what is free, whatever it held before: two leave 5 % of the limit
// free, four 3 %. A refused request has lost its token, and is no slot that would give
// one back, so what goes on to be refused is asked for less and less.
const (
	giveUp    = 0.15 // of each of our slots that frees itself; half of that beside who takes little
	giveFirst = 0.5  // of those that we held when we saw that we were not alone
	drawUp    = 1.65 // times what is free we draw in an interval
	leaveFree = 0.5  // of a place, so that two do not take the last one
	little    = 8    // times what others hold is ours, if they take little
	keepShare = 8    // of the limit, tokens are kept that nobody called for
)

// tokens are the requests of ours that may go.
type tokens struct {
	have    float64
	accrued time.Time // until when what is free has given some
	drawn   float64   // of what was free, ever
	free    int       // as the latest answer told
	known   float64   // of drawn, to that answer
	number  int64     // of its request
}

// untilToken is how long to wait for a token. Who holds no slot would hear nothing
// more, and asks all the same from time to time.
func (p *pace) untilToken(now time.Time) time.Duration {
	p.accrue(now)
	t := &p.sharing.tokens
	if t.have >= 1 {
		return 0
	}
	wait := p.untilFree(now)
	if p.slots.taken() == 0 {
		wait = max(p.sentAt.Add(p.interval/4).Sub(now), 0)
	}
	if draw := p.draw(); draw > 0 {
		wait = min(wait, time.Duration((1-t.have)/draw*float64(p.interval))+1)
	}
	return wait
}

// draw is how many tokens what is free gives us in an interval. What we have drawn since
// it was told is gone, and as much for each of the others, who are as many as the
// requests of all are to ours.
func (p *pace) draw() float64 {
	t := &p.sharing.tokens
	clients := float64(p.max-t.free) / float64(max(p.slots.taken(), 1))
	return drawUp * max(float64(t.free)-leaveFree-(t.drawn-t.known)*min(max(clients, 1), 5), 0)
}

// accrue enters what was drawn until now.
func (p *pace) accrue(now time.Time) {
	t := &p.sharing.tokens
	n := p.draw() * float64(now.Sub(t.accrued)) / float64(p.interval)
	t.have = min(t.have+n, max(1, float64(p.max)/keepShare))
	t.drawn += n
	t.accrued = now
}

// giveBack enters slots of ours that have freed themselves. Beside somebody who takes
// little, half as much is given up.
func (p *pace) giveBack(freed int, now time.Time) {
	own := p.slots.taken() + freed
	part := giveUp
	switch others := p.max - p.sharing.tokens.free - own; {
	case now.Sub(p.sharing.joined) < p.interval+p.interval/10:
		part = giveFirst
	case own > little*others:
		part = giveUp / 2
	}
	p.sharing.tokens.have += (1 - part) * float64(freed)
}

// proof finds out whether the server counts in fixed windows. Where slots free
// themselves one by one, all that were counted in the last interval are still: if it
// tells less than have been added by then, it has forgotten all at once.
type proof struct {
	windows bool // it is proved
	rises   []rise
	latest  rise      // of the answer before
	learned time.Time // when that came
}

// rise is how many were counted after a moment; in latest, altogether.
type rise struct {
	after time.Time
	n     int
}

// hear learns how many were counted, by a request that was sent at a moment. It goes by
// requests that were sent after the answer to the one before: others may overtake.
func (f *proof) hear(counted int, sent, now time.Time, interval time.Duration) {
	if f.windows || !sent.After(f.learned) {
		return
	}
	if n := counted - f.latest.n; n > 0 && !f.learned.IsZero() {
		f.rises = append(f.rises, rise{f.latest.after, n})
	}
	f.latest, f.learned = rise{sent, counted}, now
	for len(f.rises) > 0 && now.Sub(f.rises[0].after) >= interval {
		f.rises = f.rises[1:]
	}
	sum := 0
	for _, r := range f.rises {
		sum += r.n
	}
	f.windows = sum > counted
}
