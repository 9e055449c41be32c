package load

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/words"
)

// How often a sync tells how far it is, and which of these times it logs that.
const (
	toldEvery   = time.Second
	loggedEvery = 10
)

// Progress is how far a sync is.
type Progress struct {
	Counts
	Share   float64 // of the input that is settled, from 0 to 1; 0 if that is not known
	Elapsed time.Duration
	Usage
}

// progress tells regularly how far the sync is, until the returned function is
// called. After that nothing is told any more.
func (r *run) progress(input Input) (end func()) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(toldEvery)
		defer ticker.Stop()
		for times := 1; ; times++ {
			select {
			case <-stop:
				return
			case <-ticker.C:
			}
			p := r.reached(input)
			if r.Progress != nil {
				r.Progress(p)
			}
			if times%loggedEvery == 0 {
				r.Log.Info().Msg("so far: " + p.String())
			}
		}
	}()
	return func() {
		close(stop)
		<-done
	}
}

// reached is how far the sync is now.
func (r *run) reached(input Input) Progress {
	p := Progress{Elapsed: time.Since(r.begun), Usage: r.Usage()}
	for _, s := range r.Streams {
		p.Counts = p.add(s.Counts())
	}
	p.Share = share(p.Counts, input.Bytes()-r.ahead.bytes.Load(), r.Size)
	return p
}

// String is what the log says.
func (p Progress) String() string {
	return joined(p.Counts.String(), cost(p.Usage, p.Counts), p.Rate(), p.Left(), p.Waiting)
}

// Rate is how fast the sync goes.
func (p Progress) Rate() string {
	return fmt.Sprintf("%.1f records a second", float64(p.Settled())/p.Elapsed.Seconds())
}

// Left is how long the sync will go on; "" if that is not known.
func (p Progress) Left() string {
	if p.Share == 0 {
		return ""
	}
	return span(time.Duration(float64(p.Elapsed)*(1/p.Share-1))) + " left"
}

// joined puts together the parts in which something is said.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// share is [Progress.Share] of an input of which so many bytes were read.
func share(c Counts, read, size int64) float64 {
	if size == 0 || c.Read == 0 {
		return 0
	}
	return float64(read) / float64(size) * float64(c.Settled()) / float64(c.Read)
}

// span is a time as people say it.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return "about " + words.Count(int(math.Ceil(d.Minutes())), "minute")
	}
	return "about " + words.Count(int(math.Ceil(d.Hours())), "hour")
}
