package load

import (
	"testing"
	"time"
)

func TestSpeedIsTold(t *testing.T) {
	half := Counts{Read: 1000, Created: 900, Rejected: 100}
	for want, got := range map[string]string{
		"0.0 records a second":                             speed(Counts{Read: 10}, 10*time.Second, 100, 1000),
		"100.0 records a second":                           speed(half, 10*time.Second, 500, 0),
		"100.0 records a second · less than a minute left": speed(half, 10*time.Second, 500, 1000),
		"1.7 records a second · about 10 minutes left":     speed(half, 10*time.Minute, 500, 1000),
		"0.8 records a second · about 30 minutes left":     speed(Counts{Read: 1000, Created: 500}, 10*time.Minute, 500, 1000),
		"0.1 records a second · about 3 hours left":        speed(half, 150*time.Minute, 500, 1000),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
