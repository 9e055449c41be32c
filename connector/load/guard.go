package load

import (
	"context"
	"errors"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/trouble"
)

// mistake is the rejection of a record that made the connector panic; nil if err
// is anything else. Each place that panics is told once.
func (r *run) mistake(err error) *trouble.Reject {
	if err == nil { // which costs nothing, unlike to ask what it is
		return nil
	}
	var b *bug.Error
	if !errors.As(err, &b) {
		return nil
	}
	if _, known := r.mistakes.LoadOrStore(b.Place, true); !known {
		r.Log.Error().Str("stack", b.Stack).Msgf("the connector has a bug at %s. A record that it happens with is rejected, all others are written. Please report this", b.Place)
	}
	return &trouble.Reject{Code: trouble.InvalidRecord, Reason: "the connector has a bug at " + b.Place + "; please report it"}
}

// prepare has a record prepared, unless it has a fault that keeps it from being
// read; a panic becomes its rejection.
func (r *run) prepare(record *Record, fault string) {
	if fault != "" {
		record.Reject = &trouble.Reject{Code: trouble.InvalidRecord, Reason: fault}
		return
	}
	err := bug.Guard(func() error { record.Stream.Object.Prepare(record); return nil })
	if why := r.mistake(err); why != nil {
		record.Item, record.Notes, record.Reject = nil, nil, why
	}
}

// handle tells the streams of the records of a window, and has them written.
func (r *run) handle(ctx context.Context, w *gathered) error {
	for s, said := range w.statuses {
		s.said = said
	}
	records := w.records
	defer r.prepared.free(records...) // also those that are held, or left
	r.ahead.written(records)
	if err := r.begin(records); err != nil {
		return err
	}
	for _, record := range records {
		record.Stream.Note(record.Line, record.Notes...)
	}
	return r.settle(ctx, records)
}

// settle has records written. Where that panics they are tried in ever smaller
// parts, until those that panic alone are found: they are rejected. But if no other
// record of the window gets through, none is to blame.
func (r *run) settle(ctx context.Context, records []*Record) error {
	culprits, err := r.narrow(ctx, records)
	switch {
	case err != nil || len(culprits) == 0:
		return err
	case len(culprits) == len(records) && len(records) > 1:
		return culprits[0].err
	}
	for _, c := range culprits {
		if err := r.rejectAlone(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// rejectAlone settles a record that is rejected because of a mistake. If even
// that panics, its content is kept out.
func (r *run) rejectAlone(ctx context.Context, c culprit) error {
	c.Reject = r.mistake(c.err)
	settle := func() error { return r.write(ctx, []*Record{c.Record}) }
	err := bug.Guard(settle)
	if r.mistake(err) != nil {
		c.Item, c.Data, c.Notes = nil, nil, nil
		err = settle()
	}
	return err
}

// isOpen reports whether a record is neither done nor held.
func (r *run) isOpen(record *Record) bool {
	if record.ticket.ticket == nil {
		return record.follows != nil && !r.early.has(record)
	}
	return !r.ledger.Settled(record.ticket) && !r.early.has(record)
}

// culprit is a record that panics alone, and how.
type culprit struct {
	*Record
	err error
}

// narrow has records written, and returns those that panic alone.
func (r *run) narrow(ctx context.Context, records []*Record) ([]culprit, error) {
	err := bug.Guard(func() error { return r.write(ctx, records) })
	if r.mistake(err) == nil {
		return nil, err
	}
	var rest []*Record
	for _, record := range records {
		if r.isOpen(record) {
			rest = append(rest, record)
		}
	}
	if len(records) == 1 && len(rest) == 1 {
		return []culprit{{rest[0], err}}, nil
	}
	var found []culprit
	for half := (len(rest) + 1) / 2; len(rest) > 0; rest = rest[min(half, len(rest)):] {
		part, err := r.narrow(ctx, rest[:min(half, len(rest))])
		if err != nil {
			return nil, err
		}
		found = append(found, part...)
	}
	return found, nil
}
