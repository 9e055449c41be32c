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
	"golang.org/x/sync/semaphore"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/trouble"
	"destination-gohighlevel/connector/words"
)

// Usage is what the sync has asked of the API so far.
type Usage struct {
	Requests       int64
	DailyRemaining int64 // -1 where the API has not told
	// Faults counts requests that went wrong and were repeated or given up, by
	// what went wrong.
	Faults map[string]int64
	// Waiting says in words what requests wait for now; "" if for nothing to speak of.
	Waiting string
}

// Config is everything that a sync needs beside its input.
type Config struct {
	Streams []*Stream // each with its object
	// Objects are those of the streams, in the order in which their records of a
	// window are written; nil is the order of the streams.
	Objects []Object
	// What is written, in the account at the end: "contacts".
	What   string
	Limits Limits // zero: DefaultLimits
	Log    zerolog.Logger
	Usage  func() Usage
	// Store keeps what is not written; nil is nobody.
	Store Store
	// Size is how many bytes the input has; 0 if that is not known.
	Size int64
	// Shows says that somebody else shows what becomes of records: it is not
	// logged.
	Shows bool
	// Begin is asked once about each stream that brings records, when those of its
	// first window are prepared, and before any of them is written; nil is nobody.
	// Its error ends the sync.
	Begin func([]*Stream) error
	// Progress is told every second how far the sync is, which is logged less often;
	// nil is nobody.
	Progress func(Progress)
	// End is called before the account at the end is logged; nil is nobody.
	End func()
	// Release is handed each state as soon as all before it is durable.
	Release func(s *airbyte.State, accepted, rejected int64) error
	// AtOnce makes one write of all that f hands to Release; nil calls f.
	AtOnce func(f func() error) error
	// Grace is how long after a stop the Store may still be used.
	Grace time.Duration
}

// Input is where the messages of a sync come from; [airbyte.Reader] has the contract
// of its methods. Bytes, Skipped and FirstSkipped are called while Next is.
type Input interface {
	Next() (airbyte.Message, error)
	Bytes() int64
	Spoken() bool
	Skipped() int64
	FirstSkipped() int64
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
	streams   map[airbyte.StreamID]*Stream
	objects   []Object
	ledger    *Ledger
	begun     time.Time
	stop      <-chan struct{} // closed when the sync is to end early
	keeper    keeper
	early     early
	ahead     ahead
	prepared  prepared
	followers followers
	last      bool // the input has ended: records that came too early are written
	// mistakes are the places where the connector has panicked.
	mistakes sync.Map
}

func newRun(ctx context.Context, c Config) *run {
	r := &run{Config: c, objects: c.Objects, ledger: NewLedger(c.Release), stop: ctx.Done(), streams: map[airbyte.StreamID]*Stream{}, begun: time.Now()}
	r.ahead.room, r.ahead.waiting = semaphore.NewWeighted(aheadBytes), map[Object]int{}
	r.prepared.freed = make(chan struct{}, 1)
	if r.Limits == (Limits{}) {
		r.Limits = DefaultLimits
	}
	for _, s := range c.Streams {
		if !s.Derived {
			r.streams[s.ID] = s
		}
		if s.HoldsStates {
			r.ledger.Hold(s.ID)
		}
		if !slices.Contains(r.objects, s.Object) {
			r.objects = append(r.objects, s.Object)
		}
	}
	return r
}

// Run reads messages until the input ends and has their records written. When
// ctx ends the sync is stopped: nothing is begun any more, what was written is
// acknowledged, and the rest is left to the next sync. Run returns nil only if
// every record read was settled and every state released, or if it was stopped.
// An error concerns the whole sync; what was durable before it has been
// acknowledged.
func Run(ctx context.Context, input Input, c Config) error {
	r := newRun(ctx, c)
	defer r.keeper.open(ctx, c.Store, c.Grace)()
	endProgress := r.progress(input)
	err := r.loop(ctx, input)
	if n := input.FirstSkipped(); err == nil && !r.stopped() && n > 0 && !input.Spoken() {
		err = &InputError{n, "no line of the input is a message; they must be Airbyte messages, one JSON object a line, in UTF-8"}
	}
	if err == nil && !r.stopped() {
		err = r.forgiven(r.finish(ctx))
	}
	if err == nil && !r.stopped() {
		err = r.unfinished()
	}
	endProgress()
	r.report(input)
	return err
}

