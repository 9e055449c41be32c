package connector

import (
	"bytes"
	"strings"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/load"
)

// TestProgressInAPipe is a line every ten seconds, and nothing else that is no cause of alarm.
func TestProgressInAPipe(t *testing.T) {
	var out, log bytes.Buffer
	j := newJob(config.Config{}, airbyte.Catalog{})
	_, end := j.watch(IO{Stdout: &out, Stderr: &log}, false, 0)
	for range 25 {
		j.progress(load.Progress{Counts: load.Counts{Read: 12}, Elapsed: 1, Usage: load.Usage{DailyRemaining: -1, Waiting: "waiting 5 s for a reason"}})
	}
	j.log.Info().Msg("nothing")
	end()
	const want = "so far: 12 read · 0 created · 0 updated · 0 unchanged · 12 under way or not finished · 0 rejected · 0 requests (0.00 per record) · 0.0 records a second · waiting 5 s for a reason\n"
	if log.String() != want+want || out.Len() > 0 {
		t.Errorf("stderr %q, want it twice: %q; stdout %q", &log, want, &out)
	}
}

// TestTheConsoleIsNotObeyed: a warning may name a column, which may be anything.
func TestTheConsoleIsNotObeyed(t *testing.T) {
	var log bytes.Buffer
	logger := console(IO{Stderr: &log})
	logger.Warn().Str("stream", "\x1b[2J").Msg("the column \"\x1b[2J\"")
	if !strings.HasPrefix(log.String(), "WRN the column ") || strings.Contains(log.String(), "\x1b") {
		t.Errorf("%q", &log)
	}
}
