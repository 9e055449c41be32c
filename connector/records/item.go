package records

import (
	"slices"
	"strings"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// item is one or several records of a window that plainly mean one thing.
type item struct {
	stream  *stream
	records []*entry // in order of arrival
	marks   []crm.Key
	alone   bool // it is not merged: with others it was refused

	have     *crm.Contact   // nil: there is none yet
	want     crm.Desired    // what the records ask for together
	set      map[string]any // of it, what differs
	before   map[string]any // what was written over
	status   load.Status
	notes    []trouble.Note
	reject   *trouble.Reject
	settled  bool
	gone     bool           // what it means turned out not to exist
	vanished bool           // and so did one before
	doubt    error          // of a create that may have happened all the same
	made     bool           // have is what such a create has made
	intent   *journal.Entry // of the last write
}

// deletes reports whether the source has deleted what the records are about.
func (it *item) deletes() bool { return it.records[0].want.Deleted }

// isLike reports whether a later item of the stream plainly means the same, and asks
// for the same kind of thing. The first record must have what something is created by:
// where it is rejected for lacking that, nothing of it is written.
func (r *run) isLike(it, later *item) bool {
	a, b := it.records[0].want, later.records[0].want
	lacks := func(name string) bool { return a.Values[name].Data == nil && b.Values[name].Data != nil }
	return !it.alone && !later.alone && it.stream == later.stream && a.Deleted == b.Deleted && slices.Equal(a.Keys, b.Keys) &&
		!slices.ContainsFunc(r.table.Kind().Required(), lacks) && r.in.alike(it, later)
}

// next takes the items that have nothing to do with any before them, with those
// that plainly mean the same.
func (r *run) next(items []*item) (round, rest []*item) {
	latest := map[crm.Key]*item{}
	for _, it := range items {
		it.marks = r.in.marks(it.records[0])
		var before []*item // that it has to do with, the latest of each mark
		for _, m := range it.marks {
			if other := latest[m]; other != nil && !slices.Contains(before, other) {
				before = append(before, other)
			}
		}
		switch {
		case len(before) == 0:
			round = append(round, it)
		case len(before) == 1 && slices.Contains(round, before[0]) && before[0].isLatest(latest) && r.isLike(before[0], it):
			before[0].records = append(before[0].records, it.records...)
			for _, m := range it.marks {
				before[0].marks = addMark(before[0].marks, m)
				latest[m] = before[0]
			}
			continue
		default:
			rest = append(rest, it)
		}
		for _, m := range it.marks {
			latest[m] = it
		}
	}
	return round, rest
}

// isLatest reports whether no other item came since that has to do with this one.
func (it *item) isLatest(latest map[crm.Key]*item) bool {
	return !slices.ContainsFunc(it.marks, func(m crm.Key) bool { return latest[m] != it })
}

// again is what is left of an item after its round: nothing, the item itself if it
// is to be planned anew, or its records one by one if they were refused together,
// for one of them may be to blame for all.
func (it *item) again() []*item {
	switch {
	case it.settled:
		return nil
	case it.gone || it.doubt != nil:
		return []*item{{stream: it.stream, records: it.records, alone: it.alone, vanished: it.gone, doubt: it.doubt, intent: it.intent}}
	}
	items := make([]*item, len(it.records))
	for i, e := range it.records {
		items[i] = &item{stream: it.stream, records: []*entry{e}, alone: true}
	}
	return items
}

// outcome tells what became of the item.
func (it *item) outcome() object.Outcome {
	o := object.Outcome{Stream: it.stream.ID, Status: it.status, Reject: it.reject, Set: it.set, Before: it.before}
	for _, e := range it.records {
		o.Lines = append(o.Lines, e.Line)
		o.LeftOut = append(o.LeftOut, it.stream.LeftOut(e.Record, e.Notes)...)
	}
	o.LeftOut = append(o.LeftOut, it.stream.LeftOut(it.records[len(it.records)-1].Record, it.notes)...)
	if it.reject != nil {
		o.Status, o.Set, o.Before = load.Unchanged, nil, nil
	} else if it.have != nil {
		o.ID = it.have.ID
		o.Pretended = strings.HasPrefix(o.ID, pretended)
		o.Deleted = it.status == load.Removed
	}
	return o
}

// held is what something holds of the values that are to be written over.
func held(have *crm.Contact, set map[string]any) map[string]any {
	before := map[string]any{}
	if have == nil {
		return nil
	}
	for name := range set {
		if v, told := have.Values[name]; told {
			before[name] = v
		}
	}
	return before
}
