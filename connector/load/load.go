package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// DefaultWorkers is how many people are written at a time where nothing tells
// better.
const DefaultWorkers = 16

// Usage is what the sync has asked of the API so far.
type Usage struct {
	Requests       int64
	DailyRemaining int64 // -1 where the API has not told
	// Faults counts requests that went wrong and were repeated or given up, by
	// what went wrong.
	Faults map[string]int64
}

// Config is everything that a sync needs beside its input.
type Config struct {
	Streams []*Stream
	Limits  Limits // zero: DefaultLimits
	// Workers is how many people may be written at a time, as of now: who knows
	// how many requests the API takes at once tells it. nil is DefaultWorkers.
	Workers func() int
	Log     zerolog.Logger
	Usage   func() Usage
	// Store keeps what is not written; nil is nobody.
	Store Store
	// Size is how many bytes the input has; 0 if that is not known.
	Size int64
	// Observe is told what became of each person, window by window and in the
	// order of the input, one call at a time; nil is nobody.
	Observe func(Outcome)
	// Shows says that whoever observes shows what is wrong with records, from
	// [Outcome], [Stream.Troubles] and [crm.Plan.Late]: it is not logged.
	Shows bool
	// Begin is asked once about each stream that brings records, when its plan
	// has met the columns of its first window, and before any of them is written;
	// nil is nobody. It may use the plans of all streams. Its error ends the sync.
	Begin func([]*Stream) error
	// Release is handed each state as soon as all before it is durable.
	Release func(s *airbyte.State, accepted, rejected int64) error
	// MaxCreates and MaxUpdates bound how many contacts the sync may create and
	// change; nil is no bound.
	MaxCreates, MaxUpdates *int64
	// AtOnce makes one write of all that f hands to Release; nil calls f.
	AtOnce func(f func() error) error
	// Grace is how long after a stop the Store may still be used.
	Grace time.Duration
}

// InputError is a fault of the input that ends the sync: skipping what it is
// about would break the platform's account of records.
type InputError struct {
	Line   int64
	Reason string
}

