package load

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/airbyte"
)

// message reads the one message of a line.
func message(t testing.TB, line string) airbyte.Message {
	t.Helper()
	m, err := airbyte.NewReader(strings.NewReader(line)).Next()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// stateOf makes a state: of a stream, or GLOBAL or LEGACY.
func stateOf(t testing.TB, kind string, number int) *airbyte.State {
	t.Helper()
	switch kind {
	case "GLOBAL":
		return message(t, fmt.Sprintf(`{"type":"STATE","state":{"type":"GLOBAL","n":%d}}`, number)).State
	case "LEGACY":
		return message(t, fmt.Sprintf(`{"type":"STATE","state":{"data":{},"n":%d}}`, number)).State
	}
	return message(t, fmt.Sprintf(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":%q}},"n":%d}}`, kind, number)).State
}

func nothing() error { return nil }

// play drives a ledger by a script of words: "a" is a record of stream a, "A"
// a state of it, "*" a GLOBAL state, "1+" settles record 1 as accepted, "1-" as
// rejected. It returns what was released, as "number:accepted/rejected".
func play(t *testing.T, script string) (released []string) {
	t.Helper()
	numbers := map[*airbyte.State]int{}
	l := NewLedger(func(s *airbyte.State, accepted, rejected int64) error {
		released = append(released, fmt.Sprintf("%d:%d/%d", numbers[s], accepted, rejected))
		return nil
	})
	var tickets []Ticket
	for _, word := range strings.Fields(script) {
		switch {
		case word == "*" || strings.ToUpper(word) == word && strings.ToLower(word) != word:
			kind := map[bool]string{true: "GLOBAL", false: strings.ToLower(word)}[word == "*"]
			s := stateOf(t, kind, len(numbers)+1)
			numbers[s] = len(numbers) + 1
			l.State(s)
		case strings.HasSuffix(word, "+"), strings.HasSuffix(word, "-"):
			l.Settle(tickets[word[0]-'1'], word[1] == '+')
		default:
			tickets = append(tickets, l.Record(airbyte.StreamID{Name: word}))
		}
		if err := l.Release(nothing); err != nil {
			t.Fatal(err)
		}
	}
	return released
}

func TestLedgerReleases(t *testing.T) {
	for _, tt := range []struct{ name, script, want string }{
		{"a state without records at once", "A", "1:0/0"},
		{"only what is settled", "a A", ""},
		{"accepted and rejected", "a a a A 1+ 2- 3+", "1:2/1"},
		{"in order though settled out of order", "a A a A 2+ 1+", "1:1/0 2:1/0"},
		{"each with its own counts", "a A 1+ a a A 2- 3+", "1:1/0 2:1/1"},
		{"streams do not wait for each other", "a A b B 2+", "2:1/0"},
		{"records behind a state do not hold it", "a A a 1+", "1:1/0"},
		{"records of other streams do not count", "b a A 2+", "1:1/0"},
		{"global waits for all streams", "a b * 1+", ""},
		{"global counts all streams", "a b * 1+ 2-", "1:1/1"},
		{"global waits for states before it", "a A b * 2+", ""},
		{"global then goes in order", "a A b * 2+ 1+", "1:1/0 2:1/0"},
		{"nothing passes a global state", "a * b B 2+", ""},
		{"and goes after it", "a * b B 2+ 1+", "1:1/0 2:1/0"},
		{"global counts only what no state counted", "a A 1+ a * 2+", "1:1/0 2:1/0"},
		{"the same stream twice without records", "A A", "1:0/0 2:0/0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(play(t, tt.script), " "); got != tt.want {
				t.Errorf("%s released %q, want %q", tt.script, got, tt.want)
			}
		})
	}
}

func TestLedgerReleasesNothingAfterAnError(t *testing.T) {
	broken, calls := errors.New("stdout is closed"), 0
	l := NewLedger(func(*airbyte.State, int64, int64) error { calls++; return broken })
	for i := range 3 {
		l.State(stateOf(t, "a", i))
	}
	for range 2 {
		if err := l.Release(nothing); !errors.Is(err, broken) {
			t.Errorf("Release gives %v", err)
		}
	}
	if calls != 1 {
		t.Errorf("release was called %d times", calls)
	}
}

// What a state counts must be durable before it leaves; as long as that fails,
// it stays.
func TestLedgerReleasesOnlyWhatIsDurable(t *testing.T) {
	var story []string
	l := NewLedger(func(*airbyte.State, int64, int64) error { story = append(story, "state"); return nil })
	full := errors.New("the disk is full")
	flush := func() error { story = append(story, "flush"); return full }
	ticket := l.Record(airbyte.StreamID{Name: "a"})
	l.State(stateOf(t, "a", 1))
	if err := l.Release(flush); err != nil {
		t.Error(err)
	}
	l.Settle(ticket, false)
	if err := l.Release(flush); !errors.Is(err, full) {
		t.Errorf("Release gives %v", err)
	}
	full = nil
	if err := l.Release(flush); err != nil {
		t.Error(err)
	}
	if got := strings.Join(story, " "); got != "flush flush state" {
		t.Error(got)
	}
}

func TestLedgerKnowsWhatTheFirstStateWaitsFor(t *testing.T) {
	l := NewLedger(func(*airbyte.State, int64, int64) error { return nil })
	a, b := airbyte.StreamID{Name: "a"}, airbyte.StreamID{Name: "b"}
	one, two, other := l.Record(a), l.Record(a), l.Record(b)
	if l.Awaited([]Ticket{one, two, other}) != nil {
		t.Error("there is no state")
	}
	l.State(stateOf(t, "a", 1))
	three := l.Record(a)
	l.State(stateOf(t, "a", 2))
	awaited := func(records ...Ticket) (out []Ticket) {
		waits := l.Awaited(records)
		for _, r := range records {
			if waits != nil && waits(r) {
				out = append(out, r)
			}
		}
		return out
	}
	for _, tt := range []struct{ settled, want []Ticket }{
		{nil, nil}, {[]Ticket{one}, nil}, {[]Ticket{other, three}, nil}, {[]Ticket{two, one}, []Ticket{two, one}}, {[]Ticket{one, three, two}, []Ticket{one, two}},
	} {
		if got := awaited(tt.settled...); !slices.Equal(got, tt.want) {
			t.Errorf("%v: %v", tt.settled, got)
		}
	}
	l.Hold(a)
	if l.Awaited([]Ticket{one, two}) != nil {
		t.Error("the stream's states are held back")
	}
	l.Free(a)
	l.Settle(one, true)
	l.Settle(two, true) // the first state is ripe
	if got := awaited(three); len(got) != 1 {
		t.Errorf("the second state waits for %v", got)
	}
}

// model is the ledger told naively: the whole story is kept, and a state is
// ripe if everything in the story that it waits for has happened.
type model struct{ story []event }

type event struct {
	stream   string // of a record or a STREAM state
	state    *airbyte.State
	global   bool
	settled  bool
	accepted bool
	released bool
}

// ripe reports whether the state at an index may leave, and with what counts.
func (m *model) ripe(at int) (ok bool, accepted, rejected int64) {
	e := m.story[at]
	counts := func(i int) bool { // no state between has counted record i
		return !slices.ContainsFunc(m.story[i:at], func(s event) bool {
			return s.state != nil && (s.global || s.stream == m.story[i].stream)
		})
	}
	for i, before := range m.story[:at] {
		mine := e.global || before.stream == e.stream
		switch {
		case before.state != nil:
			if (mine || before.global) && !before.released {
				return false, 0, 0
			}
		case !mine:
		case !before.settled:
			return false, 0, 0
		case counts(i) && before.accepted:
			accepted++
		case counts(i):
			rejected++
		}
	}
	return true, accepted, rejected
}

// FuzzLedger plays random interleavings and holds the ledger to the model:
// which states leave, in which order per stream and with which counts.
func FuzzLedger(f *testing.F) {
	f.Add([]byte{0, 10, 20, 30, 0, 11, 31, 40, 1, 2, 200, 201})
	f.Add([]byte{0, 1, 2, 100, 101, 102, 250, 251, 0, 103, 252, 5, 104, 253})
	f.Add(bytes.Repeat([]byte{3, 120, 90, 210, 255}, 20))
	kinds := []string{"a", "b", "c", "GLOBAL", "LEGACY"}
	pool := map[string]*airbyte.State{}
	for _, k := range kinds {
		pool[k] = stateOf(f, k, 0)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 200 {
			return
		}
		var m model
		at := map[*airbyte.State]int{} // a state's place in the story
		open := []int{}                // places of records not settled
		ticketAt := map[int]Ticket{}
		l := NewLedger(func(s *airbyte.State, accepted, rejected int64) error {
			i := at[s]
			if m.story[i].released {
				t.Fatalf("state %d was released twice", i)
			}
			ok, a, r := m.ripe(i)
			if !ok || a != accepted || r != rejected {
				t.Fatalf("state %d released with %d/%d; the model says ripe %v, %d/%d", i, accepted, rejected, ok, a, r)
			}
			m.story[i].released = true
			return nil
		})
		due := false // the ledger has said that Release is worth a call
		settle := func(which int, accepted bool) {
			i := open[which%len(open)]
			open = slices.DeleteFunc(open, func(o int) bool { return o == i })
			m.story[i].settled, m.story[i].accepted = true, accepted
			due = l.Settle(ticketAt[i], accepted) || due
		}
		check := func() {
			if due {
				if err := l.Release(nothing); err != nil {
					t.Fatal(err)
				}
			}
			due = false
			waiting := 0
			for i, e := range m.story {
				if e.state == nil || e.released {
					continue
				}
				waiting++
				if ok, _, _ := m.ripe(i); ok {
					t.Fatalf("state %d is ripe and was not released", i)
				}
			}
			if l.Waiting() != waiting {
				t.Fatalf("Waiting says %d, the model %d", l.Waiting(), waiting)
			}
		}
		for _, b := range script {
			switch kind := kinds[int(b)%len(kinds)]; {
			case b >= 160 && len(open) > 0:
				settle(int(b), b%2 == 0)
			case b >= 90:
				s := *pool[kind]
				e := event{state: &s, stream: kind, global: s.Kind != airbyte.StateStream}
				at[&s] = len(m.story)
				m.story = append(m.story, e)
				due = l.State(&s) || due
			default:
				stream := kinds[int(b)%3]
				ticketAt[len(m.story)] = l.Record(airbyte.StreamID{Name: stream})
				open = append(open, len(m.story))
				m.story = append(m.story, event{stream: stream})
			}
			if b%3 == 0 {
				check()
			}
		}
		for len(open) > 0 {
			settle(0, true)
		}
		check()
		if l.Waiting() != 0 {
			t.Fatalf("%d states were never released", l.Waiting())
		}
	})
}
