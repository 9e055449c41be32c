package ghl

import "time"

// Beside others, where slots free themselves one by one, each request takes a token. A
// slot of ours that frees itself gives one back, but for the part that we give up; what
// is free gives tokens to all alike. In balance we draw as much as we give up, so each
// holds eleven times what is free, whatever it held before: two leave 5 % of the limit
// free, four 3 %. What somebody held too much halves in four intervals; to give up more
// would be quicker, but then all draw so much that, where answers are slow, they take
// more than is free before they hear of it. A refused request has lost its token, and is
// no slot that would give one back, so what goes on to be refused is asked for less and
// less.
const (
	giveUp    = 0.16        // of each of our slots that frees itself; half of that beside who takes little
	giveFirst = 0.6         // of those that we held when we saw that we were not alone
	drawUp    = 11 * giveUp // times what is free we draw in an interval
	leaveFree = 0.5         // of a place, so that two do not take the last one
	little    = 8           // times what others hold is ours, if they take little
	askAfter  = 1.65        // times our part of the limit, of the interval
	keepShare = 8           // of the limit, tokens are kept that nobody called for
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

// untilToken is how long to wait for a token. Who has sent nothing for a while asks all
// the same, sooner the less it holds, and saves the token later: what is free may be more
// by now than was told, which nobody else would tell us.
func (p *pace) untilToken(now time.Time) time.Duration {
	p.accrue(now)
	t := &p.sharing.tokens
	if t.have >= 1 {
		return 0
	}
	ask := max(p.interval/4, time.Duration(askAfter*float64(p.interval)*float64(p.slots.taken())/float64(p.max)))
	wait := min(p.untilFree(now), max(p.sentAt.Add(ask).Sub(now), 0))
	if draw := p.draw(); draw > 0 {
		wait = min(wait, time.Duration((1-t.have)/draw*float64(p.interval))+1)
	}
	return wait
}

// draw is how many tokens what is free gives us in an interval. What we have drawn since
// it was told is gone, and as much for each of the others.
func (p *pace) draw() float64 {
	t := &p.sharing.tokens
	return drawUp * max(float64(t.free)-leaveFree-(t.drawn-t.known)*p.clients(), 0)
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
	others := p.max - p.sharing.tokens.free - own
	part := giveUp
	switch {
	case now.Sub(p.sharing.joined) < p.interval+p.interval/10:
		part = giveFirst
	case own > little*others:
		part = giveUp / 2
	}
	p.sharing.tokens.have += (1 - part) * float64(freed)
}
