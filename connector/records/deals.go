package records

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// deals are the [things] that are opportunities, of one location.
type deals struct {
	object.Options
	api    *ghl.Client
	facts  object.Facts
	table  *crm.Table
	opened time.Time

	custom []*crm.Field
	keys   []string // fields by which streams know them
	memory *memory
	places *places
	looks  looks

	keyed map[crm.Key][]string // contacts of the window's records, by the keys of these

	mu sync.Mutex
	// means are by opportunity the row of the first record that has meant it.
	means map[string]uint64
	gone  map[string]bool // do not exist any more, whatever search says

	requests atomic.Int64 // that the writes of a dry run would have cost
	created  atomic.Int64 // in a dry run
}

func (d *deals) Facts() object.Facts { return d.facts }
func (d *deals) Table() *crm.Table   { return d.table }
func (d *deals) Pretended() int64    { return d.requests.Load() }

func (d *deals) Writer(streams []*object.Stream, o object.Options) load.Object {
	for _, s := range streams {
		d.keys = append(d.keys, s.Plan.MatchOn()...)
	}
	d.keys = distinct(d.keys)
	d.Options = o.OrDefaults()
	return newRun(d.table, d, streams, d.Options)
}

// spotField is the field of a key that all have in common that a contact has in a
// pipeline.
const spotField = "spot"

func spot(contact, pipeline string) crm.Key {
	return crm.Key{Field: spotField, Value: contact + "/" + pipeline}
}

// pipeline is the label of the one that a record names; "" if it names none.
func (e *entry) pipeline() string {
	pipeline, _ := e.want.Values[crm.FieldPipeline].Data.(string)
	return pipeline
}

// spot is where a record's opportunity is; its value is "" if the record does not say.
func (e *entry) spot() crm.Key {
	if e.parent.ID == "" || e.pipeline() == "" {
		return crm.Key{}
	}
	return spot(e.parent.ID, e.pipeline())
}

