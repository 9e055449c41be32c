package records

import (
	"cmp"
	"context"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/object"
)

// announce tells the journal what a round is about to write.
func (r *run) announce(ctx context.Context, round []*item) error {
	return r.Journal.Announce(ctx, func(yield func(journal.Change) bool) {
		for _, it := range round {
			if op := it.op(); op != "" && !yield(r.change(it, op)) {
				return
			}
		}
	})
}

// op is what is to be done to what an item means; "" if that is nothing.
func (it *item) op() journal.Op {
	switch {
	case it.reject != nil:
	case it.deletes() && it.have != nil && !it.isLate():
		return journal.Delete
	case it.deletes() || len(it.set) == 0:
	case it.have == nil:
		return journal.Create
	default:
		return journal.Update
	}
	return ""
}

// change is what is done to what an item means. Of what is deleted all that is known is
// kept.
func (r *run) change(it *item, op journal.Op) journal.Change {
	c := journal.Change{Op: op, Object: r.table.Kind().Name, Contact: it.records[0].parent.ID, Origin: it.origin()}
	if it.have != nil {
		c.ID, c.Name = it.have.ID, cmp.Or(it.have.KeyText(nameField), it.have.KeyText("title"))
	}
	if op == journal.Delete {
		c.Before = object.Recorded(r.table, it.have.Values)
	} else {
		c.Before, c.Set = object.Held(r.table, it.have, it.set), object.Recorded(r.table, it.set)
	}
	return c
}

// record records one write of an item: its intent before it is sent, and what became of
// it.
func (r *run) record(ctx context.Context, it *item, op journal.Op, send func(context.Context, *item) (*crm.Contact, error)) (*crm.Contact, error) {
	now, entry, err := object.Send(ctx, r.Journal, func() (*crm.Contact, error) { return send(ctx, it) }, r.change(it, op))
	if it.intent = entry; err == nil {
		entry.Done(journal.Outcome{ID: now.ID, After: object.Held(r.table, now, it.set)})
	}
	return now, err
}

// origin is for what an item is written, in a journal.
func (it *item) origin() journal.Origin {
	lines := make([]int64, len(it.records))
	for i, e := range it.records {
		lines[i] = e.Line
	}
	return object.OriginOf(it.stream.ID, it.records[0].want.Keys, lines...)
}
