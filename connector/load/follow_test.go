package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/trouble"
)

// nest is an object of whose records others follow: {"eggs":["a","b"]}.
type nest struct{ eggs *Stream }

func (n *nest) Prepare(*Record)              {}
func (n *nest) Finish(context.Context) error { return nil }

func (n *nest) Write(_ context.Context, w *Window) error {
	for _, r := range w.Records {
		var data struct{ Eggs []json.RawMessage }
		if err := json.Unmarshal(r.Data, &data); err != nil {
			return err
		}
		var eggs []*Record
		for _, egg := range data.Eggs {
			eggs = append(eggs, &Record{Stream: n.eggs, Data: egg})
		}
		if err := w.Follow(r, Outcome{Status: Created, Reject: r.Reject}, eggs); err != nil {
			return err
		}
	}
	return nil
}

// eggs is the object of what follows. An egg "bad" is rejected, "broken" ends the sync, "rotten" panics until it is handed in alone, and a
// "late" one is held.
type eggs struct{ laid []string }

func (e *eggs) Prepare(r *Record) {
	if string(r.Data) == `"bad"` {
		r.Reject = &trouble.Reject{Code: trouble.InvalidRecord}
	}
}

func (e *eggs) Finish(context.Context) error { return nil }

func (e *eggs) Write(_ context.Context, w *Window) error {
	for _, r := range w.Records {
		switch egg := string(r.Data); {
		case egg == `"broken"`:
			return errors.New("an egg is broken")
		case egg == `"rotten"` && len(w.Records) > 1:
			panic("a mistake")
		case egg == `"late"` && !w.Last:
			w.Hold(r)
			continue
		}
		e.laid = append(e.laid, fmt.Sprint(r.Line, string(r.Data)))
		if err := w.Done(r, Outcome{Status: Created, Reject: r.Reject}); err != nil {
			return err
		}
	}
	return nil
}

// TestARecordIsDoneAfterWhatFollowsFromIt, whatever becomes of that, and so is its state.
func TestARecordIsDoneAfterWhatFollowsFromIt(t *testing.T) {
	for name, tt := range map[string]struct {
		eggs                         []string // of each record
		states, nests, laid, account string
	}{
		"written":  {[]string{`"a","b"`, ``, `"c"`}, "[3/0]", "3 3 0", `[1"a" 1"b" 3"c"]`, "3 3 0"},
		"rejected": {[]string{`"a","bad"`, `"b"`}, "[2/0]", "2 2 0", `[1"a" 1"bad" 2"b"]`, "3 2 1"},
		"held":     {[]string{`"late","a"`, `"b"`}, "[2/0]", "2 2 0", `[1"a" 2"b" 1"late"]`, "3 3 0"},
		"a panic":  {[]string{`"rotten"`, `"a"`}, "[2/0]", "2 2 0", `[1"rotten" 2"a"]`, "2 2 0"},
		"an error": {[]string{`"a","broken"`, `"b"`}, "[]", "2 0 0", `[1"a"]`, "3 1 0"},
	} {
		t.Run(name, func(t *testing.T) {
			e := &eggs{}
			derived := &Stream{Stream: airbyte.Stream{ID: airbyte.StreamID{Name: "nests.eggs"}}, Object: e, Derived: true}
			n := &Stream{Stream: airbyte.Stream{ID: airbyte.StreamID{Name: "nests"}}, Object: &nest{derived}}
			var input strings.Builder
			for _, list := range tt.eggs {
				fmt.Fprintf(&input, `{"type":"RECORD","record":{"stream":"nests","data":{"eggs":[%s]},"emitted_at":0}}`+"\n", list)
			}
			input.WriteString(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"nests"},"stream_state":{}}}}` + "\n")
			var states []string
			err := Run(t.Context(), airbyte.NewReader(strings.NewReader(input.String())), Config{
				Streams: []*Stream{n, derived}, Log: zerolog.Nop(), Usage: func() Usage { return Usage{} },
				Release: func(_ *airbyte.State, accepted, rejected int64) error {
					states = append(states, fmt.Sprint(accepted, "/", rejected))
					return nil
				},
			})
			if (err != nil) != (name == "an error") {
				t.Error(err)
			}
			account := func(s *Stream) string {
				c := s.Counts()
				return fmt.Sprint(c.Read, " ", c.Created, " ", c.Rejected)
			}
			for _, got := range [][2]string{{fmt.Sprint(states), tt.states}, {account(n), tt.nests}, {fmt.Sprint(e.laid), tt.laid}, {account(derived), tt.account}} {
				if got[0] != got[1] {
					t.Errorf("%s, want %s", got[0], got[1])
				}
			}
		})
	}
}
