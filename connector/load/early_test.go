package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
)

// family is an object whose records say which line they belong to: {"of":3}. One
// that comes before it is held.
type family struct {
	written  []int64 // lines
	windows  []string
	finished bool
	fails    []int64 // lines that panic once they are not held
	writes   func()  // is told of each window of records that were held; may be nil
}

func (f *family) Prepare(*Record) {}

func (f *family) Finish(context.Context) error {
	f.finished = true
	return nil
}

func (f *family) Write(_ context.Context, w *Window) error {
	if w.Last && f.writes != nil {
		f.writes()
	}
	var lines []int64
	for _, r := range w.Records {
		lines = append(lines, r.Line)
		var of int64
		_, _ = fmt.Sscanf(string(r.Data), `{"of":%d`, &of)
		if !w.Last && of > r.Line {
			w.Hold(r)
			continue
		}
		if slices.Contains(f.fails, r.Line) && r.Reject == nil {
			panic("a mistake")
		}
		f.written = append(f.written, r.Line)
		if err := w.Done(r, Outcome{Status: Created, Reject: r.Reject}); err != nil {
			return err
		}
	}
	f.windows = append(f.windows, fmt.Sprint(w.Last, lines))
	return nil
}

// relate runs lines through families, one for each stream: "a 3" is a record of
// stream a that belongs to line 3, "A" a state of it, "a!" that it is incomplete. It
// returns the states that left, as "a 2/0".
func relate(ctx context.Context, t *testing.T, limits Limits, families map[string]*family, lines ...string) (states []string, err error) {
	t.Helper()
	c := Config{Limits: limits, Log: zerolog.Nop(), Usage: func() Usage { return Usage{} }, Release: func(s *airbyte.State, accepted, rejected int64) error {
		states = append(states, fmt.Sprint(s.Stream, " ", accepted, "/", rejected))
		return nil
	}}
	for name, f := range families {
		c.Streams = append(c.Streams, &Stream{Stream: airbyte.Stream{ID: airbyte.StreamID{Name: name}}, Object: f})
	}
	slices.SortFunc(c.Streams, func(a, b *Stream) int { return strings.Compare(a.ID.Name, b.ID.Name) })
	var input strings.Builder
	for _, line := range lines {
		name, of, isRecord := strings.Cut(line, " ")
		stream, incomplete := strings.CutSuffix(name, "!")
		switch {
		case isRecord:
			fmt.Fprintf(&input, `{"type":"RECORD","record":{"stream":%q,"data":{"of":%s},"emitted_at":0}}`+"\n", name, of)
		case incomplete:
			fmt.Fprintf(&input, `{"type":"TRACE","trace":{"type":"STREAM_STATUS","stream_status":{"stream_descriptor":{"name":%q},"status":"INCOMPLETE"}}}`+"\n", stream)
		case name == "*":
			input.WriteString(`{"type":"STATE","state":{"type":"GLOBAL","global":{}}}` + "\n")
		default:
			fmt.Fprintf(&input, `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":%q},"stream_state":{}}}}`+"\n", strings.ToLower(name))
		}
	}
	err = Run(ctx, airbyte.NewReader(strings.NewReader(input.String())), c)
	return states, err
}

// twos are windows of two records.
var twos = Limits{Records: 2, Bytes: 1 << 20, Age: DefaultLimits.Age, State: DefaultLimits.State}

