package records

import (
	"context"
	"slices"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// guarded does something for an item. A panic is its rejection.
func (r *run) guarded(it *item, do func() error) error {
	err := bug.Guard(do)
	if why := r.window.Mistake(err); why != nil {
		it.reject, err = why, nil
	}
	return err
}

// one writes an item that is planned, and settles it.
func (r *run) one(ctx context.Context, it *item) error {
	err := r.guarded(it, func() error { return r.put(ctx, it) })
	if refusedTogether := it.reject != nil && len(it.records) > 1; err != nil || it.gone || it.doubt != nil || refusedTogether {
		return err
	}
	return r.settle(it)
}

// plan decides what the records of an item mean, and what of it differs.
func (r *run) plan(it *item) {
	doubt := it.doubt
	it.have, it.reject = r.in.match(it)
	it.doubt, it.made = nil, doubt != nil && it.have != nil
	if it.have == nil && isKind(doubt, ghl.Rejected) { // it was a refusal indeed; of a lost answer nobody can be so sure
		it.intent.Fail(object.Refusal(doubt))
		it.reject = object.Refused(doubt)
	}
	if it.reject != nil || it.deletes() {
		return
	}
	required, one := r.table.Kind().Required(), r.table.Kind().One
	it.want = it.merged(required)
	if it.reject = r.in.fit(it); it.reject != nil {
		return
	}
	for _, name := range required {
		switch {
		case it.have == nil && it.stream.Mode == airbyte.Update:
			it.reject = &trouble.Reject{Code: trouble.NoMatch, Reason: "no " + one + " has one of the record's keys, and the mode is update"}
			return
		case it.have == nil && it.want.Values[name].Data == nil:
			it.notes = nil
			it.reject = &trouble.Reject{Code: trouble.ValueMissing, Field: name, Reason: "no " + one + " has one of the record's keys, and without it none is created"}
			return
		}
	}
	if it.have == nil {
		it.set = crm.Initial(it.want, crm.Defaults{})
		return
	}
	it.set = crm.Diff(r.table, it.want, crm.Defaults{}, it.have).Set
	it.before = held(it.have, it.set)
}

// put creates, updates or deletes, if anything is left to do.
func (r *run) put(ctx context.Context, it *item) error {
	switch {
	case it.reject != nil:
		return nil
	case it.deletes():
		return r.remove(ctx, it)
	case len(it.set) == 0 && !it.made:
		return nil
	}
	intent := load.Updated
	if it.have == nil || it.made {
		intent = load.Created
	}
	return r.Brake.Write(intent, func() (load.Status, error) {
		err := r.send(ctx, it, intent)
		return it.status, err
	})
}

// send writes what differs. What the API says of the record alone is kept with the
// item; the error ends the sync.
func (r *run) send(ctx context.Context, it *item, status load.Status) error {
	if it.made {
		it.intent.Done(journal.Outcome{ID: it.have.ID})
	}
	now, err := it.have, error(nil)
	switch {
	case it.have == nil:
		now, err = r.record(ctx, it, journal.Create, r.in.create)
	case len(it.set) > 0:
		now, err = r.record(ctx, it, journal.Update, r.in.update)
	}
	switch {
	case it.have == nil && isKind(err, ghl.Ambiguous, ghl.Rejected):
		it.doubt = err
		return nil
	case isKind(err, ghl.Gone) && !it.vanished:
		it.gone = true
		return nil
	case isKind(err, ghl.Gone):
		it.reject = &trouble.Reject{Code: trouble.Refused, Reason: "its " + r.table.Kind().One + " was deleted several times while it was written"}
		return nil
	case isKind(err, ghl.Rejected):
		it.reject = object.Refused(err)
		return nil
	case err != nil:
		return err
	}
	lacking := discarded(r.table, it.set, now)
	if it.notes = append(it.notes, lacking...); len(lacking) > 0 && len(lacking) == len(it.set) {
		status = load.Unchanged
	}
	it.have, it.status = now, status
	return nil
}

// remove deletes all that an item means, one after the other, unless a record with a
// greater cursor has written it.
func (r *run) remove(ctx context.Context, it *item) error {
	if it.have == nil || it.isLate() {
		return nil
	}
	for next := it.have; next != nil; next, it.reject = r.in.match(it) {
		it.have = next
		_, err := r.record(ctx, it, journal.Delete, func(ctx context.Context, it *item) (*crm.Contact, error) { return it.have, r.in.remove(ctx, it) })
		switch {
		case isKind(err, ghl.Rejected):
			it.reject = object.Refused(err)
			return nil
		case isKind(err, ghl.Gone): // somebody was faster
		case err != nil:
			return err
		default:
			it.status = load.Removed
		}
	}
	return nil
}

// discarded notes what was sent and did not stick: some values the API discards
// without an error.
func discarded(t *crm.Table, sent map[string]any, now *crm.Contact) (notes []trouble.Note) {
	for _, f := range t.Fields() {
		if v, ok := sent[f.Name]; ok && !crm.Equal(f, v, now.Values[f.Name]) {
			notes = append(notes, trouble.Note{Field: t.Display(f.Name), Rule: "discarded by the API", Dropped: true})
		}
	}
	return notes
}

// settle accounts for the records of an item.
func (r *run) settle(it *item) error {
	it.settled = true
	it.stream.remember(it)
	r.outcomes.Add(it.outcome())
	last := len(it.records) - 1
	for i, e := range it.records {
		o := load.Outcome{Status: it.status, Again: i != last, Reject: it.reject}
		o.Notes = e.parent.Notes
		if i == last {
			o.Notes = slices.Concat(o.Notes, it.notes)
		}
		if err := r.window.Done(e.Record, o); err != nil {
			return err
		}
	}
	return nil
}
