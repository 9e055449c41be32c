package load

import (
	"fmt"
	"math"
	"time"

	"destination-gohighlevel/connector/words"
)

// How often a sync says how far it is: in the log, and to whoever shows it.
const (
	progressEvery = 10 * time.Second
	shownEvery    = time.Second
)

// progress tells regularly how far the sync is, until the returned function is
// called. After that nothing is told any more.
func (r *run) progress(input Input) (end func()) {
	stop, done := make(chan struct{}), make(chan struct{})
	every, tell := progressEvery, r.logProgress
	if r.Progress != nil {
		every, tell = shownEvery, r.showProgress
	}
	go func() {
		defer close(done)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				var sum Counts
				for _, s := range r.Streams {
					sum = sum.add(s.Counts())
				}
				tell(sum, share(sum, input.Bytes(), r.Size))
			}
		}
	}()
	return func() {
		close(stop)
		<-done
	}
}

func (r *run) logProgress(sum Counts, share float64) {
	r.Log.Info().Msgf("so far: %s · %s · %s", sum, cost(r.Usage(), sum), speed(sum, time.Since(r.begun), share))
}

// showProgress begins with what matters most: a terminal may be narrow.
func (r *run) showProgress(sum Counts, share float64) {
	elapsed := time.Since(r.begun)
	text := fmt.Sprintf("%s created · %s updated · %s rejected · %s", words.Grouped(sum.Created), words.Grouped(sum.Updated), words.Grouped(sum.Rejected), rate(sum, elapsed))
	if share > 0 {
		text = left(elapsed, share) + " · " + text
	}
	r.Progress(share, text)
}

// share is how much of the input is settled, from 0 to 1; 0 if that is not known.
func share(c Counts, read, size int64) float64 {
	if size == 0 || c.Read == 0 {
		return 0
	}
	return float64(read) / float64(size) * float64(c.Settled()) / float64(c.Read)
}

// speed is how fast the sync goes, and how long it will go on if it is known which
// share is done.
func speed(c Counts, elapsed time.Duration, share float64) string {
	if share == 0 {
		return rate(c, elapsed)
	}
	return rate(c, elapsed) + " · " + left(elapsed, share)
}

func rate(c Counts, elapsed time.Duration) string {
	return fmt.Sprintf("%.1f records a second", float64(c.Settled())/elapsed.Seconds())
}

func left(elapsed time.Duration, share float64) string {
	return span(time.Duration(float64(elapsed)*(1/share-1))) + " left"
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
