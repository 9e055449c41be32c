package load

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
)

// heavy is an object whose records take much once they are prepared, and a second each to be written.
type heavy struct {
	weight       int          // of each
	atOnce, most atomic.Int64 // prepared, and not settled
	windows      []int        // their sizes
	hold         bool         // all, until the input ends
}

func (h *heavy) Prepare(r *Record) {
	r.Weight = h.weight
	h.most.Store(max(h.most.Load(), h.atOnce.Add(1)))
}

func (h *heavy) Write(_ context.Context, w *Window) error {
	h.windows = append(h.windows, len(w.Records))
	for _, r := range w.Records {
		if h.hold && !w.Last {
			w.Hold(r)
			h.atOnce.Add(-1)
			continue
		}
		time.Sleep(time.Second)
		if !w.Last {
			h.atOnce.Add(-1)
		}
		if err := w.Done(r, Outcome{}); err != nil {
			return err
		}
	}
	return nil
}

func (h *heavy) Finish(context.Context) error { return nil }

// TestNoMoreIsPreparedThanMayBe: whatever records take once they are prepared, no more are than one window may have, and the next fills as
// those of the one before are settled. What is held, or takes more than that alone, stops nothing.
func TestNoMoreIsPreparedThanMayBe(t *testing.T) {
	const most = 1 << 20
	for _, tt := range []struct {
		name    string
		object  *heavy
		atOnce  int64
		windows string
	}{
		{"light", &heavy{weight: 1}, 20, "[10 10 10 10]"},
		{"heavy", &heavy{weight: most / 5}, 6, "[6 6 6 6 6 6 4]"},
		{"each too heavy", &heavy{weight: 2 * most}, 1, "[1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1]"},
		{"held", &heavy{weight: most / 5, hold: true}, 6, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var input strings.Builder
				for i := range 40 {
					fmt.Fprintf(&input, `{"type":"RECORD","record":{"stream":"people","data":{"n":%d},"emitted_at":0}}`+"\n", i)
				}
				s := &Stream{Stream: airbyte.Stream{ID: airbyte.StreamID{Name: "people"}}, Object: tt.object}
				c := Config{Streams: []*Stream{s}, Log: zerolog.Nop(), Usage: func() Usage { return Usage{} }, Release: func(*airbyte.State, int64, int64) error { return nil },
					Limits: Limits{Records: 10, Bytes: most, Age: time.Hour, State: time.Hour}}
				began := time.Now()
				if err := Run(t.Context(), airbyte.NewReader(strings.NewReader(input.String())), c); err != nil {
					t.Fatal(err)
				}
				o := tt.object
				if n := o.most.Load(); n > tt.atOnce {
					t.Errorf("%d records were prepared at once, want %d at most", n, tt.atOnce)
				}
				if took := time.Since(began); took != 40*time.Second || s.Counts().Settled() != 40 {
					t.Errorf("it took %v for %d records", took, s.Counts().Settled())
				}
				if got := fmt.Sprint(o.windows); tt.windows != "" && got != tt.windows {
					t.Errorf("windows of %s, want %s", got, tt.windows)
				}
			})
		})
	}
}
