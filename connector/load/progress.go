package load

import (
	"fmt"
	"math"
	"time"

	"destination-gohighlevel/connector/words"
)

// progressEvery is how often a sync says how far it is.
const progressEvery = 10 * time.Second

// progress logs regularly how far the sync is, until the returned function is
// called. After that nothing is logged any more.
func (r *run) progress(input Input) (end func()) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(progressEvery)
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
				r.Log.Info().Msgf("so far: %s · %s · %s", sum, cost(r.Usage(), sum), speed(sum, time.Since(r.begun), input.Bytes(), r.Size))
			}
		}
	}()
	return func() {
		close(stop)
		<-done
	}
}

// speed is how fast the sync goes, and how long it will go on if it is known how
// many bytes the input has.
func speed(c Counts, elapsed time.Duration, read, size int64) string {
	settled := float64(c.Settled())
	text := fmt.Sprintf("%.1f records a second", settled/elapsed.Seconds())
	if size == 0 || settled == 0 {
		return text
	}
	share := float64(read) / float64(size) * settled / float64(c.Read)
	left := time.Duration(float64(elapsed) * (1/share - 1))
	return text + " · " + span(left) + " left"
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