// TestRecordsThatCameTooEarlyAreWrittenAtTheEnd, in the order of the input and before Finish; states wait for them.
func TestRecordsThatCameTooEarlyAreWrittenAtTheEnd(t *testing.T) {
	a, b := &family{}, &family{}
	states, err := relate(t.Context(), t, twos, map[string]*family{"a": a, "b": b}, "a 9", "b 9", "a 9", "A", "b 0", "a 9", "B", "a 0", "b 0", "*", "A")
	if got, want := fmt.Sprint(err, a.written, a.windows, states), "<nil> [8 1 3 6] [false [1] false [3] false [6 8] true [1] true [3 6]] [b 2/0 a 2/0  3/0 a 0/0]"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got, want := fmt.Sprint(b.written, b.windows, b.finished), "[5 9 2] [false [2] false [5] false [9] true [2]] true"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestTooManyAreLeftToTheNextSync, which is told; everything else is written and acknowledged.
func TestTooManyAreLeftToTheNextSync(t *testing.T) {
	a, b := &family{}, &family{}
	const far = " 99999"
	lines := append(slices.Repeat([]string{"a" + far}, mostHeld), "A", "a"+far, "A", "b"+far, "a 0", "b 0", "B", "*", "A")
	states, err := relate(t.Context(), t, DefaultLimits, map[string]*family{"a": a, "b": b}, lines...)
	var early *EarlyError
	if !errors.As(err, &early) || early.Incomplete || early.Error() != "1 record of the stream a and 1 record of the stream b came before what they belong to" {
		t.Errorf("the sync ends with %v", err)
	}
	if got, want := fmt.Sprint(states, len(a.written), b.written, a.finished), "[a 10000/0] 10001 [10006] true"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestLargeRecordsAreHeldByTheirSize: many small ones are fewer bytes.
func TestLargeRecordsAreHeldByTheirSize(t *testing.T) {
	a := &family{}
	large := `a 9,"text":"` + strings.Repeat("x", mostHeldBytes/3) + `"`
	_, err := relate(t.Context(), t, DefaultLimits, map[string]*family{"a": a}, large, large, large, "a 9")
	if early := (*EarlyError)(nil); !errors.As(err, &early) || fmt.Sprint(a.written) != "[1 2 4]" {
		t.Errorf("written %v, %v", a.written, err)
	}
}

// TestNothingIsWrittenEarlyIfTheInputIsNotWhole: what the records belong to may be in what was not delivered.
func TestNothingIsWrittenEarlyIfTheInputIsNotWhole(t *testing.T) {
	for name, tt := range map[string]struct {
		lines []string
		says  string
	}{
		"a stream is incomplete": {[]string{"a 9", "A", "b 0", "b!"}, "1 record of the stream a came before"},
		"the input is broken":    {[]string{"a 9", "A", "b 0", "c 0"}, `line 4: a record of stream "c"`},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := &family{}, &family{}
			states, err := relate(t.Context(), t, DefaultLimits, map[string]*family{"a": a, "b": b}, tt.lines...)
			if err == nil || !strings.Contains(err.Error(), tt.says) || len(a.written) != 0 || len(b.written) != 1 || len(states) != 0 {
				t.Errorf("%v; written %v and %v, states %v", err, a.written, b.written, states)
			}
		})
	}
}

// TestAStopLeavesHeldRecordsToTheNextSync.
func TestAStopLeavesHeldRecordsToTheNextSync(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	a := &family{writes: stop}
	states, err := relate(ctx, t, twos, map[string]*family{"a": a}, "a 9", "A", "a 9", "a 9", "A")
	if err != nil || fmt.Sprint(a.written, states) != "[1 3] [a 1/0]" {
		t.Errorf("%v; written %v, states %v", err, a.written, states)
	}
}

// TestAPanicCostsItsRecordAlsoIfItWasHeld: what was held by then is not written twice.
func TestAPanicCostsItsRecordAlsoIfItWasHeld(t *testing.T) {
	a := &family{fails: []int64{2, 3}}
	states, err := relate(t.Context(), t, DefaultLimits, map[string]*family{"a": a}, "a 9", "a 0", "a 9", "a 9", "A")
	if slices.Sort(a.written); err != nil || fmt.Sprint(a.written, states) != "[1 2 3 4] [a 2/2]" {
		t.Errorf("%v; written %v, states %v", err, a.written, states)
	}
}