// keysOf are what an opportunity is found by.
func (d *deals) keysOf(c *crm.Contact) []crm.Key {
	keys := []crm.Key{spot(c.KeyText(contactField), c.KeyText(crm.FieldPipeline))}
	for _, field := range d.keys {
		if k := crm.KeyOf(field, c.KeyText(field)); k.Value != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// prepare gives a record its row; where rows have no key, its own stands for it.
func (d *deals) prepare(e *entry, p *object.Prepared) {
	if e.row = e.stream.Row(p); e.row == 0 && len(e.want.Keys) > 0 {
		e.row = maphash.String(seed, fmt.Sprint(e.want.Keys[0]))
	}
}

// who stands for a record's row, or for the record if it has none.
func (e *entry) who() uint64 { return cmp.Or(e.row, uint64(e.Line)) }

func (d *deals) spared(e *entry) string {
	if why := sparedBy(e.stream.Stream, d.table.Kind()); why != "" {
		return why
	}
	if len(e.want.Keys) == 0 {
		return "the record has no key of the stream's match_on, so nothing tells which opportunity is meant"
	}
	return ""
}

// marks are a record's keys and spot. An opportunity stays with its contact, whatever
// a record with its key says: so they are also where it is, and where it may go.
func (d *deals) marks(e *entry) []crm.Key {
	keys, contacts := slices.Clone(e.want.Keys), []string{e.parent.ID}
	for _, k := range e.want.Keys {
		contacts = append(contacts, d.keyed[k]...)
		for _, c := range d.memory.with(k) {
			keys, contacts = addMark(keys, d.keysOf(c)[0]), append(contacts, c.KeyText(contactField))
		}
	}
	for _, contact := range contacts {
		if contact != "" && e.pipeline() != "" {
			keys = addMark(keys, spot(contact, e.pipeline()))
		}
	}
	return d.memory.marks(keys)
}

// alike: with one key, or of one row, the last word counts, but where what an
// opportunity was before decides about it: what it lacks to be created, which stage is
// meant and whether that is one back, and without a key where it is and whether it is
// open.
func (d *deals) alike(one, other *item) bool {
	a, b := one.records[0], other.records[0]
	same := func(field string) bool { return a.want.Values[field] == b.want.Values[field] }
	lacks := func(e *entry, field string) bool { return e.want.Values[field].Data == nil }
	for _, name := range d.table.Kind().Required() {
		if lacks(a, name) != lacks(b, name) {
			return false
		}
	}
	stays := same(crm.FieldPipeline)
	decided := !a.stream.ForwardOnly && !lacks(a, crm.FieldPipeline) && (stays || !lacks(b, crm.FieldStage))
	return a.parent.ID == b.parent.ID && (stays && same(crm.FieldStage) || decided) &&
		(len(a.want.Keys) > 0 || a.who() == b.who() && stays && same(crm.FieldStatus))
}

// match finds the opportunity that bears a key of the record, else the one that it
// means without; see [withoutKey]. Of two records without a key that mean the same
// one, the second is rejected: they are most likely two.
func (d *deals) match(it *item) (*crm.Contact, *trouble.Reject) {
	e := it.records[0]
	for _, k := range e.want.Keys {
		hits := slices.DeleteFunc(d.memory.with(k), func(c *crm.Contact) bool { return crm.Judge(c, e.want.Keys) == crm.Other })
		switch {
		case len(hits) == 1:
			d.meant(hits[0].ID, e)
			return hits[0], nil
		case len(hits) > 1:
			return nil, &trouble.Reject{Code: trouble.Ambiguous, Field: d.table.Display(k.Field), Reason: fmt.Sprintf("%d opportunities have this value", len(hits))}
		}
	}
	at := e.spot()
	switch {
	case e.want.Deleted:
		return nil, nil
	case e.parent.ID == "":
		return nil, e.parent.Reject
	case at.Value == "":
		return nil, nil
	}
	keyed := len(e.want.Keys) > 0
	of := slices.DeleteFunc(d.memory.with(at), func(c *crm.Contact) bool {
		return crm.Judge(c, e.want.Keys) == crm.Other || keyed && d.isOthers(c.ID, e)
	})
	have, reject := withoutKey(e.want, of)
	if have == nil {
		return nil, reject
	}
	if d.isOthers(have.ID, e) {
		return nil, &trouble.Reject{Code: trouble.AmbiguousOpportunity, Reason: "an earlier record means the same opportunity of its contact in the pipeline, and only a key tells one from the other"}
	}
	d.meant(have.ID, e)
	return have, nil
}

// meant notes that a record means an opportunity.
func (d *deals) meant(id string, e *entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, before := d.means[id]; !before {
		d.means[id] = e.who()
	}
}

// isOthers reports whether a record of another row means an opportunity.
func (d *deals) isOthers(id string, e *entry) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	first, known := d.means[id]
	return known && first != e.who()
}

// fit brings what an item wants into the words of the location.
func (d *deals) fit(it *item) *trouble.Reject {
	e := it.records[0]
	if it.have != nil && e.parent.ID != "" && e.parent.ID != it.have.KeyText(contactField) {
		it.notes = append(it.notes, trouble.Note{Field: contactField, Rule: kept + "an opportunity stays with its contact"})
	}
	byKey := it.have != nil && crm.Judge(it.have, e.want.Keys) == crm.Same
	notes, reject := d.places.fit(&it.want, it.have, byKey, e.stream.ForwardOnly)
	it.notes = append(it.notes, notes...)
	return reject
}

func (d *deals) create(ctx context.Context, it *item) (*crm.Contact, error) {
	e := it.records[0]
	now, err := d.post(ctx, e.parent.ID, it.set)
	if now != nil {
		d.memory.put(now)
		d.meant(now.ID, e)
	}
	return now, err
}

func (d *deals) update(ctx context.Context, it *item) (*crm.Contact, error) {
	now, err := d.change(ctx, it.have, it.set)
	switch {
	case err == nil:
		d.memory.put(now)
	case isKind(err, ghl.Gone):
		d.lost(it.have.ID)
	}
	return now, err
}

func (d *deals) remove(ctx context.Context, it *item) error {
	err := d.drop(ctx, it.have.ID)
	if isKind(err, ghl.Rejected) { // some refusals have written all the same
		if _, readErr := d.api.GetOpportunity(ctx, it.have.ID); readErr != nil {
			err = readErr
		}
	}
	if err == nil || isKind(err, ghl.Gone) {
		d.lost(it.have.ID)
	}
	return err
}

// lost notes that an opportunity does not exist any more.
func (d *deals) lost(id string) {
	d.memory.forget(id)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gone[id] = true
}

func (d *deals) isGone(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gone[id]
}