// finish has the objects do what can only be done at the end, and lets go of the
// states that waited for that: one from the middle must not be all that is left
// of a finished sync.
func (r *run) finish(ctx context.Context) error {
	for _, object := range r.objects {
		if err := bug.Guard(func() error { return object.Finish(ctx) }); err != nil {
			return err
		}
	}
	for _, s := range r.Streams {
		if !s.HoldsStates {
			r.ledger.Free(s.ID)
		}
	}
	if r.AtOnce == nil {
		return r.release()
	}
	return r.AtOnce(r.release)
}

// loop fills windows and hands them on, one at a time. An error of the input
// is kept until everything before it has been written.
func (r *run) loop(ctx context.Context, input Input) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	windows := make(chan *gathered)
	done := make(chan error, 1)
	go func() {
		var err error
		for w := range windows {
			if err == nil {
				err = bug.Guard(func() error { return r.handle(ctx, w) })
				r.tellTrouble()
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
	inputErr := r.fill(ctx, input, windows)
	close(windows)
	err := <-done
	if err == nil && inputErr == nil && !r.stopped() {
		err = r.writeEarly(ctx)
	}
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

// unfinished is the error of a sync that has left records to the next one, or has
// lost sight of some, which cannot be.
func (r *run) unfinished() error {
	var left []string
	for _, s := range r.Streams {
		c := s.Counts()
		open := c.Read - c.Settled()
		text := fmt.Sprintf("%s of the stream %s", words.Count(open, "record"), s.ID)
		switch {
		case open > r.early.left[s]:
			return errors.New(text + " left unfinished")
		case open > 0:
			left = append(left, text)
		}
	}
	if len(left) > 0 {
		return &EarlyError{words.List(left), r.incomplete()}
	}
	return nil
}

// fill gathers messages in windows until the input ends, the sync fails or is
// stopped. While a window is being written the next one fills; when that is
// full too, or both together are as large as one may be, only so much is read as
// waits for it as it came.
func (r *run) fill(ctx context.Context, input Input, windows chan<- *gathered) error {
	messages, readErr := r.read(ctx, input)
	w := &gathered{}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var failure error
	for in := messages; in != nil || !w.due.IsZero(); {
		source, out := in, windows
		full := w.full(r.Limits)
		if !full && in != nil && !w.isDue() {
			out = nil
			timer.Reset(w.left())
		}
		if full || r.prepared.full(r.Limits) {
			source = nil
		}
		select {
		case m, ok := <-source:
			if !ok {
				in, failure = nil, endOf(<-readErr)
				continue
			}
			r.ahead.taken(m)
			if err := bug.Guard(func() error { return r.take(w, m) }); err != nil {
				in, failure = nil, err
			}
		case out <- w:
			w = &gathered{}
		case <-r.prepared.freed:
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return failure
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
func (r *run) take(w *gathered, m airbyte.Message) error {
	switch {
	case m.Record != nil:
		s := r.streams[m.Record.Stream]
		if s == nil {
			return &InputError{m.Line, fmt.Sprintf("a record of stream %q, which the catalog does not have", m.Record.Stream.String())}
		}
		s.account.read(1)
		record := &Record{Stream: s, Line: m.Line, Data: m.Record.Data, Changes: m.Record.Changes, ticket: r.ledger.Record(s.ID)}
		r.prepare(record, m.Record.Fault)
		r.prepared.enter(record, m.Bytes)
		w.add(record, record.counted, r.Limits)
	case m.State != nil:
		w.state(r.Limits)
		if r.ledger.State(m.State) {
			return r.releaseSoon()
		}
	case m.Status != nil && (m.Status.Status == "COMPLETE" || m.Status.Status == "INCOMPLETE"):
		if s := r.streams[m.Status.Stream]; s != nil {
			w.status(s, m.Status.Status, r.Limits)
		}
	}
	return nil
}

func (r *run) stopped() bool {
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

// begin asks [Config.Begin] about the streams that are new among these records.
// A record that was rejected on the way in has told its stream nothing.
func (r *run) begin(records []*Record) error {
	var fresh []*Stream
	for _, record := range records {
		if s := record.Stream; !s.begun && (record.Reject == nil || record.Item != nil && record.Reject.Code != trouble.SchemaViolation) {
			s.begun = true
			fresh = append(fresh, s)
		}
	}
	if len(fresh) == 0 || r.Begin == nil {
		return nil
	}
	return r.Begin(fresh)
}
