package load

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
)

func TestSpeedIsTold(t *testing.T) {
	half := Counts{Read: 1000, Created: 900, Rejected: 100}
	for want, p := range map[string]Progress{
		"0.0 records a second":                             {Counts{Read: 10}, share(Counts{Read: 10}, 100, 1000), 10 * time.Second, Usage{}},
		"100.0 records a second":                           {half, share(half, 500, 0), 10 * time.Second, Usage{}},
		"100.0 records a second · less than a minute left": {half, share(half, 500, 1000), 10 * time.Second, Usage{}},
		"1.7 records a second · about 10 minutes left":     {half, share(half, 500, 1000), 10 * time.Minute, Usage{}},
		"0.8 records a second · about 30 minutes left":     {Counts{Read: 1000, Created: 500}, share(Counts{Read: 1000, Created: 500}, 500, 1000), 10 * time.Minute, Usage{}},
		"0.1 records a second · about 3 hours left":        {half, share(half, 500, 1000), 150 * time.Minute, Usage{}},
		"100.0 records a second · waiting for a reason":    {half, 0, 10 * time.Second, Usage{Waiting: "waiting for a reason"}},
	} {
		if got := p.String(); !strings.HasSuffix(got, " · "+want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestProgressIsToldAndLogged, the one every second and the other every ten.
func TestProgressIsToldAndLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var told []Progress
		s := &Stream{}
		s.account.read(1)
		r := &run{Config: Config{Streams: []*Stream{s}, Size: 100, Log: zerolog.New(&log), Usage: func() Usage { return Usage{Requests: 3, DailyRemaining: 5} },
			Progress: func(p Progress) { told = append(told, p) }}, begun: time.Now()}
		end := r.progress(airbyte.NewReader(strings.NewReader("")))
		time.Sleep(25*time.Second + 1)
		end()
		if want := "so far: 1 read · 0 created · 0 updated · 0 unchanged · 1 under way or not finished · 0 rejected · 3 requests (3.00 per record) · 5 left today · 0.0 records a second"; strings.Count(log.String(), want) != 2 {
			t.Errorf("logged %s, want %s", &log, want)
		}
		if len(told) != 25 || told[24].Read != 1 || told[24].Elapsed != 25*time.Second {
			t.Errorf("told %v", told)
		}
	})
}
