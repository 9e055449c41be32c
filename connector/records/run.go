package records

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// run is the things of one kind of one sync under way.
type run struct {
	object.Options
	table    *crm.Table
	in       things
	of       map[*load.Stream]*stream
	window   *load.Window // that is being written
	outcomes object.Outcomes
	pause    backoff.BackOff // between creates whose answers are lost; nil: none was
}

// stream is one stream with what is remembered of its records.
type stream struct {
	*object.Stream

	mu   sync.Mutex
	said map[string]cursors // of what was written, by id
	held map[uint64]bool    // rows of which a record waits for its contact
}

// entry is one record on its way and what it asks for.
type entry struct {
	*load.Record
	stream *stream
	want   crm.Desired
	cursor json.RawMessage // nil unless the stream is dated

	// Of what belongs to a contact:
	parent object.Parent
	own    []crm.Key // among those of the contact
	ref    string    // the record's key, as it is kept; "" if it has none
	row    uint64    // 0 if it has none
}

func newRun(t *crm.Table, in things, streams []*object.Stream, o object.Options) *run {
	r := &run{Options: o, table: t, in: in, of: map[*load.Stream]*stream{}, outcomes: object.Outcomes{Observe: o.Observe}}
	for _, s := range streams {
		s.Open(r.Log)
		r.of[&s.Stream] = &stream{Stream: s, said: map[string]cursors{}, held: map[uint64]bool{}}
	}
	return r
}

// Prepare validates and maps a record. Of one that the source has deleted and that
// is left as it is nothing is needed.
func (r *run) Prepare(record *load.Record) {
	s := r.of[record.Stream]
	p := s.Prepare(record)
	e := &entry{Record: record, stream: s, want: p.Want}
	if s.dated() {
		e.cursor = p.At(s.CursorField)
	}
	r.in.prepare(e, &p)
	if e.want.Deleted && r.in.spared(e) != "" {
		record.Reject = nil
	}
	record.Item = e
}

// Write brings what the records of a window ask for into the location, in rounds:
// who has to do with an earlier record is decided about once that is written.
func (r *run) Write(ctx context.Context, w *load.Window) error {
	r.window = w
	defer r.outcomes.Tell()
	entries, err := r.settleEarly(w.Records)
	if err != nil {
		return err
	}
	w.TellTrouble()
	if len(entries) == 0 {
		return nil
	}
	if entries, err = r.in.find(ctx, w, entries); err != nil {
		return err
	}
	if entries, err = r.settleEarly(recordsOf(entries)); err != nil {
		return err
	}
	items := make([]*item, len(entries))
	for i, e := range entries {
		items[i] = &item{stream: e.stream, records: []*entry{e}}
	}
	for len(items) > 0 {
		round, rest := r.next(items)
		if err := r.write(ctx, round); err != nil {
			return err
		}
		if err := r.lookAgain(ctx, round); err != nil {
			return err
		}
		items = nil
		for _, it := range round {
			items = append(items, it.again()...)
		}
		items = append(items, rest...)
	}
	return nil
}

// Finish has nothing to do: what a sync did not contain stays.
func (r *run) Finish(context.Context) error { return nil }

// settleEarly settles the records that ask for nothing, and returns the others.
func (r *run) settleEarly(records []*load.Record) (rest []*entry, err error) {
	for _, record := range records {
		e, read := record.Item.(*entry)
		why := ""
		if read && e.want.Deleted {
			why = r.in.spared(e)
		}
		if read && record.Reject == nil && why == "" {
			rest = append(rest, e)
			continue
		}
		o := load.Outcome{Reject: record.Reject}
		if record.Reject == nil {
			o.Notes = []trouble.Note{{Rule: "deleted in the source and left as it is: " + why, Warns: true}}
		}
		if err := r.window.Done(record, o); err != nil {
			return nil, err
		}
		s := r.of[record.Stream]
		r.outcomes.Add(object.Outcome{Stream: s.ID, Lines: []int64{record.Line}, Reject: o.Reject, LeftOut: s.LeftOut(record, record.Notes)})
	}
	return rest, nil
}

// recordsOf are the records of entries.
func recordsOf(entries []*entry) []*load.Record {
	records := make([]*load.Record, len(entries))
	for i, e := range entries {
		records[i] = e.Record
	}
	return records
}

// write writes items that have nothing to do with each other, side by side.
func (r *run) write(ctx context.Context, round []*item) error {
	for _, it := range round {
		if err := r.guarded(it, func() error { r.plan(it); return nil }); err != nil {
			return err
		}
	}
	if err := r.announce(ctx, round); err != nil {
		return err
	}
	group, grouped := bug.NewGroup(ctx, r.Workers())
	for _, it := range round {
		group.Go(func() error { return r.one(grouped, it) })
	}
	err := group.Wait()
	var limit *load.LimitError
	if errors.As(err, &limit) {
		for _, it := range round {
			if !it.settled && it.reject == nil && len(it.set) > 0 && (limit.Verb == "create") == (it.have == nil) {
				limit.Further++
			}
		}
	}
	return err
}

// lookAgain finds out which things have been created after all whose creates got no
// answer, or a refusal: some of these have written. Of what has vanished it finds out
// what is left.
func (r *run) lookAgain(ctx context.Context, round []*item) error {
	open := slices.DeleteFunc(slices.Clone(round), func(it *item) bool { return it.doubt == nil && !it.gone })
	lost := slices.IndexFunc(open, func(it *item) bool { return isKind(it.doubt, ghl.Ambiguous) })
	wait := time.Duration(0)
	switch {
	case len(open) == 0:
		r.pause = nil
		return nil
	case lost >= 0:
		if r.pause == nil {
			r.pause = lostAnswerPause()
		}
		if wait = r.pause.NextBackOff(); wait == backoff.Stop {
			return open[lost].doubt
		}
	}
	select {
	case <-time.After(wait):
		return r.in.renew(ctx, open)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lostAnswerPause spaces out the attempts of creates whose answers are lost, for as
// long as the client repeats other calls.
func lostAnswerPause() backoff.BackOff {
	return backoff.NewExponentialBackOff(backoff.WithInitialInterval(300*time.Millisecond),
		backoff.WithMaxInterval(30*time.Second), backoff.WithMaxElapsedTime(5*time.Minute))
}
