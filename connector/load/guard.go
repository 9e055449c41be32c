package load

import (
	"context"
	"errors"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
)

// mistake is the rejection of a record that made the connector panic; nil if err
// is anything else. Each place that panics is told once.
func (r *run) mistake(err error) *crm.Reject {
	var b *bug.Error
	if !errors.As(err, &b) {
		return nil
	}
	if _, known := r.mistakes.LoadOrStore(b.Place, true); !known {
		r.Log.Error().Str("stack", b.Stack).Msgf("the connector has a bug at %s. A record that it happens with is rejected, all others are written. Please report this", b.Place)
	}
	return &crm.Reject{Code: crm.CodeInvalidRecord, Reason: "the connector has a bug at " + b.Place + "; please report it"}
}

// prepare is [Stream.prepare], where a panic becomes the record's rejection.
func (r *run) prepare(s *Stream, record *airbyte.Record, line int64, t Ticket) (e entry) {
	err := bug.Guard(func() error { e = s.prepare(record, line, t); return nil })
	if why := r.mistake(err); why != nil {
		s.unread.Store(true)
		return entry{stream: s, ticket: t, line: line, data: record.Data, reject: why}
	}
	return e
}

// writeOne is one, where a panic becomes the person's rejection.
func (r *run) writeOne(ctx context.Context, f *finder, p *person) error {
	err := bug.Guard(func() error { return r.one(ctx, f, p) })
	if why := r.mistake(err); why != nil {
		p.reject = why
		return nil
	}
	return err
}

// handle processes the records of a window. Where that panics they are tried in
// ever smaller parts, until those that panic alone are found: they are
// rejected. But if no other record of the window gets through, none is to blame.
func (r *run) handle(ctx context.Context, entries []entry) error {
	if err := r.begin(entries); err != nil {
		return err
	}
	for _, e := range entries {
		e.stream.tally.note(e.line, e.notes...)
	}
	culprits, err := r.narrow(ctx, entries)
	switch {
	case err != nil || len(culprits) == 0:
		return err
	case len(culprits) == len(entries) && len(entries) > 1:
		return culprits[0].err
	}
	for _, c := range culprits {
		c.reject = r.mistake(c.err)
		if err := r.rejectAlone(c.entry); err != nil {
			return err
		}
	}
	return nil
}

// rejectAlone settles a record that was rejected because of a mistake. If even
// that panics, its content is kept out.
func (r *run) rejectAlone(e entry) error {
	settle := func() error {
		_, err := r.settleEarly([]entry{e})
		return err
	}
	err := bug.Guard(settle)
	if r.mistake(err) != nil {
		e.data, e.notes = nil, nil
		err = settle()
	}
	return err
}

// culprit is a record that panics alone, and how.
type culprit struct {
	entry
	err error
}

// narrow processes records, and returns those that panic alone.
func (r *run) narrow(ctx context.Context, entries []entry) ([]culprit, error) {
	err := bug.Guard(func() error { return r.process(ctx, entries) })
	if r.mistake(err) == nil {
		return nil, err
	}
	var rest []entry
	for _, e := range entries {
		if !r.ledger.Settled(e.ticket) {
			rest = append(rest, e)
		}
	}
	if len(entries) == 1 && len(rest) == 1 {
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
