package load

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"destination-gohighlevel/connector/trouble"
)

// Limits say when a window is closed and handed on.
type Limits struct {
	Records int           // at most so many records
	Bytes   int           // at most so many bytes of records as prepared, one record excepted; also of all that is not settled
	Age     time.Duration // at the latest so long after its first record
	State   time.Duration // at the latest so long after its first state
}

// DefaultLimits keep lookups full (a multiple of their batch), memory bounded
// and states far below the platform's limit of 15 minutes between two.
var DefaultLimits = Limits{Records: 1000, Bytes: 16 << 20, Age: 20 * time.Second, State: 5 * time.Second}

// prepared is what the records take that are prepared and not settled, in the window that
// is being written and in the one that fills. It is safe for concurrent use.
type prepared struct {
	bytes atomic.Int64
	freed chan struct{} // told when they have become fewer
}

// enter counts a record of so many bytes of the input.
func (p *prepared) enter(r *Record, bytes int) {
	r.counted = max(r.Weight, bytes)
	p.bytes.Add(int64(r.counted))
}

// free counts records no more that are settled, or held.
func (p *prepared) free(records ...*Record) {
	for _, r := range records {
		p.bytes.Add(-int64(r.counted))
		r.counted = 0
	}
	select {
	case p.freed <- struct{}{}:
	default: // it is told already
	}
}

// full reports that no more may be prepared.
func (p *prepared) full(l Limits) bool { return p.bytes.Load() >= int64(l.Bytes) }

// gathered is a run of records in the order of arrival.
type gathered struct {
	records []*Record
	bytes   int
	due     time.Time // zero while nothing is in it
	// What the source has said of streams, the last word of each.
	statuses map[*Stream]string
}

func (g *gathered) add(r *Record, bytes int, l Limits) {
	g.records = append(g.records, r)
	g.bytes += bytes
	g.dueBy(time.Now().Add(l.Age))
}

// state notes that a state waits for what is in the window.
func (g *gathered) state(l Limits) { g.dueBy(time.Now().Add(l.State)) }

// status notes what the source has said of a stream: it counts once all before it is
// being written.
func (g *gathered) status(s *Stream, said string, l Limits) {
	if g.statuses == nil {
		g.statuses = map[*Stream]string{}
	}
	g.statuses[s] = said
	g.dueBy(time.Now().Add(l.Age))
}

func (g *gathered) dueBy(t time.Time) {
	if g.due.IsZero() || t.Before(g.due) {
		g.due = t
	}
}

// isDue reports that the records must wait no longer.
func (g *gathered) isDue() bool { return !g.due.IsZero() && !time.Now().Before(g.due) }

// left is how long the records may wait.
func (g *gathered) left() time.Duration {
	if g.due.IsZero() {
		return time.Hour // there are none
	}
	return time.Until(g.due)
}

// full reports that nothing more may be added.
func (g *gathered) full(l Limits) bool { return len(g.records) >= l.Records || g.bytes >= l.Bytes }

// Window is the records of one object that are written together, in the order of
// the input. Its methods are safe for concurrent use.
type Window struct {
	Records []*Record
	// Last says that the input has ended: the records are those that were held, and
	// what they belong to is there by now if it was in the input.
	Last   bool
	object Object
	run    *run
}

// Behind tells how many records for the window's object are to be written after the
// window, as far as they were read, and whether the input ends with them.
func (w *Window) Behind() (records int, last bool) { return w.run.ahead.behind(w.object) }

// write hands records to their objects, one object after another.
func (r *run) write(ctx context.Context, records []*Record) error {
	of := map[Object][]*Record{}
	for _, record := range records {
		of[record.Stream.Object] = append(of[record.Stream.Object], record)
	}
	r.followers.drop() // of a window in which an object has panicked
	for _, object := range r.objects {
		all := append(of[object], r.followers.of(object)...)
		if len(all) == 0 {
			continue
		}
		slices.SortStableFunc(all, func(a, b *Record) int { return cmp.Compare(a.Line, b.Line) })
		if err := object.Write(ctx, &Window{all, r.last, object, r}); err != nil {
			return err
		}
	}
	r.followers.drop()
	return nil
}

// Done says that a record is durable in the location, or rejected. What was
// rejected or left out is handed to the store before; then the states that
// waited for nothing else leave. It is called once for each record. An error
// ends the sync.
func (w *Window) Done(r *Record, o Outcome) error {
	if err := w.run.keep(r, o); err != nil {
		return err
	}
	r.Stream.account.settled(r, o)
	w.run.prepared.free(r)
	if r.follows != nil {
		if after := w.run.followers.done(r); after != nil {
			return w.Done(after.record, after.outcome)
		}
		return nil
	}
	if !w.run.ledger.Settle(r.ticket, o.Reject == nil) {
		return nil
	}
	return w.run.releaseSoon()
}

// Hold says that a record came before what it belongs to: instead of being done it
// is handed to Write again once the input has ended, so not to be called if that is
// Last. Of 10,000 records or 32 MB more are not held but left to the next sync, as
// [EarlyError] tells. Whoever holds a record holds those behind it that mean the
// same.
func (w *Window) Hold(r *Record) {
	if !w.TryHold(r) {
		w.run.early.leave(r)
	}
}

// TryHold holds a record as Hold does, unless it would be one too many: then it
// reports false.
func (w *Window) TryHold(r *Record) bool { return w.run.early.hold(r) }

// Awaited tells which records the first state waits for that would leave if these
// were done; nil if there is none.
func (w *Window) Awaited(records []*Record) func(*Record) bool {
	tickets := make([]Ticket, len(records))
	for i, r := range records {
		tickets[i] = r.ticket
	}
	if awaited := w.run.ledger.Awaited(tickets); awaited != nil {
		return func(r *Record) bool { return awaited(r.ticket) }
	}
	return nil
}

// Mistake is the rejection of a record that made the connector panic; nil if err
// is anything else. It logs where that was.
func (w *Window) Mistake(err error) *trouble.Reject { return w.run.mistake(err) }

// TellTrouble logs the kinds of trouble that are new, for what follows may take
// long.
func (w *Window) TellTrouble() { w.run.tellTrouble() }
