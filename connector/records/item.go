package records

import (
	"slices"
	"strings"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// item is one or several records of a window that plainly mean one business.
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
	gone     bool  // the business turned out not to exist
	vanished bool  // and so did one before
	doubt    error // of a create that may have happened all the same
	made     bool  // the business is one that such a create has made
}

// isLike reports whether another record of the stream plainly means the same
// business. A name makes a difference, since without one nothing is created; and so
// does a website as key, which may tell nobody any more once the first is created.
func (it *item) isLike(other *item) bool {
	a, b := it.records[0], other.records[0]
	return !it.alone && !other.alone && it.stream == other.stream && slices.Equal(a.want.Keys, b.want.Keys) && slices.Equal(it.marks, other.marks) &&
		hasName(a.want) == hasName(b.want) && !slices.ContainsFunc(a.want.Keys, func(k crm.Key) bool { return host(k) != "" })
}

func hasName(want crm.Desired) bool { return want.Values[nameField].Data != nil }

// A host that many websites share orders nobody: it tells none of them, and no window
// moves so many away.
const manyShare = 20

// marks list by what a record may have to do with others: its keys, what it can be
// found by once it is written, the businesses that carry any of them now, and the
// hosts of all their websites, of which it counts how many have one.
func (r *run) marks(e *entry) []crm.Key {
	written := crm.Contact{Values: map[string]any{}}
	for name, v := range e.want.Values {
		written.Values[name] = v.Data
	}
	var marks []crm.Key
	add := func(m crm.Key) {
		if !slices.Contains(marks, m) {
			marks = append(marks, m)
		}
	}
	addHost := func(k crm.Key) {
		if h := host(k); h != "" && r.in.memory.sharing(k) < manyShare {
			add(crm.Key{Field: hostMark, Value: h})
		}
	}
	for _, k := range append(slices.Clone(e.want.Keys), r.in.memory.keys(&written)...) {
		add(k)
		addHost(k)
		for _, c := range r.in.memory.with(k) {
			add(crm.IDKey(c.ID))
			addHost(crm.KeyOf(websiteField, c.KeyText(websiteField)))
		}
	}
	return marks
}

// hostMark is the field of a mark that stands for a host.
const hostMark = "host"

// next takes the items that have nothing to do with any before them, with those
// that plainly mean the same.
func (r *run) next(items []*item) (round, rest []*item) {
	latest := map[crm.Key]*item{}
	for _, it := range items {
		it.marks = r.marks(it.records[0])
		var before []*item // that it has to do with, the latest of each mark
		for _, m := range it.marks {
			if other := latest[m]; other != nil && !slices.Contains(before, other) {
				before = append(before, other)
			}
		}
		switch {
		case len(before) == 0:
			round = append(round, it)
		case len(before) == 1 && slices.Contains(round, before[0]) && before[0].isLike(it):
			before[0].records = append(before[0].records, it.records...)
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

// again is what is left of an item after its round: nothing, the item itself if it
// is to be planned anew, or its records one by one if they were refused together,
// for one of them may be to blame for all.
func (it *item) again() []*item {
	switch {
	case it.settled:
		return nil
	case it.gone || it.doubt != nil:
		return []*item{{stream: it.stream, records: it.records, alone: it.alone, vanished: it.gone, doubt: it.doubt}}
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
	}
	return o
}

// held is what a business holds of the values that are to be written over.
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
