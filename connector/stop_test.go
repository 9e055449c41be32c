package connector

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// A verb that stands still or computes does not keep the process from ending.
func TestAStopIsForced(t *testing.T) {
	for name, tt := range map[string]struct {
		stop, breaks, ends time.Duration // 0: never
		code               int           // of the verb
		want               int
		after              time.Duration
	}{
		"ends by itself":              {0, 0, time.Hour, exitError, exitError, time.Hour},
		"ends in time after a stop":   {time.Minute, 0, time.Minute + grace, exitOK, exitOK, time.Minute + grace},
		"fails in time after a stop":  {time.Minute, 0, time.Minute + 1, exitError, exitError, time.Minute + 1},
		"stands still after a stop":   {time.Minute, 0, 0, exitOK, exitOK, time.Minute + overdue},
		"stands still without stdout": {0, time.Minute, 0, exitOK, exitError, time.Minute + overdue},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				broken, released := make(chan struct{}), make(chan struct{})
				release := func() { close(released) }
				for after, f := range map[time.Duration]func(){tt.stop: stop, tt.breaks: func() { close(broken) }, tt.ends: release} {
					if after > 0 {
						time.AfterFunc(after, f)
					}
				}
				begun := time.Now()
				code := within(ctx, broken, func() int { <-released; return tt.code })
				if took := time.Since(begun); code != tt.want || took != tt.after {
					t.Errorf("code %d after %s, want %d after %s", code, took, tt.want, tt.after)
				}
				if tt.ends == 0 {
					release()
				}
			})
		})
	}
}
