package load

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
)

// foreseeing is an object that takes its time, and notes what comes behind each window.
type foreseeing struct{ behind []string }

func (f *foreseeing) Prepare(*Record) {}

func (f *foreseeing) Write(_ context.Context, w *Window) error {
	time.Sleep(time.Second)
	records, last := w.Behind()
	f.behind = append(f.behind, fmt.Sprint(records, last))
	for _, r := range w.Records {
		if err := w.Done(r, Outcome{}); err != nil {
			return err
		}
	}
	return nil
}

func (f *foreseeing) Finish(context.Context) error { return nil }

// TestWhatComesIsKnown of each object, as far as it was read; so many messages and bytes are.
func TestWhatComesIsKnown(t *testing.T) {
	line := func(stream string, size int) string {
		return fmt.Sprintf(`{"type":"RECORD","record":{"stream":%q,"data":{"text":%q},"emitted_at":0}}`+"\n", stream, strings.Repeat("x", size))
	}
	const megabyte = 1 << 20
	for _, tt := range []struct {
		name, input string
		want        []string
	}{
		{"few", strings.Repeat(line("a", 1)+line("a", 1)+line("b", 1), 3), []string{"3 true", "0 true"}},
		{"many", strings.Repeat(line("a", 1), aheadMessages+20), []string{fmt.Sprint(aheadMessages+5, " false"), fmt.Sprint(aheadMessages+5, " false")}},
		{"large ones", strings.Repeat(line("a", megabyte-200), 24), []string{"10 false", "10 false"}},
		{"one too large for all", line("a", 9*megabyte) + line("a", 1) + line("a", 1), []string{"2 true", "0 true"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b := &foreseeing{}, &foreseeing{}
				c := Config{Log: zerolog.Nop(), Usage: func() Usage { return Usage{} }, Limits: DefaultLimits,
					Release: func(*airbyte.State, int64, int64) error { return nil }}
				c.Limits.Records, c.Limits.Bytes = 4, 4*megabyte
				for name, o := range map[string]Object{"a": a, "b": b} {
					c.Streams = append(c.Streams, &Stream{Stream: airbyte.Stream{ID: airbyte.StreamID{Name: name}}, Object: o})
				}
				if err := Run(t.Context(), airbyte.NewReader(strings.NewReader(tt.input)), c); err != nil {
					t.Fatal(err)
				}
				if got := a.behind[:min(len(a.behind), len(tt.want))]; fmt.Sprint(got) != fmt.Sprint(tt.want) {
					t.Errorf("%v, want %v", got, tt.want)
				}
			})
		})
	}
}
