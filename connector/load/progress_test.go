package load

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
)

func TestSpeedIsTold(t *testing.T) {
	half := Counts{Read: 1000, Created: 900, Rejected: 100}
	for want, got := range map[string]string{
		"0.0 records a second":                             speed(Counts{Read: 10}, 10*time.Second, share(Counts{Read: 10}, 100, 1000)),
		"100.0 records a second":                           speed(half, 10*time.Second, share(half, 500, 0)),
		"100.0 records a second · less than a minute left": speed(half, 10*time.Second, share(half, 500, 1000)),
		"1.7 records a second · about 10 minutes left":     speed(half, 10*time.Minute, share(half, 500, 1000)),
		"0.8 records a second · about 30 minutes left":     speed(Counts{Read: 1000, Created: 500}, 10*time.Minute, share(Counts{Read: 1000, Created: 500}, 500, 1000)),
		"0.1 records a second · about 3 hours left":        speed(half, 150*time.Minute, share(half, 500, 1000)),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestProgressIsShownInsteadOfLogged, to whoever wants to, and more often.
func TestProgressIsShownInsteadOfLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var shown []string
		s := &Stream{}
		s.account.read()
		r := &run{Config: Config{Streams: []*Stream{s}, Size: 100, Log: zerolog.New(&log), Usage: func() Usage { return Usage{Requests: 3, DailyRemaining: -1} }}, begun: time.Now()}
		end := r.progress(airbyte.NewReader(strings.NewReader("")))
		time.Sleep(progressEvery + 1)
		end()
		if want := "so far: 1 read · 0 created"; strings.Count(log.String(), want) != 1 {
			t.Errorf("logged %s, want %s", &log, want)
		}
		log.Reset()
		r.Progress = func(share float64, text string) { shown = append(shown, fmt.Sprint(share, " ", text)) }
		end = r.progress(airbyte.NewReader(strings.NewReader("")))
		time.Sleep(progressEvery + 1)
		end()
		if want := "0 0 created · 0 updated · 0 rejected · 0.0 records a second"; len(shown) != 10 || !strings.HasPrefix(shown[9], want) || log.Len() > 0 {
			t.Errorf("shown %q, want %s; logged %s", shown, want, &log)
		}
	})
}