func (e *InputError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// run is one sync under way.
type run struct {
	Config
	streams map[airbyte.StreamID]*Stream
	ledger  *Ledger
	brake   brake
	begun   time.Time
	stop    <-chan struct{} // closed when the sync is to end early
	keeper  keeper
	// mistakes are the places where the connector has panicked.
	mistakes sync.Map

	// mu guards what follows, the brake and the schedule while the people of a
	// turn are written. All other phases of a window run alone, and one window
	// after another; only the reader fills the next meanwhile, and shares with
	// them the ledger, the tallies and the plans, which have locks of their own.
	mu       sync.Mutex
	outcomes []Outcome // of the window
	finders  map[object.Target]*finder
	tagged   time.Time // when tags were changed last
}

// Run reads messages until the input ends and writes their records. When ctx
// ends the sync is stopped: nothing is begun any more, what was written is
// acknowledged, and the rest is left to the next sync. Run returns nil only if
// every record read was settled and every state released, or if it was stopped.
// An error concerns the whole sync; what was durable before it has been
// acknowledged.
func Run(ctx context.Context, reader *airbyte.Reader, c Config) error {
	r := &run{Config: c, ledger: NewLedger(c.Release), stop: ctx.Done(),
		streams: map[airbyte.StreamID]*Stream{}, finders: map[object.Target]*finder{}, begun: time.Now()}
	if r.Limits == (Limits{}) {
		r.Limits = DefaultLimits
	}
	if r.Workers == nil {
		r.Workers = func() int { return DefaultWorkers }
	}
	defer r.keeper.open(ctx, c.Store, c.Grace)()
	keys := map[object.Target][]string{}
	r.brake = brake{ended: sync.NewCond(&r.mu), creates: bound{verb: "create", setting: "max_creates_per_sync", limit: c.MaxCreates},
		updates: bound{verb: "update", setting: "max_updates_per_sync", limit: c.MaxUpdates}}
	for _, s := range c.Streams {
		s.tally, s.history = newTally(), newHistory(len(c.Streams))
		s.rows = newRows(s, len(c.Streams))
		if s.removes() || slices.ContainsFunc(c.Streams, func(o *Stream) bool { return o.removes() && o.OnMissing == DeleteContacts }) {
			s.seen = newSeen()
		}
		if s.removes() {
			r.ledger.Hold(s.ID)
		}
		s.open(r.Log)
		r.streams[s.ID] = s
		keys[s.Target] = append(keys[s.Target], s.Plan.MatchOn()...)
	}
	for target, names := range keys {
		r.finders[target] = newFinder(r, target, append(names, crm.Identifiers()...))
	}
	endProgress := r.progress(reader)
	err := r.loop(ctx, reader)
	if n := reader.FirstSkipped(); err == nil && !r.stopped() && n > 0 && !reader.Spoken() {
		err = &InputError{n, "no line of the input is a message; they must be Airbyte messages, one JSON object a line, in UTF-8"}
	}
	if err == nil && !r.stopped() {
		err = bug.Guard(func() error { return r.removeMissing(ctx) })
		r.tell()
		if err == nil {
			err = r.releaseAtOnce()
		}
		err = r.forgiven(err)
	}
	if err == nil && !r.stopped() {
		err = r.unfinished()
	}
	endProgress()
	r.report(reader)
	return err
}

// loop fills windows and hands them on, one at a time. An error of the input
// is kept until everything before it has been written.
func (r *run) loop(ctx context.Context, reader *airbyte.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	windows := make(chan *window)
	done := make(chan error, 1)
	go func() {
		var err error
		for w := range windows {
			if err == nil {
				err = bug.Guard(func() error { return r.handle(ctx, w.entries) })
				r.tellTrouble()
				r.tell()
			}
			if released := bug.Guard(r.release); err == nil {
				err = released
			}
			if err != nil {
				cancel()
			}
		}
		done <- err
	}()
	inputErr := r.fill(ctx, reader, windows)
	close(windows)
	err := <-done
	if flushed := r.keeper.flush(); err == nil { // also what no state counts
		err = flushed
	}
	if err == nil {
		err = r.release()
	}
	if r.stopped() {
		r.Log.Warn().Msg("the sync was stopped: what is acknowledged is written, the next sync goes on from there")
	}
	if err == nil && !r.stopped() {
		err = inputErr
	}
	return r.forgiven(err)
}

// forgiven drops an error that is only the echo of a stop.
func (r *run) forgiven(err error) error {
	if r.stopped() && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// unfinished is the error of a sync that has lost sight of a record, which
// cannot be.
func (r *run) unfinished() error {
	for _, s := range r.Streams {
		if c := s.tally.snapshot(); c.settled() < c.Read {
			return fmt.Errorf("%s of the stream %s left unfinished", words.Count(c.Read-c.settled(), "record"), s.ID)
		}
	}
	return nil
}

// fill gathers messages in windows until the input ends, the sync fails or is
// stopped. While a window is being written the next one fills; when that is
// full too, nothing is read.
func (r *run) fill(ctx context.Context, reader *airbyte.Reader, windows chan<- *window) error {
	messages := make(chan airbyte.Message)
	readErr := make(chan error, 1)
	go func() {
		defer close(messages)
		for {
			var m airbyte.Message
			err := bug.Guard(func() (err error) { m, err = reader.Next(); return err })
			if err != nil {
				readErr <- err
				return
			}
			select {
			case messages <- m:
			case <-ctx.Done():
				readErr <- ctx.Err()
				return
			}
		}
	}()
	w := &window{}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var failure error
	for in := (<-chan airbyte.Message)(messages); ; {
		full, due := w.full(r.Limits), !w.due.IsZero() && !time.Now().Before(w.due)
		var out chan<- *window
		if full || due || in == nil {
			out = windows
		}
		source := in
		if full {
			source = nil
		}
		if out == nil && !w.due.IsZero() {
			timer.Reset(time.Until(w.due))
		}
		if in == nil && w.due.IsZero() {
			return failure
		}
		select {
		case m, ok := <-source:
			if !ok {
				in, failure = nil, endOf(<-readErr)
			} else if err := bug.Guard(func() error { return r.take(w, m) }); err != nil {
				in, failure = nil, err
			}
		case out <- w:
			w = &window{}
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// endOf turns the reader's last word into the failure of the input, if it is
// one.
func endOf(err error) error {
	var line *airbyte.LineError
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.As(err, &line):
		return &InputError{line.Line, line.Reason}
	}
	return fmt.Errorf("read the input: %w", err)
}

// take enters one message into the window and the ledger.
func (r *run) take(w *window, m airbyte.Message) error {
	switch {
	case m.Record != nil:
		s := r.streams[m.Record.Stream]
		if s == nil {
			return &InputError{m.Line, fmt.Sprintf("a record of stream %q, which the catalog does not have", m.Record.Stream.String())}
		}
		s.tally.read()
		w.add(r.prepare(s, m.Record, m.Line, r.ledger.Record(s.ID)), m.Bytes, r.Limits)
	case m.State != nil:
		w.state(r.Limits)
		if r.ledger.State(m.State) {
			return r.releaseSoon()
		}
	case m.Status != nil && (m.Status.Status == "COMPLETE" || m.Status.Status == "INCOMPLETE"):
		if s := r.streams[m.Status.Stream]; s != nil {
			s.complete = m.Status.Status == "COMPLETE"
			s.incomplete = !s.complete
		}
	}
	return nil
}

// fields are all that the streams of a target can write.
func (r *run) fields(target object.Target) []*crm.Field {
	var out []*crm.Field
	for _, s := range r.Streams {
		if s.Target == target {
			out = append(out, s.fields()...)
		}
	}
	return out
}

func (r *run) stopped() bool {
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

// asReject turns a mapping's error into a rejection.
func asReject(err error) *crm.Reject {
	var reject *crm.Reject
	if errors.As(err, &reject) {
		return reject
	}
	return &crm.Reject{Code: crm.CodeInvalidRecord, Reason: "the record cannot be mapped"}
}
