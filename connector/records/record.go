package records

import (
	"context"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/object"
)

// record records one write of an item: its intent before it is sent, and what became of
// it. Of what is deleted all that is known is kept.
func (r *run) record(ctx context.Context, it *item, op journal.Op, send func(context.Context, *item) (*crm.Contact, error)) (*crm.Contact, error) {
	change := journal.Change{Op: op, Object: r.table.Kind().Name, Contact: it.records[0].parent.ID, Origin: it.origin(), Set: object.Recorded(r.table, it.set)}
	switch {
	case op == journal.Delete:
		change.ID, change.Before = it.have.ID, object.Recorded(r.table, it.have.Values)
	case it.have != nil:
		change.ID, change.Before = it.have.ID, object.Held(r.table, it.have, it.set)
	}
	var err error
	if it.intent, err = r.Journal.Begin(ctx, change); err != nil {
		return nil, err
	}
	now, err := send(ctx, it)
	if err != nil {
		it.intent.Fail(object.Failed(err))
		return now, err
	}
	it.intent.Done(journal.Outcome{ID: now.ID, After: object.Held(r.table, now, it.set)})
	return now, nil
}

// origin is for what an item is written, in a journal.
func (it *item) origin() journal.Origin {
	lines := make([]int64, len(it.records))
	for i, e := range it.records {
		lines[i] = e.Line
	}
	return object.OriginOf(it.stream.ID, it.records[0].want.Keys, lines...)
}
