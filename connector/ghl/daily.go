package ghl

import "time"

// unknownReset is reckoned with where the server does not tell when the day ends.
const unknownReset = 24 * time.Hour

// learnDaily takes over what an answer told of the daily quota. An answer that
// was overtaken by a later one tells more than is left, and is not believed.
func (p *pace) learnDaily(number int64, now time.Time, r rate) {
	if r.dailyLimit >= noLimit {
		return
	}
	if r.dailyLimit >= 0 {
		p.dailyLimit = r.dailyLimit
	}
	overtaken := number <= p.dailySince && now.Before(p.dailyReset) && r.dailyRemaining > p.dailyRemaining
	if r.dailyRemaining < 0 || overtaken {
		return
	}
	p.dailyRemaining, p.dailySince, p.resetTold = r.dailyRemaining, p.sent, r.dailyReset > 0
	if !p.resetTold {
		r.dailyReset = unknownReset
	}
	p.dailyReset = now.Add(r.dailyReset)
}

// exhausted tells whether nothing of the daily quota is left to us.
func (p *pace) exhausted(now time.Time) bool {
	return p.dailyRemaining >= 0 && p.dailyRemaining <= p.reserve && now.Before(p.dailyReset)
}

// lastUnderWay tells whether the requests under way may be all that the day
// has left to us.
func (p *pace) lastUnderWay(now time.Time) bool {
	return p.dailyRemaining >= 0 && p.dailyRemaining-p.reserve <= int64(p.inFlight) && now.Before(p.dailyReset)
}

// untilReset is the time until the daily quota returns, 0 if not told or past.
func (p *pace) untilReset(now time.Time) time.Duration {
	if !p.resetTold {
		return 0
	}
	return max(p.dailyReset.Sub(now), 0)
}
