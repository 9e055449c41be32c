package load

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/trouble"
)

// fragile is an object that panics on the lines that it is told to, in Prepare or
// in Write.
type fragile struct {
	preparing, writing []int64
	rejected, written  []int64
}

func (f *fragile) Prepare(r *Record) {
	if slices.Contains(f.preparing, r.Line) {
		panic(string(r.Data))
	}
	r.Item = r.Line
}

func (f *fragile) Write(_ context.Context, w *Window) error {
	for _, r := range w.Records {
		if r.Reject == nil && slices.Contains(f.writing, r.Line) {
			panic(string(r.Data))
		}
	}
	for _, r := range w.Records {
		if err := w.Done(r, Outcome{Status: Created, Reject: r.Reject}); err != nil {
			return err
		}
		if r.Reject != nil {
			f.rejected = append(f.rejected, r.Line)
		} else {
			f.written = append(f.written, r.Line)
		}
	}
	return nil
}

func (f *fragile) Finish(context.Context) error { return nil }

// TestAPanicCostsItsRecord: all other records are written, each place that panics is told once, and nothing of the record is.
func TestAPanicCostsItsRecord(t *testing.T) {
	var log, input strings.Builder
	for i := range 9 {
		fmt.Fprintf(&input, `{"type":"RECORD","record":{"stream":"people","data":{"email":"ana%d@example.com"},"emitted_at":0}}`+"\n", i)
	}
	input.WriteString(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"people"},"stream_state":{"n":1}}}}` + "\n")
	object := &fragile{preparing: []int64{2, 3}, writing: []int64{5, 9}}
	s := &Stream{Stream: airbyte.Stream{ID: airbyte.StreamID{Name: "people"}}, Object: object}
	var states []string
	err := Run(t.Context(), airbyte.NewReader(strings.NewReader(input.String())), Config{
		Streams: []*Stream{s}, Log: zerolog.New(&log), Usage: func() Usage { return Usage{} },
		Release: func(_ *airbyte.State, accepted, rejected int64) error {
			states = append(states, fmt.Sprint(accepted, "/", rejected))
			return nil
		},
	})
	slices.Sort(object.rejected)
	slices.Sort(object.written)
	if got := fmt.Sprint(err, object.rejected, object.written, states); got != "<nil> [2 3 5 9] [1 4 6 7 8] [5/4]" {
		t.Error(got)
	}
	if counts := s.Counts(); counts.RejectedBy[trouble.InvalidRecord] != 4 {
		t.Errorf("%+v", counts)
	}
	if strings.Count(log.String(), `"stack":`) != 2 || strings.Contains(log.String(), "ana") {
		t.Errorf("log %s", log.String())
	}
}

// TestAPanicInPreparingLeavesNothingOfTheRecord: what was made of it before may be what panics next.
func TestAPanicInPreparingLeavesNothingOfTheRecord(t *testing.T) {
	r := &run{Config: Config{Log: zerolog.Nop()}}
	record := &Record{Stream: &Stream{Object: &fragile{preparing: []int64{1}}}, Line: 1, Data: json.RawMessage(`{}`), Item: 1}
	r.prepare(record, "")
	if record.Item != nil || record.Reject == nil || !strings.Contains(record.Reject.Reason, "the connector has a bug at ") {
		t.Errorf("%+v", record)
	}
}
